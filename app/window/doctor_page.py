"""The doctor: what works on this computer, and the one command that mends what doesn't."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.engine.engine import Engine
from app.engine.upkeep import Upkeep
from app.window.doctor_facts import Line, State, as_text, lines
from app.window.full_page import FullPage, caps, card
from app.window.icons import icon
from app.window.theme import Theme

ICONS: dict[State, tuple[str, str]] = {
    "good": ("check", "accent"),
    "look": ("info", "warn"),
    "bad": ("warning", "danger"),
}
NAMES = 140  # pixels at zoom 1


class DoctorPage(FullPage):
    """Shows the facts; upkeep asks for those that only an engine can know.

    engine: the one that writes and paints. library: the folder of the tutorials.
    """

    def __init__(self, engine: Engine, upkeep: Upkeep, library: Path, theme: Theme) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            translate("DoctorPage", "Doctor"),
            translate("DoctorPage", "What works on this computer, and what mends the rest."),
            theme,
        )
        self._engine = engine
        self._upkeep = upkeep
        self._library = library
        self._lines: list[Line] = []
        self.start_again = QPushButton(self.tr("Start it again"))
        self.start_again.setAccessibleName(self.tr("Start the engine again"))
        self.start_again.clicked.connect(self._start_again)
        self.again = QPushButton(self.tr("Check again"))
        self.again.clicked.connect(self.check)
        self.copy = QPushButton(self.tr("Copy to clipboard"))
        self.copy.setToolTip(self.tr("Plain text, without your name or your folders"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text))
        for button in (self.start_again, self.again, self.copy):
            self.tools.addWidget(button)
        self._place = QWidget()
        self.column.addWidget(self._place)
        upkeep.facts_changed.connect(self._show)
        engine.state_changed.connect(self._show)
        theme.restyled.connect(self._show)
        self.check()

    def check(self) -> None:
        """Look at everything again."""
        self._show()
        self._upkeep.look()

    @property
    def text(self) -> str:
        """The facts as plain text, without the person's name and folders."""
        return as_text(self._lines)

    def _start_again(self) -> None:
        for engine in (self._engine, self._upkeep.engine):
            if engine.state == "broken":
                engine.start_again()
        self.check()

    # ------------------------------------------------------------ what it shows

    def _show(self) -> None:
        self._lines = lines(self._engine, self._upkeep, self._library)
        broken = "broken" in (self._engine.state, self._upkeep.engine.state)
        self.start_again.setVisible(broken)
        fresh = QWidget()
        rows = QVBoxLayout(fresh)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(self.theme.px(8))
        for number, group in enumerate(dict.fromkeys(line.group for line in self._lines)):
            if number:
                rows.addSpacing(self.theme.px(12))
            rows.addWidget(caps(group))
            rows.addWidget(self._card([line for line in self._lines if line.group == group]))
        self.column.replaceWidget(self._place, fresh)
        self._place.hide()
        self._place.deleteLater()
        self._place = fresh

    def _card(self, group: list[Line]) -> QFrame:
        frame, px = card(), self.theme.px
        column = QVBoxLayout(frame)
        column.setContentsMargins(px(16), px(12), px(16), px(12))
        column.setSpacing(px(8))
        for line in group:
            column.addWidget(self._row(line))
        return frame

    def _row(self, line: Line) -> QWidget:
        row, px = QWidget(), self.theme.px
        words = {"good": self.tr("good"), "look": self.tr("look at it"), "bad": self.tr("missing")}
        row.setAccessibleName(f"{line.name}: {line.fact} ({words[line.state]})")
        name, colour = ICONS[line.state]
        mark = QLabel()
        mark.setPixmap(icon(name, getattr(self.theme.colours, colour)).pixmap(px(16), px(16)))
        mark.setAccessibleName(words[line.state])
        title = QLabel(line.name)
        title.setFixedWidth(px(NAMES))
        title.setWordWrap(True)
        title.setProperty("role", "secondary")
        fact = QLabel(line.fact)
        fact.setTextFormat(Qt.TextFormat.PlainText)
        fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        fact.setWordWrap(True)
        facts = QVBoxLayout()
        facts.setSpacing(px(4))
        facts.addWidget(fact)
        if line.mend:
            facts.addLayout(self._mending(line.mend))
        columns = QHBoxLayout(row)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(px(8))
        columns.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        columns.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        columns.addLayout(facts, 1)
        return row

    def _mending(self, command: str) -> QHBoxLayout:
        shown = QLabel(command)
        shown.setProperty("role", "keys")
        shown.setWordWrap(True)
        copy = QPushButton(self.tr("Copy"))
        copy.setAccessibleName(self.tr("Copy the command {name}").format(name=command))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(command))
        row = QHBoxLayout()
        row.addWidget(shown, 1)
        row.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
        return row
