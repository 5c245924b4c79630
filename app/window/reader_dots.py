"""How far one has read: a dot for each page, or a bar where there are many."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.theme import Theme

DOT, GAP = 8, 10  # pixels at zoom 1
MOST = 24  # dots
BAR = 6


class ReaderDots(QWidget):
    """page_chosen(page): the person clicked there."""

    page_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page, self._pages = 0, 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_page(self, page: int, pages: int, name: str) -> None:
        """Show that this page of so many is open; name: the same in words."""
        self._page, self._pages = page, max(pages, 1)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all dots."""
        return QSize(self._theme.px(120), self._theme.px(24))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the page that was clicked."""
        left, width = self._line()
        share = (event.position().x() - left) / width
        if 0 <= share <= 1:
            self.page_chosen.emit(min(int(share * self._pages), self._pages - 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the dots or the bar."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left, width = self._line()
        middle = self.height() / 2
        if self._pages > MOST:
            high = theme.px(BAR)
            box = QRectF(left, middle - high / 2, width, high)
            painter.setBrush(theme.colour("line"))
            painter.drawRoundedRect(box, high / 2, high / 2)
            box.setWidth(max(high, width * (self._page + 1) / self._pages))
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(box, high / 2, high / 2)
        else:
            size, share = theme.px(DOT), width / self._pages
            for page in range(self._pages):
                box = QRectF(
                    left + page * share + (share - size) / 2, middle - size / 2, size, size
                )
                painter.setBrush(theme.colour("accent" if page == self._page else "edge"))
                painter.setOpacity(1.0 if page <= self._page else 0.45)
                painter.drawEllipse(box)
        painter.end()

    def _line(self) -> tuple[float, float]:
        """Return where the pages begin and how wide they are together."""
        wanted = self._pages * self._theme.px(DOT + GAP)
        width = min(wanted, self.width()) if self._pages <= MOST else self.width() * 0.6
        return (self.width() - width) / 2, max(width, 1.0)
