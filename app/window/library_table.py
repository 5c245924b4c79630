"""The library as a table: every column can be sorted by, several rows be selected."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.window.covers import Covers
from app.window.library_list import ENTER
from app.window.library_model import CHANGED, COLUMNS, ROW, Index, LibraryModel, Row, selected_rows
from app.window.theme import Theme

# pixels at zoom 1
HEIGHT = 46
COVER = (44, 34)
WIDTHS = (220, 64, 96, 64, 76, 80, 84, 100, 96)
LEAST = 48


class LibraryTable(QTableView):
    """The title takes the room that is left until the person makes a column wider or narrower.

    opened(Row): by Enter or a double click; delete_requested(): of what is selected.
    widths_chosen(): see widths.
    """

    opened = Signal(object)
    delete_requested = Signal()
    widths_chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fits, self._fitting = True, False
        self.rows = LibraryModel()
        self.setModel(self.rows)
        self.setItemDelegate(CellDelegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Tutorials"))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(theme.px(LEAST))
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setStretchLastSection(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(CHANGED, Qt.SortOrder.DescendingOrder)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, theme.px(width))
        header.sectionResized.connect(self._resized)
        self.doubleClicked.connect(
            lambda index: self.opened.emit(index.siblingAtColumn(0).data(ROW))
        )
        theme.restyled.connect(self._restyle)
        self._restyle()

    @property
    def widths(self) -> list[int]:
        """The widths of the columns, in pixels."""
        return [self.columnWidth(column) for column in range(len(COLUMNS))]

    def set_widths(self, widths: list[int]) -> None:
        """Take widths that widths gave; anything else is left alone."""
        if len(widths) == len(COLUMNS):
            self._fits = False
            for column, width in enumerate(widths):
                if isinstance(width, int) and LEAST <= width <= 2000:
                    self.setColumnWidth(column, width)

    @property
    def chosen(self) -> list[Row]:
        """The selected tutorials."""
        return selected_rows(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter, trash on Delete; let Escape through."""
        current = self.currentIndex()
        if event.key() in ENTER and current.isValid():
            self.opened.emit(current.data(ROW))
        elif event.key() == Qt.Key.Key_Delete and self.chosen:
            self.delete_requested.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the title the room that is left."""
        super().resizeEvent(event)
        if self._fits:
            others = sum(self._theme.px(width) for width in WIDTHS[1:])
            least = self._theme.px(WIDTHS[0])
            self._fitting = True
            self.setColumnWidth(0, max(least, self.viewport().width() - others))
            self._fitting = False

    def _resized(self, column: int) -> None:
        if column != CHANGED and not self._fitting:  # the last one takes what the others leave
            self._fits = False
            self.widths_chosen.emit()

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(HEIGHT))
        self.viewport().update()


class CellDelegate(QStyledItemDelegate):
    """Puts the cover before the title and a thin line under each row."""

    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view = parent
        self._covers = Covers(theme, self)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Add the cover; grey what can't be read; no frame around a single cell."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        row = index.data(ROW)
        if not isinstance(row, Row):
            return
        if index.column() == 0:
            size = QSize(self._theme.px(COVER[0]), self._theme.px(COVER[1]))
            ratio = self._view.devicePixelRatioF()
            cover = self._covers.pixmap(row.card, size, ratio)
            option.icon = QIcon(cover)
            option.icon.addPixmap(cover, QIcon.Mode.Selected)  # not tinted
            option.decorationSize = size
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        if not row.readable or index.column() > 0:
            option.palette.setColor(QPalette.ColorRole.Text, self._theme.colour("muted"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cell and its part of the line, which shows the row where the keys are."""
        super().paint(painter, option, index)
        here = self._view.hasFocus() and self._view.currentIndex().row() == index.row()
        width = self._theme.px(2) if here else 1
        painter.setPen(QPen(self._theme.colour("accent" if here else "line"), width))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
