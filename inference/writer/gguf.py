"""A look at a GGUF file before llama.cpp sees it: header, counts, sizes, in pure Python.

Every length in the file is checked against the file's own size, for the file may be hostile.
Source: the GGUF specification, version 3 (and 2, which has the same layout).
"""

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

MAX_STRING = 1 << 20
MAX_COUNT = 1 << 20
# llama.cpp ends the process when there are more layers, products of its shape overflow, or a token
# stands there twice.
MAX_LAYERS = 512
MAX_NUMBER = 1 << 24
SHORT = 1024  # values of an array that is kept
TOKENS = "tokenizer.ggml.tokens"
# Value type -> struct format; 8 is a string, 9 an array.
SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
# Tensor type -> numbers in a block, bytes of a block. Source: ggml's table of types.
BLOCKS = {
    0: (1, 4),  # F32
    1: (1, 2),  # F16
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    30: (1, 2),  # BF16
}


class GgufError(ValueError):
    """The file is no GGUF, or is damaged; the message says where."""


@dataclass(frozen=True)
class Tensor:
    """One tensor of a file. shape: the fastest dimension first; kind: ggml's number of its type.

    offset: of its bytes in the data part.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int

    def bytes(self) -> int | None:
        """Return how many bytes it has, None where its type is not known or does not fit it."""
        numbers, size = BLOCKS.get(self.kind, (0, 0))
        if not numbers or self.shape[0] % numbers:
            return None
        return math.prod(self.shape) // numbers * size


@dataclass(frozen=True)
class Header:
    """What a GGUF says of itself.

    metadata holds scalars, strings, and short arrays of numbers as tuples; kinds says how each is
    kept: a struct format, "s" for a string, with "[" before it for an array. alignment: of the data
    part and its tensors. data: bytes of the data part.
    """

    version: int
    tensors: tuple[Tensor, ...]
    metadata: dict[str, Any]
    kinds: dict[str, str]
    alignment: int
    data: int


def read_header(path: Path) -> Header:
    """Return the header; raises GgufError, or OSError when the file can't be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        reader = _Reader(file, size)
        if reader.take(4) != b"GGUF":
            raise GgufError("it is not a GGUF file")
        version = reader.number("I")
        if version not in (2, 3):
            raise GgufError(f"GGUF version {version} is not known")
        tensors, pairs = reader.count(), reader.count()
        metadata: dict[str, Any] = {}
        kinds: dict[str, str] = {}
        for _ in range(pairs):
            key = reader.string()
            kinds[key], value = reader.value(distinct=key == TOKENS)
            if value is not None:
                metadata[key] = value
        _check_shape(metadata)
        named = tuple(reader.tensor() for _ in range(tensors))
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 1 << 16:
            raise GgufError("its alignment is damaged")
        data = size + -file.tell() // alignment * alignment
    if any(tensor.offset + max(tensor.bytes() or 1, 1) > data for tensor in named):
        raise GgufError("it is truncated: tensors lie beyond its end")
    return Header(version, named, metadata, kinds, alignment, data)


def _check_shape(metadata: dict[str, Any]) -> None:
    """Refuse the numbers on which llama.cpp would end the process instead of failing."""
    prefix = f"{metadata.get('general.architecture')}."
    for key, value in metadata.items():
        if not key.startswith(prefix) or isinstance(value, str | tuple):
            continue
        layers = not key.endswith(".block_count") or 0 < value <= MAX_LAYERS
        epsilon = not key.endswith("epsilon") or value >= 0
        if not layers or not epsilon or (isinstance(value, int) and value > MAX_NUMBER):
            raise GgufError(f"its {key} of {value} can't be right")


class _Reader:
    """Reads little-endian values and refuses any length that the file can't hold."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size

    def take(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) != count:
            raise GgufError("it is truncated")
        return data

    def number(self, form: str) -> Any:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]

    def count(self) -> int:
        count: int = self.number("Q")
        if count > MAX_COUNT:
            raise GgufError(f"it claims {count} entries")
        return count

    def string(self) -> str:
        return self.text().decode("utf-8", "replace")

    def text(self) -> bytes:
        length = self.number("Q")
        if length > MAX_STRING:
            raise GgufError(f"it claims a name of {length} bytes")
        return self.take(length)

    def value(self, *, distinct: bool = False) -> tuple[str, Any]:
        """Return a value's kind and the value, None for one that is not kept.

        distinct: an array's strings must be.
        """
        kind = self.number("I")
        if kind in SCALARS:
            return SCALARS[kind], self.number(SCALARS[kind])
        if kind == 8:
            return "s", self.string()
        if kind == 9:
            return self.array(distinct)
        raise GgufError(f"it has a value of unknown type {kind}")

    def array(self, distinct: bool) -> tuple[str, tuple[Any, ...] | None]:
        kind, count = self.number("I"), self.count()
        if kind in SCALARS:
            form = SCALARS[kind]
            length = struct.calcsize(form) * count
            if self._file.tell() + length > self._size:
                raise GgufError("it is truncated")
            if count <= SHORT:
                return f"[{form}", struct.unpack(f"<{count}{form}", self.take(length))
            self._file.seek(length, 1)
            return f"[{form}", None
        if kind == 8:
            texts = [text for text in (self.text() for _ in range(count)) if text]
            if distinct and len(set(texts)) != len(texts):
                raise GgufError("a token of its vocabulary stands there twice")
            return "[s", None
        raise GgufError(f"it has an array of unknown type {kind}")

    def tensor(self) -> Tensor:
        """Return what is said of the next tensor."""
        name = self.string()
        dimensions = self.number("I")
        if not 1 <= dimensions <= 4:
            raise GgufError(f"it has a tensor of {dimensions} dimensions")
        shape = tuple(self.number("Q") for _ in range(dimensions))
        tensor = Tensor(name, shape, self.number("I"), self.number("Q"))
        if math.prod(shape) > 1 << 40 or tensor.offset > self._size:
            raise GgufError("it is truncated: a tensor lies beyond its end")
        return tensor
