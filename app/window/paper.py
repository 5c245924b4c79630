"""The sheet of paper on which the page's parts stand."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.window.theme import Theme


class Paper(QWidget):
    """The ground and the sheet of paper on it. box: x, y, width and height of the paper."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.box = (0, 0, 0, 0)
        self.line: int | None = None  # where a dragged step would stand

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground, the paper, and the line of a drag."""
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("bg"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("line"))
        painter.setBrush(theme.colour("page"))
        painter.drawRoundedRect(*self.box, theme.px(12), theme.px(12))
        if self.line is not None:
            x, _, width, _ = self.box
            painter.fillRect(x, self.line - 1, width, 3, theme.colour("accent"))
