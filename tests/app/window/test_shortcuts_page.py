"""Shortcuts and About: all that is to be told is on the page, found and closed by the keyboard."""

from importlib.metadata import version

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.window.about_page import AboutPage
from app.window.actions import ACTIONS
from app.window.shortcuts_page import ShortcutsPage
from app.window.theme import Theme


@pytest.fixture
def page(qtbot: QtBot) -> ShortcutsPage:
    page = ShortcutsPage(Theme())
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    return page


def shown(page: ShortcutsPage) -> list[str]:
    """Return the rows that are visible, as "name: keys"."""
    return [row.widgets[0].accessibleName() for row in page.rows if row.widgets[0].isVisible()]


def test_every_shortcut_is_there(page: ShortcutsPage) -> None:
    assert len(shown(page)) == len([spec for spec in ACTIONS if spec.shortcut])
    assert "Undo: Ctrl+Z" in shown(page)
    assert "Find and replace: Ctrl+F" in shown(page)


@pytest.mark.parametrize("text", ["undo", "CTRL+Z", "ctrl+z undo"])
def test_it_is_searched_by_name_and_keys(text: str, page: ShortcutsPage) -> None:
    page.search.setText(text)
    assert "Undo: Ctrl+Z" in shown(page)
    assert "Quit: Ctrl+Q" not in shown(page)
    assert not page.nothing.isVisible()


def test_a_menu_without_a_hit_goes(page: ShortcutsPage) -> None:
    page.search.setText("undo")
    titles = {one.text() for one in page.findChildren(QLabel) if one.isVisible()}
    assert "EDIT" in titles
    assert "PICTURE" not in titles
    page.search.clear()
    titles = {one.text() for one in page.findChildren(QLabel) if one.isVisible()}
    assert "PICTURE" in titles


def test_it_says_when_there_is_nothing(page: ShortcutsPage) -> None:
    page.search.setText("zzz")
    assert shown(page) == []
    assert page.nothing.isVisible()


def test_about_tells_version_licence_and_what_is_local(qtbot: QtBot) -> None:
    page = AboutPage(Theme())
    qtbot.addWidget(page)
    words = " ".join(label.text() for label in page.findChildren(QLabel))
    for fact in (version("interstep"), "Apache-2.0", "stay on this computer"):
        assert fact in words, fact


@pytest.mark.parametrize("kind", [ShortcutsPage, AboutPage])
def test_a_page_closes_on_escape_and_dresses_itself(
    kind: type[ShortcutsPage | AboutPage], qtbot: QtBot
) -> None:
    theme = Theme()
    page = kind(theme)
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.styleSheet() == theme.style_sheet()
    theme.use(dark=True)
    assert page.styleSheet() == theme.style_sheet()
