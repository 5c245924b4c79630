"""A look at a GGUF file before llama.cpp sees it: header, counts, sizes, in pure Python.

Every length in the file is checked against the file's own size, for the file may be hostile.
Source: the GGUF specification, version 3 (and 2, which has the same layout).
"""

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


class GgufError(ValueError):
    """The file is no GGUF, or is damaged; the message says where."""


@dataclass(frozen=True)
class Header:
    """What a GGUF says of itself. metadata holds scalars and strings, no arrays."""

    version: int
    tensors: int
    metadata: dict[str, Any]


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
        for _ in range(pairs):
            key = reader.string()
            value = reader.value(reader.number("I"), distinct=key == TOKENS)
            if value is not None:
                metadata[key] = value
        _check_shape(metadata)
        offsets = [reader.tensor() for _ in range(tensors)]
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 1 << 16:
            raise GgufError("its alignment is damaged")
        start = -(-file.tell() // alignment) * alignment
        if offsets and start + max(offsets) >= size:
            raise GgufError("it is truncated: tensors lie beyond its end")
    return Header(version, tensors, metadata)


def _check_shape(metadata: dict[str, Any]) -> None:
    """Refuse the numbers on which llama.cpp would end the process instead of failing."""
    prefix = f"{metadata.get('general.architecture')}."
    for key, value in metadata.items():
        if not key.startswith(prefix) or isinstance(value, str):
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

    def value(self, kind: int, *, distinct: bool = False) -> Any:
        """Return a scalar or string, None for an array; distinct: an array's strings must be."""
        if kind in SCALARS:
            return self.number(SCALARS[kind])
        if kind == 8:
            return self.string()
        if kind == 9:
            self.skip_array(distinct)
            return None
        raise GgufError(f"it has a value of unknown type {kind}")

    def skip_array(self, distinct: bool) -> None:
        kind, count = self.number("I"), self.count()
        if kind in SCALARS:
            length = struct.calcsize(SCALARS[kind]) * count
            if self._file.tell() + length > self._size:
                raise GgufError("it is truncated")
            self._file.seek(length, 1)
        elif kind == 8:
            texts = [text for text in (self.text() for _ in range(count)) if text]
            if distinct and len(set(texts)) != len(texts):
                raise GgufError("a token of its vocabulary stands there twice")
        else:
            raise GgufError(f"it has an array of unknown type {kind}")

    def tensor(self) -> int:
        """Return the tensor's offset in the data part."""
        self.string()
        dimensions = self.number("I")
        if not 1 <= dimensions <= 4:
            raise GgufError(f"it has a tensor of {dimensions} dimensions")
        product = 1
        for _ in range(dimensions):
            product *= self.number("Q")
        self.number("I")
        offset: int = self.number("Q")
        if product > 1 << 40 or offset > self._size:
            raise GgufError("it is truncated: a tensor lies beyond its end")
        return offset
