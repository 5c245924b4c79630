"""Runs of a tutorial that begins with photos: a look, a wait for the author, the writing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fake_engine
import pytest
from desk import Desk, prompted
from pytestqt.qtbot import QtBot

from app.engine.engine import Engine
from app.engine.jobs import Continuing, Job, Writing
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.photos import photo

PHOTO = photo(fake_engine.png(5, "photo"), "a photo")
LOOK = Writing(3, 2, seeing=True)
REST = Writing(3, 2)
Begin = Callable[..., Desk]


@pytest.fixture
def begin(engine: Engine, tmp_path: Path, qtbot: QtBot) -> Begin:
    """Return a function that opens a tutorial of one photo and runs jobs until all wait."""

    def begin(prompt: str, *jobs: Job) -> Desk:
        path = tmp_path / "t.interstep"
        tutorial = replace(prompted(prompt), given=(PHOTO.sha256,))
        TutorialFile.create(path, tutorial, [PHOTO]).close()
        one = Desk(engine, path)
        one.runs.add(*jobs)
        qtbot.waitUntil(lambda: one.runs.current is None and one.opened.saved, timeout=20_000)
        return one

    return begin


def test_the_writing_waits_for_the_author_and_takes_what_they_left(
    begin: Begin, qtbot: QtBot
) -> None:
    one = begin("What is this?", LOOK)
    assert one.runs.confirming
    assert one.runs.interrupted is not None
    assert (one.runs.interrupted.job, one.runs.waiting) == (REST, ())
    assert one.opened.tutorial.materials == ("a bowl", "a frog")
    one.opened.edit(edits.set_field(one.opened.tutorial, "materials", ("soup",)))
    one.runs.resume()
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert one.states == ["done", "done"]
    assert (one.opened.tutorial.materials, one.opened.tutorial.summary) == (("soup",), "With soup.")
    assert len(one.opened.tutorial.steps) == 2
    assert one.runs.interrupted is None
    one.close()


def test_jobs_behind_the_look_wait_too_and_keep_their_order(begin: Begin, qtbot: QtBot) -> None:
    one = begin("What is this?", LOOK, Continuing(4, "how to serve it"))
    assert one.runs.waiting == ()
    one.runs.resume()
    qtbot.waitUntil(lambda: len(one.ended) == 3, timeout=20_000)
    assert [ended.job for ended in one.ended] == [LOOK, REST, Continuing(4, "how to serve it")]
    one.close()


def test_killed_while_it_waits_the_file_has_photos_lines_and_the_rest(
    begin: Begin, qtbot: QtBot
) -> None:
    one = begin("What is this?", LOOK, Continuing(4))
    one.leave_as_a_crash_would()
    assert one.runs.confirming
    assert one.opened.tutorial.materials == ("a bowl", "a frog")
    assert list(one.opened.infos) == [PHOTO.sha256]
    one.runs.resume()
    qtbot.waitUntil(lambda: len(one.ended) == 2, timeout=20_000)
    assert [ended.job for ended in one.ended] == [REST, Continuing(4)]
    assert one.runs.interrupted is None
    one.close()


def test_what_is_left_is_not_asked_again(begin: Begin) -> None:
    one = begin("What is this?", LOOK)
    one.runs.leave()
    assert not one.runs.confirming
    one.close()
    one.open()
    assert one.runs.interrupted is None
    assert one.opened.tutorial.materials == ("a bowl", "a frog")
    one.close()


def test_a_crash_of_the_look_offers_to_look_again(begin: Begin) -> None:
    one = begin("crash", LOOK)
    assert one.states == ["failed"]
    assert one.runs.interrupted is not None
    assert one.runs.interrupted.job == LOOK
    assert not one.runs.confirming
    one.close()


def test_without_anything_seen_it_goes_on(begin: Begin) -> None:
    one = begin("blind", LOOK)
    assert [ended.job for ended in one.ended] == [LOOK, REST]
    assert one.opened.tutorial.materials == ("a bowl", "a spoon"), "the writer's own list"
    assert one.runs.interrupted is None
    one.close()
