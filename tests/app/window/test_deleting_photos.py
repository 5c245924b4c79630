"""A given photo is deleted for good: asked first, gone from the file, never back by undo."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import cactus
from picture_desk import BLUE, GREEN, RED
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.jobs import Writing
from app.studio import Studio
from app.tutorial import edits
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Tutorial
from app.window.given_photos import GivenPhoto
from app.window.history_panel import HistoryPanel
from app.window.tutorial_view import TutorialView

NONE = Qt.KeyboardModifier.NoModifier


class Seat:
    """An author at a studio, where a tutorial begun from three photos is open."""

    def __init__(self, studio: Studio, qtbot: QtBot) -> None:
        self.studio = studio
        self.qtbot = qtbot
        self.said: list[str] = []
        studio.announcer.announced.connect(self.said.append)

    @property
    def view(self) -> TutorialView:
        assert self.studio.view is not None
        return self.studio.view

    @property
    def tutorial(self) -> Tutorial:
        return self.view.workplace.opened.tutorial

    @property
    def path(self) -> Path:
        return self.view.workplace.opened.path

    @property
    def photos(self) -> list[GivenPhoto]:
        return self.view.page.head.photos.photos

    @property
    def told(self) -> str:
        return self.studio.window.messages.texts.get("photo", "")

    def until(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=10_000)

    def open(self, path: Path) -> None:
        self.studio.open_path(path)
        self.until(lambda: self.studio.view is not None and not self.view.page.is_building)
        self.until(lambda: len(self.photos) == len(set(self.tutorial.given)))

    def delete(self, photo: GivenPhoto) -> None:
        """Delete it by keys, and wait until that is told."""
        photo.setFocus()
        key(Qt.Key.Key_Delete)
        key(Qt.Key.Key_Space)
        self.until(lambda: self.told.startswith("The photo is deleted."))
        self.until(lambda: self.view.workplace.opened.saved)


def key(name: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, name, modifiers)


def focused() -> QWidget | None:
    return QApplication.focusWidget()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    path = tmp_path / "library" / "cactus.interstep"
    first, second, third = cactus().steps
    shown = Picture("p2", "A cactus.", takes=(BLUE.sha256, GREEN.sha256), chosen=BLUE.sha256)
    steps = (first, replace(second, pictures=(shown,)), third)
    given = (RED.sha256, BLUE.sha256)
    TutorialFile.create(
        path, replace(cactus(), given=given, steps=steps), (RED, BLUE, GREEN)
    ).close()
    return path


@pytest.fixture
def seat(open_studio: Callable[[Path], Studio], path: Path, qtbot: QtBot) -> Seat:
    seat = Seat(open_studio(path), qtbot)
    seat.until(lambda: len(seat.photos) == len(set(seat.tutorial.given)))
    return seat


def test_delete_asks_and_the_bytes_are_gone(seat: Seat, path: Path) -> None:
    assert RED.data in path.read_bytes()
    seat.photos[0].setFocus()
    key(Qt.Key.Key_Delete)
    assert seat.told == (
        "Delete photo 1 of 2 from this file for good? This can't be undone. Copies of the file "
        "that you made before keep it."
    )
    assert seat.told in seat.said, "a screen reader says it"
    answer = focused()
    assert isinstance(answer, QPushButton)
    assert answer.text() == "Delete for good"
    assert len(seat.tutorial.given) == 2, "nothing is done yet"
    assert [one.marked for one in seat.photos] == [True, False]
    key(Qt.Key.Key_Space)
    assert seat.told == "Deleting the photo…"
    seat.until(lambda: seat.tutorial.given == (BLUE.sha256,))
    assert seat.told == "The photo is deleted. Nothing of it is left in this file."
    assert RED.data not in path.read_bytes()
    assert [one.accessibleName() for one in seat.photos] == ["Photo 1 of 1, given to the writer"]
    assert focused() is seat.photos[0], "the next one has the focus"
    seat.delete(seat.photos[0])
    assert seat.photos == []
    assert focused() is seat.view.page.head.needs
    seat.studio.show_start()
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert list(file.infos()) == [GREEN.sha256]


@pytest.mark.parametrize("way", ["Escape", "close"])
def test_it_can_be_left(seat: Seat, path: Path, way: str) -> None:
    seat.photos[1].setFocus()
    key(Qt.Key.Key_Delete)
    assert "photo 2 of 2" in seat.told
    if way == "close":
        key(Qt.Key.Key_Tab)
        key(Qt.Key.Key_Space)
    else:
        key(Qt.Key.Key_Escape)
    assert seat.told == ""
    assert not any(one.marked for one in seat.photos)
    assert focused() is seat.photos[1]
    assert len(seat.tutorial.given) == 2
    assert BLUE.data in path.read_bytes()


@pytest.mark.parametrize("reason", QContextMenuEvent.Reason)
def test_the_menu_has_it(seat: Seat, reason: QContextMenuEvent.Reason) -> None:
    if reason == QContextMenuEvent.Reason.Other:
        return
    photo = seat.photos[0]
    at = photo.mapToGlobal(QPoint(5, 5))
    QApplication.sendEvent(photo, QContextMenuEvent(reason, QPoint(5, 5), at))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = [one.text() for one in menu.actions() if one.text()]
    assert names == ["Show it large", "Save as file…", "Delete for good…"]
    for _ in range(3):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert seat.told.startswith("Delete photo 1 of 2")


def test_a_step_that_shows_it_loses_it_too(seat: Seat, path: Path) -> None:
    seat.photos[1].setFocus()
    key(Qt.Key.Key_Delete)
    assert seat.told.endswith("Step 2 loses it too.")
    key(Qt.Key.Key_Space)
    seat.until(lambda: seat.tutorial.given == (RED.sha256,))
    (picture,) = seat.tutorial.steps[1].pictures
    assert (picture.takes, picture.chosen) == ((GREEN.sha256,), None)
    assert BLUE.data not in path.read_bytes()


def test_undo_reverts_all_but_it(seat: Seat, path: Path) -> None:
    opened = seat.view.workplace.opened
    opened.edit(edits.set_field(seat.tutorial, "title", "Before"))
    opened.edit(edits.delete_steps(seat.tutorial, ["s2"]))  # its picture shows the photo
    opened.edit(edits.set_field(seat.tutorial, "given", (BLUE.sha256,)))
    opened.undo()
    seat.delete(seat.photos[1])
    opened.edit(edits.set_field(seat.tutorial, "title", "After"))
    for _ in range(3):
        seat.studio.perform("undo")
    assert (seat.tutorial.title, len(seat.tutorial.steps)) == ("Repot a cactus", 3)
    assert not opened.can_undo
    assert BLUE.sha256 not in repr(seat.tutorial)
    for _ in range(3):
        seat.studio.perform("redo")
    assert (seat.tutorial.title, seat.tutorial.given) == ("After", (RED.sha256,))
    seat.studio.perform("undo")
    seat.until(lambda: opened.saved)
    assert opened.failure is None
    seat.studio.show_start()
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert (file.tutorial.title, len(file.tutorial.steps)) == ("Before", 2)
    assert BLUE.data not in path.read_bytes()


def test_an_earlier_state_that_is_shown_forgets_it(seat: Seat) -> None:
    panel = HistoryPanel(seat.view.workplace)
    seat.qtbot.addWidget(panel)
    panel.keep.click()
    seat.until(lambda: panel.list.count() == 1)
    panel.list.setCurrentRow(0)
    opened = seat.view.workplace.opened
    opened.edit(edits.set_field(seat.tutorial, "title", "Other"))
    seat.until(panel.restore.isEnabled)
    seat.delete(seat.photos[1])
    seat.until(lambda: not opened.is_busy)
    panel.restore.click()
    seat.until(lambda: seat.tutorial.title == "Repot a cactus")
    assert seat.tutorial.given == (RED.sha256,)
    assert BLUE.sha256 not in repr(seat.tutorial)
    seat.until(lambda: opened.saved)


def test_typing_meanwhile_is_kept(seat: Seat, path: Path) -> None:
    title = seat.view.page.head.title
    seat.photos[0].setFocus()
    key(Qt.Key.Key_Delete)
    key(Qt.Key.Key_Space)
    QTest.keyClicks(title, "Now: ")
    seat.until(lambda: len(seat.photos) == 1)
    QTest.keyClicks(title, "re")
    seat.studio.show_start()
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert file.tutorial.title == "Now: reRepot a cactus"
        assert file.tutorial.given == (BLUE.sha256,)


def test_closed_at_once_it_is_still_deleted(seat: Seat, path: Path) -> None:
    seat.photos[0].setFocus()
    key(Qt.Key.Key_Delete)
    key(Qt.Key.Key_Space)
    seat.studio.show_start()
    assert RED.data not in path.read_bytes()
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert file.tutorial.given == (BLUE.sha256,)


def test_not_while_the_engine_works(seat: Seat) -> None:
    runs = seat.view.workplace.runs
    runs.add(Writing(7, 2))
    seat.photos[0].setFocus()
    key(Qt.Key.Key_Delete)
    assert seat.told == "The engine works with this tutorial: stop it, then delete the photo."
    seat.until(lambda: runs.current is None)
    seat.delete(seat.photos[0])
    assert seat.tutorial.given == (BLUE.sha256,)


def test_what_fails_leaves_the_photo_and_says_why(
    seat: Seat, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: TutorialFile, _sha256: str) -> None:
        raise TutorialError("the disk is full", "free some space")

    monkeypatch.setattr(TutorialFile, "delete_take", full)
    seat.photos[0].setFocus()
    key(Qt.Key.Key_Delete)
    key(Qt.Key.Key_Space)
    why = "The photo is not deleted: the disk is full: free some space."
    seat.until(lambda: seat.told == why)
    assert [one.sha256 for one in seat.photos] == [RED.sha256, BLUE.sha256]
    assert focused() is seat.photos[0]


def test_a_file_that_is_only_read_keeps_them(seat: Seat, path: Path) -> None:
    seat.studio.show_start()
    with TutorialFile.open(path):
        seat.open(path)
        assert seat.view.workplace.opened.read_only
        seat.photos[0].setFocus()
        key(Qt.Key.Key_Delete)
        assert seat.told == ""
        assert "Delete" not in seat.photos[0].toolTip()
        seat.studio.show_start()
