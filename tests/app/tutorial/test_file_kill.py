"""Promise 1: whatever a save() returned for is there after kill -9.

A kill between the page writes of one commit leaves a main file that needs the journal beside it,
as every rollback journal does; a copy made without it must then say so and never pretend.
"""

import hashlib
import random
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Tutorial

SAVER = """
import hashlib, os, sys
from dataclasses import replace
from pathlib import Path
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Take
with TutorialFile.open(Path(sys.argv[1]), must_write=True) as file:
    for n in range(int(file.tutorial.title) + 1, 10**6):
        data = os.urandom(20_000)
        sha = hashlib.sha256(data).hexdigest()
        shown = Picture(f"p{n}", takes=(sha,), chosen=sha)
        step = Step(f"s{n}", f"Step {n}", "x" * 3000, pictures=(shown,))
        steps = (*file.tutorial.steps[-30:], step)
        tutorial = replace(file.tutorial, title=str(n), steps=steps)
        file.save(tutorial, [Take(sha, "image/png", 1, 1, data, {}, {})])
        file.snapshot()
        print(n, sha, flush=True)
"""


def assert_holds(file: TutorialFile, printed: list[list[str]]) -> None:
    assert file.problems == ()
    last = int(printed[-1][0])
    title = int(file.tutorial.title)
    assert title in (last, last + 1)  # a commit may have outrun its print
    assert file.tutorial.steps[-1].id == f"s{title}"
    for _number, sha in printed:
        assert hashlib.sha256(file.take(sha).data).hexdigest() == sha


@pytest.mark.parametrize(
    "kills", [pytest.param(8, id="short"), pytest.param(200, marks=pytest.mark.long, id="long")]
)
@pytest.mark.timeout(900)
def test_every_printed_save_survives_kill_9(tmp_path: Path, kills: int) -> None:
    path = tmp_path / "work.interstep"
    elsewhere = tmp_path / "elsewhere"
    chance = random.Random(7)
    mid_commit = whole = 0
    TutorialFile.create(path, Tutorial("t", title="0")).close()
    for _ in range(kills):
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert saver.stdout
        first = saver.stdout.readline()
        time.sleep(chance.random() / 10)
        saver.kill()
        printed = [line.split() for line in [first, *saver.stdout] if line.endswith("\n")]
        saver.stdout.close()
        assert saver.wait() < 0  # it was still saving
        elsewhere.mkdir()
        shutil.copy(path, elsewhere)
        journal = path.with_name(path.name + "-journal")
        if journal.exists():
            mid_commit += 1
            alone = shutil.copy(path, elsewhere / "alone.interstep")
            with suppress(TutorialError), TutorialFile.open(Path(alone), must_write=True) as file:
                assert_holds(file, printed)
                whole += 1
            shutil.copy(journal, elsewhere)
        else:
            whole += 1
        for copy in (elsewhere / path.name, path):
            with TutorialFile.open(copy, must_write=True) as file:
                assert_holds(file, printed)
        shutil.rmtree(elsewhere)
    print(f"{kills} kills, {mid_commit} in a commit; {whole} main files whole without the journal")
    assert whole > kills / 2
