"""A region of a picture: rectangles in fractions of it, and their mask for a painter."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PIL import Image

from inference import protocol

SMALLEST = 0.01  # of the picture's side, to which a rectangle can be made smaller


@dataclass(frozen=True)
class Rectangle:
    """Left, top, right and bottom in fractions of the picture's width and height."""

    x0: float
    y0: float
    x1: float
    y1: float

    def moved(self, x: float, y: float) -> Self:
        """Return it moved as far as the picture reaches."""
        x = min(max(x, -self.x0), 1 - self.x1)
        y = min(max(y, -self.y0), 1 - self.y1)
        return type(self)(self.x0 + x, self.y0 + y, self.x1 + x, self.y1 + y)

    def stretched(self, x: float, y: float) -> Self:
        """Return it with its right and lower edge moved; something is left of it."""
        right = min(max(self.x1 + x, self.x0 + SMALLEST), 1.0)
        bottom = min(max(self.y1 + y, self.y0 + SMALLEST), 1.0)
        return type(self)(self.x0, self.y0, right, bottom)


Region = tuple[Rectangle, ...]


def mask_of(region: Sequence[Rectangle], width: int, height: int) -> protocol.Image:
    """Return a PNG of this size in pixels, white inside the region and black outside.

    A rectangle is a pixel wide and high at least, and may come from a file: of one that reaches
    beyond the picture only what lies within counts.
    """
    mask = Image.new("1", (width, height))
    for one in region:
        left, right = _pixels(one.x0, one.x1, width)
        top, bottom = _pixels(one.y0, one.y1, height)
        mask.paste(1, (left, top, right, bottom))
    file = io.BytesIO()
    mask.save(file, "PNG")
    return protocol.image(file.getvalue(), width, height)


def _pixels(start: float, end: float, side: int) -> tuple[int, int]:
    """Return the first pixel, and the one behind the last."""
    first = min(round(_within(start) * side), side - 1)
    return first, max(round(_within(end) * side), first + 1)


def _within(fraction: float) -> float:
    return max(0.0, min(1.0, fraction))  # in this order what is no number becomes 1
