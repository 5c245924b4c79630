"""The page through its real widgets: writing in steps, going between them, acting on whole ones."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from page_on_screen import key, page_on_screen, steps, view
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app.editing.open_tutorial import OpenTutorial
from app.tutorial.file import TutorialFile
from app.tutorial.model import Callout, Picture, Step, Tutorial
from app.window.page import Page
from app.window.workplace import Workplace

KEY, MOD = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def page(workplace: Workplace, qtbot: QtBot) -> Page:
    return page_on_screen(workplace, qtbot)


def focused(page: Page) -> tuple[str, str]:
    """Return the step and field in which the caret stands."""
    widget = QApplication.focusWidget()
    for step_id, one in page.views.items():
        if widget is one.title:
            return step_id, "title"
        if widget is one.body:
            return step_id, "body"
    return "", ""


# ---------------------------------------------------------------- writing


def test_every_step_has_its_widget_with_a_name(page: Page) -> None:
    assert [page.views[one].title.text for one in steps(page)] == [
        step.title for step in page.tutorial.steps
    ]
    names = [page.views[one].body.accessibleName() for one in steps(page)]
    assert names == [f"Step {n} of 3, body" for n in (1, 2, 3)]
    assert view(page, "s1").accessibleDescription() == "No picture"
    tops = [page.span(one) for one in steps(page)]
    assert all(end == begin for (_, end), (begin, _) in pairwise(tops))


def test_typing_edits_the_step_and_undo_brings_it_back(page: Page, qtbot: QtBot) -> None:
    before = page.tutorial
    page.go_to("s2", field="body", start=0)
    qtbot.keyClicks(QApplication.focusWidget(), "Now ")
    assert page.tutorial.steps[1].body.startswith("Now Put on gloves.")
    assert page.tutorial.steps[0] is before.steps[0]
    page.workplace.opened.undo()
    assert page.tutorial == before
    assert view(page, "s2").body.text == before.steps[1].body


def test_a_step_opened_and_left_keeps_its_bytes(
    make_workplace: Callable[..., Workplace], qtbot: QtBot
) -> None:
    odd = "a\r\nb \u00a0\u2028 **x**\u2029 end "
    before = Tutorial("t", title="T\u00a0", steps=(Step("a", " odd\t", odd), Step("b")))
    page = page_on_screen(make_workplace(before), qtbot)
    page.head.title.setFocus()
    for _ in range(12):
        key(page, KEY.Key_Down)
    for name in ("title", "body"):
        page.go_to("a", field=name, start=0, end=2)
    page.go_to("b")
    qtbot.wait(20)
    assert page.tutorial == before
    assert not page.workplace.opened.can_undo


def test_enter_on_an_empty_last_line_makes_a_step(page: Page, qtbot: QtBot) -> None:
    body = page.tutorial.steps[0].body
    page.go_to("s1", field="body", start=len(body))
    key(page, KEY.Key_Return)
    key(page, KEY.Key_Return)
    new = steps(page)[1]
    assert (len(steps(page)), page.tutorial.steps[0].body) == (4, body)
    assert focused(page) == (new, "title")
    qtbot.keyClicks(QApplication.focusWidget(), "Next")
    assert page.tutorial.steps[1].title == "Next"
    assert view(page, "s3").accessibleName() == "Step 4 of 4"


def test_backspace_joins_text_and_undo_parts_it(page: Page) -> None:
    before = page.tutorial
    page.go_to("s3", field="title", start=0)
    key(page, KEY.Key_Backspace)
    assert steps(page) == ["s1", "s2"]
    assert page.tutorial.steps[1].body.endswith(
        "Water after a week\n\nLet the roots heal, then water."
    )
    assert focused(page) == ("s2", "body")
    page.workplace.opened.undo()
    assert page.tutorial == before


def test_backspace_at_a_body_goes_into_the_title(page: Page) -> None:
    page.go_to("s3", field="body", start=0)
    key(page, KEY.Key_Backspace)
    assert steps(page) == ["s1", "s2", "s3"]
    assert focused(page) == ("s3", "title")


def test_a_step_with_a_picture_is_selected_and_says_why(page: Page, qtbot: QtBot) -> None:
    told: list[str] = []
    page.told.connect(told.append)
    page.go_to("s2", field="title", start=0)
    key(page, KEY.Key_Backspace)
    assert steps(page) == ["s1", "s2", "s3"]
    assert page.selected == ["s2"]
    assert len(told) == 1
    assert "picture" in told[0]


# ---------------------------------------------------------------- callouts, time, note


def test_a_callout_is_typed_changed_and_removed(page: Page, qtbot: QtBot) -> None:
    page.go_to("s1", field="body", start=len(page.tutorial.steps[0].body))
    key(page, KEY.Key_Return)
    qtbot.keyClicks(QApplication.focusWidget(), "> tip: ")
    qtbot.keyClicks(QApplication.focusWidget(), "Mind the spines")
    assert page.tutorial.steps[0].callouts == (Callout("tip", "Mind the spines"),)
    page.handlers["warning"]()
    assert page.tutorial.steps[0].callouts == (Callout("warning", "Mind the spines"),)
    field = view(page, "s1").callouts[0].field
    assert field.hasFocus()
    page.go_to("", field="tools")
    assert page.head.needs.hasFocus()
    page.go_to("s1", field="callouts", start=9, end=15)
    assert field.hasFocus()
    assert field.textCursor().selectedText() == "spines"
    assert field.accessibleName() == "Step 1 of 3, Warning"
    field.select(0, len(field.text))
    key(page, KEY.Key_Backspace)
    key(page, KEY.Key_Backspace)
    assert page.tutorial.steps[0].callouts == ()
    assert focused(page) == ("s1", "body")


def test_time_and_note_take_room_only_when_set(page: Page, qtbot: QtBot) -> None:
    low = page.span("s3")
    page.go_to("s3")
    page.handlers["step_note"]()
    assert len(view(page, "s3").foot.fields) == 1
    qtbot.keyClicks(QApplication.focusWidget(), "ask Ana")
    assert page.tutorial.steps[2].note == "ask Ana"
    qtbot.waitUntil(lambda: page.span("s3")[1] > low[1])
    page.handlers["step_time"]()
    page.go_to("s3")
    assert [field.text for field in view(page, "s3").foot.fields] == ["ask Ana"]


def test_a_step_without_a_picture_offers_one_where_the_author_is(page: Page) -> None:
    painted: list[bool] = []
    page.workplace.actions["paint"].triggered.connect(lambda: painted.append(True))
    page.go_to("s1")
    one = view(page, "s1")
    buttons = {b.text(): b for b in one.foot.findChildren(QToolButton) if b.isVisible()}
    assert set(buttons) == {"Paint a picture", "Import", "No picture needed"}
    QTest.mouseClick(buttons["Paint a picture"], Qt.MouseButton.LeftButton)
    assert painted == [True]
    assert page.current == ("s1", "")
    page.go_to("s2")
    assert [b for b in one.foot.findChildren(QToolButton) if b.isVisible()] == []


# ---------------------------------------------------------------- whole steps


def test_moving_keeps_the_caret_and_says_where(page: Page) -> None:
    said: list[str] = []
    page.workplace.announcer.announced.connect(said.append)
    page.go_to("s1", field="body", start=3)
    page.handlers["step_down"]()
    assert steps(page) == ["s2", "s1", "s3"]
    assert focused(page) == ("s1", "body")
    assert view(page, "s1").body.typed.start == 3
    assert said == ["Moved: now step 2 of 3"]
    assert page.span("s2")[0] < page.span("s1")[0]
    page.handlers["step_up"]()
    assert steps(page) == ["s1", "s2", "s3"]


def test_whole_steps_are_selected_beyond_the_edge_and_deleted(page: Page) -> None:
    before, told = page.tutorial, list[str]()
    page.told.connect(told.append)
    page.go_to("s1", field="title", start=0)
    key(page, KEY.Key_Up, MOD.ShiftModifier)
    assert page.selected == ["s1"]
    key(page, KEY.Key_Down, MOD.ShiftModifier)
    assert page.selected == ["s1", "s2"]
    assert [view(page, one).selected for one in steps(page)] == [True, True, False]
    key(page, KEY.Key_Delete)
    assert steps(page) == ["s3"]
    assert told == ["2 steps deleted. Undo: Ctrl+Z"]
    page.workplace.opened.undo()
    assert page.tutorial == before
    assert set(page.views) >= {"s3"}


def test_select_all_twice_selects_the_step_and_escape_returns(page: Page) -> None:
    page.go_to("s2", field="body")
    for _ in range(2):
        key(page, KEY.Key_A, MOD.ControlModifier)
    assert page.selected == ["s2"]
    key(page, KEY.Key_A, MOD.ControlModifier)
    assert page.selected == steps(page)
    key(page, KEY.Key_Escape)
    assert page.selected == []
    assert focused(page) == ("s3", "body")


def test_numbers_select_and_cut_and_paste_move_steps(page: Page, qtbot: QtBot) -> None:
    QTest.mouseClick(view(page, "s1").badge, Qt.MouseButton.LeftButton)
    assert page.selected == ["s1"]
    key(page, KEY.Key_X, MOD.ControlModifier)
    assert steps(page) == ["s2", "s3"]
    assert "Pick a pot" in QGuiApplication.clipboard().text()
    page.select(["s3"])
    key(page, KEY.Key_V, MOD.ControlModifier)
    qtbot.waitUntil(lambda: len(steps(page)) == 3)
    assert page.tutorial.steps[2].title == "Pick a pot"


def test_duplicate_split_merge_and_check(page: Page) -> None:
    page.go_to("s2", field="body", start=len("Put on gloves."))
    page.handlers["split"]()
    assert [step.body for step in page.tutorial.steps[1:3]] == [
        "Put on gloves.",
        "Tip the old pot on its side.",
    ]
    page.handlers["merge"]()
    assert page.tutorial.steps[1].body == "Put on gloves.\n\nTip the old pot on its side."
    page.handlers["duplicate"]()
    copy = page.tutorial.steps[2]
    assert (copy.title, page.current[0]) == ("Ease the cactus out", copy.id)
    page.handlers["checked"]()
    assert [step.checked for step in page.tutorial.steps] == [False, False, True, False]


def test_a_drag_by_the_number_moves_and_escape_cancels(page: Page) -> None:
    one = view(page, "s1").badge
    below = one.mapFrom(page.sheet, QPoint(40, page.span("s3")[1] - 4))
    before = steps(page)
    for escape in (True, False):
        QTest.mousePress(one, Qt.MouseButton.LeftButton, pos=one.rect().center())
        QTest.mouseMove(one, one.rect().center() + QPoint(0, 30))
        QTest.mouseMove(one, below)
        assert page.sheet.line == page.span("s3")[1]
        if escape:
            QTest.keyClick(one, KEY.Key_Escape)
            assert page.sheet.line is None
        QTest.mouseRelease(one, Qt.MouseButton.LeftButton, pos=below)
        assert steps(page) == (before if escape else ["s2", "s3", "s1"])
    assert page.sheet.line is None


def test_several_paragraphs_pasted_into_an_empty_step_become_steps(
    page: Page, qtbot: QtBot
) -> None:
    page.go_to("s3")
    page.handlers["add_step"]()
    data = QMimeData()
    data.setText("1. Dig a hole.\n2. Put it in.")
    QGuiApplication.clipboard().setMimeData(data)
    key(page, KEY.Key_V, MOD.ControlModifier)
    qtbot.waitUntil(lambda: len(steps(page)) == 5)
    assert [step.title for step in page.tutorial.steps[3:]] == ["Dig a hole", "Put it in"]


def test_undo_shows_the_step_that_it_changed(page: Page) -> None:
    tutorial = replace(page.tutorial.steps[0], title="Other")
    page.go_to("s1", field="title", start=0, end=len("Pick a pot"))
    QTest.keyClicks(QApplication.focusWidget(), tutorial.title)
    page.go_to("s3")
    page.workplace.opened.undo()
    top = page.verticalScrollBar().value()
    assert page.span("s1")[0] >= top
    assert view(page, "s1").title.text != "Other"


def test_go_to_a_picture(page: Page) -> None:
    places: list[tuple[str, str]] = []
    page.current_changed.connect(lambda step, picture: places.append((step, picture)))
    page.go_to("s2", "p2")
    assert page.current == ("s2", "p2")
    assert ("s2", "p2") in places
    assert view(page, "s2").pictures["p2"].hasFocus()


def test_a_zoomed_page_is_wider_and_nothing_is_cut(page: Page, qtbot: QtBot) -> None:
    page.resize(1500, 600)
    wide = view(page, "s1").width()
    page.workplace.theme.use(zoom=1.5)
    assert view(page, "s1").width() > wide
    body = view(page, "s1").body
    assert body.document().size().height() <= body.height()


def test_pictures_stand_below_where_the_page_is_narrow(
    make_workplace: Callable[..., Workplace], qtbot: QtBot
) -> None:
    one = Step("a", "A", "Words.", pictures=(Picture("p"),))
    page = page_on_screen(make_workplace(Tutorial("t", steps=(one,))), qtbot)
    step = view(page, "a")
    assert step.pictures["p"].x() > step.body.geometry().right()
    page.resize(500, 600)
    assert step.pictures["p"].y() > step.body.geometry().bottom()


def test_a_read_only_tutorial_takes_no_words(workplace: Workplace, qtbot: QtBot) -> None:
    second = OpenTutorial(TutorialFile.open(workplace.opened.path))
    assert second.read_only
    page = page_on_screen(replace(workplace, opened=second), qtbot)
    for field in (view(page, "s1").title, view(page, "s1").body, page.head.title):
        before = field.text
        field.setFocus()
        qtbot.keyClicks(field, "x> tip: ")
        key(page, KEY.Key_Return)
        key(page, KEY.Key_Backspace)
        page.handlers["bold"]()
        assert field.text == before
    assert page.tutorial == workplace.opened.tutorial
    second.close()
