"""The library as a table: sorting, filters, search, several selected."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from small_library import fill

from app.editing.background import Background
from app.editing.library_watch import LibraryWatch
from app.editing.settings import Settings
from app.tutorial.library import Library
from app.window.library_model import COLUMNS
from app.window.table_page import TablePage
from app.window.theme import Theme
from app.window.trash_view import TrashView


@pytest.fixture
def watch(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[LibraryWatch]:
    """A library of three tutorials and a file that is none."""
    parent = QObject()
    background = Background(2, parent)
    library = Library(tmp_path / "library", tmp_path / "index.sqlite")
    fill(library.folder)
    watch = LibraryWatch(library, background, parent)
    read(watch, qtbot)
    yield watch
    background.close()
    library.close()


def read(watch: LibraryWatch, qtbot: QtBot) -> None:
    with qtbot.waitSignal(watch.progressed, check_params_cb=lambda _, total: total == 0):
        watch.refresh()


@pytest.fixture
def page(watch: LibraryWatch, qtbot: QtBot, tmp_path: Path) -> TablePage:
    """The page on screen."""
    return shown(TablePage(watch, Theme(watch), Settings(tmp_path / "settings")), qtbot)


def shown(page: TablePage, qtbot: QtBot) -> TablePage:
    qtbot.addWidget(page)
    page.theme.dress(page)
    page.resize(1100, 700)
    page.show()
    page.setFocus()
    return page


def titles(page: TablePage) -> list[str]:
    return [row.card.title for row in page.table.rows.rows]


def click_heading(page: TablePage, column: int, qtbot: QtBot) -> None:
    header = page.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_newest_comes_first_until_a_heading_is_clicked(page: TablePage, qtbot: QtBot) -> None:
    assert titles(page) == ["Brew tea", "Boil an egg", "Mend a tyre", "broken"]
    click_heading(page, 0, qtbot)
    assert titles(page) == sorted(titles(page), key=str.casefold)
    assert page.table.rows.headerData(0, Qt.Orientation.Horizontal) == "Title ↑"
    click_heading(page, 0, qtbot)
    assert titles(page) == sorted(titles(page), key=str.casefold, reverse=True)


def test_cells_say_what_the_cards_hold(page: TablePage) -> None:
    cells = [str(page.table.rows.index(0, column).data()) for column in range(len(COLUMNS))]
    assert cells == ["Brew tea", "2", "", "", "", "1", "1", "kitchen", "just now"]
    said = page.table.rows.index(0, 5).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Alt texts that are not confirmed: 1"


@pytest.mark.parametrize(
    ("chips", "left"),
    [
        (["Draft"], ["Mend a tyre"]),
        (["Checked"], ["Boil an egg"]),
        (["Missing picture"], ["Mend a tyre"]),
        (["Unconfirmed alt text"], ["Brew tea"]),
        (["Warnings"], ["Brew tea"]),
        (["Stale"], []),
        (["Draft", "Missing picture"], ["Mend a tyre"]),
        (["Draft", "Checked"], []),
    ],
)
def test_filters_are_combined(page: TablePage, chips: list[str], left: list[str]) -> None:
    for chip in chips:
        page.filters.chips[chip].click()
    assert titles(page) == left
    assert page.all.isVisible() == (not left)
    assert page.nothing.isVisible() == (not left)
    page.all.click()
    assert len(titles(page)) == 4


def test_tags_and_search_narrow_it_further(page: TablePage, qtbot: QtBot) -> None:
    menu = page.filters.tag.menu()
    tags = {action.text(): action for action in menu.actions()}
    tags["kitchen"].trigger()
    assert titles(page) == ["Brew tea", "Boil an egg"]
    page.search.setText("fresh")
    qtbot.waitUntil(lambda: titles(page) == ["Brew tea"])
    assert page.lead.text() == "1 of 4 tutorials"
    page.search.clear()
    tags["All tags"].trigger()
    qtbot.waitUntil(lambda: len(titles(page)) == 4)


def test_several_are_exported_and_trashed(page: TablePage, qtbot: QtBot) -> None:
    assert not page.export.isEnabled()
    page.table.selectAll()
    assert page.lead.text() == "4 tutorials · 4 selected"
    with qtbot.waitSignal(page.export_requested) as exported:
        page.export.click()
    assert [path.stem for path in exported.args[0]] == ["tea", "egg", "tyre"]
    with qtbot.waitSignal(page.trash_requested) as trashed:
        qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert [path.stem for path in trashed.args[0]] == ["tea", "egg", "tyre", "broken"]


def test_enter_opens_and_escape_goes_back(page: TablePage, qtbot: QtBot) -> None:
    page.table.selectRow(1)
    with qtbot.waitSignals([page.open_requested, page.closed]) as _:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    with qtbot.waitSignal(page.closed):
        qtbot.keyClick(page.table, Qt.Key.Key_Escape)


def test_widths_are_kept(
    page: TablePage, watch: LibraryWatch, qtbot: QtBot, tmp_path: Path
) -> None:
    title = page.table.columnWidth(0)
    page.resize(1300, 700)
    assert page.table.columnWidth(0) == title + 200  # it takes the room that is left
    page.table.setColumnWidth(0, 333)
    page.resize(1100, 700)
    settings = Settings(tmp_path / "settings")
    qtbot.waitUntil(lambda: bool(settings.get("table_widths", [])))
    again = shown(TablePage(watch, Theme(watch), settings), qtbot)
    assert again.table.columnWidth(0) == 333
    settings.put("table_widths", ["wide", None, -5, 10**9, {}, 1, 2, 3, 4])
    odd = shown(TablePage(watch, Theme(watch), settings), qtbot)
    assert all(width < 1000 for width in odd.table.widths)


def test_a_new_tutorial_appears_and_the_selection_stays(
    page: TablePage, watch: LibraryWatch, qtbot: QtBot
) -> None:
    page.table.selectRow(2)
    watch.library.trash(watch.library.folder / "tea.interstep")
    read(watch, qtbot)
    assert titles(page) == ["Boil an egg", "Mend a tyre", "broken"]
    assert [row.card.title for row in page.table.chosen] == ["Mend a tyre"]


# ---------------------------------------------------------------- trash


@pytest.fixture
def trash(watch: LibraryWatch, qtbot: QtBot) -> TrashView:
    """The trash with two tutorials in it."""
    for name in ("tea", "egg"):
        watch.library.trash(watch.library.folder / f"{name}.interstep")
    read(watch, qtbot)
    view = TrashView(watch, Theme(watch))
    qtbot.addWidget(view)
    view.theme.dress(view)
    view.resize(800, 500)
    view.show()
    qtbot.waitActive(view)
    return view


def test_trash_restores_what_is_selected(
    trash: TrashView, watch: LibraryWatch, qtbot: QtBot
) -> None:
    assert not trash.restore.isEnabled()
    trash.list.setCurrentIndex(trash.list.rows.index(0, 0))
    trash.restore.click()
    qtbot.waitUntil(lambda: len(watch.trashed) == 1)
    qtbot.waitUntil(lambda: len(trash.list.rows.rows) == 1)
    assert "Brew tea" in [card.title for card in watch.cards]


def test_nothing_is_deleted_before_the_answer(
    trash: TrashView, watch: LibraryWatch, qtbot: QtBot
) -> None:
    trash.list.selectAll()
    qtbot.keyClick(trash.list, Qt.Key.Key_Delete)
    (question,) = trash.question.texts.values()
    assert question.startswith("Delete 2 tutorials and all their pictures for good?")
    trash.list.clearSelection()
    assert trash.question.texts == {}
    assert all(card.path.exists() for card in watch.trashed)
    trash.list.selectAll()
    trash.delete.click()
    answer = QApplication.focusWidget()
    assert answer is not None
    qtbot.keyClick(answer, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: watch.trashed == ())
    assert trash.nothing.isVisible()
    assert list((watch.library.folder / "Trash").iterdir()) == []
