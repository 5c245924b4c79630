"""The whole library as a table that can be sorted, filtered and searched."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton

from app.editing.library_watch import LibraryWatch
from app.editing.settings import Settings
from app.tutorial.library import Found
from app.window import library_words as words
from app.window.library_model import Row, rows_found, rows_of, show_in, sorted_rows
from app.window.library_pane import PAUSE
from app.window.library_table import LibraryTable
from app.window.table_filters import TableFilters
from app.window.theme import Theme
from app.window.view_page import ViewPage

SEARCH = 240  # pixels at zoom 1
WIDTHS = "table_widths"  # among the settings


class TablePage(ViewPage):
    """open_requested(Path); export_requested and trash_requested: a list of paths."""

    open_requested = Signal(object)
    export_requested = Signal(list)
    trash_requested = Signal(list)

    def __init__(self, library: LibraryWatch, theme: Theme, settings: Settings) -> None:
        super().__init__(QCoreApplication.translate("TablePage", "Library"), "", theme)
        self._library = library
        self._settings = settings
        self._found: frozenset[Path] | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search tutorials"))
        self.search.setAccessibleName(self.tr("Search tutorials"))
        self.search.setFixedWidth(theme.px(SEARCH))
        self.filters = TableFilters(theme)
        self.filters.setContentsMargins(0, theme.px(4), 0, 0)
        self.table = LibraryTable(theme)
        self.table.set_widths(settings.get(WIDTHS, []))
        self.nothing = QLabel()
        self.nothing.setProperty("role", "lead")
        self.nothing.setWordWrap(True)
        self.all = QPushButton(self.tr("Show all"))
        self.export = QPushButton(self.tr("Export…"))
        self.trash = QPushButton(self.tr("Move to trash"))
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table)
        self._follow()

    def _lay_out(self) -> None:
        self.lead.setProperty("role", "secondary")
        self.tools.addWidget(self.export)
        self.tools.addWidget(self.trash)
        bar = QHBoxLayout()
        bar.setSpacing(self.theme.px(12))
        bar.addWidget(self.search, 0, Qt.AlignmentFlag.AlignTop)
        bar.addWidget(self.filters, 1)
        self.column.addLayout(bar)
        self.column.addWidget(self.nothing)
        self.column.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.table, 1)
        self.column.addStretch(0)

    def _connect(self) -> None:
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._search)
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.filters.filters_changed.connect(self._show)
        header = self.table.horizontalHeader()
        header.sortIndicatorChanged.connect(lambda *_: self._show())
        self._keep = QTimer(self, singleShot=True, interval=PAUSE)
        self.table.widths_chosen.connect(self._keep.start)
        self._keep.timeout.connect(lambda: self._settings.put(WIDTHS, self.table.widths))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._tell())
        self.table.opened.connect(self._open)
        self.table.delete_requested.connect(self._trash)
        self.export.clicked.connect(self._export)
        self.trash.clicked.connect(self._trash)
        self.all.clicked.connect(self._show_all)
        self._library.cards_changed.connect(self._follow)
        self._library.searched.connect(self._take_found)

    # ------------------------------------------------------------ rows

    def _follow(self) -> None:
        self.filters.offer_tags(self._library.cards)
        if self._words:
            self._search()
        else:
            self._show()

    @property
    def _words(self) -> str:
        return self.search.text().strip()

    def _search(self) -> None:
        if self._words:
            self._library.search(self._words)
        else:
            self._found = None
            self._show()

    def _take_found(self, wanted: str, found: Iterable[Found]) -> None:
        if wanted == self._words:
            self._found = frozenset(row.card.path for row in rows_found(found))
            self._show()

    def _show(self) -> None:
        header = self.table.horizontalHeader()
        descending = header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        cards = [card for card in self._library.cards if self.filters.passes(card)]
        if self._found is not None:
            cards = [card for card in cards if card.path in self._found]
        column = header.sortIndicatorSection()
        rows = sorted_rows(rows_of(cards), column, descending=descending)
        self.table.rows.mark_sorted(column, descending=descending)
        show_in(self.table, self.table.rows, rows)
        filtered = bool(self._words) or self.filters.are_on
        self.nothing.setText(
            self.tr("No tutorial is like that.")
            if filtered
            else self.tr("There is no tutorial yet: those that you make appear here.")
        )
        for tool in (self.search, self.filters, self.export, self.trash):
            tool.setVisible(bool(self._library.cards))
        self.nothing.setVisible(not cards)
        self.all.setVisible(not cards and filtered)
        self.table.setVisible(bool(cards))
        self._tell()

    def _show_all(self) -> None:
        self.search.clear()
        self._found = None
        self.filters.clear()
        self.table.setFocus()

    # ------------------------------------------------------------ what is selected

    def _tell(self) -> None:
        chosen = self.table.chosen
        shown, whole = len(self.table.rows.rows), len(self._library.cards)
        text = words.tutorials(whole)
        if shown != whole:
            text = self.tr("{n} of {tutorials}").format(n=shown, tutorials=text)
        if chosen:
            text = self.tr("{tutorials} · {n} selected").format(tutorials=text, n=len(chosen))
        self.lead.setText(text)
        self.export.setEnabled(any(row.readable for row in chosen))
        self.trash.setEnabled(bool(chosen))

    def _open(self, row: Row) -> None:
        self.open_requested.emit(row.card.path)
        self.closed.emit()

    def _paths(self, rows: Iterable[Row]) -> list[Path]:
        return [row.card.path for row in rows]

    def _export(self) -> None:
        self.export_requested.emit(self._paths(row for row in self.table.chosen if row.readable))

    def _trash(self) -> None:
        self.trash_requested.emit(self._paths(self.table.chosen))
