"""A region's rectangles, and the mask that is made of them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.tutorial.region import SMALLEST, Rectangle, mask_of

fractions = st.floats(0, 1)
anything = st.builds(Rectangle, *[st.floats()] * 4)


def pixels(rectangles: tuple[Rectangle, ...], width: int, height: int) -> Image.Image:
    """The mask as whoever decodes it sees it."""
    mask = mask_of(rectangles, width, height)
    assert (mask.width, mask.height) == (width, height)
    return Image.open(io.BytesIO(mask.data()), formats=("PNG",)).convert("L")


@pytest.mark.parametrize(("width", "height"), [(40, 20), (1, 1), (768, 768), (1536, 3)])
def test_a_mask_is_white_inside_and_black_outside(width: int, height: int) -> None:
    mask = pixels((Rectangle(0.25, 0.5, 0.75, 1.0),), width, height)
    left, right = round(width * 0.25), max(round(width * 0.75), round(width * 0.25) + 1)
    top = min(round(height * 0.5), height - 1)
    expected = Image.new("L", (width, height), "black")
    expected.paste(255, (left, top, right, height))
    assert mask.tobytes() == expected.tobytes()


def test_several_rectangles_are_one_region() -> None:
    one, other = Rectangle(0, 0, 0.5, 0.5), Rectangle(0.25, 0.25, 1, 1)
    mask = pixels((one, other), 8, 8)
    assert sum(value == 255 for value in mask.tobytes()) == 16 + 36 - 4
    assert mask_of((one, other), 8, 8) == mask_of((other, one), 8, 8)


@given(st.lists(anything, min_size=1, max_size=4), st.integers(1, 50), st.integers(1, 50))
def test_any_numbers_give_a_mask_with_something_inside(
    rectangles: list[Rectangle], width: int, height: int
) -> None:
    mask = pixels(tuple(rectangles), width, height)
    assert set(mask.tobytes()) <= {0, 255}
    assert mask.getbbox() is not None


@pytest.mark.parametrize(
    ("hostile", "seen"),
    [
        (Rectangle(-5, -5, -4, -4), (0, 0, 1, 1)),
        (Rectangle(4, 4, 5, 5), (9, 9, 10, 10)),
        (Rectangle(-1, -1, 2, 2), (0, 0, 10, 10)),
        (Rectangle(0.5, 0.5, 0.5, 0.5), (5, 5, 6, 6)),
        (Rectangle(0.8, 0.8, 0.2, 0.2), (8, 8, 9, 9)),
        (Rectangle(float("inf"), 0, float("nan"), 1), (9, 0, 10, 10)),
    ],
)
def test_what_lies_outside_of_the_picture_is_brought_within(
    hostile: Rectangle, seen: tuple[int, ...]
) -> None:
    assert pixels((hostile,), 10, 10).getbbox() == seen


@given(st.builds(Rectangle, fractions, fractions, fractions, fractions), fractions, fractions)
def test_a_rectangle_stays_within_the_picture(drawn: Rectangle, x: float, y: float) -> None:
    (x0, x1), (y0, y1) = sorted((drawn.x0, drawn.x1)), sorted((drawn.y0, drawn.y1))
    drawn = Rectangle(x0, y0, x1, y1)
    for way in ((x, y), (-x, -y), (x, -y)):
        moved = drawn.moved(*way)
        assert -1e-9 <= moved.x0 <= moved.x1 <= 1 + 1e-9
        assert moved.x1 - moved.x0 == pytest.approx(x1 - x0)
        assert moved.y1 - moved.y0 == pytest.approx(y1 - y0)
        sized = drawn.stretched(*way)
        assert (sized.x0, sized.y0) == (x0, y0)
        assert min(x0 + SMALLEST, 1.0) <= sized.x1 <= 1
        assert min(y0 + SMALLEST, 1.0) <= sized.y1 <= 1
