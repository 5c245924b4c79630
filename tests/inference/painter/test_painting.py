"""One picture: the same input gives the same bytes, and the recipe holds the input."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zlib
from dataclasses import fields, replace
from typing import Any

import pytest
from PIL import Image

from assets.sprites.library import Library
from assets.sprites.scene import scene_from_json, to_svg
from inference.context import chunk_hashes
from inference.painter.drawing import CannotFix, NoDrawing
from inference.painter.painting import LARGEST, SMALLEST, Painted, WrongSize, paint, stamped
from inference.painter.render import render
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import Condition, Look, PaintInput, PaintOptions, to_json

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
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import PaintInput, from_json, to_json
drawings = library()
painted = paint(from_json(PaintInput, json.load(sys.stdin)), drawings, Storyboard(drawings))
print(json.dumps([hashlib.sha256(painted.png).hexdigest(), painted.source, painted.recipe]))
"""


def by_rules(given: PaintInput, drawings: Library) -> Painted:
    return paint(given, drawings, Storyboard(drawings))


def condition(role: Any, painted: Painted) -> Condition:
    return Condition(role, hashlib.sha256(painted.png).hexdigest(), painted.source)


@pytest.fixture(scope="module")
def first(drawings: Library) -> Painted:
    return by_rules(WASH, drawings)


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
    assert by_rules(WASH, drawings) == first
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
    here = by_rules(second, drawings)
    assert json.loads(answer) == [
        hashlib.sha256(here.png).hexdigest(),
        json.loads(json.dumps(here.source)),
        json.loads(json.dumps(here.recipe)),
    ]


def test_the_recipe_is_complete(drawings: Library, second: PaintInput, first: Painted) -> None:
    painted = by_rules(second, drawings)
    recipe = json.loads(json.dumps(painted.recipe, allow_nan=False))
    asked = {field.name for field in fields(PaintInput)} - {"numbers"}  # those of a card alone
    assert asked <= recipe.keys()
    assert recipe["painter"] == "storyboard"
    assert (recipe["look"], recipe["options"]) == (
        to_json(Look()),
        to_json(PaintOptions(painter="storyboard")),
    )
    assert recipe["sprites"] == drawings.hash
    assert recipe["program"]
    assert recipe["renderer"].startswith("resvg-py ")
    assert recipe["chunks"] == chunk_hashes(second.chunks)
    assert [painted.chunks[name] for name in recipe["chunks"]] == list(second.chunks)
    sha256 = hashlib.sha256(first.png).hexdigest()
    assert recipe["conditions"] == [{"role": "previous", "sha256": sha256}]
    assert recipe["left_out"] == []
    assert recipe["seed"] == 4


def test_the_source_draws_the_picture(drawings: Library, first: Painted) -> None:
    assert first.source["sprites"] == drawings.hash
    assert stamped(render(svg_of(first, drawings)), first.recipe) == first.png


def chunks_of(png: bytes) -> dict[bytes, bytes]:
    """Return a PNG's chunks by kind, each checked as a strict reader does."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found, at = {}, 8
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert int.from_bytes(png[at + 8 + size : at + 12 + size], "big") == zlib.crc32(kind + data)
        found[kind] = found.get(kind, b"") + data
        at += 12 + size
    return found


def test_the_bytes_name_their_recipe(drawings: Library, first: Painted) -> None:
    chunks = chunks_of(first.png)
    kinds = list(chunks)
    assert kinds[:2] == [b"IHDR", b"tEXt"]
    assert kinds[-1] == b"IEND"
    with Image.open(io.BytesIO(first.png)) as shown:
        shown.load()
        name = shown.info["Interstep"]
    assert chunks[b"tEXt"] == b"Interstep\0" + name.encode()
    backwards = dict(reversed(json.loads(json.dumps(first.recipe)).items()))
    assert stamped(render(svg_of(first, drawings)), backwards) == first.png


def svg_of(painted: Painted, drawings: Library) -> str:
    return to_svg(scene_from_json(painted.source["scene"]), drawings)


@pytest.mark.parametrize(
    "changed",
    [
        {"body": "Rinse the dog with warm water until no soap is left!"},
        {"chunks": ("How?",)},
        {"look": Look(palette="warm", style="woodcut", camera="from above")},
        {"options": PaintOptions(denoising_steps=8, guidance_scale=3.5)},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_equal_pixels_of_another_recipe_are_another_take(
    drawings: Library, first: Painted, changed: dict[str, Any]
) -> None:
    other = by_rules(replace(WASH, **changed), drawings)
    assert other.source == first.source
    assert other.png != first.png
    ours, theirs = chunks_of(first.png), chunks_of(other.png)
    assert ours.pop(b"tEXt") != theirs.pop(b"tEXt")
    assert ours == theirs


@pytest.mark.parametrize("size", [SMALLEST, 500, LARGEST])
def test_a_picture_of_the_asked_size(drawings: Library, first: Painted, size: int) -> None:
    painted = by_rules(replace(WASH, options=PaintOptions(size)), drawings)
    with Image.open(io.BytesIO(painted.png)) as shown:
        assert shown.size == (size, size)
    assert painted.recipe["options"]["size"] == size
    assert painted.source == first.source


@pytest.mark.parametrize("size", [-1, 0, SMALLEST - 1, LARGEST + 1, 10**9])
def test_a_size_out_of_bounds_is_refused(drawings: Library, size: int) -> None:
    with pytest.raises(WrongSize, match=f"can't be {size} pixels wide"):
        by_rules(replace(WASH, options=PaintOptions(size)), drawings)


def test_the_neighbours_count_and_photos_do_not(drawings: Library, second: PaintInput) -> None:
    alone = by_rules(replace(second, conditions=()), drawings)
    assert by_rules(second, drawings).source != alone.source
    photo = Condition("next", "0" * 64, {})
    damaged = Condition("anchor", "1" * 64, {"scene": {"background": None}})
    beside_photo = by_rules(replace(second, conditions=(photo, damaged)), drawings)
    assert beside_photo.source == alone.source
    assert [c["role"] for c in beside_photo.recipe["conditions"]] == ["next", "anchor"]
    assert beside_photo.recipe["left_out"] == [photo.sha256, damaged.sha256]


def test_a_subject_without_a_drawing_is_named(drawings: Library) -> None:
    with pytest.raises(NoDrawing, match="passport"):
        by_rules(replace(WASH, heading="", body="", description="A passport."), drawings)


def test_a_fix_changes_the_present_scene(drawings: Library, first: Painted) -> None:
    given = replace(
        WASH,
        mode="fix",
        instruction="remove the bathtub",
        conditions=(condition("present", first),),
    )
    fixed = by_rules(given, drawings)
    names = [placed["name"] for placed in fixed.source["scene"]["sprites"]]
    assert "bathtub" not in names
    assert "dog" in names
    assert fixed.recipe["instruction"] == "remove the bathtub"
    assert fixed.recipe["mode"] == "fix"
    assert by_rules(given, drawings) == fixed


@pytest.mark.parametrize("scene", [None, {}, {"sprites": 3}, "a cat"])
def test_a_fix_needs_a_present_scene(drawings: Library, first: Painted, scene: object) -> None:
    source = {} if scene is None else {"scene": scene}
    present = Condition("present", "0" * 64, source)
    for conditions in ((), (condition("previous", first),), (present,)):
        given = replace(WASH, mode="fix", instruction="make the dog bigger", conditions=conditions)
        with pytest.raises(CannotFix, match="draw a new one"):
            by_rules(given, drawings)
