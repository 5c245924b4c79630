import hashlib
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.tutorial.card import SIDE
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.library import Library, Refreshed
from app.tutorial.model import Callout, Look, LookEntry, Picture, Step, Take, Tutorial
from inference.protocol import to_json


def take(colour: str, size: tuple[int, int] = (400, 200)) -> Take:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    recipe = {
        "description": "A red pot",
        "look": to_json(Look((LookEntry("pot", appearance="red"),))),
    }
    return Take(sha256, "image/png", *size, out.getvalue(), recipe, {})


RED, BLUE = take("red"), take("blue")
POT = Look((LookEntry("pot", appearance="blue"),))  # no longer as in the recipes
TEA = Tutorial(
    "tea",
    title="Brew a pot of tea",
    summary="Good tea in five minutes.",
    language="en",
    materials=("green tea leaves",),
    tools=("kettle",),
    tags=("kitchen", "built-in"),
    look=POT,
    steps=(
        Step("a", "Boil", "Boil *fresh* water.", (Callout("warning", "Steam scalds."),)),
        Step(
            "b",
            "Pour",
            callouts=(Callout("tip", "Warm the cups."),),
            draft=True,
            pictures=(
                Picture("p", "A red pot", takes=(RED.sha256,), chosen=RED.sha256),
                Picture("q", "Cups"),
                Picture("r", "A clock", not_needed=True),
            ),
        ),
    ),
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "tutorials").mkdir()
    library = Library(tmp_path / "tutorials", tmp_path / "cache" / "library.sqlite")
    yield library
    library.close()


def stored(library: Library, tutorial: Tutorial, *takes: Take) -> Path:
    path = library.free_path(tutorial.title)
    TutorialFile.create(path, tutorial, takes).close()
    return path


def refreshed(library: Library) -> list[Refreshed]:
    return list(library.refresh())


def titles(library: Library) -> set[str]:
    return {card.title for card in library.entries()}


def test_a_card_says_what_a_tutorial_holds(library: Library) -> None:
    path = stored(library, TEA, RED)
    (change,) = refreshed(library)
    (card,) = library.entries()
    assert (change.path, change.card, change.done, change.total) == (path, card, 1, 1)
    assert (card.path, card.id, card.title, card.summary) == (path, "tea", TEA.title, TEA.summary)
    assert (card.language, card.tags, card.problem) == ("en", ("kitchen", "built-in"), "")
    assert (card.steps, card.drafts, card.checked) == (2, 1, False)
    assert (card.missing_pictures, card.unconfirmed_alts, card.warnings) == (1, 1, 1)
    assert card.stale == 1
    assert card.modified == pytest.approx(path.stat().st_mtime)
    assert card.cover == RED.sha256
    assert card.thumbnail is not None
    thumbnail = Image.open(io.BytesIO(card.thumbnail))
    assert thumbnail.size == (SIDE, SIDE // 2)
    red, green, blue = thumbnail.convert("RGB").getpixel((5, 5))
    assert red > 200 > 50 > max(green, blue)


def test_the_cover_comes_before_the_first_picture(library: Library) -> None:
    checked = tuple(replace(step, checked=True) for step in TEA.steps)
    stored(library, replace(TEA, cover=BLUE.sha256, steps=checked), RED, BLUE)
    stored(library, Tutorial("e", title="Empty"))
    refreshed(library)
    by_title = {card.title: card for card in library.entries()}
    assert by_title[TEA.title].cover == BLUE.sha256
    assert by_title[TEA.title].checked
    assert (by_title["Empty"].thumbnail, by_title["Empty"].checked) == (None, False)


def test_only_what_changed_is_read_again(library: Library, tmp_path: Path) -> None:
    path = stored(library, TEA, RED)
    other = stored(library, Tutorial("o", title="Other"))
    assert len(refreshed(library)) == 2
    assert refreshed(library) == []
    with TutorialFile.open(path) as file:
        file.save(replace(TEA, title="Coffee"))
    (change,) = refreshed(library)
    assert change.card
    assert change.card.title == "Coffee"
    assert change.card.thumbnail
    other.unlink()
    assert refreshed(library) == [Refreshed(other, None, 1, 1)]
    assert titles(library) == {"Coffee"}
    library.close()
    again = Library(library.folder, tmp_path / "cache" / "library.sqlite")
    assert titles(again) == {"Coffee"}  # before any file is looked at
    assert refreshed(again) == []
    again.close()


def test_stopping_half_way_keeps_what_was_read(library: Library) -> None:
    for number in range(3):
        path = stored(library, Tutorial(f"t{number}", title=f"Tutorial {number}"))
        os.utime(path, (number, number))
    reading = library.refresh()
    first = next(reading)
    assert (first.done, first.total) == (1, 3)
    assert titles(library) == {"Tutorial 2"}  # the newest
    del reading
    assert [change.total for change in library.refresh()] == [2, 2]


def test_listing_changes_no_file_and_keeps_nobody_away(library: Library) -> None:
    path = stored(library, TEA, RED)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    with TutorialFile.open(path, must_write=True) as file:
        assert len(refreshed(library)) == 1
        file.save(TEA)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert os.listdir(library.folder) == [path.name]


def test_what_can_not_be_read_is_listed_with_the_reason(library: Library) -> None:
    path = stored(library, TEA, RED)
    data = path.read_bytes()
    (library.folder / "empty.interstep").touch()
    (library.folder / "text.INTERSTEP").write_text("Just a text. " * 20)
    (library.folder / "short.interstep").write_bytes(data[: len(data) // 2])
    refreshed(library)
    problems = {card.path.stem: card.problem for card in library.entries()}
    assert problems.pop(path.stem) == ""
    assert "is empty" in problems["empty"]
    assert "not an Interstep tutorial" in problems["text"]
    assert "cut short" in problems["short"]
    assert [found.card.path.stem for found in library.search("short")] == ["short"]
    assert refreshed(library) == []  # read again, but nothing new to tell
    (library.folder / "empty.interstep").write_bytes(data)
    assert len(refreshed(library)) == 1


def test_damage_inside_a_tutorial_is_told(library: Library) -> None:
    path = stored(library, TEA, RED)
    with sqlite3.connect(path) as db:
        db.execute("update steps set fields = '[' where id = 'a'")
        db.execute("update takes set data = x'00'")
    db.close()
    refreshed(library)
    (card,) = library.entries()
    assert card.problem == "A step (row 1) is damaged and was set aside."
    assert (card.steps, card.thumbnail) == (1, None)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and other rights there")
def test_strange_things_in_the_folder_neither_block_nor_raise(
    library: Library, tmp_path: Path
) -> None:
    path = stored(library, TEA, RED)
    folder = library.folder
    (folder / "folder.interstep").mkdir()
    os.mkfifo(folder / "pipe.interstep")
    os.rename(path, tmp_path / "outside.interstep")
    (folder / "link.interstep").symlink_to(tmp_path / "outside.interstep")
    (folder / "loop.interstep").symlink_to("loop.interstep")
    (folder / ".hidden.interstep").write_bytes(b"x")
    (folder / "notes.txt").write_text("x")
    (folder / os.fsdecode(b"\xff.interstep")).write_bytes(b"x")
    (folder / "Trash").write_text("a file")
    assert len(refreshed(library)) == 1
    (card,) = library.entries()
    assert card.path == folder / os.fsdecode(b"\xff.interstep")
    assert "not an Interstep tutorial" in card.problem
    with pytest.raises(TutorialError, match="Trash"):
        library.trash(card.path)
    assert card.path.exists()


def test_a_folder_that_is_not_there_is_an_empty_library(tmp_path: Path) -> None:
    library = Library(tmp_path / "none", tmp_path / "index")
    assert refreshed(library) == []
    assert library.entries() == library.trashed() == library.search("tea") == ()
    assert library.free_path("Tea") == tmp_path / "none" / "Tea.interstep"
    library.close()


KILLED = """
import os, sys
from pathlib import Path
from app.tutorial.file import TutorialFile
file = TutorialFile.open(Path(sys.argv[1]))
db = file._db.conn
db.execute("pragma cache_spill = on")
db.execute("pragma cache_size = 1")
db.execute("begin")
for number in range(300):
    db.execute("insert into chunks values (?, ?)", (str(number), "x" * 3000))
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_a_file_left_in_the_middle_of_a_save_says_so_until_it_is_opened(library: Library) -> None:
    path = stored(library, TEA, RED)
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert path.with_name(f"{path.name}-journal").exists()
    refreshed(library)
    (card,) = library.entries()
    assert "in the middle of a save: open it" in card.problem
    moved = library.restore(library.trash(path))  # its journal goes with it
    with TutorialFile.open(moved) as file:
        assert file.tutorial == TEA
    refreshed(library)
    (card,) = library.entries()
    assert (card.title, card.problem) == (TEA.title, "")
