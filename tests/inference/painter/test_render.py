import io

import pytest
from PIL import Image

from assets.sprites.library import Library
from assets.sprites.scene import Placed, Scene, to_svg
from inference.painter.render import drawn_box, render


def a_scene(drawings: Library) -> str:
    pot = Placed("plant pot", "soil", 0.4, 0.6, 0.5, tint="blue")
    cactus = Placed("cactus", "standing", 0.4, 0.4, 0.5, inside=0)
    return to_svg(Scene("garden", (pot, cactus)), drawings)


def test_png_of_the_asked_size(drawings: Library) -> None:
    for size in (96, 768):
        image = Image.open(io.BytesIO(render(a_scene(drawings), size)))
        assert image.format == "PNG"
        assert image.size == (size, size)


def test_same_bytes_every_time(drawings: Library) -> None:
    svg = a_scene(drawings)
    assert render(svg) == render(svg)


def test_drawn_box_is_what_the_shapes_cover(drawings: Library) -> None:
    x0, y0, x1, y1 = drawn_box("plant pot", "empty", drawings)
    assert (x0, x1) == pytest.approx((24, 176), abs=3)
    assert (y0, y1) == pytest.approx((34, 192), abs=3)
