"""The ground of a list's row: chosen, hovered or plain, with a ring where the keys are."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.window.theme import Theme

RADIUS = 8  # pixels at zoom 1


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> None:
    """Paint the ground of the row that the option tells of."""
    box: QRect = option.rect
    flags = QStyle.StateFlag
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if option.state & flags.State_Selected:
        painter.setBrush(theme.colour("accentsoft"))
    elif option.state & flags.State_MouseOver:
        painter.setBrush(theme.colour("sel"))
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & flags.State_HasFocus:
        painter.setPen(theme.colour("accent"))
    radius = theme.px(RADIUS)
    painter.drawRoundedRect(box.adjusted(0, 1, -1, -1), radius, radius)
