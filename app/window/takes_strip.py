"""The takes of one picture as a row of thumbnails, oldest first."""

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.tutorial.model import Picture
from app.window import picture_edits
from app.window.icons import icon
from app.window.picture_frame import paint_ring, paint_thumbnail, side_for
from app.window.picture_menu import take_menu, trash_menu
from app.window.workplace import Workplace

TRASH = "trash"  # stands behind the takes where the picture has trashed ones
STRIP = 52  # pixels at zoom 1: its height
THUMBNAIL = 48
GAP = 6
STAR = 14
RADIUS = 6
DIMMED = 0.6


class TakesStrip(QWidget):
    """Arrow keys go along the takes, Enter chooses, Delete moves to the trash."""

    def __init__(
        self, workplace: Workplace, step: str, picture: str, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._step = step
        self._picture = Picture(picture)
        self._at = ""  # the take under the keyboard, by sha256
        self._scrolled = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Takes"))
        self.setToolTip(self.tr("Choose with Enter, move to the trash with Delete"))
        workplace.images.image_ready.connect(self._image_ready)

    def follow(self, picture: Picture) -> None:
        """Show the takes as they now are."""
        before, self._picture = self._picture, picture
        items = self._items
        if self._at not in items:
            gone = before.takes.index(self._at) if self._at in before.takes else 0
            near = items[min(gone, len(items) - 1)] if items else ""
            self._at = picture.chosen if picture.chosen in items and not gone else near
        self._reveal()
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all takes."""
        px = self._workplace.theme.px
        return QSize(px(THUMBNAIL + GAP) * len(self._picture.takes) + px(80), px(STRIP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the take under the keyboard in sight."""
        super().resizeEvent(event)
        self._scrolled = 0
        self._reveal()

    # ------------------------------------------------------------ where things are

    @property
    def _items(self) -> tuple[str, ...]:
        """What the arrow keys go along: the takes by sha256, and the trash."""
        trash = (TRASH,) if picture_edits.trashed(self._picture) else ()
        return (*self._picture.takes, *trash)

    @property
    def _trash_words(self) -> str:
        return self.tr("Trash: {n}").format(n=len(picture_edits.trashed(self._picture)))

    def _box(self, number: int) -> QRectF:
        px = self._workplace.theme.px
        side = px(THUMBNAIL)
        left = number * (side + px(GAP)) - self._scrolled
        is_trash = number >= len(self._picture.takes)
        metrics = QFontMetrics(self._workplace.theme.font("secondary"))
        width = metrics.horizontalAdvance(self._trash_words) + px(12) if is_trash else side
        return QRectF(left, px(2), width, side)

    def _take_at(self, point: QPoint) -> str:
        boxes = ((item, self._box(n)) for n, item in enumerate(self._items))
        return next((sha for sha, box in boxes if box.contains(point.toPointF())), "")

    def _reveal(self) -> None:
        """Scroll so that the take under the keyboard can be seen."""
        if self._at not in self._items:
            return
        box = self._box(self._items.index(self._at))
        if box.left() < 0:
            self._scrolled += round(box.left())
        elif box.right() > self.width():
            self._scrolled += round(box.right()) - self.width()

    def _describe(self) -> None:
        takes = self._picture.takes
        words = []
        if self._at == TRASH:
            words.append(self._trash_words)
        elif self._at in takes:
            words.append(self.tr("Take {n} of {total}"))
            words[0] = words[0].format(n=takes.index(self._at) + 1, total=len(takes))
        if self._at == self._picture.chosen:
            words.append(self.tr("chosen"))
        if self._at in self._picture.starred:
            words.append(self.tr("starred"))
        described = ", ".join(words)
        if described != self.accessibleDescription():
            self.setAccessibleDescription(described)
            if self.hasFocus():
                self._workplace.announcer.say(described)

    # ------------------------------------------------------------ painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the thumbnails, then how many there are where there is room."""
        theme, picture = self._workplace.theme, self._picture
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        for number, sha256 in enumerate(picture.takes):
            box = self._box(number)
            if box.right() < 0 or box.left() > self.width():
                continue
            self._paint_take(painter, box, sha256)
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.colour("muted"))
        left = round(self._box(len(picture.takes)).left()) + theme.px(4)
        if TRASH in self._items:
            self._paint_trash(painter, self._box(len(picture.takes)))
            left = round(self._box(len(picture.takes)).right()) + theme.px(4)
        words = self.tr("{n} takes").format(n=len(picture.takes))
        if (
            len(picture.takes) > 1
            and left + painter.fontMetrics().horizontalAdvance(words) <= self.width()
        ):
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(left, 0, self.width() - left, self.height(), int(flags), words)
        painter.end()

    def _paint_take(self, painter: QPainter, box: QRectF, sha256: str) -> None:
        theme, picture = self._workplace.theme, self._picture
        chosen = sha256 == picture.chosen
        focused = self.hasFocus() and sha256 == self._at
        side = side_for(theme.px(THUMBNAIL) * self.devicePixelRatioF())
        pixmap = self._workplace.images.pixmap(sha256, side)
        painter.setOpacity(1.0 if chosen or focused else DIMMED)
        paint_thumbnail(painter, box, pixmap, theme, RADIUS)
        painter.setOpacity(1.0)
        if chosen:
            paint_ring(painter, box, theme, RADIUS)
        if focused:
            painter.fillRect(
                QRectF(box.left(), box.bottom(), box.width(), theme.px(2)), theme.colour("ink")
            )
        if sha256 in picture.starred:
            size = theme.px(STAR)
            spot = QRectF(box.right() - size - 3, box.top() + 3, size, size)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("panel"))
            painter.drawEllipse(spot)
            drawn = icon("star-filled", theme.colours.warn)
            drawn.paint(painter, spot.toRect().adjusted(2, 2, -2, -2))

    def _paint_trash(self, painter: QPainter, box: QRectF) -> None:
        theme = self._workplace.theme
        painter.setPen(theme.colour("accent"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._trash_words)
        if self.hasFocus() and self._at == TRASH:
            paint_ring(painter, box, theme, RADIUS)

    def _image_ready(self, sha256: str) -> None:
        if sha256 in self._picture.takes:
            self.update()

    # ------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the take under the mouse."""
        sha256 = self._take_at(event.position().toPoint())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if sha256:
            self._go_to(sha256)
            if event.button() == Qt.MouseButton.LeftButton:
                self._take_up(sha256)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done with the take."""
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        sha256 = self._at if keyboard else self._take_at(event.pos())
        if sha256 in self._picture.takes:
            self._go_to(sha256)
            menu = take_menu(self._workplace, self._step, self._picture, sha256, self)
            box = self._box(self._picture.takes.index(sha256)).toRect()
            menu.popup(self.mapToGlobal(box.bottomLeft()) if keyboard else event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go along the takes, choose, or move to the trash."""
        items = self._items
        here = items.index(self._at) if self._at in items else 0
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and items:
            step = -1 if key == Qt.Key.Key_Left else 1
            self._go_to(items[min(max(here + step, 0), len(items) - 1)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at:
            self._take_up(self._at)
        elif key == Qt.Key.Key_Delete and self._at in self._picture.takes:
            picture_edits.trash(self._workplace, self._step, self._picture.id, self._at)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll along the takes with a sideways wheel, where they are more than fit."""
        sideways = event.angleDelta().x()
        room = round(self._box(len(self._picture.takes)).left()) + self._scrolled - self.width()
        if sideways and room > 0:
            self._scrolled = min(max(self._scrolled - sideways // 4, 0), room)
            self.update()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._describe()
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell of the take under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            sha256 = self._take_at(event.pos())
            if sha256 in self._picture.takes:
                number = self._picture.takes.index(sha256) + 1
                QToolTip.showText(event.globalPos(), self.tr("Take {n}").format(n=number), self)
                return True
        return super().event(event)

    def _go_to(self, sha256: str) -> None:
        self._at = sha256
        self._reveal()
        self._describe()
        self.update()

    def _take_up(self, item: str) -> None:
        """Choose a take, or open the trash."""
        if item == TRASH:
            menu = trash_menu(self._workplace, self._step, self._picture, self)
            box = self._box(len(self._picture.takes)).toRect()
            menu.popup(self.mapToGlobal(box.bottomLeft()))
            return
        picture_edits.choose(self._workplace, self._step, self._picture.id, item)
