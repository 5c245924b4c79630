"""The page on which several tutorials of the library are exported into one folder."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.editing.background import Background
from app.editing.settings import Settings
from app.exporting.writing import ExportOptions
from app.tutorial.file import TutorialFile
from app.window.export_work import ExportWork, Failed, Told, export_of
from app.window.full_page import FullPage
from app.window.theme import Theme

WIDTH = 480  # pixels at zoom 1


class ExportPage(FullPage):
    """The choices, and a line for each tutorial; one that fails keeps none of the others back."""

    def __init__(
        self, files: Sequence[Path], theme: Theme, settings: Settings, background: Background
    ) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            translate("ExportPage", "Export 1 tutorial")
            if len(files) == 1
            else translate("ExportPage", "Export {n} tutorials").format(n=len(files)),
            translate("ExportPage", "Each becomes a file of its own in one folder."),
            theme,
        )
        self._background = background
        self.work = ExportWork(files, theme, settings, self._write, many=True)
        self.work.setMaximumWidth(theme.px(WIDTH))
        self.column.addWidget(self.work)
        self.setFocusProxy(self.work.form.format)

    def _write(
        self, file: Path, out: Path, options: ExportOptions, told: Told, failed: Failed
    ) -> None:
        def write() -> Path:
            with TutorialFile.read(file) as opened:
                return export_of(opened, out, options, make_folder=True)

        self._background.run(write, told, failed)
