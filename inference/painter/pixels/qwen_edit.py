"""Qwen-Image-Edit: the writer's own multimodal LLM reads text and pictures for the painter.

References go two ways: small to the reader, whose last states (template dropped) the network
attends to, and through the VAE as clean tokens beside the noisy ones.
Source: Qwen team, Qwen-Image-Edit-2511; diffusers' QwenImageEditPlusPipeline, whose recipe of
sizes, template and sigmas is kept.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from diffusers import QwenImageEditPlusPipeline
from diffusers.pipelines.qwenimage.pipeline_qwenimage_edit_plus import (
    CONDITION_IMAGE_SIZE,
    VAE_IMAGE_SIZE,
    calculate_dimensions,
    calculate_shift,
)
from PIL import Image
from torch import Tensor

from inference.painter.flow import euler, guided, sigmas
from inference.painter.pixels.family import (
    CPU,
    Conditions,
    Frame,
    Size,
    Slope,
    Told,
    WithoutEncoder,
    noise_of,
)
from inference.painter.pixels.references import Reference
from inference.painter.pixels.video_vae import decoded, encoded

NEGATIVE = " "
LEAST = 32  # pixels of a side

# A text and the pictures that stand before it -> the last states, (1, tokens, width), of all that
# follows the template's system turn.
Read = Callable[[str, Sequence[Image.Image]], Tensor]


class QwenEdit(WithoutEncoder):
    """The networks in memory: transformer, VAE and scheduler settings; read is the MLLM's."""

    name = "qwen-edit"
    multiple = 32
    steps = 4
    guidance = 1.0

    def __init__(
        self, transformer: Any, vae: Any, scheduler: Any, read: Read, device: torch.device = CPU
    ) -> None:
        super().__init__(transformer, vae, scheduler, device)
        self._read = read
        self._spatial = 2 ** len(vae.temperal_downsample)

    def condition(self, told: Told, references: Sequence[Reference], guidance: float) -> Conditions:
        """Return the states of the prompt and, if guided, an empty one, both with the pictures."""
        seen = [_resized(one.pixels, CONDITION_IMAGE_SIZE) for one in references]
        positive = self._read(told.prompt, seen)
        return Conditions(positive, None if guidance == 1 else self._read(NEGATIVE, seen))

    def fitted(self, pixels: Image.Image, area: int) -> Image.Image:
        """Return a reference as it is encoded: always of the size that the network was taught."""
        return _resized(pixels, min(VAE_IMAGE_SIZE, area))

    def encode(self, pixels: Image.Image) -> Tensor:
        """Return a reference's latents, (1, channels, 1, rows, columns)."""
        return encoded(self._vae, pixels, self._device)

    def begin(
        self,
        condition: Conditions,
        frames: Sequence[Frame],
        size: Size,
        seed: int,
        guidance: float,
    ) -> tuple[Tensor, Slope]:
        """Return noise (1, n, channels) and the velocity."""
        network = self._network
        shape = (1, 1, self._vae.config.z_dim, *self._rows(size))
        latents = [
            noise_of(shape, seed, self._device),
            *(frame.latents.to(self._device) for frame in frames),
        ]
        noise, *clean = (_packed(one) for one in latents)
        places = [[(1, one.shape[-2] // 2, one.shape[-1] // 2) for one in latents]]
        count = noise.shape[1]
        texts = condition.texts()

        @torch.no_grad()
        def slope(x: Tensor, sigma: float) -> Tensor:
            tokens = torch.cat([x, *clean], 1).to(network.dtype)
            found = [
                network(
                    hidden_states=tokens,
                    timestep=torch.full((1,), sigma, device=x.device, dtype=network.dtype),
                    encoder_hidden_states=text.to(x.device, network.dtype),
                    encoder_hidden_states_mask=None,
                    img_shapes=places,
                    return_dict=False,
                )[0][:, :count].float()
                for text in texts
            ]
            return found[0] if len(found) == 1 else _rescaled(found[0], found[1], guidance)

        return noise, slope

    def solve(self, slope: Slope, noise: Tensor, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (x, x0) after each denoising step."""
        told = self._scheduler.config
        bounds = (told.base_image_seq_len, told.max_image_seq_len, told.base_shift, told.max_shift)
        shift = math.exp(calculate_shift(noise.shape[1], *bounds))
        return euler(slope, noise, sigmas(steps, shift))

    def decode(self, x: Tensor, size: Size) -> Tensor:
        """Return the pixels."""
        rows, columns = self._rows(size)
        scale = self._spatial
        latents = QwenImageEditPlusPipeline._unpack_latents(x, rows * scale, columns * scale, scale)
        return decoded(self._vae, latents.to(self._device))

    def grid(self, x: Tensor, size: Size) -> Tensor:
        """Return latents (channels, rows, columns)."""
        if x.ndim == 5:
            return x[0, :, 0]
        rows, columns = self._rows(size)
        scale = self._spatial
        latents: Tensor = QwenImageEditPlusPipeline._unpack_latents(
            x, rows * scale, columns * scale, scale
        )
        return latents[0, :, 0]

    def _rows(self, size: Size) -> tuple[int, int]:
        return size.height // self._spatial, size.width // self._spatial


def _resized(pixels: Image.Image, area: int) -> Image.Image:
    longest = area / LEAST**2  # a longer picture would be rounded to no pixels at all
    ratio = min(max(pixels.width / pixels.height, 1 / longest), longest)
    return pixels.resize(calculate_dimensions(area, ratio), Image.Resampling.LANCZOS)


def _packed(latents: Tensor) -> Tensor:
    """Return patches of 2 x 2 as tokens, (1, n, 4 * channels)."""
    *_, rows, columns = latents.shape
    channels = latents.numel() // (rows * columns)
    found: Tensor = QwenImageEditPlusPipeline._pack_latents(latents, 1, channels, rows, columns)
    return found


def _rescaled(positive: Tensor, negative: Tensor, scale: float) -> Tensor:
    """Return the guided velocity at the positive one's length, as the pipeline does."""
    mixed = guided(positive, negative, scale)
    found: Tensor = mixed * (positive.norm(dim=-1, keepdim=True) / mixed.norm(dim=-1, keepdim=True))
    return found
