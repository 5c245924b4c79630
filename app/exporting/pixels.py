"""Decoded pictures on their way into an image file: colours, transparency, what covers them."""

import io
from collections.abc import Sequence

import resvg_py
from PIL import Image, ImageDraw

from app.exporting.marks import corners
from app.tutorial.model import Mark

_COLOURED = ("P", "RGB", "RGBA")  # modes whose colour profile fits RGB


def coloured(image: Image.Image) -> Image.Image:
    """Return the image in RGB, or RGBA when anything of it is transparent."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")  # 16 bits to 8
    converted = image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode not in _COLOURED:
        converted.info.pop("icc_profile", None)
    return converted


def flattened(image: Image.Image) -> Image.Image:
    """Return an RGB or RGBA image in RGB, on white where it is transparent."""
    if image.mode == "RGB":
        return image
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A"))
    return _with_profile(flat, image)


def burnt(image: Image.Image, svg: str) -> Image.Image:
    """Return an RGB or RGBA image with a drawing over all of it."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=image.width, height=image.height)
    with Image.open(io.BytesIO(bytes(png))) as drawing:
        layer = drawing.convert("RGBA")
    if layer.size != image.size:  # the picture's sides were rounded when it was scaled
        layer = layer.resize(image.size, Image.Resampling.LANCZOS)
    together = Image.alpha_composite(image.convert("RGBA"), layer).convert(image.mode)
    return _with_profile(together, image)


def redacted(image: Image.Image, marks: Sequence[Mark]) -> Image.Image:
    """Return the image without transparency and with what the marks cover really gone."""
    image = flattened(coloured(image))
    draw = ImageDraw.Draw(image)
    for mark in marks:
        draw.rectangle(corners(mark, image.width, image.height), fill="black")
    return image


def _with_profile(image: Image.Image, source: Image.Image) -> Image.Image:
    if "icc_profile" in source.info:
        image.info["icc_profile"] = source.info["icc_profile"]
    return image
