"""The tutorials of the library as rows for views: a list shows the first column, a table all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView

from app.tutorial.card import Card
from app.tutorial.library import Found
from app.window import library_words as words

translate = QCoreApplication.translate

Index = QModelIndex | QPersistentModelIndex

ROW = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Row:
    """A tutorial, and where it was found: hits are ranges of the excerpt, start and end."""

    card: Card
    excerpt: str = ""
    hits: tuple[tuple[int, int], ...] = ()

    @property
    def readable(self) -> bool:
        """Whether the file could be read."""
        return bool(self.card.id)


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it shows of a card, and by what it is sorted.

    tip: says what the heading alone doesn't.
    """

    heading: Callable[[], str]
    text: Callable[[Card, datetime], str]
    order: Callable[[Card], Any]
    number: bool = False
    tip: Callable[[], str] | None = None


def _count(
    heading: Callable[[], str], count: Callable[[Card], int], tip: Callable[[], str] | None = None
) -> Column:
    """Return a column of numbers that shows nothing for none."""
    return Column(heading, lambda card, _: str(count(card) or ""), count, number=True, tip=tip)


COLUMNS = (
    Column(
        lambda: translate("Library", "Title"),
        lambda card, _: words.title(card),
        lambda card: card.title.casefold(),
    ),
    _count(lambda: translate("Library", "Steps"), lambda card: card.steps),
    Column(
        lambda: translate("Library", "State"),
        lambda card, _: words.standing(card),
        lambda card: (card.checked, not card.drafts),
    ),
    _count(
        lambda: translate("Library", "Stale"),
        lambda card: card.stale,
        lambda: translate("Library", "Pictures that are stale"),
    ),
    _count(
        lambda: translate("Library", "Missing"),
        lambda card: card.missing_pictures,
        lambda: translate("Library", "Pictures that are missing"),
    ),
    _count(
        lambda: translate("Library", "Alt texts"),
        lambda card: card.unconfirmed_alts,
        lambda: translate("Library", "Alt texts that are not confirmed"),
    ),
    _count(lambda: translate("Library", "Warnings"), lambda card: card.warnings),
    Column(
        lambda: translate("Library", "Tags"),
        lambda card, _: ", ".join(card.tags),
        lambda card: card.tags,
    ),
    Column(
        lambda: translate("Library", "Changed"),
        lambda card, now: words.when(card.modified, now),
        lambda card: card.modified,
    ),
)
CHANGED = len(COLUMNS) - 1


class LibraryModel(QAbstractTableModel):
    """Rows in the order given. renamed(Path, title): the person typed another title."""

    renamed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = ()
        self._sorted: tuple[int, bool] | None = None

    def mark_sorted(self, column: int, *, descending: bool) -> None:
        """Say in the headings by which column the rows are sorted."""
        self._sorted = (column, descending)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, CHANGED)

    def show_rows(self, rows: Iterable[Row]) -> None:
        """Show other rows; where only what they say is new, selection and scrolling stay."""
        new = tuple(rows)
        if new == self.rows:
            return
        if [row.card.path for row in new] == [row.card.path for row in self.rows]:
            self.rows = new
            self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, CHANGED))
        else:
            self.beginResetModel()
            self.rows = new
            self.endResetModel()

    def row_of(self, path: Path) -> int:
        """Return the number of a tutorial's row, or -1."""
        return next((n for n, row in enumerate(self.rows) if row.card.path == path), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of tutorials."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's heading."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            arrows = {(section, True): " ↓", (section, False): " ↑"}
            return column.heading() + (arrows.get(self._sorted, "") if self._sorted else "")
        if role == Qt.ItemDataRole.ToolTipRole and column.tip is not None:
            return column.tip()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.number else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows; in the first column, also the row and all of it in words."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row.card, datetime.now())
            case Qt.ItemDataRole.EditRole:
                return row.card.title
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.number else LEFT
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row, index.column())
            case Qt.ItemDataRole.ToolTipRole if index.column() == 0:
                return words.tip(row.card)
            case _ if role == ROW:
                return row
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a new title; the row follows when it is on disk."""
        card = self.rows[index.row()].card
        title = " ".join(str(value).split())
        if role == Qt.ItemDataRole.EditRole and title and title != card.title:
            self.renamed.emit(card.path, title)
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that a title can be changed where the file can be read."""
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if index.isValid() and index.column() == 0 and self.rows[index.row()].readable:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


def rows_of(cards: Iterable[Card]) -> tuple[Row, ...]:
    """Return a row for each card."""
    return tuple(Row(card) for card in cards)


def rows_found(found: Iterable[Found]) -> tuple[Row, ...]:
    """Return a row for each tutorial that was found."""
    return tuple(Row(one.card, one.excerpt, one.ranges) for one in found)


def sorted_rows(rows: Iterable[Row], column: int, *, descending: bool) -> tuple[Row, ...]:
    """Return the rows sorted by a column; equal ones newest first."""
    newest = sorted(rows, key=lambda row: -row.card.modified)
    order = COLUMNS[column].order
    return tuple(sorted(newest, key=lambda row: order(row.card), reverse=descending))


def selected_rows(view: QAbstractItemView) -> list[Row]:
    """Return the rows selected in a view of a LibraryModel, in their order."""
    numbers = sorted({index.row() for index in view.selectionModel().selectedIndexes()})
    return [view.model().index(number, 0).data(ROW) for number in numbers]


def show_in(view: QAbstractItemView, model: LibraryModel, rows: Sequence[Row]) -> None:
    """Show rows in a view that keeps what is selected, current and in sight."""
    selected = {row.card.path for row in selected_rows(view)}
    current = view.currentIndex()
    path = model.rows[current.row()].card.path if current.isValid() else None
    bar = view.verticalScrollBar()
    place = bar.value()
    model.show_rows(rows)
    selection = view.selectionModel()
    whole = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    if path is not None and not view.currentIndex().isValid() and model.row_of(path) >= 0:
        here = model.index(model.row_of(path), 0)
        selection.setCurrentIndex(here, QItemSelectionModel.SelectionFlag.NoUpdate)
    if selected and not selection.hasSelection():
        for number, row in enumerate(model.rows):
            if row.card.path in selected:
                selection.select(model.index(number, 0), whole)
    bar.setValue(place)


def _spoken(row: Row, column: int) -> str:
    now = datetime.now()
    if column == 0:
        said = words.spoken(row.card, now)
        return f"{said}. {row.excerpt}" if row.excerpt else said
    heading = (COLUMNS[column].tip or COLUMNS[column].heading)()
    text = COLUMNS[column].text(row.card, now)
    return f"{heading}: {text or 0}" if COLUMNS[column].number else f"{heading}: {text}"
