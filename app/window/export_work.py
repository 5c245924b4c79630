"""What exports: the choices, the button, and a line for each tutorial that was exported."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.editing.settings import Settings
from app.exporting.writing import ExportOptions, export
from app.tutorial.errors import TutorialError, sentences
from app.tutorial.file import TutorialFile
from app.window.export_form import ExportForm
from app.window.side_pane import note
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout

Told = Callable[[Path], None]
Failed = Callable[[Exception], None]
# Exports a file to a place off the GUI thread, and has then told what was written, or the error.
Write = Callable[[Path, Path, ExportOptions, Told, Failed], None]


class ExportWork(QWidget):
    """Exports files one after the other. exported(sentence): all are through."""

    exported = Signal(str)

    def __init__(
        self, files: Sequence[Path], theme: Theme, settings: Settings, write: Write, *, many: bool
    ) -> None:
        super().__init__()
        self._files = tuple(files)
        self._many = many
        self._write = write
        self._waiting: list[Path] = []
        self._lines: list[str] = []
        self._written: list[Path] = []
        self.form = ExportForm(files[0], theme, settings, many=many)
        self.export = QPushButton(self.tr("Export"))
        self.export.setProperty("kind", "primary")
        self.export.clicked.connect(self._begin)
        self.result = note()
        self.result.setTextFormat(Qt.TextFormat.PlainText)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open = QPushButton(self.tr("Open"))
        self.open.clicked.connect(lambda: _show(self._written[0]))
        self.show_folder = QPushButton(self.tr("Show in folder"))
        self.show_folder.clicked.connect(lambda: _show(self._written[0].parent))
        after = WrappingLayout(theme.px(8), theme.px(8))
        after.addWidget(self.open)
        after.addWidget(self.show_folder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(12))
        for widget in (self.form, self.export, self.result):
            column.addWidget(widget)
        column.addLayout(after)
        self.setFocusProxy(self.form.format)
        self.form.out_changed.connect(self._show_state)
        self._show_state()

    def _show_state(self) -> None:
        self.export.setEnabled(not self._waiting and self.form.out is not None)
        self.result.setVisible(bool(self.result.text()))
        self.open.setVisible(bool(self._written) and not self._many)
        self.show_folder.setVisible(bool(self._written))

    def _begin(self) -> None:
        out = self.form.out
        if out is None:
            return
        self._waiting, self._lines, self._written = list(self._files), [], []
        self._export_next(out, self.form.suffix, self.form.options)

    def _export_next(self, out: Path, suffix: str, options: ExportOptions) -> None:
        if not self._waiting:
            self._end()
            return
        file = self._waiting[0]
        to = out / f"{file.stem}{suffix}" if self._many else out
        count = self.tr("Exporting {n} of {total}…") if self._many else self.tr("Exporting…")
        now = count.format(n=len(self._files) - len(self._waiting) + 1, total=len(self._files))
        self.result.setText("\n".join([*self._lines, now]))
        self._show_state()

        def go_on(line: str) -> None:
            if isValid(self):  # the person may have closed it
                self._lines.append(line)
                self._waiting.pop(0)
                self._export_next(out, suffix, options)

        def told(path: Path) -> None:
            self._written.append(path)
            go_on(self.tr("Exported: {name}").format(name=path.name))

        def failed(error: Exception) -> None:
            if not isinstance(error, TutorialError):
                raise error
            go_on(f"{file.name}: {error}." if self._many else f"{error}.")

        self._write(file, to, options, told, failed)

    def _end(self) -> None:
        self.result.setText("\n".join(self._lines))
        if self._written:
            self.form.remember()
        self.form.look_at_place()
        self._show_state()
        self.exported.emit(self.result.text())


def export_of(
    file: TutorialFile, out: Path, options: ExportOptions, *, make_folder: bool = False
) -> Path:
    """Export the tutorial as it is on disk, and return the file written; raises TutorialError."""
    if make_folder:
        with sentences(out.parent):
            out.parent.mkdir(parents=True, exist_ok=True)
    return export(file.tutorial, file.whole_takes(), out, options)[0]


def _show(place: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(place.absolute())))
