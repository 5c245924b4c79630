"""An author types, moves and deletes at random while a run writes and paints: all stays theirs.

Each field shows the tutorial's string, and the engine moves no caret, no selection and no scroll.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import fake_engine
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_on_screen import page_on_screen
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engine.jobs import Continuing
from app.tutorial import edits
from app.tutorial.model import Callout, Picture, Step, Take, Tutorial, step_by_id
from app.window.body_field import BodyField
from app.window.page import Page
from app.window.text_field import TextField
from app.window.workplace import Workplace
from inference.protocol import image

KEY, MOD = Qt.Key, Qt.KeyboardModifier
NASTY = (
    "",
    " leading and trailing \u00a0\u00a0 ",
    "one\u2028two\u2028\u2028three",
    "\n\n\nlines\n\n\n\n",
    "tab\tstop\t\n\t- item\n\t\t- deeper",
    "cactus \U0001f335\U0001f469\u200d\U0001f33e and e\u0301 and \U00020000",
    "\u05d6\u05e8\u05e2 \u0627\u0644\u0635\u0628\u0627\u0631 \u200fmixed\u200e 123",
    "word" * 600,
    "long words " * 150,
    "**bold *both** closed* `code **not** bold` ***",
    "**never closed\n\n`nor this\n[nor](this\n![or that",
    "```\n**in a fence**\n# no heading\n```\n~~~\nopen",
    "> > quote\n> - in it\n1. one\n1) two\n+ three\n---\n***",
    "<b>html</b> &amp; <script>x</script> \\* \\\\ a_b_c",
    "zero\u200bwidth \u00ad soft \ufffc object \x00 null \x0b\x0c",
)
OTHERWISE_HELD = "\r\u2029\ufdd0\ufdd1\ufeff\ufffe"  # ends of lines, byte order marks
STREAMED = 5  # steps that the run writes
AT_END = 2**31 - 1
MOST = 3000  # actions during one run


def nasty_steps(count: int) -> Iterator[Step]:
    for n in range(count):
        body = NASTY[n % len(NASTY)]
        callouts = (Callout("tip", "Wrap \U0001f335 it. "),) if n % 7 == 3 else ()
        pictures = (Picture(f"p{n}", "A pot."),) if n % 5 == 4 else ()
        yield Step(f"s{n}", f" Step {n}\u00a0", body, callouts, pictures, draft=n % 4 == 0)


@pytest.fixture
def page(make_workplace: Callable[..., Workplace], qtbot: QtBot) -> Page:
    steps = tuple(nasty_steps(30))
    nasty = Tutorial("t", "T \U0001f335", prompt="x", steps=steps)
    return page_on_screen(make_workplace(nasty), qtbot, 500)


def focused() -> TextField | None:
    widget = QApplication.focusWidget()
    return widget if isinstance(widget, TextField) else None


def look(page: Page) -> None:
    """See whether each field shows the tutorial's string."""
    tutorial = page.tutorial
    assert page.views.keys() <= {step.id for step in tutorial.steps}
    assert (page.head.title.text, page.head.summary.text) == (tutorial.title, tutorial.summary)
    for number, step in enumerate(tutorial.steps, 1):
        view = page.views.get(step.id)
        if view is not None:
            texts = [field.text for field in (view.title, view.body)]
            assert texts == [step.title, step.body]
            told = [(one.callout.kind, one.field.text) for one in view.callouts]
            assert told == [(callout.kind, callout.text) for callout in step.callouts]
            assert view.number == number


def stand(page: Page) -> tuple[Any, ...]:
    """Return where the author is: the field and its place in sight, caret and selection."""
    field = focused()
    if field is None:
        return (QApplication.focusWidget(), page.verticalScrollBar().value())
    place = field.mapTo(page.viewport(), QPoint())
    caret = field.textCursor()
    scrolled = field.verticalScrollBar().value()
    return (field, place.toTuple(), caret.anchor(), caret.position(), scrolled)


class Author:
    """Does something at random."""

    def __init__(self, page: Page, seed: int) -> None:
        self._page = page
        self._random = random.Random(seed)

    def act(self) -> None:
        acts = (self._go, self._click, *[self._type] * 4, *[self._press] * 4, self._do, self._undo)
        self._random.choice(acts)()

    def _go(self) -> None:
        step = self._random.choice(self._page.tutorial.steps)
        field = self._random.choice(("title", "body"))
        places = sorted(self._random.randint(0, len(getattr(step, field))) for _ in range(2))
        self._page.go_to(step.id, field=field, start=places[0], end=places[1])

    def _click(self) -> None:
        step = self._random.choice(self._page.tutorial.steps)
        self._page.show_step(step.id)
        view = self._page.views[step.id]
        field = self._random.choice(list(view.fields))
        at = QPoint(self._random.randint(0, 300), self._random.randint(0, field.height() - 1))
        QTest.mouseClick(field.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def _type(self) -> None:
        words = ("x", "pot ", "**b", "- ", "`", "1. ", "(", "> tip: ")
        if (field := focused()) is not None:
            QTest.keyClicks(field, self._random.choice(words))

    def _press(self) -> None:
        keys = (KEY.Key_Backspace, KEY.Key_Delete, KEY.Key_Return, KEY.Key_Home, KEY.Key_End)
        arrows = (KEY.Key_Left, KEY.Key_Right, KEY.Key_Up, KEY.Key_Down)
        modifiers = (MOD.NoModifier, MOD.NoModifier, MOD.ShiftModifier, MOD.ControlModifier)
        if (field := focused()) is not None:
            key = self._random.choice((*keys, *arrows))
            QTest.keyClick(field, key, self._random.choice(modifiers))

    def _do(self) -> None:
        names = (
            *("step_up", "step_down", "duplicate", "split", "merge", "delete_step", "checked"),
            *("tip", "warning", "bold", "code", "link", "bullets", "numbers", "add_step"),
        )
        if self._page.tutorial.steps:
            self._page.handlers[self._random.choice(names)]()

    def _undo(self) -> None:
        opened = self._page.workplace.opened
        self._random.choice((opened.undo, opened.undo, opened.redo))()


@pytest.mark.parametrize("seed", range(4))
def test_fields_and_carets_are_the_authors_while_a_run_writes(
    page: Page, qtbot: QtBot, seed: int
) -> None:
    runs, author = page.workplace.runs, Author(page, seed)
    ended: list[object] = []
    runs.job_ended.connect(ended.append)
    came: list[str] = []
    runs.step_finished.connect(came.append)
    runs.add(Continuing(seed, "long", STREAMED))
    acted = 0
    while not ended:
        assert acted < MOST, "the run doesn't end"
        author.act()
        acted += 1
        look(page)
        page.place()  # what the author did has its place; from here on only the engine acts
        before = stand(page)
        qtbot.wait(10)
        assert stand(page) == before, f"action {acted}"
        look(page)
    assert len(came) == STREAMED
    assert acted > 20
    while page.workplace.opened.can_undo:
        page.workplace.opened.undo()
        look(page)
    qtbot.waitUntil(lambda: page.workplace.opened.saved)


def test_typed_words_outlive_the_run_and_its_undo(page: Page, qtbot: QtBot) -> None:
    """Words typed in every step, also in those that the run has just written."""
    runs, opened = page.workplace.runs, page.workplace.opened
    ended: list[object] = []
    runs.job_ended.connect(ended.append)
    typed: dict[str, str] = {}

    def type_at_end(step_id: str) -> None:
        page.go_to(step_id, field="title", start=AT_END)
        field = focused()
        assert field is not None
        QTest.keyClicks(field, f" word{len(typed)}.")
        typed[step_id] = field.text

    new: list[str] = []
    runs.step_finished.connect(new.append)
    runs.step_finished.connect(lambda step: type_at_end(step) if len(new) % 2 else None)
    runs.add(Continuing(1, "long", STREAMED))
    for number in range(30):
        type_at_end(f"s{number}")
        qtbot.wait(5)
    qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
    opened.undo()
    kept = {step.id for step in page.tutorial.steps}
    assert [step in kept for step in new] == [True, False, True, False, True]
    for step_id, title in typed.items():
        step = step_by_id(page.tutorial, step_id)
        assert step is not None
        assert step.title == title
    look(page)


def test_a_step_that_is_opened_and_left_keeps_its_bytes(page: Page, qtbot: QtBot) -> None:
    opened = page.workplace.opened
    before, stored = page.tutorial, opened.path.read_bytes()
    for step in before.steps:
        page.show_step(step.id)
        for field in page.views[step.id].fields:
            middle = field.viewport().rect().center()
            QTest.mouseClick(field.viewport(), Qt.MouseButton.LeftButton, pos=middle)
            assert field.hasFocus()
            for key in (KEY.Key_Home, KEY.Key_End, KEY.Key_Left, KEY.Key_Right):
                QTest.keyClick(field, key)
            QTest.keyClick(field, KEY.Key_A, MOD.ControlModifier)
            QTest.keyClick(field, KEY.Key_C, MOD.ControlModifier)
            QTest.mouseDClick(field.viewport(), Qt.MouseButton.LeftButton, pos=middle)
            look(page)
    page.resize(500, 400)
    page.workplace.theme.restyled.emit()
    qtbot.wait(20)
    look(page)
    assert page.tutorial is before
    assert not opened.can_undo
    assert opened.saved
    assert opened.path.read_bytes() == stored


TEXTS = st.lists(
    st.sampled_from(NASTY) | st.text(st.characters(exclude_characters=OTHERWISE_HELD)), max_size=3
).map("".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=TEXTS, after=TEXTS)
def test_any_text_is_shown_and_left_as_it_is(
    page: Page, qtbot: QtBot, before: str, after: str
) -> None:
    field = BodyField(page.workplace.theme, "How", page)
    told: list[str] = []
    field.text_edited.connect(told.append)
    for text in (before, after):
        field.show_text(text)
        field.setFocus()
        field.select(0, len(text) // 2)
        field.clearFocus()
        assert field.text == text
    field.deleteLater()
    assert told == []


@pytest.mark.parametrize(
    "odd", ["\ufffeabc", "\ufeffabc", "a\ud800bc", "abc\ud83c", "\ufeff\ufeffabc"]
)
def test_what_qt_cannot_hold_costs_no_letter(page: Page, odd: str) -> None:
    field = BodyField(page.workplace.theme, "How", page)
    told: list[str] = []
    field.text_edited.connect(told.append)
    for _ in range(3):
        field.show_text(odd)
        assert field.text == "abc"
    assert told == []
    field.select(3, 3)
    QTest.keyClicks(field, "d")
    assert told == ["abcd"]


# ---------------------------------------------------------------- found by the random author


def test_a_merge_with_a_picture_is_undone_on_the_page(page: Page) -> None:
    """The text changes before the picture has its widget."""
    page.go_to("s4", field="body")
    assert page.tutorial.steps[4].pictures
    page.handlers["merge"]()
    look(page)
    assert page.views["s3"].pictures.keys() == {"p4"}
    page.workplace.opened.undo()
    look(page)
    assert page.views["s4"].pictures.keys() == {"p4"}


def test_a_picture_that_grows_at_the_top_moves_nothing_below(page: Page, qtbot: QtBot) -> None:
    page.go_to("s5", field="title", start=1, end=3)
    page.verticalScrollBar().setValue(page.span("s4")[0] + 20)
    page.place()
    before, height = stand(page), page.views["s4"].height()
    side = fake_engine.SIDE
    shown = image(fake_engine.png(1), side, side)
    take = Take(shown.sha256, "image/png", side, side, shown.data(), {}, {})
    opened = page.workplace.opened
    made = edits.offer_take(opened.tutorial, "s4", "p4", take.sha256, instead_of=None)
    opened.save(made[0], takes=[take])
    qtbot.waitUntil(lambda: page.views["s4"].height() > height)
    assert stand(page) == before
