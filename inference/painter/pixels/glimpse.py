"""Small previews of latents by a linear map to colours, fitted to the VAE that is at hand.

No VAE is run for a preview. The map is found once by least squares on a picture of soft colours,
so it fits any VAE, and no table of factors has to be believed.
"""

import torch
from PIL import Image
from torch import Tensor

from inference.painter.pixels.family import Family, Size

SIDE = 384  # pixels of the picture of colours
SPOTS = 24  # of colour on its side
RIDGE = 1e-3  # keeps the map small where the VAE uses few channels


class Glimpses:
    """Turns a family's latents into small pictures."""

    @torch.no_grad()
    def __init__(self, family: Family) -> None:
        self._family = family
        size = Size(SIDE, SIDE)
        card = _colours()
        latents = family.grid(family.encode(card), size).float().cpu()
        small = card.resize((latents.shape[2], latents.shape[1]), Image.Resampling.BOX)
        wanted = torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8).view(-1, 3) / 255
        rows = _rows(latents)
        held = rows.T @ rows + RIDGE * len(rows) * torch.eye(rows.shape[1])
        self._map = torch.linalg.solve(held, rows.T @ wanted)

    def __call__(self, x: Tensor, size: Size) -> Image.Image:
        """Return the picture of latents, one pixel for each of their places."""
        latents = self._family.grid(x, size).float().cpu()
        colours = (_rows(latents) @ self._map).clamp(0, 1)
        pixels = (colours * 255).round().to(torch.uint8).view(*latents.shape[1:], 3)
        return Image.fromarray(pixels.numpy(), "RGB")


def _rows(latents: Tensor) -> Tensor:
    """Return (places, channels + 1), the last column ones."""
    rows = latents.flatten(1).T
    return torch.cat([rows, torch.ones(len(rows), 1)], 1)


def _colours() -> Image.Image:
    generator = torch.Generator("cpu").manual_seed(0)
    spots = torch.randint(0, 256, (SPOTS, SPOTS, 3), generator=generator, dtype=torch.uint8)
    small = Image.fromarray(spots.numpy(), "RGB")
    return small.resize((SIDE, SIDE), Image.Resampling.BICUBIC)
