"""The reader's states of the training texts, kept on disk in a basis in which training is cheap.

A token has all layers' channels (17,280 in the starter's reader). The connector is one linear map
of them, so it is trained in the basis of their principal directions and unfolded for export
(connector.py): the same function, a tenth of the arithmetic and of the disk.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from filelock import FileLock
from torch import Tensor

from inference.painter.connector import concatenated
from inference.tuning.documents import Document
from inference.writer.states import Reader

Array = npt.NDArray[np.float32]
Half = npt.NDArray[np.float16]
# Documents -> for each of them the basis' features of each chunk.
Read = Callable[[Sequence[Document]], Iterator[list[Array]]]

CALIBRATION = 3000  # tokens from which the basis is computed
EVERY = 6  # one token in so many of a document
WHITENED = 0.5  # power of the standard deviation by which a direction is scaled down


@dataclass(frozen=True)
class Basis:
    """directions: (size, full); features become (f - mean) @ directions.T. mean: (full,)."""

    directions: Array
    mean: Array

    def __call__(self, features: Array) -> Array:
        """Return (n, size) of (n, full)."""
        return np.asarray((features - self.mean) @ self.directions.T, np.float32)

    def save(self, path: Path) -> None:
        """Write it as .npz."""
        np.savez(path, directions=self.directions, mean=self.mean)


def read_basis(path: Path) -> Basis:
    """Read what Basis.save wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return Basis(arrays["directions"], arrays["mean"])


def features(reader: Reader, chunks: Sequence[str]) -> list[Array]:
    """Return each chunk's tokens with all layers normalised and laid end to end, (n, full)."""
    return [
        concatenated(torch.from_numpy(states)).numpy() if len(states) else states.reshape(0, -1)
        for states in map(np.array, reader.states(chunks))
    ]


def fit(read: Iterable[Sequence[Tensor]], size: int) -> Basis:
    """Return the principal directions of documents' features, one (n, full) tensor a chunk."""
    rows: list[Tensor] = []
    count = 0
    for parts in read:
        rows.append(torch.cat(list(parts))[::EVERY])
        count += len(rows[-1])
        if count >= CALIBRATION:
            break
    drawn = torch.cat(rows)
    mean = drawn.mean(0)
    _, deviations, directions = torch.pca_lowrank(drawn - mean, q=size, center=False, niter=2)
    scale = (deviations / len(drawn) ** 0.5).clamp(min=1e-3) ** WHITENED
    return Basis((directions / scale).T.contiguous().numpy(), mean.numpy())


class StateCache:
    """The features of documents on disk: one flat file of half precision and an index.

    A document is known by the hash of its chunks, so that a run that was cut goes on.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self._size = size
        folder.mkdir(parents=True, exist_ok=True)
        self._index: dict[str, tuple[int, list[int]]] = {}
        self._rows = 0
        self._told = 0  # bytes of the index
        self._find()

    def _find(self) -> None:
        """Read what is there."""
        index = self._folder / "index.jsonl"
        if index.exists():
            told = index.read_bytes()
            self._told = told.rfind(b"\n") + 1  # a kill may have cut the last line
            for line in told[: self._told].decode().splitlines():
                name, start, lengths = json.loads(line)
                self._index[name] = (start, lengths)
                self._rows = max(self._rows, start + sum(lengths))

    def add(self, read: Read, documents: Sequence[Document]) -> Iterator[int]:
        """Read what is not there yet; yield the number of documents that are done.

        Another run that reads into the same folder is waited for, and its documents are taken over.
        """
        if all(named(document) in self._index for document in documents):
            return  # no file is opened: another process may be reading them
        with FileLock(self._folder / "lock"):
            self._find()
            yield from self._add(read, documents)

    def _add(self, read: Read, documents: Sequence[Document]) -> Iterator[int]:
        missing = [document for document in documents if named(document) not in self._index]
        done = len(documents) - len(missing)
        with (
            (self._folder / "features.f16").open("ab") as data,
            (self._folder / "index.jsonl").open("a", encoding="utf-8") as index,
        ):
            data.truncate(self._rows * self._size * 2)
            index.truncate(self._told)
            for document, told in zip(missing, read(missing), strict=True):
                lengths = [len(part) for part in told]
                data.write(np.concatenate(told).astype(np.float16).tobytes())
                data.flush()
                index.write(json.dumps([named(document), self._rows, lengths]) + "\n")
                index.flush()
                self._index[named(document)] = (self._rows, lengths)
                self._rows += sum(lengths)
                done += 1
                yield done

    def open(self) -> Half:
        """Return all features, (rows, size), mapped from disk."""
        return np.memmap(
            self._folder / "features.f16", np.float16, "r", shape=(self._rows, self._size)
        )

    def place(self, document: Document) -> tuple[int, list[int]]:
        """Return the first row of a document and the number of rows of each chunk."""
        return self._index[named(document)]


def named(document: Document) -> str:
    """Return the hash of a document's texts."""
    return hashlib.sha256(json.dumps(document.chunks).encode()).hexdigest()
