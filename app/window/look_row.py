"""One row of the look: an object's name, its other names and how it looks, as a small card."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout

from app.tutorial.finding import Hit
from app.tutorial.model import LookEntry
from app.window.form_rows import Line, parts
from app.window.icons import icon
from app.window.theme import Theme

EMPTY = LookEntry("")
ICON = 14  # pixels at zoom 1


class LookRow(QFrame):
    """Holds what is typed until it is committed: by Enter, or when the focus leaves the card.

    committed(): Enter was pressed. moved(by): up -1, down 1. removed(): take it out.
    """

    committed = Signal()
    moved = Signal(int)
    removed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown = EMPTY
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = Line("", self.tr("terracotta pot"))
        self.other_names = Line("")
        self.appearance = Line("")
        self.name.setProperty("strong", True)
        self.fields = (self.name, self.other_names, self.appearance)
        for field in self.fields:
            field.setProperty("kind", "quiet")
        self.up, self.down, self.remove = (QToolButton() for _ in range(3))
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.remove.clicked.connect(self.removed)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.name, 1)
        for button in (self.up, self.down, self.remove):
            button.setProperty("kind", "floating")
            head.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addLayout(head)
        self._column.addWidget(self.other_names)
        self._column.addWidget(self.appearance)
        theme.restyled.connect(self._restyle)
        self._restyle()

    @property
    def typed(self) -> LookEntry:
        """The entry as the fields tell it."""
        return LookEntry(
            self.name.text().strip(),
            parts(self.other_names.text()),
            self.appearance.text().strip(),
        )

    @property
    def is_changed(self) -> bool:
        """Whether something is typed that isn't committed."""
        return self.typed != self._shown

    def follow(self, entry: LookEntry, number: int, total: int) -> None:
        """Show an entry of the tutorial; what is typed and not committed stays."""
        changed = self.is_changed
        self._shown = entry
        if not changed or self.typed == entry:
            self.show_entry()
        examples = self.tr("also called: pot, planter"), self.tr("looks: orange clay, thick rim")
        plain = self.tr("other names"), self.tr("how it looks")
        shown = plain if entry.name else examples
        self.other_names.setPlaceholderText(shown[0])
        self.appearance.setPlaceholderText(shown[1])
        name = entry.name or self.tr("new object")
        for widget, words in (
            (self.name, self.tr("Object {n}, name")),
            (self.other_names, self.tr("Object {n}, other names, by commas")),
            (self.appearance, self.tr("Object {n}, how it looks")),
        ):
            widget.setAccessibleName(words.format(n=number))
        for button, words in (
            (self.up, self.tr("Move {name} up")),
            (self.down, self.tr("Move {name} down")),
            (self.remove, self.tr("Remove {name}")),
        ):
            button.setAccessibleName(words.format(name=name))
            button.setToolTip(words.format(name=name))
        self.up.setEnabled(1 < number <= total)
        self.down.setEnabled(number < total)

    def show_entry(self) -> None:
        """Show the entry as the tutorial has it, in place of what is typed."""
        if self.typed != self._shown:
            self.name.show_text(self._shown.name)
            self.other_names.show_text(", ".join(self._shown.other_names))
            self.appearance.show_text(self._shown.appearance)

    def place_of(self, hit: Hit) -> tuple[Line, int]:
        """Return the field in which a hit stands, and at which of its characters."""
        if hit.field == "other_names":
            before = ", ".join((*self._shown.other_names[: hit.index], ""))
            return self.other_names, len(before) + hit.start
        return (self.name if hit.field == "name" else self.appearance), hit.start

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Commit on Enter, go back to what was on Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape and self.is_changed:
            self.show_entry()
        else:
            super().keyPressEvent(event)

    def _restyle(self) -> None:
        px, colour = self._theme.px, self._theme.colours.muted
        self._column.setContentsMargins(px(4), px(4), px(4), px(4))
        for button, name in ((self.up, "up"), (self.down, "down"), (self.remove, "close")):
            button.setIcon(icon(name, colour))
            size = button.iconSize()
            size.setWidth(px(ICON))
            size.setHeight(px(ICON))
            button.setIconSize(size)
