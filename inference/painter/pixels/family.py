"""What differs between the diffusion transformers that paint pixels.

Shapes: a latent x is (1, n, channels) or (1, channels, frames, height, width), as its family has
it; pixels of a network are (1, 3, height, width) in -1 … 1. The noise level sigma runs from 1 to
0 as in flow.py.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from PIL import Image
from torch import Tensor

from inference.painter.pixels.references import Reference

CPU = torch.device("cpu")
Slope = Callable[[Tensor, float], Tensor]  # (x, sigma) -> dx/dsigma, guided or not


@dataclass(frozen=True)
class Size:
    """Of a picture, in pixels."""

    width: int
    height: int


@dataclass(frozen=True)
class Told:
    """What a painter reads of a picture.

    prompt: description and look as one text; chunks: the context up to and with the picture's own
    step; recent: index of the first chunk that the guidance's negative branch drops.
    """

    prompt: str
    chunks: Sequence[str] = ()
    recent: int = 0


@dataclass(frozen=True)
class Frame:
    """A clean reference; time: -1 for the picture before the one to be painted, 1 for the next."""

    time: int
    latents: Tensor


class Family(Protocol):
    """One kind of network with its weights in memory.

    multiple: both sides of a picture are multiples of it; steps, guidance: its own defaults. A
    network lies on the family's device while it works, and what it is given is brought there.
    """

    name: str
    multiple: int
    steps: int
    guidance: float

    @property
    def dtype(self) -> torch.dtype:
        """Return the transformer's."""

    @property
    def networks(self) -> tuple[Any, ...]:
        """Return all that compute in that dtype."""

    def condition(self, told: Told, references: Sequence[Reference], guidance: float) -> Any:
        """Return what the text and the pictures as the reader sees them are for the network.

        At a guidance of 1 nobody looks at the negative branch: it is not read.
        """

    def fitted(self, pixels: Image.Image, area: int) -> Image.Image:
        """Return a reference as it is encoded, of about so many pixels at most."""

    def encode(self, pixels: Image.Image) -> Tensor:
        """Return the clean latents of one reference."""

    def begin(
        self, condition: Any, frames: Sequence[Frame], size: Size, seed: int, guidance: float
    ) -> tuple[Tensor, Slope]:
        """Return noise, the same on every device, and the velocity of the picture."""

    def solve(self, slope: Slope, noise: Tensor, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (x, x0 as it is seen then) after each denoising step."""

    def decode(self, x: Tensor, size: Size) -> Tensor:
        """Return the pixels of clean latents, (1, 3, height, width)."""

    def grid(self, x: Tensor, size: Size) -> Tensor:
        """Return latents as a picture of many channels, (channels, rows, columns)."""


@dataclass(frozen=True)
class Conditions:
    """States that a reader gave, (1, tokens, channels); negative: for the guidance, if guided."""

    positive: Tensor
    negative: Tensor | None

    def texts(self) -> list[Tensor]:
        """Return those that are there, the positive one first."""
        return [self.positive] if self.negative is None else [self.positive, self.negative]


class WithoutEncoder:
    """What families share that have no text encoder of their own: the networks in memory.

    scheduler: the one that they were made for.
    """

    def __init__(self, transformer: Any, vae: Any, scheduler: Any, device: torch.device) -> None:
        self._network = transformer
        self._vae = vae
        self._scheduler = scheduler
        self._device = device

    @property
    def dtype(self) -> torch.dtype:
        """Return the transformer's."""
        found: torch.dtype = self._network.dtype
        return found

    @property
    def networks(self) -> tuple[Any, ...]:
        """Return all that compute in that dtype."""
        return (self._network, self._vae)


def pixels_in(image: Image.Image, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Return an RGB picture as (1, 3, height, width) in -1 … 1."""
    data = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
    rows = data.view(image.height, image.width, 3).permute(2, 0, 1)[None]
    return (rows.float() / 127.5 - 1).to(device, dtype)


def image_of(pixels: Tensor) -> Image.Image:
    """Return (1, 3, height, width) in -1 … 1 as an RGB picture."""
    bytes_ = ((pixels[0].float().clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
    rows = bytes_.permute(1, 2, 0).contiguous().cpu()
    return Image.fromarray(rows.numpy(), "RGB")


def noise_of(shape: Sequence[int], seed: int, device: torch.device) -> Tensor:
    """Return standard normal noise in float32, drawn on the CPU: the same for every device."""
    generator = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(tuple(shape), generator=generator).to(device)
