"""The network as a painter: which pictures it sees at which time, which text is the last one."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from assets.sprites.library import Library
from assets.sprites.scene import Placed, Scene, scene_to_json
from inference.context import last_text, step_chunk
from inference.packs.manifest import catalogue
from inference.painter.drawing import CannotFix
from inference.painter.duogen.codec import Clarity
from inference.painter.duogen.painter import Nano, frames
from inference.painter.duogen.weights import Array, DuoGen, Frame, Settings
from inference.protocol import Condition, PaintInput


def scene(name: str) -> Scene:
    return Scene(name, (Placed("egg", "whole", 0.5, 0.7, 0.3),))


def condition(role: str, name: str) -> Condition:
    return Condition(role, name, {"scene": scene_to_json(scene(name))})  # type: ignore[arg-type]


def given(mode: str, *conditions: Condition) -> PaintInput:
    return PaintInput("", "", "", "", (), conditions, 1, mode)  # type: ignore[arg-type]


def test_neighbours_stand_at_their_times() -> None:
    seen = frames(
        given(
            "new",
            condition("previous", "near"),
            condition("next", "after"),
            condition("previous", "far"),
            condition("anchor", "pinned"),
            condition("present", "now"),
        )
    )
    assert [(f.time, f.scene.background) for f in seen] == [
        (-3, "pinned"),
        (-2, "far"),
        (-1, "near"),
        (1, "after"),
    ]


def test_a_fix_sees_the_present_take_last() -> None:
    seen = frames(given("fix", condition("previous", "near"), condition("present", "now")))
    assert [(f.time, f.scene.background) for f in seen] == [(-2, "near"), (-1, "now")]


class Still(DuoGen):
    """Weights that paint what was there before, less the last things of it."""

    def __init__(self, gone: int = 0) -> None:
        self.settings = cast("Settings", SimpleNamespace(denoising_steps=1))
        self._gone = gone

    def paint(self, _context: object, _recent: int, frames: Sequence[Frame], *_: object,
              **_named: object) -> Iterator[Scene]:  # fmt: skip
        before = frames[-1].scene
        yield replace(before, sprites=before.sprites[: len(before.sprites) - self._gone])

    def clarity(self, _context: object) -> Clarity:
        return Clarity({"egg": 1.0}, {})


def read(chunks: Sequence[str]) -> list[Array]:
    return [np.zeros((1, 4), np.float32)] * len(chunks)


def test_a_fix_that_changes_nothing_says_so(drawings: Library) -> None:
    nano = Nano(Still(), read, drawings)
    with pytest.raises(CannotFix, match="nothing to change"):
        list(nano.draw(given("fix", condition("present", "now"))))


def test_a_fix_that_empties_the_picture_speaks_of_the_instruction(drawings: Library) -> None:
    nano = Nano(Still(gone=1), read, drawings)
    with pytest.raises(CannotFix, match=r"by this instruction .* would leave the picture empty"):
        list(nano.draw(given("fix", condition("present", "now"))))


def test_photos_and_damaged_scenes_are_left_out() -> None:
    photo = Condition("previous", "photo", {})
    damaged = Condition("previous", "damaged", {"scene": {"background": 3}})
    seen = frames(given("new", photo, damaged, condition("previous", "near")))
    assert [(f.time, f.scene.background) for f in seen] == [(-1, "near")]


@pytest.mark.parametrize(
    ("pictured", "first"),
    [((False,), 1), ((True, True), 2), ((True, False, True), 2), ((False, False), 1), ((), 1)],
)
def test_the_last_text_begins_behind_the_last_picture(
    pictured: tuple[bool, ...], first: int
) -> None:
    """pictured: whether each step has a picture; the last one is to be painted."""
    chunks = ["How do I boil an egg?"]
    for number, has in enumerate(pictured, 1):
        chunks.append(step_chunk(number, "Boil", "Boil it.", "An egg." if has else ""))
    assert last_text(chunks) == first


def test_a_prompt_that_looks_like_a_picture_is_none() -> None:
    assert last_text(["Picture: a trap", step_chunk(1, "Boil", "Picture: no\nBoil it.", "")]) == 1


def test_what_ships_was_trained_together() -> None:
    """The weights, the adapter, and the row of `<BOV>` in every pack that uses it."""
    told = json.loads((files("assets") / "starter" / "painter.json").read_text("utf-8"))
    readers = [pack.reader for pack in catalogue() if pack.reader.adapter]
    assert len(readers) > 1
    for reader in readers:
        adapter = reader.adapter_path()
        assert adapter is not None
        assert hashlib.sha256(adapter.read_bytes()).hexdigest() == told["adapter"]
        assert reader.sha256 == told["reader"]
