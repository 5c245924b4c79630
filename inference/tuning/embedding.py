"""Embeddings of the drawings and their states from what the reader makes of their words.

A drawing's names stand in short carrier texts; the states at the name's last token are its samples.
Linear discriminants find the directions in which drawings differ and names of one drawing do not.
So a word that no training text had lies near its drawing, and the connector can begin with these
directions: what a token names is there from the first step on. The same is done with the words
that lead to a state ("open", "unwrap").
Source: linear discriminant analysis (Fisher, 1936; Rao, 1948), shrunk towards the identity.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets.sprites.library import Library
from inference.painter.duogen.codec import Embeddings

Array = npt.NDArray[np.float32]
Features = Callable[[str], Array]  # a text -> (n_tokens, size)

CARRIERS = (
    "A {}",
    "Picture: A hand holds the {}",
    "Put the red {}",
    "Picture: Two spoons and a {}",
)
STATE_CARRIERS = ("It is {}", "Picture: Something {}", "Now {}", "{}")
SHRUNK = 0.3


@dataclass(frozen=True)
class Discriminants:
    """features @ maps.T + offset are embeddings. maps: (width, size); offset: (width,)."""

    maps: Array
    offset: Array


def embed(
    drawings: Library, features: Features, width: int, state_width: int
) -> tuple[Embeddings, Discriminants]:
    """Return the embeddings of all drawings and their states, and the map to both, end to end."""
    sprites = drawings.of()
    names = [[c.format(n) for n in sprite.names for c in CARRIERS] for sprite in sprites]
    rows, things = _embedded(names, range(len(sprites)), features, width)
    states = [(sprite.name, state) for sprite in sprites for state in sprite.states]
    words = [
        [c.format(word) for word in (state, *sprite.states[state]) for c in STATE_CARRIERS]
        for sprite in sprites
        for state in sprite.states
    ]
    # "open" is one state, whatever is open.
    kinds = sorted({state for _, state in states})
    alike = [kinds.index(state) for _, state in states]
    state_rows, manners = _embedded(words, alike, features, state_width)
    embeddings = Embeddings(
        names=tuple(sprite.name for sprite in sprites),
        sprites=rows,
        states=tuple(states),
        state_rows=state_rows,
    )
    maps = np.concatenate([things.maps, manners.maps])
    return embeddings, Discriminants(maps, np.concatenate([things.offset, manners.offset]))


def _embedded(
    texts: Sequence[Sequence[str]], kinds: Sequence[int], features: Features, width: int
) -> tuple[Array, Discriminants]:
    """Return a row of unit variance for each list of texts, and the map that tells kinds apart."""
    samples = np.stack([features(text)[-1] for own in texts for text in own])
    counts = [len(own) for own in texts]
    found = discriminants(samples, np.repeat(kinds, counts), width)
    means = _means(samples @ found.maps.T + found.offset, np.repeat(range(len(texts)), counts))
    return means / np.sqrt((means**2).mean(1, keepdims=True)), found


def discriminants(samples: Array, owners: npt.NDArray[np.int64], width: int) -> Discriminants:
    """Return the `width` directions that tell the owners of samples, (n, size), best apart."""
    means = _means(samples, owners)
    centre = means.mean(0)
    inner = samples - means[owners]
    scatter = inner.T @ inner / len(samples)
    shrunk = (1 - SHRUNK) * scatter + SHRUNK * np.trace(scatter) / len(scatter) * np.eye(
        len(scatter)
    )
    values, vectors = np.linalg.eigh(shrunk)
    white = vectors / np.sqrt(values)
    _, _, directions = np.linalg.svd((means - centre) @ white, full_matrices=False)
    maps = (white @ directions[:width].T).T
    spread = ((means - centre) @ maps.T).std(0)
    maps = maps / spread[:, None]
    return Discriminants(maps.astype(np.float32), (-centre @ maps.T).astype(np.float32))


def _means(rows: Array, owners: npt.NDArray[np.int64]) -> Array:
    count = int(owners.max()) + 1
    return np.stack([rows[owners == owner].mean(0) for owner in range(count)])
