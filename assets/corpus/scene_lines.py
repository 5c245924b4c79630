"""A picture in one line of words: what the corpus says that its pictures show.

    kitchen; bowl [yellow]; 2 egg (cracked) in bowl; hand (holding) holds whisk; mark stir at bowl

First the background, then the things. A thing is its sprite's name, with how many there are before
it, its state in round and its tint in square brackets behind it, and how it hangs on a thing that
was named before: in, on, out of, over, under, beside, at, covers, pours into. `holds` hangs the
other way: what follows is in a hand or a person's hands. `mark` is an action that is drawn.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal, get_args

from assets.sprites.library import TINTS, Library, Sprite

Link = Literal[
    "in", "on", "out of", "over", "under", "beside", "at", "covers", "pours into", "holds"
]  # fmt: skip
LINKS: tuple[str, ...] = get_args(Link)
MOST = 5  # of one thing
_LINK = re.compile(rf" (?P<link>{'|'.join(LINKS)}) (?P<other>.+)$")
_THING = re.compile(
    r"^(?:(?P<count>\d+) )?(?P<name>[a-z][a-z ]*[a-z])"
    r"(?: \((?P<state>[^()]+)\))?(?: \[(?P<tint>[a-z]+)\])?$"
)


@dataclass(frozen=True)
class SceneThing:
    """One thing of a scene line. other: the index of what it hangs on, or of what it holds."""

    name: str
    state: str
    tint: str | None = None
    count: int = 1
    link: Link | None = None
    other: int | None = None
    mark: bool = False


@dataclass(frozen=True)
class SceneLine:
    """A background, None for whichever suits, and the things in their order."""

    background: str | None
    things: tuple[SceneThing, ...]


def read_scene_line(line: str, drawings: Library) -> SceneLine:
    """Return what a line says; raises ValueError that names what the library lacks."""
    first, *parts = [part.strip() for part in line.split(";")]
    backgrounds = {sprite.name for sprite in drawings.of("backgrounds")}
    if first not in backgrounds:
        raise ValueError(f"there is no background {first!r}")
    if not parts:
        raise ValueError("a scene shows at least one thing")
    things: list[SceneThing] = []
    for part in parts:
        things += _read_thing(part, things, drawings)
    return SceneLine(first, tuple(things))


def _read_thing(part: str, before: list[SceneThing], drawings: Library) -> list[SceneThing]:
    """Return the thing, and what it holds."""
    found = _LINK.search(part)
    link, other = (found["link"], found["other"]) if found else (None, "")
    own = part[: found.start()] if found else part
    mark = own.startswith("mark ")
    thing = _bare(own.removeprefix("mark "), mark, drawings)
    if link is None:
        return [thing]
    if link == "holds":
        held = _bare(other, False, drawings)
        if drawings[thing.name].domain != "people":
            raise ValueError(f"{part!r}: only a hand or a person holds something")
        return [thing, _linked(held, "holds", len(before))]
    places = [place for place, one in enumerate(before) if one.name == other and not one.mark]
    if not places:
        raise ValueError(f"{part!r}: no {other!r} was named before it")
    return [_linked(thing, link, places[-1])]


def _linked(thing: SceneThing, link: str, other: int) -> SceneThing:
    kept = next(one for one in get_args(Link) if one == link)
    return replace(thing, link=kept, other=other)


def _bare(words: str, mark: bool, drawings: Library) -> SceneThing:
    found = _THING.match(words)
    if found is None:
        raise ValueError(f"{words!r} is no thing: NAME (STATE) [TINT]")
    name, count = found["name"], int(found["count"] or 1)
    sprite = _sprite(name, mark, drawings)
    state = found["state"] or sprite.default_state
    if state not in sprite.states:
        known = ", ".join(sprite.states)
        raise ValueError(f"{name} is never {state!r}; it is one of: {known}")
    tint = found["tint"]
    if tint is not None and (tint not in TINTS or sprite.tint is None):
        raise ValueError(f"{name} can't be {tint!r}")
    if not 1 <= count <= MOST:
        raise ValueError(f"{words!r}: 1 to {MOST} of a thing")
    return SceneThing(name, state, tint, count, mark=mark)


def _sprite(name: str, mark: bool, drawings: Library) -> Sprite:
    if name not in drawings:
        raise ValueError(f"there is no drawing {name!r}")
    sprite = drawings[name]
    if sprite.domain == "backgrounds" or (sprite.domain == "actions") != mark:
        raise ValueError(f"{name!r} is a {sprite.domain.removesuffix('s')}, not a thing")
    return sprite
