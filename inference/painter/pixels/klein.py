"""FLUX.2-klein: four distilled denoising steps, references as clean tokens beside the noisy ones.

Its own text encoder reads description and look; a reference has its own time (10, 20, …) and size.
Source: Black Forest Labs, FLUX.2-klein; diffusers' Flux2KleinPipeline, whose methods are used.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from diffusers import Flux2KleinPipeline
from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu
from PIL import Image
from torch import Tensor

from inference.painter.flow import euler, guided, sigmas
from inference.painter.pixels.family import CPU, Frame, Size, Slope, Told, noise_of, pixels_in
from inference.painter.pixels.references import Reference, within

TOKENS = 512  # of a prompt, pads included: they are a part of what the network was taught with
LAYERS = (9, 18, 27)  # of the text encoder, whose states it reads


class Klein:
    """The networks of a FLUX.2-klein in memory, as a Flux2KleinPipeline that is never called.

    device: where a network at work lies. layers, tokens: others only for networks of other sizes.
    """

    name = "klein"
    multiple = 16
    steps = 4
    guidance = 1.0

    def __init__(
        self,
        pipeline: Flux2KleinPipeline,
        device: torch.device = CPU,
        layers: tuple[int, ...] = LAYERS,
        tokens: int = TOKENS,
    ) -> None:
        self._pipeline = pipeline
        self._device = device
        self._layers = layers
        self._tokens = tokens

    @property
    def dtype(self) -> torch.dtype:
        """Return the transformer's."""
        found: torch.dtype = self._pipeline.transformer.dtype
        return found

    @property
    def networks(self) -> tuple[Any, ...]:
        """Return all that compute in that dtype."""
        return (self._pipeline.transformer, self._pipeline.vae, self._pipeline.text_encoder)

    @torch.no_grad()
    def condition(
        self, told: Told, references: Sequence[Reference], guidance: float
    ) -> tuple[Tensor, ...]:
        """Return states and positions of the prompt, then, if guided, those of an empty one."""
        found: list[Tensor] = []
        for text in (told.prompt,) if guidance == 1 else (told.prompt, ""):
            found += self._pipeline.encode_prompt(
                text,
                device=self._device,
                max_sequence_length=self._tokens,
                text_encoder_out_layers=self._layers,
            )
        return tuple(found)

    def fitted(self, pixels: Image.Image, area: int) -> Image.Image:
        """Return a reference as it is encoded: never enlarged."""
        return within(pixels, area, self.multiple)

    @torch.no_grad()
    def encode(self, pixels: Image.Image) -> Tensor:
        """Return a reference's latents, (1, channels, rows, columns)."""
        vae = self._pipeline.vae
        given = pixels_in(pixels, self._device, vae.dtype)
        latents: Tensor = self._pipeline._encode_vae_image(given, generator=None)
        return latents

    def begin(
        self,
        condition: tuple[Tensor, ...],
        frames: Sequence[Frame],
        size: Size,
        seed: int,
        guidance: float,
    ) -> tuple[Tensor, Slope]:
        """Return noise (1, n, channels) and the velocity."""
        pipeline, network = self._pipeline, self._pipeline.transformer
        rows, columns = size.height // self.multiple, size.width // self.multiple
        channels = network.config.in_channels
        noise = noise_of((1, channels, rows, columns), seed, self._device)
        places = pipeline._prepare_latent_ids(noise)
        latents = [frame.latents for frame in frames]
        clean = [pipeline._pack_latents(one) for one in latents]
        if frames:
            # The ids are told in a list's order: each reference at a time of its own.
            places = torch.cat([places, pipeline._prepare_image_ids(latents)], 1)
        places = places.to(self._device)
        count = rows * columns
        branches = [condition[n : n + 2] for n in range(0, len(condition), 2)]

        def slope(x: Tensor, sigma: float) -> Tensor:
            tokens = torch.cat(
                [x.to(network.dtype), *(c.to(x.device, network.dtype) for c in clean)], 1
            )
            found = [
                network(
                    hidden_states=tokens,
                    timestep=torch.full((1,), sigma, device=x.device, dtype=network.dtype),
                    guidance=None,
                    encoder_hidden_states=states.to(network.dtype),
                    txt_ids=text_places,
                    img_ids=places,
                    return_dict=False,
                )[0][:, :count].float()
                for states, text_places in branches
            ]
            positive: Tensor = found[0]
            return positive if len(found) == 1 else guided(positive, found[1], guidance)

        start: Tensor = pipeline._pack_latents(noise)
        return start, slope

    def solve(self, slope: Slope, noise: Tensor, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield (x, x0) after each denoising step."""
        shift = math.exp(compute_empirical_mu(noise.shape[1], steps))
        return euler(slope, noise, sigmas(steps, shift))

    def decode(self, x: Tensor, size: Size) -> Tensor:
        """Return the pixels."""
        vae = self._pipeline.vae
        norm: Any = vae.bn
        latents = self.grid(x, size)[None].to(self._device, vae.dtype)
        spread = torch.sqrt(norm.running_var.view(1, -1, 1, 1) + vae.config.batch_norm_eps)
        latents = latents * spread.to(latents) + norm.running_mean.view(1, -1, 1, 1).to(latents)
        pixels: Tensor = vae.decode(self._pipeline._unpatchify_latents(latents), return_dict=False)[
            0
        ]
        return pixels

    def grid(self, x: Tensor, size: Size) -> Tensor:
        """Return latents (channels, rows, columns); those of encode() are so already."""
        if x.ndim == 4:
            return x[0]
        rows, columns = size.height // self.multiple, size.width // self.multiple
        return x[0].T.reshape(-1, rows, columns)
