import hashlib
import io
from dataclasses import replace

import pytest
import torch
from PIL import Image
from tiny_networks import tiny_klein

from assets.sprites.library import Library, library
from inference.painter.drawing import CannotFix, Canvas, PainterError
from inference.painter.painting import Painted, painting
from inference.painter.pixels.family import Frame, Size, Told, image_of
from inference.painter.pixels.klein import Klein
from inference.painter.pixels.painter import PixelPainter
from inference.painter.pixels.references import Reference
from inference.protocol import Condition, PaintInput, PaintOptions, image

LAYERS = (1, 2, 3)


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory):
    torch.set_num_threads(1)
    return tiny_klein(tmp_path_factory.mktemp("tokenizer"))


@pytest.fixture
def painter(pipeline, drawings: Library) -> PixelPainter:
    return PixelPainter(
        Klein(pipeline, layers=LAYERS, tokens=64), {}, drawings, most=3, area=128 * 128
    )


def png(colour: str, width: int = 96, height: int = 64) -> bytes:
    file = io.BytesIO()
    picture = Image.new("RGB", (width, height), colour)
    picture.paste("white", (10, 10, 30, 40))
    picture.save(file, "PNG")
    return file.getvalue()


def condition(role: str, colour: str, width: int = 96, height: int = 64) -> Condition:
    data = png(colour, width, height)
    return Condition(role, hashlib.sha256(data).hexdigest(), {}, image(data, width, height))  # type: ignore[arg-type]


PREVIOUS = condition("previous", "red")
NEXT = condition("next", "green", 64, 64)
ANCHOR = condition("anchor", "blue", 40, 130)
GIVEN = PaintInput(
    "Tea", "Boil", "Boil water.", "A kettle on a stove.", ("How?", "## 1. Boil"), (), 7,
    options=PaintOptions(256),
)  # fmt: skip


@pytest.mark.parametrize("conditions", [(), (PREVIOUS,), (PREVIOUS, NEXT, ANCHOR)])
def test_the_loop_gives_the_stock_pipelines_picture(pipeline, conditions) -> None:
    klein = Klein(pipeline, layers=LAYERS, tokens=64)
    size = Size(64, 96)
    refs = [
        Reference(c.role, c.sha256, -1, Image.open(io.BytesIO(c.image.data())).resize((64, 64)))
        for c in conditions
    ]
    noise, slope = klein.begin(
        klein.condition(Told("A kettle."), refs, 1.0),
        [Frame(-1, klein.encode(ref.pixels)) for ref in refs],
        size,
        seed=3,
        guidance=1.0,
    )
    *_, (x, _) = klein.solve(slope, noise, 4)
    ours = klein.decode(x, size)
    rows = noise.view(1, 6, 4, 16).permute(0, 3, 1, 2)
    stock = pipeline(
        prompt="A kettle.",
        image=[ref.pixels for ref in refs] or None,
        num_inference_steps=4,
        guidance_scale=1.0,
        height=size.height,
        width=size.width,
        max_sequence_length=64,
        text_encoder_out_layers=LAYERS,
        latents=rows,
        output_type="pt",
    ).images
    torch.testing.assert_close((ours / 2 + 0.5).clamp(0, 1), stock, atol=2e-5, rtol=0)


@pytest.mark.parametrize("conditions", [(), (PREVIOUS,), (PREVIOUS, NEXT, ANCHOR)])
def test_a_picture_repeats_and_is_glimpsed(painter, drawings, conditions) -> None:
    given = replace(GIVEN, conditions=conditions)
    seen = list(painting(given, drawings, painter))
    assert len(seen) == 4
    assert [(one.done, one.total, one.width) for one in seen[:-1]] == [
        (1, 4, 192),
        (2, 4, 192),
        (3, 4, 192),
    ]
    *_, again = painting(given, drawings, painter)
    assert isinstance(seen[-1], Painted)
    assert isinstance(again, Painted)
    assert seen[-1].png == again.png
    assert (again.width, again.height) == (256, 256)
    assert again.recipe["painter"] == "klein"
    assert again.recipe["dtype"] == "float32"
    *_, other = painting(replace(given, seed=8), drawings, painter)
    assert other.png != again.png


@pytest.mark.parametrize(("guidance", "read"), [(0.0, 1), (1.0, 1), (3.0, 2)])
def test_an_empty_prompt_is_read_only_where_it_guides(pipeline, painter, guidance, read) -> None:
    times = []
    hook = pipeline.text_encoder.register_forward_hook(lambda *_: times.append(1))
    paint(painter, replace(GIVEN, options=PaintOptions(256, 2, guidance)))
    hook.remove()
    assert len(times) == read


def test_neighbours_change_the_picture(painter, drawings) -> None:
    pictures = {
        paint(painter, replace(GIVEN, conditions=conditions)).tobytes()
        for conditions in ((), (PREVIOUS,), (NEXT,), (PREVIOUS, NEXT))
    }
    assert len(pictures) == 4


def test_an_extra_neighbour_is_left_out_the_farthest_first(painter, drawings) -> None:
    far = condition("previous", "yellow")
    near = replace(GIVEN, conditions=(PREVIOUS, far, NEXT, ANCHOR))
    assert paint(painter, near) == paint(
        painter, replace(GIVEN, conditions=(PREVIOUS, NEXT, ANCHOR))
    )


def paint(painter: PixelPainter, given: PaintInput) -> Image.Image:
    *_, canvas = painter.draw(given)
    assert isinstance(canvas, Canvas)
    return canvas.pixels


def test_a_fix_keeps_the_shape_and_what_is_outside_the_mask(painter, drawings) -> None:
    present = condition("present", "purple", 96, 64)
    mask = Image.new("L", (96, 64), "black")
    mask.paste("white", (48, 0, 96, 64))
    file = io.BytesIO()
    mask.save(file, "PNG")
    given = replace(
        GIVEN,
        mode="fix",
        instruction="Make it green.",
        conditions=(present,),
        mask=image(file.getvalue(), 96, 64),
    )
    fixed = paint(painter, given)
    before = Image.open(io.BytesIO(png("purple"))).convert("RGB")
    assert fixed.size == before.size
    left = (0, 0, 46, 64)
    assert fixed.crop(left).tobytes() == before.crop(left).tobytes()
    assert fixed.tobytes() != before.tobytes()
    *_, painted = painting(given, drawings, painter)
    assert painted.recipe["mask"]["sha256"] == given.mask.sha256
    with pytest.raises(CannotFix):
        paint(painter, replace(given, conditions=(PREVIOUS,)))


def test_a_damaged_neighbour_is_named(painter) -> None:
    data = b"no picture"
    bad = Condition("previous", hashlib.sha256(data).hexdigest(), {}, image(data, 1, 1))
    with pytest.raises(PainterError, match="damaged, or neither PNG"):
        paint(painter, replace(GIVEN, conditions=(bad,)))


def test_pixels_survive_the_way_to_a_network_and_back() -> None:
    from inference.painter.pixels.family import pixels_in

    picture = Image.open(io.BytesIO(png("teal")))
    there = pixels_in(picture, torch.device("cpu"), torch.float32)
    assert image_of(there).tobytes() == picture.tobytes()
