"""What stage 2 needs before its first step: documents, basis, embeddings, states on disk.

Everything is made once a folder, from the seed alone, and found again there by the next run.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor

from assets.corpus import Example
from assets.sprites.library import Library
from inference.painter.duogen.codec import Embeddings, SpriteCodec, embeddings_of
from inference.protocol import Json
from inference.tuning.alignment import made_up, undrawable, unknown
from inference.tuning.documents import Document
from inference.tuning.embedding import CARRIERS, STATE_CARRIERS, Array, Discriminants, embed
from inference.tuning.fingerprint import check
from inference.tuning.reading import TorchReader
from inference.tuning.states import Basis, features, read_basis
from inference.tuning.tutorials import varied, wordings
from inference.tuning.writers import hash_of
from inference.writer.model import Model
from inference.writer.states import Reader

BASIS, EMBEDDINGS = "basis.npz", "embeddings.npz"
UNDRAWABLE = 2  # documents of each text about something undrawable
UNKNOWN = 0.15  # of the made-up documents name only things that can't be drawn


@dataclass(frozen=True)
class Amounts:
    """variants: documents of each tutorial; made_up: of alignment data; basis: its directions."""

    variants: int
    made_up: int
    basis: int
    sprite_width: int
    state_width: int


@dataclass(frozen=True)
class Terms:
    """What a painter reads and paints in. made_from: the fingerprint of its folder."""

    basis: Basis
    codec: SpriteCodec
    embedded: Embeddings
    first: Discriminants
    made_from: Json


def data_made_from(files: Sequence[Path], amounts: Amounts, drawings: Library) -> Json:
    """Return the fingerprint of prepared data; files: the writer's.

    How many documents there are does not matter: a text has the same states in any number of them.
    """
    return {
        "writer": hash_of(files),
        "library": drawings.hash,
        "basis": amounts.basis,
        "sprite_width": amounts.sprite_width,
        "state_width": amounts.state_width,
    }


def read_terms(folder: Path, drawings: Library, made_from: Json) -> Terms:
    """Read basis and embeddings; raises ValueError where they are made from something else."""
    check(folder, made_from)
    basis = read_basis(folder / BASIS)
    embedded, first = read_embeddings(folder / EMBEDDINGS)
    return Terms(basis, SpriteCodec(embedded, drawings), embedded, first, made_from)


def documents(
    examples: Sequence[Example], amounts: Amounts, drawings: Library, seed: int
) -> list[Document]:
    """Return the training documents: instruction data first, then alignment data."""
    said, texts = wordings(), undrawable_texts()
    found = [
        varied(example, said, drawings, Random(f"{seed}/{number}/{example.name}"), texts["nouns"])
        for number in range(amounts.variants)
        for example in examples
    ]
    for number in range(amounts.made_up):
        random = Random(f"{seed}/made up/{number}")
        document = made_up(random, drawings)
        if random.random() < UNKNOWN:
            document = unknown(document, texts["nouns"], drawings, random)
        found.append(document)
    for number in range(UNDRAWABLE):
        found += [
            undrawable(text, drawings, Random(f"{seed}/{number}/{text}")) for text in texts["train"]
        ]
    return [document for document in found if any(not one.given for one in document.pictures)]


def undrawable_texts() -> Json:
    """Read the texts that no drawing suits: sentences to train on, and held-out steps."""
    file = files("assets.corpus") / "undrawable.json"
    texts: Json = json.loads(file.read_text(encoding="utf-8"))
    return texts


def embeddings(
    drawings: Library, reader: TorchReader, model: Model, basis: Basis, amounts: Amounts
) -> tuple[Embeddings, Discriminants]:
    """Return the drawings' embeddings in the reader's own terms."""
    texts = {carrier.format(name) for sprite in drawings.of() for name in sprite.names
             for carrier in CARRIERS}  # fmt: skip
    texts |= {carrier.format(word) for sprite in drawings.of() for state in sprite.states
              for word in (state, *sprite.states[state]) for carrier in STATE_CARRIERS}  # fmt: skip
    ordered = sorted(texts, key=len)
    told = reader.features([[model.tokenize(text)] for text in ordered], Projection(basis))
    last: dict[str, Array] = {
        text: parts[0][-1:].numpy() for text, parts in zip(ordered, told, strict=True)
    }
    return embed(drawings, last.__getitem__, amounts.sprite_width, amounts.state_width)


def read_by_llama(reader: Reader, basis: Basis, given: Sequence[Document]) -> Iterator[list[Array]]:
    """Yield the features of each document's chunks as the painter will see them."""
    for document in given:
        yield [basis(part) for part in features(reader, document.chunks)]


def read_by_torch(
    reader: TorchReader, model: Model, basis: Basis, given: Sequence[Document]
) -> Iterator[list[Array]]:
    """Yield the features of each document's chunks, many documents at once."""
    tokens = [[model.tokenize(chunk) for chunk in document.chunks] for document in given]
    for parts in reader.features(tokens, Projection(basis)):
        yield [part.numpy() for part in parts]


class Projection:
    """(n, full) -> (n, size) in bfloat16 arithmetic."""

    def __init__(self, basis: Basis) -> None:
        self._directions = torch.from_numpy(basis.directions).T.contiguous().bfloat16()
        self._mean = torch.from_numpy(np.asarray(basis.mean))

    def __call__(self, given: Tensor) -> Tensor:
        """Return the features in the basis, float32."""
        return ((given - self._mean).bfloat16() @ self._directions).float()


def save_embeddings(path: Path, found: Embeddings, first: Discriminants) -> None:
    """Write embeddings and the map that the connector begins with."""
    np.savez(path, **found.arrays(), maps=first.maps, offset=first.offset)


def read_embeddings(path: Path) -> tuple[Embeddings, Discriminants]:
    """Read what save_embeddings wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return embeddings_of(arrays), Discriminants(arrays["maps"], arrays["offset"])
