"""The pictures that a painter of pixels is conditioned on: decoded, bounded, in order.

A neighbour that the starter drew is rendered from its scene; any other brings its bytes along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from PIL import Image

from assets.sprites.library import Library
from assets.sprites.scene import to_svg
from inference.painter.drawing import PainterError, scene_of
from inference.painter.render import render
from inference.pictures import PictureError, opened
from inference.protocol import Condition, ProtocolError
from inference.protocol import Image as WireImage

RENDERED = 1024  # pixels a side of a scene that is looked at
ORDER = ("present", "previous", "next", "anchor")


@dataclass(frozen=True)
class Reference:
    """A picture to be conditioned on.

    time: -1 for the picture before the one to be painted, 1 for the next; an anchor stands before
    all others. pixels: RGB, upright.
    """

    role: str
    sha256: str
    time: int
    pixels: Image.Image


def references(conditions: Sequence[Condition], drawings: Library, most: int) -> list[Reference]:
    """Return at most so many references: the present take, then in turn what is nearest.

    A condition that has neither bytes nor a scene is left out. Raises PainterError for bytes that
    are no picture.
    """
    present, previous, following, anchors = (
        [one for one in conditions if one.role == role] for role in ORDER
    )
    before = [*present, *previous, *anchors]
    times = {id(one): -time for time, one in enumerate(before, 1)}
    times |= {id(one): time for time, one in enumerate(following, 1)}
    nearest = chain.from_iterable(zip_longest(previous, following, anchors))
    found: list[Reference] = []
    for one in (*present, *(one for one in nearest if one is not None)):
        pixels = _pixels(one, drawings) if len(found) < most else None
        if pixels is not None:
            found.append(Reference(one.role, one.sha256, times[id(one)], pixels))
    return found


def _pixels(condition: Condition, drawings: Library) -> Image.Image | None:
    if condition.image is not None:
        return decoded(condition.image)
    scene = scene_of(condition)
    if scene is None:
        return None
    return opened(render(to_svg(scene, drawings), RENDERED))


def decoded(given: WireImage) -> Image.Image:
    """Return a picture from the wire; raises PainterError."""
    try:
        return opened(given.data())
    except PictureError as error:
        raise PainterError(error.message, error.hint) from error
    except ProtocolError as error:
        raise PainterError(f"a picture can't be used: {error}", "Leave it out.") from error


def within(pixels: Image.Image, area: int, multiple: int) -> Image.Image:
    """Return the picture with at most so many pixels, both sides whole multiples, nothing cut."""
    shrunk = min(1.0, (area / (pixels.width * pixels.height)) ** 0.5)
    width, height = (
        max(multiple, round(side * shrunk / multiple) * multiple)
        for side in (pixels.width, pixels.height)
    )
    # A very long picture has a side of one multiple, and the other gives way.
    most = max(multiple, area // min(width, height) // multiple * multiple)
    size = (min(width, most), min(height, most))
    return pixels if size == pixels.size else pixels.resize(size, Image.Resampling.LANCZOS)
