"""Runs when things go wrong: the engine crashes, hangs or talks nonsense, the studio dies."""

from collections.abc import Callable

import fake_engine
import pytest
from desk import LATE, SOUP, Desk, new_engine, painting, prompted, shorten
from pytestqt.qtbot import QtBot

from app.engine.engine import GRACE
from app.engine.jobs import Changing, Continuing, Painting, Writing, job_to_json
from app.tutorial.file import TutorialFile
from app.tutorial.model import Tutorial
from app.tutorial.reading import Run

Open = Callable[[Tutorial], Desk]

CRASH = "crash inside a picture"


def test_a_crash_inside_a_picture_is_tried_once_more_and_the_queue_goes_on(
    desk: Open, qtbot: QtBot
) -> None:
    one = desk(SOUP)
    troubles: list[str] = []
    one.engine.troubled.connect(troubles.append)
    one.runs.add(painting("s1", "p1", CRASH), painting("s2", "p2"))
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert one.states == ["failed", "done"]
    assert one.ended[0].message
    assert len(troubles) == 2
    assert one.opened.tutorial.steps[1].pictures[0].chosen
    assert one.runs.interrupted is None, "it was set aside, not cut off"


def test_a_crash_while_writing_can_be_gone_on_with(desk: Open, qtbot: QtBot) -> None:
    one = desk(prompted("crash"))
    one.runs.add(Writing(3, steps=7))
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert one.states == ["failed"]
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert (interrupted.done, interrupted.total) == (0, 7)


def test_a_crash_while_rewriting_leaves_nothing_to_go_on_with(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.runs.add(Changing(3, "crash"))
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert one.states == ["failed"]
    assert one.runs.interrupted is None


def test_three_crashes_in_a_minute_and_the_queue_waits_for_the_person(
    desk: Open, qtbot: QtBot
) -> None:
    one = desk(SOUP)
    last = painting("s2", "p2")
    one.runs.add(painting("s1", "p1", CRASH), painting("s1", "p1", CRASH), last)
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert one.engine.state == "broken"
    assert one.runs.waiting == (last,)
    assert one.runs.current is None
    one.engine.start_again()
    qtbot.waitUntil(lambda: len(one.ended) == 3, timeout=20_000)
    assert one.states == ["failed", "failed", "done"]


@pytest.mark.parametrize("script", ["garbage", "10 MB of stderr", "noise", "stranger"])
def test_what_is_no_event_does_no_harm(desk: Open, qtbot: QtBot, script: str) -> None:
    one = desk(prompted(script))
    one.runs.add(Writing(3))
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert one.states == ["done"]
    assert len(one.opened.tutorial.steps) == 2


def test_out_of_memory_says_what_to_do(desk: Open, qtbot: QtBot) -> None:
    one = desk(prompted("out of memory"))
    one.runs.add(Writing(3))
    qtbot.waitUntil(lambda: bool(one.ended))
    assert one.states == ["failed"]
    assert one.ended[0].message == "There is not enough memory. Close programs."
    assert one.runs.interrupted is None


def test_a_hanging_engine_is_killed_after_stop_and_the_next_job_has_a_new_one(
    desk: Open, qtbot: QtBot
) -> None:
    one = desk(SOUP)
    shorten(one.engine, GRACE, 50)
    with qtbot.waitSignal(one.runs.progressed, timeout=20_000):
        one.runs.add(painting("s1", "p1", "hang"))
    hanging = one.engine.pid
    one.runs.stop()
    qtbot.waitUntil(lambda: bool(one.ended))
    assert one.states == ["stopped"]
    one.runs.add(painting("s2", "p2"))
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert one.states == ["stopped", "done"]
    assert one.engine.pid != hanging


def test_an_engine_that_starts_slowly_is_waited_for(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.engine = new_engine(LATE)
    one.opened.close()
    one.open()
    one.runs.add(painting("s1", "p1"))
    qtbot.waitUntil(lambda: one.engine.state == "starting")
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert one.states == ["done"]
    one.engine.close()


def test_stop_while_the_engine_starts_is_at_once(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.engine = new_engine("60")
    one.opened.close()
    one.open()
    one.runs.add(painting("s1", "p1"))
    qtbot.waitUntil(lambda: one.engine.state == "starting")
    one.runs.stop()
    assert one.states == ["stopped"]
    one.engine.close()


# ---------------------------------------------------------------- the studio dies, or leaves


def test_nothing_starts_by_itself_and_what_was_cut_off_can_be_gone_on_with(
    desk: Open, qtbot: QtBot
) -> None:
    one = desk(SOUP)
    slow = painting("s1", "p1", "slow paint")
    one.runs.add(slow, painting("s2", "p2"))
    with qtbot.waitSignal(one.runs.picture_started, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: one.opened.saved)
    one.leave_as_a_crash_would()
    assert (one.runs.current, one.runs.waiting) == (None, ())
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert interrupted.job == slow
    one.runs.resume()
    assert one.runs.waiting == (painting("s2", "p2"),)
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert one.states == ["done", "done"]
    assert one.runs.interrupted is None
    assert one.opened.queue == ()


def test_what_is_asked_first_after_a_crash_is_done_alone(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    slow, held = painting("s1", "p1", "slow paint"), painting("s2", "p2")
    one.runs.add(slow, held)
    with qtbot.waitSignal(one.runs.picture_started, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: one.opened.saved)
    one.leave_as_a_crash_would()
    now = Painting(8, "s2", "p2")
    one.runs.add(now)
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert [ended.job for ended in one.ended] == [now]
    assert one.runs.interrupted is not None, "what was cut off is still offered"
    one.runs.resume()
    qtbot.waitUntil(lambda: len(one.ended) == 3, timeout=20_000)
    assert [ended.job for ended in one.ended] == [now, slow, held]


@pytest.mark.parametrize("asked", [None, fake_engine.LONG_STEPS])
def test_a_run_of_many_steps_goes_on_where_it_was_cut_off(
    desk: Open, qtbot: QtBot, asked: int | None
) -> None:
    total = fake_engine.LONG_STEPS  # as many as asked, or as the writer planned
    one = desk(prompted("long"))
    one.runs.add(Writing(3, steps=asked))
    with qtbot.waitSignal(
        one.runs.picture_started, timeout=20_000, check_params_cb=lambda step, _: step == "s2"
    ):
        pass
    qtbot.waitUntil(lambda: one.opened.saved)
    one.leave_as_a_crash_would()
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert (interrupted.finished, interrupted.total) == (("s1", "s2"), total)
    one.runs.resume()
    assert isinstance(one.runs.current, Painting)
    assert (one.runs.current.step, one.runs.current.picture) == ("s2", "p2")
    assert one.runs.waiting == (Continuing(3, steps=total - 2),)
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=30_000)
    assert len(one.opened.tutorial.steps) == total
    assert all(step.pictures[0].chosen for step in one.opened.tutorial.steps)


def test_what_waited_is_offered_also_where_nothing_was_under_way(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    waited = job_to_json(painting("s1", "p1"))
    one.opened.save(SOUP, queue=({"job": "dancing", "seed": 1}, {"job": "painting"}, waited))
    one.close()
    one.open()
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert interrupted.job == painting("s1", "p1"), "the others are no jobs of this version"
    one.runs.resume()
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert [ended.job for ended in one.ended] == [interrupted.job]
    assert one.opened.queue == ()


def test_what_was_cut_off_can_be_left(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    run = Run({"job": "writing", "seed": 1, "steps": 7, "paint": True}, ("s1", "s2"))
    one.opened.save(SOUP, run=run)
    one.close()
    one.open()
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert (interrupted.done, interrupted.total) == (2, 7)
    one.runs.leave()
    assert one.runs.interrupted is None
    one.close()
    one.open()
    assert one.runs.interrupted is None


def test_a_run_of_the_command_line_is_not_offered(desk: Open) -> None:
    one = desk(SOUP)
    one.opened.save(SOUP, run=Run({"id": "r", "pack": "", "prompt": "How?"}, ("s1",)))
    one.close()
    one.open()
    assert one.runs.interrupted is None


def test_leaving_a_tutorial_ends_its_work_and_keeps_it_to_go_on_with(
    desk: Open, qtbot: QtBot
) -> None:
    one = desk(SOUP)
    left = one.ended
    one.runs.add(painting("s1", "p1", "slow paint"), painting("s2", "p2"))
    with qtbot.waitSignal(one.runs.picture_started, timeout=20_000):
        pass
    one.close()
    one.ended = []
    qtbot.waitUntil(lambda: one.engine.state == "ready", timeout=20_000)
    assert left == [], "nobody hears of a tutorial that is closed"
    with TutorialFile.open(one.path) as file:
        assert file.tutorial == SOUP
        assert len(file.queue) == 1
    one.open()
    assert one.runs.interrupted is not None


def test_what_goes_on_counts_its_own_steps(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.runs.add(Continuing(3, "long"))
    with qtbot.waitSignal(one.runs.step_finished, timeout=20_000):
        pass
    qtbot.waitUntil(lambda: one.opened.saved)
    one.leave_as_a_crash_would()
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert (interrupted.done, interrupted.total) == (1, 2)
