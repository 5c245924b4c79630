"""A look at a safetensors file before any library sees it, in pure Python, like writer/gguf.py.

Stricter than the format's own reader, for the file may be hostile. Source: the format's
specification: 8 bytes of length, a JSON header, then the tensors without holes.
"""

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_HEADER = 16 << 20  # bytes; a network of 20 billion numbers has 0.3 MB
MAX_DIMENSIONS = 8
BYTES = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "U16": 2,
    "I16": 2,
    "F16": 2,
    "BF16": 2,
    "U32": 4,
    "I32": 4,
    "F32": 4,
    "U64": 8,
    "I64": 8,
    "F64": 8,
}


class SafetensorsError(ValueError):
    """The file is no safetensors file, or is damaged; the message says where."""


@dataclass(frozen=True)
class Tensor:
    """One tensor of a file; it lies from byte `start` to before `end`, behind the header."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Return the file's tensors by name; raises SafetensorsError, or OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        if not 2 <= length <= min(MAX_HEADER, size - 8):
            raise SafetensorsError("it is not a safetensors file")
        header = _object(file.read(length))
    header.pop("__metadata__", None)
    tensors = {name: _tensor(name, value) for name, value in header.items()}
    end = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].start, item[1].end)):
        if tensor.start != end:
            raise SafetensorsError(
                f"its tensor {name!a:.80} lies over another one, or behind a hole"
            )
        end = tensor.end
    if not tensors or end != size - 8 - length:
        raise SafetensorsError("its tensors do not end where it ends")
    return tensors


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_distinct)
    except (ValueError, RecursionError) as error:
        raise SafetensorsError("its header is not sound JSON") from error
    if not isinstance(value, dict):
        raise SafetensorsError("its header is no JSON object")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _tensor(name: str, value: Any) -> Tensor:
    match value:
        case {"dtype": str(dtype), "shape": [*shape], "data_offsets": [start, end], **more}:
            numbers = [*shape, start, end]
            sound = not more and all(type(n) is int and 0 <= n < 1 << 48 for n in numbers)
            if sound and dtype in BYTES and len(shape) <= MAX_DIMENSIONS:
                if math.prod(shape) * BYTES[dtype] != end - start:
                    raise SafetensorsError(
                        f"its tensor {name!a:.80} has not the bytes of its shape"
                    )
                return Tensor(dtype, tuple(shape), start, end)
    raise SafetensorsError(f"its tensor {name!a:.80} is not described as it should be")
