"""Embeddings of the drawings from what the reader makes of their names.

A drawing's names stand in short carrier texts; the states at the name's last token are its samples.
Linear discriminants find the directions in which drawings differ and names of one drawing do not.
So a word that no training text had lies near its drawing, and the connector can begin with these
directions: what a token names is there from the first step on.
Source: linear discriminant analysis (Fisher, 1936; Rao, 1948), shrunk towards the identity.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets.sprites.library import Library, Sprite
from inference.painter.codec import Embeddings

Array = npt.NDArray[np.float32]
Features = Callable[[str], Array]  # a text -> (n_tokens, size)

CARRIERS = (
    "A {}",
    "Picture: A hand holds the {}",
    "Put the red {}",
    "Picture: Two spoons and a {}",
)
STATE_CARRIERS = ("It is {}", "Picture: Something {}", "{}")
SHRUNK = 0.3


@dataclass(frozen=True)
class Discriminants:
    """maps: (width, size), features -> embeddings; offset: (width,)."""

    maps: Array
    offset: Array


def embed(
    drawings: Library, features: Features, width: int, state_width: int
) -> tuple[Embeddings, Discriminants]:
    """Return the embeddings of all drawings and their states, and the map of the first."""
    sprites = drawings.of()
    samples, owners = [], []
    for owner, sprite in enumerate(sprites):
        for name in sprite.names:
            for carrier in CARRIERS:
                samples.append(features(carrier.format(name))[-1])
                owners.append(owner)
    found = discriminants(np.stack(samples), np.array(owners), width)
    means = _means(np.stack(samples) @ found.maps.T + found.offset, np.array(owners))
    rows = means / np.sqrt((means**2).mean(1, keepdims=True))
    states = [(sprite.name, state) for sprite in sprites for state in sprite.states]
    told = np.stack(
        [_state(sprite, state, features) for sprite in sprites for state in sprite.states]
    )
    embeddings = Embeddings(
        names=tuple(sprite.name for sprite in sprites),
        sprites=rows.astype(np.float32),
        states=tuple(states),
        state_rows=_whitened(told, state_width),
    )
    return embeddings, found


def _state(sprite: Sprite, state: str, features: Features) -> Array:
    """Return the mean features of the words that lead to a state."""
    words = (state, *sprite.states[state][:3])
    vectors = [features(carrier.format(word))[-1] for word in words for carrier in STATE_CARRIERS]
    return np.asarray(np.mean(vectors, 0), np.float32)


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


def _whitened(rows: Array, width: int) -> Array:
    centred = rows - rows.mean(0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    told = centred @ directions[:width].T
    return np.asarray(told / told.std(0), np.float32)
