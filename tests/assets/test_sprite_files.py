"""Every file of the drawing library keeps STYLE.md."""

import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest

import assets.sprites
from assets.sprites import library
from assets.sprites.library import SVG, TINTS, Library

FOLDER = Path(assets.sprites.__file__).parent
FILES = sorted(FOLDER.glob("*/*.svg"))
ELEMENTS = set("svg path rect circle ellipse polygon polyline line g".split())
# Of shapes. Anything else (id, style, href, filter, on…) is refused.
ATTRIBUTES = set(
    "fill stroke stroke-width stroke-linecap stroke-linejoin fill-rule opacity transform class "
    "d x y width height rx ry cx cy r points x1 y1 x2 y2 data-in data-part".split()
)
OF_ROOT = {"viewBox"} | {
    f"data-{name}" for name in "names states size base grip tip inside on tint".split()
}
NEVER_OBJECTS = ("actions", "backgrounds", "people")
WANTED = (
    "bowl pot pan knife egg tomato carrot onion bread cheese milk cup spoon whisk oven sink bucket "
    "sponge brush broom towel soap cactus soil trowel flower tree shovel glove dog cat leash comb "
    "bathtub shower hammer screwdriver nail wrench drill saw ladder paint roller wood bicycle "
    "wheel pump car phone laptop lamp bulb book pencil paper scissors glue needle thread shirt "
    "iron box pillow chair table window door candle fire water person hand"
).split()
ACTIONS = "pour,cut,turn left,turn right,press,lift,wipe,wait,heat,cool,no,yes".split(",")
DOMAINS = set("cooking home garden pets repair clothes crafts transport".split())


@cache
def palette() -> frozenset[str]:
    return frozenset(re.findall(r"#[0-9A-F]{6}", (FOLDER / "STYLE.md").read_text("utf-8")))


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()  # reading it checks names, numbers and sizes


def sprites(*ids: str) -> pytest.MarkDecorator:
    chosen = [file for file in FILES if not ids or file.parent.name in ids]
    return pytest.mark.parametrize("file", chosen, ids=lambda file: file.stem)


@sprites()
def test_shapes_colours_and_strokes(file: Path) -> None:
    root = ET.parse(file).getroot()
    assert set(root.attrib) <= OF_ROOT
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        assert element is root or set(element.attrib) <= ATTRIBUTES
        assert not (element.text or "").strip()
        for name in ("fill", "stroke"):
            assert element.get(name, "none") in palette() | {"none"}
        if element.get("stroke", "none") != "none":
            assert float(element.attrib["stroke-width"]) >= 5
        assert float(element.get("opacity", "1")) >= 0.5


@sprites()
def test_box_states_parts_and_tint(file: Path, drawings: Library) -> None:
    root = ET.parse(file).getroot()
    side = 768 if file.parent.name == "backgrounds" else 200
    assert root.attrib["viewBox"] == f"0 0 {side} {side}"
    sprite = drawings[file.stem.replace("-", " ")]
    points = [point for point in (sprite.base, sprite.grip, sprite.tip) if point]
    assert all(0 <= number <= side for point in points for number in point)
    shown = {state for child in root for state in child.get("data-in", "").split()}
    assert shown <= set(sprite.states)
    assert all(child.get("data-part", "front") == "front" for child in root)
    if sprite.inside:
        assert any(child.get("data-part") == "front" for child in root)
    classes = {element.get("class") for element in root.iter()} - {None}
    assert classes <= {"tint", "tint-light", "tint-shade"}
    if sprite.tint:
        colours = dict(zip(("tint-light", "tint", "tint-shade"), TINTS[sprite.tint], strict=True))
        tinted = [element for element in root.iter() if element.get("class")]
        assert tinted
        for element in tinted:
            painted = {element.get(name, "none") for name in ("fill", "stroke")} - {"none"}
            assert painted == {colours[element.attrib["class"]]}


@sprites()
def test_every_state_differs_from_the_others(file: Path, drawings: Library) -> None:
    root = ET.parse(file).getroot()
    sprite = drawings[file.stem.replace("-", " ")]
    drawn = {
        tuple(i for i, child in enumerate(root) if state in child.get("data-in", state).split())
        for state in sprite.states
    }
    assert len(drawn) == len(sprite.states)


@sprites("backgrounds")
def test_backgrounds_have_a_line_to_rest_on(file: Path, drawings: Library) -> None:
    x, y = drawings[file.stem.replace("-", " ")].base
    assert x == 384
    assert 600 <= y <= 680


def test_the_library_is_large_enough_and_has_what_was_asked_for(drawings: Library) -> None:
    names = {name for sprite in drawings.of() for name in sprite.names}
    assert [name for name in WANTED if name not in names] == []
    assert [name for name in ACTIONS if name not in drawings] == []
    objects = [sprite for sprite in drawings.of() if sprite.domain not in NEVER_OBJECTS]
    assert len(objects) >= 110
    assert {sprite.domain for sprite in objects} >= DOMAINS
    assert len(drawings.of("backgrounds")) >= 10
    people = drawings.of("people")
    assert sum(len(sprite.states) for sprite in people) >= 6  # several poses
    assert len(FILES) == len(drawings.of())  # no two sprites share a name
