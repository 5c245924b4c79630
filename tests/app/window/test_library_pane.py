"""The pane at the left: cards, search, keyboard, menu and drops."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QPainter
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QStyleOptionViewItem
from pytestqt.qtbot import QtBot
from small_library import fill, store

from app.editing.background import Background
from app.editing.library_watch import LibraryWatch
from app.tutorial.card import Card
from app.tutorial.library import Library
from app.tutorial.model import Step, Tutorial
from app.window.actions import make_actions
from app.window.card_delegate import CardDelegate
from app.window.library_list import LibraryList
from app.window.library_model import Index
from app.window.library_pane import LibraryPane
from app.window.theme import Theme


@pytest.fixture
def watch(qapp: QApplication, tmp_path: Path) -> Iterator[LibraryWatch]:
    """The library of a folder that is still empty."""
    parent = QObject()
    background = Background(2, parent)
    library = Library(tmp_path / "library", tmp_path / "index.sqlite")
    yield LibraryWatch(library, background, parent)
    background.close()
    library.close()


@pytest.fixture
def pane(watch: LibraryWatch, qtbot: QtBot) -> LibraryPane:
    """The pane on screen, nothing read yet."""
    theme = Theme(watch)
    pane = LibraryPane(watch, theme, make_actions(watch, theme))
    qtbot.addWidget(pane)
    theme.dress(pane)
    pane.resize(232, 700)
    pane.show()
    qtbot.waitActive(pane)
    return pane


@pytest.fixture
def filled(pane: LibraryPane, watch: LibraryWatch, qtbot: QtBot) -> LibraryPane:
    """The pane with three tutorials and a file that is none."""
    fill(watch.library.folder)
    read(watch, qtbot)
    return pane


def read(watch: LibraryWatch, qtbot: QtBot) -> None:
    with qtbot.waitSignal(watch.progressed, check_params_cb=lambda _, total: total == 0):
        watch.refresh()


def titles(pane: LibraryPane) -> list[str]:
    return [row.card.title for row in pane.list.rows.rows]


def spoken(pane: LibraryPane, row: int) -> str:
    index = pane.list.rows.index(row, 0)
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def search(pane: LibraryPane, words: str, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane._library.searched):
        pane.search.setText(words)


def test_an_empty_library_says_so_and_offers_to_begin(pane: LibraryPane, qtbot: QtBot) -> None:
    assert pane.nothing.isVisible()
    assert not pane.list.isVisible()
    assert not pane.trash.isVisible()
    with qtbot.waitSignal(pane.new_requested):
        pane.make.click()


def test_cards_tell_of_the_tutorials(filled: LibraryPane, watch: LibraryWatch) -> None:
    assert titles(filled) == ["Brew tea", "Boil an egg", "Mend a tyre", "broken"]
    assert spoken(filled, 0) == "Brew tea, 2 steps, 1 warning, changed just now"
    assert spoken(filled, 2).startswith("Mend a tyre, 1 step, rough draft, 1 picture missing")
    assert "broken" in spoken(filled, 3)
    assert not filled.nothing.isVisible()


def test_a_picture_is_in_its_card_and_nowhere_else(filled: LibraryPane) -> None:
    image = filled.list.grab().toImage()
    height = filled.list.sizeHintForRow(0)
    colours = [image.pixelColor(34, height * row + 28).name() for row in range(4)]
    assert colours[0].startswith("#f")
    assert colours[0] != colours[1]
    assert len(set(colours[1:3])) == 1


def test_search_shows_where_the_words_are(filled: LibraryPane, qtbot: QtBot) -> None:
    search(filled, "wate", qtbot)
    assert sorted(titles(filled)) == ["Boil an egg", "Brew tea"]
    for row in filled.list.rows.rows:
        assert [row.excerpt[start:end].lower() for start, end in row.hits] == ["water"]
    assert "fresh* water" in spoken(filled, titles(filled).index("Brew tea"))
    search(filled, "nowhere to be found", qtbot)
    assert filled.nothing.text() == "No tutorial says “nowhere to be found”."
    qtbot.keyClick(filled.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(titles(filled)) == 4)


def test_hostile_words_find_nothing_and_break_nothing(filled: LibraryPane, qtbot: QtBot) -> None:
    for words in ('"', "tea OR *", "a AND NOT", "x" * 5000, "<b>&amp;", "NEAR(tea"):
        search(filled, words, qtbot)
        assert all(row.card.id for row in filled.list.rows.rows)


def test_by_keyboard_from_the_search_to_an_open_tutorial(filled: LibraryPane, qtbot: QtBot) -> None:
    filled.search.setFocus()
    qtbot.keyClick(filled.search, Qt.Key.Key_Down)
    assert filled.list.hasFocus()
    qtbot.keyClick(filled.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(filled.open_requested) as opened:
        qtbot.keyClick(filled.list, Qt.Key.Key_Return)
    assert opened.args[0].name == "egg.interstep"
    with qtbot.waitSignal(filled.trash_requested) as trashed:
        qtbot.keyClick(filled.list, Qt.Key.Key_Delete)
    assert [path.name for path in trashed.args[0]] == ["egg.interstep"]
    qtbot.keyClick(filled.list, Qt.Key.Key_Up)
    qtbot.keyClick(filled.list, Qt.Key.Key_Up)
    assert filled.search.hasFocus()


def test_enter_in_the_search_opens_the_best_hit(filled: LibraryPane, qtbot: QtBot) -> None:
    search(filled, "tyre", qtbot)
    with qtbot.waitSignal(filled.open_requested) as opened:
        qtbot.keyClick(filled.search, Qt.Key.Key_Return)
    assert opened.args[0].name == "tyre.interstep"


def test_f2_types_another_title(filled: LibraryPane, qtbot: QtBot) -> None:
    filled.list.setFocus()
    filled.list.setCurrentIndex(filled.list.rows.index(1, 0))
    qtbot.keyClick(filled.list, Qt.Key.Key_F2)
    field = filled.list.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    assert (field.text(), field.accessibleName()) == ("Boil an egg", "Title")
    field.setText("Boil two eggs")
    with qtbot.waitSignal(filled.rename_requested) as renamed:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == [filled.list.rows.rows[1].card.path, "Boil two eggs"]


def test_a_click_opens(filled: LibraryPane, qtbot: QtBot) -> None:
    place = filled.list.visualRect(filled.list.rows.index(2, 0)).center()
    with qtbot.waitSignal(filled.open_requested) as opened:
        qtbot.mouseClick(filled.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args[0].name == "tyre.interstep"


def menu_of(pane: LibraryPane, row: int) -> QMenu:
    place = pane.list.visualRect(pane.list.rows.index(row, 0)).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, QPoint(0, 0))
    QApplication.sendEvent(pane.list.viewport(), event)
    (menu,) = (menu for menu in pane.findChildren(QMenu) if menu.isVisible())
    return menu


def test_the_menu_does_what_it_says(filled: LibraryPane, qtbot: QtBot) -> None:
    menu = menu_of(filled, 0)
    calls = {action.text(): action for action in menu.actions() if action.text()}
    assert all(action.isEnabled() for action in calls.values())
    for text, signal in (
        ("Open", filled.open_requested),
        ("Open in the reader", filled.reader_requested),
        ("Export…", filled.export_requested),
        ("Move to trash", filled.trash_requested),
    ):
        with qtbot.waitSignal(signal) as heard:
            calls[text].trigger()
        assert "tea.interstep" in str(heard.args)
    calls["Duplicate"].trigger()
    menu.close()
    qtbot.waitUntil(lambda: "Brew tea (copy)" in titles(filled), timeout=8000)


def test_what_can_not_be_read_can_only_be_moved_and_found(filled: LibraryPane) -> None:
    menu = menu_of(filled, 3)
    able = [action.text() for action in menu.actions() if action.text() and action.isEnabled()]
    menu.close()
    assert able == ["Show in its folder", "Move to trash"]


def test_the_open_tutorial_is_selected_also_when_it_is_read_later(
    pane: LibraryPane, watch: LibraryWatch, qtbot: QtBot
) -> None:
    folder = watch.library.folder
    fill(folder)
    pane.select(folder / "egg.interstep")
    read(watch, qtbot)
    chosen = pane.list.chosen
    assert chosen is not None
    assert chosen.card.title == "Boil an egg"
    pane.select(folder.parent / "egg.interstep")  # lies elsewhere
    assert pane.list.chosen is None


def test_the_trash_is_counted_and_can_be_looked_into(
    filled: LibraryPane, watch: LibraryWatch, qtbot: QtBot
) -> None:
    watch.library.trash(watch.library.folder / "egg.interstep")
    read(watch, qtbot)
    assert filled.trash.text() == "1 tutorial"
    with qtbot.waitSignal(filled.trash_view_requested):
        filled.trash.click()


def test_odd_names_are_shown_and_searched(
    pane: LibraryPane, watch: LibraryWatch, qtbot: QtBot
) -> None:
    odd = ("كيف تسلق بيضة", "🥚" * 200, "x" * 200, "Two\nlines\u202e", "Same", "Same", "")
    for number, title in enumerate(odd):
        steps = (Step("a", "One", f"{title} body"),)
        store(watch.library.folder, Tutorial(f"t{number}", title=title, steps=steps))
    read(watch, qtbot)
    assert len(titles(pane)) == len(odd)
    assert not pane.grab().isNull()
    search(pane, "بيضة", qtbot)
    assert titles(pane) == [odd[0]]
    assert not pane.grab().isNull()


def test_files_can_be_dropped(filled: LibraryPane, qtbot: QtBot, tmp_path: Path) -> None:
    names = ("a.interstep", "b.MD", "c.txt", "d.png", "e.exe")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in names])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(filled.dropped) as dropped:
        filled.dropEvent(event)
    assert dropped.args[0] == [tmp_path / name for name in names[:4]]


def test_thousands_of_tutorials_are_painted_a_screen_at_a_time(
    pane: LibraryPane, watch: LibraryWatch
) -> None:
    folder = watch.library.folder
    watch.cards = tuple(
        Card(folder / f"{number}.interstep", f"Tutorial {number}", 0.0, id="x", steps=3)
        for number in range(5000)
    )
    painted = Counted(pane.list)
    pane.list.setItemDelegate(painted)
    watch.cards_changed.emit()
    pane.grab()
    assert len(titles(pane)) == 5000
    assert 0 < len(painted.rows) < 20
    pane.list.scrollToBottom()
    pane.grab()
    assert max(painted.rows) == 4999


class Counted(CardDelegate):
    """Notes which rows are painted."""

    def __init__(self, view: LibraryList) -> None:
        super().__init__(Theme(view), view)
        self.rows: set[int] = set()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.rows.add(index.row())
        super().paint(painter, option, index)
