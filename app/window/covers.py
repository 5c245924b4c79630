"""The covers of the library's cards as pixmaps, decoded when first seen."""

from collections import OrderedDict

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from app.tutorial.card import Card
from app.window.icons import icon
from app.window.picture_frame import paint_rounded
from app.window.theme import Theme

KEPT = 256
RADIUS = 6  # pixels at zoom 1


class Covers(QObject):
    """Keeps the covers seen last."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kept: OrderedDict[tuple[str | None, int, int, float], QPixmap] = OrderedDict()
        theme.restyled.connect(self._forget)

    def pixmap(self, card: Card, size: QSize, ratio: float) -> QPixmap:
        """Return a cover with round corners, size in pixels of the window; ratio: of the screen."""
        cover = card.cover if card.thumbnail else None
        key = (cover, size.width(), size.height(), ratio)
        if key not in self._kept:
            self._kept[key] = self._painted(card.thumbnail if cover else None, size, ratio)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _forget(self) -> None:
        self._kept.clear()

    def _painted(self, thumbnail: bytes | None, size: QSize, ratio: float) -> QPixmap:
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        picture = QPixmap()
        if thumbnail is not None:
            picture.loadFromData(thumbnail)
        rect = QRectF(0, 0, size.width(), size.height())
        painter = QPainter(pixmap)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if picture.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("pic"))
            painter.drawRoundedRect(rect, self._theme.px(RADIUS), self._theme.px(RADIUS))
            side = min(size.width(), size.height()) // 2
            place = QRectF(0, 0, side, side)
            place.moveCenter(rect.center())
            icon("picture", self._theme.colours.muted).paint(painter, place.toRect())
        else:
            paint_rounded(painter, rect, picture, self._theme.px(RADIUS))
        painter.end()
        return pixmap
