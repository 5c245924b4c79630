"""Find and replace through its widgets."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.tutorial.model import Callout, Look, LookEntry, Picture, Step, Tutorial
from app.window.find_pane import FindPane, selected_text
from app.window.workplace import Workplace

POTS = Tutorial(
    "t",
    "Pots",
    materials=("a pot",),
    look=Look((LookEntry("pot", (), "clay"),)),
    steps=(
        Step("s1", "Pick a pot", "A pot, two pots.", callouts=(Callout("tip", "Any pot."),)),
        Step("s2", "Wait", "Wait.", pictures=(Picture("p2", "A Pot.", "A pot."),)),
    ),
)


@pytest.fixture
def desk(make_workplace: Callable[..., Workplace]) -> Workplace:
    return make_workplace(POTS)


@pytest.fixture
def pane(desk: Workplace, qtbot: QtBot) -> FindPane:
    pane = FindPane(desk, "pot")
    qtbot.addWidget(pane)
    pane.resize(260, 700)
    with qtbot.waitActive(pane):
        pane.show()
        pane.activateWindow()
    pane.setFocus()
    return pane


def rows(pane: FindPane) -> list[str]:
    model = pane.list.hits
    return [model.index(n).data() for n in range(model.rowCount())]


def found(pane: FindPane) -> list[str]:
    return [hit.before + hit.text + hit.after for hit in pane.list.hits.hits]


def test_every_hit_is_listed_under_its_step(pane: FindPane) -> None:
    assert rows(pane) == [
        "Tutorial", "Title", "Material",
        "Step 1 · Pick a pot", "Title", "Text", "Text", "Tip",
        "Step 2 · Wait", "Description", "Alt text",
        "Look", "Name",
    ]  # fmt: skip
    assert pane.count.text() == "Found in 9 places."
    assert pane.wanted.hasFocus()
    assert pane.wanted.selectedText() == "pot"
    spoken = pane.list.hits.index(5).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Text: A pot, two pots."


def test_options_narrow_it(pane: FindPane) -> None:
    pane.match_case.click()
    assert "Description" not in rows(pane)
    pane.whole_words.click()
    assert found(pane).count("A pot, two pots.") == 1


def test_it_follows_what_is_typed_and_what_changes(
    pane: FindPane, desk: Workplace, qtbot: QtBot
) -> None:
    qtbot.keyClicks(pane.wanted, "wait")
    qtbot.waitUntil(lambda: rows(pane)[1:] == ["Title", "Text"])
    desk.opened.edit(edits.set_step(desk.opened.tutorial, "s1", "body", "Await it."))
    qtbot.waitUntil(lambda: len(found(pane)) == 3)
    qtbot.keyClicks(pane.wanted, "!")
    qtbot.waitUntil(lambda: pane.count.text() == "Found nowhere.")
    assert not pane.replace.isEnabled()


def test_only_ticked_places_are_replaced_as_one_edit(
    pane: FindPane, desk: Workplace, qtbot: QtBot
) -> None:
    qtbot.keyClick(pane.wanted, Qt.Key.Key_Down)
    assert pane.list.hasFocus()
    first = pane.list.current_hit
    assert first is not None
    assert first.field == "title"
    qtbot.keyClick(pane.list, Qt.Key.Key_Space)
    qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    assert pane.replace.text() == "Replace 8"
    said: list[str] = []
    desk.announcer.announced.connect(said.append)
    qtbot.keyClicks(pane.new, "vase")
    pane.replace.click()
    tutorial = desk.opened.tutorial
    assert tutorial.title == "Pots"
    assert tutorial.materials == ("a vase",)
    assert tutorial.steps[0].body == "A vase, two vases."
    assert tutorial.steps[0].callouts == (Callout("tip", "Any vase."),)
    assert tutorial.look.entries[0].name == "vase"
    assert said == ["Replaced in 8 places. Undo: Ctrl+Z"] == [pane.outcome.text()]
    assert pane.replace.text() == "Replace 0"  # what was unticked stays so
    desk.opened.undo()
    assert desk.opened.tutorial == POTS
    assert not desk.opened.can_undo


def test_the_keys_go_from_hit_to_hit_and_around(pane: FindPane, qtbot: QtBot) -> None:
    chosen: list[object] = []
    pane.hit_chosen.connect(chosen.append)
    qtbot.keyClick(pane.wanted, Qt.Key.Key_Return)
    qtbot.keyClick(pane.wanted, Qt.Key.Key_Return)
    assert pane.wanted.hasFocus()
    pane.handlers["find_previous"]()
    pane.handlers["find_previous"]()
    pane.handlers["find_next"]()
    hits = pane.list.hits.hits
    assert chosen == [hits[0], hits[1], hits[0], hits[-1], hits[0]]
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_End)
    qtbot.keyClick(pane.list, Qt.Key.Key_Return)
    assert chosen[-1] == hits[-1]


def test_a_click_ticks_or_goes_there(pane: FindPane, qtbot: QtBot) -> None:
    chosen: list[object] = []
    pane.hit_chosen.connect(chosen.append)
    row = pane.list.visualRect(pane.list.hits.index(1))
    left = Qt.MouseButton.LeftButton
    view = pane.list.viewport()
    qtbot.mouseClick(view, left, pos=QPoint(10, row.center().y()))
    assert chosen == []
    assert len(pane.list.hits.ticked) == 8
    qtbot.mouseClick(view, left, pos=row.center())
    assert chosen == [pane.list.hits.hits[0]]
    heading = pane.list.visualRect(pane.list.hits.index(0))
    qtbot.mouseClick(view, left, pos=heading.center())
    assert len(chosen) == 1


def test_another_text_is_ticked_anew(pane: FindPane, qtbot: QtBot) -> None:
    qtbot.keyClick(pane.wanted, Qt.Key.Key_Down)
    qtbot.keyClick(pane.list, Qt.Key.Key_Space)
    pane.look_for("wait")
    pane.look_for("pot")
    assert len(pane.list.hits.ticked) == len(pane.list.hits.hits) == 9


def test_escape_closes(pane: FindPane, qtbot: QtBot) -> None:
    for field in (pane.wanted, pane.new, pane.list):
        with qtbot.waitSignal(pane.closed):
            qtbot.keyClick(field, Qt.Key.Key_Escape)


@pytest.mark.parametrize(("kind", "selected"), [(QTextEdit, "some"), (QLineEdit, "some text")])
def test_what_is_selected_is_looked_for(
    kind: type[QTextEdit | QLineEdit], selected: str, qtbot: QtBot
) -> None:
    field = kind("some text")
    qtbot.addWidget(field)
    with qtbot.waitActive(field):
        field.show()
        field.activateWindow()
    field.setFocus()
    if isinstance(field, QTextEdit):
        assert selected_text() == ""
        cursor = field.textCursor()
        cursor.movePosition(cursor.MoveOperation.EndOfWord, cursor.MoveMode.KeepAnchor)
        field.setTextCursor(cursor)
    else:
        field.selectAll()
    assert selected_text() == selected
    field.clearFocus()
    assert QApplication.focusWidget() is None
    assert selected_text() == ""


def test_two_paragraphs_are_nothing_to_look_for(qtbot: QtBot) -> None:
    field = QTextEdit()
    field.setPlainText("one\ntwo")
    qtbot.addWidget(field)
    with qtbot.waitActive(field):
        field.show()
        field.activateWindow()
    field.setFocus()
    field.selectAll()
    assert selected_text() == ""
