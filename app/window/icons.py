"""Our icons as QIcon, drawn in a colour of the theme."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from assets.icons import icon_svg


class _SvgIcon(QIconEngine):
    """Draws the SVG at whatever size and pixel ratio is asked for; read when first drawn."""

    def __init__(self, name: str, colour: str, disabled: str) -> None:
        super().__init__()
        self._name, self._colour, self._disabled = name, colour, disabled

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        del state
        colour = self._colour
        if mode == QIcon.Mode.Disabled:
            painter.setOpacity(1.0 if self._disabled else 0.4)
            colour = self._disabled or colour
        renderer = QSvgRenderer(QByteArray(icon_svg(self._name, colour)))
        renderer.render(painter, QRectF(rect))  # type: ignore[call-overload]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, pixmap.rect(), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _SvgIcon(self._name, self._colour, self._disabled)


def icon(name: str, colour: str, disabled: str = "") -> QIcon:
    """Return the icon of assets/icons in a colour (#rrggbb); disabled: in another, or paler."""
    return QIcon(_SvgIcon(name, colour, disabled))
