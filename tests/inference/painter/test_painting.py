"""One picture: the same input gives the same bytes, and the recipe holds the input."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import pytest

from assets.sprites.library import Library
from assets.sprites.scene import scene_from_json, to_svg
from inference.context import chunk_hashes
from inference.painter.painting import SIZE, Painted, paint
from inference.painter.render import render
from inference.painter.storyboard import CannotFix, NoDrawing
from inference.protocol import Condition, PaintInput, to_json

WASH = PaintInput(
    title="Wash a dog",
    heading="Rinse the dog",
    body="Rinse the dog with warm water until no soap is left.",
    description="A wet dog in a bathtub full of water.",
    chunks=("How do I wash a dog?", "## 1. Rinse the dog\nRinse the dog.\n"),
    conditions=(),
    seed=3,
)
PAINT_AGAIN = """
import hashlib, json, sys
from assets.sprites.library import library
from inference.painter.painting import paint
from inference.protocol import PaintInput, from_json, to_json
painted = paint(from_json(PaintInput, json.load(sys.stdin)), library())
print(json.dumps([hashlib.sha256(painted.png).hexdigest(), painted.source, painted.recipe]))
"""


def condition(role: Any, painted: Painted) -> Condition:
    return Condition(role, hashlib.sha256(painted.png).hexdigest(), painted.source)


@pytest.fixture(scope="module")
def first(drawings: Library) -> Painted:
    return paint(WASH, drawings)


@pytest.fixture(scope="module")
def second(drawings: Library, first: Painted) -> PaintInput:
    """The input of a picture with a neighbour."""
    return replace(
        WASH,
        heading="Dry the dog",
        body="Dry the dog with a towel.",
        description="A dog beside a towel.",
        chunks=(*WASH.chunks, "## 2. Dry the dog\nDry the dog with a towel.\n"),
        conditions=(condition("previous", first),),
        seed=4,
    )


def test_the_same_input_gives_the_same_bytes(drawings: Library, first: Painted) -> None:
    assert paint(WASH, drawings) == first
    assert first.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_fresh_process_gives_the_same_bytes(
    drawings: Library, second: PaintInput, hash_seed: str
) -> None:
    answer = subprocess.run(
        [sys.executable, "-P", "-c", PAINT_AGAIN],
        input=json.dumps(to_json(second)).encode(),
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        check=True,
    ).stdout
    here = paint(second, drawings)
    assert json.loads(answer) == [
        hashlib.sha256(here.png).hexdigest(),
        json.loads(json.dumps(here.source)),
        json.loads(json.dumps(here.recipe)),
    ]


def test_the_recipe_is_complete(drawings: Library, second: PaintInput, first: Painted) -> None:
    painted = paint(second, drawings)
    recipe = json.loads(json.dumps(painted.recipe, allow_nan=False))
    assert {field.name for field in fields(PaintInput)} <= recipe.keys()
    assert (recipe["painter"], recipe["size"]) == ("storyboard", SIZE)
    assert recipe["sprites"] == drawings.hash
    assert recipe["program"]
    assert recipe["renderer"].startswith("resvg-py ")
    assert recipe["chunks"] == chunk_hashes(second.chunks)
    assert [painted.chunks[name] for name in recipe["chunks"]] == list(second.chunks)
    sha256 = hashlib.sha256(first.png).hexdigest()
    assert recipe["conditions"] == [{"role": "previous", "sha256": sha256}]
    assert recipe["seed"] == 4


def test_the_source_draws_the_picture(drawings: Library, first: Painted) -> None:
    assert first.source["sprites"] == drawings.hash
    assert render(to_svg(scene_from_json(first.source["scene"]), drawings), SIZE) == first.png


def test_the_neighbours_count_and_photos_do_not(drawings: Library, second: PaintInput) -> None:
    alone = paint(replace(second, conditions=()), drawings)
    assert paint(second, drawings).png != alone.png
    photo = Condition("next", "0" * 64, {})
    damaged = Condition("anchor", "1" * 64, {"scene": {"background": None}})
    beside_photo = paint(replace(second, conditions=(photo, damaged)), drawings)
    assert beside_photo.png == alone.png
    assert [c["role"] for c in beside_photo.recipe["conditions"]] == ["next", "anchor"]


def test_a_subject_without_a_drawing_is_named(drawings: Library) -> None:
    with pytest.raises(NoDrawing, match="passport"):
        paint(replace(WASH, heading="", body="", description="A passport."), drawings)


def test_a_fix_changes_the_present_scene(drawings: Library, first: Painted) -> None:
    given = replace(
        WASH,
        mode="fix",
        instruction="remove the bathtub",
        conditions=(condition("present", first),),
    )
    fixed = paint(given, drawings)
    names = [placed["name"] for placed in fixed.source["scene"]["sprites"]]
    assert "bathtub" not in names
    assert "dog" in names
    assert fixed.recipe["instruction"] == "remove the bathtub"
    assert fixed.recipe["mode"] == "fix"
    assert paint(given, drawings) == fixed


@pytest.mark.parametrize("scene", [None, {}, {"sprites": 3}, "a cat"])
def test_a_fix_needs_a_present_scene(drawings: Library, first: Painted, scene: object) -> None:
    source = {} if scene is None else {"scene": scene}
    present = Condition("present", "0" * 64, source)
    for conditions in ((), (condition("previous", first),), (present,)):
        given = replace(WASH, mode="fix", instruction="make the dog bigger", conditions=conditions)
        with pytest.raises(CannotFix, match="draw a new one"):
            paint(given, drawings)
