"""Single pictures through the VAEs of video models: a picture is a video of one frame."""

from typing import Any

import torch
from PIL import Image
from torch import Tensor

from inference.painter.pixels.family import pixels_in


@torch.no_grad()
def encoded(vae: Any, pixels: Image.Image, device: torch.device) -> Tensor:
    """Return a picture's latents of about unit variance, (1, channels, 1, rows, columns)."""
    given = pixels_in(pixels, device, vae.dtype)[:, :, None]
    mean, deviation = _statistics(vae, device)
    latents: Tensor = (vae.encode(given).latent_dist.mode().float() - mean) / deviation
    return latents


@torch.no_grad()
def decoded(vae: Any, x: Tensor) -> Tensor:
    """Return the pixels of encoded()'s latents, (1, 3, height, width)."""
    mean, deviation = _statistics(vae, x.device)
    latents = (x.float() * deviation + mean).to(vae.dtype)
    pixels: Tensor = vae.decode(latents, return_dict=False)[0][:, :, 0]
    return pixels


def _statistics(vae: Any, device: torch.device) -> tuple[Tensor, Tensor]:
    mean, deviation = (
        torch.tensor(values, device=device).view(1, -1, 1, 1, 1)
        for values in (vae.config.latents_mean, vae.config.latents_std)
    )
    return mean, deviation
