"""Runs with the fake engine: the queue, stop, faults, and what a crash leaves behind."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_engine
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editing.open_tutorial import OpenTutorial
from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.jobs import Changing, Continuing, Painting, Writing
from app.engine.runs import Ended, Runs
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Tutorial, new_id
from app.tutorial.reading import Run

FAKE = ("-P", str(Path(fake_engine.__file__).resolve()))
SOUP = Tutorial(
    "t",
    title="Soup",
    prompt="How do I cook soup?",
    steps=(
        Step("s1", "Chop", "Chop.", pictures=(Picture("p1", "A knife."),)),
        Step("s2", "Boil", "Boil.", pictures=(Picture("p2", "A pot."),)),
    ),
)


class Desk:
    """One tutorial, open, with the fake engine."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine = engine
        self.path = path
        self.ended: list[Ended] = []
        self.open()

    def open(self) -> None:
        self.opened = OpenTutorial(TutorialFile.open(self.path))
        self.runs = Runs(self.opened, self.engine)
        self.runs.job_ended.connect(self.ended.append)

    def close(self) -> None:
        self.opened.close()


@pytest.fixture
def engine(qapp: QApplication) -> Iterator[Engine]:
    engine = Engine(lambda: Client(sys.executable, FAKE))
    yield engine
    engine.close()


@pytest.fixture
def desk(engine: Engine, tmp_path: Path) -> Iterator[Callable[[Tutorial], Desk]]:
    made: list[Desk] = []

    def make(tutorial: Tutorial) -> Desk:
        path = tmp_path / "t.interstep"
        TutorialFile.create(path, tutorial).close()
        made.append(Desk(engine, path))
        return made[-1]

    yield make
    for one in made:
        one.close()


def prompted(prompt: str) -> Tutorial:
    return Tutorial("t", prompt=prompt)


def painting(step: str, picture: str, instruction: str = "", **fields: object) -> Painting:
    return Painting(7, step, picture, instruction=instruction, **fields)  # type: ignore[arg-type]


def test_a_prompt_becomes_steps_and_pictures_and_one_undo(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
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


def test_more_steps_come_behind_the_others(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(SOUP)
    one.runs.add(Continuing(3))
    qtbot.waitUntil(lambda: bool(one.ended))
    assert one.ended[0].state == "done"
    assert one.opened.tutorial.steps[:2] == SOUP.steps
    assert len(one.opened.tutorial.steps) > 2


def test_a_change_is_proposed_and_not_applied(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(SOUP)
    proposed: list[object] = []
    one.runs.step_proposed.connect(proposed.append)
    one.runs.add(Changing(3, "shorter"))
    qtbot.waitUntil(lambda: bool(one.ended))
    assert len(proposed) == 2
    assert one.opened.tutorial == SOUP
    assert not one.opened.can_undo


def test_jobs_wait_for_each_other_and_see_what_came_before(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(SOUP)
    one.runs.add(painting("s1", "p1"), painting("s2", "p2"))
    assert len(one.runs.waiting) == 1
    qtbot.waitUntil(lambda: len(one.ended) == 2)
    first, second = (step.pictures[0].chosen for step in one.opened.tutorial.steps)
    assert second is not None
    conditions = one.opened.infos[second].recipe["conditions"]
    assert conditions == [{"role": "previous", "sha256": first}]


def test_a_late_take_does_not_replace_what_the_author_chose(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(SOUP)
    one.runs.add(painting("s1", "p1"))
    qtbot.waitUntil(lambda: len(one.ended) == 1)
    own = one.opened.tutorial.steps[0].pictures[0].chosen
    one.runs.add(painting("s1", "p1", "slow paint", mode="new", neighbours=()))
    with qtbot.waitSignal(one.runs.picture_started):
        pass
    one.opened.edit(edits.choose_take(one.opened.tutorial, "s1", "p1", None))
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=10_000)
    picture = one.opened.tutorial.steps[0].pictures[0]
    assert picture.chosen is None
    assert own in picture.takes


def test_a_picture_for_a_deleted_step_goes_to_the_trash(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
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


def test_stop_keeps_what_is_finished_and_says_so(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
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


def test_a_crash_inside_a_picture_is_tried_once_more_and_the_queue_goes_on(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(SOUP)
    troubles: list[str] = []
    one.engine.troubled.connect(troubles.append)
    one.runs.add(painting("s1", "p1", "crash inside a picture"), painting("s2", "p2"))
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert [ended.state for ended in one.ended] == ["failed", "done"]
    assert one.ended[0].message
    assert len(troubles) == 2
    assert one.opened.tutorial.steps[1].pictures[0].chosen


def test_a_crash_while_writing_can_be_gone_on_with(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(prompted("crash"))
    one.runs.add(Writing(3, steps=7))
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert one.ended[0].state == "failed"
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert (interrupted.done, interrupted.total) == (0, 7)


def test_three_crashes_in_a_minute_and_nothing_starts_by_itself(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(SOUP)
    jobs = [painting("s1", "p1", "crash inside a picture") for _ in range(3)]
    one.runs.add(*jobs)
    qtbot.waitUntil(lambda: len(one.ended) == 3, timeout=20_000)
    assert one.engine.state == "broken"
    one.engine.start_again()
    one.runs.add(painting("s2", "p2"))
    qtbot.waitUntil(lambda: len(one.ended) == 4, timeout=20_000)
    assert one.ended[3].state == "done"


@pytest.mark.parametrize("script", ["garbage", "10 MB of stderr", "noise", "stranger"])
def test_what_is_no_event_does_no_harm(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot, script: str
) -> None:
    one = desk(prompted(script))
    one.runs.add(Writing(3))
    qtbot.waitUntil(lambda: bool(one.ended), timeout=20_000)
    assert one.ended[0].state == "done"
    assert len(one.opened.tutorial.steps) == 2


def test_out_of_memory_says_what_to_do(desk: Callable[[Tutorial], Desk], qtbot: QtBot) -> None:
    one = desk(prompted("out of memory"))
    one.runs.add(Writing(3))
    qtbot.waitUntil(lambda: bool(one.ended))
    assert one.ended[0].state == "failed"
    assert one.ended[0].message == "There is not enough memory. Close programs."


def test_after_a_crash_of_the_studio_nothing_starts_by_itself(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot, tmp_path: Path
) -> None:
    one = desk(SOUP)
    one.runs.add(painting("s1", "p1", "slow paint"), painting("s2", "p2"))
    qtbot.waitUntil(lambda: one.opened.saved and one.runs.current is not None)
    dead = tmp_path / "dead.interstep"
    dead.write_bytes(one.path.read_bytes())
    one.path = dead
    one.runs.stop()
    qtbot.waitUntil(lambda: bool(one.ended))
    one.opened.close()
    one.ended.clear()
    one.open()
    assert one.runs.current is None
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert interrupted.job == painting("s1", "p1", "slow paint")
    assert one.runs.waiting == (painting("s2", "p2"),)
    one.runs.resume()
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert [ended.state for ended in one.ended] == ["done", "done"]


def test_what_was_cut_off_can_be_left(desk: Callable[[Tutorial], Desk], qtbot: QtBot) -> None:
    one = desk(SOUP)
    run = Run({"job": "writing", "seed": 1, "steps": 7, "paint": True}, ("s1", "s2"))
    one.opened.save(SOUP, run=run)
    one.opened.close()
    one.open()
    interrupted = one.runs.interrupted
    assert interrupted is not None
    assert (interrupted.done, interrupted.total) == (2, 7)
    one.runs.leave()
    assert one.runs.interrupted is None
    one.opened.close()
    one.open()
    assert one.runs.interrupted is None


def test_a_new_picture_can_be_painted_for_a_step_without_one(
    desk: Callable[[Tutorial], Desk], qtbot: QtBot
) -> None:
    one = desk(Tutorial("t", steps=(Step("s1", "Chop", "Chop an onion."),)))
    one.runs.add(painting("s1", new_id()))
    qtbot.waitUntil(lambda: bool(one.ended))
    (picture,) = one.opened.tutorial.steps[0].pictures
    assert picture.chosen
