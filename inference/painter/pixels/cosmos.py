"""Cosmos-Predict2.5: pictures as frames in time, clean ones beside a noisy one; all layers read.

This is the paper's painter. Each frame goes through the patch embedding on its own, with its own
size, and has its own temporal index; the blocks then see all tokens at once. Stock weights know
one or two frames of the target's size before it: anything else is an experiment.
Source: DuoGen, sections 3 and 4; NVIDIA, Cosmos-Predict2.5; diffusers' CosmosTransformer3DModel.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import torch
from PIL import Image
from torch import Tensor

from inference.painter.drawing import PainterError
from inference.painter.flow import guided
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
from inference.painter.pixels.references import Reference, within
from inference.painter.pixels.video_vae import decoded, encoded

CLEAN = 1e-4  # noise level that conditioning frames are told to have
SPATIAL = 8  # pixels of a latent's side

# A text -> its states of all layers, each normalised, end to end: (1, tokens, layers * width).
Read = Callable[[str], Tensor]


class Guard(Protocol):
    """What the weights' licence asks for: nothing unsafe goes in or comes out."""

    def check_text_safety(self, prompt: str) -> bool:
        """Return whether the text is safe."""

    def check_video_safety(self, frames: Any) -> Any:
        """Return the frames, (n, height, width, 3) uint8, made safe; None for unsafe ones."""


class Cosmos(WithoutEncoder):
    """The networks in memory; read gives states of all layers, and guard looks at what goes by."""

    name = "cosmos"
    multiple = 16
    steps = 36
    guidance = 8.0

    def __init__(
        self,
        transformer: Any,
        vae: Any,
        scheduler: Any,
        read: Read,
        guard: Guard,
        device: torch.device = CPU,
    ) -> None:
        if transformer.learnable_pos_embed is not None:
            raise PainterError("these weights have learnt positions: frames can't differ in size")
        super().__init__(transformer, vae, scheduler, device)
        self._read = read
        self._guard = guard

    def condition(self, told: Told, references: Sequence[Reference], guidance: float) -> Conditions:
        """Return the states of the whole text and, if guided, of it without its last chunk."""
        before, now = told.chunks[: told.recent], told.chunks[told.recent :]
        text = "\n\n".join([*before, *now, told.prompt])
        if not self._guard.check_text_safety(text):
            raise PainterError("the guard that these weights' licence asks for refused the text")
        positive = self._read(text)
        return Conditions(positive, None if guidance == 1 else self._read("\n\n".join(before)))

    def fitted(self, pixels: Image.Image, area: int) -> Image.Image:
        """Return a reference as it is encoded: never enlarged."""
        return within(pixels, area, self.multiple)

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
        """Return noise (1, channels, 1, rows, columns) and the velocity."""
        channels = self._network.config.out_channels
        shape = (1, channels, 1, size.height // SPATIAL, size.width // SPATIAL)
        noise = noise_of(shape, seed, self._device)
        texts = [projected(self._network, text, self._device) for text in condition.texts()]

        def slope(x: Tensor, sigma: float) -> Tensor:
            told = [(frame.time, frame.latents, CLEAN) for frame in frames]
            found = [velocity(self._network, [*told, (0, x, sigma)], text) for text in texts]
            return found[0] if len(found) == 1 else guided(found[0], found[1], guidance)

        return noise, slope

    def solve(self, slope: Slope, noise: Tensor, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (x, x0) after each denoising step of the scheduler's own solver."""
        scheduler = self._scheduler
        scheduler.set_timesteps(steps, device=noise.device)
        x = noise
        for number, time in enumerate(scheduler.timesteps):
            sigma = float(scheduler.sigmas[number])
            v = slope(x, sigma)
            x0 = x - sigma * v
            x = scheduler.step(v, time, x, return_dict=False)[0]
            yield x, x0

    def decode(self, x: Tensor, size: Size) -> Tensor:
        """Return the pixels; raises PainterError where the guard refuses them."""
        pixels = decoded(self._vae, x.to(self._device))
        if not bool(pixels.isfinite().all()):
            return pixels  # the guard can't look at it, and it is never kept
        rows = ((pixels.float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        safe = self._guard.check_video_safety(rows.permute(0, 2, 3, 1).cpu().numpy())
        if safe is None:
            raise PainterError("the guard that these weights' licence asks for refused the picture")
        return torch.from_numpy(safe).permute(0, 3, 1, 2).float() / 127.5 - 1

    def grid(self, x: Tensor, size: Size) -> Tensor:
        """Return latents (channels, rows, columns)."""
        return x[0, :, 0]


@torch.no_grad()
def projected(network: Any, text: Tensor, device: torch.device) -> Tensor:
    """Return the states of a text as the blocks look at them; the same for every denoising step."""
    told = text.to(device, network.dtype)
    found: Tensor = (
        network.crossattn_proj(told) if network.config.use_crossattn_projection else told
    )
    return found


@torch.no_grad()
def velocity(network: Any, frames: Sequence[tuple[int, Tensor, float]], text: Tensor) -> Tensor:
    """Return the velocity of the last frame, in float32 and its own shape.

    frames: (temporal index, latents (1, channels, 1, rows, columns), noise level); all but the
    last are clean. text: as projected() returns it.
    """
    first = min(time for time, _, _ in frames)
    device = frames[-1][1].device
    parts = [
        _tokens(network, latents, time - first, sigma, device, clean=place + 1 < len(frames))
        for place, (time, latents, sigma) in enumerate(frames)
    ]
    x, level, embedded, cosine, sine = (
        torch.cat(part, int(place < 3)) for place, part in enumerate(zip(*parts, strict=True))
    )
    for block in network.transformer_blocks:
        x = block(x, text, embedded, level, (cosine, sine), None, None, None)
    count = parts[-1][0].shape[1]
    x = network.norm_out(x[:, -count:], embedded[:, -count:], level[:, -count:])
    _, _, _, rows, columns = frames[-1][1].shape
    _, high, wide = network.config.patch_size
    patches = network.proj_out(x).unflatten(2, (high, wide, -1))
    patches = patches.unflatten(1, (rows // high, columns // wide))
    found: Tensor = patches.permute(0, 5, 1, 3, 2, 4).flatten(4, 5).flatten(2, 3)[:, :, None]
    return found.float()


def _tokens(
    network: Any, latents: Tensor, time: int, sigma: float, device: torch.device, *, clean: bool
) -> tuple[Tensor, ...]:
    """Return a frame's tokens, noise level, its embedding, and rotary cosines and sines."""
    marks = torch.full_like(latents[:, :1], float(clean))
    padding = [torch.zeros_like(marks)] if network.config.concat_padding_mask else []
    given = torch.cat([latents, marks, *padding], 1).to(device, network.dtype)
    tokens = network.patch_embed(given).flatten(1, 3)
    count = tokens.shape[1]
    cosine, sine = network.rope(given.expand(-1, -1, time + 1, -1, -1))
    level, embedded = network.time_embed(tokens, torch.full((1,), sigma, device=tokens.device))
    level, embedded = (part[:, None].expand(-1, count, -1) for part in (level, embedded))
    return tokens, level, embedded, cosine[-count:], sine[-count:]
