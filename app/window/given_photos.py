"""The photos that the author gave the writer, small, in the head of the page."""

from PySide6.QtCore import QCoreApplication, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.tutorial.model import Tutorial
from app.window.icons import icon
from app.window.picture_frame import paint_ring, paint_thumbnail, side_for
from app.window.picture_menu import photo_menu
from app.window.tab_order import chain
from app.window.workplace import Workplace

HEIGHT = 72  # pixels at zoom 1, of a photo
SHAPES = (0.6, 2.0)  # width to height; what is narrower or wider is cut at its edges
GAP = 6
RADIUS = 6
ICON = 20


def given_names(tutorial: Tutorial) -> dict[str, str]:
    """Return what the given photos are called, by sha256, each once."""
    photos = list(dict.fromkeys(tutorial.given))
    words = QCoreApplication.translate("GivenPhotos", "Photo {n} of {total}, given to the writer")
    return {one: words.format(n=n, total=len(photos)) for n, one in enumerate(photos, 1)}


class GivenPhotos(QWidget):
    """A row of them, or several; hidden where there are none.

    opened(sha256): show it large; deletion_requested(sha256): ask, then delete it for good.
    """

    opened = Signal(str)
    deletion_requested = Signal(str)

    def __init__(self, workplace: Workplace, before: QWidget, parent: QWidget) -> None:
        """before: what Tab leaves for the first photo."""
        super().__init__(parent)
        self._workplace = workplace
        self._before = before
        self.photos: list[GivenPhoto] = []
        self.hide()
        workplace.images.image_ready.connect(self._image_ready)

    def follow(self, tutorial: Tutorial) -> bool:
        """Show the tutorial's photos; return whether they are others than before."""
        names = given_names(tutorial)
        if list(names) == [photo.sha256 for photo in self.photos]:
            return False
        before = self.photos
        self.photos = [GivenPhoto(self._workplace, *one, self) for one in names.items()]
        for photo in self.photos:
            photo.clicked.connect(lambda _=False, sha256=photo.sha256: self.opened.emit(sha256))
            photo.deletion_requested.connect(self.deletion_requested)
            photo.show()
        chain([self._before, *self.photos])
        focused = next((n for n, gone in enumerate(before) if gone.hasFocus()), None)
        if focused is not None:
            stops = [self._before, *self.photos]
            stops[min(focused + 1, len(self.photos))].setFocus()
        for gone in before:
            gone.hide()
            gone.deleteLater()
        self.setVisible(bool(names))
        return True

    def mark(self, sha256: str) -> None:
        """Show that something is asked about this photo; empty: about none."""
        for photo in self.photos:
            photo.marked = photo.sha256 == sha256
            photo.update()

    def focus(self, sha256: str) -> None:
        """Go to a photo, if it is there."""
        for photo in self.photos:
            if photo.sha256 == sha256:
                photo.setFocus(Qt.FocusReason.OtherFocusReason)

    def lay_out(self, width: int) -> int:
        """Place the photos in lines of this width and return the height in pixels."""
        gap, at, bottom = self._workplace.theme.px(GAP), QPoint(), 0
        for photo in self.photos:
            size = photo.sizeHint().boundedTo(QSize(width, photo.sizeHint().height()))
            if at.x() and at.x() + size.width() > width:
                at = QPoint(0, bottom + gap)
            photo.setGeometry(at.x(), at.y(), size.width(), size.height())
            at.setX(at.x() + size.width() + gap)
            bottom = at.y() + size.height()
        return bottom

    def _image_ready(self, sha256: str) -> None:
        for photo in self.photos:
            if photo.sha256 == sha256:
                photo.update()


class GivenPhoto(QAbstractButton):
    """One photo; Enter or a click opens it, Delete or its menu asks to delete it for good."""

    deletion_requested = Signal(str)

    def __init__(self, workplace: Workplace, sha256: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self.sha256 = sha256
        self.marked = False
        self.setAccessibleName(name)
        tip = self.tr("{photo}: show it large")
        if not workplace.opened.read_only:
            tip = self.tr("{photo}: show it large with Enter, delete it for good with Delete")
        self.setToolTip(tip.format(photo=name))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Return the room for the photo in its shape."""
        info = self._workplace.opened.infos.get(self.sha256)
        shape = info.width / info.height if info is not None and info.height else 1.0
        height = self._workplace.theme.px(HEIGHT)
        return QSize(round(height * min(max(shape, SHAPES[0]), SHAPES[1])), height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the photo, or its ground until it is read."""
        theme, images = self._workplace.theme, self._workplace.images
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        box = QRectF(self.rect())
        side = side_for(max(box.width(), box.height()) * self.devicePixelRatioF())
        pixmap = images.pixmap(self.sha256, side)
        paint_thumbnail(painter, box, pixmap, theme, RADIUS)
        if images.is_lost(self.sha256):
            place = QRectF(0, 0, theme.px(ICON), theme.px(ICON))
            place.moveCenter(box.center())
            icon("picture", theme.colours.muted).paint(painter, place.toRect())
        if self.hasFocus() or self.marked:
            paint_ring(painter, box, theme, RADIUS)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open it by Enter as by Space; ask to delete it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() == Qt.Key.Key_Delete and not self._workplace.opened.read_only:
            self._ask()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done with it."""
        menu = photo_menu(self._workplace, self.sha256, self.click, self._ask, self)
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()) if keyboard else event.globalPos())

    def _ask(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deletion_requested.emit(self.sha256)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()
