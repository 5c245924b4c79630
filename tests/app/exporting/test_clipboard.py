"""A tutorial on the clipboard: readable, whole, and light."""

import base64
import io
import re
from dataclasses import replace

from markdown_it import MarkdownIt
from PIL import Image
from test_export_pictures import MARK, stored
from test_html import Page
from test_tree import DRAWINGS, SCENE, shown

from app.exporting.clipboard import as_markdown, as_rich_text
from app.tutorial.model import Take, Tutorial

NOISE = Image.effect_noise((1600, 800), 100).convert("RGB")
SOURCE = {"scene": SCENE, "sprites": DRAWINGS.hash}


def image_of(address: str) -> Image.Image:
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as image:
        image.load()
    return image


def tutorial_of(one: Take) -> tuple[Tutorial, dict[str, Take]]:
    return replace(shown(one, MARK), title="Dough", summary="Good"), {one.sha256: one}


def test_markdown_has_its_pictures_below_the_text() -> None:
    text = as_markdown(*tutorial_of(stored(Image.new("RGB", (60, 60)), source=SOURCE)))
    head, definition = text.split("\n[picture-step-1]: data:image/png;base64,")
    assert head == "# Dough\n\nGood\n\n## 1. Mix\n\n![A bowl][picture-step-1]\n"
    assert "\n" not in definition.rstrip("\n")
    sources = re.findall('<img src="([^"]*)" alt="A bowl"', MarkdownIt("commonmark").render(text))
    assert [image_of(source).size for source in sources] == [(60, 60)]


def test_rich_text_has_its_pictures_inside() -> None:
    for kind in ("PNG", "WEBP", "JPEG"):
        html = as_rich_text(*tutorial_of(stored(NOISE, kind)))
        assert "<svg" not in html
        (found,) = (attributes for tag, attributes in Page(html).elements if tag == "img")
        assert (found["alt"], found["width"], found["height"]) == ("A bowl", "440", "220")
        image = image_of(found["src"] or "")
        assert (image.format, image.size) == ("JPEG", (1024, 512))  # PNG of noise is larger


def test_flat_drawings_stay_png() -> None:
    html = as_rich_text(*tutorial_of(stored(Image.new("RGB", (60, 60)), source=SOURCE)))
    assert "data:image/png" in html
