"""Marks: one drawing, laid over the picture in a page and burnt into image files."""

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops
from test_tree import DRAWINGS, SCENE, shown, take

from app.exporting.html import to_html
from app.exporting.marks import drawn, words
from app.exporting.pictures import raster
from app.exporting.tree import Figure, render
from app.tutorial.model import Mark

SVG = "{http://www.w3.org/2000/svg}"
KINDS = get_args(get_type_hints(Mark)["kind"])
ALL = (
    Mark("arrow", 0.9, 0.1, 0.5, 0.5),
    Mark("box", 0.6, 0.8, 0.4, 0.6),
    Mark("number", 0.2, 0.2, 0.2, 0.2, "1"),
    Mark("label", 0.1, 0.9, 0.5, 0.9, "Keep the roots whole"),
)


def figure(colour: str = "white", width: int = 400, height: int = 300, *marks: Mark) -> Figure:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return Figure("step-1", "A pot", out.getvalue(), "image/png", width, height, marks=marks)


def pixels(one: Figure) -> Image.Image:
    with Image.open(io.BytesIO(one.data)) as image:
        return image.convert("RGB")


def coordinates(svg: str) -> list[float]:
    """Return left, top, right and bottom of every plate."""
    found = []
    for rect in ET.fromstring(svg).iter(f"{SVG}rect"):
        x, y, wide, tall = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
        found += [x, y, x + wide, y + tall]
    return found


FRACTION = st.floats(width=32) | st.floats(0, 1)
MARK = st.builds(Mark, st.sampled_from(KINDS), *[FRACTION] * 4, st.text(max_size=80))


@given(st.lists(MARK, max_size=3), st.integers(1, 900), st.integers(1, 900))
def test_any_mark_is_a_drawing(marks: list[Mark], width: int, height: int) -> None:
    svg = drawn(marks, width, height)
    if svg:
        assert ET.fromstring(svg).get("viewBox") == f"0 0 {width} {height}"
        for element in ET.fromstring(svg).iter():
            assert not re.search(r"\bnan\b|\binf\b", " ".join(element.attrib.values()))


@given(MARK.filter(lambda mark: mark.kind == "label"))
def test_a_label_lies_within_the_picture(mark: Mark) -> None:
    svg = drawn([mark], 600, 400)
    if svg:
        left, top, right, bottom = coordinates(svg)
        assert 0 <= left < right <= 600
        assert 0 <= top < bottom <= 400


def test_the_geometry_is_in_fractions_of_the_picture() -> None:
    rect = next(ET.fromstring(drawn([ALL[1]], 1000, 500)).iter(f"{SVG}rect"))
    place = [float(rect.get(name, "")) for name in ("x", "y", "width", "height")]
    assert place == [400, 300, 200, 100]
    svg = drawn([ALL[0]], 1000, 500)
    path = next(ET.fromstring(svg).iter(f"{SVG}path")).get("d", "")
    assert path.startswith("M900.0 50.0L500.0 250.0M")


def test_words_stand_in_few_lines_of_about_one_length() -> None:
    mark = Mark("label", 0.25, 0.5, 0.75, 0.5, "Roots & soil: keep them whole, never cut")
    lines = [text.text for text in ET.fromstring(drawn([mark], 768, 768)).iter(f"{SVG}text")]
    assert lines == ["Roots & soil:", "keep them whole,", "never cut"]
    assert words([mark, *ALL]) == f"{mark.text}; 1; Keep the roots whole"


@pytest.mark.parametrize("colour", ["black", "white", "#808080", "#1B1E24"])
def test_marks_show_on_any_ground(colour: str) -> None:
    for mark in ALL:
        seen = pixels(raster(figure(colour, 400, 300, mark)))
        difference = ImageChops.difference(pixels(figure(colour)), seen).convert("L")
        assert sum(difference.histogram()[90:]) > 100  # pixels


def test_burning_in_changes_nothing_elsewhere() -> None:
    mark = Mark("box", 0.5, 0.5, 0.9, 0.9)
    seen = raster(figure("#336699", 400, 300, mark))
    assert (seen.marks, seen.svg, seen.width, seen.height) == ((), None, 400, 300)
    assert set(pixels(seen).crop((0, 0, 180, 130)).get_flattened_data()) == {(0x33, 0x66, 0x99)}


def test_a_burnt_picture_says_its_words() -> None:
    assert raster(figure("white", 400, 300, *ALL)).alt == "A pot (1; Keep the roots whole)"
    assert raster(figure("white", 400, 300, ALL[0])).alt == "A pot"


def test_a_page_lays_the_marks_over_the_picture() -> None:
    sources: tuple[dict[str, object], ...] = ({}, {"scene": SCENE, "sprites": DRAWINGS.hash})
    for source in sources:
        one = take(source)
        html = to_html(render(shown(one, *ALL), {one.sha256: one}))
        assert 'role="img" aria-label="1; Keep the roots whole"' in html
        assert html.count('<svg class="marks"') == 1
        assert ">1</text>" in html
    one = take({})
    html = to_html(render(shown(one, ALL[0]), {one.sha256: one}))
    assert '<svg class="marks" aria-hidden="true"' in html
    assert 'class="marks"' not in to_html(render(shown(one), {one.sha256: one}))


def test_a_label_is_no_markup() -> None:
    one = take({})
    mark = replace(ALL[3], text='</text><script>alert(1)</script>"')
    html = to_html(render(shown(one, mark), {one.sha256: one}))
    assert "<script>" not in html
    assert raster(figure("white", 400, 300, mark)).width == 400
