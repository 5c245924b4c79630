"""The marks over a picture as one SVG drawing: laid over it in a page, burnt into image files.

An arrow runs from (x0, y0) to its head at (x1, y1); a box lies between its corners; a number and a
label stand on a plate in the middle of theirs, moved as far as needed to lie within the picture.
Redactions are no part of it: they are burnt into the pixels wherever the picture goes (tree.py).
"""

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape

from app.tutorial.model import Mark

INK, LIGHT = "#1B1E24", "#FFFFFF"
# of one width, for a plate is as wide as its words are expected to be
FONTS = "Arial, 'Liberation Sans', 'Helvetica Neue', Helvetica, 'Noto Sans', sans-serif"

# fractions of a picture's short side
STROKE = 0.011
TEXT = 0.05
# of the stroke, of the text's size, of the picture's width
HALO, LINE, PADDING, ROOM = 2.0, 1.25, 0.4, 0.4

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def drawn(marks: Sequence[Mark], width: int, height: int) -> str:
    """Return the marks as an SVG document of width x height units, or "" when there are none."""
    shapes = [shape for mark in marks for shape in _shapes(mark, width, height)]
    if not shapes:
        return ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        ' fill="none" stroke-linecap="round" stroke-linejoin="round">'
        f"{''.join(shapes)}</svg>"
    )


def words(marks: Sequence[Mark]) -> str:
    """Return the words that the marks show, for those who can't see them."""
    return "; ".join(_clean(mark.text) for mark in marks if _clean(mark.text) and _has_text(mark))


def corners(mark: Mark, width: int, height: int) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the mark in the picture's units."""
    left, right = sorted((_within(mark.x0) * width, _within(mark.x1) * width))
    top, bottom = sorted((_within(mark.y0) * height, _within(mark.y1) * height))
    return left, top, right, bottom


def _within(fraction: float) -> float:
    if 0 <= fraction <= 1:
        return fraction
    return 1.0 if fraction > 1 else 0.0  # not a number, too


def _has_text(mark: Mark) -> bool:
    return mark.kind in ("number", "label")


def _clean(text: str) -> str:
    return " ".join(_NOT_XML.sub("", text).split())


def _shapes(mark: Mark, width: int, height: int) -> Iterator[str]:
    stroke = STROKE * min(width, height)
    left, top, right, bottom = corners(mark, width, height)
    match mark.kind:
        case "arrow":
            yield from _outlined(f'<path d="{_arrow(mark, width, height)}"', stroke)
        case "box":
            place = f'x="{left:.1f}" y="{top:.1f}"'
            size = f'width="{right - left:.1f}" height="{bottom - top:.1f}"'
            yield from _outlined(f'<rect {place} {size} rx="{1.5 * stroke:.1f}"', stroke)
        case "number" | "label" if text := _clean(mark.text):
            yield from _plate(text, (left, top, right, bottom), width, height)


def _outlined(shape: str, stroke: float) -> Iterator[str]:
    """Yield the shape in ink over a light halo, so that it shows on any ground."""
    yield f'{shape} stroke="{LIGHT}" stroke-width="{HALO * stroke:.1f}"/>'
    yield f'{shape} stroke="{INK}" stroke-width="{stroke:.1f}"/>'


def _arrow(mark: Mark, width: int, height: int) -> str:
    x0, y0 = _within(mark.x0) * width, _within(mark.y0) * height
    x1, y1 = _within(mark.x1) * width, _within(mark.y1) * height
    length = min(5 * STROKE * min(width, height), math.hypot(x1 - x0, y1 - y0) / 2)
    back = math.atan2(y0 - y1, x0 - x1)
    (xa, ya), (xb, yb) = (
        (x1 + length * math.cos(back + turn), y1 + length * math.sin(back + turn))
        for turn in (-0.6, 0.6)  # radians
    )
    line = f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"
    return f"{line}M{xa:.1f} {ya:.1f}L{x1:.1f} {y1:.1f}L{xb:.1f} {yb:.1f}"


def _plate(
    text: str, box: tuple[float, float, float, float], width: int, height: int
) -> Iterator[str]:
    """Yield a plate with the text in as many lines as it needs and the picture has room for."""
    size = TEXT * min(width, height)
    room = min(max(box[2] - box[0], ROOM * width), width - 2 * PADDING * size)
    lines = _lines(text, room / size, most=max(1, int(height / size / LINE) - 1))
    tall = (len(lines) * LINE + PADDING) * size
    wide = max(tall, (max(map(_ems, lines)) + 2 * PADDING) * size)
    edge = STROKE * min(width, height) / 2
    left = min(max((box[0] + box[2] - wide) / 2, edge), max(width - wide - edge, edge))
    top = min(max((box[1] + box[3] - tall) / 2, edge), max(height - tall - edge, edge))
    yield (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}"'
        f' rx="{(LINE + PADDING) * size / 2:.1f}" fill="{INK}"'
        f' stroke="{LIGHT}" stroke-width="{edge:.1f}"/>'
    )
    for index, line in enumerate(lines):
        baseline = top + (PADDING / 2 + LINE * (index + 0.5) + 0.36) * size
        yield (
            f'<text x="{left + wide / 2:.1f}" y="{baseline:.1f}" font-size="{size:.1f}"'
            f' font-family="{FONTS}" font-weight="600" text-anchor="middle"'
            f' fill="{LIGHT}">{escape(line)}</text>'
        )


def _lines(text: str, ems: float, most: int) -> list[str]:
    """Return the text in as few lines as fit, all about as long."""

    def wrapped(columns: int) -> list[str]:
        return textwrap.wrap(text, columns, max_lines=most, placeholder="…")

    longest = max(2, int(ems * len(text) / _ems(text)))
    lines = wrapped(longest)
    for columns in range(longest - 1, 1, -1):
        shorter = wrapped(columns)
        if len(shorter) > len(lines) or " ".join(shorter) != " ".join(lines):
            break  # another line, a broken word, or less of the text
        lines = shorter
    return lines


def _ems(text: str) -> float:
    """Return about how wide the text is, in units of its size, whatever font it is set in."""
    return sum(map(_em, text)) + 0.1


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    if character in "ijlt.,:;'!|() -":
        return 0.36
    return 0.78 if character.isupper() or character in "mw" else 0.6
