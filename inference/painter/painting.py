"""Paints one picture: input in, take and recipe out. Pure.

The recipe holds everything needed to paint the take again: the same input gives the same bytes,
in any process that has the same drawings and the same renderer. The bytes name their recipe, so
that two pictures of equal pixels but other recipes are two takes.
"""

import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from PIL.Image import Image, Resampling

from assets.sprites import Library, scene_to_json, to_svg
from inference.context import chunk_hashes
from inference.painter.drawing import (
    Canvas,
    Drawing,
    Glimpse,
    Painter,
    Remark,
    Sketch,
    scene_of,
)
from inference.painter.render import render
from inference.protocol import Condition, Json, PaintInput, to_json

SMALLEST, LARGEST = 256, 2048  # pixels a side
PREVIEW = 192  # pixels a side
EVERY = 3  # denoising steps to a preview
HEAD = 33  # bytes of a PNG's signature and IHDR chunk


class WrongSize(ValueError):
    """A size that no picture is painted in; the message is a sentence."""


@dataclass(frozen=True)
class Painted:
    """width, height: of the PNG, in pixels; chunks: the texts that the recipe names by hash."""

    png: bytes
    width: int
    height: int
    source: Json
    recipe: Json
    chunks: dict[str, str]
    alt_text: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """The picture after `done` of `total` denoising steps; PREVIEW pixels wide."""

    png: bytes
    width: int
    height: int
    done: int
    total: int


def paint(given: PaintInput, drawings: Library, painter: Painter) -> Painted:
    """Return the picture; as painting(), without previews."""
    *_, painted = painting(given, drawings, painter)
    assert isinstance(painted, Painted)
    return painted


def painting(
    given: PaintInput, drawings: Library, painter: Painter
) -> Iterator[Preview | Remark | Painted]:
    """Yield previews and remarks, then the picture; raises NoDrawing, CannotFix or WrongSize.

    Neighbours that the painter can't see (for one of scenes: photos, other painters' pictures) are
    left out, and the recipe says so.
    """
    check_size(given.options.size)
    size = given.options.size
    for seen in painter.draw(given):
        match seen:
            case Drawing(scene=scene):
                png = render(to_svg(scene, drawings), size)
                source = {"scene": scene_to_json(scene), "sprites": drawings.hash}
                left_out = [c for c in given.conditions if scene_of(c) is None]
                told = _recipe(given, drawings, painter, left_out)
                yield _painted(given, png, (size, size), source, told, seen.alt_text, seen.missing)
            case Canvas(pixels=pixels):
                left_out = [c for c in given.conditions if not c.image and scene_of(c) is None]
                told = _recipe(given, drawings, painter, left_out)
                yield _painted(given, _png(pixels), pixels.size, {}, told, seen.alt_text, ())
            case Remark():
                yield seen
            case Sketch(scene=scene) if seen.done % EVERY == 0:
                png = render(to_svg(scene, drawings), PREVIEW)
                yield Preview(png, PREVIEW, PREVIEW, seen.done, seen.total)
            case Glimpse(pixels=pixels):
                height = round(PREVIEW * pixels.height / pixels.width)
                shown = pixels.resize((PREVIEW, height), Resampling.BICUBIC)
                yield Preview(_png(shown), PREVIEW, height, seen.done, seen.total)


def _recipe(
    given: PaintInput, drawings: Library, painter: Painter, left_out: Sequence[Condition]
) -> Json:
    told = painter.recipe()
    recipe: Json = {name: value for name, value in to_json(given).items() if name != "numbers"} | {
        **told,
        # The painter by its name: another version may have another one of its own.
        "options": to_json(given.options) | {"painter": told["painter"]},
        "sprites": drawings.hash,
        "program": version("interstep"),
        "renderer": f"resvg-py {version('resvg-py')}",
        "chunks": chunk_hashes(given.chunks),
        "conditions": [{"role": c.role, "sha256": c.sha256} for c in given.conditions],
        "left_out": [condition.sha256 for condition in left_out],
    }
    return recipe


def _painted(
    given: PaintInput,
    png: bytes,
    size: tuple[int, int],
    source: Json,
    recipe: Json,
    alt_text: str,
    missing: tuple[str, ...],
) -> Painted:
    return Painted(
        png=stamped(png, recipe),
        width=size[0],
        height=size[1],
        source=source,
        recipe=recipe,
        chunks=dict(zip(recipe["chunks"], given.chunks, strict=True)),
        alt_text=alt_text,
        missing=missing,
    )


def _png(pixels: Image) -> bytes:
    file = io.BytesIO()
    pixels.save(file, "PNG")
    return file.getvalue()


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
