"""Whole pictures of the families whose text the writer's model reads."""

import pytest
import test_cosmos
import test_qwen_edit
import torch
from test_klein import condition
from tiny_networks import tiny_cosmos, tiny_qwen_image

from assets.sprites.library import library
from inference.painter.drawing import Canvas, Glimpse
from inference.painter.pixels.cosmos import Cosmos
from inference.painter.pixels.family import Family
from inference.painter.pixels.painter import PixelPainter
from inference.protocol import PaintInput, PaintOptions

CONDITIONS = (
    condition("previous", "red"), condition("next", "green", 64, 64),
    condition("anchor", "blue", 40, 130),
)  # fmt: skip


@pytest.fixture(params=["qwen-edit", "cosmos"])
def family(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Family:
    torch.set_num_threads(1)
    if request.param == "cosmos":
        return Cosmos(*tiny_cosmos(), test_cosmos.read, test_cosmos.Watchful())
    return test_qwen_edit.small(tiny_qwen_image(), monkeypatch)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_picture_repeats(family: Family, count: int) -> None:
    painter = PixelPainter(family, {}, library(), most=3, area=64 * 64)
    given = PaintInput(
        "Tea", "Boil", "Boil water.", "A kettle.", ("How?", "## 1. Boil"), CONDITIONS[:count], 7,
        options=PaintOptions(256, denoising_steps=3),
    )  # fmt: skip
    *glimpses, first = painter.draw(given)
    stopped = painter.draw(given)
    next(stopped)
    stopped.close()
    *_, second = painter.draw(given)
    assert [type(one) for one in glimpses] == [Glimpse, Glimpse]
    assert isinstance(first, Canvas)
    assert isinstance(second, Canvas)
    assert first.pixels.tobytes() == second.pixels.tobytes()
    assert first.pixels.size == (256, 256)


def test_the_dtype_is_that_of_both_networks(family: Family) -> None:
    assert family.dtype is torch.float32
    for network in family.networks:
        network.to(torch.bfloat16)
    assert family.dtype is torch.bfloat16
    assert len(family.networks) == 2
