"""The outline: one line a step, to go to it, to move it, and to see how it stands."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.tutorial import edits
from app.tutorial.model import Tutorial
from app.window.icons import icon
from app.window.outline_model import LINE, Line, OutlineModel, State, lines
from app.window.row_ground import paint_ground
from app.window.side_pane import SidePane, note
from app.window.theme import Theme
from app.window.workplace import Workplace

PAUSE = 200  # milliseconds without a change, after which states are looked at
ROW, NUMBER, ICON = 32, 26, 16  # pixels at zoom 1
ICONS: dict[State, tuple[str, str]] = {
    "stale": ("stale", "warn"),
    "no_picture": ("picture", "muted"),
    "draft": ("draft", "muted"),
    "checked": ("check", "accent"),
}
MOVES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class Outline(SidePane):
    """step_chosen(step id): Enter or a click on its line."""

    step_chosen = Signal(str)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__("", workplace.theme)
        self.heading.setText(self.tr("Outline"))
        self.setAccessibleName(self.heading.text())
        self._workplace = workplace
        self.model = OutlineModel()
        self.list = _StepList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_StepPainter(self.theme, self.list))
        self.list.setAccessibleName(self.tr("Steps"))
        self.list.moved.connect(self._move)
        self.list.entered_step.connect(self._choose)
        self.list.clicked.connect(lambda _index: self._choose())
        self.empty = note(self.tr("No steps yet."))
        self.column.addWidget(self.empty)
        self.column.addWidget(self.list, 1)
        self.column.addStretch(0)
        self.setFocusProxy(self.list)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self.refresh)
        workplace.opened.tutorial_changed.connect(self._tutorial_changed)
        workplace.opened.takes_changed.connect(self._timer.start)
        self.theme.restyled.connect(self.list.scheduleDelayedItemsLayout)
        self.refresh()

    def show_step(self, step_id: str, _picture_id: str = "") -> None:
        """Stand on the step where the author is."""
        row = self.model.row_of(step_id)
        if row >= 0:
            self.list.setCurrentIndex(self.model.index(row))

    def refresh(self) -> None:
        """Look at the steps and their states now."""
        self._timer.stop()
        opened, step = self._workplace.opened, self._current
        self.model.show_lines(lines(opened.tutorial, opened.stale))
        self.show_step(step)
        self.empty.setVisible(not opened.tutorial.steps)
        self.list.setVisible(bool(opened.tutorial.steps))

    @property
    def _current(self) -> str:
        line = self.list.currentIndex().data(LINE)
        return line.step if isinstance(line, Line) else ""

    def _tutorial_changed(self, before: Tutorial, after: Tutorial) -> None:
        if len(before.steps) != len(after.steps):
            self.refresh()
        else:
            self._timer.start()

    def _choose(self) -> None:
        if self._current:
            self.step_chosen.emit(self._current)

    def _move(self, by: int) -> None:
        opened, step = self._workplace.opened, self._current
        place = self.model.row_of(step) + by
        if step and 0 <= place < len(opened.tutorial.steps):
            opened.edit(edits.move_step(opened.tutorial, step, place))
            self.refresh()
            said = self.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
            self._workplace.announcer.say(str(said))


class _StepList(QListView):
    """moved(by): Alt+Up or Alt+Down. entered_step(): Enter."""

    moved = Signal(int)
    entered_step = Signal()

    def event(self, event: QEvent) -> bool:
        """Take Alt+Up and Alt+Down from the actions, which move the step under the caret."""
        shortcut = event.type() == QEvent.Type.ShortcutOverride
        if shortcut and isinstance(event, QKeyEvent) and _move_of(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if by := _move_of(event):
            self.moved.emit(by)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.entered_step.emit()
        else:
            super().keyPressEvent(event)


def _move_of(event: QKeyEvent) -> int:
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    alt = modifiers == Qt.KeyboardModifier.AltModifier
    return MOVES.get(Qt.Key(event.key()), 0) if alt else 0


class _StepPainter(QStyledItemDelegate):
    """Paints a number, a title and the icons of a step's states."""

    def __init__(self, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, self._theme.px(ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme, line = self._theme, index.data(LINE)
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_ground(painter, option, theme)
        painter.setFont(theme.font("control"))
        left = box.adjusted(theme.px(8), 0, 0, 0)
        painter.setPen(theme.colour("accent"))
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter, str(line.number))
        right = box.right() - theme.px(8)
        side = theme.px(ICON)
        for state in reversed(line.states):
            name, colour = ICONS[state]
            place = QRect(right - side, box.center().y() - side // 2, side, side)
            icon(name, getattr(theme.colours, colour)).paint(painter, place)
            right -= side + theme.px(4)
        x = left.left() + theme.px(NUMBER)
        room = QRect(x, box.top(), right - x - theme.px(4), box.height())
        painter.setPen(theme.colour("ink" if line.title else "muted"))
        words = painter.fontMetrics().elidedText(
            line.title or self.tr("Untitled step"), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()
