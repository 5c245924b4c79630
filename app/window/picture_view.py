"""One picture on the page: its take, or what there is instead, and what can be done with it.

Painted, without a style sheet: a page has hundreds. Buttons are made when they are first seen.
"""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QWidget

from app.tutorial.model import Picture
from app.window import picture_edits
from app.window.picture_frame import Frame, paint_frame, paint_takes_line, side_for
from app.window.picture_import import holds_image, import_data
from app.window.picture_menu import picture_menu
from app.window.picture_parts import GAP, PictureParts, Row
from app.window.picture_tools import EmptyPlace, FixPanel, PictureTools, StaleRow, UnneededPlace
from app.window.picture_words import stale_words, takes_words, work_words
from app.window.region_field import RegionField
from app.window.takes_strip import STRIP, TakesStrip
from app.window.workplace import Workplace

TALLEST = 2.0  # times the width
PLACE = 116  # pixels at zoom 1: height of a place without a picture
SLIM = 28
STALE = 52
FIX = 96
WHERE = 52  # more, where a region can be marked


class PictureView(QWidget):
    """height_changed(): it needs another height now. focused(step, picture): it has the focus."""

    height_changed = Signal()
    focused = Signal(str, str)

    def __init__(
        self, workplace: Workplace, step_id: str, picture_id: str, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.picture = Picture(picture_id)
        self._workplace = workplace
        self._states = workplace.picture_states
        self._place = (workplace, step_id, picture_id)
        self._step = step_id
        self._height = 0
        self._near = False  # hovered, or the focus is within
        self._awaits = False  # a pixmap
        self._seen = False
        self._fixing = False
        self._parts = PictureParts(workplace, step_id, picture_id, self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._states.fix_requested.connect(self._fix_requested)
        self._states.painter_changed.connect(self._painter_changed)
        workplace.theme.restyled.connect(self._refurnish)

    # ------------------------------------------------------------ following the tutorial

    def follow(self, picture: Picture, number: int, step_title: str) -> None:
        """Show the picture as it now is, of this step."""
        before, self.picture = self.picture, picture
        name = self.tr("Picture of step {n}, {title}").format(n=number, title=step_title)
        if name != self.accessibleName():
            self.setAccessibleName(name)
        if picture is not before:
            self.refresh()

    def refresh(self) -> None:
        """Look again at what is to be shown: the picture or what is known of it changed."""
        self.setAccessibleDescription(self._described())
        height = self.heightForWidth(self.width())
        if height != self._height:
            self._height = height
            self.updateGeometry()
            self.height_changed.emit()
        if self._seen:
            self._furnish()
        self.update()

    def _described(self) -> str:
        work, stale = self._states.work(self.picture.id), self._states.stale(self.picture.id)
        parts = [self.picture.alt_text if self.picture.chosen else self.tr("No picture yet")]
        if self._is_lost:
            parts.append(self._lost_words)
        if self.picture.not_needed:
            parts = [self.tr("No picture needed")]
        if work is not None:
            parts.append(work_words(work))
        elif stale is not None:
            parts.append(stale_words(stale, self._workplace.opened.tutorial))
        return ". ".join(part.rstrip(".") for part in parts if part)

    # ------------------------------------------------------------ layout

    @property
    def _is_slim(self) -> bool:
        busy = self._states.work(self.picture.id) is not None
        return self.picture.not_needed and not busy

    @property
    def _is_empty(self) -> bool:
        busy = self._states.work(self.picture.id) is not None
        return self.picture.chosen is None and not busy and not self._is_slim

    @property
    def _has_strip(self) -> bool:
        several = len(self.picture.takes) > 1 or bool(picture_edits.trashed(self.picture))
        return several and not self._is_slim

    @property
    def _has_stale_row(self) -> bool:
        stale = self._states.stale(self.picture.id)
        return stale is not None and not (self._is_slim or self._states.work(self.picture.id))

    @property
    def _has_region(self) -> bool:
        """Whether a fix may be kept to a part: painted pixels alone can be joined so."""
        whole = self._is_slim or self._is_empty or self._is_lost
        return self._fixing and self._states.paints_pixels and not whole

    @property
    def _is_lost(self) -> bool:
        chosen = self.picture.chosen
        return chosen is not None and self._workplace.images.is_lost(chosen)

    @property
    def _lost_words(self) -> str:
        return self.tr("This picture can't be read: choose another take, or paint it again")

    def hasHeightForWidth(self) -> bool:
        """Whether the height follows from the width: it does."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height in pixels, known before the take is read."""
        px = self._workplace.theme.px
        return self._frame_height(width) + sum(px(GAP + height) for _, height in self._rows())

    def sizeHint(self) -> QSize:
        """Return a usual width with its height."""
        width = self._workplace.theme.px(252)
        return QSize(width, self.heightForWidth(width))

    def _frame_height(self, width: int) -> int:
        px = self._workplace.theme.px
        if self._is_slim:
            return px(SLIM)
        info = self._workplace.opened.infos.get(self.picture.chosen or "")
        if info is not None and info.width > 0:
            return max(px(40), round(width * min(info.height / info.width, TALLEST)))
        return px(PLACE) if self._is_empty else max(px(PLACE), width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place what floats over the picture or stands under it."""
        super().resizeEvent(event)
        self._height = self.heightForWidth(self.width())
        self._arrange()

    def _arrange(self) -> None:
        frame = QRect(0, 0, self.width(), self._frame_height(self.width()))
        self._parts.arrange(frame, self._rows())

    def _rows(self) -> list[Row]:
        """Return what stands under the picture, with its height at zoom 1."""
        fix = FIX + (WHERE if self._has_region else 0)
        rows = ((TakesStrip, STRIP, self._has_strip), (StaleRow, STALE, self._has_stale_row))
        return [
            (kind, height)
            for kind, height, there in (*rows, (FixPanel, fix, self._fixing))
            if there
        ]

    # ------------------------------------------------------------ buttons, when they are seen

    @property
    def tab_stops(self) -> list[QWidget]:
        """What Tab goes through here, in its order."""
        return self._parts.tab_stops

    def _furnish(self) -> None:
        """Make the parts that the picture needs now, and drop those that it doesn't."""
        self._seen = True
        plain = not self._is_slim and not self._is_empty
        parts = self._parts
        parts.show(UnneededPlace, wanted=self._is_slim)
        parts.show(EmptyPlace, wanted=self._is_empty)
        can_change = not self._workplace.opened.read_only
        tools = self._near and plain and not self._fixing and can_change
        parts.show(PictureTools, wanted=tools)
        row = parts.show(StaleRow, wanted=self._has_stale_row)
        stale = self._states.stale(self.picture.id)
        if row is not None and stale is not None:
            row.show_reason(stale_words(stale, self._workplace.opened.tutorial))
        strip = parts.show(TakesStrip, wanted=self._near and self._has_strip)
        if strip is not None:
            strip.follow(self.picture)
        panel = parts.show(FixPanel, wanted=self._fixing)
        if panel is not None:
            panel.offer(parts.show(RegionField, wanted=self._has_region))
        self._arrange()

    def _refurnish(self) -> None:
        self._parts.drop_dressed()
        self.refresh()

    def _painter_changed(self) -> None:
        if self._fixing:
            self.refresh()

    def _fix_requested(self, step: str, picture: str) -> None:
        if (step, picture) == (self._step, self.picture.id) and self.picture.chosen is not None:
            known, self._fixing, self._seen = self._fixing, True, True
            self.refresh()
            panel = self._parts.show(FixPanel)
            if panel is not None and not known:
                panel.closed.connect(self._close_fix)
            if panel is not None:
                panel.field.setFocus()
                QTimer.singleShot(0, panel, lambda: self._bring_in_sight(panel))

    def _bring_in_sight(self, part: QWidget) -> None:
        """Scroll to this and above all to a part of it, now that it has its place."""
        area = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            for one in (self, part):
                area.ensureWidgetVisible(one, 0, self._workplace.theme.px(24))

    def _close_fix(self) -> None:
        self._fixing = False
        self._parts.drop(FixPanel)
        self._parts.drop(RegionField)
        self.setFocus()
        self.refresh()

    # ------------------------------------------------------------ painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the take, the preview, or the words that stand there instead."""
        if not self._seen:
            QTimer.singleShot(0, self, self._furnish)
        if self._is_slim:
            return
        picture, theme = self.picture, self._workplace.theme
        rect = QRectF(0, 0, self.width(), self._frame_height(self.width()))
        work = self._states.work(picture.id)
        words = ""
        if self._is_empty:
            words = self.tr("No picture yet")
        elif self._is_lost and work is None:
            words = self._lost_words
        frame = Frame(
            pixmap=None if self._is_lost else self._pixmap(rect),
            words=work_words(work) if work is not None else words,
            work=work,
            empty=self._is_empty,
            ringed=self.hasFocus(),
        )
        paint_frame(self, rect, frame, theme)
        if self._has_strip and TakesStrip not in self._parts:
            paint_takes_line(self, round(rect.height()), takes_words(picture), theme)

    def _pixmap(self, rect: QRectF) -> QPixmap | None:
        if self.picture.chosen is None:
            return None
        ratio = self.devicePixelRatioF()
        side = max(rect.width(), rect.height()) * ratio
        pixmap = self._workplace.images.pixmap(self.picture.chosen, side_for(side))
        if pixmap is None and not self._awaits:
            self._awaits = True
            self._workplace.images.image_ready.connect(self._image_ready)
        return pixmap

    def _image_ready(self, sha256: str) -> None:
        if sha256 == self.picture.chosen:
            self._awaits = False
            self._workplace.images.image_ready.disconnect(self._image_ready)
            self.refresh()

    # ------------------------------------------------------------ mouse, keys, focus

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the tools."""
        super().enterEvent(event)
        self._look_near()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the tools, unless the focus is within."""
        super().leaveEvent(event)
        self._look_near()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the tools and the ring, and tell."""
        super().focusInEvent(event)
        self._look_near()
        self.focused.emit(self._step, self.picture.id)

    def _look_near(self) -> None:
        focused = QApplication.focusWidget()
        within = focused is not None and (focused is self or self.isAncestorOf(focused))
        near = within or self.underMouse()
        if near != self._near:
            self._near = near
            application = QApplication.instance()
            if isinstance(application, QApplication):
                if near:
                    application.focusChanged.connect(self._focus_moved)
                else:
                    application.focusChanged.disconnect(self._focus_moved)
            self._furnish()
        self.update()

    def _focus_moved(self, _old: object, new: object) -> None:
        if isinstance(new, QWidget) and self.isAncestorOf(new):
            self.focused.emit(self._step, self.picture.id)
        self._look_near()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the focus."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom."""
        del event
        self._zoom()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom on Enter, paste, and move to the trash on Delete; else as usual."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._zoom()
        elif event.matches(QKeySequence.StandardKey.Paste):
            data = QApplication.clipboard().mimeData()
            if holds_image(data):
                import_data(*self._place, data)
        elif event.key() == Qt.Key.Key_Delete and self.picture.chosen is not None:
            picture_edits.trash(*self._place, self.picture.chosen)
        else:
            super().keyPressEvent(event)

    def _zoom(self) -> None:
        if self.picture.chosen is not None:
            self._states.zoom_requested.emit(self._step, self.picture.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done."""
        self.setFocus()
        picture_menu(*self._place, self).popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take an image."""
        if holds_image(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Show the image here."""
        event.acceptProposedAction()
        import_data(*self._place, event.mimeData())
