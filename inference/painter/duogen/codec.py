"""Scenes as latents and back: the starter pack's counterpart of a VAE.

A picture is a frame of slots: the first is the background, each other one a placed sprite. A slot
is a vector: the sprite's embedding, its state's, the tint as one-hot, position, size, rotation,
mirror, layer, whether it lies inside another, and presence. The embeddings are fixed and saved with
the weights, so that a later library only adds to what a painter knows. NumPy only; no files.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assets.sprites.library import TINTS, Library, Sprite
from assets.sprites.scene import Placed, Scene
from inference.painter.geometry import Ruler

Array = npt.NDArray[np.float32]

SLOTS = 8  # of a painted frame: a background and at most seven sprites
GEOMETRY = 9  # x, y, size, sin and cos of the rotation, mirror, layer, inside, presence
PLAIN = (None, *TINTS)
NO_HOLDERS = ("people", "actions", "backgrounds")
SMALLEST, LARGEST = 0.04, 0.95  # of the picture's side
BEYOND = 0.2  # so far outside the picture a sprite's middle may lie


@dataclass(frozen=True)
class Clarity:
    """How clearly latents show things; 1: as clearly as encoded ones.

    drawings: by name; states: of each drawing, by state.
    """

    drawings: dict[str, float]
    states: dict[str, dict[str, float]]


class Codec(Protocol):
    """Turns a picture's source into latents and latents into a source."""

    @property
    def channels(self) -> int:
        """Of one latent token."""

    def encode(self, scene: Scene) -> Array:
        """Return (n_slots, channels)."""

    def decode(self, frame: Array) -> Scene:
        """Return the scene that is nearest to (n_slots, channels)."""

    def clarity(self, latents: Array) -> Clarity:
        """Return how clearly the clearest of (n, channels), n > 0, shows each thing."""


@dataclass(frozen=True)
class Embeddings:
    """What a painter was trained with.

    sprites: (n, width), one row of unit variance for each of `names`; states: (m, width) for each
    of `states`, the (sprite, state) pairs.
    """

    names: tuple[str, ...]
    sprites: Array
    states: tuple[tuple[str, str], ...]
    state_rows: Array

    def arrays(self, kind: type[np.floating[Any]] = np.float32) -> dict[str, Any]:
        """Return them as arrays to be saved, numbers of this kind."""
        return {
            "names": np.array(self.names),
            "sprites": self.sprites.astype(kind),
            "states": np.array([f"{name}/{state}" for name, state in self.states]),
            "state_rows": self.state_rows.astype(kind),
        }


def embeddings_of(arrays: Mapping[str, npt.NDArray[Any]]) -> Embeddings:
    """Return what Embeddings.arrays() made; raises ValueError where they don't fit together."""
    pairs = [str(pair).partition("/") for pair in arrays["states"]]
    found = Embeddings(
        names=tuple(map(str, arrays["names"])),
        sprites=arrays["sprites"].astype(np.float32),
        states=tuple((name, state) for name, _, state in pairs),
        state_rows=arrays["state_rows"].astype(np.float32),
    )
    for names, rows in ((found.names, found.sprites), (found.states, found.state_rows)):
        if rows.ndim != 2 or len(rows) != len(names) or not np.isfinite(rows).all():
            raise ValueError("its names and rows do not fit together")
    return found


class SpriteCodec:
    """The codec over a drawing library.

    What only one of library and embeddings has stays unused: sprites, states, and a sprite of whose
    states none is left.
    """

    def __init__(self, embeddings: Embeddings, drawings: Library) -> None:
        self._states: dict[str, list[str]] = {}
        self._state_rows: dict[str, list[Array]] = {}
        for (name, state), row in zip(embeddings.states, embeddings.state_rows, strict=True):
            if name in drawings and state in drawings[name].states:
                self._states.setdefault(name, []).append(state)
                self._state_rows.setdefault(name, []).append(row)
        known = [k for k, name in enumerate(embeddings.names) if name in self._states]
        self._drawings = drawings
        self._ruler = Ruler(drawings)
        self.names = [embeddings.names[k] for k in known]
        self.sprites = embeddings.sprites[known]
        self.rows = {name: row for row, name in enumerate(self.names)}
        self._places = np.array([self._domain(name) == "backgrounds" for name in self.names])
        self._width = embeddings.sprites.shape[1]
        self._state_width = embeddings.state_rows.shape[1]

    def _domain(self, name: str) -> str:
        return self._drawings[name].domain

    @property
    def channels(self) -> int:
        """Of one slot."""
        return int(self._width + self._state_width + len(PLAIN) + GEOMETRY)

    @property
    def parts(self) -> dict[str, slice]:
        """Where the parts of a slot lie in its channels."""
        widths = {
            "sprite": self._width,
            "state": self._state_width,
            "tint": len(PLAIN),
            "geometry": GEOMETRY,
        }
        ends = accumulate(widths.values())
        return {name: slice(e - widths[name], e) for name, e in zip(widths, ends, strict=True)}

    def encode(self, scene: Scene) -> Array:
        """Return the scene's slots, (1 + n_sprites, channels) float32.

        A sprite or state that the library or the embeddings lack is left out.
        """
        rows = [self._background(scene.background)]
        rows += [self._slot(placed) for placed in scene.sprites if self.knows(placed)]
        return np.stack(rows)

    def knows(self, placed: Placed) -> bool:
        """Whether a placed sprite can be told in latents."""
        return placed.name in self.rows and placed.state in self._states[placed.name]

    def states(self, name: str) -> list[str]:
        """Return the states of a sprite that can be told, in the order of state_tables()."""
        return self._states[name]

    def state_tables(self) -> list[Array]:
        """Return for each of `names` the embeddings of its states, (n_states, width)."""
        return [np.stack(self._state_rows[name]) for name in self.names]

    def empty(self) -> Array:
        """Return a slot that holds nothing, (channels,)."""
        row = np.zeros(self.channels, np.float32)
        row[-1] = -1.0
        return row

    def _background(self, name: str | None) -> Array:
        row = self.empty()
        if name in self.rows:
            row[self.parts["sprite"]] = self.sprites[self.rows[str(name)]]
            row[-1] = 1.0
        return row

    def _slot(self, placed: Placed) -> Array:
        row = self.empty()
        parts = self.parts
        row[parts["sprite"]] = self.sprites[self.rows[placed.name]]
        row[parts["state"]] = self._state_row(placed.name, placed.state)
        tint = self.tint(placed)
        row[parts["tint"]] = -0.35
        row[parts["tint"].start + PLAIN.index(tint)] = 2.8
        angle = math.radians(placed.rotation)
        row[parts["geometry"]] = (
            (placed.x - 0.5) * 4,
            (placed.y - 0.6) * 5,
            math.log(placed.size / 0.35) * 1.8,
            math.sin(angle),
            math.cos(angle),
            1.0 if placed.flip else -1.0,
            placed.layer - 1.0,
            1.0 if placed.inside is not None else -1.0,
            1.0,
        )
        return row

    def _state_row(self, name: str, state: str) -> Array:
        return self._state_rows[name][self._states[name].index(state)]

    def decode(self, frame: Array) -> Scene:
        """Return the scene: the nearest sprites, states and tints; absent slots are left out."""
        background = None
        if frame[0, -1] > 0:
            background = self._nearest(frame[0], self._places)
        placed = [self._placed(row) for row in frame[1:] if row[-1] > 0]
        wants = [row[-2] > 0 for row in frame[1:] if row[-1] > 0]
        return Scene(background, self._contained(placed, wants))

    def clarity(self, latents: Array) -> Clarity:
        """Return how clearly the clearest of (n, channels), n > 0, shows each thing."""
        drawings = _clarity(latents[:, self.parts["sprite"]], self.sprites)
        how = latents[:, self.parts["state"]]
        return Clarity(
            dict(zip(self.names, drawings, strict=True)),
            {
                name: dict(zip(self._states[name], _clarity(how, table), strict=True))
                for name, table in zip(self.names, self.state_tables(), strict=True)
            },
        )

    def _nearest(self, row: Array, allowed: npt.NDArray[np.bool_]) -> str:
        distance = ((self.sprites - row[self.parts["sprite"]]) ** 2).sum(1)
        return self.names[int(np.where(allowed, distance, np.inf).argmin())]

    def _placed(self, row: Array) -> Placed:
        name = self._nearest(row, ~self._places)
        sprite, states = self._drawings[name], np.stack(self._state_rows[name])
        parts = self.parts
        state = self._states[name][int(((states - row[parts["state"]]) ** 2).sum(1).argmin())]
        x, y, size, sine, cosine, flip, layer, _, _ = row[parts["geometry"]].tolist()
        return Placed(
            name=name,
            state=state,
            x=round(min(max(x / 4 + 0.5, -BEYOND), 1 + BEYOND), 4),
            y=round(min(max(y / 5 + 0.6, -BEYOND), 1 + BEYOND), 4),
            size=round(min(max(math.exp(min(size, 9) / 1.8) * 0.35, SMALLEST), LARGEST), 4),
            tint=self._tint(sprite, row[parts["tint"]]),
            rotation=_angle(sine, cosine),
            flip=flip > 0,
            layer=round(min(max(layer + 1, 0), 4)),
        )

    def tint(self, placed: Placed) -> str | None:
        """Return the tint that is seen of a placed sprite; None where it has no tinted part."""
        own = self._drawings[placed.name].tint
        return (placed.tint or own) if own else None

    def _tint(self, sprite: Sprite, row: Array) -> str | None:
        if sprite.tint is None:
            return None
        tint = PLAIN[1 + int(row[1:].argmax())]
        return None if tint == sprite.tint else tint

    def _distance(self, placed: Placed, holder: Placed) -> tuple[bool, bool, float]:
        """Return whether a sprite lies outside a holder, whether that is closed, how far off."""
        x0, y0, x1, y1 = self._ruler.box(holder)
        outside = not (x0 <= placed.x <= x1 and y0 <= placed.y <= y1)
        closed = self._drawings[holder.name].inside is None
        away = math.dist((placed.x, placed.y), (holder.x, holder.y)) / holder.size
        return outside, closed, away

    def _contained(self, placed: Sequence[Placed], wants: Sequence[bool]) -> tuple[Placed, ...]:
        """Return the sprites, each that lies inside something in the container nearest to it."""
        found = []
        for k, one in enumerate(placed):
            holders = [
                i
                for i, other in enumerate(placed)
                if i != k and not wants[i] and self._domain(other.name) not in NO_HOLDERS
            ]
            inside = None
            if wants[k] and holders:
                inside = min(holders, key=lambda i: self._distance(one, placed[i]))
            found.append(one if inside is None else _inside(one, inside))
        return tuple(found)


def _clarity(latents: Array, embeddings: Array) -> list[float]:
    """Return for each embedding, (m, width), its share in the clearest of (n, width)."""
    shares = latents @ embeddings.T / (embeddings**2).sum(1)
    return [float(share) for share in shares.max(0)]


def _inside(placed: Placed, holder: int) -> Placed:
    return replace(placed, inside=holder)


def _angle(sine: float, cosine: float) -> float:
    """Return whole degrees; what is nearly upright is upright."""
    degrees = math.degrees(math.atan2(sine, cosine))
    return 0.0 if abs(degrees) < 7 else float(round(degrees))
