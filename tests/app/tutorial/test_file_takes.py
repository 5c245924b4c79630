"""Damaged takes, the queue, and files that another program touches."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Take, Tutorial
from app.tutorial.reading import Run


def take(data: bytes) -> Take:
    sha256 = hashlib.sha256(data).hexdigest()
    return Take(sha256, "image/png", 4, 3, data, {"seed": 1}, {"scene": [data.hex()]}, "painted")


ONE, TWO, THREE = take(b"one"), take(b"two"), take(b"three")
SHOWN = Picture("p", takes=(ONE.sha256, TWO.sha256), chosen=ONE.sha256, starred=(ONE.sha256,))
TUTORIAL = Tutorial("t", title="Tea", steps=(Step("a", "Pour", pictures=(SHOWN,)), Step("b")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tea.interstep"
    TutorialFile.create(path, TUTORIAL, (ONE, TWO, THREE)).close()
    return path


def by_another_program(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def spoil(path: Path, spoiled: Take) -> None:
    by_another_program(path, f"update takes set data = x'00' where sha256 = '{spoiled.sha256}'")


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(TutorialError) as caught:
        call()
    return str(caught.value)


def test_takes_are_told_without_their_bytes(path: Path) -> None:
    with TutorialFile.open(path) as file:
        infos = file.infos()
        assert list(infos) == [ONE.sha256, TWO.sha256, THREE.sha256]
        assert infos[TWO.sha256].recipe == TWO.recipe
        assert infos[TWO.sha256].size == 3
        assert file.takes() == tuple(infos.values())
        four = take(b"four")
        file.save(TUTORIAL, [four])
        added = file.infos()[four.sha256]
    with TutorialFile.open(path) as file:
        assert file.infos() == infos | {four.sha256: added}
        assert [info.sha256 for info in file.trash()] == [THREE.sha256, four.sha256]
        assert file.check_takes() == ()


def test_damaged_bytes_are_found_named_and_set_aside(path: Path) -> None:
    spoil(path, ONE)
    before = path.read_bytes()
    with TutorialFile.open(path) as file:
        assert file.problems == ()  # nobody has looked at the bytes yet
        assert file.check_takes([TWO.sha256]) == ()
        assert file.check_takes() == (ONE.sha256,)
        assert "damaged" in refusal(lambda: file.take(ONE.sha256))
        assert file.whole_takes() == {TWO.sha256: TWO}
        assert ONE.sha256 not in file.infos()
        assert path.read_bytes() == before
        file.save(replace(TUTORIAL, title="Coffee"))  # it may still name the lost take
    with TutorialFile.open(path) as file:
        assert file.problems == (
            "A picture of step 1 “Pour” is missing or damaged and was left out.",
        )
        (picture,) = file.tutorial.steps[0].pictures
        assert (picture.takes, picture.chosen, picture.starred) == ((TWO.sha256,), None, ())
        query = "select reason from quarantine where place = 'takes' and field = 'data'"
        assert file._db.execute(query).fetchall() == [("its bytes do not match its name",)]
        file.save(file.tutorial)
    with TutorialFile.open(path) as file:
        assert file.problems == ()


def test_a_lost_take_can_come_back(path: Path) -> None:
    spoil(path, ONE)
    with TutorialFile.open(path) as file:
        assert file.check_takes() == (ONE.sha256,)
        file.save(TUTORIAL, [ONE])
        assert file.take(ONE.sha256) == ONE
        nameless = replace(SHOWN, takes=("0" * 64,), chosen=None)
        unknown = replace(TUTORIAL, steps=(Step("a", pictures=(nameless,)),))
        assert "not stored" in refusal(lambda: file.save(unknown))
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert file.tutorial == TUTORIAL
        assert file.check_takes() == ()


def test_a_copy_holds_what_can_be_read_and_what_is_not_yet_saved(path: Path) -> None:
    spoil(path, ONE)
    copy = path.with_name("copy.interstep")
    four = take(b"four")
    pictures = (SHOWN, Picture("q", takes=(four.sha256,), chosen=four.sha256))
    now = replace(TUTORIAL, steps=(Step("a", "Now", pictures=pictures),))
    with TutorialFile.open(path) as file:
        file.save(TUTORIAL, queue=({"job": 1},))
        file.copy_to(copy, now, [four])
    with TutorialFile.open(copy) as file:
        assert file.problems == ()
        assert file.tutorial.steps[0].title == "Now"
        assert [p.chosen for p in file.tutorial.steps[0].pictures] == [None, four.sha256]
        assert set(file.infos()) == {TWO.sha256, THREE.sha256, four.sha256}
        assert file.queue == ({"job": 1},)


def test_a_withdrawn_take_that_is_gone_is_forgotten_without_a_word(path: Path) -> None:
    picture = replace(SHOWN, takes=(TWO.sha256,), chosen=None, withdrawn=(ONE.sha256,))
    tutorial = replace(TUTORIAL, steps=(Step("a", pictures=(picture,)),))
    with TutorialFile.open(path) as file:
        file.save(tutorial)
    by_another_program(path, f"delete from takes where sha256 = '{ONE.sha256}'")
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert file.tutorial.steps[0].pictures[0].withdrawn == ()


def test_the_queue_is_kept_in_order_beside_the_run(path: Path) -> None:
    jobs = ({"kind": "Writing", "seed": 1}, {"kind": "Painting"}, {})
    with TutorialFile.open(path) as file:
        assert file.queue == ()
        file.save(TUTORIAL, run=Run({"prompt": "Tea"}), queue=jobs)
        file.save(TUTORIAL)  # neither given: both stay
        assert file.queue == jobs
    with TutorialFile.open(path) as file:
        assert file.queue == jobs
        assert file.run == Run({"prompt": "Tea"})
        file.save(TUTORIAL, queue=jobs[1:])
    with TutorialFile.open(path) as file:
        assert file.queue == jobs[1:]
        file.save(TUTORIAL, queue=())
    with TutorialFile.open(path) as file:
        assert file.queue == ()
        assert file.run == Run({"prompt": "Tea"})


def test_a_damaged_job_is_named_and_the_others_wait_on(path: Path) -> None:
    with TutorialFile.open(path) as file:
        file.save(TUTORIAL, queue=({"n": 1}, {"n": 2}, {"n": 3}))
    by_another_program(path, "update run set fields = '[2]' where id = 3")
    with TutorialFile.open(path) as file:
        assert file.problems == ("The note on a waiting job is damaged and was set aside.",)
        assert file.queue == ({"n": 1}, {"n": 3})
        file.save(file.tutorial)
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert file.queue == ({"n": 1}, {"n": 3})


def changed_row(path: Path) -> None:
    by_another_program(path, "update tutorial set fields = replace(fields, 'Tea', 'Milk')")


def replaced(path: Path) -> None:
    shutil.copy(path, path.with_name("other"))
    os.replace(path.with_name("other"), path)


def deleted(path: Path) -> None:
    path.unlink()


def overwritten(path: Path) -> None:
    other = path.with_name("other")
    shutil.copy(path, other)
    changed_row(other)
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize("meddle", [changed_row, replaced, deleted, overwritten])
def test_a_change_by_another_program_is_noticed_and_not_overwritten(
    path: Path, meddle: Callable[[Path], None]
) -> None:
    mine = replace(TUTORIAL, title="Mine")
    with TutorialFile.open(path) as file:
        file.save(replace(TUTORIAL, summary="before"))
        assert not file.changed_elsewhere()
        meddle(path)
        after = path.read_bytes() if path.exists() else None
        assert file.changed_elsewhere()
        assert "by another program: save a copy" in refusal(lambda: file.save(mine))
        assert "by another program" in refusal(file.snapshot)
        assert (path.read_bytes() if path.exists() else None) == after
        assert file.tutorial.title == "Tea"
        file.copy_to(path.with_name("copy.interstep"), mine)
    with TutorialFile.open(path.with_name("copy.interstep")) as file:
        assert file.tutorial.title == "Mine"


def test_own_saves_touching_and_reading_are_no_change(path: Path) -> None:
    with TutorialFile.open(path) as file, TutorialFile.read(path) as reader:
        file.save(replace(TUTORIAL, title="Mine"), queue=({"n": 1},))
        file.snapshot()
        os.utime(path)
        by_another_program(path, "select * from takes")
        assert not file.changed_elsewhere()
        file.save(TUTORIAL)
        assert reader.changed_elsewhere()


def test_reading_keeps_nobody_away_and_changes_nothing(path: Path) -> None:
    before = path.stat()
    with TutorialFile.read(path) as reader:
        assert os.listdir(path.parent) == [path.name]
        assert reader.read_only
        assert reader.problems == ()
        assert reader.tutorial == TUTORIAL
        assert "only being read" in refusal(lambda: reader.save(TUTORIAL))
        with TutorialFile.open(path, must_write=True) as file:
            file.save(replace(TUTORIAL, title="Mine"))
        assert reader.take(ONE.sha256) == ONE
    with TutorialFile.open(path), TutorialFile.read(path) as reader:
        assert reader.tutorial.title == "Mine"
    assert path.stat().st_ino == before.st_ino
