"""A take of a picture's trash is deleted for good: asked first, gone, never back by undo."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import cactus
from picture_desk import BLUE, GREEN, RED
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.engine.jobs import Writing
from app.studio import Studio
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture
from app.window import picture_edits
from app.window.picture_menu import trash_menu
from app.window.workplace import Workplace

PLACE = ("s2", "p2")


class Seat:
    """An author at a studio with a picture of three takes; the blue and the green are trashed."""

    def __init__(self, studio: Studio, qtbot: QtBot) -> None:
        self.studio = studio
        self.qtbot = qtbot
        for take in (BLUE, GREEN):
            picture_edits.trash(self.workplace, *PLACE, take.sha256)

    @property
    def workplace(self) -> Workplace:
        assert self.studio.view is not None
        return self.studio.view.workplace

    @property
    def picture(self) -> Picture:
        shown = picture_edits.picture_of(self.workplace, *PLACE)
        assert shown is not None
        return shown

    @property
    def told(self) -> str:
        return self.studio.window.messages.texts.get("take", "")

    def choose(self, entry: str) -> None:
        """Choose from the menu of the trash."""
        menu = trash_menu(self.workplace, "s2", self.picture, self.studio.window)
        (action,) = (one for one in menu.actions() if one.text() == entry)
        assert action.isEnabled() is not self.workplace.opened.read_only
        action.trigger()
        menu.close()

    def answer(self, key: Qt.Key) -> None:
        button = QApplication.focusWidget()
        assert isinstance(button, QPushButton)
        assert button.text() == "Delete for good"
        QTest.keyClick(button, key)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    path = tmp_path / "library" / "cactus.interstep"
    first, second, third = cactus().steps
    takes = tuple(take.sha256 for take in (RED, BLUE, GREEN))
    shown = Picture("p2", "A cactus.", takes=takes, chosen=BLUE.sha256)
    again = Picture("p3", "A cactus.", takes=(GREEN.sha256,), chosen=GREEN.sha256)
    steps = (first, replace(second, pictures=(shown,)), replace(third, pictures=(again,)))
    tutorial = replace(cactus(), steps=steps, cover=BLUE.sha256)
    TutorialFile.create(path, tutorial, (RED, BLUE, GREEN)).close()
    return path


@pytest.fixture
def seat(open_studio: Callable[[Path], Studio], path: Path, qtbot: QtBot) -> Seat:
    return Seat(open_studio(path), qtbot)


def test_it_asks_and_the_bytes_are_gone_and_undo_forgets(seat: Seat, path: Path) -> None:
    opened = seat.workplace.opened
    seat.qtbot.waitUntil(lambda: opened.saved)
    assert BLUE.data in path.read_bytes()
    seat.choose("Delete take 1 for good…")
    assert seat.told == (
        "Delete take 1 of the trash of step 2 from this file for good? This can't be undone. "
        "Copies of the file that you made before keep it."
    )
    assert seat.picture.withdrawn == (BLUE.sha256, GREEN.sha256), "nothing is done yet"
    seat.answer(Qt.Key.Key_Space)
    seat.qtbot.waitUntil(lambda: seat.told.startswith("The take is deleted."), timeout=10_000)
    assert seat.picture.withdrawn == (GREEN.sha256,)
    assert opened.tutorial.cover is None
    seat.qtbot.waitUntil(lambda: opened.saved)
    assert BLUE.data not in path.read_bytes()
    view = seat.studio.view
    assert view is not None
    assert QApplication.focusWidget() is view.page.views["s2"].pictures["p2"]
    while opened.can_undo:
        opened.undo()
    assert seat.picture.takes == (RED.sha256, GREEN.sha256)
    assert BLUE.sha256 not in repr(opened.tutorial)
    seat.studio.show_start()
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert set(file.infos()) == {RED.sha256, GREEN.sha256}


def test_it_can_be_left(seat: Seat, path: Path) -> None:
    seat.choose("Delete take 2 for good…")
    assert seat.told.endswith("It stands at step 3 too, and goes from there.")
    seat.answer(Qt.Key.Key_Escape)
    assert seat.told == ""
    assert seat.picture.withdrawn == (BLUE.sha256, GREEN.sha256)
    assert GREEN.data in path.read_bytes()


def test_not_while_a_run_works(seat: Seat) -> None:
    runs = seat.workplace.runs
    runs.add(Writing(7, 2))
    seat.choose("Delete take 1 for good…")
    assert seat.told == "The engine works with this tutorial: stop it, then delete the take."
    seat.qtbot.waitUntil(lambda: runs.current is None, timeout=20_000)
    assert BLUE.sha256 in seat.picture.withdrawn


def test_a_run_that_began_while_it_was_asked_keeps_it(seat: Seat) -> None:
    runs = seat.workplace.runs
    seat.choose("Delete take 1 for good…")
    runs.add(Writing(7, 2))
    seat.answer(Qt.Key.Key_Space)
    assert seat.told.startswith("The engine works with this tutorial")
    seat.qtbot.waitUntil(lambda: runs.current is None, timeout=20_000)
    assert BLUE.sha256 in seat.picture.withdrawn


def test_a_file_that_is_only_read_keeps_it(seat: Seat, path: Path) -> None:
    seat.studio.show_start()
    with TutorialFile.open(path):
        seat.studio.open_path(path)
        seat.qtbot.waitUntil(lambda: seat.studio.view is not None)
        assert seat.workplace.opened.read_only
        seat.choose("Delete take 1 for good…")
        assert seat.told == ""
        seat.studio.show_start()
