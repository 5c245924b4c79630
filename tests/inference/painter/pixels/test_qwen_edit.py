import io

import numpy as np
import pytest
import torch
from diffusers.image_processor import VaeImageProcessor
from diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus import (
    calculate_dimensions,
    calculate_shift,
)
from PIL import Image
from test_klein import condition
from tiny_networks import tiny_qwen_image
from torch import Tensor

from assets.sprites.library import library
from inference.painter.pixels.family import Frame, Size, Told
from inference.painter.pixels.networks import build, shapes
from inference.painter.pixels.painter import PixelPainter
from inference.painter.pixels.qwen_edit import QwenEdit
from inference.painter.pixels.references import Reference
from inference.protocol import PaintInput, PaintOptions

TEXT = 16
SIZE = Size(64, 32)


def read(text: str, pictures: list[Image.Image]) -> Tensor:
    """Return states that the text and the pictures decide, as a reader does."""
    seed = sum(text.encode()) + sum(sum(one.getpixel((0, 0))) for one in pictures)
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, 5 + 3 * len(pictures), TEXT, generator=generator)


@pytest.fixture(scope="module")
def networks():
    torch.set_num_threads(1)
    return tiny_qwen_image(text=TEXT)


@pytest.fixture
def edit(networks, monkeypatch: pytest.MonkeyPatch) -> QwenEdit:
    return small(networks, monkeypatch)


def small(networks, monkeypatch: pytest.MonkeyPatch) -> QwenEdit:
    """Return the family, for pictures of a few pixels."""
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as stock

    from inference.painter.pixels import qwen_edit

    for module in (stock, qwen_edit):  # a megapixel is too much for a test
        monkeypatch.setattr(module, "VAE_IMAGE_SIZE", 64 * 64)
        monkeypatch.setattr(module, "CONDITION_IMAGE_SIZE", 32 * 32)
    return QwenEdit(*networks, read)


def picture(colour: str, width: int = 64, height: int = 64) -> Image.Image:
    shown = Image.new("RGB", (width, height), colour)
    shown.paste("white", (8, 8, 24, 30))
    return shown


@pytest.mark.parametrize("guidance", [1.0, 3.0])
@pytest.mark.parametrize("count", [1, 2])
def test_the_loop_gives_the_stock_pipelines_latents(networks, edit, guidance, count) -> None:
    from diffusers import QwenImageEditPlusPipeline

    transformer, vae, scheduler = networks
    pipeline = QwenImageEditPlusPipeline(scheduler, vae, None, None, None, transformer)
    pipeline.set_progress_bar_config(disable=True)
    shown = [picture("red", 48, 40), picture("green", 96, 64)][:count]
    refs = [Reference("previous", str(k), -1 - k, one) for k, one in enumerate(shown)]
    conditions = edit.condition(Told("Pour the tea."), refs, guidance)
    frames = [Frame(ref.time, edit.encode(edit.fitted(ref.pixels, 1024 * 1024))) for ref in refs]
    noise, slope = edit.begin(conditions, frames, SIZE, 3, guidance)
    *_, (ours, _) = edit.solve(slope, noise, 4)
    assert (conditions.negative is None) == (guidance == 1)
    negative = {} if guidance == 1 else {"negative_prompt_embeds": conditions.negative}
    stock = pipeline(
        image=shown,
        prompt_embeds=conditions.positive,
        prompt_embeds_mask=torch.ones(conditions.positive.shape[:2], dtype=torch.long),
        true_cfg_scale=guidance,
        num_inference_steps=4,
        height=SIZE.height,
        width=SIZE.width,
        latents=noise,
        output_type="latent",
        **negative,
    ).images
    torch.testing.assert_close(ours, stock, atol=2e-5, rtol=0)


@pytest.mark.parametrize("side", [512, 1024])
def test_the_noise_levels_are_those_that_the_lora_was_taught_with(networks, side: int) -> None:
    """Source of the levels: Qwen-Image-Lightning, a shift of 3 for pictures of every size."""
    scheduler = build(shapes("qwen-edit")["scheduler"])
    transformer, vae, _ = networks
    seen: list[float] = []

    def slope(x: Tensor, sigma: float) -> Tensor:
        seen.append(sigma)
        return x

    tokens = (side // 16) ** 2
    list(QwenEdit(transformer, vae, scheduler, read).solve(slope, torch.zeros(1, tokens, 4), 4))
    config = scheduler.config
    bounds = (config.base_image_seq_len, config.max_image_seq_len)
    shift = calculate_shift(tokens, *bounds, config.base_shift, config.max_shift)
    scheduler.set_timesteps(sigmas=np.linspace(1, 1 / 4, 4), mu=shift)
    assert seen == pytest.approx(scheduler.sigmas[:-1].tolist(), abs=1e-6)
    assert seen == pytest.approx([1, 0.9, 0.75, 0.5])


@pytest.mark.parametrize("size", [(768, 768), (300, 200), (3000, 2000), (1, 5000), (5000, 1)])
@pytest.mark.parametrize("room", [512, 1024])
def test_a_reference_has_the_size_that_the_network_was_taught(networks, size, room: int) -> None:
    fitted = QwenEdit(*networks, read).fitted(Image.new("RGB", size), room**2)
    longest = room / 32
    ratio = min(max(size[0] / size[1], 1 / longest**2), longest**2)
    assert fitted.size == calculate_dimensions(room**2, ratio)
    assert min(fitted.size) >= 32
    assert 0.95 < fitted.width * fitted.height / room**2 < 1.05


def test_a_picture_is_resampled_once(networks) -> None:
    """As the stock pipeline does, straight from the picture as it is given."""
    edit = QwenEdit(*networks, read)
    seen: list[Image.Image] = []
    edit.encode = lambda pixels: seen.append(pixels) or QwenEdit.encode(edit, pixels)
    given = condition("previous", "red", 96, 64)
    painter = PixelPainter(edit, {}, library(), most=1, area=64 * 64)
    asked = PaintInput(
        "Tea", "Boil", "", "A kettle.", ("How?",), (given,), 7, options=PaintOptions(64, 1)
    )
    list(painter.draw(asked))
    original = Image.open(io.BytesIO(given.image.data()))
    wanted = VaeImageProcessor().resize(original, *reversed(calculate_dimensions(64 * 64, 1.5)))
    assert seen[0].size == wanted.size
    assert seen[0].tobytes() == wanted.tobytes()
