"""Find and replace in all texts of the tutorial: every hit listed, ticked ones replaced at once."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
)

from app.tutorial.finding import find, replace_hits
from app.tutorial.model import Tutorial
from app.window.form_rows import Line
from app.window.hit_list import HitList
from app.window.side_pane import SidePane, note
from app.window.workplace import Workplace

PAUSE = 150  # milliseconds without a change, after which it is searched


class FindPane(SidePane):
    """hit_chosen(Hit): show this place. text: what to look for at first."""

    hit_chosen = Signal(object)

    def __init__(self, workplace: Workplace, text: str = "") -> None:
        super().__init__("", workplace.theme)
        self.heading.setText(self.tr("Find and replace"))
        self.setAccessibleName(self.heading.text())
        self._workplace = workplace
        self._searched: tuple[object, ...] = ()
        self.wanted = Line(self.tr("Find"), self.tr("Find"))
        self.wanted.setText(text)
        self.wanted.selectAll()
        self.match_case = QCheckBox(self.tr("Match case"))
        self.whole_words = QCheckBox(self.tr("Whole words"))
        self.new = Line(self.tr("Replace with"), self.tr("Replace with"))
        self.list = HitList(self.theme, self.tr("Places found"))
        self.count = note()
        self.replace = QPushButton()
        self.replace.setProperty("kind", "primary")
        self.replace.setToolTip(self.tr("Replace in all ticked places; one undo reverts it"))
        self.outcome = note()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.wanted)
        self.search()

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do here."""
        return {"find_next": lambda: self.go(1), "find_previous": lambda: self.go(-1)}

    def look_for(self, text: str) -> None:
        """Look for another text, or for the same again; the field gets the focus."""
        if text:
            self.wanted.setText(text)
            self.search()
        self.wanted.setFocus()
        self.wanted.selectAll()

    def search(self) -> None:
        """Search now."""
        self._timer.stop()
        tutorial, text = self._workplace.opened.tutorial, self.wanted.text()
        match_case, whole_words = self.match_case.isChecked(), self.whole_words.isChecked()
        if (text, match_case, whole_words) != self._searched:
            self._searched = (text, match_case, whole_words)
            self.list.hits.forget_ticks()
        current = self.list.current_hit
        hits = find(tutorial, text, match_case=match_case, whole_words=whole_words)
        self.list.hits.show_hits(tutorial, hits)
        if current is not None and (row := self.list.hits.row_of(current)) >= 0:
            self.list.setCurrentIndex(self.list.hits.index(row))

    def go(self, by: Literal[1, -1]) -> None:
        """Go to the next or previous hit."""
        if self._timer.isActive():
            self.search()
        hit = self.list.go(by)
        if hit is not None:
            self.hit_chosen.emit(hit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next hit by Enter, and into the list by Down, from the field."""
        if self.wanted.hasFocus() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.go(-1 if back else 1)
            if self.isVisible():  # a hit in the look brings the inspector in front
                self.wanted.setFocus()  # so that the next Enter types into no text
        elif event.key() == Qt.Key.Key_Down and self.list.hits.hits:
            if self.list.current_hit is None:
                self.list.go(1)
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------ inside

    def _lay_out(self) -> None:
        options = QHBoxLayout()
        for box in (self.match_case, self.whole_words):
            options.addWidget(box)
        options.addStretch(1)
        self.column.addWidget(self.wanted)
        self.column.addLayout(options)
        self.column.addWidget(self.new)
        self.column.addWidget(self.replace)
        self.column.addWidget(self.outcome)
        self.column.addWidget(self.count)
        self.column.addWidget(self.list, 1)
        self.outcome.hide()

    def _connect(self) -> None:
        self._timer.timeout.connect(self.search)
        self.wanted.textChanged.connect(lambda _text: self._timer.start())
        for box in (self.match_case, self.whole_words):
            box.toggled.connect(lambda _on: self.search())
        self._workplace.opened.tutorial_changed.connect(self._tutorial_changed)
        self.list.hits.ticks_changed.connect(self._show_counts)
        self.list.hit_chosen.connect(self.hit_chosen)
        self.replace.clicked.connect(self._replace)

    def _tutorial_changed(self, _before: Tutorial, _after: Tutorial) -> None:
        self._timer.start()

    def _show_counts(self) -> None:
        hits, ticked = self.list.hits.hits, self.list.hits.ticked
        if not self.wanted.text():
            words = self.tr("Looks in titles, texts, descriptions, alt texts, materials and look.")
        elif not hits:
            words = self.tr("Found nowhere.")
        elif len(hits) == 1:
            words = self.tr("Found in 1 place.")
        else:
            words = self.tr("Found in {n} places.").format(n=len(hits))
        self.count.setText(words)
        self.replace.setText(self.tr("Replace {n}").format(n=len(ticked)))
        self.replace.setEnabled(bool(ticked) and not self._workplace.opened.read_only)

    def _replace(self) -> None:
        if self._timer.isActive():
            self.search()
        opened, ticked = self._workplace.opened, self.list.hits.ticked
        opened.edit(replace_hits(opened.tutorial, ticked, self.new.text()))
        self.search()
        words = self.tr("Replaced in 1 place. Undo: Ctrl+Z")
        if len(ticked) != 1:
            words = self.tr("Replaced in {n} places. Undo: Ctrl+Z").format(n=len(ticked))
        self.outcome.setText(words)
        self.outcome.show()
        self._workplace.announcer.say(words)


def selected_text() -> str:
    """Return the text selected where the focus is, if it is part of one line; else nothing."""
    field = QApplication.focusWidget()
    if isinstance(field, QTextEdit | QPlainTextEdit):
        text = field.textCursor().selectedText()
    else:
        text = field.selectedText() if isinstance(field, QLineEdit) else ""
    return "" if "\u2029" in text or "\n" in text else text
