"""Paints one picture: input in, take and recipe out. Pure.

The recipe holds everything needed to paint the take again: the same input gives the same bytes,
in any process that has the same drawings and the same renderer. The bytes name their recipe, so
that two pictures of equal pixels but other recipes are two takes.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from assets.sprites import Library, scene_to_json, to_svg
from inference.context import chunk_hashes
from inference.painter.drawing import Drawing, Painter, Sketch, scene_of
from inference.painter.render import render
from inference.painter.storyboard import Storyboard
from inference.protocol import Json, PaintInput, to_json

SMALLEST, LARGEST = 256, 2048  # pixels a side
PREVIEW = 192  # pixels a side
EVERY = 3  # denoising steps to a preview
HEAD = 33  # bytes of a PNG's signature and IHDR chunk


class WrongSize(ValueError):
    """A size that no picture is painted in; the message is a sentence."""


@dataclass(frozen=True)
class Painted:
    """png: options.size pixels a side; chunks: the texts that the recipe names by hash."""

    png: bytes
    source: Json
    recipe: Json
    chunks: dict[str, str]
    alt_text: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """png: PREVIEW pixels a side, of the picture after `done` of `total` denoising steps."""

    png: bytes
    done: int
    total: int


def paint(given: PaintInput, drawings: Library, painter: Painter | None = None) -> Painted:
    """Return the picture; as painting(), without previews."""
    *_, painted = painting(given, drawings, painter or Storyboard(drawings))
    assert isinstance(painted, Painted)
    return painted


def painting(given: PaintInput, drawings: Library, painter: Painter) -> Iterator[Preview | Painted]:
    """Yield previews, then the picture; raises NoDrawing, CannotFix or WrongSize.

    Neighbours that no scene can be read of (photos, other painters' pictures) are left out, and the
    recipe says so.
    """
    check_size(given.options.size)
    for seen in painter.draw(given):
        if isinstance(seen, Drawing):
            yield _painted(given, drawings, painter, seen)
        elif seen.done % EVERY == 0:
            yield Preview(_png(seen, drawings, PREVIEW), seen.done, seen.total)


def _painted(given: PaintInput, drawings: Library, painter: Painter, drawing: Drawing) -> Painted:
    hashes = chunk_hashes(given.chunks)
    told = painter.recipe()
    recipe = to_json(given) | {
        **told,
        # The painter by its name: another version may have another one of its own.
        "options": to_json(given.options) | {"painter": told["painter"]},
        "sprites": drawings.hash,
        "program": version("interstep"),
        "renderer": f"resvg-py {version('resvg-py')}",
        "chunks": hashes,
        "conditions": [{"role": c.role, "sha256": c.sha256} for c in given.conditions],
        "left_out": [c.sha256 for c in given.conditions if scene_of(c) is None],
    }
    return Painted(
        png=stamped(_png(drawing, drawings, given.options.size), recipe),
        source={"scene": scene_to_json(drawing.scene), "sprites": drawings.hash},
        recipe=recipe,
        chunks=dict(zip(hashes, given.chunks, strict=True)),
        alt_text=drawing.alt_text,
        missing=drawing.missing,
    )


def _png(drawing: Drawing | Sketch, drawings: Library, size: int) -> bytes:
    return render(to_svg(drawing.scene, drawings), size)


def check_size(size: int) -> None:
    """Raise WrongSize for a size in pixels that is out of bounds."""
    if not SMALLEST <= size <= LARGEST:
        raise WrongSize(f"a picture can't be {size} pixels wide")


def stamped(png: bytes, recipe: Json) -> bytes:
    """Return the PNG with the sha256 of its recipe as the text chunk "Interstep"."""
    canonical = json.dumps(recipe, sort_keys=True, separators=(",", ":"), allow_nan=False)
    name = hashlib.sha256(canonical.encode()).hexdigest()
    chunk = b"tEXt" + b"Interstep\0" + name.encode()
    length = (len(chunk) - 4).to_bytes(4, "big")  # the kind does not count
    check = zlib.crc32(chunk).to_bytes(4, "big")
    return png[:HEAD] + length + chunk + check + png[HEAD:]
