"""The list of hits on screen: headings, and for each hit a tick box, its line and its field."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.tutorial.finding import Hit
from app.window.hits_model import HIT, HitsModel
from app.window.icons import icon
from app.window.row_ground import paint_ground
from app.window.theme import Theme

GROUP, ROW, BOX, INDENT = 28, 44, 16, 28  # pixels at zoom 1
LEAD = 0.3  # of the room of a line, at most, stands before the hit

Index = QModelIndex | QPersistentModelIndex


class HitList(QListView):
    """hit_chosen(Hit): Enter or a click on its line; Space or a click on the box ticks."""

    hit_chosen = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.hits = HitsModel()
        self.setModel(self.hits)
        self.setItemDelegate(_HitPainter(theme, self))
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self._theme = theme
        theme.restyled.connect(self.scheduleDelayedItemsLayout)

    @property
    def current_hit(self) -> Hit | None:
        """The hit that the keys stand on."""
        hit = self.hits.data(self.currentIndex(), HIT) if self.currentIndex().isValid() else None
        return hit if isinstance(hit, Hit) else None

    def go(self, by: int) -> Hit | None:
        """Make the next or previous hit the current one, around the ends, and return it."""
        every = self.hits.hits
        if not every:
            return None
        now = self.current_hit
        at = every.index(now) + by if now in every else (0 if by > 0 else -1)
        hit = every[at % len(every)]
        self.setCurrentIndex(self.hits.index(self.hits.row_of(hit)))
        return hit

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick by Space; go to the hit by Enter, but not again and again while it is held."""
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self._tick(index)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current_hit is not None and not event.isAutoRepeat():
                self.hit_chosen.emit(self.current_hit)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick by the box, go to the hit by the rest of its row."""
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        if event.button() != Qt.MouseButton.LeftButton or self.current_hit is None:
            return
        if index.isValid() and index == self.currentIndex():
            if place.x() < self._theme.px(INDENT):
                self._tick(index)
            else:
                self.hit_chosen.emit(self.current_hit)

    def _tick(self, index: QModelIndex) -> None:
        self.hits.setData(index, None, Qt.ItemDataRole.CheckStateRole)


class _HitPainter(QStyledItemDelegate):
    """Paints headings and hits."""

    def __init__(self, theme: Theme, parent: HitList) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = ROW if index.data(HIT) is not None else GROUP
        return QSize(0, self._theme.px(height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box: QRect = option.rect
        hit = index.data(HIT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if hit is None:
            self._paint_group(painter, box, index.data())
        else:
            paint_ground(painter, option, self._theme)
            checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            self._paint_box(painter, box, checked=checked)
            left, right = self._theme.px(INDENT), self._theme.px(6)
            self._paint_hit(painter, box.adjusted(left, 0, -right, 0), hit, index.data())
        painter.restore()

    def _paint_group(self, painter: QPainter, box: QRect, words: str) -> None:
        box = box.adjusted(self._theme.px(6), 0, 0, 0)
        painter.setFont(self._theme.font("secondary"))
        painter.setPen(self._theme.colour("muted"))
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        bottom = box.adjusted(0, 0, 0, -self._theme.px(4))
        painter.drawText(bottom, Qt.AlignmentFlag.AlignBottom, text)

    def _paint_box(self, painter: QPainter, row: QRect, *, checked: bool) -> None:
        side = self._theme.px(BOX)
        box = QRect(row.left() + self._theme.px(6), row.top() + self._theme.px(6), side, side)
        radius = self._theme.px(4)
        painter.setPen(self._theme.colour("accent" if checked else "edge"))
        painter.setBrush(self._theme.colour("accent" if checked else "page"))
        painter.drawRoundedRect(box, radius, radius)
        if checked:
            mark = icon("check", self._theme.colours.onaccent)
            mark.paint(painter, box.adjusted(1, 1, -1, -1))

    def _paint_hit(self, painter: QPainter, room: QRect, hit: Hit, field: str) -> None:
        painter.setFont(self._theme.font("control"))
        metrics = painter.fontMetrics()
        base = room.top() + self._theme.px(5) + metrics.ascent()
        width = room.width()
        found = metrics.elidedText(hit.text, Qt.TextElideMode.ElideMiddle, width)
        before = metrics.elidedText(
            hit.before.lstrip(), Qt.TextElideMode.ElideLeft, round(width * LEAD)
        )
        x = room.left()
        self._draw(painter, x, base, before, "muted")
        x += metrics.horizontalAdvance(before)
        wide = metrics.horizontalAdvance(found)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("warnsoft"))
        painter.drawRoundedRect(x - 1, base - metrics.ascent(), wide + 2, metrics.height(), 3, 3)
        self._draw(painter, x, base, found, "ink")
        x += wide
        rest = metrics.elidedText(hit.after.rstrip(), Qt.TextElideMode.ElideRight, room.right() - x)
        self._draw(painter, x, base, rest, "muted")
        self._paint_second(painter, QPoint(room.left(), base), width, hit, field)

    def _paint_second(
        self, painter: QPainter, place: QPoint, width: int, hit: Hit, field: str
    ) -> None:
        """Paint what is proposed to stand there, if anything is, and the field's name."""
        painter.setFont(self._theme.font("secondary"))
        metrics = painter.fontMetrics()
        base, x = place.y() + metrics.lineSpacing() + self._theme.px(2), place.x()
        if hit.replacement:
            room = width - metrics.horizontalAdvance(f" · {field}")
            new = metrics.elidedText(f"→ {hit.replacement}", Qt.TextElideMode.ElideRight, room)
            self._draw(painter, x, base, new, "accent")
            x += metrics.horizontalAdvance(new)
            field = f" · {field}"
        self._draw(painter, x, base, field, "muted")

    def _draw(self, painter: QPainter, x: int, base: int, text: str, colour: str) -> None:
        painter.setPen(self._theme.colour(colour))
        painter.drawText(x, base, text)
