"""The pane at the left: search field, the tutorials as cards, and the trash."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.editing.library_watch import LibraryWatch
from app.tutorial.library import Found
from app.window import library_words as words
from app.window.full_page import caps
from app.window.icons import icon
from app.window.library_list import ENTER, LibraryList
from app.window.library_model import Row, rows_found, rows_of
from app.window.theme import Theme

SIGNS = 64  # pixels at zoom 1: the signs in the search field and the room around its words
PAUSE = 120  # milliseconds after a letter before the library is searched
DROPPED = (".interstep", ".md", ".markdown", ".txt", ".png", ".jpg", ".jpeg", ".webp")


class LibraryPane(QWidget):
    """What the person does here goes out as signals with paths, where one is enough or a list.

    rename_requested(Path, title) and trash_requested(paths) may mean the tutorial that is open.
    """

    open_requested = Signal(object)
    reader_requested = Signal(object)
    export_requested = Signal(list)
    rename_requested = Signal(object, str)
    trash_requested = Signal(list)
    trash_view_requested = Signal()
    new_requested = Signal()
    dropped = Signal(list)

    def __init__(self, library: LibraryWatch, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAcceptDrops(True)
        self._library = library
        self._theme = theme
        self._open: Path | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search tutorials"))
        self.search.setAccessibleName(self.tr("Search tutorials"))
        self._glass = self.search.addAction(
            icon("search", theme.colours.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self._clear = self.search.addAction(
            icon("close", theme.colours.muted), QLineEdit.ActionPosition.TrailingPosition
        )
        self._clear.setToolTip(self.tr("Show all tutorials again"))
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.search.clear)
        self.list = LibraryList(theme)
        self.heading = caps(self.tr("Library"))
        self.reading = _quiet()
        self.nothing = _quiet()
        self.nothing.setWordWrap(True)
        self.nothing.setContentsMargins(theme.px(4), 0, theme.px(4), 0)
        self.make = QPushButton(self.tr("New tutorial"))
        self.make.setProperty("kind", "link")
        self.trash = QPushButton()
        self.trash.setProperty("kind", "option")
        self.trash.setToolTip(self.tr("Look into the trash and restore tutorials"))
        self._trash_heading = caps(self.tr("Trash"))
        self._lay_out()
        self._connect()
        self._restyle()
        self._follow()

    def _lay_out(self) -> None:
        px = self._theme.px
        head = QHBoxLayout()
        head.setContentsMargins(px(4), 0, px(4), 0)
        head.addWidget(self.heading, 1)
        head.addWidget(self.reading)
        below = QVBoxLayout()
        below.setContentsMargins(px(4), px(12), px(4), 0)
        below.setSpacing(px(4))
        below.addWidget(self._trash_heading)
        below.addWidget(self.trash, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(12), px(12), px(12))
        column.setSpacing(px(8))
        column.addWidget(self.search)
        column.addSpacing(px(8))
        column.addLayout(head)
        column.addWidget(self.nothing)
        column.addWidget(self.make, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.list)
        column.addLayout(below)
        column.addStretch(1)

    def _connect(self) -> None:
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._search)
        self.search.textChanged.connect(self._wait)
        self.search.installEventFilter(self)
        self._library.cards_changed.connect(self._follow)
        self._library.searched.connect(self._show_found)
        self._library.progressed.connect(self._show_progress)
        self.list.opened.connect(self._open_row)
        self.list.delete_requested.connect(lambda row: self.trash_requested.emit([row.card.path]))
        self.list.menu_requested.connect(self._show_menu)
        self.list.left_upwards.connect(self.search.setFocus)
        self.list.rows.renamed.connect(self.rename_requested)
        self.trash.clicked.connect(self.trash_view_requested)
        self.make.clicked.connect(self.new_requested)
        self._theme.restyled.connect(self._restyle)
        self.setFocusProxy(self.search)

    def select(self, path: Path | None) -> None:
        """Show which tutorial is open, or that none is."""
        listed = self._library.library.folder / path.name if path is not None else None
        # the library knows a file by its folder's name, which may be a link to where it lies
        same = listed is not None and path is not None and listed.resolve() == path.resolve()
        self._open = listed if same else None
        self.list.choose(self._open)

    # ------------------------------------------------------------ rows

    @property
    def _wanted(self) -> str:
        return self.search.text().strip()

    def _follow(self) -> None:
        trashed = len(self._library.trashed)
        self.trash.setText(words.tutorials(trashed))
        self.trash.setVisible(trashed > 0)
        self._trash_heading.setVisible(trashed > 0)
        if self._wanted:
            self._search()
        else:
            self._show(rows_of(self._library.cards), found=False)

    def _wait(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._pause.start()

    def _search(self) -> None:
        if self._wanted:
            self._library.search(self._wanted)
        else:
            self._follow()

    def _show_found(self, wanted: str, found: tuple[Found, ...]) -> None:
        if wanted == self._wanted:
            self._show(rows_found(found), found=True)

    def _show(self, rows: tuple[Row, ...], *, found: bool) -> None:
        self.list.show_rows(rows, found=found)
        if self.list.chosen is None:
            self.list.choose(self._open)
        if found:
            self.heading.setText(self.tr("Found: {n}").format(n=len(rows)).upper())
            text = self.tr("No tutorial says “{words}”.").format(words=self._wanted)
        else:
            self.heading.setText(self.tr("Library").upper())
            text = self.tr("The tutorials that you make appear here.")
        self.nothing.setText(text)
        self.nothing.setVisible(not rows)
        self.make.setVisible(not rows and not found)
        self.list.setVisible(bool(rows))

    def _show_progress(self, done: int, total: int) -> None:
        text = self.tr("Reading {done} of {total}").format(done=done, total=total)
        self.reading.setText(text if total else "")

    # ------------------------------------------------------------ what the person does

    def _open_row(self, row: Row) -> None:
        self.open_requested.emit(row.card.path)

    def _show_menu(self, row: Row, place: QPoint) -> None:
        path = row.card.path
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        choices = (
            (self.tr("Open"), lambda: self.open_requested.emit(path), True),
            (self.tr("Open in the reader"), lambda: self.reader_requested.emit(path), True),
            (self.tr("Export…"), lambda: self.export_requested.emit([path]), True),
            None,
            (self.tr("Rename"), lambda: self.list.edit(self.list.currentIndex()), True),
            (self.tr("Duplicate"), lambda: self._duplicate(row), True),
            (self.tr("Show in its folder"), lambda: show_in_folder(path), False),
            None,
            (self.tr("Move to trash"), lambda: self.trash_requested.emit([path]), False),
        )
        for choice in choices:
            if choice is None:
                menu.addSeparator()
            else:
                text, call, needs_reading = choice
                menu.addAction(text, call).setEnabled(row.readable or not needs_reading)
        self._theme.dress(menu)
        menu.popup(place)

    def _duplicate(self, row: Row) -> None:
        title = self.tr("{title} (copy)").format(title=words.title(row.card))
        self._library.duplicate(row.card.path, title)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from the search field into the list: Down to it, Enter opens its first tutorial."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.list.choose_first()
                return True
            if event.key() in ENTER and self._wanted and self.list.rows.rows:
                self._open_row(self.list.rows.rows[0])
                return True
            if event.key() == Qt.Key.Key_Escape and self._wanted:
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take tutorials, texts and pictures."""
        if _paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over the files."""
        event.acceptProposedAction()
        self.dropped.emit(_paths(event))

    def _restyle(self) -> None:
        self._glass.setIcon(icon("search", self._theme.colours.muted))
        self._clear.setIcon(icon("close", self._theme.colours.muted))
        words = QFontMetrics(self._theme.font("control")).horizontalAdvance(
            self.search.placeholderText()
        )
        self.search.setMinimumWidth(words + self._theme.px(SIGNS))


def show_in_folder(path: Path) -> None:
    """Show the folder in which a file lies."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _paths(event: QDropEvent) -> list[Path]:
    urls = event.mimeData().urls()
    paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in DROPPED]


def _quiet() -> QLabel:
    label = QLabel()
    label.setProperty("role", "secondary")
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
