"""A take that is deleted for good: no byte of it stays in the file, all else does."""

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.tutorial import edits
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.history import History
from app.tutorial.model import Picture, Step, Take, Tutorial
from app.tutorial.reading import Run

WINDOW = 16  # bytes in a row that could only come from the photo


def take(seed: int, size: int) -> Take:
    data = random.Random(seed).randbytes(size)
    return Take(hashlib.sha256(data).hexdigest(), "image/png", 4, 3, data, {}, {}, "photo")


PHOTO, OTHER = take(1, 300_000), take(2, 40_000)
PAINTED = [take(seed, 9_000 + seed) for seed in range(3, 30)]
SHOWN = tuple(
    Step(
        f"s{n}",
        "Pour",
        "Boil water. " * n,
        pictures=(Picture(f"p{n}", "A cup", takes=(t.sha256,)),),
    )
    for n, t in enumerate(PAINTED)
)
TUTORIAL = Tutorial("t", title="Tea", given=(PHOTO.sha256, OTHER.sha256), materials=("a cup",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that grew as a tutorial does: the photos first, then steps and pictures.

    It is of an earlier version, where SQLite left copies of rows that it moved.
    """
    path = tmp_path / "tea.interstep"
    with TutorialFile.create(path, TUTORIAL, (PHOTO, OTHER)) as file:
        file._db.execute("pragma secure_delete = off")
        for n, painted in enumerate(PAINTED, 1):
            file.save(replace(TUTORIAL, steps=SHOWN[:n]), [painted])
            file.snapshot(float(n))
    return path


def left_of(data: bytes, path: Path) -> int:
    """Return how many pieces of the data stand somewhere in the file."""
    raw = path.read_bytes()
    pieces = {data[at : at + WINDOW] for at in range(0, len(data) - WINDOW, WINDOW)}
    return sum(raw[at : at + WINDOW] in pieces for at in range(len(raw)))


def by_another_program(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(TutorialError) as caught:
        call()
    return str(caught.value)


def test_no_byte_stays_and_all_else_does(path: Path) -> None:
    assert left_of(PHOTO.data, path) > 18_000
    size = path.stat().st_size
    with TutorialFile.open(path) as file:
        chunks = {"one": "A chunk."}
        file.save(file.tutorial, chunks=chunks, run=Run({"job": "writing"}), queue=({"job": 1},))
        before, infos, times = file.tutorial, file.infos(), file.snapshots()
        file.delete_take(PHOTO.sha256)
        assert left_of(PHOTO.data, path) == 0
        assert not file.changed_elsewhere()
        assert PHOTO.sha256 not in file.infos()
        assert "missing" in refusal(lambda: file.take(PHOTO.sha256))
        file.save(replace(file.tutorial, summary="Hot."))
    assert path.stat().st_size < size - len(PHOTO.data) * 0.9, "its room is given back"
    assert os.listdir(path.parent) == [path.name]
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert file.tutorial == replace(before, summary="Hot.", given=(OTHER.sha256,))
        del infos[PHOTO.sha256]
        assert list(file.infos().items()) == list(infos.items())
        assert file.check_takes() == ()
        assert [file.take(one.sha256).data for one in PAINTED] == [one.data for one in PAINTED]
        assert file.snapshots() == times
        assert file.chunk("one") == "A chunk."
        assert (file.run, file.queue) == (Run({"job": "writing"}), ({"job": 1},))


def test_an_earlier_state_comes_back_without_it(path: Path) -> None:
    with TutorialFile.open(path) as file:
        file.delete_take(PHOTO.sha256)
        old = file.read_snapshot(file.snapshots()[-1])
        assert (old.given, len(old.steps)) == ((OTHER.sha256,), 1)
        file.save(old)
        assert file.tutorial == old


def test_it_goes_from_steps_and_their_trash_too(path: Path) -> None:
    sha = PHOTO.sha256
    both = (sha, OTHER.sha256)
    pictures = (
        Picture("p", takes=both, chosen=sha, starred=(sha,)),
        Picture("q", takes=(OTHER.sha256,), chosen=OTHER.sha256, withdrawn=(sha,)),
    )
    tutorial = replace(TUTORIAL, anchor=sha, cover=sha, steps=(Step("a", pictures=pictures),))
    with TutorialFile.open(path) as file:
        file.save(tutorial)
        file.delete_take(sha)
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        assert (file.tutorial.anchor, file.tutorial.cover) == (None, None)
        assert file.tutorial.steps[0].pictures == (
            Picture("p", takes=(OTHER.sha256,)),
            Picture("q", takes=(OTHER.sha256,), chosen=OTHER.sha256),
        )


def test_a_damaged_one_leaves_nothing_either(path: Path) -> None:
    spoilt = f"update takes set data = cast(data || x'00' as blob) where sha256 = '{PHOTO.sha256}'"
    by_another_program(path, spoilt)
    with TutorialFile.open(path) as file:
        assert file.check_takes() == (PHOTO.sha256,)
        file.save(replace(file.tutorial, title="Kept"))
        assert left_of(PHOTO.data, path) > 18_000, "set aside, not lost"
        file.delete_take(PHOTO.sha256)
        assert left_of(PHOTO.data, path) == 0
        assert file.tutorial.given == (OTHER.sha256,)
    with TutorialFile.open(path) as file:
        assert file.problems == ()


def test_nor_does_the_note_on_a_run_that_showed_it_to_the_painter(path: Path) -> None:
    shown = {"conditions": [{"sha256": PHOTO.sha256, "image": PHOTO.data[:3000].hex()}]}
    with TutorialFile.open(path) as file:
        file.save(file.tutorial, run=Run({"paint": shown}, state="done"))
        file.delete_take(PHOTO.sha256)
        assert file.run is None
    assert PHOTO.data[100:120].hex().encode() not in path.read_bytes()


def test_it_can_be_added_again(path: Path) -> None:
    with TutorialFile.open(path) as file:
        file.delete_take(PHOTO.sha256)
        file.save(TUTORIAL, [PHOTO])
    with TutorialFile.open(path) as file:
        assert (file.tutorial, file.take(PHOTO.sha256)) == (TUTORIAL, PHOTO)
        assert file.problems == ()


def test_where_it_cannot_be_done_nothing_changes(path: Path) -> None:
    with TutorialFile.read(path) as reader:
        assert "only being read" in refusal(lambda: reader.delete_take(PHOTO.sha256))
    with TutorialFile.open(path) as file:
        by_another_program(path, "update tutorial set fields = replace(fields, 'Tea', 'Milk')")
        before = path.read_bytes()
        assert "another program" in refusal(lambda: file.delete_take(PHOTO.sha256))
        assert file.tutorial.given == TUTORIAL.given
    assert path.read_bytes() == before


DELETER = """
import sys
from pathlib import Path
from app.tutorial.file import TutorialFile
with TutorialFile.open(Path(sys.argv[1]), must_write=True) as file:
    print("open", flush=True)
    file.delete_take(sys.argv[2])
    print("gone", flush=True)
"""


@pytest.mark.parametrize(
    "kills", [pytest.param(6, id="short"), pytest.param(150, marks=pytest.mark.long, id="long")]
)
@pytest.mark.timeout(900)
def test_kill_9_leaves_all_of_it_or_nothing(path: Path, tmp_path: Path, kills: int) -> None:
    """It stands on the page with all its bytes, or neither is there."""
    chance = random.Random(5)
    gone = 0
    for number in range(kills):
        copy = tmp_path / f"{number}.interstep"
        shutil.copy(path, copy)
        deleter = subprocess.Popen(
            [sys.executable, "-c", DELETER, str(copy), PHOTO.sha256],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert deleter.stdout
        assert deleter.stdout.readline() == "open\n"
        time.sleep(chance.random() * 0.03)
        deleter.kill()
        told = deleter.stdout.read()
        deleter.stdout.close()
        deleter.wait()
        with TutorialFile.open(copy, must_write=True) as file:
            assert file.problems == ()
            assert file.check_takes() == ()
            there = PHOTO.sha256 in file.tutorial.given
            assert there == (PHOTO.sha256 in file.infos())
        assert not (there and told)
        assert (left_of(PHOTO.data, copy) == 0) != there
        gone += not there
        copy.unlink()
    print(f"{kills} kills: gone {gone} times, whole {kills - gone} times")


# ---------------------------------------------------------------- undo


def test_undo_and_redo_revert_all_but_it() -> None:
    sha, other = PHOTO.sha256, OTHER.sha256
    picture = Picture("p", takes=(sha, other), chosen=sha)
    history = History(replace(TUTORIAL, steps=(Step("a", pictures=(picture,)), Step("b"))))

    def edit(made: edits.Edit) -> None:
        history.edit(made)

    edit(edits.set_field(history.tutorial, "title", "Coffee"))
    edit(edits.set_field(history.tutorial, "given", (other,)))
    edit(edits.set_field(history.tutorial, "given", (other, sha)))
    edit(edits.set_field(history.tutorial, "cover", sha))
    edit(edits.choose_take(history.tutorial, "a", "p", other))
    edit(edits.delete_steps(history.tutorial, ["a"]))
    edit(edits.set_field(history.tutorial, "summary", "Hot."))
    history.undo()
    history.forget(sha)
    assert not history.can_redo, "as after any other edit"
    seen = []
    while history.can_undo:
        undone = history.undo()
        assert undone is not None
        assert undone.left == ()
        seen.append(history.tutorial)
    assert [(one.title, one.given, one.cover, len(one.steps)) for one in seen] == [
        ("Coffee", (other,), None, 2),
        ("Coffee", (other,), None, 2),
        ("Tea", (other,), None, 2),
    ], "what was about the photo alone is no entry any more"
    assert [one.steps[0].pictures[0].chosen for one in seen] == [other, None, None]
    assert all(sha not in repr(one) for one in seen)
    while history.can_redo:
        history.redo()
    assert (history.tutorial.title, len(history.tutorial.steps)) == ("Coffee", 1)
    assert sha not in repr(history.tutorial)
