"""With the real storyboard: a take painted again from its recipe has the same bytes."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.editing.background import Background
from app.editing.open_tutorial import OpenTutorial
from app.editing.settings import Settings
from app.engine.client import Client
from app.engine.engine import Engine
from app.tutorial import edits
from app.tutorial.model import Picture, Step, Tutorial
from app.tutorial.undo import picture_by_id
from app.window import picture_edits, picture_jobs
from app.window.actions import make_actions
from app.window.announcing import Announcer
from app.window.recipe_view import RecipeView
from app.window.theme import Theme
from app.window.workplace import Workplace, workplace_of

DOG = Tutorial(
    "t",
    "Wash a dog",
    prompt="Wash a dog",
    steps=(
        Step(
            "s1",
            "Fill the bathtub",
            "Fill the bathtub with water.",
            pictures=(Picture("p1", "A full bathtub."),),
        ),
        Step(
            "s2",
            "Wash the dog",
            "Wash the dog with soap.",
            pictures=(Picture("p2", "A dog in a bathtub."),),
        ),
    ),
)


@pytest.fixture
def engine(qtbot: QtBot) -> Iterator[Engine]:
    engine = Engine(lambda: Client(sys.executable, ("-m", "inference")))
    yield engine
    engine.close()


@pytest.fixture
def real(
    engine: Engine, open_file: Callable[..., OpenTutorial], qtbot: QtBot, tmp_path: Path
) -> Iterator[Workplace]:
    """The dog's tutorial, open, with the real engine."""
    window = QWidget()
    qtbot.addWidget(window)
    theme = Theme(window)
    background = Background(1, window)
    opened = open_file(DOG)
    parts = (theme, make_actions(window, theme), Announcer(window), background)
    yield workplace_of(opened, engine, Settings(tmp_path / "settings"), *parts)
    background.close()


def takes_of(workplace: Workplace, number: int) -> tuple[str, ...]:
    return workplace.opened.tutorial.steps[number].pictures[0].takes


def test_a_take_is_the_same_in_a_fresh_engine_after_edits(
    real: Workplace, engine: Engine, qtbot: QtBot
) -> None:
    runs = real.runs
    with qtbot.waitSignals([runs.job_ended] * 4, timeout=30_000):
        picture_jobs.paint(real, "s1", "p1")
        picture_jobs.paint(real, "s2", "p2", 2)
        picture_jobs.fix(real, "s2", "p2", "remove the bathtub")
    first, second, fixed = takes_of(real, 1)
    assert real.opened.infos[first].recipe["conditions"][0]["sha256"] == takes_of(real, 0)[0]
    recipes = {sha256: real.opened.infos[sha256].recipe for sha256 in (first, fixed)}
    for made in (
        lambda t: edits.set_step(t, "s1", "body", "Something else altogether."),
        lambda t: edits.set_step(t, "s2", "title", "Dry the dog"),
        lambda t: edits.set_picture(t, "s2", "p2", "description", "A cat."),
        lambda t: edits.delete_step(t, "s1"),
    ):
        real.opened.edit(made(real.opened.tutorial))
    engine.close()
    view = RecipeView(real)
    qtbot.addWidget(view)
    for sha256 in (first, fixed):
        picture_edits.choose(real, "s2", "p2", second)
        view.show_take("s2", "p2", sha256)
        with qtbot.waitSignal(runs.job_ended, timeout=30_000) as ended:
            qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)
        assert ended.args is not None
        assert (ended.args[0].state, ended.args[0].message) == ("done", "")
        picture = picture_by_id(real.opened.tutorial, "s2", "p2")
        assert picture is not None
        assert picture.takes == (first, second, fixed)
        assert picture.chosen == sha256
        assert real.opened.infos[sha256].recipe == recipes[sha256]
