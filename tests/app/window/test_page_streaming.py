"""A run writes while the author edits: the text comes at the end and moves nothing of theirs."""

from collections.abc import Callable

from page_on_screen import page_on_screen
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engine.jobs import Continuing, Writing
from app.tutorial.model import Step, Tutorial
from app.window.page import Page
from app.window.streaming_view import StreamingView
from app.window.text_field import TextField
from app.window.workplace import Workplace
from inference.protocol import StepStarted, TextDelta


def streaming(page: Page) -> list[StreamingView]:
    return [view for view in page.sheet.findChildren(StreamingView) if view.isVisible()]


def run(page: Page, job: Continuing | Writing, qtbot: QtBot) -> None:
    runs = page.workplace.runs
    with qtbot.waitSignal(runs.job_ended, timeout=20_000):
        runs.add(job)


def test_text_streams_and_becomes_steps(workplace: Workplace, qtbot: QtBot) -> None:
    page = page_on_screen(workplace, qtbot, 400)
    seen: list[str] = []
    workplace.runs.text_streamed.connect(
        lambda _event: seen.extend(view.body.text for view in streaming(page))
    )
    run(page, Continuing(3, "long", 2, paint=False), qtbot)
    assert any(text.startswith("Do part 1") and text.count("Do") < 4 for text in seen)
    assert streaming(page) == []
    assert len(page.tutorial.steps) == 5
    last = page.tutorial.steps[-1]
    view = page.view_of(last.id)
    assert view is not None
    assert view.body.text == last.body
    assert view.accessibleName() == "Step 5 of 5"


def test_caret_selection_and_scroll_stay_while_it_writes(
    make_workplace: Callable[..., Workplace], qtbot: QtBot
) -> None:
    steps = tuple(Step(f"s{n}", f"Step {n}", "Some words to read.\n\nMore.") for n in range(12))
    page = page_on_screen(make_workplace(Tutorial("t", "T", prompt="x", steps=steps)), qtbot, 400)
    page.go_to("s5", field="body", start=5, end=10)
    field = QApplication.focusWidget()
    assert isinstance(field, TextField)
    places: set[tuple[int, int, int, int]] = set()

    def look(_event: object) -> None:
        at = field.mapTo(page.viewport(), field.rect().topLeft()).y()
        caret = field.textCursor()
        scrolled = page.verticalScrollBar().value()
        places.add((at, scrolled, caret.anchor(), caret.position()))

    look(None)
    page.workplace.runs.text_streamed.connect(look)
    run(page, Continuing(3, "long", 3, paint=False), qtbot)
    look(None)
    assert len(page.tutorial.steps) == 15
    assert field.hasFocus()
    assert len(places) == 1


def test_the_author_types_while_it_writes(workplace: Workplace, qtbot: QtBot) -> None:
    page = page_on_screen(workplace, qtbot, 400)
    page.go_to("s1", field="body", start=0)
    field = QApplication.focusWidget()
    workplace.runs.text_streamed.connect(lambda _event: qtbot.keyClicks(field, "x"))
    run(page, Continuing(3, "long", 1, paint=False), qtbot)
    typed = page.tutorial.steps[0].body
    assert typed.startswith("xxxx")
    assert typed.endswith("Choose a **clay pot** two fingers wider than the old one.")
    assert len(page.tutorial.steps) == 4


def test_it_scrolls_along_only_for_an_author_at_the_end(
    make_workplace: Callable[..., Workplace], qtbot: QtBot
) -> None:
    steps = tuple(Step(f"s{n}", f"Step {n}", "Words.") for n in range(8))
    page = page_on_screen(make_workplace(Tutorial("t", "T", steps=steps)), qtbot, 400)
    focused = QApplication.focusWidget()
    if focused is not None:
        focused.clearFocus()
    bar = page.verticalScrollBar()
    short = bar.maximum()
    bar.setValue(short)
    streamed = page.workplace.runs.text_streamed
    streamed.emit(StepStarted("r", "new"))
    streamed.emit(TextDelta("r", "new", "body", 0, "Many words.\n\n" * 20))
    qtbot.waitUntil(lambda: bar.value() == bar.maximum() > short)
    longer = bar.maximum()
    qtbot.wait(20)
    bar.setValue(longer // 2)
    streamed.emit(TextDelta("r", "new", "body", 0, "Many words.\n\n" * 40))
    qtbot.waitUntil(lambda: bar.maximum() > longer)
    assert bar.value() == longer // 2


def test_what_stops_leaves_nothing_half_written(workplace: Workplace, qtbot: QtBot) -> None:
    page = page_on_screen(workplace, qtbot, 400)
    runs = workplace.runs
    with qtbot.waitSignal(runs.job_ended, timeout=20_000):
        runs.text_streamed.connect(lambda _event: runs.stop())
        runs.add(Continuing(3, "long", 2, paint=False))
    assert streaming(page) == []
    assert len(page.tutorial.steps) == 3


def test_the_head_streams_where_it_is_empty(
    make_workplace: Callable[..., Workplace], qtbot: QtBot
) -> None:
    page = page_on_screen(make_workplace(Tutorial("t", summary="Mine", prompt="x")), qtbot, 400)
    page.head.needs.setFocus()
    streamed = page.workplace.runs.text_streamed
    streamed.emit(TextDelta("r", "", "title", 0, "A tut"))
    streamed.emit(TextDelta("r", "", "title", 5, "orial"))
    streamed.emit(TextDelta("r", "", "summary", 0, "Theirs"))
    assert (page.head.title.text, page.head.summary.text) == ("A tutorial", "Mine")
    assert page.tutorial.title == ""
    page.head.title.setFocus()
    streamed.emit(TextDelta("r", "", "title", 0, "Other"))
    assert page.head.title.text == "A tutorial"


def test_one_undo_reverts_what_a_run_wrote(workplace: Workplace, qtbot: QtBot) -> None:
    page = page_on_screen(workplace, qtbot, 400)
    before = page.tutorial
    run(page, Continuing(3, "", 2), qtbot)
    qtbot.waitUntil(lambda: len(page.views) == 5)
    assert any(step.pictures for step in page.tutorial.steps[3:])
    workplace.opened.undo()
    assert page.tutorial == before
    assert set(page.views) == {"s1", "s2", "s3"}
