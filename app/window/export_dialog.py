"""The export pane: what to look at before, the choices, and what came of it."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.exporting.preflight import Finding, preflight
from app.exporting.writing import ExportOptions
from app.window.column_area import ColumnArea
from app.window.export_work import ExportWork, Failed, Told, export_of
from app.window.full_page import caps
from app.window.side_pane import SidePane, note
from app.window.workplace import Workplace

SHOWN = 6  # findings at first, so that the button below is in sight
PAUSE = 300  # milliseconds without a change, after which it is looked again


class ExportDialog(SidePane):
    """A pane for the open tutorial. jump_requested(step id, picture id): look at a finding."""

    jump_requested = Signal(str, str)

    def __init__(self, workplace: Workplace) -> None:
        theme, opened = workplace.theme, workplace.opened
        super().__init__(QCoreApplication.translate("ExportDialog", "Export"), theme)
        self._workplace = workplace
        self._shown: tuple[Finding, ...] | None = None
        self.findings = QWidget()
        rows = QVBoxLayout(self.findings)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(2))
        self.count = note(role="warning")
        self.nothing = note(self.tr("Nothing is missing."))
        self.more = QPushButton()
        self.more.setProperty("kind", "link")
        self.more.clicked.connect(self._show_all)
        self._most: int | None = SHOWN
        files = [opened.path]
        self.work = ExportWork(files, theme, workplace.settings, self._write, many=False)
        self.work.exported.connect(workplace.announcer.say)
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        column.addWidget(caps(self.tr("Before you export")))
        for widget in (self.count, self.nothing, self.findings, self.more):
            column.addWidget(widget)
        column.addSpacing(theme.px(8))
        column.addWidget(self.work)
        column.addStretch(1)
        area = ColumnArea()
        area.setWidget(sheet)
        self.column.addWidget(area, 1)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._look)
        opened.tutorial_changed.connect(self._wait)
        self.setFocusProxy(self.work.form.format)
        self._look()

    # ------------------------------------------------------------ what to look at

    def _wait(self, *_: object) -> None:
        self._timer.start()

    def _look(self) -> None:
        opened = self._workplace.opened
        found = preflight(opened.tutorial, opened.recipes)
        if found == self._shown:
            return
        self._shown = found
        words = self.tr("{n} things to look at; you can export anyway.")
        if len(found) == 1:
            words = self.tr("1 thing to look at; you can export anyway.")
        self.count.setText(words.format(n=len(found)))
        self.count.setVisible(bool(found))
        self.nothing.setVisible(not found)
        rows = self.findings.layout()
        assert rows is not None
        while (item := rows.takeAt(0)) is not None:
            row = item.widget()
            if row is not None:
                row.hide()
                row.deleteLater()
        for finding in found[: self._most]:
            rows.addWidget(self._row(finding))
        self.findings.setVisible(bool(found))
        left = len(found[self._most :]) if self._most else 0
        self.more.setText(self.tr("Show {n} more").format(n=left))
        self.more.setVisible(bool(left))

    def _show_all(self) -> None:
        self._most, self._shown = None, None
        self._look()

    def _row(self, finding: Finding) -> QPushButton:
        row = QPushButton(sentence(finding))
        row.setProperty("kind", "link")
        row.setToolTip(self.tr("Go there"))
        row.clicked.connect(lambda: self.jump_requested.emit(finding.step, finding.picture))
        return row

    # ------------------------------------------------------------ exporting

    def _write(
        self, _file: Path, out: Path, options: ExportOptions, told: Told, failed: Failed
    ) -> None:
        self._workplace.opened.ask(lambda file: export_of(file, out, options), told, failed)


def sentence(finding: Finding) -> str:
    """Return what was found, in words."""
    translate = QCoreApplication.translate
    words = {
        "no_picture": translate("ExportDialog", "Step {n}: no picture yet"),
        "stale": translate("ExportDialog", "Step {n}: picture stale"),
        "alt_unconfirmed": translate("ExportDialog", "Step {n}: alt text unconfirmed"),
        "rough_draft": translate("ExportDialog", "Step {n}: a rough draft"),
        "empty_step": translate("ExportDialog", "Step {n}: empty"),
    }
    return words[finding.kind].format(n=finding.number)
