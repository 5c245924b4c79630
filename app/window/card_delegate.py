"""Paints a tutorial of the library as a card: cover, title, how it stands, where it was found."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.tutorial.card import Card
from app.window import library_words as words
from app.window.covers import Covers
from app.window.library_model import ROW, Index, Row
from app.window.theme import Theme

# pixels at zoom 1
HEIGHT, FOUND_HEIGHT = 56, 94
COVER = (52, 40)
MARGIN, GAP = 8, 10
RADIUS = 8
EDITOR = 30
LINES = 2  # of an excerpt
FAINT = 0.5  # opacity of the cover of what can't be read


class CardDelegate(QStyledItemDelegate):
    """For the first column of a LibraryModel.

    found: rows have room for an excerpt. state: what the second line says.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        state: Callable[[Card, datetime], str] = words.state,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._covers = Covers(theme, self)
        self.found = False
        self._state = state

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the same height for every row."""
        del option, index
        return QSize(self._theme.px(160), self._theme.px(FOUND_HEIGHT if self.found else HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a card."""
        row = index.data(ROW)
        if not isinstance(row, Row):
            return
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, QRectF(box), option.state)
        cover, text, excerpt = self._places(box, option.direction)
        painter.setOpacity(1.0 if row.readable else FAINT)
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(cover.topLeft(), self._covers.pixmap(row.card, cover.size(), ratio))
        painter.setOpacity(1.0)
        self._paint_words(painter, text, row)
        if row.excerpt:
            self._paint_excerpt(painter, excerpt, row)
        painter.restore()

    def _places(self, box: QRect, direction: Qt.LayoutDirection) -> tuple[QRect, QRect, QRect]:
        """Return where cover, words and excerpt stand."""
        px = self._theme.px
        inner = box.adjusted(px(MARGIN), px(MARGIN), -px(MARGIN), -px(MARGIN))
        width, height = px(COVER[0]), px(COVER[1])
        cover = QRect(inner.left(), inner.top(), width, height)
        text = QRect(cover.right() + px(GAP), inner.top(), inner.width() - width - px(GAP), height)
        excerpt = inner.adjusted(0, height + px(6), 0, 0)
        if direction == Qt.LayoutDirection.RightToLeft:
            cover.moveRight(inner.right())
            text.moveLeft(inner.left())
        return cover, text, excerpt

    def _paint_ground(self, painter: QPainter, box: QRectF, state: QStyle.StateFlag) -> None:
        theme = self._theme
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accentsoft" if selected else "sel"))
            painter.drawRoundedRect(box, theme.px(RADIUS), theme.px(RADIUS))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 2))
            inner = box.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(inner, theme.px(RADIUS) - 1, theme.px(RADIUS) - 1)

    def _paint_words(self, painter: QPainter, box: QRect, row: Row) -> None:
        theme, half = self._theme, box.height() // 2
        title = theme.font("control")
        title.setWeight(QFont.Weight.DemiBold)
        lines = (
            (title, "ink" if row.readable else "muted", words.title(row.card)),
            (theme.font("secondary"), "muted", self._state(row.card, datetime.now())),
        )
        for number, (font, colour, said) in enumerate(lines):
            place = QRect(box.left(), box.top() + number * half, box.width(), half)
            painter.setFont(font)
            painter.setPen(theme.colour(colour))
            shown = QFontMetrics(font).elidedText(said, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_excerpt(self, painter: QPainter, box: QRect, row: Row) -> None:
        """Paint the first lines of the excerpt, the hits marked."""
        layout = QTextLayout(row.excerpt, self._theme.font("secondary"))
        layout.setFormats([self._mark(start, end) for start, end in row.hits])
        layout.beginLayout()
        y = 0.0
        for _ in range(LINES):
            line = layout.createLine()
            if line.isValid():
                line.setLineWidth(box.width())
                line.setPosition(QPointF(0, y))
                y += line.height()
        layout.endLayout()
        painter.setPen(self._theme.colour("muted"))
        layout.draw(painter, QPointF(box.topLeft()))

    def _mark(self, start: int, end: int) -> QTextLayout.FormatRange:
        mark = QTextLayout.FormatRange()
        mark.start, mark.length = start, end - start
        style = QTextCharFormat()
        style.setForeground(self._theme.colour("ink"))
        style.setBackground(self._theme.colour("warnsoft"))
        style.setFontWeight(QFont.Weight.DemiBold)
        mark.format = style
        return mark

    # ------------------------------------------------------------ another title

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a field for the title."""
        del option, index
        field = QLineEdit(parent)
        field.setAccessibleName(self.tr("Title"))
        return field

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Put the field where the title and its state stand."""
        del index
        _, text, _ = self._places(option.rect, option.direction)
        middle = text.center().y()
        height = self._theme.px(EDITOR)
        editor.setGeometry(text.left(), middle - height // 2, text.width(), height)
