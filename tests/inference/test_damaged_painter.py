"""The engine over painter's weights that don't fit: a sentence that says what to do, no crash."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from inference.engine import Engine
from inference.packs.store import Store, default_folder
from inference.protocol import (
    Failed,
    Finished,
    GivenStep,
    Notice,
    PaintInput,
    PaintOptions,
    Redraw,
    StepFinished,
    Write,
)

STARTER = Path(str(files("assets") / "starter"))
OPTIONS = PaintOptions(size=300, painter="duogen")
EGG = PaintInput("", "", "", "An egg.", (), (), 1, options=OPTIONS)
STEP = GivenStep("a", "Crack the eggs", "Crack two eggs.", "Two eggs in a bowl.")


def say(name: str, value: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        settings = json.loads((folder / "painter.json").read_text())
        (folder / "painter.json").write_text(json.dumps(settings | {name: value}))

    return change


def cut(name: str) -> Callable[[Path], None]:
    """Half of a file, which painter.json names as it is."""

    def change(folder: Path) -> None:
        half = (folder / name).read_bytes()[: (folder / name).stat().st_size // 2]
        (folder / name).write_bytes(half)
        named = json.loads((folder / "painter.json").read_text())["files"]
        say("files", named | {name: hashlib.sha256(half).hexdigest()})(folder)

    return change


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the painter that ships: a copy that may be damaged."""
    shutil.copytree(STARTER, tmp_path / "starter", ignore=shutil.ignore_patterns("evaluation"))
    monkeypatch.setattr("inference.painter.duogen.painter.files", lambda _package: tmp_path)
    return tmp_path / "starter"


@pytest.fixture
def engine(starter_gguf: Path) -> Iterator[Engine]:
    engine = Engine(Store(default_folder()))
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("damage", "names"),
    [
        (say("context", 128), "sprites.npz"),
        (say("denoising_steps", 0), "denoising_steps = 0"),
        (say("layers", 29), "29 layers"),
        (say("states", 500), "500 channels"),
        (say("reader", "0" * 64), "another reader"),
        (say("adapter", "0" * 64), "another adapter"),
        (cut("sprites.npz"), "sprites.npz"),
        (cut("connector.onnx"), "connector.onnx"),
    ],
)
def test_damaged_weights_are_a_sentence(
    engine: Engine, folder: Path, damage: Callable[[Path], None], names: str
) -> None:
    damage(folder)
    *_, failed = engine.handle(Redraw("r", "s", "p", EGG))
    assert isinstance(failed, Failed)
    assert failed.kind == "painter"
    assert names in failed.message
    assert failed.hint == "Install the program again, or let the storyboard draw."


def test_what_is_found_while_painting_loses_no_text(engine: Engine, folder: Path) -> None:
    cut("denoise.onnx")(folder)
    events = list(engine.handle(Write("r", "", "Eggs", 1, given=(STEP,), options=OPTIONS)))
    assert [event.title for event in events if isinstance(event, StepFinished)] == [STEP.title]
    (notice,) = (event for event in events if isinstance(event, Notice))
    assert "denoise.onnx" in notice.message
    assert events[-1] == Finished("r")
