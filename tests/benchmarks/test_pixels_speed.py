"""A picture by PixelPainter beside the bare pipeline, over one block of real width.

Run alone on the machine: pytest -m benchmark -s tests/benchmarks/test_pixels_speed.py
"""

import io
import time
from collections.abc import Callable
from dataclasses import replace
from statistics import median

import pytest
import torch
from PIL import Image
from test_write import tell

from assets.sprites.library import library
from inference.painter.drawing import Canvas
from inference.painter.pixels.klein import Klein
from inference.painter.pixels.painter import PixelPainter
from inference.protocol import Condition, PaintInput, PaintOptions, image

pytestmark = pytest.mark.benchmark

MOST = 1.03  # times the bare pipeline
SIDE, STEPS, PAIRS = 256, 4, 5
HEADS, TEXT = 24, 7680  # of FLUX.2-klein-4B: attention heads of 128 channels, width of a text
GIVEN = PaintInput(
    "Tea", "Boil", "Boil water.", "A kettle on a stove.", ("How?", "## 1. Boil"), (), 3,
    options=PaintOptions(SIDE, STEPS, 1.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def pipeline():
    """A klein whose transformer has one double block of the full width, and small neighbours."""
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinPipeline,
        Flux2Transformer2DModel,
    )

    torch.manual_seed(0)
    transformer = Flux2Transformer2DModel(
        patch_size=1, in_channels=128, num_layers=1, num_single_layers=1, attention_head_dim=128,
        num_attention_heads=HEADS, joint_attention_dim=TEXT, timestep_guidance_channels=256,
        mlp_ratio=3.0, axes_dims_rope=(32, 32, 32, 32), rope_theta=2000, guidance_embeds=False,
    )  # fmt: skip
    vae = AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(8, 8, 8, 8), layers_per_block=1, latent_channels=32, norm_num_groups=1,
        use_quant_conv=False, use_post_quant_conv=False,
    )  # fmt: skip
    made = Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae.eval(),
        text_encoder=None,
        tokenizer=None,
        transformer=transformer.eval(),
        is_distilled=True,
    )
    made.set_progress_bar_config(disable=True)
    return made


def reference(number: int) -> tuple[Image.Image, Condition]:
    """A picture that no painter has seen, as the pipeline and as our painter gets it."""
    picture, data = Image.new("RGB", (SIDE, SIDE), (number, 128, 128)), io.BytesIO()
    picture.save(data, "PNG")
    sent = image(data.getvalue(), SIDE, SIDE)
    return picture, Condition("previous", sent.sha256, {}, sent)


def test_a_picture_beside_the_bare_pipeline(pipeline) -> None:
    states = torch.randn(1, 512, TEXT, generator=torch.Generator().manual_seed(1))
    read = states, pipeline._prepare_text_ids(states)

    class Read(Klein):
        """Gets the text as states, as the pipeline does here: neither has a text encoder."""

        def condition(self, *_given: object) -> tuple[torch.Tensor, ...]:
            return read

    painter = PixelPainter(Read(pipeline), {}, library(), most=1, area=SIDE * SIDE)

    def ours(_picture: Image.Image, condition: Condition) -> Image.Image:
        *_glimpses, canvas = painter.draw(replace(GIVEN, conditions=(condition,)))
        assert isinstance(canvas, Canvas)
        return canvas.pixels

    def bare(picture: Image.Image, _condition: Condition) -> Image.Image:
        return pipeline(
            prompt_embeds=states, image=[picture], height=SIDE, width=SIDE,
            num_inference_steps=STEPS, guidance_scale=1.0,
            generator=torch.Generator().manual_seed(GIVEN.seed),
        ).images[0]  # fmt: skip

    first = [paint(*reference(0)) for paint in (ours, bare)]
    assert first[0].size == first[1].size == (SIDE, SIDE)
    ratios = [_ratio(ours, bare, number) for number in range(1, PAIRS + 1)]
    more = f"; each of {PAIRS} pairs: {', '.join(f'{ratio:.3f}' for ratio in ratios)}"
    tell("PixelPainter over the bare pipeline", median(ratios), MOST, "times", more)
    assert median(ratios) <= MOST


def _ratio(ours: Callable[..., Image.Image], bare: Callable[..., Image.Image], seed: int) -> float:
    taken = {}
    for paint in (ours, bare) if seed % 2 else (bare, ours):
        given = reference(seed)
        started = time.perf_counter()
        paint(*given)
        taken[paint] = time.perf_counter() - started
    return taken[ours] / taken[bare]
