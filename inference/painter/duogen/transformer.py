"""The diffusion transformer over slots: clean conditioning frames and one noisy target frame.

All samples of a batch lie packed in one sequence, without padding; attention is done sample by
sample (a dense block mask is slower than padding on a CPU). A frame is any number of slots; it has
a temporal index, +1 a picture, and its slots have their own positions: there is no cap on either.
Source: DuoGen, sections 4 and 4.1; adaLN: Peebles and Xie, 2023; rotary positions: Su et al., 2021.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, scaled_dot_product_attention, silu

FREQUENCIES = 64  # of the noise level's embedding
SLOT = 100.0  # slots to the unit of the waves, which are made for noise levels


@dataclass(frozen=True)
class Shape:
    """channels: of a latent slot; context: of a connector's token. width is divisible by heads."""

    channels: int
    context: int = 256
    width: int = 256
    depth: int = 6
    heads: int = 8


@dataclass(frozen=True)
class Packed:
    """Samples of different lengths, one behind the other.

    latents (n, channels): the frames' slots; noise level sigmas (n,), 0 for conditioning frames;
    times, slots (n,): temporal index of the frame, index of the slot in it; lengths: slots of each
    sample. context (m, context): the connector's output; recent (m,) bool: the last text chunk;
    context_lengths: tokens of each sample.
    """

    latents: Tensor
    sigmas: Tensor
    times: Tensor
    slots: Tensor
    lengths: list[int]
    context: Tensor
    recent: Tensor
    context_lengths: list[int]


class Transformer(nn.Module):
    """Predicts the clean latent of every slot; only the noisy frame's are of use."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.slot_in = nn.Linear(shape.channels, width)
        # Which slot of its frame it is: things stand in the order in which the text tells them.
        self.place = nn.Linear(2 * FREQUENCIES, width)
        self.noisy = nn.Parameter(torch.randn(width) * 0.02)
        self.level = nn.Sequential(
            nn.Linear(2 * FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.recent = nn.Parameter(torch.randn(shape.context) * 0.02)
        # What is attended to where there is no text at all.
        self.nothing = nn.Parameter(torch.randn(shape.context) * 0.02)
        self.context_norm = nn.LayerNorm(shape.context)
        self.blocks: Any = nn.ModuleList(Block(shape) for _ in range(shape.depth))
        self.pointer = Pointer(shape)
        self.memory = Memory(shape)
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Linear(width, 2 * width)
        self.slot_out = nn.Linear(width, shape.channels)
        for layer in (self.modulation, self.slot_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, packed: Packed) -> Tensor:
        """Return the predicted x0 of every slot, (n, channels)."""
        keys = self.keys(packed.context, packed.recent, packed.context_lengths)
        lengths = [max(length, 1) for length in packed.context_lengths]
        return self.denoise(packed, keys, lengths)

    def keys(
        self, context: Tensor, recent: Tensor, lengths: list[int]
    ) -> list[tuple[Tensor, Tensor]]:
        """Return keys and values of the context, each block's and the pointer's.

        They are the same at every noise level.

        A sample without any token gets the learned one.
        """
        told = context + recent[:, None].to(context.dtype) * self.recent
        # Every weight takes part in every batch: DDP waits for the gradient of each.
        told = told + 0 * self.nothing
        parts = [part if len(part) else self.nothing[None] for part in told.split(lengths)]
        return self._keys(torch.cat(parts))

    def keys_of(self, context: Tensor, recent: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return keys() of one sample that has text."""
        return self._keys(context + recent[:, None].to(context.dtype) * self.recent)

    def _keys(self, told: Tensor) -> list[tuple[Tensor, Tensor]]:
        normed = self.context_norm(told)
        return [*(block.keys(normed) for block in self.blocks), self.pointer.keys(normed, told)]

    def denoise(
        self, packed: Packed, keys: list[tuple[Tensor, Tensor]], context_lengths: list[int]
    ) -> Tensor:
        """Return the predicted x0 of every slot, (n, channels), given keys()."""
        level = silu(self.level(_waves(packed.sigmas)))
        is_noisy = (packed.sigmas > 0)[:, None]
        x = self.slot_in(packed.latents) + is_noisy * self.noisy
        x = x + self.place(_waves(packed.slots / SLOT))
        turns = rotations(packed.times, packed.slots, self.shape.width // self.shape.heads)
        for block, (key, value) in zip(self.blocks, keys, strict=False):
            x = block(x, level, turns, packed.lengths, key, value, context_lengths)
        shift, scale = self.modulation(level).chunk(2, -1)
        x = self.norm(x) * (1 + scale) + shift
        # Nothing of the noise is handed on: what a word tells must not depend on it.
        guess = self.slot_out(x) + self.pointer(x, *keys[-1], packed.lengths, context_lengths)
        out: Tensor = self.memory(x, guess, packed.latents, is_noisy, packed)
        return out


class Block(nn.Module):
    """Self-attention over a sample's slots, cross-attention to its context, MLP; adaLN."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.cross_norm = nn.LayerNorm(width)
        self.modulation = nn.Linear(width, 6 * width)
        self.own = nn.Linear(width, 3 * width)
        self.own_out = nn.Linear(width, width)
        self.query = nn.Linear(width, width)
        self.told = nn.Linear(shape.context, 2 * width)
        self.told_out = nn.Linear(width, width)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def keys(self, context: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys and values of the context, (m, width) each."""
        key, value = self.told(context).chunk(2, -1)
        return key, value

    def forward(
        self,
        x: Tensor,
        level: Tensor,
        turns: tuple[Tensor, Tensor],
        lengths: list[int],
        key: Tensor,
        value: Tensor,
        context_lengths: list[int],
    ) -> Tensor:
        """Return x, (n, width), one block on."""
        shift, scale, gate, shift2, scale2, gate2 = self.modulation(level).chunk(6, -1)
        y = self.norm(x) * (1 + scale) + shift
        q, k, v = (self._split(part) for part in self.own(y).chunk(3, -1))
        seen = attend(rotated(q, turns), rotated(k, turns), v, lengths, lengths)
        x = x + (1 + gate) * self.own_out(seen)
        q = self._split(self.query(self.cross_norm(x)))
        read = attend(q, self._split(key), self._split(value), lengths, context_lengths)
        x = x + self.told_out(read)
        y = self.norm(x) * (1 + scale2) + shift2
        out: Tensor = x + (1 + gate2) * self.narrow(gelu(self.wide(y)))
        return out

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], self.heads, x.shape[1] // self.heads)


class Pointer(nn.Module):
    """A last cross-attention whose values go straight to a slot's channels.

    One head points at the word that names what a slot shows, the other at the word that tells how
    it is. The values are a linear map of the connector's output, which begins as the maps from
    names to drawings and from words to states (tuning/embedding.py): a drawing that no training
    picture showed is found by its name all the same.
    """

    HEADS = 2

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.query = nn.Linear(shape.width, shape.width)
        self.key = nn.Linear(shape.context, shape.width)
        self.value = nn.Linear(shape.context, self.HEADS * shape.channels, bias=False)
        self.gate = nn.Linear(shape.width, self.HEADS * shape.channels)
        nn.init.zeros_(self.gate.weight)
        nn.init.constant_(self.gate.bias, 0.5)

    def keys(self, normed: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """Return keys (m, width) and values (m, HEADS * channels) of the context."""
        return self.key(normed), self.value(context)

    def forward(
        self, x: Tensor, key: Tensor, value: Tensor, lengths: list[int], key_lengths: list[int]
    ) -> Tensor:
        """Return what the slots point at, (n, channels)."""
        q, k, v = (part.unflatten(-1, (self.HEADS, -1)) for part in (self.query(x), key, value))
        told: Tensor = self.gate(x) * attend(q, k, v, lengths, key_lengths)
        out: Tensor = told.unflatten(-1, (self.HEADS, -1)).sum(1)
        return out


class Memory(nn.Module):
    """A last self-attention whose values are the clean slots of the other pictures as they are.

    A slot points at the slot that showed the same thing, in the nearest picture and at the nearest
    index first, or at none; then it says, channel by channel, how far it is that slot again: what
    stays is copied exactly, at every noise level. It begins by comparing what the slots seem to be;
    the channels that count are set by whoever makes the network (tuning/stage2.py).
    Source: the copying gate of pointer-generator networks (See et al., 2017).
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, channels = shape.width, shape.channels
        self.query = nn.Linear(channels, width)
        self.key = nn.Linear(channels, width)
        self.query_place = nn.Linear(width, width, bias=False)
        self.key_place = nn.Linear(width, width, bias=False)
        self.nearness = nn.Parameter(torch.ones(1))
        # Of three equal spoons the first is the first again.
        self.order = nn.Parameter(torch.ones(1))
        self.none = nn.Parameter(torch.zeros(1))
        self.compared = nn.Linear(width + 2 * channels, width)
        self.mixed = nn.Linear(width, channels)
        nn.init.zeros_(self.query_place.weight)
        nn.init.zeros_(self.mixed.weight)

    def forward(
        self, x: Tensor, guess: Tensor, latents: Tensor, is_noisy: Tensor, packed: Packed
    ) -> Tensor:
        """Return the x0 that is left of a guess (n, channels) beside what is remembered."""
        clean = (~is_noisy).to(latents.dtype)
        query = self.query(guess) + self.query_place(x)
        # A noisy slot stands for none: its key tells nothing, its value is nothing.
        key = (self.key(latents) + self.key_place(x)) * clean
        value = torch.cat([latents, torch.ones_like(clean)], -1) * clean
        query, key = self._ordered(query, key, packed.slots, clean)
        bias = torch.where(is_noisy[:, 0], self.none, -self.nearness * packed.times.abs())
        lengths = packed.lengths
        seen = attend(query[:, None], key[:, None], value[:, None], lengths, lengths, bias)
        slots, found = seen[:, :-1], seen[:, -1:]
        compared = torch.cat([x, slots, found * guess], -1)
        mixed = self.mixed(silu(self.compared(compared))).sigmoid()
        out: Tensor = guess + mixed * (slots - found * guess)
        return out

    def _ordered(
        self, query: Tensor, key: Tensor, slots: Tensor, clean: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return both with channels that take -order * (slot - slot')^2 / 2 from a clean key."""
        at = slots[:, None]
        root = (query.shape[1] + 3) ** 0.5  # by which attention divides
        ours = self.order * root * torch.cat([at, -at * at / 2, -torch.ones_like(at) / 2], -1)
        theirs = torch.cat([at, torch.ones_like(at), at * at], -1) * clean
        return torch.cat([query, ours], -1), torch.cat([key, theirs], -1)


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    lengths: list[int],
    key_lengths: list[int],
    bias: Tensor | None = None,
) -> Tensor:
    """Return attention within each sample: q (n, heads, d), k and v (m, heads, d) -> (n, width).

    bias (m,) is added to every logit of a key.
    """
    if len(lengths) == 1:
        return _attend(q, k, v, bias)
    biases = [None] * len(lengths) if bias is None else bias.split(key_lengths)
    parts = zip(q.split(lengths), k.split(key_lengths), v.split(key_lengths), biases, strict=True)
    return torch.cat([_attend(*part) for part in parts])


def _attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    q, k, v = (part.transpose(0, 1)[None] for part in (q, k, v))
    seen: Tensor = scaled_dot_product_attention(q, k, v, None if bias is None else bias[None])
    return seen[0].transpose(0, 1).flatten(1)


def rotations(times: Tensor, slots: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Return cosines and sines, (n, 1, width / 2): half for the time, half for the slot."""
    count = width // 4
    rates = 100.0 ** -(torch.arange(count, device=times.device) / count)
    angles = torch.cat([times[:, None] * rates, slots[:, None] * rates], -1)[:, None]
    return angles.cos(), angles.sin()


def rotated(x: Tensor, turns: tuple[Tensor, Tensor]) -> Tensor:
    """Return x, (n, heads, width), with its pairs of channels turned by their position."""
    cosine, sine = turns
    first, second = x.chunk(2, -1)
    return torch.cat([first * cosine - second * sine, first * sine + second * cosine], -1)


def _waves(sigmas: Tensor) -> Tensor:
    rates = torch.exp(
        -math.log(1000) * torch.arange(FREQUENCIES, device=sigmas.device) / FREQUENCIES
    )
    angles = 1000 * sigmas[:, None] * rates
    return torch.cat([angles.cos(), angles.sin()], -1)
