"""The prompt field: what can be asked for, what it says of it, and how it starts."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.editing.open_tutorial import OpenTutorial
from app.engine.jobs import Changing, Continuing, Painting, Writing
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Making, Step, Tutorial
from app.window.prompt_field import PromptField
from app.window.workplace import Workplace

CTRL = Qt.KeyboardModifier.ControlModifier
SOUP = Tutorial("t", prompt="How do I cook soup?", making=Making(seed=7))


Show = Callable[[Workplace], PromptField]


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Show]:
    """Return a function that shows a field at the foot of a page that has the focus."""
    windows = []

    def show(workplace: Workplace) -> PromptField:
        window = QWidget()
        windows.append(window)
        window.resize(800, 400)
        rows = QVBoxLayout(window)
        page, field = QLineEdit(), PromptField(workplace)
        rows.addWidget(page, 1)
        rows.addWidget(field)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        page.setFocus()
        qtbot.waitUntil(page.hasFocus)
        return field

    yield show
    for window in windows:
        window.close()


def asked(field: PromptField, qtbot: QtBot, words: str) -> object:
    """Return the job that these words and Ctrl+Enter ask for."""
    field.field.setPlainText(words)
    with qtbot.waitSignal(field.job_requested) as told:
        qtbot.keyClick(field.field, Qt.Key.Key_Return, CTRL)
    assert told.args is not None
    return told.args[0]


def test_more_steps_need_no_words(workplace: Workplace, shown: Show, qtbot: QtBot) -> None:
    field = shown(workplace)
    job = asked(field, qtbot, "")
    assert isinstance(job, Continuing)
    assert (job.instruction, job.paint) == ("", True)
    assert 0 <= job.seed < 10**9
    assert asked(field, qtbot, "about pests") != job
    assert field.field.text == ""


def test_a_change_needs_words(workplace: Workplace, shown: Show, qtbot: QtBot) -> None:
    field = shown(workplace)
    field.choose("all")
    assert not field.start.isEnabled()
    asked_for: list[object] = []
    field.job_requested.connect(asked_for.append)
    qtbot.keyClick(field.field, Qt.Key.Key_Return, CTRL)
    assert asked_for == []
    job = asked(field, qtbot, "for children")
    assert isinstance(job, Changing)
    assert (job.instruction, job.step) == ("for children", "")


def test_the_current_step_can_be_changed_alone(
    workplace: Workplace, shown: Show, qtbot: QtBot
) -> None:
    field = shown(workplace)
    assert field.kinds == ("more", "all")
    field.set_step("s2")
    assert field.kinds == ("more", "all", "one")
    field.choose("one")
    assert field.choice.text().startswith("Change step 2")
    job = asked(field, qtbot, "shorter")
    assert isinstance(job, Changing)
    assert job.step == "s2"
    workplace.opened.edit(edits.delete_step(workplace.opened.tutorial, "s2"))
    assert field.kind == "more"


def test_the_choice_is_made_by_its_menu(workplace: Workplace, shown: Show, qtbot: QtBot) -> None:
    field = shown(workplace)
    menu = field.choice.menu()
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["More steps", "Change all steps"]
    menu.actions()[1].trigger()
    assert field.kind == "all"
    assert field.choice.accessibleName() == "What the writer shall do: Change all steps"


@pytest.mark.parametrize("typed", ["", "How do I bake bread?"])
def test_a_tutorial_without_steps_is_written(
    make_workplace: Callable[..., Workplace], shown: Show, qtbot: QtBot, typed: str
) -> None:
    workplace = make_workplace(SOUP)
    field = shown(workplace)
    assert field.kinds == ("write",)
    assert not field.choice.isVisible()
    assert field.field.placeholderText() == "How do I cook soup?"
    assert asked(field, qtbot, typed) == Writing(7)
    assert workplace.opened.tutorial.prompt == (typed or SOUP.prompt)
    workplace.opened.edit(edits.insert_step(workplace.opened.tutorial, Step("s1"), 0))
    assert field.kind == "more"


def test_enter_alone_starts_nothing_and_it_grows_to_four_lines(
    workplace: Workplace, shown: Show, qtbot: QtBot
) -> None:
    field = shown(workplace)
    low = field.field.height()
    field.take_focus()
    heights = []
    for _ in range(6):
        qtbot.keyClick(field.field, Qt.Key.Key_Return)
        heights.append(field.field.height())
    assert low < heights[0] < heights[1] < heights[2]
    assert heights[2] == heights[5]


def test_it_says_more_only_with_the_focus(workplace: Workplace, shown: Show, qtbot: QtBot) -> None:
    field = shown(workplace)
    assert not field.hint.isVisible()
    field.take_focus()
    qtbot.waitUntil(field.hint.isVisible)
    assert field.hint.text() == "About 28 s, 4 pictures (a guess)"
    field.choice.setFocus()
    assert field.hint.isVisible()
    window = field.window()
    window.findChildren(QLineEdit)[0].setFocus()
    qtbot.waitUntil(lambda: not field.hint.isVisible())


def test_it_says_when_it_will_wait(workplace: Workplace, shown: Show, qtbot: QtBot) -> None:
    field = shown(workplace)
    field.take_focus()
    qtbot.waitUntil(field.hint.isVisible)
    workplace.runs.add(Painting(7, "s2", "p2", instruction="previews"))
    assert "will wait for what runs now" in field.hint.text()
    qtbot.waitUntil(lambda: workplace.runs.current is None)
    assert "wait" not in field.hint.text()


def test_a_read_only_tutorial_has_none(workplace: Workplace, shown: Show) -> None:
    assert shown(workplace).isVisible()
    again = OpenTutorial(TutorialFile.open(workplace.opened.path))
    assert again.read_only
    assert not shown(replace(workplace, opened=again)).isVisible()
    again.close()
