"""Promise 1: after kill -9 of `interstep write` the file opens and holds all that was printed.

A kill inside a commit leaves a journal beside the file, which is a part of it then: a copy takes
both along. At any other moment the file stands alone.
"""

import random
import shutil
import time
from pathlib import Path

import pytest
from command_line import Running
from engine_process import ends_within

from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile

TEXT = "\n".join(f"{n}. Wash the dog with soap and a sponge, part {n}." for n in range(1, 21))
FROM_TEXT = ("write", "--from", "dog.txt", "-o", "t.interstep")
FROM_PROMPT = ("write", "Wash a dog", "--pack", "starter", "--steps", "2", "-o", "t.interstep")
LINES = {FROM_TEXT: 80, FROM_PROMPT: 100}  # events of a whole run, about


def assert_holds(path: Path, running: Running) -> None:
    with TutorialFile.open(path, must_write=True) as file:
        assert file.problems == ()
        steps = {step.id: step for step in file.tutorial.steps}
        for event in running.events:
            if event["event"] == "StepFinished":
                step = steps[event["step"]]
                assert (step.title, step.body) == (event["title"], event["body"])
            if event["event"] == "PaintFinished":
                sha256 = event["image"]["sha256"]
                assert file.take(sha256).width == event["image"]["width"]
                pictures = steps[event["step"]].pictures
                assert sha256 in [take for picture in pictures for take in picture.takes]


def check(folder: Path, running: Running) -> bool:
    """Check the file and a copy of it elsewhere; return whether a commit was cut off."""
    path = folder / "t.interstep"
    if not running.events:
        # Killed before the first event: there is no file yet, or one that says what it is.
        if path.exists():
            try:
                TutorialFile.open(path, must_write=True).close()
            except TutorialError as error:
                assert "is empty" in error.message  # noqa: PT017  (it may as well open)
        return False
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(path, elsewhere)
    journal = path.with_name(f"{path.name}-journal")
    cut_off = journal.exists()
    if cut_off:
        shutil.copy(journal, elsewhere)
    assert_holds(elsewhere / path.name, running)
    assert_holds(path, running)
    return cut_off


@pytest.mark.parametrize(
    "kills", [pytest.param(8, id="short"), pytest.param(50, marks=pytest.mark.long, id="long")]
)
@pytest.mark.usefixtures("starter_gguf")
@pytest.mark.timeout(3600)
def test_what_was_printed_survives_kill_9(tmp_path: Path, kills: int) -> None:
    chance = random.Random(11)
    commits = steps = takes = 0
    for number in range(kills):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "dog.txt").write_text(TEXT)
        words = FROM_PROMPT if number % 4 == 3 else FROM_TEXT
        with Running(*words, "--seed", str(number), cwd=folder) as running:
            for _ in range(chance.randrange(LINES[words])):
                if not running.read():
                    break
            time.sleep(chance.random() / 20)
            engine = running.engine()
            running.kill(group=number % 2 == 0)
            while running.read():  # what it had printed by then
                pass
            running.leave()
        assert engine is None or ends_within(engine.pid, 2.0), "the engine outlived the command"
        commits += check(folder, running)
        steps += sum(event["event"] == "StepFinished" for event in running.events)
        takes += sum(event["event"] == "PaintFinished" for event in running.events)
    print(f"{kills} kills, {commits} in a commit; {steps} steps and {takes} takes were printed")
    assert steps > kills
