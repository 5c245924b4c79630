"""kill -9 of the studio while somebody types and the engine writes and paints.

At most a second of typing may be gone, no picture that was on the screen, and the file opens.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import studio_driver

from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Tutorial

DRIVER = Path(studio_driver.__file__).resolve()
PATIENCE = 60.0  # seconds
SECOND = 1.0  # of typing that may be lost
SLACK = 0.25  # seconds: the log is written after the key was taken, on two busy cores
LATEST = 6.0  # seconds after the first letter at which a studio is killed
FREED = 2.0  # seconds in which killing the studio ends its engine
BEGUN = Tutorial(
    "t",
    title="Soup",
    prompt="How do I cook soup?",
    steps=(
        Step("s1", "Chop", "Chop: ", pictures=(Picture("p1", "A knife."),)),
        Step("s2", "Boil", "Boil.", pictures=(Picture("p2", "A pot."),)),
    ),
)


@contextmanager
def studio(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path, Path]]:
    """Run a studio with a typing author on a new tutorial: the process, the file, its log."""
    file, log = folder / "soup.interstep", folder / "log"
    TutorialFile.create(file, BEGUN).close()
    command = [sys.executable, "-P", str(DRIVER), str(file), str(log)]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=environment)
    try:
        end = time.monotonic() + PATIENCE
        while "began" not in lines(log):
            assert process.poll() is None, process.communicate()[1].decode()
            assert time.monotonic() < end
            time.sleep(0.02)
        yield process, file, log
    finally:
        process.kill()
        process.communicate()


def lines(log: Path) -> list[str]:
    """Return the whole lines of the log; a kill may have cut the last one off."""
    return log.read_text().split("\n")[:-1] if log.exists() else []


def told(log: Path, kind: str) -> list[str]:
    return [line.removeprefix(f"{kind} ") for line in lines(log) if line.startswith(f"{kind} ")]


def check(file: Path, log: Path, killed: float) -> None:
    typed = [line.split(" ", 1) for line in told(log, "typed")]
    old = [text for at, text in typed if float(at) < killed - SECOND - SLACK]
    with TutorialFile.open(file) as found:
        assert found.problems == ()
        body = found.tutorial.steps[0].body
        assert body.startswith(old[-1] if old else "Chop: ")
        takes = found.infos()
        assert set(told(log, "shown")) <= set(takes)
        assert found.check_takes() == ()
        assert [step.title for step in found.tutorial.steps[:2]] == ["Chop", "Boil"]


def campaign(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill so many studios at random moments; return how many letters and pictures were seen."""
    moments = random.Random(seed)
    letters = pictures = 0
    for number in range(kills):
        place = folder / str(number)
        place.mkdir()
        with studio(place) as (process, file, log):
            time.sleep(moments.uniform(0, LATEST))
            killed = time.monotonic()
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            check(file, log, killed)
            letters += len(told(log, "typed"))
            pictures += len(set(told(log, "shown")))
    return letters, pictures


def test_kill_nine_loses_at_most_a_second_of_typing(tmp_path: Path) -> None:
    letters, pictures = campaign(tmp_path, 4, 20261122)
    assert letters > 20
    assert pictures > 0


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_kill_nine_two_hundred_times(tmp_path: Path) -> None:
    letters, pictures = campaign(tmp_path, 200, 7)
    print(f"\n200 kills, {letters} letters typed, {pictures} pictures seen, nothing lost")
    assert letters > 5000
    assert pictures > 100


def test_killing_the_studio_ends_its_engine(tmp_path: Path) -> None:
    with studio(tmp_path) as (process, _, log):
        pid = engine_of(log)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        killed = time.monotonic()
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(pid).wait(PATIENCE)
        assert time.monotonic() - killed < FREED


def test_killing_the_engine_leaves_the_studio_responsive(tmp_path: Path) -> None:
    with studio(tmp_path) as (process, _, log):
        pid = engine_of(log)
        time.sleep(0.5)
        before = len(lines(log))
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while told(log, "engine")[-1] != "0":
            assert time.monotonic() < end
            time.sleep(0.02)
        time.sleep(1.0)
        after = lines(log)[before:]
        assert process.poll() is None
        assert len([line for line in after if line.startswith("typed ")]) > 10
        assert [line for line in after if line.startswith("gap ")] == []


def engine_of(log: Path) -> int:
    """Return the engine's process id, as soon as it runs."""
    end = time.monotonic() + PATIENCE
    while True:
        running = [int(pid) for pid in told(log, "engine") if int(pid)]
        if running:
            return running[-1]
        assert time.monotonic() < end
        time.sleep(0.02)
