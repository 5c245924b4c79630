"""A take, large: whole, at 100 % or 200 %, and anything between."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.tutorial.model import Take, Tutorial
from app.tutorial.undo import picture_by_id
from app.window.given_photos import given_names
from app.window.icons import icon
from app.window.images import decoded
from app.window.workplace import Workplace

LARGEST = 8192  # pixels a side that are decoded at most
LEAST, MOST = 0.05, 8.0  # device pixels for a pixel of the take
STEP = 1.25
PAN = 48  # pixels an arrow key moves


# Tutorial -> the take to be shown, by sha256, and its words; both empty when it is gone
Seen = Callable[[Tutorial], tuple[str, str]]


def picture_seen(step_id: str, picture_id: str) -> Seen:
    """Look at the chosen take of a picture, whichever that is."""

    def seen(tutorial: Tutorial) -> tuple[str, str]:
        picture = picture_by_id(tutorial, step_id, picture_id)
        return (picture.chosen or "", picture.alt_text) if picture is not None else ("", "")

    return seen


def given_seen(sha256: str) -> Seen:
    """Look at a photo that was given to the writer."""

    def seen(tutorial: Tutorial) -> tuple[str, str]:
        names = given_names(tutorial)
        return (sha256, names[sha256]) if sha256 in names else ("", "")

    return seen


class ZoomPane(QWidget):
    """closed(): the person goes back, by the button, Escape or Enter."""

    closed = Signal()

    def __init__(self, workplace: Workplace, seen: Seen) -> None:
        super().__init__()
        self.setObjectName("bg")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("alone", True)
        self.setAccessibleName(self.tr("Zoom"))
        self._workplace = workplace
        self._seen = seen
        self._shown = ""
        self.canvas = ZoomCanvas(workplace)
        self.scale = QLabel()
        self.scale.setProperty("role", "secondary")
        self._lay_out()
        self.canvas.scale_changed.connect(self._tell_scale)
        workplace.opened.tutorial_changed.connect(self._follow)
        self.setFocusProxy(self.canvas)
        workplace.theme.dress(self)
        self._follow()

    def _lay_out(self) -> None:
        px, theme = self._workplace.theme.px, self._workplace.theme
        row = QHBoxLayout()
        row.addWidget(self.scale, 1)
        self.fit = QPushButton(self.tr("Fit"))
        self.fit.clicked.connect(self.canvas.fit)
        self.full = QPushButton(self.tr("100 %"))
        self.full.clicked.connect(lambda: self.canvas.zoom_to(1.0))
        self.double = QPushButton(self.tr("200 %"))
        self.double.clicked.connect(lambda: self.canvas.zoom_to(2.0))
        back = QPushButton(icon("previous", theme.colours.ink), self.tr("Back"))
        back.setProperty("kind", "quiet")
        back.clicked.connect(self.closed)
        for button, tip in (
            (self.fit, self.tr("Show the whole picture (0)")),
            (self.full, self.tr("A pixel of the picture on a pixel of the screen (1)")),
            (self.double, self.tr("Twice that (2)")),
            (back, self.tr("Back to the page (Esc)")),
        ):
            button.setToolTip(tip)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(16), px(24), px(16))
        column.setSpacing(px(12))
        column.addLayout(row)
        column.addWidget(self.canvas, 1)

    def _follow(self, *_: object) -> None:
        sha256, words = self._seen(self._workplace.opened.tutorial)
        if not sha256:
            self.closed.emit()
        elif sha256 != self._shown:
            self._shown = sha256
            self.canvas.setAccessibleDescription(words)
            self._workplace.opened.take(sha256, self._decode, self._cannot)

    def _decode(self, take: Take) -> None:
        self._workplace.background.run(lambda: decoded(take.data, LARGEST), self._show)

    def _show(self, image: QImage | None) -> None:
        if image is None:
            self._cannot()
        else:
            self.canvas.show_image(image)

    def _cannot(self, *_: object) -> None:
        given = self._shown in self._workplace.opened.tutorial.given
        self.scale.setText(
            self.tr("This photo can't be read.")
            if given
            else self.tr("This picture can't be read: choose another take, or paint it again.")
        )

    def _tell_scale(self, scale: float) -> None:
        self.scale.setText(self.tr("{n} %").format(n=round(scale * 100)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Escape and Enter."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class ZoomCanvas(QWidget):
    """scale_changed(scale): device pixels for a pixel of the take."""

    scale_changed = Signal(float)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._theme = workplace.theme
        self._pixmap: QPixmap | None = None
        self._fits = True
        self._dragged: QPoint | None = None
        self.scale = 1.0
        self.centre = QPointF()  # of what is seen, in pixels of the take
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(self.tr("Picture"))
        self.setToolTip(self.tr("Drag to move, Ctrl and wheel to zoom"))

    def show_image(self, image: QImage) -> None:
        """Show another image, whole."""
        self._pixmap = QPixmap.fromImage(image)
        self.fit()

    def fit(self) -> None:
        """Show the whole image."""
        if self._pixmap is None:
            return
        ratio = self.devicePixelRatioF()
        width, height = self._pixmap.width(), self._pixmap.height()
        fitting = min(self.width() * ratio / width, self.height() * ratio / height, MOST)
        self.centre = QPointF(width / 2, height / 2)
        self._set_scale(max(fitting, LEAST))
        self._fits = True

    def zoom_to(self, scale: float, at: QPointF | None = None) -> None:
        """Zoom so that the point of the widget, its middle unless told, keeps its pixel."""
        point = at if at is not None else QPointF(self.rect().center())
        before = self._pixel_at(point)
        self._fits = False
        self._set_scale(min(max(scale, LEAST), MOST))
        self._move_by(before - self._pixel_at(point))

    def _set_scale(self, scale: float) -> None:
        self.scale = scale
        self.scale_changed.emit(scale)
        self.update()

    @property
    def _unit(self) -> float:
        """Pixels of the widget for a pixel of the take."""
        return self.scale / self.devicePixelRatioF()

    def _pixel_at(self, point: QPointF) -> QPointF:
        middle = QPointF(self.width() / 2, self.height() / 2)
        return self.centre + (point - middle) / self._unit

    def _move_by(self, pixels: QPointF) -> None:
        """Move over the image; its middle part stays in sight."""
        if self._pixmap is not None:
            x = min(max(self.centre.x() + pixels.x(), 0.0), self._pixmap.width())
            y = min(max(self.centre.y() + pixels.y(), 0.0), self._pixmap.height())
            self.centre = QPointF(x, y)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the part that is seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.scale < 2)
        if self._pixmap is not None:
            corner = QPointF(self.width() / 2, self.height() / 2) - self.centre * self._unit
            width, height = self._pixmap.width() * self._unit, self._pixmap.height() * self._unit
            target = QRectF(corner.x(), corner.y(), width, height)
            painter.drawPixmap(target, self._pixmap, QRectF(self._pixmap.rect()))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), self._theme.px(2)))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole image in sight, unless the person zoomed."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag."""
        self._dragged = event.position().toPoint()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the image."""
        if self._dragged is not None:
            now = event.position().toPoint()
            self._move_by(QPointF(self._dragged - now) / self._unit)
            self._dragged = now

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the drag."""
        del event
        self._dragged = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else move."""
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_to(self.scale * STEP ** (delta.y() / 120), event.position())
        else:
            self._move_by(QPointF(-delta.x(), -delta.y()) / self._unit)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the arrows; zoom by +, -, 0, 1 and 2."""
        ways = {
            Qt.Key.Key_Left: QPointF(-PAN, 0),
            Qt.Key.Key_Right: QPointF(PAN, 0),
            Qt.Key.Key_Up: QPointF(0, -PAN),
            Qt.Key.Key_Down: QPointF(0, PAN),
        }
        key = Qt.Key(event.key())
        if key in ways:
            self._move_by(ways[key] / self._unit)
        elif event.text() in ("+", "="):
            self.zoom_to(self.scale * STEP)
        elif event.text() == "-":
            self.zoom_to(self.scale / STEP)
        elif event.text() in ("1", "2"):
            self.zoom_to(float(event.text()))
        elif event.text() == "0":
            self.fit()
        else:
            super().keyPressEvent(event)
