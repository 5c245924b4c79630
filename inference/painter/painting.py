"""Paints one picture: input in, take and recipe out. Pure.

The recipe holds everything needed to paint the take again: the same input gives the same bytes,
in any process that has the same drawings and the same renderer. The bytes name their recipe, so
that two pictures of equal pixels but other recipes are two takes.
"""

import hashlib
import json
import zlib
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

from assets.sprites import Library, scene_to_json, to_svg
from inference.context import chunk_hashes
from inference.painter.render import render
from inference.painter.storyboard import Drawing, Storyboard, scene_of
from inference.protocol import Json, PaintInput, to_json

SMALLEST, LARGEST = 256, 2048  # pixels a side
HEAD = 33  # bytes of a PNG's signature and IHDR chunk


class WrongSize(ValueError):
    """A size that no picture is painted in; the message is a sentence."""


class Painter(Protocol):
    """Draws pictures as scenes: the storyboard, or the network (nano.py)."""

    def recipe(self) -> Json:
        """Return what a recipe says of the painter: its name, and the hashes of its weights."""

    def draw(self, given: PaintInput) -> Drawing:
        """Return the picture; raises NoDrawing or CannotFix."""


@dataclass(frozen=True)
class Painted:
    """png: options.size pixels a side; chunks: the texts that the recipe names by hash."""

    png: bytes
    source: Json
    recipe: Json
    chunks: dict[str, str]
    alt_text: str
    missing: tuple[str, ...]


def paint(given: PaintInput, drawings: Library, painter: Painter | None = None) -> Painted:
    """Return the picture; raises NoDrawing, CannotFix or WrongSize.

    painter: the storyboard without it. Neighbours that no scene can be read of (photos, other
    painters' pictures) are left out, and the recipe says so.
    """
    check_size(given.options.size)
    painter = painter or Storyboard(drawings)
    drawing = painter.draw(given)
    hashes = chunk_hashes(given.chunks)
    recipe = to_json(given) | {
        **painter.recipe(),
        "sprites": drawings.hash,
        "program": version("interstep"),
        "renderer": f"resvg-py {version('resvg-py')}",
        "chunks": hashes,
        "conditions": [{"role": c.role, "sha256": c.sha256} for c in given.conditions],
        "left_out": [c.sha256 for c in given.conditions if scene_of(c) is None],
    }
    return Painted(
        png=stamped(render(to_svg(drawing.scene, drawings), given.options.size), recipe),
        source={"scene": scene_to_json(drawing.scene), "sprites": drawings.hash},
        recipe=recipe,
        chunks=dict(zip(hashes, given.chunks, strict=True)),
        alt_text=drawing.alt_text,
        missing=drawing.missing,
    )


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
