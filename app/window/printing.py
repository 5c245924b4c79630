"""Printing: the print-styled page, opened in the browser, whose own dialog prints it."""

import tempfile
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.exporting.printing import write_for_printing
from app.tutorial.file import TutorialFile
from app.window.workplace import Workplace


class Printing(QObject):
    """Writes the page into a folder of its own, which goes with the program."""

    failed = Signal(str)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def open_page(self) -> None:
        """Write the page and open it."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="interstep-print-")
        folder = Path(self._folder.name)

        def write(file: TutorialFile) -> Path:
            takes = file.whole_takes()
            return write_for_printing(file.tutorial, takes, folder)

        def show(page: Path) -> None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

        self._workplace.opened.ask(write, show, lambda error: self.failed.emit(f"{error}."))
