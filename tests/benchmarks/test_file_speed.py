"""A tutorial of 500 steps with 4 takes each, and a library of 300 tutorials, beside bare SQLite."""

import hashlib
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.tutorial.file import TutorialFile
from app.tutorial.library import Library
from app.tutorial.model import Picture, Step, Take, Tutorial

pytestmark = pytest.mark.benchmark

STEPS, TAKES, BYTES, TUTORIALS = 500, 4, 15_000, 300


def seconds(call: Callable[[], object]) -> float:
    """Return the least of five times."""
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def told(what: str, ours: float, peer: str, bare: float) -> None:
    print(f"{what}: {ours * 1e3:.1f} ms, {ours / bare:.1f} times {peer} ({bare * 1e3:.1f} ms)")


def take(chance: random.Random) -> Take:
    data = chance.randbytes(BYTES)
    recipe = {
        "chunks": [chance.randbytes(32).hex() for _ in range(16)],
        "seed": 1,
        "body": "x" * 800,
    }
    sha256 = hashlib.sha256(data).hexdigest()
    return Take(sha256, "image/png", 768, 512, data, recipe, {"sprites": [{"x": 0.5}] * 4})


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(1)
    takes = [take(chance) for _ in range(STEPS * TAKES)]
    steps = []
    for number in range(STEPS):
        names = tuple(one.sha256 for one in takes[number * TAKES : (number + 1) * TAKES])
        picture = Picture(f"p{number}", "A pot", takes=names, chosen=names[0])
        steps.append(Step(f"s{number}", f"Step {number}", "Turn it. " * 60, pictures=(picture,)))
    path = tmp_path_factory.mktemp("speed") / "big.interstep"
    TutorialFile.create(path, Tutorial("t", steps=tuple(steps)), takes).close()
    return path


@pytest.fixture
def bare(path: Path) -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(path)
    yield db
    db.close()


def test_opening(path: Path, bare: sqlite3.Connection) -> None:
    def read() -> None:
        for table, columns in (("steps", "fields"), ("takes", "recipe, source")):
            for row in bare.execute(f"select {columns} from {table}"):
                for text in row:
                    json.loads(text)

    ours = seconds(lambda: TutorialFile.open(path).close())
    told(f"open {STEPS} steps, {STEPS * TAKES} takes", ours, "reading its JSON", seconds(read))


def test_saving_and_checking(path: Path, bare: sqlite3.Connection) -> None:
    texts = iter(range(1000))

    def write() -> None:
        with bare:
            bare.execute("update steps set fields = fields || ' ' where id = 's7'")

    def save() -> None:
        step = replace(file.tutorial.steps[250], body=f"Text {next(texts)}")
        steps = (*file.tutorial.steps[:250], step, *file.tutorial.steps[251:])
        file.save(replace(file.tutorial, steps=steps))

    def hashed() -> None:
        for (data,) in bare.execute("select data from takes"):
            hashlib.sha256(data).hexdigest()

    peer = seconds(write)
    with TutorialFile.open(path) as file:
        told("save one changed step", seconds(save), "one commit", peer)
        told("check all takes", seconds(file.check_takes), "hashing them", seconds(hashed))
        assert file.check_takes() == ()


def test_library(tmp_path: Path) -> None:
    folder = tmp_path / "tutorials"
    folder.mkdir()
    steps = tuple(Step(f"s{n}", f"Step {n}", "Turn the pot. " * 20) for n in range(7))
    for number in range(TUTORIALS):
        tutorial = Tutorial(f"t{number}", title=f"Tutorial {number}", steps=steps)
        TutorialFile.create(folder / f"{number}.interstep", tutorial).close()
    library = Library(folder, tmp_path / "index")
    begin = time.perf_counter()
    assert len(list(library.refresh())) == TUTORIALS
    print(f"\nfirst reading: {(time.perf_counter() - begin) / TUTORIALS * 1e3:.1f} ms a tutorial")

    def look() -> None:
        assert list(library.refresh()) == []
        assert len(library.entries()) == TUTORIALS

    listing = seconds(lambda: [path.lstat() for path in folder.iterdir()])
    told(f"refresh and list {TUTORIALS} tutorials", seconds(look), "looking at them", listing)
    found = seconds(lambda: library.search("turn po"))
    told("search that finds all", found, "refreshing and listing", seconds(look))
    library.close()
