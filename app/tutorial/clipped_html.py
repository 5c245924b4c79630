"""HTML from the clipboard as Markdown, with the pictures that lie in it as data.

Nothing is fetched: an image with an address is left out and counted.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

MAX_CHARACTERS = 60_000_000  # of HTML; a few photos as base64
IGNORED = frozenset(("script", "style", "head", "title", "template", "noscript", "svg", "math"))
BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt figcaption figure footer form header hr main "
    "nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
HEADING = re.compile(r"h[1-6]")
MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
WEB = re.compile(r"https?://[^\s()<>]+", re.I)
DATA = re.compile(r"data:image/(?:png|jpe?g|webp)((?:;[^;,]*)*),", re.I)


@dataclass(frozen=True)
class Clipped:
    """Markdown where a line "![alt](NAME)" stands for images[NAME]; left_out: how many it lacks."""

    text: str
    images: dict[str, bytes] = field(default_factory=dict)
    left_out: int = 0


def clipped(html: str, token: str) -> Clipped:
    """Return HTML as Markdown. token: unguessable, begins the images' names."""
    reader = _Reader(token)
    reader.feed(html[:MAX_CHARACTERS])
    reader.close()
    return reader.clipped()


class _Reader(HTMLParser):
    def __init__(self, token: str) -> None:
        super().__init__(convert_charrefs=True)
        self._token = token
        self._blocks: list[str] = []
        self._line = ""
        self._ignored = 0
        self._lists: list[int | None] = []  # the next number, None for bullets
        self._marks: list[tuple[str, str]] = []  # open tags and what ends them
        self._images: dict[str, bytes] = {}
        self._left_out = 0

    def clipped(self) -> Clipped:
        self._end_block()
        text = ""
        for block in self._blocks:
            items = bool(_ITEM.match(block) and _ITEM.match(text.rsplit("\n", 1)[-1]))
            text += ("\n" if items else "\n\n") + block
        return Clipped(text.strip("\n"), self._images, self._left_out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in IGNORED:
            self._ignored += 1
        elif tag in MARKS:
            self._open(tag, values)
        elif tag == "a":
            self._open_link(values.get("href", ""))
        elif tag == "br":
            self._line = self._line.rstrip() + "\n"
        elif tag == "img":
            self._image(values)
        elif tag == "li":
            self._end_block()
            self._line = self._marker()
        elif HEADING.fullmatch(tag):
            self._end_block()
            self._line = "## "
        elif tag in BLOCKS:
            if not _ITEM.fullmatch(self._line):  # a paragraph in an item stays in it
                self._end_block()
            if tag in ("ol", "ul"):
                self._lists.append(1 if tag == "ol" else None)

    def handle_endtag(self, tag: str) -> None:
        if tag in IGNORED:
            self._ignored = max(self._ignored - 1, 0)
        elif tag in MARKS or tag == "a":
            self._close(tag)
        elif tag in BLOCKS or tag == "li" or HEADING.fullmatch(tag):
            self._end_block()
            if tag in ("ol", "ul") and self._lists:
                self._lists.pop()

    def handle_data(self, data: str) -> None:
        if self._ignored:
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        if not self._line or self._line.endswith((" ", "\n")):
            words = words.lstrip(" ")
        self._line += words

    def _open(self, tag: str, values: dict[str, str]) -> None:
        plain = re.search(r"font-weight:\s*(?:normal|400)", values.get("style", ""))
        mark = "" if tag == "b" and plain else MARKS[tag]
        self._line += mark
        self._marks.append((tag, mark))

    def _open_link(self, address: str) -> None:
        web = WEB.fullmatch(address.strip())
        self._line += "[" if web else ""
        self._marks.append(("a", f"]({web[0]})" if web else ""))

    def _close(self, tag: str) -> None:
        """End a mark behind the last word, and one around nothing not at all."""
        if not self._marks or self._marks[-1][0] != tag:
            return  # marks that cross, or that a block has ended
        _, end = self._marks.pop()
        if not end:
            return
        begin = "[" if tag == "a" else end
        words = self._line.rstrip(" ")
        blanks = self._line[len(words) :]
        if words.endswith(begin):
            self._line = words[: -len(begin)]
        else:
            self._line = words + end + blanks

    def _marker(self) -> str:
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _image(self, values: dict[str, str]) -> None:
        data = _decoded(values.get("src", ""))
        if not data:
            self._left_out += 1
            return
        self._end_block()
        name = f"{self._token}-{len(self._images)}"
        self._images[name] = data
        alt = re.sub(r"[\[\]\\\s]+", " ", values.get("alt", "")).strip()
        self._blocks.append(f"![{alt}]({name})")

    def _end_block(self) -> None:
        while self._marks:
            self._close(self._marks[-1][0])
        block = self._line.strip()
        self._line = ""
        if block and block not in ("-", "##") and not _ITEM.fullmatch(f"{block} "):
            self._blocks.append(block)


_ITEM = re.compile(r"(?:-|\d+\.) ")


def _decoded(source: str) -> bytes:
    """Return the bytes of a picture's data URI, nothing for another address."""
    match = DATA.match(source)
    if match is None:
        return b""
    data = unquote_to_bytes(source[match.end() :])
    if ";base64" not in match[1].lower():
        return data
    try:
        return base64.b64decode(data, validate=False)
    except binascii.Error:
        return b""
