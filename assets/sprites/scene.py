"""A scene is data: a background and placed sprites. `to_svg` composes it; nothing here rasterises.

Units: x, y are fractions of the picture's width and height, the centre of the sprite's box; size
is the side of that box as a fraction of the picture's width; rotation is in degrees clockwise
about the centre. Sprites are drawn by rising layer, then in order of mention.
"""

import xml.etree.ElementTree as ET
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from typing import Any

from assets.sprites.library import SIDE, SVG, TINTS, Library, Sprite

MOST = 64  # sprites in one scene
PICTURE = 768  # pixels, and the viewBox of a composed scene and of every background


@dataclass(frozen=True)
class Placed:
    """One sprite in a scene. `inside` is the index of the placed container that holds it."""

    name: str
    state: str
    x: float
    y: float
    size: float
    tint: str | None = None
    rotation: float = 0.0
    flip: bool = False
    layer: int = 0
    inside: int | None = None


@dataclass(frozen=True)
class Scene:
    """A picture's editable source in the CPU packs: square, `PICTURE` units a side.

    Without a background (None) the picture is transparent.
    """

    background: str | None
    sprites: tuple[Placed, ...] = ()


def scene_to_json(scene: Scene) -> dict[str, Any]:
    """Return the scene as plain JSON values."""
    return asdict(scene)


def scene_from_json(value: dict[str, Any]) -> Scene:
    """Return the scene; raises ValueError when a field is missing, unknown or of another type."""
    try:
        sprites = tuple(Placed(**sprite) for sprite in value["sprites"])
        scene = Scene(background=value["background"], sprites=sprites)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a scene: {error}") from error
    if not isinstance(scene.background, str | None) or len(sprites) > MOST:
        raise ValueError("not a scene: its background is no name, or it has too many sprites")
    for placed in sprites:
        _check(placed, len(sprites))
    return scene


def _check(placed: Placed, count: int) -> None:
    """Raise ValueError unless every field is of its type and within a picture's reach."""
    numbers = (placed.x, placed.y, placed.size, placed.rotation)
    if not all(type(number) in (int, float) and abs(number) <= 360 for number in numbers):
        raise ValueError("not a scene: a position is no number of a picture")
    names = (placed.name, placed.state, placed.tint or "")
    if not all(isinstance(name, str) for name in names) or placed.size <= 0:
        raise ValueError("not a scene: a sprite has no name, state or size")
    if type(placed.flip) is not bool or type(placed.layer) is not int:
        raise ValueError("not a scene: flip is true or false, layer a whole number")
    if placed.inside is not None and placed.inside not in range(count):
        raise ValueError("not a scene: a sprite is inside of nothing")


def mirrored(scene: Scene) -> Scene:
    """Return the scene seen in a mirror."""
    sprites = tuple(
        replace(p, x=1 - p.x, flip=not p.flip, rotation=-p.rotation) for p in scene.sprites
    )
    return replace(scene, sprites=sprites)


def to_svg(scene: Scene, drawings: Library) -> str:
    """Return the scene as one SVG document of PICTURE x PICTURE units.

    Raises ValueError for a sprite, state or tint that the library lacks.
    """
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg")
    root.set("viewBox", f"0 0 {PICTURE} {PICTURE}")
    if scene.background is not None:
        root.extend(_drawn(_sprite(drawings, scene.background), None, None, front=None))
    contained = {p.inside for p in scene.sprites if p.inside is not None}
    order = sorted(enumerate(scene.sprites), key=lambda item: item[1].layer)
    for index, placed in order:
        if placed.inside is None:
            _place(root, placed, drawings, front=False if index in contained else None)
            if index in contained:
                for inner in (p for _, p in order if p.inside == index):
                    _place(root, inner, drawings, front=None)
                _place(root, placed, drawings, front=True)
    return ET.tostring(root, encoding="unicode")


def _sprite(drawings: Library, name: str) -> Sprite:
    if name not in drawings:
        raise ValueError(f"the drawing library has no {name!r}")
    return drawings[name]


def _place(root: ET.Element, placed: Placed, drawings: Library, front: bool | None) -> None:
    """Append one group; front picks the part before (True) or behind (False) contained sprites."""
    sprite = _sprite(drawings, placed.name)
    scale = placed.size * PICTURE / SIDE
    group = ET.SubElement(root, "g")
    group.set(
        "transform",
        f"translate({placed.x * PICTURE:.2f} {placed.y * PICTURE:.2f})"
        f" rotate({placed.rotation:.2f})"
        f" scale({-scale if placed.flip else scale:.4f} {scale:.4f})"
        f" translate({-SIDE / 2:.0f} {-SIDE / 2:.0f})",
    )
    group.extend(_drawn(sprite, placed.state, placed.tint or sprite.tint, front))


def _drawn(
    sprite: Sprite, state: str | None, tint: str | None, front: bool | None
) -> list[ET.Element]:
    """Return copies of the sprite's shapes in this state and tint."""
    state = state or sprite.default_state
    if state not in sprite.states:
        raise ValueError(f"{sprite.name} has no state {state!r}: it has {', '.join(sprite.states)}")
    if tint is not None and tint not in TINTS:
        raise ValueError(f"no tint {tint!r}: there are {', '.join(TINTS)}")
    shapes = []
    for child in sprite.root:
        shown = child.get("data-in")
        if shown is not None and state not in shown.split():
            continue
        if front is not None and (child.get("data-part") == "front") != front:
            continue
        shape = deepcopy(child)
        for element in shape.iter():
            _paint(element, tint)
        shapes.append(shape)
    return shapes


def _paint(element: ET.Element, tint: str | None) -> None:
    """Strip our own attributes and the namespace; give tinted parts their colour."""
    element.tag = element.tag.removeprefix(SVG)
    part = element.attrib.pop("class", None)
    for name in [name for name in element.attrib if name.startswith("data-")]:
        del element.attrib[name]
    if part is not None and tint is not None:
        colour = TINTS[tint][("tint-light", "tint", "tint-shade").index(part)]
        for name in ("fill", "stroke"):
            if element.get(name, "none") != "none":
                element.set(name, colour)
