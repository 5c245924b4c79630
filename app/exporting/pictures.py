"""A figure as one plain image: its marks burnt in, in the wished width and format."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from PIL import Image

from app.exporting import marks
from app.exporting.pixels import burnt, coloured, flattened
from app.exporting.tree import Document, Figure
from app.tutorial.photos import MediaType, decoded, encoded

PictureFormat = Literal["original", "png", "jpeg", "webp"]
_MEDIA_TYPES: dict[PictureFormat, MediaType] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}


def raster(
    figure: Figure, width: int = 0, wanted: PictureFormat = "original", *, burn: bool = True
) -> Figure:
    """Return the figure without its drawing, at most width pixels wide (0: as wide as it is).

    burn: draw the marks into the picture and add their words to the alt text; else both stay
    apart. What nothing changes keeps its bytes. Raises TutorialError for an unreadable picture.
    """
    media_type = _MEDIA_TYPES.get(wanted, figure.media_type)
    plain = replace(figure, svg=None)
    shown = ""
    if burn:
        shown = marks.drawn(figure.marks, figure.width, figure.height)
        said = marks.words(figure.marks)
        plain = replace(plain, marks=(), alt=f"{figure.alt} ({said})" if said else figure.alt)
    if not shown and media_type == figure.media_type and (not width or figure.width <= width):
        return plain
    image = coloured(decoded(figure.data))
    if width and image.width > width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    if shown:
        image = burnt(image, shown)
    if media_type == "image/jpeg":
        image = flattened(image)
    data = encoded(image, media_type)
    return replace(plain, data=data, media_type=media_type, width=image.width, height=image.height)


def with_figures(document: Document, change: Callable[[Figure], Figure]) -> Document:
    """Return the document with every figure changed."""
    steps = tuple(
        replace(step, figures=tuple(map(change, step.figures))) for step in document.steps
    )
    return replace(document, steps=steps)
