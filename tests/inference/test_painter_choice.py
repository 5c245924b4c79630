"""The engine with the network that ships: previews, recipes, neighbours, and what it can't read."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inference.engine import OTHER_WORDS, Engine
from inference.packs.manifest import shipped
from inference.packs.store import Store, default_folder
from inference.painter.painting import EVERY, PREVIEW
from inference.protocol import (
    Condition,
    Event,
    Failed,
    Finished,
    GivenStep,
    Loading,
    Notice,
    PaintFinished,
    PaintInput,
    PaintOptions,
    PaintPreview,
    Redraw,
    StepFinished,
    Write,
)

STEPS = (
    GivenStep("a", "Crack the eggs", "Crack two eggs.", "Two cracked eggs in a yellow bowl."),
    GivenStep(
        "b", "Beat them", "Beat the eggs.", "A hand stirs the eggs in the bowl with a whisk."
    ),
)
OPTIONS = PaintOptions(size=300, denoising_steps=6, painter="duogen")
REQUEST = Write("r", "", "Scramble eggs", 3, title="Scramble eggs", given=STEPS, options=OPTIONS)


@pytest.fixture(scope="module")
def engine(starter_gguf: Path) -> Iterator[Engine]:
    engine = Engine(Store(default_folder()))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def events(engine: Engine) -> list[Event]:
    return list(engine.handle(REQUEST))


@pytest.fixture(scope="module")
def takes(events: list[Event]) -> list[PaintFinished]:
    return [event for event in events if isinstance(event, PaintFinished)]


def test_previews_come_before_the_picture(events: list[Event], takes: list[PaintFinished]) -> None:
    previews = [event for event in events if isinstance(event, PaintPreview)]
    assert [p.done for p in previews] == [EVERY, 2 * EVERY] * 2
    assert {(p.total, p.image.width) for p in previews} == {(6, PREVIEW)}
    assert [take.step for take in takes] == ["a", "b"]
    assert [event.what for event in events if isinstance(event, Loading)] == ["DuoGen"]


def test_the_recipe_names_weights_and_reader(takes: list[PaintFinished]) -> None:
    recipe = takes[1].recipe
    assert recipe["painter"] == recipe["options"]["painter"] == "duogen"
    assert {"connector.onnx", "keys.onnx", "denoise.onnx", "sprites.npz"} == set(recipe["weights"])
    reader = shipped("starter").reader
    assert recipe["reader"] == reader.sha256
    adapter = reader.adapter_path()
    assert adapter is not None
    assert recipe["adapter"] == hashlib.sha256(adapter.read_bytes()).hexdigest()
    assert [condition["sha256"] for condition in recipe["conditions"]] == [takes[0].image.sha256]


def test_the_same_input_gives_the_same_bytes(engine: Engine, takes: list[PaintFinished]) -> None:
    again = [event for event in engine.handle(REQUEST) if isinstance(event, PaintFinished)]
    assert [take.image.sha256 for take in again] == [take.image.sha256 for take in takes]


def paint(engine: Engine, given: PaintInput) -> PaintFinished | Failed:
    events = engine.handle(Redraw("r", "s", "p", given))
    (found,) = (event for event in events if isinstance(event, PaintFinished | Failed))
    return found


def test_a_photo_is_left_out_and_the_recipe_says_so(engine: Engine) -> None:
    photo = Condition("previous", "f" * 64, {})
    given = PaintInput("", "", "", "A bowl.", (), (photo,), 1, options=OPTIONS)
    take = paint(engine, given)
    assert isinstance(take, PaintFinished)
    assert take.recipe["left_out"] == ["f" * 64]


def test_sixty_neighbours_and_an_empty_text_are_no_crash(
    engine: Engine, takes: list[PaintFinished]
) -> None:
    scene = takes[0].source
    many = tuple(Condition("previous", str(k), scene) for k in range(60))
    crowded = paint(engine, PaintInput("", "", "", "A bowl.", (), many, 1, options=OPTIONS))
    assert isinstance(crowded, PaintFinished), crowded
    assert len(crowded.recipe["conditions"]) == 60
    empty = PaintInput("", "", "", "", ("", ""), many[:1], 1, options=OPTIONS)
    nothing = Failed("r", "painter", "no drawing for: this step", OTHER_WORDS)
    assert paint(engine, empty) == nothing
    present = replace(many[0], role="present")
    fixed = paint(engine, replace(empty, mode="fix", conditions=(present,)))
    # To fix nothing: the network keeps the picture, or leaves it empty.
    assert isinstance(fixed, PaintFinished) or "drawn anew" in fixed.hint


def test_a_text_longer_than_the_reader_is_a_sentence(engine: Engine) -> None:
    given = PaintInput("", "", "egg " * 20_000, "An egg.", (), (), 1, options=OPTIONS)
    failed = paint(engine, given)
    assert isinstance(failed, Failed)
    assert "longer than the reader" in failed.message
    assert failed.hint


def test_steps_that_the_reader_has_no_room_for_keep_their_text(engine: Engine) -> None:
    long = GivenStep("long", "Crack eggs", "Crack the egg. " * 1334, "An egg.")
    assert len(long.body) > 20_000
    given = (STEPS[0], long, STEPS[1])
    events = list(engine.handle(replace(REQUEST, given=given)))
    assert events[-1] == Finished("r")
    told = [(e.step, e.body) for e in events if isinstance(e, StepFinished)]
    assert told == [(step.step, step.body) for step in given]
    assert [event.step for event in events if isinstance(event, PaintFinished)] == ["a"]
    notices = [event for event in events if isinstance(event, Notice)]
    assert [(notice.kind, notice.step) for notice in notices] == [
        ("no-drawing", "long"),
        ("no-drawing", "b"),
    ]
    assert all("longer than the reader" in notice.message for notice in notices)


def test_a_writer_is_loaded_beside_the_network(engine: Engine) -> None:
    options = replace(OPTIONS, denoising_steps=3)
    events = list(engine.handle(Write("w", "starter", "Fry an egg", 1, steps=2, options=options)))
    assert isinstance(events[-1], Finished), events[-1]
    takes = [event for event in events if isinstance(event, PaintFinished)]
    assert {take.recipe["painter"] for take in takes} == {"duogen"}
