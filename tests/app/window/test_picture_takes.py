"""The takes strip and the menus: choose, star, trash and restore by mouse and keyboard."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from picture_desk import BLUE, GREEN, PLACE, RED, one_step, painted, picture_of
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.editing.open_tutorial import OpenTutorial
from app.tutorial.file import TutorialFile
from app.window import picture_edits
from app.window.picture_menu import picture_menu, take_menu, trash_menu
from app.window.take_out import write_take
from app.window.takes_strip import TakesStrip
from app.window.workplace import Workplace

Make = Callable[..., Workplace]


@pytest.fixture
def workplace(make_workplace: Make) -> Workplace:
    """A tutorial with one picture and three takes, the first chosen."""
    return make_workplace(one_step(RED, BLUE, GREEN), [RED, BLUE, GREEN])


@pytest.fixture
def strip(workplace: Workplace, qtbot: QtBot) -> TakesStrip:
    """The strip of that picture, which follows it as a view's does."""
    strip = TakesStrip(workplace, *PLACE, None)
    qtbot.addWidget(strip)
    strip.follow(picture_of(workplace))
    workplace.opened.tutorial_changed.connect(lambda *_: strip.follow(picture_of(workplace)))
    strip.resize(252, 52)
    strip.show()
    strip.setFocus()
    return strip


def entries(menu: QMenu) -> dict[str, QAction]:
    """The menu's entries by their text."""
    return {action.text(): action for action in menu.actions() if action.text()}


def test_a_click_chooses_a_take(workplace: Workplace, strip: TakesStrip, qtbot: QtBot) -> None:
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(54 + 20, 20))
    assert picture_of(workplace).chosen == BLUE.sha256
    workplace.opened.undo()
    assert picture_of(workplace).chosen == RED.sha256


def test_the_keyboard_goes_along_chooses_and_trashes(
    workplace: Workplace, strip: TakesStrip, qtbot: QtBot
) -> None:
    said: list[str] = []
    workplace.announcer.announced.connect(said.append)
    assert strip.accessibleDescription() == "Take 1 of 3, chosen"
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert strip.accessibleDescription() == "Take 3 of 3"
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert picture_of(workplace).chosen == GREEN.sha256
    assert strip.accessibleDescription() == "Take 3 of 3, chosen"
    qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert picture_of(workplace).takes == (RED.sha256, BLUE.sha256)
    assert picture_of(workplace).chosen == BLUE.sha256
    assert said[0] == "Take 2 of 3"
    workplace.opened.undo()
    assert picture_of(workplace).takes == (RED.sha256, BLUE.sha256, GREEN.sha256)
    assert picture_of(workplace).chosen == GREEN.sha256


def test_the_trash_stands_behind_the_takes_and_restores(
    workplace: Workplace, strip: TakesStrip, qtbot: QtBot
) -> None:
    picture_edits.trash(workplace, *PLACE, BLUE.sha256)
    for _ in range(3):
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert strip.accessibleDescription() == "Trash: 1"
    qtbot.keyClick(strip, Qt.Key.Key_Return)
    (menu,) = strip.findChildren(QMenu)
    assert menu.isVisible()
    restore, _, delete = menu.actions()
    assert delete.text() == "Delete take 1 for good…"
    restore.trigger()
    menu.close()
    assert picture_of(workplace).takes == (RED.sha256, GREEN.sha256, BLUE.sha256)
    assert picture_of(workplace).chosen == RED.sha256


def test_a_take_of_the_menu_is_starred_and_used(workplace: Workplace, strip: TakesStrip) -> None:
    menu = entries(take_menu(workplace, "s1", picture_of(workplace), BLUE.sha256, strip))
    menu["Choose this take"].trigger()
    for name in ("Starred", "The anchor", "The cover"):
        assert not menu[name].isChecked()
        menu[name].trigger()
    picture, tutorial = picture_of(workplace), workplace.opened.tutorial
    assert (picture.chosen, picture.starred) == (BLUE.sha256, (BLUE.sha256,))
    assert (tutorial.anchor, tutorial.cover) == (BLUE.sha256, BLUE.sha256)
    assert strip.accessibleDescription() == "Take 1 of 3"
    menu = entries(take_menu(workplace, "s1", picture, BLUE.sha256, strip))
    assert "Choose this take" not in menu
    assert menu["The cover"].isChecked()
    for name in ("Starred", "The anchor"):
        menu[name].trigger()
    assert picture_of(workplace).starred == ()
    assert workplace.opened.tutorial.anchor is None


def test_an_imported_take_has_no_recipe_to_paint_again(
    workplace: Workplace, strip: TakesStrip
) -> None:
    menu = entries(take_menu(workplace, "s1", picture_of(workplace), RED.sha256, strip))
    assert not menu["Paint again with this recipe"].isEnabled()
    assert menu["Compare takes…"].isEnabled()


def test_the_menu_of_a_picture_paints_several_takes(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = picture_menu(workplace, *PLACE, parent)
    several = next(one for one in menu.findChildren(QMenu) if entries(one).keys() & {"2 takes"})
    with qtbot.waitSignals([workplace.runs.job_ended] * 2, timeout=10_000):
        entries(several)["2 takes"].trigger()
    assert len(picture_of(workplace).takes) == 2
    entries(picture_menu(workplace, *PLACE, parent))["No picture needed"].trigger()
    assert picture_of(workplace).not_needed
    assert "A picture is needed" in entries(picture_menu(workplace, *PLACE, parent))


def test_a_painted_take_is_painted_again_as_it_was(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    painted(workplace, qtbot, 2)
    first, second = picture_of(workplace).takes
    parent = QWidget()
    qtbot.addWidget(parent)
    menu = entries(take_menu(workplace, "s1", picture_of(workplace), first, parent))
    assert picture_of(workplace).chosen == second
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        menu["Paint again with this recipe"].trigger()
    assert picture_of(workplace).takes == (first, second)
    assert picture_of(workplace).chosen == first


def test_the_trash_of_a_picture_without_takes_is_in_its_menu(
    workplace: Workplace, strip: TakesStrip
) -> None:
    for take in (RED, BLUE, GREEN):
        picture_edits.trash(workplace, *PLACE, take.sha256)
    assert picture_of(workplace).chosen is None
    assert "Trash: 3" in entries(picture_menu(workplace, *PLACE, strip))
    restores = trash_menu(workplace, "s1", picture_of(workplace), strip).actions()
    restores[1].trigger()
    assert picture_of(workplace).takes == (BLUE.sha256,)


def test_a_take_is_copied_and_saved_byte_for_byte(
    workplace: Workplace,
    strip: TakesStrip,
    qtbot: QtBot,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    QGuiApplication.clipboard().clear()
    menu = entries(take_menu(workplace, "s1", picture_of(workplace), RED.sha256, strip))
    with qtbot.waitSignal(workplace.announcer.announced, timeout=5000):
        menu["Copy"].trigger()
    assert QGuiApplication.clipboard().image().width() == RED.width
    folder = tmp_path_factory.mktemp("saved")
    write_take(workplace, RED.sha256, folder / "pot.png")
    qtbot.waitUntil((folder / "pot.png").is_file)
    assert (folder / "pot.png").read_bytes() == RED.data
    with qtbot.waitSignal(workplace.picture_states.troubled, timeout=5000) as told:
        write_take(workplace, RED.sha256, folder / "absent" / "pot.png")
    assert told.args == ["“pot.png” can't be written: choose another folder."]


def test_a_tutorial_that_can_only_be_read_offers_no_changes(
    workplace: Workplace, strip: TakesStrip
) -> None:
    file = TutorialFile.open(workplace.opened.path)  # which the workplace holds for writing
    opened = OpenTutorial(file)
    reading = replace(workplace, opened=opened)
    menu = entries(picture_menu(reading, *PLACE, strip))
    offered = {name for name, action in menu.items() if action.isEnabled()}
    assert offered == {"Zoom", "Compare takes…", "Copy", "Save as file…"}
    opened.close()
