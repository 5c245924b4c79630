"""A whole tutorial for the clipboard, its pictures inside, light enough to paste."""

from collections.abc import Mapping

from app.exporting.fragment import to_rich_text
from app.exporting.html import data_uri
from app.exporting.markdown import blocks
from app.exporting.pictures import raster, with_figures
from app.exporting.tree import Document, Figure, render
from app.tutorial.model import Take, Tutorial

WIDEST = 1024  # pixels


def as_markdown(tutorial: Tutorial, takes: Mapping[str, Take]) -> str:
    """Return the tutorial as Markdown.

    The pictures are data in definitions below the text, as links of the reference kind: the text
    stays readable and short where it is pasted, and no file is missing.
    """
    document = _light(render(tutorial, takes))
    names = {figure.name: f"[picture-{figure.name}]" for figure in document.figures}
    parts = [*blocks(document, names)]
    parts += (f"{names[figure.name]}: {data_uri(figure)}" for figure in document.figures)
    return "\n\n".join(parts) + "\n"


def as_rich_text(tutorial: Tutorial, takes: Mapping[str, Take]) -> str:
    """Return the tutorial as HTML that word processors, mail and editors in a browser take."""
    return to_rich_text(_light(render(tutorial, takes)))


def _light(document: Document) -> Document:
    return with_figures(document, _lighter)


def _lighter(figure: Figure) -> Figure:
    """Return the figure as PNG or JPEG, whichever is smaller; a photo stays one."""
    if figure.media_type == "image/jpeg":
        return raster(figure, WIDEST)
    both = (raster(figure, WIDEST, "png"), raster(figure, WIDEST, "jpeg"))
    return min(both, key=lambda one: len(one.data))
