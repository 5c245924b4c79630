"""Asked of every painter of pixels: to stop, to keep to a mask, to refuse what is no picture."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import test_cosmos
import test_qwen_edit
import torch
from diffusers import Flux2KleinPipeline
from PIL import Image
from test_klein import LAYERS, condition, png
from tiny_networks import tiny_cosmos, tiny_klein, tiny_qwen_image

from assets.sprites.library import Library
from inference.painter.drawing import Canvas, Glimpse, PainterError
from inference.painter.pixels import qwen_edit
from inference.painter.pixels.cosmos import Cosmos
from inference.painter.pixels.family import Family, Size
from inference.painter.pixels.glimpse import Glimpses
from inference.painter.pixels.klein import Klein
from inference.painter.pixels.painter import PixelPainter
from inference.protocol import PaintInput, PaintOptions, image

STEPS, SIDE = 3, 128
# Family -> the first and the last layer of its transformer.
ENDS = {
    "klein": ("x_embedder", "proj_out"),
    "qwen-edit": ("img_in", "proj_out"),
    "cosmos": ("patch_embed.proj", "proj_out"),
}
GIVEN = PaintInput(
    "Tea", "Boil", "Boil water.", "A kettle.", ("How?", "## 1. Boil"),
    (condition("previous", "red"),), 7, options=PaintOptions(SIDE, denoising_steps=STEPS),
)  # fmt: skip


@pytest.fixture(params=ENDS)
def family(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Family:
    torch.set_num_threads(1)
    if request.param == "klein":
        return Klein(tiny_klein(tmp_path), layers=LAYERS, tokens=64)
    if request.param == "cosmos":
        return Cosmos(*tiny_cosmos(), test_cosmos.read, test_cosmos.Watchful())
    return test_qwen_edit.small(tiny_qwen_image(), monkeypatch)


@pytest.fixture
def painter(family: Family, drawings: Library) -> PixelPainter:
    return PixelPainter(family, {}, drawings, most=1, area=64 * 64)


def weight(family: Family, end: int) -> torch.Tensor:
    found: torch.Tensor = family.networks[0].get_submodule(ENDS[family.name][end]).weight.data
    return found


def paint(painter: PixelPainter, given: PaintInput = GIVEN) -> Image.Image:
    *_, canvas = painter.draw(given)
    assert isinstance(canvas, Canvas)
    return canvas.pixels


def test_it_can_be_stopped_after_each_denoising_step(painter: PixelPainter) -> None:
    whole = paint(painter)
    for steps in range(1, STEPS):
        drawing = painter.draw(GIVEN)
        seen = [next(drawing) for _ in range(steps)]
        drawing.close()
        assert [one.done for one in seen if isinstance(one, Glimpse)] == [*range(1, steps + 1)]
        assert paint(painter).tobytes() == whole.tobytes()


def test_a_broken_picture_is_never_a_take(painter: PixelPainter, family: Family) -> None:
    last = weight(family, 1)
    healthy = last.clone()
    last[0, 0] = float("nan")
    with pytest.raises(PainterError, match="came out broken"):
        paint(painter)
    last[:] = healthy
    assert paint(painter).size == (SIDE, SIDE)


def test_a_black_picture_is_never_a_take(painter: PixelPainter, family: Family) -> None:
    last = family.networks[1].decoder.conv_out
    last.weight.data.zero_()
    last.bias.data.fill_(-1)
    with pytest.raises(PainterError, match="came out empty") as caught:
        paint(painter)
    assert caught.value.hint == "Choose another seed, or another painter."


def test_an_overflow_in_half_precision_is_painted_once_more(
    painter: PixelPainter, family: Family
) -> None:
    weight(family, 0).mul_(60_000)  # more than float16 holds once summed
    for network in family.networks:
        network.to(torch.float16)
    seen = list(painter.draw(GIVEN))
    assert [one.done for one in seen if isinstance(one, Glimpse)][1 - STEPS :] == [1, 2]
    assert isinstance(seen[-1], Canvas)
    assert family.dtype is torch.bfloat16
    assert {str(network.dtype) for network in family.networks} == {"torch.bfloat16"}
    assert painter.recipe()["dtype"] == "bfloat16"


def test_a_fix_keeps_what_is_outside_the_mask(painter: PixelPainter) -> None:
    mask = Image.new("L", (96, 64), "black")
    mask.paste("white", (48, 0, 96, 64))
    file = io.BytesIO()
    mask.save(file, "PNG")
    given = replace(
        GIVEN, mode="fix", instruction="Make it green.",
        conditions=(condition("present", "purple"),), mask=image(file.getvalue(), 96, 64),
    )  # fmt: skip
    fixed = paint(painter, given)
    before = Image.open(io.BytesIO(png("purple"))).convert("RGB")
    left, right = (0, 0, 46, 64), (50, 0, 96, 64)
    assert fixed.size == before.size
    assert fixed.crop(left).tobytes() == before.crop(left).tobytes()
    assert fixed.crop(right).tobytes() != before.crop(right).tobytes()


def test_latents_lie_as_the_picture_does(family: Family) -> None:
    clean = family.encode(Image.open(io.BytesIO(png("teal", 96, 64))).convert("RGB"))
    packed = {"klein": Flux2KleinPipeline._pack_latents, "qwen-edit": qwen_edit._packed}
    x = packed.get(family.name, lambda latents: latents)(clean)
    shown = family.grid(clean, Size(96, 64))
    assert shown.shape[2] / shown.shape[1] == 96 / 64
    assert torch.equal(family.grid(x, Size(96, 64)), shown)


class Mixed:
    """A family's VAE that keeps the colours of 16 x 16 pixels, mixed into eight channels."""

    def encode(self, pixels: Image.Image) -> torch.Tensor:
        small = pixels.resize((pixels.width // 16, pixels.height // 16), Image.Resampling.BOX)
        mix = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
        colours = torch.from_numpy(np.asarray(small, np.float32) / 255 - 0.4)
        return torch.einsum("ck,rwk->crw", mix, colours)[None]

    def grid(self, x: torch.Tensor, _size: Size) -> torch.Tensor:
        return x[0]


def test_a_glimpse_shows_the_colours() -> None:
    """Of a picture that the map was not fitted to: a red one with a blue spot."""
    picture = Image.new("RGB", (160, 96), (220, 30, 30))
    picture.paste((30, 30, 220), (96, 32, 144, 80))
    glimpses = Glimpses(Mixed())  # type: ignore[arg-type]
    shown = glimpses(Mixed().encode(picture), Size(160, 96))
    wanted = np.asarray(picture.resize((10, 6), Image.Resampling.BOX), float)
    colours = np.asarray(shown, float)
    assert shown.size == (10, 6)
    assert np.abs(colours - wanted).max() < 16
    assert np.corrcoef(colours.ravel(), wanted.ravel())[0, 1] > 0.99
