"""The list of cards: as high as its cards, worked by mouse and keyboard."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy

from app.tutorial.card import Card
from app.window import library_words as words
from app.window.card_delegate import CardDelegate
from app.window.library_model import LibraryModel, Row, selected_rows, show_in
from app.window.theme import Theme

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class LibraryList(QListView):
    """A list of tutorials; state: what a card's second line says.

    opened(Row): by Enter or a click. left_upwards(): Up on the first row. delete_requested(Row) and
    menu_requested(Row, place on the screen): for the selected row.
    """

    opened = Signal(object)
    delete_requested = Signal(object)
    menu_requested = Signal(object, object)
    left_upwards = Signal()

    def __init__(self, theme: Theme, state: Callable[[Card, datetime], str] = words.state) -> None:
        super().__init__()
        self.rows = LibraryModel()
        self.cards = CardDelegate(theme, self, state)
        self.setModel(self.rows)
        self.setItemDelegate(self.cards)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(self.tr("Tutorials"))
        theme.restyled.connect(self.restyle)

    def show_rows(self, rows: tuple[Row, ...], *, found: bool) -> None:
        """Show these tutorials; found: with where the words were found."""
        if self.cards.found != found:
            self.cards.found = found
            self.restyle()
        show_in(self, self.rows, rows)
        self.updateGeometry()

    def restyle(self) -> None:
        """Measure the rows anew."""
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()

    @property
    def chosen(self) -> Row | None:
        """The selected tutorial."""
        return next(iter(selected_rows(self)), None)

    def choose(self, path: Path | None) -> None:
        """Select a tutorial, if it is listed."""
        number = self.rows.row_of(path) if path is not None else -1
        if number >= 0:
            self.setCurrentIndex(self.rows.index(number, 0))
        else:
            self.clearSelection()

    def choose_first(self) -> None:
        """Go to the list; where nothing is selected, to its first tutorial."""
        if not self.currentIndex().isValid() and self.rows.rows:
            self.setCurrentIndex(self.rows.index(0, 0))
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def sizeHint(self) -> QSize:
        """Return the height of all rows."""
        height = self.sizeHintForRow(0) if self.rows.rows else 0
        return QSize(160, height * len(self.rows.rows))

    def minimumSizeHint(self) -> QSize:
        """Return the height of one row: the rest can be scrolled to."""
        return QSize(120, self.sizeHintForRow(0) if self.rows.rows else 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter, trash on Delete, leave on Up from the first row."""
        row, key = self.chosen, event.key()
        if row is not None and key in ENTER and self.state() != self.State.EditingState:
            self.opened.emit(row)
        elif row is not None and key == Qt.Key.Key_Delete:
            self.delete_requested.emit(row)
        elif key == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left_upwards.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open what was clicked."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and self.chosen:
            self.opened.emit(self.chosen)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the row under the mouse, or of the selected one."""
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            if index.isValid():
                self.setCurrentIndex(index)
            place = event.globalPos()
        else:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        if self.chosen is not None:
            self.menu_requested.emit(self.chosen, place)

    def event(self, event: QEvent) -> bool:
        """Keep Delete, F2 and Enter from being shortcuts of the window here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = event.key() in (*ENTER, Qt.Key.Key_Delete, Qt.Key.Key_F2)
            event.setAccepted(own)
            return own
        return super().event(event)
