"""What tests of the window share: a real open tutorial, the fake engine, the real theme."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import fake_engine
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.editing.background import Background
from app.editing.open_tutorial import OpenTutorial
from app.editing.settings import Settings
from app.engine.client import Client
from app.engine.engine import Engine
from app.studio import Studio
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Take, Tutorial
from app.window.actions import make_actions
from app.window.announcing import Announcer
from app.window.theme import Theme
from app.window.workplace import Workplace, workplace_of

FAKE = ("-P", str(Path(fake_engine.__file__).resolve()))


def cactus() -> Tutorial:
    """Return a small tutorial without takes."""
    return Tutorial(
        id="cactus",
        title="Repot a cactus",
        summary="Give a crowded cactus more room.",
        prompt="How do I repot a cactus?",
        materials=("clay pot", "cactus soil"),
        tools=("trowel",),
        steps=(
            Step("s1", "Pick a pot", "Choose a **clay pot** two fingers wider than the old one."),
            Step(
                "s2",
                "Ease the cactus out",
                "Put on gloves.\n\nTip the old pot on its side.",
                pictures=(Picture("p2", "A hand in a glove holds a cactus."),),
            ),
            Step("s3", "Water after a week", "Let the roots heal, then water."),
        ),
    )


@pytest.fixture
def open_studio(
    qapp: QApplication, tmp_path: Path, qtbot: QtBot
) -> Iterator[Callable[[Path], Studio]]:
    """Return a function that opens a file of a library in a studio that stands in front."""
    opened: list[Studio] = []

    def open_in_front(path: Path) -> Studio:
        studio = Studio(
            qapp,
            tmp_path / "settings",
            path.parent,
            make_client=lambda: Client(sys.executable, FAKE),
        )
        opened.append(studio)
        studio.window.resize(1280, 800)
        studio.window.show()
        studio.window.activateWindow()
        qtbot.waitUntil(studio.window.isActiveWindow)
        studio.open_path(path)
        qtbot.waitUntil(lambda: studio.view is not None and not studio.view.page.is_building)
        return studio

    yield open_in_front
    for studio in opened:
        studio.window.close()
        studio.deleteLater()


@pytest.fixture
def open_file(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., OpenTutorial]]:
    """Return a function that makes a tutorial's file and opens it; all are closed at the end."""
    opened: list[OpenTutorial] = []

    def open_tutorial(tutorial: Tutorial, takes: Iterable[Take] = ()) -> OpenTutorial:
        path = tmp_path / f"{len(opened)}.interstep"
        TutorialFile.create(path, tutorial, takes).close()
        opened.append(OpenTutorial(TutorialFile.open(path)))
        return opened[-1]

    yield open_tutorial
    for one in opened:
        one.close()


@pytest.fixture
def make_workplace(
    qapp: QApplication, open_file: Callable[..., OpenTutorial], tmp_path: Path
) -> Iterator[Callable[..., Workplace]]:
    """Return a function that opens a tutorial with the fake engine; all is closed at the end."""
    window = QWidget()
    theme = Theme(window)
    background = Background(2, window)
    engine = Engine(lambda: Client(sys.executable, FAKE), parent=window)

    def make(tutorial: Tutorial | None = None, takes: Iterable[Take] = ()) -> Workplace:
        opened = open_file(tutorial or cactus(), takes)
        parts = (theme, make_actions(window, theme), Announcer(window), background)
        return workplace_of(opened, engine, Settings(tmp_path / "settings"), *parts)

    yield make
    engine.close()
    background.close()
    window.deleteLater()


@pytest.fixture
def workplace(make_workplace: Callable[..., Workplace]) -> Workplace:
    """A workplace with the cactus tutorial open."""
    return make_workplace()
