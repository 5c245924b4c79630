"""What a fix may change: only what its words name.

The network paints the whole picture again, and now and then a thing that nobody spoke of is lost,
becomes another one, or comes along. The transformer's pointer tells how clearly an instruction
names each drawing (weights.py); all else is taken from the picture that is to be fixed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from math import hypot

from assets.sprites.scene import Placed, Scene
from inference.painter.duogen.codec import Clarity

NAMED = 0.9  # how clearly
MOVED = 0.2  # of the picture's side: what is named and moves by less has not moved

Sprites = Sequence[Placed]


def fixed(painted: Scene, before: Scene, told: Clarity) -> Scene:
    """Return the painted scene, in which all that the instruction does not name is as before.

    Where it names nothing of either picture it may mean anything ("make it blue"): then nothing is
    taken back but small moves. Things stand in the order in which they were, what came behind them.
    """
    old, new = before.sprites, painted.sprites
    shown = {one.name for one in (*old, *new)} | {painted.background, before.background}
    clear = {name for name, clarity in told.drawings.items() if clarity >= NAMED} & shown
    free = clear or shown
    again = _pairs(old, new)
    stays = [k for k in range(len(old)) if k in again or old[k].name not in free]
    came = [i for i in range(len(new)) if i not in again.values() and new[i].name in free]
    for k in stays:
        if k not in again:
            came = _without_stand_in(came, new, old[k])
    # Where each thing of either picture is now: `inside` tells its holder by number.
    was = {k: place for place, k in enumerate(stays)}
    now = {i: place for place, i in enumerate(came, len(stays))}
    now |= {again[k]: place for k, place in was.items() if k in again}
    sprites = [
        _changed(old[k], new[again[k]], now)
        if k in again and old[k].name in free
        else _held(old[k], was)
        for k in stays
    ]
    sprites += [_held(new[i], now) for i in came]
    place = painted.background if painted.background in free else before.background
    return Scene(place, tuple(_one_deep(one, sprites) for one in sprites))


def _pairs(old: Sprites, new: Sprites) -> dict[int, int]:
    """Return which thing of the painted picture is which of before: by name, the nearest first."""
    pairs: dict[int, int] = {}
    candidates = sorted(
        (_distance(one, other), k, i)
        for k, one in enumerate(old)
        for i, other in enumerate(new)
        if one.name == other.name
    )
    for _, k, i in candidates:
        if k not in pairs and i not in pairs.values():
            pairs[k] = i
    return pairs


def _without_stand_in(came: Collection[int], new: Sprites, lost: Placed) -> list[int]:
    """Return what came, of doubles without the one that took the place of a lost thing.

    Asked for a sign instead of a pumpkin, the network may turn the can beside it into one as well.
    """
    names = [new[i].name for i in came]
    doubles = [i for i in came if names.count(new[i].name) > 1]
    nearest = min(doubles, key=lambda i: _distance(new[i], lost), default=None)
    return [i for i in came if i != nearest]


def _changed(old: Placed, new: Placed, now: Mapping[int, int]) -> Placed:
    """Return a named thing as it was painted; where it hardly moved it stands where it stood."""
    new = _held(new, now)
    moved = _distance(old, new) >= MOVED or (old.inside is None) != (new.inside is None)
    return new if moved else replace(old, state=new.state, tint=new.tint, inside=new.inside)


def _held(one: Placed, places: Mapping[int, int]) -> Placed:
    """Return the thing with its holder's new number, if that is still there."""
    return one if one.inside is None else replace(one, inside=places.get(one.inside))


def _one_deep(one: Placed, sprites: Sprites) -> Placed:
    """Return the thing, outside of a holder that is itself inside another: no scene goes deeper."""
    deep = one.inside is not None and sprites[one.inside].inside is not None
    return replace(one, inside=None) if deep else one


def _distance(one: Placed, other: Placed) -> float:
    return hypot(one.x - other.x, one.y - other.y)
