"""The paint loop beside the bare pipeline, over one block of real width.

Run alone on the machine: pytest -m benchmark -s tests/benchmarks/test_pixels_speed.py
"""

import time
from statistics import median

import pytest
import torch
from PIL import Image
from test_write import tell
from torch import Tensor

from inference.painter.pixels.family import Frame, Size
from inference.painter.pixels.klein import Klein

pytestmark = pytest.mark.benchmark

MOST = 1.03  # times the bare pipeline
SIZE, STEPS, PAIRS = Size(256, 256), 4, 5


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
        num_attention_heads=24, joint_attention_dim=7680, timestep_guidance_channels=256,
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


def test_the_loop_beside_the_bare_pipeline(pipeline) -> None:
    reference = Image.new("RGB", (256, 256), "teal")
    states = torch.randn(1, 512, 7680, generator=torch.Generator().manual_seed(1))
    positions = pipeline._prepare_text_ids(states)
    klein = Klein(pipeline)

    def ours() -> Tensor:
        frame = Frame(-1, klein.encode(reference))
        noise, slope = klein.begin((states, positions), [frame], SIZE, 3, 1.0)
        with torch.no_grad():
            *_, (x, _) = klein.solve(slope, noise, STEPS)
            return klein.decode(x, SIZE)

    def bare() -> Tensor:
        return pipeline(
            prompt_embeds=states, image=[reference], height=SIZE.height, width=SIZE.width,
            num_inference_steps=STEPS, guidance_scale=1.0, output_type="pt",
            generator=torch.Generator().manual_seed(3),
        ).images  # fmt: skip

    ours(), bare()
    ratios = []
    for number in range(PAIRS):
        taken = {}
        for paint in (ours, bare) if number % 2 else (bare, ours):
            started = time.perf_counter()
            paint()
            taken[paint] = time.perf_counter() - started
        ratios.append(taken[ours] / taken[bare])
    more = f"; each of {PAIRS} pairs: {', '.join(f'{ratio:.3f}' for ratio in ratios)}"
    tell("our paint loop over the bare pipeline's", median(ratios), MOST, "times", more)
