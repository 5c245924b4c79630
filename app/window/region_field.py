"""The part of a picture that a fix may change: rectangles that are drawn over the picture."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from app.tutorial.region import Rectangle, Region
from app.window import picture_edits
from app.window.picture_frame import RADIUS, covering, paint_ring
from app.window.workplace import Workplace

SLIGHT = 3  # pixels: a shorter drag is a click
NUDGE = 0.01  # of the picture's side, for a press of an arrow key
WAYS = {
    Qt.Key.Key_Left: (-NUDGE, 0.0),
    Qt.Key.Key_Right: (NUDGE, 0.0),
    Qt.Key.Key_Up: (0.0, -NUDGE),
    Qt.Key.Key_Down: (0.0, NUDGE),
}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
DIMMED = 0.55  # of what lies outside
EDGE = 2  # pixels at zoom 1


class RegionField(QWidget):
    """Stands over the picture's frame. region: empty where the whole picture may change.

    region_changed(): look at it and takes_keys again. left(): it is drawn, or the person goes back.
    """

    region_changed = Signal()
    left = Signal()

    def __init__(self, workplace: Workplace, step: str, picture: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._place = (workplace, step, picture)
        self.region: Region = ()
        self._before: Region = ()  # the drag under way
        self._kept: Region = ()  # by it
        self._pressed: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Region of the picture that changes"))
        self.setToolTip(self.tr("Drag to mark a region, with Shift one more"))
        self._set(())

    # ------------------------------------------------------------ the region

    def mark(self) -> None:
        """Mark the middle, for the arrow keys to move and size."""
        width, height = self.width(), self.height()
        self._set((self._between(QPointF(width / 4, height / 4), QPointF(width, height) * 0.75),))

    def clear(self) -> None:
        """Let the whole picture change."""
        self._set(())

    def _set(self, region: Region) -> None:
        self.region = region
        self.setAccessibleDescription(self._told)
        self.region_changed.emit()
        self.update()

    @property
    def _told(self) -> str:
        if not self.region:
            return self.tr("The whole picture may change; Enter marks a region.")
        last = self.region[-1]
        words = self.tr("Rectangle {n}: {x0} to {x1} % across, {y0} to {y1} % down.")
        places = {name: round(100 * getattr(last, name)) for name in ("x0", "y0", "x1", "y1")}
        return words.format(n=len(self.region), **places)

    @property
    def takes_keys(self) -> bool:
        """Whether the arrow keys work on the region now."""
        return self.hasFocus() and self._pressed is None and bool(self.region)

    # ------------------------------------------------------------ where it is on screen

    @property
    def _whole(self) -> QRectF:
        """Where the whole picture stands; of a very long one a part lies beyond the frame."""
        picture = picture_edits.picture_of(*self._place)
        infos = self._workplace.opened.infos
        info = infos.get(picture.chosen or "") if picture is not None else None
        if info is None or info.width < 1 or info.height < 1:
            return QRectF(self.rect())
        return covering(QRectF(self.rect()), info.width, info.height)

    def _between(self, one: QPointF, other: QPointF) -> Rectangle:
        """Return the rectangle between two points, as far as they lie on what is seen."""
        whole = self._whole
        places = [
            (
                (min(max(point.x(), 0.0), self.width()) - whole.left()) / whole.width(),
                (min(max(point.y(), 0.0), self.height()) - whole.top()) / whole.height(),
            )
            for point in (one, other)
        ]
        (x0, x1), (y0, y1) = (sorted(values) for values in zip(*places, strict=True))
        return Rectangle(max(x0, 0.0), max(y0, 0.0), min(x1, 1.0), min(y1, 1.0))

    def _outline(self) -> QPainterPath:
        whole, outline = self._whole, QPainterPath()
        for one in self.region:
            path = QPainterPath()
            path.addRect(
                whole.left() + one.x0 * whole.width(),
                whole.top() + one.y0 * whole.height(),
                (one.x1 - one.x0) * whole.width(),
                (one.y1 - one.y0) * whole.height(),
            )
            outline = outline.united(path)
        return outline

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim what lies outside, and draw the edge."""
        theme, rect = self._workplace.theme, QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.region:
            frame, marked = QPainterPath(), self._outline()
            frame.addRoundedRect(rect, theme.px(RADIUS), theme.px(RADIUS))
            veil = theme.colour("page")
            veil.setAlphaF(DIMMED)
            painter.fillPath(frame.subtracted(marked), veil)
            for line, colour in ((2 * EDGE, "page"), (EDGE, "accent")):
                painter.strokePath(marked, QPen(theme.colour(colour), theme.px(line)))
        if self.hasFocus():
            paint_ring(painter, rect, theme, RADIUS)
        painter.end()

    # ------------------------------------------------------------ mouse, keys, focus

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keys go here."""
        super().focusInEvent(event)
        self.region_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that they go elsewhere."""
        super().focusOutEvent(event)
        self.region_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle, with Shift one more."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            more = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._before, self._kept = self.region, self.region if more else ()
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the rectangle up to here."""
        if self._pressed is None:
            return
        way = event.position() - self._pressed
        if max(abs(way.x()), abs(way.y())) < SLIGHT:
            self._set(self._before)
        else:
            self._set((*self._kept, self._between(self._pressed, event.position())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the rectangle; next the person says what to change."""
        if self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pressed = None
            self.left.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle; the page would zoom."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move and size the last rectangle, mark one, take it back, leave."""
        key, way = event.key(), WAYS.get(Qt.Key(event.key()))
        if key == Qt.Key.Key_Escape and self._pressed is not None:
            self._pressed = None
            self._set(self._before)
        elif key == Qt.Key.Key_Escape or (self.region and key in ENTER):
            self.left.emit()
        elif key in ENTER:
            self.mark()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._set(self.region[:-1])
        elif way is not None and self.region:
            *others, last = self.region
            sizes = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._set((*others, last.stretched(*way) if sizes else last.moved(*way)))
        else:
            super().keyPressEvent(event)
            return
        if key != Qt.Key.Key_Escape:
            self._workplace.announcer.say(self._told)
