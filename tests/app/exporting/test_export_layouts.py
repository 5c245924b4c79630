"""HTML as a folder and as a fragment; texts that share one folder of images."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_html import HOSTILE, TUTORIALS, Page, illustrated
from test_tree import shown, take
from test_writing import ONE, OTHER, TAKES, TWO_STEPS, tree

from app.exporting.fragment import to_fragment, to_rich_text
from app.exporting.printing import write_for_printing
from app.exporting.tree import Figure, render
from app.exporting.writing import MANIFEST, ExportOptions, export
from app.tutorial.errors import TutorialError
from app.tutorial.model import Callout, Step, Tutorial

FOLDER, FRAGMENT = ExportOptions("folder"), ExportOptions("fragment")
PLAIN = set("h2 h3 h4 h5 h6 p ul ol li blockquote pre code em strong a br hr figure img".split())
KEPT = {"href", "rel", "src", "alt", "width", "height", "start"}
STEP = Step("s", "Mix it", "Stir *well*.\n\n### More\n\n3. x", (Callout("warning", "Hot\nPot"),))


def sources(page: Path) -> list[str]:
    elements = Page(page.read_text()).elements
    return [attributes["src"] or "" for tag, attributes in elements if tag == "img"]


@pytest.mark.parametrize("options", [FOLDER, FRAGMENT], ids=lambda options: str(options.layout))
def test_pictures_lie_beside_the_page(options: ExportOptions, tmp_path: Path) -> None:
    page = tmp_path / "my (x) #1.html"
    files = export(TWO_STEPS, TAKES, page, options)
    images = tmp_path / "my (x) #1-images"
    assert files == [page, images / "step-1.png", images / "step-2.png"]
    assert sources(page) == [f"my%20%28x%29%20%231-images/step-{number}.png" for number in (1, 2)]
    before = tree(tmp_path)
    export(TWO_STEPS, TAKES, page, options)
    assert tree(tmp_path) == before
    export(replace(TWO_STEPS, steps=()), TAKES, page, options)
    assert not images.exists()


def test_a_page_beside_pictures_loads_nothing_else(tmp_path: Path) -> None:
    export(TWO_STEPS, TAKES, tmp_path / "x.html", FOLDER)
    text = (tmp_path / "x.html").read_text()
    assert "default-src 'none'; img-src 'self' file:; style-src 'sha256-" in text


def test_texts_of_one_name_share_images_without_harm(tmp_path: Path) -> None:
    export(TWO_STEPS, TAKES, tmp_path / "x.md")
    images = tmp_path / "x-images"
    first = tree(tmp_path)
    small = ExportOptions("folder", picture_format="png")
    export(shown(OTHER), TAKES, tmp_path / "x.html", small)
    assert {name: first[name] for name in first if MANIFEST not in name}.items() <= tree(
        tmp_path
    ).items()
    (source,) = sources(tmp_path / "x.html")
    assert (tmp_path / source).read_bytes() == OTHER.data
    assert source != "x-images/step-1.png"
    export(Tutorial("t"), {}, tmp_path / "x.html", small)
    assert tree(tmp_path).keys() == {*first, "x.html"}
    export(TWO_STEPS, TAKES, tmp_path / "x.html", FOLDER)  # the very files of x.md
    export(Tutorial("t"), {}, tmp_path / "x.md")
    assert (images / "step-1.png").read_bytes() == ONE.data
    export(Tutorial("t"), {}, tmp_path / "x.html", FOLDER)
    assert not images.exists()


def test_a_text_that_is_gone_claims_nothing(tmp_path: Path) -> None:
    export(shown(ONE), TAKES, tmp_path / "x.md")
    (tmp_path / "x.md").unlink()
    export(shown(OTHER), TAKES, tmp_path / "x.html", FOLDER)
    assert sources(tmp_path / "x.html") == [f"x-images/step-1-{OTHER.sha256[:12]}.png"]
    assert set(tree(tmp_path)) == {
        "x.html",
        f"x-images/{MANIFEST}",
        "x-images/step-1.png",  # it belongs to nobody now, and what is nobody's stays
        *sources(tmp_path / "x.html"),
    }


@given(TUTORIALS, HOSTILE, st.booleans())
def test_a_fragment_is_plain_markup(tutorial: Tutorial, alt: str, rich: bool) -> None:
    one = Figure("one", alt, b"x", "image/png", 900, 600)
    document = illustrated(render(tutorial, {}), one)
    page = Page(to_rich_text(document) if rich else to_fragment(document, {"one": "a/b.png"}))
    tags = Counter(tag for tag, _ in page.elements)
    assert set(tags) <= PLAIN | ({"h1"} if rich else set())
    assert tags["img"] == 1
    for tag, attributes in page.elements:
        assert set(attributes) <= KEPT | ({"style"} if rich else set())
        if tag == "img":
            assert attributes["alt"] == " ".join(alt.split())
            assert (attributes["src"] or "").startswith("data:image/png" if rich else "a/b.png")
        if tag == "a":
            assert re.match("(?i)https?:|mailto:", attributes["href"] or "")


def test_a_fragment_says_everything() -> None:
    tutorial = Tutorial(
        "t",
        "Dough",
        "Good\nthing",
        materials=("flour, fine", "salt"),
        tools=("bowl",),
        duration="1 hour",
        difficulty="easy",
        steps=(replace(STEP, draft=True, duration="5 min"),),
    )
    assert to_fragment(render(tutorial, {}), {}) == (
        "<h2>Dough</h2>\n<p>Good<br>thing</p>\n"
        "<p><em>Rough draft by a small model: check every step before you follow it.</em></p>\n"
        "<p><strong>You need:</strong></p>\n<ul><li>flour, fine</li><li>salt</li></ul>\n"
        "<p><strong>Tools:</strong></p>\n<ul><li>bowl</li></ul>\n"
        "<p><strong>Time:</strong> 1 hour</p>\n<p><strong>Difficulty:</strong> easy</p>\n"
        "<h3>1. Mix it</h3>\n<p><em>Time: 5 min</em></p>\n"
        '<p>Stir <em>well</em>.</p>\n<h6>More</h6>\n<ol start="3"><li>x</li></ol>\n'
        "<blockquote><p><strong>Warning:</strong> Hot<br>Pot</p></blockquote>\n"
    )


def test_a_page_for_printing_opens_the_dialog(tmp_path: Path) -> None:
    one = take({})
    path = write_for_printing(shown(one), {one.sha256: one}, tmp_path)
    text = path.read_text()
    assert [path] == list(tmp_path.iterdir())
    assert text.count("print())</script>") == 1
    assert "script-src 'sha256-" in text
    assert "unsafe" not in text
    with pytest.raises(TutorialError, match="check its name"):
        write_for_printing(shown(one), {one.sha256: one}, tmp_path / "absent")
