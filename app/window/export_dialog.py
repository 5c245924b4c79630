"""The export pane: what to look at before, the choices, and what came of it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.editing.background import Background
from app.exporting.preflight import Finding, preflight
from app.exporting.writing import export
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.window.export_form import ExportForm
from app.window.full_page import caps
from app.window.theme import Theme
from app.window.workplace import Workplace

SHOWN = 12  # findings; more are counted


class ExportDialog(QWidget):
    """A pane for one open tutorial, or for several files.

    jump_requested(step id, picture id): look at a finding. closed(): take the pane away.
    """

    jump_requested = Signal(str, str)
    closed = Signal()

    def __init__(self, workplace: Workplace | None, files: Sequence[Path], theme: Theme) -> None:
        super().__init__()
        self._workplace = workplace
        self._files = tuple(files)
        self._theme = theme
        self._background: Background | None = None
        out = files[0].parent / "export" if workplace is None else files[0].with_suffix(".html")
        self.setAccessibleName(self.tr("Export"))
        self.form = ExportForm(out, many=workplace is None)
        self.export = QPushButton(self.tr("Export"))
        self.export.setProperty("kind", "primary")
        self.export.clicked.connect(self._export)
        close = QPushButton(self.tr("Close"))
        close.setProperty("kind", "quiet")
        close.clicked.connect(self.closed)
        self.result = QLabel()
        self.result.setWordWrap(True)
        self.result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._after = QHBoxLayout()
        title = QLabel(self.tr("Export"))
        title.setProperty("role", "heading")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(theme.px(12))
        column.addLayout(head)
        if workplace is not None:
            self._add_findings(column, workplace)
        else:
            column.addWidget(QLabel(self.tr("{n} tutorials").format(n=len(files))))
        column.addWidget(self.form)
        column.addWidget(self.export)
        column.addWidget(self.result)
        column.addLayout(self._after)
        column.addStretch(1)
        self.setFocusProxy(self.form.format)

    @classmethod
    def of(cls, workplace: Workplace) -> "ExportDialog":
        """Return the pane for the open tutorial."""
        return cls(workplace, [workplace.opened.path], workplace.theme)

    @classmethod
    def for_files(
        cls, files: Sequence[Path], theme: Theme, background: Background
    ) -> "ExportDialog":
        """Return the pane for tutorials of the library, each a file in one folder."""
        pane = cls(None, files, theme)
        pane._background = background
        return pane

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------ before

    def _add_findings(self, column: QVBoxLayout, workplace: Workplace) -> None:
        opened = workplace.opened
        findings = preflight(opened.tutorial, opened.recipes)
        column.addWidget(caps(self.tr("Before you export")))
        if not findings:
            column.addWidget(QLabel(self.tr("Nothing is missing.")))
            return
        count = QLabel(
            self.tr("{n} things to look at; you can export anyway.").format(n=len(findings))
        )
        count.setWordWrap(True)
        count.setProperty("role", "warning")
        column.addWidget(count)
        for finding in findings[:SHOWN]:
            column.addWidget(self._finding(finding))
        if len(findings) > SHOWN:
            column.addWidget(QLabel(self.tr("and {n} more").format(n=len(findings) - SHOWN)))

    def _finding(self, finding: Finding) -> QPushButton:
        button = QPushButton(sentence(finding))
        button.setProperty("kind", "link")
        button.setToolTip(self.tr("Go there"))
        step, picture = finding.step, finding.picture
        button.clicked.connect(lambda: self.jump_requested.emit(step, picture))
        return button

    # ------------------------------------------------------------ exporting

    def _export(self) -> None:
        out, options = self.form.out, self.form.options
        self.export.setEnabled(False)
        self.result.setText(self.tr("Exporting…"))

        def write(file: TutorialFile, to: Path) -> Path:
            takes = file.whole_takes()
            return export(file.tutorial, takes, to, options)[0]

        if self._workplace is not None:
            self._workplace.opened.ask(
                lambda file: [(str(out), "", write(file, out))], self._told, self._failed
            )
        elif self._background is not None:
            suffix = self.form.suffix
            self._background.run(
                lambda: export_files(self._files, out, suffix, write), self._told, self._failed
            )

    def _told(self, results: list[tuple[str, str, Path]]) -> None:
        self.export.setEnabled(True)
        bad = [f"{name}: {error}" for name, error, _ in results if error]
        good = [path for _, error, path in results if not error]
        lines = [self.tr("Exported: {names}").format(names=", ".join(p.name for p in good))]
        self.result.setText("\n".join(lines * bool(good) + bad))
        if self._workplace is not None:
            self._workplace.announcer.say(self.result.text())
        while (item := self._after.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if good:
            for text, place in (
                (self.tr("Open"), good[0]),
                (self.tr("Show in folder"), good[0].parent),
            ):
                button = QPushButton(text)
                address = QUrl.fromLocalFile(str(place.absolute()))
                button.clicked.connect(
                    lambda _=False, address=address: QDesktopServices.openUrl(address)
                )
                self._after.addWidget(button)
            self._after.addStretch(1)

    def _failed(self, error: Exception) -> None:
        self.export.setEnabled(True)
        self.result.setText(f"{error}.")


def export_files(
    files: Sequence[Path], folder: Path, suffix: str, write: Callable[[TutorialFile, Path], Path]
) -> list[tuple[str, str, Path]]:
    """Export each file into the folder; return its name, an error or "", and what was written."""
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for path in files:
        out = folder / f"{path.stem}{suffix}"
        try:
            with TutorialFile.read(path) as file:
                results.append((path.name, "", write(file, out)))
        except (OSError, TutorialError) as error:
            results.append((path.name, str(error), out))
    return results


def sentence(finding: Finding) -> str:
    """Return what was found, in words."""
    translate = QCoreApplication.translate
    words = {
        "no_picture": translate("ExportDialog", "Step {n}: no picture yet"),
        "stale": translate("ExportDialog", "Step {n}: the picture is stale"),
        "alt_unconfirmed": translate("ExportDialog", "Step {n}: the alt text is not confirmed"),
        "rough_draft": translate("ExportDialog", "Step {n}: a rough draft"),
        "empty_step": translate("ExportDialog", "Step {n}: empty"),
    }
    return words.get(finding.kind, finding.kind).format(n=finding.number)
