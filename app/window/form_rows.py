"""A form in a side pane: labels at the left, fields at the right, small heads above."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.window.column_area import ColumnArea
from app.window.full_page import caps
from app.window.theme import Theme

MARGIN, GAP, LABEL = 12, 8, 60  # pixels at zoom 1
SHORTEST = 6  # letters of a box


class Line(QLineEdit):
    """A field of one line; what changes the tutorial elsewhere never moves its caret."""

    def __init__(self, name: str, placeholder: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)

    def show_text(self, text: str) -> None:
        """Show what the tutorial now holds; the caret stays between the same letters."""
        before, caret = self.text(), self.cursorPosition()
        if text == before:
            return
        same = _units(text[: _common(before, text)])
        self.setText(text)
        if caret > same:
            caret = max(caret + _units(text) - _units(before), same)
        self.setCursorPosition(caret)

    def select(self, start: int, end: int) -> None:
        """Select from one character to before another."""
        first, last = (_units(self.text()[:place]) for place in (start, end))
        self.setSelection(first, last - first)


class Form(ColumnArea):
    """A column of sections that scrolls, in rows of a label and a field."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._manners = _Manners(self)
        self.sheet = QWidget()
        self._column = QVBoxLayout(self.sheet)
        self._column.addStretch(1)
        self._grids: list[QGridLayout] = []
        self.setWidget(self.sheet)
        theme.restyled.connect(self._restyle)
        self._restyle()

    def add_head(self, text: str) -> QLabel:
        """Begin a section."""
        head = caps(text)
        if self._column.count() > 1:
            self._insert(QWidget())  # with the spacing on either side, the room above a head
        self._insert(head)
        return head

    def add_row(self, label: str, field: QWidget) -> QLabel:
        """Add a field behind its label, which names it unless it has a name of its own."""
        words = QLabel(label)
        words.setProperty("role", "secondary")
        words.setBuddy(field)
        if not field.accessibleName():
            field.setAccessibleName(label)
        if isinstance(field, QComboBox):  # the pane may be too narrow for what is chosen
            field.currentTextChanged.connect(field.setToolTip)
            field.setToolTip(field.currentText())
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(words, 0, 0)
        grid.addWidget(field, 0, 1)
        self._grids.append(grid)
        self._insert(holder)
        self._restyle()
        return words

    def add_wide(self, widget: QWidget) -> None:
        """Add a widget over the whole width."""
        self._insert(widget)

    def _insert(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)
        for field in (widget, *widget.findChildren(QWidget)):
            self.adopt(field)

    def adopt(self, field: QWidget) -> None:
        """Keep a field from undoing by itself, from taking the wheel, and from widening the form.

        A box measures none of its entries then, which may be in any script.
        """
        if isinstance(field, QComboBox):
            policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            field.setSizeAdjustPolicy(policy)
            field.setMinimumContentsLength(SHORTEST)
        if isinstance(field, QLineEdit | QComboBox | QAbstractSpinBox):
            field.installEventFilter(self._manners)

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(MARGIN), px(MARGIN), px(MARGIN), px(MARGIN))
        self._column.setSpacing(px(GAP))
        for grid in self._grids:
            grid.setHorizontalSpacing(px(GAP))
            grid.setColumnMinimumWidth(0, px(LABEL))


class _Manners(QObject):
    """Leaves undo and redo to the actions, which revert the tutorial, and the wheel to the form."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
            if any(event.matches(key) for key in keys):
                event.ignore()
                return True
        return super().eventFilter(watched, event)


def parts(text: str) -> tuple[str, ...]:
    """Return what stands between commas, without empty parts and repetitions."""
    return tuple(dict.fromkeys(item for part in text.split(",") if (item := part.strip())))


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _units(text: str) -> int:
    """Return the length in UTF-16 units, as Qt counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
