"""Printing: the print-styled page, opened in the browser, whose own dialog prints it."""

import shutil
import tempfile
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.exporting.printing import write_for_printing
from app.tutorial.file import TutorialFile
from app.window.workplace import Workplace


class Printing(QObject):
    """Writes the page into a private folder, which goes when the program ends.

    failed(sentence): why nothing was opened.
    """

    failed = Signal(str)

    def __init__(self, workplace: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._folder: Path | None = None

    def open_page(self) -> None:
        """Write the page and open it."""
        if self._folder is None:
            self._folder = _new_folder()
        folder = self._folder

        def write(file: TutorialFile) -> Path:
            return write_for_printing(file.tutorial, file.whole_takes(), folder)

        self._workplace.opened.ask(write, self._show, lambda error: self.failed.emit(f"{error}."))

    def _show(self, page: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(page))):
            self.failed.emit(
                self.tr("No program opens the page to print: export it as HTML and open that.")
            )


def _new_folder() -> Path:
    """Return a new private folder. It outlives the tutorial: the browser may still read there."""
    folder = tempfile.mkdtemp(prefix="interstep-print-")
    program = QCoreApplication.instance()
    assert program is not None
    program.aboutToQuit.connect(partial(shutil.rmtree, folder, ignore_errors=True))
    return Path(folder)
