"""The number of a step: pressed it selects the step, dragged it moves it."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.window.icons import icon
from app.window.theme import Theme

SIZE, TICK = 26, 13  # pixels at zoom 1: the badge, and the tick of a checked step


class StepNumber(QWidget):
    """A round badge. pressed(with shift), dragged(global position), dropped(), drag_cancelled().

    Selecting and moving by keyboard is done from the text: Shift and an arrow, Alt and an arrow.
    """

    pressed = Signal(bool)
    dragged = Signal(QPoint)
    dropped = Signal()
    drag_cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._checked = False
        self._selected = False
        self._from: QPoint | None = None
        self._dragging = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(self.tr("Click to select the step, drag to move it"))

    def show_number(self, number: int, *, checked: bool, selected: bool) -> None:
        """Show the step's place among all, and whether it is checked."""
        shown = (str(number), checked, selected)
        if shown != (self._text, self._checked, self._selected):
            self._text, self._checked, self._selected = shown
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the badge."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent" if self._selected else "accentsoft"))
        painter.drawEllipse(self.rect())
        painter.setPen(theme.colour("onaccent" if self._selected else "accent"))
        font = theme.font("control" if len(self._text) < 3 else "caps")
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        if self._checked:
            side = theme.px(TICK)
            tick = QRect(self.width() - side, self.height() - side, side, side)
            painter.setPen(theme.colour("page"))
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(tick.adjusted(0, 0, -1, -1))
            icon("check", theme.colours.onaccent).paint(painter, tick.adjusted(2, 2, -2, -2))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the step."""
        self._from = event.globalPosition().toPoint()
        self.pressed.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the step."""
        if self._from is None:
            return
        at = event.globalPosition().toPoint()
        if not self._dragging:
            if (at - self._from).manhattanLength() < QApplication.startDragDistance():
                return
            self._dragging = True
            self.grabKeyboard()  # for Escape
        self.dragged.emit(at)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Drop what was dragged."""
        if self._end():
            self.dropped.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Cancel a drag on Escape."""
        if event.key() == Qt.Key.Key_Escape and self._end():
            self.drag_cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _end(self) -> bool:
        dragging, self._dragging, self._from = self._dragging, False, None
        if dragging:
            self.releaseKeyboard()
        return dragging
