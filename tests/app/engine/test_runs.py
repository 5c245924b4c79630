"""Runs with the fake engine: the queue, what comes of each job, stop."""

from collections.abc import Callable

from desk import SOUP, Desk, painting, prompted
from pytestqt.qtbot import QtBot

from app.engine.jobs import Changing, Continuing, Writing
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Step, Tutorial, new_id

Open = Callable[[Tutorial], Desk]


def test_a_prompt_becomes_steps_and_pictures_and_one_undo(desk: Open, qtbot: QtBot) -> None:
    one = desk(prompted("anything"))
    streamed: list[object] = []
    one.runs.text_streamed.connect(streamed.append)
    one.runs.add(Writing(3))
    qtbot.waitUntil(lambda: bool(one.ended))
    assert [ended.state for ended in one.ended] == ["done"]
    steps = one.opened.tutorial.steps
    assert [step.title for step in steps] == ["Step 1", "Step 2"]
    assert all(step.pictures[0].chosen for step in steps)
    assert streamed
    qtbot.waitUntil(lambda: one.opened.saved)
    with TutorialFile.open(one.path) as file:
        assert file.tutorial == one.opened.tutorial
        assert file.run is not None
        assert file.run.state == "done"
        assert file.snapshots()
    one.opened.undo()
    assert one.opened.tutorial == prompted("anything")
    assert len(one.opened.infos) == 2


def test_more_steps_come_behind_the_others(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.runs.add(Continuing(3))
    qtbot.waitUntil(lambda: bool(one.ended))
    assert one.ended[0].state == "done"
    assert one.opened.tutorial.steps[:2] == SOUP.steps
    assert len(one.opened.tutorial.steps) > 2


def test_a_change_is_proposed_and_not_applied(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    proposed: list[object] = []
    one.runs.step_proposed.connect(proposed.append)
    one.runs.add(Changing(3, "shorter"))
    qtbot.waitUntil(lambda: bool(one.ended))
    assert len(proposed) == 2
    assert one.opened.tutorial == SOUP
    assert not one.opened.can_undo


def test_jobs_wait_for_each_other_and_see_what_came_before(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.runs.add(painting("s1", "p1"), painting("s2", "p2"))
    assert len(one.runs.waiting) == 1
    qtbot.waitUntil(lambda: len(one.ended) == 2)
    first, second = (step.pictures[0].chosen for step in one.opened.tutorial.steps)
    assert second is not None
    conditions = one.opened.infos[second].recipe["conditions"]
    assert conditions == [{"role": "previous", "sha256": first}]


def test_a_late_take_does_not_replace_what_the_author_chose(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.runs.add(painting("s1", "p1"))
    qtbot.waitUntil(lambda: len(one.ended) == 1)
    own = one.opened.tutorial.steps[0].pictures[0].chosen
    one.runs.add(painting("s1", "p1", "slow paint"))
    with qtbot.waitSignal(one.runs.picture_started):
        pass
    one.opened.edit(edits.choose_take(one.opened.tutorial, "s1", "p1", None))
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=10_000)
    picture = one.opened.tutorial.steps[0].pictures[0]
    assert picture.chosen is None
    assert own in picture.takes


def test_a_picture_for_a_deleted_step_goes_to_the_trash(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    one.runs.add(painting("s1", "p1", "slow paint"))
    with qtbot.waitSignal(one.runs.picture_started):
        pass
    one.opened.edit(edits.delete_step(one.opened.tutorial, "s1"))
    qtbot.waitUntil(lambda: bool(one.ended), timeout=10_000)
    qtbot.waitUntil(lambda: one.opened.saved)
    with TutorialFile.open(one.path) as file:
        assert len(file.trash()) == 1
        assert len(file.tutorial.steps) == 1


def test_stop_keeps_what_is_finished_and_says_so(desk: Open, qtbot: QtBot) -> None:
    one = desk(prompted("long"))
    one.runs.add(Writing(3), Continuing(4))
    with qtbot.waitSignal(one.runs.picture_finished, timeout=10_000):
        pass
    one.runs.stop()
    qtbot.waitUntil(lambda: bool(one.ended))
    assert one.ended[0].state == "stopped"
    assert "1 picture" in one.ended[0].message
    assert one.opened.tutorial.steps
    assert one.runs.waiting == ()
    assert one.opened.queue == ()
    assert one.runs.interrupted is None


def test_a_new_picture_can_be_painted_for_a_step_without_one(desk: Open, qtbot: QtBot) -> None:
    one = desk(Tutorial("t", steps=(Step("s1", "Chop", "Chop an onion."),)))
    one.runs.add(painting("s1", new_id()))
    qtbot.waitUntil(lambda: bool(one.ended))
    (picture,) = one.opened.tutorial.steps[0].pictures
    assert picture.chosen


def test_what_a_job_took_is_measured_for_the_next_estimate(desk: Open, qtbot: QtBot) -> None:
    one = desk(prompted("anything"))
    job = Writing(3, steps=3)
    assert not one.runs.estimate(job).measured
    assert one.runs.estimate(job).pictures == 2
    one.runs.add(job)
    qtbot.waitUntil(lambda: bool(one.ended))
    assert one.runs.estimate(job).measured
    assert one.runs.estimate(Changing(3, "shorter", "s1"), painting("s1", "p1")).pictures == 1
    assert {name: len(kept) for name, kept in one.memory.items()} == {
        "seconds/best": 3,
        "seconds/picture": 3,
    }


def test_a_job_that_waits_can_be_taken_out(desk: Open, qtbot: QtBot) -> None:
    one = desk(SOUP)
    first, second, third = (painting("s1", "p1"), painting("s2", "p2"), painting("s1", "p1"))
    one.runs.add(first, second, third)
    one.runs.drop(second)
    qtbot.waitUntil(lambda: len(one.ended) == 2)
    assert [ended.job for ended in one.ended] == [first, third]
