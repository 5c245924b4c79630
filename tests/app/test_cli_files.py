"""Damaged, locked and foreign tutorials; full and read-only disks: a sentence, and nothing lost."""

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from command_line import TEXT, Mount, interstep

from app.cli import run
from app.tutorial.file import TutorialFile


def refused(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    """Run a command that fails before it needs an engine; return its sentence."""
    assert run([str(word) for word in words]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    last: str = err.splitlines()[-1]
    assert last.startswith("interstep: ")
    assert last.endswith(".")
    return last


def execute(path: Path, statement: str) -> None:
    db = sqlite3.connect(path)
    db.execute(statement)
    db.commit()
    db.close()


# ---------------------------------------------------------------- what is no tutorial


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("Repot a cactus\n" * 100)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_to_a_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def newer(path: Path) -> None:
    execute(path, "pragma user_version = 99")


def foreign(path: Path) -> None:
    path.unlink()
    execute(path, "create table recipes (name text)")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


UNREADABLE = (
    (empty, "is empty"),
    (text, "is not an Interstep tutorial"),
    (cut_short, "is damaged or cut short"),
    (cut_to_a_header, "is damaged or cut short"),
    (newer, "was made by a newer version"),
    (foreign, "is not an Interstep tutorial"),
    (folder, "is not a file"),
)


@pytest.mark.parametrize(("spoil", "said"), UNREADABLE)
def test_what_is_no_whole_tutorial_is_refused(
    spoil: Callable[[Path], None], said: str, dog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(dog)
    before = dog.read_bytes() if dog.is_file() else b""
    page = dog.with_suffix(".html")
    page.write_text("an earlier export")
    assert said in refused(capsys, "export", dog, "-o", page)
    assert said in refused(capsys, "redraw", dog, "--step", "1")
    assert page.read_text() == "an earlier export"
    assert before == (dog.read_bytes() if dog.is_file() else b"")


def test_a_tutorial_that_is_open_elsewhere(dog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = dog.with_suffix(".html")
    with TutorialFile.open(dog, must_write=True):
        assert "is open elsewhere" in refused(capsys, "redraw", dog, "--step", "1")
        exported = interstep("export", dog, "-o", page, cwd=dog.parent)
    assert exported.code == 0  # reading is free
    assert "is open elsewhere" in exported.err
    assert "Dry the dog" in page.read_text()


def test_a_corrupt_row_is_named_and_the_rest_goes_on(dog: Path) -> None:
    execute(dog, "update steps set fields = '{\"id\"' where position = 1")
    page = dog.with_suffix(".html")
    exported = interstep("export", dog, "-o", page, cwd=dog.parent)
    assert exported.code == 0, exported.err
    assert "A step (row 2) is damaged and was set aside." in exported.err
    assert "Brush the dog" in page.read_text()
    assert "Fill the bathtub" not in page.read_text()
    # A redraw works on the steps that are left; saving it keeps the bad row in quarantine.
    redrawn = interstep("redraw", dog, "--step", "2", "--seed", "3", cwd=dog.parent)
    assert redrawn.code == 0, redrawn.err
    assert "A step (row 2) is damaged and was set aside." in redrawn.err
    with TutorialFile.open(dog) as file:
        assert file.problems == ()
        titles = [step.title for step in file.tutorial.steps]
        assert titles[1] == "Put the dog into the bathtub"
        assert len(file.tutorial.steps[1].pictures[0].takes) == 2
    db = sqlite3.connect(dog)
    assert ('{"id"',) in db.execute("select value from quarantine").fetchall()
    db.close()


def test_a_damaged_picture_is_left_out(dog: Path) -> None:
    execute(dog, "update takes set data = x'00' where rowid = 2")
    page = dog.with_suffix(".html")
    exported = interstep("export", dog, "-o", page, cwd=dog.parent)
    assert exported.code == 0, exported.err
    assert "A picture of step 2" in exported.err
    assert page.read_text().count("<figure") == 5


def test_into_a_torn_file_nothing_is_written(dog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray(dog.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = os.urandom(4096)
    dog.write_bytes(data)
    assert "damaged" in refused(capsys, "redraw", dog, "--step", "1")
    assert dog.read_bytes() == data
    exported = interstep("export", dog, "-o", "dog.html", cwd=dog.parent)
    assert exported.code == 0, exported.err
    assert "Nothing can be saved here" in exported.err


# ---------------------------------------------------------------- disks


def test_a_disk_that_fills_while_a_tutorial_is_written(disk: tuple[Path, Mount]) -> None:
    place, mount = disk
    mount("size=200k")  # room for the text and a few of the six pictures
    words = ("write", "--from", "-", "-o", place / "dog.interstep", "--json")
    stopped = interstep(*words, cwd=place.parent, given=TEXT.encode())
    assert stopped.code == 1
    assert "the disk is full" in stopped.sentence().casefold()
    printed = [e["image"]["sha256"] for e in stopped.events if e["event"] == "PaintFinished"]
    with TutorialFile.open(place / "dog.interstep") as file:
        assert file.problems == ()
        assert len(file.tutorial.steps) == 6
        assert [info.sha256 for info in file.takes()] == printed


def test_a_full_disk_keeps_what_was_there(dog: Path, disk: tuple[Path, Mount]) -> None:
    place, _ = disk
    kept = Path(shutil.copy(dog, place))
    (place / "dog.html").write_text("an earlier export")
    with (place / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))
    assert shutil.disk_usage(place).free == 0
    before = kept.read_bytes()
    for words in (
        ("redraw", kept, "--step", "1", "--seed", "77"),
        ("export", kept, "-o", place / "dog.html"),
        ("export", kept, "-o", place / "dog.md"),
        ("write", "--from", "wash-a-dog", "-o", place / "new.interstep"),
    ):
        failed = interstep(*words, cwd=dog.parent)
        assert failed.code == 1
        assert "the disk is full" in failed.sentence().casefold()
    assert kept.read_bytes() == before
    assert (place / "dog.html").read_text() == "an earlier export"
    left = {path.name for path in place.iterdir() if path.is_file()}
    assert left == {"dog.interstep", "dog.html", "filler"}


def test_a_file_that_may_not_grow(dog: Path) -> None:
    """The full disk of those who are not root: a limit on the size of a file."""
    before = dog.read_bytes()

    def limited() -> None:
        size = len(before) + 4096
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    words = ("redraw", dog, "--step", "1", "--seed", "77")
    failed = interstep(*words, cwd=dog.parent, before=limited)
    assert failed.code == 1
    assert failed.sentence()
    with TutorialFile.open(dog) as file:
        assert file.problems == ()
        assert len(file.tutorial.steps[0].pictures[0].takes) == 1


def test_a_read_only_disk(dog: Path, disk: tuple[Path, Mount]) -> None:
    place, mount = disk
    kept = Path(shutil.copy(dog, place))
    mount("ro")
    for words in (
        ("redraw", kept, "--step", "1"),
        ("export", kept, "-o", place / "dog.html"),
        ("export", kept, "-o", place / "dog.md"),
        ("export", kept.parent / "dog2.interstep", kept, "-o", place / "out"),
        ("write", "--from", "wash-a-dog", "-o", place / "new.html"),
    ):
        failed = interstep(*words, cwd=dog.parent)
        assert failed.code == 1
        assert "read-only" in failed.sentence().casefold()
    assert [path.name for path in place.iterdir()] == ["dog.interstep"]
    exported = interstep("export", kept, "-o", "dog.html", cwd=dog.parent)
    assert exported.code == 0, exported.err  # elsewhere it can go


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into any folder")
def test_a_read_only_folder(dog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    kept = Path(shutil.copy(dog, closed))
    closed.chmod(0o500)
    try:
        for words in (
            ("redraw", kept, "--step", "1"),
            ("export", kept, "-o", closed / "dog.html"),
            ("write", "--from", "wash-a-dog", "-o", closed / "new.html"),
        ):
            assert "read-only" in refused(capsys, *words)
        assert [path.name for path in closed.iterdir()] == ["dog.interstep"]
    finally:
        closed.chmod(0o700)
