"""Documents as samples: one target picture, the pictures around it, the text up to it; packed.

Here is the augmentation that needs no new text: missing pictures, mirrored ones, redraws from both
sides, text left out for guidance.
Source: DuoGen, sections 4 (one random target a sequence; negative branch) and 4.1 (packing).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from assets.sprites.scene import Scene, mirrored
from inference.painter.duogen.codec import PLAIN, SLOTS, SpriteCodec
from inference.tuning.documents import Document

Array = npt.NDArray[np.float32]

UNTOLD = 0.15  # of the samples lose their last text chunk
MISSING = 0.12  # of the pictures before the target are missing
ALONE = 0.1  # of the samples have no other picture at all
BOTH = 0.2  # of the samples see a picture behind the target too
SIDES = re.compile(r"\b(?:left|right|clockwise|anticlockwise|counter-clockwise)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Sample:
    """frames: (temporal index, scene) of the conditioning pictures; first, last: rows of text."""

    document: int
    frames: tuple[tuple[int, Scene], ...]
    time: int
    target: Scene
    chunks: int
    told: int


def draw(number: int, document: Document, random: Random) -> Sample:
    """Return one sample of a document. told: index of the first chunk that the target adds."""
    targets = [k for k, shown in enumerate(document.pictures) if not shown.given]
    k = random.choice(targets)
    shown = document.pictures[k]
    kept = [i for i in range(k) if random.random() >= MISSING]
    if k + 1 < len(document.pictures) and random.random() < BOTH:
        kept.append(k + 1)
    # What could not be drawn is no picture.
    kept = [i for i in kept if document.pictures[i].scene.sprites]
    if random.random() < ALONE:
        kept = []
    told = document.pictures[k - 1].chunk + 1 if k else 1
    chunks = shown.chunk + 1
    if random.random() < UNTOLD:
        chunks = told
    frames = [(i, document.pictures[i].scene) for i in kept]
    target = shown.scene
    if random.random() < 0.5 and not SIDES.search(" ".join(document.chunks[:chunks])):
        frames = [(i, mirrored(scene)) for i, scene in frames]
        target = mirrored(target)
    return Sample(number, tuple(frames), k, target, chunks, told)


@dataclass(frozen=True)
class Row:
    """Of a slot: the sprite's row, its state's index, its tint's; -1 for none."""

    name: int
    state: int
    tint: int


NOTHING = Row(-1, -1, -1)


@dataclass(frozen=True)
class Batch:
    """Samples packed one behind the other; transformer.Packed without noise.

    latents: clean slots (n, channels) of all frames; target: which of them are the target's;
    times, slots: (n,). features: (m, size) of the texts; recent (m,): the last chunk's. names,
    states, tints: (targets,) rows of the codec's tables for the target slots, -1 for none.
    """

    latents: Tensor
    target: Tensor
    times: Tensor
    slots: Tensor
    lengths: list[int]
    features: Tensor
    recent: Tensor
    context_lengths: list[int]
    names: Tensor
    states: Tensor
    tints: Tensor

    def to(self, device: torch.device | str) -> "Batch":
        """Return the batch with its tensors on a device; lengths stay numbers."""
        parts: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        tensors = {name: part for name, part in parts.items() if isinstance(part, Tensor)}
        return replace(self, **parts | {name: part.to(device) for name, part in tensors.items()})


class Packer:
    """Packs samples; remembers encoded scenes, which come again and again."""

    def __init__(self, codec: SpriteCodec) -> None:
        self._codec = codec
        self._encoded: dict[Scene, Array] = {}

    def pack(
        self, samples: Sequence[Sample], told: Sequence[Sequence[npt.NDArray[np.floating]]]
    ) -> Batch:
        """Return the batch; told: for each sample the features of its chunks, one array a chunk."""
        latents: list[Array] = []
        target: list[bool] = []
        times: list[int] = []
        slots: list[int] = []
        lengths: list[int] = []
        names: list[int] = []
        states: list[int] = []
        tints: list[int] = []
        for sample in samples:
            before = len(target)
            for time, scene in (*sample.frames, (sample.time, None)):
                frame = self._target(sample.target) if scene is None else self._encode(scene)
                latents.append(frame)
                target += [scene is None] * len(frame)
                times += [time - sample.time] * len(frame)
                slots += range(len(frame))
            lengths.append(len(target) - before)
            rows = self._rows(sample.target)
            names += [row.name for row in rows]
            states += [row.state for row in rows]
            tints += [row.tint for row in rows]
        features = [np.concatenate([*parts, np.empty((0, parts[0].shape[1]), parts[0].dtype)])
                    for parts in told]  # fmt: skip
        recent = [
            np.concatenate([np.full(len(part), k >= sample.told) for k, part in enumerate(parts)])
            for sample, parts in zip(samples, told, strict=True)
        ]
        return Batch(
            latents=torch.from_numpy(np.concatenate(latents)),
            target=torch.tensor(target),
            times=torch.tensor(times, dtype=torch.float32),
            slots=torch.tensor(slots, dtype=torch.float32),
            lengths=lengths,
            features=torch.from_numpy(np.concatenate(features).astype(np.float32)),
            recent=torch.from_numpy(np.concatenate(recent).astype(bool)),
            context_lengths=[len(part) for part in features],
            names=torch.tensor(names),
            states=torch.tensor(states),
            tints=torch.tensor(tints),
        )

    def _encode(self, scene: Scene) -> Array:
        if scene not in self._encoded:
            if len(self._encoded) > 50_000:
                self._encoded.clear()
            self._encoded[scene] = self._codec.encode(scene)
        return self._encoded[scene]

    def _target(self, scene: Scene) -> Array:
        frame = self._encode(scene)[:SLOTS]
        missing = np.tile(self._codec.empty(), (SLOTS - len(frame), 1))
        return np.concatenate([frame, missing])

    def _rows(self, scene: Scene) -> list[Row]:
        """Return the codec's rows of each target slot."""
        codec = self._codec
        place = codec.rows.get(scene.background or "")
        rows = [NOTHING if place is None else Row(place, 0, -1)]
        for placed in scene.sprites:
            if codec.knows(placed):
                state = codec.states(placed.name).index(placed.state)
                tint = codec.tint(placed)
                rows.append(
                    Row(codec.rows[placed.name], state, -1 if tint is None else PLAIN.index(tint))
                )
        return [*rows, *[NOTHING] * SLOTS][:SLOTS]
