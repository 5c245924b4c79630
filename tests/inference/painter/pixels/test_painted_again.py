"""A painter with another plan paints a take again with the take's own numbers, or says it can't."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import test_cosmos
import test_qwen_edit
import torch
from test_klein import GIVEN, NEXT, PREVIOUS
from tiny_networks import tiny_cosmos, tiny_qwen_image

from assets.sprites.library import library
from inference.packs.estimates import known_writer
from inference.packs.ladder import Ladder
from inference.packs.manifest import shipped
from inference.packs.plan import Plan
from inference.packs.reports import PackError
from inference.painter.arbiter import Arbiter
from inference.painter.drawing import PainterError, Remark
from inference.painter.painting import Painted, painting
from inference.painter.pixels.assembling import CardPainter, Reading
from inference.protocol import Numbers, PaintInput, from_json

SEEN = replace(
    GIVEN, conditions=(PREVIOUS, NEXT), options=replace(GIVEN.options, size=256, denoising_steps=2)
)
Make = Callable[..., CardPainter]


@pytest.fixture(params=["qwen-edit-24", "cosmos-12"])
def make(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Returns a new painter, as a fresh engine makes it; short: times that memory is short."""
    torch.set_num_threads(1)
    pack = shipped(request.param)

    def made(short: int = 0, **changes: object) -> CardPainter:
        writer = known_writer(pack.writer.name)
        plan = Plan(pack, "swap", "bf16", "none", "none", 256, 2, 512, False, 2048, writer)
        if pack.painter == "cosmos":
            networks = tiny_cosmos()
            reading = Reading(test_cosmos.read, test_cosmos.Watchful())
        else:
            networks = tiny_qwen_image()
            test_qwen_edit.small(networks, monkeypatch)
            reading = Reading(test_qwen_edit.read)
        parts = dict(zip(("transformer", "vae", "scheduler"), networks, strict=True))
        left = [short]

        def free() -> int:
            left[0] -= 1
            return 0 if left[0] >= 0 else 10**12

        arbiter = Arbiter(replace(plan, **changes), free)
        ladder = Ladder(tmp_path, "a card", lambda: None)
        return CardPainter(parts, arbiter, ladder, library(), reading)

    return made


def picture(painter: CardPainter, given: PaintInput = SEEN) -> Painted:
    *_, painted = painting(given, library(), painter)
    assert isinstance(painted, Painted)
    return painted


def told(painted: Painted) -> PaintInput:
    return replace(SEEN, numbers=from_json(Numbers, painted.recipe["numbers"]))


def test_other_sizes_and_tiles_of_the_plan_do_not_change_it(make: Make) -> None:
    lesser = {"size": 192, "references": 1, "reference_size": 512, "tiling": True}
    first = picture(make(**lesser))
    assert first.recipe["numbers"]["size"] == first.width == 192
    painter = make(reference_size=1024)
    better = picture(painter)
    again = picture(painter, told(first))
    assert again.recipe == first.recipe
    assert again.png == first.png
    assert picture(painter).png == better.png
    assert picture(make(**lesser), told(better)).png == better.png


def test_a_painter_of_other_numbers_or_without_memory_says_so(make: Make) -> None:
    first = picture(make())
    given = told(first)
    assert given.numbers is not None
    for changes in ({"kind": "int8"}, {"references": 9}, {"reference_size": 7}, {"compiled": True}):
        odd = replace(given, numbers=replace(given.numbers, **changes))
        with pytest.raises(PainterError, match="can't be painted again as it was"):
            picture(make(), odd)
    with pytest.raises(PackError, match="does not suffice to paint this picture as it was"):
        picture(make(short=10**6), given)
    seen = list(painting(given, library(), make(short=2)))
    remarks = [one.message for one in seen if isinstance(one, Remark)]
    assert not any("tiles" in one or "smaller" in one or "fewer" in one for one in remarks)
    assert len(remarks) == 2
    assert isinstance(seen[-1], Painted)
    assert seen[-1].png == first.png
