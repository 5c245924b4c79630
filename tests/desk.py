"""An open tutorial with the fake engine, as tests of the studio's engine side use it."""

import sys
from pathlib import Path

import fake_engine
from PySide6.QtCore import QTimer

from app.editing.open_tutorial import OpenTutorial
from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.estimates import Timings
from app.engine.jobs import Painting
from app.engine.runs import Ended, Runs
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Tutorial

FAKE = ("-P", str(Path(fake_engine.__file__).resolve()))
LATE = "0.7"  # seconds that a slow engine takes to start
SOUP = Tutorial(
    "t",
    title="Soup",
    prompt="How do I cook soup?",
    steps=(
        Step("s1", "Chop", "Chop.", pictures=(Picture("p1", "A knife."),)),
        Step("s2", "Boil", "Boil.", pictures=(Picture("p2", "A pot."),)),
    ),
)


class Memory(dict[str, list[float]]):
    """Keeps measurements for one test."""

    def get(self, name: str, default: list[float]) -> list[float]:  # type: ignore[override]
        return super().get(name, default)

    def put(self, name: str, value: list[float]) -> None:
        self[name] = value


class Desk:
    """One tutorial, open, with the fake engine."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine = engine
        self.path = path
        self.memory = Memory()
        self.ended: list[Ended] = []
        self.open()

    def open(self) -> None:
        self.opened = OpenTutorial(TutorialFile.open(self.path))
        self.runs = Runs(self.opened, self.engine, Timings(self.memory))
        self.runs.job_ended.connect(self.ended.append)

    def close(self) -> None:
        """Close the tutorial as the studio does."""
        self.opened.close()
        self.runs.close()

    def leave_as_a_crash_would(self) -> None:
        """Go on with a copy of the file as it lies on the disk at this moment."""
        self.path = self.path.with_name(f"after-{self.path.name}")
        self.path.write_bytes(self.opened.path.read_bytes())
        self.close()
        self.ended.clear()
        self.open()

    @property
    def states(self) -> list[str]:
        return [ended.state for ended in self.ended]


def new_engine(*arguments: str) -> Engine:
    return Engine(lambda: Client(sys.executable, (*FAKE, *arguments)))


def shorten(engine: Engine, interval: int, to: int) -> None:
    """Have the engine's timer of this interval ring after `to` milliseconds."""
    (timer,) = (one for one in engine.findChildren(QTimer) if one.interval() == interval)
    timer.setInterval(to)


def prompted(prompt: str) -> Tutorial:
    return Tutorial("t", prompt=prompt)


def painting(step: str, picture: str, instruction: str = "") -> Painting:
    return Painting(7, step, picture, instruction=instruction)
