from dataclasses import replace
from inspect import signature

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_networks import tiny_cosmos
from torch import Tensor

from inference.painter.drawing import PainterError
from inference.painter.pixels.cosmos import CLEAN, Cosmos, projected, velocity
from inference.painter.pixels.family import Frame, Size, Told, pixels_in

TEXT = 24
SIZE = Size(64, 48)


def read(text: str) -> Tensor:
    """Return states that the text decides, as a reader does."""
    generator = torch.Generator().manual_seed(sum(text.encode()))
    return torch.randn(1, max(1, len(text.split())), TEXT, generator=generator)


class Watchful:
    """A guard that refuses one word and one colour."""

    def check_text_safety(self, prompt: str) -> bool:
        return "poison" not in prompt

    def check_video_safety(self, frames: np.ndarray) -> np.ndarray | None:
        assert frames.dtype == np.uint8
        return frames

    def to(self, device: object) -> None:
        """The stock pipeline moves its guard."""


@pytest.fixture(scope="module")
def networks():
    torch.set_num_threads(1)
    return tiny_cosmos(text=TEXT)


@pytest.fixture
def cosmos(networks) -> Cosmos:
    return Cosmos(*networks, read, Watchful())


def picture(colour: str, width: int = 64, height: int = 48) -> Image.Image:
    shown = Image.new("RGB", (width, height), colour)
    shown.paste("white", (8, 8, 24, 30))
    return shown


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize("guidance", [1.0, Cosmos.guidance])
def test_one_frame_of_equal_size_gives_the_stock_pipelines_latents(
    networks, cosmos, guidance: float
) -> None:
    from diffusers import Cosmos2_5_PredictBasePipeline

    given = signature(Cosmos2_5_PredictBasePipeline.__call__).parameters
    assert given["guidance_scale"].default == Cosmos.guidance - 1
    assert given["num_inference_steps"].default == Cosmos.steps
    transformer, vae, scheduler = networks
    pipeline = Cosmos2_5_PredictBasePipeline(None, None, transformer, vae, scheduler, Watchful())
    pipeline.set_progress_bar_config(disable=True)
    noise = torch.randn(1, 16, 2, 6, 8, generator=torch.Generator().manual_seed(5))
    before = picture("red")
    told = Told("a kettle on a stove", ("How?", "## 1. Boil"), 1)
    condition = cosmos.condition(told, [], guidance)
    stock = pipeline(
        video=pixels_in(before, torch.device("cpu"), torch.float32)[:, :, None],
        num_latent_conditional_frames=1,
        num_frames=5,
        height=SIZE.height,
        width=SIZE.width,
        num_inference_steps=6,
        guidance_scale=guidance - 1,  # it counts from none, the paper's formula from one
        prompt_embeds=condition.positive,
        negative_prompt_embeds=condition.negative,
        latents=noise,
        output_type="latent",
    ).frames
    frames = [Frame(-1, cosmos.encode(before))]
    _, slope = cosmos.begin(condition, frames, SIZE, 0, guidance)
    *_, (ours, _) = cosmos.solve(slope, noise[:, :, 1:], 6)
    torch.testing.assert_close(ours, stock[:, :, 1:], atol=2e-4, rtol=0)


@pytest.mark.usefixtures("torchvision")
def test_frames_of_one_size_go_through_as_one_video(networks) -> None:
    transformer, _, _ = networks
    generator = torch.Generator().manual_seed(1)
    frames = [torch.randn(1, 16, 1, 6, 8, generator=generator) for _ in range(3)]
    text = read("three frames")
    ours = velocity(
        transformer,
        [(-2, frames[0], CLEAN), (-1, frames[1], CLEAN), (0, frames[2], 0.7)],
        projected(transformer, text, torch.device("cpu")),
    )
    marks = torch.tensor([1.0, 1.0, 0.0]).view(1, 1, 3, 1, 1).expand(-1, -1, -1, 6, 8)
    with torch.no_grad():
        stock = transformer(
            hidden_states=torch.cat(frames, 2),
            condition_mask=marks,
            timestep=torch.tensor([CLEAN, CLEAN, 0.7]).view(1, 1, 3, 1, 1),
            encoder_hidden_states=text,
            padding_mask=torch.zeros(1, 1, SIZE.height, SIZE.width),
            return_dict=False,
        )[0]
    torch.testing.assert_close(ours, stock[:, :, 2:], atol=1e-5, rtol=0)


def test_each_text_is_projected_once_for_a_picture(networks, cosmos) -> None:
    times = []
    hook = networks[0].crossattn_proj.register_forward_hook(lambda *_: times.append(1))
    condition = cosmos.condition(Told("a kettle", ("How?", "## 1. Boil"), 1), [], 4.0)
    noise, slope = cosmos.begin(condition, [], SIZE, 0, 4.0)
    assert len(list(cosmos.solve(slope, noise, 3))) == 3
    hook.remove()
    assert len(times) == 2  # with and without the last chunk


def test_a_frame_of_another_size_and_time_is_another_condition(cosmos) -> None:
    condition = cosmos.condition(Told("a kettle"), [], 1.0)
    found = []
    for frames in (
        [],
        [Frame(-1, cosmos.encode(picture("red")))],
        [Frame(1, cosmos.encode(picture("red")))],
        [Frame(-1, cosmos.encode(picture("red", 96, 32)))],
    ):
        noise, slope = cosmos.begin(condition, frames, SIZE, 3, 1.0)
        found.append(slope(noise, 0.9))
        assert found[-1].shape == noise.shape
    assert all(not torch.equal(a, b) for k, a in enumerate(found) for b in found[:k])


def test_guidance_drops_the_last_text_and_keeps_the_pictures(cosmos) -> None:
    told = Told("a kettle", ("How?", "## 1. Fill\nFill it.\n", "## 2. Boil\nBoil it.\n"), 2)
    condition = cosmos.condition(told, [], 4.0)
    assert torch.equal(condition.negative, read("How?\n\n## 1. Fill\nFill it.\n"))
    frames = [Frame(-1, cosmos.encode(picture("red")))]
    noise, slope = cosmos.begin(condition, frames, SIZE, 3, 4.0)
    alone = cosmos.condition(told, [], 1.0)
    assert alone.negative is None
    _, plain = cosmos.begin(alone, frames, SIZE, 3, 1.0)
    swapped = replace(alone, positive=condition.negative)
    _, untold = cosmos.begin(swapped, frames, SIZE, 3, 1.0)
    wanted = untold(noise, 0.9) + 4 * (plain(noise, 0.9) - untold(noise, 0.9))
    torch.testing.assert_close(slope(noise, 0.9), wanted)


def test_the_guard_is_asked(cosmos) -> None:
    with pytest.raises(PainterError, match="refused the text"):
        cosmos.condition(Told("how to mix poison"), [], 1.0)
