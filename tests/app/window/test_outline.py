"""The outline through its widgets."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from picture_desk import RED
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.tutorial.model import Picture, Step, Tutorial
from app.window.outline import Outline
from app.window.workplace import Workplace

SHOWN = Picture("p2", "A pot.", takes=(RED.sha256,), chosen=RED.sha256)
PAINTED = replace(RED, recipe={"heading": "Fill", "body": "", "description": "A vase."})
TUTORIAL = Tutorial(
    "t",
    "Tea",
    steps=(
        Step("s1", "Boil", checked=True),
        Step("s2", "Fill", pictures=(SHOWN,), draft=True),
        Step("s3", "", pictures=(Picture("p3", "A cup."),)),
    ),
)


@pytest.fixture
def desk(make_workplace: Callable[..., Workplace]) -> Workplace:
    return make_workplace(TUTORIAL, [PAINTED])


@pytest.fixture
def outline(desk: Workplace, qtbot: QtBot) -> Outline:
    outline = Outline(desk)
    qtbot.addWidget(outline)
    with qtbot.waitActive(outline):
        outline.show()
        outline.activateWindow()
    outline.setFocus()
    return outline


def spoken(outline: Outline) -> list[str]:
    model = outline.model
    role = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row).data(role) for row in range(model.rowCount())]


def current(outline: Outline) -> int:
    return outline.list.currentIndex().row()


def test_each_line_tells_place_title_and_state(outline: Outline) -> None:
    assert spoken(outline) == [
        "Step 1 of 3, Boil, checked",
        "Step 2 of 3, Fill, picture stale, rough draft",
        "Step 3 of 3, untitled, no picture yet",
    ]
    assert outline.list.hasFocus()


def test_it_follows_the_author_and_the_tutorial(
    outline: Outline, desk: Workplace, qtbot: QtBot
) -> None:
    outline.show_step("s2", "p2")
    assert current(outline) == 1
    opened = desk.opened
    opened.edit(edits.set_step(opened.tutorial, "s3", "title", "Pour"))
    qtbot.waitUntil(lambda: spoken(outline)[2] == "Step 3 of 3, Pour, no picture yet")
    assert current(outline) == 1
    opened.edit(edits.delete_step(opened.tutorial, "s1"))
    assert spoken(outline)[0].startswith("Step 1 of 2, Fill")
    assert current(outline) == 0
    opened.edit(edits.delete_steps(opened.tutorial, ["s2", "s3"]))
    assert outline.empty.isVisible()


def test_enter_and_a_click_go_to_the_step(outline: Outline, qtbot: QtBot) -> None:
    chosen: list[str] = []
    outline.step_chosen.connect(chosen.append)
    outline.show_step("s1")
    qtbot.keyClick(outline.list, Qt.Key.Key_Down)
    assert chosen == []
    qtbot.keyClick(outline.list, Qt.Key.Key_Return)
    place = outline.list.visualRect(outline.model.index(2)).center()
    qtbot.mouseClick(outline.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen == ["s2", "s3"]


def test_alt_and_arrows_move_the_step(outline: Outline, desk: Workplace, qtbot: QtBot) -> None:
    said: list[str] = []
    desk.announcer.announced.connect(said.append)
    outline.show_step("s1")
    alt = Qt.KeyboardModifier.AltModifier
    override = QKeyEvent(QKeyEvent.Type.ShortcutOverride, Qt.Key.Key_Down, alt)
    override.ignore()
    QApplication.sendEvent(outline.list, override)
    assert override.isAccepted()  # so that the action doesn't move the step under the caret
    qtbot.keyClick(outline.list, Qt.Key.Key_Down, alt)
    qtbot.keyClick(outline.list, Qt.Key.Key_Down, alt)
    qtbot.keyClick(outline.list, Qt.Key.Key_Down, alt)  # it is the last one already
    assert [step.id for step in desk.opened.tutorial.steps] == ["s2", "s3", "s1"]
    assert current(outline) == 2
    assert said == ["Step 2 of 3, Boil, checked", "Step 3 of 3, Boil, checked"]
    qtbot.keyClick(outline.list, Qt.Key.Key_Up, alt)
    assert [step.id for step in desk.opened.tutorial.steps] == ["s2", "s1", "s3"]


def test_five_hundred_steps_tell_only_what_changed(
    make_workplace: Callable[..., Workplace], qtbot: QtBot
) -> None:
    steps = tuple(Step(f"s{n}", f"Step {n}") for n in range(500))
    desk = make_workplace(Tutorial("t", steps=steps))
    outline = Outline(desk)
    qtbot.addWidget(outline)
    told: list[int] = []
    outline.model.dataChanged.connect(lambda first, _last: told.append(first.row()))
    desk.opened.edit(edits.set_step(desk.opened.tutorial, "s7", "checked", True))
    outline.refresh()
    assert told == [7]
