"""What stage 2 minimises: connector and transformer learn to paint.

Source: DuoGen, section 4.2 (stage 2): one target picture a sequence, flow matching. Besides the
flow's loss there is the codec's: which sprite, which state, whether a slot is there at all, as
cross-entropies over its tables; without them near sprites are confused for long.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from inference.painter.connector import Connector
from inference.painter.duogen.codec import SLOTS, SpriteCodec
from inference.painter.duogen.transformer import Packed, Shape, Transformer
from inference.painter.flow import euler, guided, noisy, sigmas, velocity
from inference.tuning.samples import Batch

SHIFT = 3.0  # of the noise levels: what a picture shows is decided at high noise
LEAST = 0.02  # noise level
NAMING = 0.3  # weight of the sprites' cross-entropy
SHARP = 12.0  # logits are cosines times this
TINTING = 2.0  # logits are the channels of the tint times this
PLACE = 3  # of the geometry's channels: x, y, size
ABSENT = 0.05  # weight of an absent slot's latent, its presence aside


class Painter(nn.Module):
    """Connector and transformer with the codec's tables; forward is the loss of a batch."""

    def __init__(self, features: int, shape: Shape, codec: SpriteCodec) -> None:
        super().__init__()
        self.connector = Connector(features, shape.context)
        self.transformer = Transformer(shape)
        self.parts = codec.parts
        start = self.parts["geometry"].start
        # Where a thing stands and how large it is weighs as much as what it is.
        places = slice(start, start + PLACE), slice(start + PLACE, codec.channels)
        self.weighed = (*(self.parts[name] for name in ("sprite", "state", "tint")), *places)
        tables = codec.state_tables()
        self.sprites: Tensor
        self.states: Tensor
        self.state_counts: Tensor
        self.register_buffer("sprites", torch.from_numpy(codec.sprites), persistent=False)
        most = max(len(table) for table in tables)
        states = torch.zeros(len(tables), most, tables[0].shape[1])
        for row, table in enumerate(tables):
            states[row, : len(table)] = torch.from_numpy(table)
        self.register_buffer("states", states, persistent=False)
        counts = torch.tensor([len(table) for table in tables])
        self.register_buffer("state_counts", counts, persistent=False)

    def packed(self, batch: Batch, latents: Tensor, sigmas: Tensor) -> Packed:
        """Return the batch for the transformer, its targets at these noise levels."""
        return Packed(
            latents=latents,
            sigmas=sigmas,
            times=batch.times,
            slots=batch.slots,
            lengths=batch.lengths,
            context=self.connector(batch.features),
            recent=batch.recent,
            context_lengths=batch.context_lengths,
        )

    def forward(self, batch: Batch) -> Tensor:
        """Return the loss of the target slots at a random noise level a sample."""
        even = torch.rand(len(batch.lengths), device=batch.latents.device)
        levels = (SHIFT * even / (1 + (SHIFT - 1) * even)).clamp(min=LEAST)
        per_slot = levels.repeat_interleave(torch.tensor(batch.lengths).to(levels.device))
        sigmas = torch.where(batch.target, per_slot, torch.zeros_like(per_slot))
        noise = torch.randn_like(batch.latents)
        latents = noisy(batch.latents, noise, sigmas[:, None])
        predicted = self.transformer(self.packed(batch, latents, sigmas))[batch.target].float()
        return self.loss(predicted, batch.latents[batch.target], batch)

    def loss(self, predicted: Tensor, clean: Tensor, batch: Batch) -> Tensor:
        """Return the flow's loss, that of x0 instead of the velocity's, and the codec's."""
        there = batch.names >= 0
        weight = torch.where(there, 1.0, ABSENT)[:, None]
        wrong = weight * (predicted - clean) ** 2
        flow = torch.stack([wrong[:, part].mean() for part in self.weighed]).mean()
        presence = binary_cross_entropy_with_logits(3 * predicted[:, -1], there.float())
        seen = predicted[there]
        names = batch.names[there]
        scale = SHARP / self.sprites.shape[1]
        named = mean_entropy(scale * seen[:, self.parts["sprite"]] @ self.sprites.T, names)
        tables = self.states[names]
        near = -((seen[:, None, self.parts["state"]] - tables) ** 2).mean(-1) * SHARP / 4
        beyond = torch.arange(tables.shape[1], device=near.device) >= self.state_counts[names, None]
        stated = mean_entropy(near.masked_fill(beyond, -1e4), batch.states[there])
        tinted = batch.tints >= 0
        coloured = mean_entropy(
            predicted[tinted][:, self.parts["tint"]] * TINTING, batch.tints[tinted]
        )
        return flow + presence + NAMING * (named + stated + coloured)


def mean_entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    """Return the mean cross-entropy of (n, kinds) logits; 0 where a batch shows none of them."""
    return cross_entropy(logits, wanted, reduction="sum") / max(len(wanted), 1)


@dataclass(frozen=True)
class Sampler:
    """How a picture is sampled: denoising steps and guidance scale (1 = none)."""

    denoising_steps: int = 2
    guidance_scale: float = 1.5


@torch.no_grad()
def sample(
    painter: Painter, batch: Batch, untold: Batch, sampler: Sampler, noise: Tensor
) -> Tensor:
    """Return the target frames (n_samples, SLOTS, channels) of a batch's conditions.

    untold: the same batch without each sample's last text chunk, for the guidance; noise:
    (n_samples * SLOTS, channels).
    """
    transformer = painter.transformer
    branches = []
    for given in (batch, untold):
        packed = painter.packed(given, given.latents, torch.zeros_like(given.times))
        keys = transformer.keys(packed.context, packed.recent, packed.context_lengths)
        lengths = [max(length, 1) for length in packed.context_lengths]
        branches.append((packed, keys, lengths))

    def slope(x: Tensor, sigma: float) -> Tensor:
        found = []
        for packed, keys, lengths in branches if sampler.guidance_scale != 1 else branches[:1]:
            latents = packed.latents.clone()
            latents[batch.target] = x
            levels = batch.target.float() * sigma
            now = replace(packed, latents=latents, sigmas=levels)
            found.append(transformer.denoise(now, keys, lengths)[batch.target])
        x0 = found[0]
        if len(found) == 2:
            x0 = guided(found[0], found[1], sampler.guidance_scale)
        return velocity(x, x0, sigma)

    steps = list(euler(slope, noise, sigmas(sampler.denoising_steps, SHIFT)))
    return steps[-1][0].view(-1, SLOTS, noise.shape[1])
