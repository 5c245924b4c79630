"""What a reader gets of a tutorial, whatever the format."""

import hashlib
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.exporting.body import Block, Emphasis, Link, Listing, Paragraph, Text, parse, parser, plain
from app.exporting.tree import render
from app.tutorial.model import Mark, Picture, Step, Take, Tutorial
from assets.sprites import Placed, Scene, library, scene_to_json

DRAWINGS = library()
SCENE = scene_to_json(Scene("kitchen", (Placed("bowl", "empty", 0.5, 0.6, 0.4),)))


def take(source: dict[str, object], recipe: dict[str, object] | None = None) -> Take:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    data = out.getvalue()
    sha256 = hashlib.sha256(data).hexdigest()
    return Take(sha256, "image/png", 40, 20, data, recipe or {"seed": 1}, source)


def shown(one: Take, *marks: Mark) -> Tutorial:
    picture = Picture("p", "a bowl", "A bowl", marks=marks, takes=(one.sha256,), chosen=one.sha256)
    return Tutorial("t", steps=(Step("s", "Mix", pictures=(picture,)),))


def blocks(body: str) -> tuple[Block, ...]:
    return parse(body, parser())


def test_a_scene_of_these_drawings_is_a_drawing() -> None:
    one = take({"scene": SCENE, "sprites": DRAWINGS.hash})
    (figure,) = render(shown(one), {one.sha256: one}).figures
    assert (figure.svg or "").startswith("<svg ")
    assert (figure.name, figure.alt, figure.data) == ("step-1", "A bowl", one.data)


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"scene": SCENE, "sprites": "another library"},
        {"scene": SCENE},
        {"scene": None, "sprites": DRAWINGS.hash},
        {"scene": {"background": ["a"], "sprites": []}, "sprites": DRAWINGS.hash},
        {"scene": {"background": "absent", "sprites": []}, "sprites": DRAWINGS.hash},
        {"scene": {**SCENE, "sprites": [{**SCENE["sprites"][0], "layer": "x"}] * 2}},
    ],
)
def test_another_source_leaves_the_image(source: dict[str, object]) -> None:
    one = take(source if "sprites" not in source else {"sprites": DRAWINGS.hash, **source})
    (figure,) = render(shown(one), {one.sha256: one}).figures
    assert figure.svg is None
    assert figure.data == one.data


def test_what_has_no_take_is_left_out() -> None:
    one = take({})
    tutorial = shown(one)
    empty = replace(tutorial.steps[0], pictures=(Picture("q", description="a passport"),))
    assert render(tutorial, {}).figures == ()
    assert render(replace(tutorial, steps=(empty,)), {one.sha256: one}).figures == ()


def test_a_redaction_is_burnt_in() -> None:
    one = take({"scene": SCENE, "sprites": DRAWINGS.hash})
    mark = Mark("redaction", 0.5, 0.5, 0.0, 0.0)
    (figure,) = render(shown(one, mark), {one.sha256: one}).figures
    assert figure.svg is None
    with Image.open(io.BytesIO(figure.data)) as image:
        assert image.getpixel((5, 5)) == (0, 0, 0)
        assert image.getpixel((35, 15)) == (255, 255, 255)


def test_a_photo_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x0110] = "Secret Camera 7"
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    data = out.getvalue()
    assert b"Secret Camera" in data
    photo = Take(hashlib.sha256(data).hexdigest(), "image/jpeg", 8, 8, data, {}, {})
    (figure,) = render(shown(photo), {photo.sha256: photo}).figures
    assert b"Secret Camera" not in figure.data


def test_links_lead_only_where_they_may() -> None:
    assert blocks("[a](https://x.org) [b](/c) ![d](e.png)") == (
        Paragraph(
            (
                Link("https://x.org", (Text("a"),)),
                Text(" "),
                Text("b"),
                Text(" "),
                Text("d"),
            )
        ),
    )
    for address in ("javascript:x", "JAVASCRIPT:x", "data:text/html,x", "file:///x", "//x.org"):
        (paragraph,) = blocks(f"[a]({address})")
        assert isinstance(paragraph, Paragraph)
        assert not any(isinstance(child, Link) for child in paragraph.children)


def test_bodies_nest() -> None:
    assert blocks("3. *a*\n   - b") == (
        Listing(
            3,
            (
                (
                    Paragraph((Emphasis(False, (Text("a"),)),), tight=True),
                    Listing(None, ((Paragraph((Text("b"),), tight=True),),)),
                ),
            ),
        ),
    )


def test_plain_gives_the_words() -> None:
    assert (
        plain(blocks("# A *b*\n\n- c `d`\n- e  \n  f\n\n> g\n\n---\n\n    h")) == "A b c d e f g h"
    )


@given(st.text(st.sampled_from("a*_`[]()<>!#-1.:\\&;\n \t\"'"), max_size=80))
def test_any_body_has_blocks(body: str) -> None:
    assert bool(plain(blocks(body))) <= bool(body.strip())
