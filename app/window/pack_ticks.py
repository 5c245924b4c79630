"""The two ticks of a pack for a card: what it runs on is there, and so are its weights."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.window.icons import icon
from app.window.side_pane import note
from app.window.sizes import gigabytes
from app.window.theme import Theme


class PackTicks(QWidget):
    """Seen only for a pack that needs a card; the runtime comes first, with what mends it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._facts: Mapping[str, Any] = {}
        self.runtime, self.weights = note(role="body"), note(role="body")
        self.command = note(role="keys")
        for label in (self.runtime, self.weights, self.command):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.command.text()))
        self._marks = (QLabel(), QLabel())
        mending = QHBoxLayout()
        mending.setSpacing(theme.px(8))
        mending.addWidget(self.command, 1)
        mending.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(6))
        for mark, words in zip(self._marks, (self.runtime, self.weights), strict=True):
            row = QHBoxLayout()
            row.setSpacing(theme.px(8))
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(words, 1)
            rows.addLayout(row)
        rows.insertLayout(1, mending)
        theme.restyled.connect(self._paint_marks)
        self.show_pack({})

    @property
    def runs(self) -> bool:
        """Whether nothing that the pack runs on is lacking."""
        return not self._facts.get("runtime")

    def show_pack(self, facts: Mapping[str, Any]) -> None:
        """Show the pack as a Probe found it."""
        self._facts = facts
        lacks = facts.get("runtime") or [{}]
        words = self.tr("Runtime: {name} {state}")
        self.runtime.setText(
            self.tr("Runtime: ready")
            if self.runs
            else words.format(name=lacks[0].get("name", ""), state=lacks[0].get("state", ""))
        )
        self.command.setText(str(lacks[0].get("command", "")))
        self.copy.setAccessibleName(
            self.tr("Copy the command {name}").format(name=self.command.text())
        )
        for widget in (self.command, self.copy):
            widget.setVisible(bool(self.command.text()))
        self.weights.setText(self._of_weights())
        self._paint_marks()
        self.setVisible(bool(facts.get("card")))

    def _of_weights(self) -> str:
        """Files are looked at by size alone; they were read when the pack was last checked."""
        facts = self._facts
        if facts.get("ready"):
            words = self.tr("Weights: there; last read and compared on {day}")
            return words.format(day=str(facts.get("installed"))[:10])
        if facts.get("id") and not facts.get("download"):
            return self.tr("Weights: there by size; installing reads and compares them")
        fetch = gigabytes(float(facts.get("download") or 0))
        return self.tr("Weights: {size} to fetch").format(size=fetch)

    def _paint_marks(self) -> None:
        ticks = ((self._marks[0], self.runs), (self._marks[1], bool(self._facts.get("ready"))))
        for mark, good in ticks:
            name, colour = ("check", "accent") if good else ("info", "warn")
            side = self._theme.px(16)
            picture = icon(name, getattr(self._theme.colours, colour)).pixmap(side, side)
            mark.setPixmap(picture)
            mark.setAccessibleName(self.tr("good") if good else self.tr("missing"))
