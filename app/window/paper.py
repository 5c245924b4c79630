"""The sheet of paper on which the page's parts stand."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.window.theme import Theme

CORNER = 12  # pixels at zoom 1


class Paper(QWidget):
    """The ground and the sheet of paper on it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._box = QRect()  # of the paper
        self.line: int | None = None  # where a dragged step would stand

    def put_paper(self, x: int, y: int, width: int, height: int) -> None:
        """Put the paper here; only what changes is painted again."""
        before, self._box = self._box, QRect(x, y, width, height)
        if (before.topLeft(), before.width()) != (self._box.topLeft(), width):
            self.update()
        elif before != self._box:
            top = min(before.bottom(), self._box.bottom()) - self._theme.px(CORNER)
            bottom = max(before.bottom(), self._box.bottom()) + 2
            self.update(x - 1, top, width + 2, bottom - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground, the paper, and the line of a drag."""
        theme = self._theme
        painter = QPainter(self)
        corner = theme.px(CORNER)
        if self._box.adjusted(1, corner, -1, -corner).contains(event.rect()):
            painter.fillRect(event.rect(), theme.colour("page"))
        else:
            painter.fillRect(event.rect(), theme.colour("bg"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.colour("line"))
            painter.setBrush(theme.colour("page"))
            painter.drawRoundedRect(self._box, corner, corner)
        if self.line is not None:
            box = self._box
            painter.fillRect(box.x(), self.line - 1, box.width(), 3, theme.colour("accent"))
