"""Rasterises scenes. The only file of the storyboard painter that makes pixels."""

import io
from functools import lru_cache

import resvg_py
from PIL import Image

from assets.sprites.library import SIDE, Box, Library
from assets.sprites.scene import Placed, Scene, to_svg

_MEASURED = 100  # pixels a side; one pixel is two units of a sprite


def render(svg: str, size: int = 768) -> bytes:
    """Return the SVG document as PNG bytes of size x size pixels; the same bytes every time."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
    return bytes(png)


@lru_cache(maxsize=4096)
def drawn_box(name: str, state: str, drawings: Library) -> Box:
    """Return the box that a sprite's shapes really cover, in its own 200 x 200 units.

    A sprite that draws nothing in this state covers its whole box.
    """
    alone = Scene(None, (Placed(name, state, 0.5, 0.5, 1.0),))
    with Image.open(io.BytesIO(render(to_svg(alone, drawings), _MEASURED))) as image:
        box = image.getchannel("A").getbbox() if "A" in image.getbands() else None
    x0, y0, x1, y1 = box or (0, 0, _MEASURED, _MEASURED)
    unit = SIDE / _MEASURED
    return x0 * unit, y0 * unit, x1 * unit, y1 * unit
