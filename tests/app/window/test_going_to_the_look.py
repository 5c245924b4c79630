"""A hit of find in the look is gone to: its tab, its field, its words."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import cactus
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.studio import Studio
from app.tutorial.file import TutorialFile
from app.tutorial.model import Look, LookEntry
from app.window.find_pane import FindPane
from app.window.tutorial_view import TutorialView

LOOK = Look(
    (
        LookEntry("trowel", ("spade", "🌵 zinc one", "tin zinc"), "zinc"),
        *(LookEntry(f"thing {n}", (), "grey") for n in range(12)),
    ),
    camera="from above, zinc light",
)


@pytest.fixture
def view(open_studio: Callable[[Path], Studio], tmp_path: Path) -> TutorialView:
    library = tmp_path / "library"
    library.mkdir()
    path = library / "cactus.interstep"
    TutorialFile.create(path, replace(cactus(), look=LOOK, summary="Of zinc.")).close()
    studio = open_studio(path)
    assert studio.view is not None
    studio.perform("find")
    return studio.view


def the_pane() -> FindPane:
    window = QApplication.activeWindow()
    assert window is not None
    (pane,) = window.findChildren(FindPane)
    return pane


def go(view: TutorialView, way: str = "find_next") -> QLineEdit:
    view.handlers[way]()
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    return field


def test_each_hit_in_the_look_is_selected_in_its_field(view: TutorialView, qtbot: QtBot) -> None:
    the_pane().look_for("zinc")
    view.handlers["find_next"]()
    assert QApplication.focusWidget() is view.page.head.summary
    look = view.inspector.look
    first = look.rows[0]
    camera = look.atmosphere["camera"]
    places = (
        (first.other_names, 10),  # in UTF-16 units, as Qt counts
        (first.other_names, 24),
        (first.appearance, 0),
        (camera, 12),
    )
    for field, at in places:
        assert go(view) is field
        assert field.isVisible()
        assert view.inspector.tabs.currentWidget() is look
        assert (field.selectedText(), field.selectionStart()) == ("zinc", at)
    sight = look.viewport().rect()
    qtbot.waitUntil(lambda: sight.contains(camera.mapTo(look.viewport(), camera.rect().center())))
    assert view.workplace.opened.tutorial.look == LOOK


def test_the_search_goes_on_and_comes_back(view: TutorialView, qtbot: QtBot) -> None:
    pane = the_pane()
    pane.look_for("zinc")
    QTest.keyClick(pane.wanted, Qt.Key.Key_Down)
    QTest.keyClick(pane.list, Qt.Key.Key_End)
    QTest.keyClick(pane.list, Qt.Key.Key_Space)
    QTest.keyClick(pane.list, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is view.inspector.look.atmosphere["camera"]
    assert not pane.isVisible()
    view.handlers["find_next"]()
    assert QApplication.focusWidget() is view.page.head.summary
    assert pane.isVisible()
    go(view, "find_previous")
    assert not pane.isVisible()
    view.handlers["find"]()
    assert the_pane() is pane
    assert pane.isVisible()
    assert pane.wanted.hasFocus()
    assert pane.wanted.text() == "zinc"
    assert len(pane.list.hits.ticked) == len(pane.list.hits.hits) - 1, "what was unticked stays so"


def test_enter_in_the_field_goes_there_too(view: TutorialView) -> None:
    pane = the_pane()
    pane.look_for("zinc one")
    QTest.keyClick(pane.wanted, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is view.inspector.look.rows[0].other_names
