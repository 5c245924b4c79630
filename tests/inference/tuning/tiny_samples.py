"""A tiny codec, painter and batches of samples, for the tests of the training."""

import numpy as np
import torch

from assets.sprites.library import Library, library
from assets.sprites.scene import Placed, Scene
from inference.painter.duogen.codec import Embeddings, SpriteCodec
from inference.painter.duogen.transformer import Shape
from inference.tuning.objective import Painter
from inference.tuning.samples import Batch, Packer, Sample

FEATURES = 6
EGG = Scene("kitchen", (Placed("egg", "whole", 0.5, 0.7, 0.3),))
BOWL = Scene("kitchen", (Placed("bowl", "empty", 0.5, 0.7, 0.3, tint="yellow"),))


def embeddings(drawings: Library) -> Embeddings:
    random = np.random.default_rng(0)
    names = tuple(sprite.name for sprite in drawings.of())
    states = tuple((name, state) for name in names for state in drawings[name].states)
    return Embeddings(
        names,
        random.standard_normal((len(names), 8)).astype(np.float32),
        states,
        random.standard_normal((len(states), 4)).astype(np.float32),
    )


def codec() -> SpriteCodec:
    drawings = library()
    return SpriteCodec(embeddings(drawings), drawings)


def painter(made: SpriteCodec) -> Painter:
    torch.manual_seed(0)
    return Painter(FEATURES, Shape(made.channels, 16, 16, 1, 2), made)


def told(chunks: int, seed: int) -> list[np.ndarray]:
    """Features of so many chunks of three tokens, behind an empty first one."""
    random = np.random.default_rng(seed)
    words = random.standard_normal((max(chunks - 1, 0), 3, FEATURES)).astype(np.float16)
    return [np.empty((0, FEATURES), np.float16), *words][:chunks]


def batch(packer: Packer, step: int, process: int = 0) -> Batch:
    """Two samples: one with a picture and text; another whose text every other time is empty."""
    silent = (step + process) % 2 == 0
    samples = [
        Sample(0, ((0, EGG),), 1, BOWL, chunks=3, told=2),
        Sample(1, (), 0, EGG, chunks=1 if silent else 2, told=1),
    ]
    seed = 10 * step + process
    return packer.pack(samples, [told(one.chunks, seed) for one in samples])
