"""The HTML export: valid, safe, readable."""

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exporting.howto import iso_duration
from app.exporting.html import to_html
from app.exporting.style import STYLE
from app.exporting.tree import Document, DocumentStep, Figure, render
from app.tutorial.model import Callout, Step, Tutorial

VOID = {"meta", "br", "hr", "img"}


class Page(HTMLParser):
    """Reads a page strictly: every element closed in order; notes elements, texts and data."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.data = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.data += data
        elif self.open and self.open[-1] != "style":
            self.texts.append(data)


HOSTILE = st.text(max_size=12) | st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '" onload="alert(1)',
        "<!--",
        "]]>",
        "&lt;b&gt;",
        "[x](javascript:alert(1))",
        '[x](https://a.b/"onclick="alert)',
        "</style>",
        "```\n</code><script>",
    ]
)
TUTORIALS = st.builds(
    Tutorial,
    id=st.just("t"),
    title=HOSTILE,
    summary=HOSTILE,
    language=HOSTILE | st.sampled_from(["en", "de-AT", "ar"]),
    materials=st.lists(HOSTILE, max_size=2).map(tuple),
    tools=st.lists(HOSTILE, max_size=2).map(tuple),
    duration=HOSTILE,
    difficulty=HOSTILE,
    steps=st.lists(
        st.builds(
            Step,
            id=st.just("s"),
            title=HOSTILE,
            body=HOSTILE,
            callouts=st.lists(st.builds(Callout, st.just("tip"), HOSTILE), max_size=1).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
)


def illustrated(document: Document, *figures: Figure) -> Document:
    """Return the document with one more step, of pictures alone."""
    step = DocumentStep(len(document.steps) + 1, "", "", "", (), (), figures)
    return replace(document, steps=(*document.steps, step))


@given(TUTORIALS, HOSTILE)
def test_no_text_becomes_markup(tutorial: Tutorial, alt: str) -> None:
    document = render(tutorial, {})
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0" /></svg>'
    figures = (
        Figure("a", alt, b"x", "image/png", 1, 1),
        Figure("b", alt, b"x", "image/png", 1, 1, drawing),
    )
    page = Page(to_html(illustrated(document, *figures)))
    tags = Counter(tag for tag, _ in page.elements)
    assert tags["script"] == tags["style"] == tags["svg"] == tags["img"] == 1
    assert not tags & Counter(["iframe", "object", "link", "form", "base", "b"])
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if tag == "a":
            assert re.match("(?i)https?:|mailto:", attributes["href"] or "")
        if "src" in attributes:
            assert (attributes["src"] or "").startswith("data:image/png;base64,")
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) == len(tutorial.steps) + 1
    data = json.loads(page.data)
    assert data["@type"] == "HowTo"
    assert data.get("name", "") == tutorial.title
    assert "<" not in page.data


def test_the_page_says_everything() -> None:
    step = Step("s", "Mix it", "Stir *well*.", (Callout("warning", "Hot"),), draft=True)
    tutorial = Tutorial(
        "t", "Dough", "Good", materials=("flour",), duration="1 hour", steps=(step,)
    )
    html = to_html(render(tutorial, {}))
    page = Page(html)
    text = " ".join(" ".join(page.texts).split())
    for words in ("Dough", "Good", "Rough draft", "flour", "1 hour", "Mix it", "well", "Hot"):
        assert words in text
    assert ("html", {"lang": "en"}) in page.elements
    assert json.loads(page.data) == {
        "@context": "https://schema.org",
        "@type": "HowTo",
        "name": "Dough",
        "description": "Good",
        "totalTime": "PT1H",
        "supply": [{"@type": "HowToSupply", "name": "flour"}],
        "step": [
            {
                "@type": "HowToStep",
                "position": 1,
                "name": "Mix it",
                "text": "Stir well.",
                "url": "#step-1",
            }
        ],
    }


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Stir *well*.", "Stir well."),
        ("Stir it " * 20, "Stir it " * 7 + "Stir …"),
        ("揉" * 80, "揉" * 61 + " …"),
        ("", "Step 1"),
    ],
)
def test_a_step_without_a_title(body: str, name: str) -> None:
    html = to_html(render(Tutorial("t", steps=(Step("s", "", body),)), {}))
    assert json.loads(Page(html).data)["step"][0]["name"] == name
    assert '<h2><span class="number">1</span></h2>' in html


def test_the_policy_forbids_scripts_and_network() -> None:
    html = to_html(render(Tutorial("t"), {}))
    assert "default-src 'none'; img-src data:; style-src 'sha256-" in html
    assert "unsafe" not in html
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_a_tutorial_of_another_script_is_set_from_right_to_left() -> None:
    assert '<html lang="ar" dir="rtl">' in to_html(render(Tutorial("t", language="ar"), {}))


@pytest.mark.parametrize(
    ("said", "iso"),
    [
        ("20 minutes", "PT20M"),
        ("2 hours", "PT2H"),
        ("1 hour 30 minutes", "PT1H30M"),
        ("1 h and 5 min", "PT1H5M"),
        ("90min", "PT90M"),
        ("2 days", "P2D"),
        ("1 day, 4 hours", "P1DT4H"),
        ("about 20 minutes", None),
        ("", None),
        ("minutes", None),
        ("5", None),
    ],
)
def test_a_plain_length_of_time_is_told_to_machines(said: str, iso: str | None) -> None:
    assert iso_duration(said) == iso


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


PAIRS = ["ink page", "muted page", "accent page", "accent accentsoft", "ink accentsoft"]
PAIRS += ["warn warnsoft", "ink warnsoft", "ink code", "muted bg"]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
def test_colours_have_contrast(theme: int, pair: str) -> None:
    root = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[theme]
    colours = dict(re.findall(r"--(\w+): (#\w{6})", root))
    dark, light = sorted(luminance(colours[name]) for name in pair.split())
    assert (light + 0.05) / (dark + 0.05) >= 4.5
