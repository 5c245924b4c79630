"""Paints a picture in its rounded frame: a take, a preview, or words."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from app.window.picture_states import Work
from app.window.theme import Theme

RADIUS = 10  # pixels at zoom 1
RING = 2
LINE = 3
SIDES = 128


@dataclass(frozen=True)
class Frame:
    """What is painted: a pixmap, or words in its place, and what the engine does about it.

    empty: a place without a picture, dashed; ringed: it has the focus.
    """

    pixmap: QPixmap | None
    words: str = ""
    work: Work | None = None
    empty: bool = False
    ringed: bool = False


def side_for(pixels: float) -> int:
    """Return the side to which a take is decoded: few sizes, so that one is read for many uses."""
    return max(1, -int(-pixels // SIDES)) * SIDES


def paint_frame(widget: QWidget, rect: QRectF, frame: Frame, theme: Theme) -> None:
    """Paint a picture into the rectangle of a widget."""
    painter = QPainter(widget)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    preview = frame.work.preview if frame.work is not None else None
    pixmap = QPixmap.fromImage(preview) if preview is not None else frame.pixmap
    if frame.empty:
        _paint_dashes(painter, rect, theme)
    elif pixmap is not None:
        paint_rounded(painter, rect, pixmap, theme.px(RADIUS))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("pic"))
        painter.drawRoundedRect(rect, theme.px(RADIUS), theme.px(RADIUS))
    if frame.empty:
        top = QRectF(rect.left(), rect.top() + theme.px(10), rect.width(), theme.px(24))
        _paint_words(painter, top, frame.words, theme)
    elif frame.words and pixmap is None:
        _paint_words(painter, rect, frame.words, theme)
    elif frame.words:
        _paint_label(painter, rect, frame.words, theme)
    if frame.work is not None and frame.work.total:
        _paint_progress(painter, rect, frame.work, theme)
    if frame.ringed:
        paint_ring(painter, rect, theme, RADIUS)
    painter.end()


def covering(rect: QRectF, width: float, height: float) -> QRectF:
    """Return where a picture of this shape covers the rectangle, as small as it can; centred."""
    scale = max(rect.width() / width, rect.height() / height)
    whole = QRectF(0, 0, width * scale, height * scale)
    whole.moveCenter(rect.center())
    return whole


def paint_rounded(painter: QPainter, rect: QRectF, pixmap: QPixmap, radius: float) -> None:
    """Paint a pixmap over the whole rectangle with round corners, cut where it doesn't fit."""
    whole = covering(rect, pixmap.width(), pixmap.height())
    scale = whole.width() / pixmap.width()
    brush = QBrush(pixmap)
    brush.setTransform(QTransform().translate(whole.left(), whole.top()).scale(scale, scale))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawRoundedRect(rect, radius, radius)


def paint_thumbnail(
    painter: QPainter, rect: QRectF, pixmap: QPixmap | None, theme: Theme, radius: float
) -> None:
    """Paint a pixmap as paint_rounded does, or its ground while it is not there."""
    if pixmap is not None:
        paint_rounded(painter, rect, pixmap, theme.px(radius))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("pic"))
    painter.drawRoundedRect(rect, theme.px(radius), theme.px(radius))


def paint_ring(painter: QPainter, rect: QRectF, theme: Theme, radius: float) -> None:
    """Paint the mark of focus or choice: a line in the accent colour, apart from the picture."""
    line = theme.px(RING)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for inset, colour in ((line * 1.5, "page"), (line * 0.5, "accent")):
        painter.setPen(QPen(theme.colour(colour), line))
        corner = max(1.0, theme.px(radius) - inset)
        painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), corner, corner)


def paint_takes_line(widget: QWidget, top: int, words: str, theme: Theme) -> None:
    """Paint the quiet line that stands where the takes are shown."""
    painter = QPainter(widget)
    painter.setFont(theme.font("secondary"))
    painter.setPen(theme.colour("muted"))
    box = QRect(0, top + theme.px(4), widget.width(), theme.px(20))
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
    painter.end()


def _paint_dashes(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("edge"), 1, Qt.PenStyle.DashLine))
    inner = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(inner, theme.px(RADIUS), theme.px(RADIUS))


def _paint_words(painter: QPainter, rect: QRectF, words: str, theme: Theme) -> None:
    painter.setFont(theme.font("control"))
    painter.setPen(theme.colour("muted"))
    box = rect.adjusted(theme.px(16), 0, -theme.px(16), 0)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(box, int(flags), words)


def _paint_label(painter: QPainter, rect: QRectF, words: str, theme: Theme) -> None:
    """Paint words over a picture, on a ground of their own."""
    painter.setFont(theme.font("secondary"))
    width = painter.fontMetrics().horizontalAdvance(words) + theme.px(16)
    room = rect.width() - theme.px(16)
    box = QRectF(
        rect.left() + theme.px(8), rect.top() + theme.px(8), min(width, room), theme.px(24)
    )
    ground = QColor(theme.colour("panel"))
    ground.setAlphaF(0.94)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, theme.px(6), theme.px(6))
    painter.setPen(theme.colour("ink"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _paint_progress(painter: QPainter, rect: QRectF, work: Work, theme: Theme) -> None:
    inset, height = theme.px(8), theme.px(LINE)
    whole = QRectF(
        rect.left() + inset, rect.bottom() - inset - height, rect.width() - 2 * inset, height
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("line"))
    painter.drawRoundedRect(whole, height / 2, height / 2)
    done = min(1.0, work.done / work.total)
    painter.setBrush(theme.colour("accent"))
    whole.setWidth(max(height, whole.width() * done))
    painter.drawRoundedRect(whole, height / 2, height / 2)
