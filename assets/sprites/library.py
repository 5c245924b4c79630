"""Reads the drawing library: one SVG file a sprite, in one folder a domain.

The attributes of a file are explained in STYLE.md. A sprite knows its names, its states, where
it rests, opens and is held; it does not know where it stands in a picture (scene.py does).
"""

import hashlib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

Point = tuple[float, float]
Box = tuple[float, float, float, float]

# Name -> (light, base, shade). The only colours that a tinted part may take.
TINTS: dict[str, tuple[str, str, str]] = {
    "red": ("#E5766B", "#D2503F", "#AE3B2D"),
    "orange": ("#E08A5A", "#C9683B", "#A34F2A"),
    "yellow": ("#F6D56E", "#EBBB3B", "#C9962A"),
    "green": ("#6DBB79", "#46995A", "#317543"),
    "teal": ("#5FB5AB", "#2F8C83", "#216B65"),
    "blue": ("#6FA4D8", "#3E7CB8", "#2C5C8E"),
    "purple": ("#A58AC6", "#7E5FA8", "#5F4684"),
    "grey": ("#C3C8CC", "#98A0A6", "#727A81"),
}

# How tall or wide a sprite is drawn beside others of its picture; 1 = a chair, a person's torso.
SIZES: dict[str, float] = {"tiny": 0.4, "small": 0.55, "medium": 0.75, "large": 1.0, "huge": 1.2}

SVG = "{http://www.w3.org/2000/svg}"
SIDE = 200.0  # the viewBox of every sprite is 0 0 200 200


@dataclass(frozen=True)
class Sprite:
    """One drawing: an object, a person, a hand, an action mark or a background.

    Points and boxes are in viewBox units. `states` maps each state to the words that lead to it.
    """

    name: str
    domain: str
    names: tuple[str, ...]
    states: dict[str, tuple[str, ...]]
    size: float
    base: Point
    grip: Point
    tip: Point | None
    inside: Box | None
    on: Box | None
    tint: str | None
    svg: str

    @property
    def default_state(self) -> str:
        """The state that is drawn when none is named."""
        return next(iter(self.states))

    @cached_property
    def root(self) -> ET.Element:
        """The parsed drawing; callers must not change it."""
        return ET.fromstring(self.svg)


class Library:
    """All sprites by name; `hash` names this exact set of drawings in a recipe."""

    def __init__(self, sprites: list[Sprite]) -> None:
        self._sprites = {sprite.name: sprite for sprite in sprites}
        digest = hashlib.sha256()
        for name in sorted(self._sprites):
            digest.update(name.encode() + b"\0" + self._sprites[name].svg.encode() + b"\0")
        self.hash = digest.hexdigest()

    def __getitem__(self, name: str) -> Sprite:
        return self._sprites[name]

    def __contains__(self, name: object) -> bool:
        return name in self._sprites

    def of(self, *domains: str) -> list[Sprite]:
        """Return the sprites of these domains, by name; of all domains when none is given."""
        chosen = (s for s in self._sprites.values() if not domains or s.domain in domains)
        return sorted(chosen, key=lambda sprite: sprite.name)


def read_sprite(name: str, domain: str, svg: str) -> Sprite:
    """Return the sprite of one file's text.

    Raises ValueError that names the sprite and the attribute when the file breaks STYLE.md.
    """
    root = ET.fromstring(svg)
    try:
        names = _words(root.attrib["data-names"])
        states = _states(root.attrib.get("data-states", "plain"))
        base = _numbers(root.attrib.get("data-base", "100,190"), 2)
        grip = _numbers(root.attrib.get("data-grip", "100,100"), 2)
        tip = root.attrib.get("data-tip")
        inside = root.attrib.get("data-inside")
        on = root.attrib.get("data-on")
        tint = root.attrib.get("data-tint")
        if tint is not None and tint not in TINTS:
            raise ValueError(f"unknown tint {tint!r}")
        return Sprite(
            name=name,
            domain=domain,
            names=names,
            states=states,
            size=SIZES[root.attrib.get("data-size", "medium")],
            base=(base[0], base[1]),
            grip=(grip[0], grip[1]),
            tip=None if tip is None else _point(tip),
            inside=None if inside is None else _box(inside),
            on=None if on is None else _box(on),
            tint=tint,
            svg=svg,
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"sprite {name}: {error}") from error


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _states(text: str) -> dict[str, tuple[str, ...]]:
    """Parse `whole; cracked = crack, break; fried = fry`."""
    states = {}
    for part in text.split(";"):
        state, _, words = part.partition("=")
        states[state.strip()] = _words(words)
    return states


def _numbers(text: str, count: int) -> tuple[float, ...]:
    numbers = tuple(float(part) for part in text.split(","))
    if len(numbers) != count:
        raise ValueError(f"{text!r} is not {count} numbers")
    return numbers


def _point(text: str) -> Point:
    x, y = _numbers(text, 2)
    return x, y


def _box(text: str) -> Box:
    x0, y0, x1, y1 = _numbers(text, 4)
    return x0, y0, x1, y1


def library() -> Library:
    """Read the whole library from the package; about 200 small files."""
    sprites = []
    for folder in _folders(files("assets.sprites")):
        for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if file.name.endswith(".svg"):
                name = file.name.removesuffix(".svg").replace("-", " ")
                sprites.append(read_sprite(name, folder.name, file.read_text(encoding="utf-8")))
    return Library(sprites)


def _folders(root: Traversable) -> list[Traversable]:
    return [f for f in root.iterdir() if f.is_dir() and not f.name.startswith(("_", "."))]
