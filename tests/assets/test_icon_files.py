"""Every icon keeps the house style, and the studio's renderer draws it as it is meant."""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from importlib.resources import files

import pytest
import resvg_py
from PIL import Image, ImageChops, ImageStat
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from assets.icons import icon_names, icon_svg

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = set("path circle rect line polyline polygon ellipse g".split())
GEOMETRY = set("d cx cy r x y width height rx ry x1 y1 x2 y2 points".split())
STYLE = {
    "viewBox": "0 0 20 20",
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": "1.6",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
}
BIGGEST_DOT = 1.5  # of 20: a bigger circle is drawn as a line
LINE_ICONS = [name for name in icon_names() if name != "app"]
WANTED = (
    "new search review export write stop play undo redo add picture image-add photos redraw fix "
    "scene marks star star-filled trash restore compare zoom-in zoom-out eye pin previous next "
    "close check warning tip note caution info stale draft lock unlock dice settings library table "
    "cards outline history print copy paste folder file link bold italic code list numbers up down "
    "duplicate split merge drag more packs doctor download pause sun moon keyboard fullscreen sort "
    "filter tag clock arrow-right app"
).split()


def root_of(name: str) -> ET.Element:
    return ET.fromstring(icon_svg(name, "currentColor"))


def by_resvg(svg: bytes, side: int) -> Image.Image:
    drawn = resvg_py.svg_to_bytes(svg_string=svg.decode(), width=side)
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGBA")


def by_qt(svg: bytes, side: int) -> Image.Image:
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return Image.open(io.BytesIO(buffer.data().data())).convert("RGBA")


def coverage(image: Image.Image) -> float:
    return ImageStat.Stat(image.getchannel("A")).mean[0] / 255


def test_all_wanted_icons_are_there() -> None:
    assert icon_names() == tuple(sorted(WANTED))


@pytest.mark.parametrize("name", LINE_ICONS)
def test_root_has_the_style_and_shapes_have_only_geometry(name: str) -> None:
    root = root_of(name)
    assert root.tag == f"{SVG}svg"
    assert root.attrib == STYLE
    for element in root.iter():
        assert not (element.text or "").strip()
        assert not (element.tail or "").strip()
        if element is root:
            continue
        assert element.tag.removeprefix(SVG) in SHAPES
        kept = {key: value for key, value in element.attrib.items() if key not in GEOMETRY}
        if name == "star-filled":
            assert kept == {"fill": "currentColor"}
        elif kept:
            assert kept == {"fill": "currentColor", "stroke": "none"}
            assert float(element.attrib["r"]) <= BIGGEST_DOT


def test_no_two_are_drawn_alike() -> None:
    drawn = {by_resvg(icon_svg(name, "#000000"), 20).tobytes() for name in icon_names()}
    assert len(drawn) == len(icon_names())


@pytest.mark.parametrize("draw", [by_resvg, by_qt])
@pytest.mark.parametrize("name", LINE_ICONS)
def test_none_is_empty_or_a_blob(name: str, draw: Callable[[bytes, int], Image.Image]) -> None:
    assert 0.04 < coverage(draw(icon_svg(name, "#22252B"), 20)) < 0.35


@pytest.mark.parametrize("name", LINE_ICONS)
def test_each_stands_in_the_middle(name: str) -> None:
    box = by_resvg(icon_svg(name, "#22252B"), 80).getchannel("A").getbbox()
    assert box is not None
    left, top, right, bottom = (edge / 4 for edge in box)
    assert abs(left + right - 20) <= 2.5
    assert abs(top + bottom - 20) <= 2.5


@pytest.mark.parametrize("name", icon_names())
def test_nothing_is_cut_off_at_the_edge(name: str) -> None:
    svg = icon_svg(name, "#22252B")
    wider = re.sub(rb'viewBox="0 0 (\d+) \d+"', rb'viewBox="-20 -20 72 72"', svg, count=1)
    inside = by_resvg(wider, 288).getchannel("A")
    side = 32 if name == "app" else 20
    outside = inside.copy()
    outside.paste(0, (80, 80, 80 + side * 4, 80 + side * 4))
    assert inside.getbbox() is not None
    assert outside.getbbox() is None


@pytest.mark.parametrize("name", icon_names())
def test_qt_draws_what_resvg_draws(name: str) -> None:
    svg = icon_svg(name, "#22252B")
    apart = ImageChops.difference(by_qt(svg, 80).getchannel("A"), by_resvg(svg, 80).getchannel("A"))
    assert ImageStat.Stat(apart).mean[0] / 255 < 0.01


def test_the_colour_is_the_one_asked_for() -> None:
    svg = icon_svg("star-filled", "#4CC2B4")
    assert b"currentColor" not in svg
    assert by_resvg(svg, 20).getpixel((10, 10)) == (0x4C, 0xC2, 0xB4, 255)


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"There is no icon 'stra'.*star-filled"):
        icon_svg("stra", "#000000")


def test_the_program_icon_has_its_own_colours_and_only_shapes() -> None:
    svg = icon_svg("app", "#FF00FF")
    root = ET.fromstring(svg)
    assert root.attrib == {"viewBox": "0 0 32 32"}
    for element in list(root):
        assert element.tag.removeprefix(SVG) in SHAPES
        assert set(element.attrib) <= GEOMETRY | {"fill"}
        assert re.fullmatch("#[0-9A-F]{6}", element.attrib["fill"])
    assert by_resvg(svg, 32).getpixel((3, 16)) == (0x0B, 0x6E, 0x66, 255)


def test_the_large_program_icon_is_drawn_from_the_svg() -> None:
    stored = Image.open(io.BytesIO(files("assets.icons").joinpath("app-512.png").read_bytes()))
    assert stored.size == (512, 512)
    apart = ImageChops.difference(stored.convert("RGBA"), by_resvg(icon_svg("app", "#000000"), 512))
    assert max(ImageStat.Stat(apart).mean) < 1
