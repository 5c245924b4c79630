"""A tutorial begun from photos: what they show is listed, mended by the author, then written of."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_engine
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.studio import Studio
from app.tutorial.file import TutorialFile
from app.tutorial.model import Making, Tutorial
from app.window.tutorial_view import TutorialView
from app.window.zoom_view import ZoomPane

FAKE = ("-P", str(Path(fake_engine.__file__).resolve()))
PROMPT = "What dish is this?"
SEEN = ("a bowl", "a frog")
WAITS = "The writer waits for you"
ASKED = "This is what the writer sees in your photos"


class Seat:
    """An author at a studio with the fake engine."""

    def __init__(self, studio: Studio, folder: Path, qtbot: QtBot) -> None:
        self.studio = studio
        self.qtbot = qtbot
        self.photo = folder / "dish.png"
        self.photo.write_bytes(fake_engine.png(3, "a photo"))
        self.said: list[str] = []
        studio.announcer.announced.connect(self.said.append)

    def begin(self, prompt: str = PROMPT) -> None:
        """Ask for a tutorial about the photo."""
        self.studio.start_page.write_requested.emit(prompt, Making(steps=2), [self.photo], 7)
        self.until(lambda: self.studio.view is not None)

    def until(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=20_000)

    @property
    def view(self) -> TutorialView:
        assert self.studio.view is not None
        return self.studio.view

    @property
    def tutorial(self) -> Tutorial:
        return self.view.workplace.opened.tutorial

    @property
    def needs(self) -> QWidget:
        return self.view.page.head.needs

    @property
    def foot(self) -> list[str]:
        """What the engine bar says."""
        return [label.text() for label in self.studio.engine_bar.findChildren(QLabel)]

    @property
    def question(self) -> str:
        return self.studio.window.messages.texts.get("interrupted", "")

    def press(self, name: str) -> None:
        """Press a button of the question."""
        buttons = self.studio.window.messages.findChildren(QPushButton)
        (button,) = (one for one in buttons if one.text() == name and one.isVisible())
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def rest(self) -> None:
        """Wait until nothing runs and all is on the disk."""
        self.until(lambda: not self.studio.is_busy and self.view.workplace.opened.saved)

    def open_again(self) -> None:
        """Leave the tutorial and come back to it."""
        path = self.view.workplace.opened.path
        self.studio.show_start()
        self.studio.open_path(path)
        self.until(lambda: self.studio.view is not None)


@pytest.fixture
def seat(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Seat]:
    (tmp_path / "library").mkdir()
    studio = Studio(
        qapp,
        tmp_path / "settings",
        tmp_path / "library",
        make_client=lambda: Client(sys.executable, FAKE),
    )
    studio.window.resize(1280, 800)
    studio.window.show()
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow)
    yield Seat(studio, tmp_path, qtbot)
    studio.window.close()
    studio.deleteLater()


def key(name: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, name, modifiers)


def test_it_waits_until_the_list_is_mended_and_writes_of_that(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.rest()
    assert (seat.tutorial.materials, seat.tutorial.steps) == (SEEN, ())
    assert seat.question in seat.said, "a screen reader says it"
    needs = seat.view.page.head.needs
    assert needs.hasFocus(), "the caret stands in the list"
    assert needs.text == "a bowl, a frog"
    for _ in "frog":
        key(Qt.Key.Key_Backspace)
    QTest.keyClicks(needs, "spoon")
    seat.press("Write it")
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    seat.rest()
    assert seat.tutorial.materials == ("a bowl", "a spoon")
    assert seat.tutorial.summary == "With a bowl and a spoon.", "the writer was told of these"
    assert seat.question == ""


def test_the_buttons_are_reached_by_keys(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.rest()
    key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Write it"
    key(Qt.Key.Key_Space)
    seat.until(lambda: len(seat.tutorial.steps) == 2)


def test_stop_keeps_the_list_and_it_can_still_be_written(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.press("Stop")
    seat.rest()
    seat.open_again()
    assert seat.question == ""
    assert seat.tutorial.materials == SEEN
    seat.view.prompt.start.click()
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    assert seat.tutorial.summary == "With a bowl and a frog."


def test_the_prompt_field_writes_it_as_well(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.view.prompt.start.click()
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    seat.rest()
    assert seat.question == ""
    seat.open_again()
    assert (seat.question, len(seat.tutorial.steps)) == ("", 2)


def test_a_tutorial_left_while_it_waits_still_asks(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    QTest.keyClicks(seat.view.page.head.needs, "s")
    seat.open_again()
    assert ASKED in seat.question
    assert seat.tutorial.materials == ("a bowl", "a frogs")
    assert len(seat.tutorial.given) == 1
    seat.press("Write it")
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    assert seat.tutorial.summary == "With a bowl and a frogs."


def test_stopped_while_it_looks_it_keeps_what_it_has_seen(seat: Seat) -> None:
    seat.begin("slow look")
    seat.until(lambda: seat.view.page.head.needs.text == "a bowl")
    assert seat.tutorial.materials == (), "it streams"
    assert "Looking at your photos" in seat.foot
    seat.studio.perform("stop")
    seat.rest()
    assert seat.tutorial.materials == ("a bowl",)
    assert seat.question == ""


def test_undo_takes_the_steps_first_and_then_the_list(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.press("Write it")
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    seat.rest()
    seat.studio.perform("undo")
    assert (seat.tutorial.materials, seat.tutorial.steps) == (SEEN, ())
    seat.studio.perform("undo")
    assert seat.tutorial.materials == ()
    seat.studio.perform("redo")
    seat.studio.perform("redo")
    assert (seat.tutorial.materials, len(seat.tutorial.steps)) == (SEEN, 2)


def test_a_writer_that_sees_nothing_goes_on_by_itself(seat: Seat) -> None:
    seat.begin("blind")
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    seat.rest()
    assert seat.question == ""
    with TutorialFile.read(seat.view.workplace.opened.path) as file:
        assert file.run is not None
        assert file.run.state == "done"


def test_a_list_that_the_author_empties_is_not_made_again(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.rest()
    QTest.keyClick(seat.needs, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    key(Qt.Key.Key_Delete)
    assert seat.tutorial.materials == ()
    seat.press("Write it")
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    seat.rest()
    assert (seat.tutorial.materials, seat.question) == ((), "")


def test_nor_by_the_prompt_field(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.rest()
    QTest.keyClick(seat.needs, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    key(Qt.Key.Key_Delete)
    seat.view.prompt.start.click()
    seat.until(lambda: len(seat.tutorial.steps) == 2)
    seat.rest()
    assert (seat.tutorial.materials, seat.question) == ((), "")


def test_the_bar_says_that_it_waits_for_the_author(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.rest()
    assert WAITS in seat.foot
    seat.press("Stop")
    assert WAITS not in seat.foot
    assert "Engine ready" in seat.foot


def test_the_key_of_stop_ends_the_wait(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.rest()
    key(Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert seat.question == ""
    assert WAITS not in seat.foot
    assert not seat.studio.actions["stop"].isEnabled()
    seat.rest()
    seat.open_again()
    assert seat.question == ""
    assert seat.tutorial.materials == SEEN, "the list stays"


@pytest.mark.parametrize("button", ["Write it", "Stop"])
def test_escape_in_the_question_ends_the_wait_as_stop_does(seat: Seat, button: str) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    seat.rest()
    key(Qt.Key.Key_Escape)
    assert ASKED in seat.question, "in the list it ends nothing"
    key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    while (focused := QApplication.focusWidget()) and getattr(focused, "text", str)() != button:
        key(Qt.Key.Key_Tab)
    key(Qt.Key.Key_Escape)
    assert seat.question == ""
    assert WAITS not in seat.foot
    assert not seat.studio.actions["stop"].isEnabled()
    assert seat.view.page.hasFocus()
    seat.rest()
    seat.open_again()
    assert (seat.question, seat.tutorial.steps) == ("", ())
    assert seat.tutorial.materials == SEEN, "the list stays"


def test_escape_does_not_give_up_what_was_cut_off(seat: Seat) -> None:
    seat.begin("slow look")
    seat.until(lambda: seat.view.page.head.needs.text == "a bowl")
    seat.open_again()
    assert seat.question == "Stopped before the photos were looked at."
    key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(QApplication.focusWidget(), QPushButton)
    key(Qt.Key.Key_Escape)
    assert seat.question == "Stopped before the photos were looked at."


def test_the_photos_stand_on_the_page_while_it_waits(seat: Seat) -> None:
    seat.begin()
    seat.until(lambda: ASKED in seat.question)
    (shown,) = seat.view.page.head.photos.photos
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton)
    pane = seat.studio.window.centre.currentWidget()
    assert isinstance(pane, ZoomPane)
    seat.until(lambda: pane.scale.text().endswith("%"))
    assert pane.canvas.accessibleDescription() == "Photo 1 of 1, given to the writer"
    assert ASKED in seat.question
    key(Qt.Key.Key_Escape)
    assert seat.studio.window.centre.currentWidget() is not pane
    assert shown.hasFocus()
    assert ASKED in seat.question, "Escape only leaves the photo"


def test_without_photos_nothing_is_asked(seat: Seat) -> None:
    seat.studio.start_page.write_requested.emit(PROMPT, Making(steps=2), [], 7)
    seat.until(lambda: seat.studio.view is not None and len(seat.tutorial.steps) == 2)
    assert not any(ASKED in sentence for sentence in seat.said)
