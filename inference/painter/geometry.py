"""Where the points and boxes of placed sprites are in the picture; all in fractions of its side."""

from dataclasses import replace
from math import cos, radians, sin

from assets.sprites.library import SIDE, Box, Library, Point, Sprite
from assets.sprites.scene import Placed
from inference.painter.render import drawn_box


class Ruler:
    """Measures placed sprites; remembers each drawing's covered box while it lives."""

    def __init__(self, drawings: Library) -> None:
        self.drawings = drawings
        self._drawn: dict[tuple[str, str], Box] = {}

    def drawn(self, name: str, state: str) -> Box:
        """Return what a sprite's shapes cover, in its own units."""
        if (name, state) not in self._drawn:
            self._drawn[name, state] = drawn_box(name, state, self.drawings)
        return self._drawn[name, state]

    def box(self, placed: Placed) -> Box:
        """Return the smallest upright box around what is drawn of a placed sprite."""
        x0, y0, x1, y1 = self.drawn(placed.name, placed.state)
        corners = [point(placed, corner) for corner in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def side(self, placed: Placed) -> float:
        """Return the larger side of what is drawn of a placed sprite, before it was turned."""
        x0, y0, x1, y1 = self.drawn(placed.name, placed.state)
        return max(x1 - x0, y1 - y0) / SIDE * placed.size

    def sprite(self, placed: Placed) -> Sprite:
        """Return the drawing of a placed sprite."""
        return self.drawings[placed.name]


def point(placed: Placed, at: Point) -> Point:
    """Return where a point of the sprite, in its own units, lies in the picture."""
    dx = (at[0] - SIDE / 2) / SIDE * placed.size * (-1 if placed.flip else 1)
    dy = (at[1] - SIDE / 2) / SIDE * placed.size
    turn = radians(placed.rotation)
    return (
        placed.x + dx * cos(turn) - dy * sin(turn),
        placed.y + dx * sin(turn) + dy * cos(turn),
    )


def put(placed: Placed, at: Point, where: Point) -> Placed:
    """Return the sprite moved so that its own point `at` lies at `where` in the picture."""
    x, y = point(placed, at)
    return replace(placed, x=placed.x + where[0] - x, y=placed.y + where[1] - y)


def scaled(placed: Placed, factor: float, origin: Point) -> Placed:
    """Return the sprite grown about a point of the picture."""
    return replace(
        placed,
        x=origin[0] + (placed.x - origin[0]) * factor,
        y=origin[1] + (placed.y - origin[1]) * factor,
        size=placed.size * factor,
    )


def moved(placed: Placed, dx: float, dy: float) -> Placed:
    """Return the sprite shifted."""
    return replace(placed, x=placed.x + dx, y=placed.y + dy)


def around(boxes: list[Box]) -> Box:
    """Return the smallest box around all of these."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def overlap(first: Box, second: Box) -> float:
    """Return the area that two boxes share."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return max(width, 0.0) * max(height, 0.0)


def framed(placed: Placed, ruler: Ruler) -> Placed:
    """Return the sprite moved into the picture, where it stuck out."""
    x0, y0, x1, y1 = ruler.box(placed)
    dx = max(0.0, 0.01 - x0) or min(0.0, 0.99 - x1)
    dy = max(0.0, 0.01 - y0) or min(0.0, 0.99 - y1)
    return rounded(moved(placed, dx, dy))


def rounded(placed: Placed) -> Placed:
    """Return the sprite with numbers short enough to be read in a file."""
    return replace(
        placed,
        x=round(placed.x, 4),
        y=round(placed.y, 4),
        size=round(placed.size, 4),
        rotation=round(placed.rotation, 1),
    )
