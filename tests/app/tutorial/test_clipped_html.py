"""HTML from the clipboard: what it means as Markdown, and that nothing in it is fetched or run."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tutorial.clipped_html import clipped

PIXELS = b"\x89PNG not really"
DATA = f"data:image/png;base64,{base64.b64encode(PIXELS).decode()}"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>bold</b> word.</p><p>Two.</p>", "One **bold** word.\n\nTwo."),
        ("<i>soft </i>rain", "*soft* rain"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol><p>end</p>", "1. a\n2. b\n\nend"),
        ("<h2>Pick</h2>\n<div>Take\n  one</div>", "## Pick\n\nTake one"),
        ('<a href="https://a.org/x">there</a>', "[there](https://a.org/x)"),
        ('<a href="javascript:alert(1)">there</a>', "there"),
        ('<b style="font-weight:normal"><p>plain</p></b>', "plain"),
        ("one<br>two", "one\ntwo"),
        ("<style>p {}</style><script>x()</script>text", "text"),
        ("a<b></b>b", "ab"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3"),
        ("<!--StartFragment-->x<!--EndFragment-->", "x"),
        ("", ""),
    ],
)
def test_html_as_markdown(html: str, text: str) -> None:
    assert clipped(html, "t").text == text


def test_pictures_that_lie_in_it_are_taken_and_addresses_left_out() -> None:
    html = (
        f'<p>Before</p><img src="{DATA}" alt="a [cactus]"><p>After</p>'
        '<img src="https://a.org/x.png"><img src="file:///etc/passwd"><img>'
    )
    found = clipped(html, "tok")
    assert found.text == "Before\n\n![a cactus](tok-0)\n\nAfter"
    assert found.images == {"tok-0": PIXELS}
    assert found.left_out == 3


def test_a_picture_of_percents_and_one_that_is_broken() -> None:
    found = clipped('<img src="data:image/png,%41%42"><img src="data:image/png;base64,A">', "t")
    assert found.images == {"t-0": b"AB"}
    assert found.left_out == 1


@given(st.text(alphabet="<>/abipoulm =\"'&;#x-!\n", max_size=200))
def test_no_html_makes_it_fail(html: str) -> None:
    found = clipped(html, "t")
    assert found.images == {}
    assert "\n\n\n" not in found.text
