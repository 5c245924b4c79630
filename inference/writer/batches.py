"""What a context evaluates: slices of tokens and images, as llama.cpp's batches."""

from collections.abc import Iterator, Sequence
from ctypes import POINTER, c_float, c_int8, c_int32, pointer
from dataclasses import dataclass, field
from typing import Any

import llama_cpp
import numpy as np
import numpy.typing as npt

SLICE = 64  # tokens of prompt evaluated at once; a cancel waits for no more than that


@dataclass(frozen=True)
class Sight:
    """An image, or one part of it, as a writer's eyes encoded it; known by its name.

    name: sha256 of the image's pixels, and which part this is. positions: how far the next token
    stands behind the image's first; with M-RoPE less than its tokens. embeddings: (n_tokens,
    width) float32. places: (2, axes, n_tokens) int32: where each token stands on each axis (time,
    row, column and none with M-RoPE, else one) in an image at 0, and how often the place of the
    image is added to that. causal: whether a token sees only those before it.
    """

    name: str
    positions: int = field(compare=False)
    embeddings: npt.NDArray[np.float32] = field(compare=False, repr=False)
    places: npt.NDArray[np.int32] = field(compare=False, repr=False)
    causal: bool = field(compare=False)

    def __len__(self) -> int:
        return len(self.embeddings)


Tokens = tuple[int, ...]
Chunk = Sequence[int] | Sight  # of a context: tokens, or an image


def positions(chunk: Chunk) -> int:
    """Return how far the next chunk stands behind this one."""
    return chunk.positions if isinstance(chunk, Sight) else len(chunk)


def batches(chunk: Tokens | Sight, start: int) -> Iterator[Any]:
    """Yield llama.cpp's batches of a chunk at a position; each is valid until the next.

    A batch holds SLICE tokens at most, but an image that is not causal is one batch. The logits
    are asked for of the last token.
    """
    if isinstance(chunk, Sight):
        rows: npt.NDArray[Any] = chunk.embeddings
        places = chunk.places[0] + start * chunk.places[1]
        size = SLICE if chunk.causal else len(chunk)
    else:
        rows = np.array(chunk, np.int32)
        places = np.arange(start, start + len(chunk), dtype=np.int32)[None]
        size = SLICE
    for first in range(0, len(rows), size):
        yield from _batch(rows[first : first + size], places[:, first : first + size])


def _batch(rows: npt.NDArray[Any], places: npt.NDArray[np.int32]) -> Iterator[Any]:
    count = len(rows)
    rows, places = np.ascontiguousarray(rows), np.ascontiguousarray(places)
    ones, outputs = np.ones(count, np.int32), np.zeros(count, np.int8)
    outputs[-1] = 1
    sequence = pointer(llama_cpp.llama_seq_id(0))
    tokens = rows.ndim == 1
    yield llama_cpp.llama_batch(
        count,
        rows.ctypes.data_as(POINTER(c_int32)) if tokens else None,
        None if tokens else rows.ctypes.data_as(POINTER(c_float)),
        places.ctypes.data_as(POINTER(c_int32)),
        ones.ctypes.data_as(POINTER(c_int32)),
        (POINTER(llama_cpp.llama_seq_id) * count)(*[sequence] * count),
        outputs.ctypes.data_as(POINTER(c_int8)),
    )
