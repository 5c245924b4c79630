"""A tutorial as a page that a browser prints."""

from collections.abc import Mapping
from pathlib import Path

from app.exporting.html import to_html
from app.exporting.tree import render
from app.exporting.writing import replace_file
from app.tutorial.model import Take, Tutorial

PAGE = "tutorial.html"


def write_for_printing(tutorial: Tutorial, takes: Mapping[str, Take], folder: Path) -> Path:
    """Write a page with everything inside that opens the print dialog, and return its path.

    Raises TutorialError.
    """
    path = folder / PAGE
    replace_file(path, to_html(render(tutorial, takes), printing=True).encode("utf-8", "replace"))
    return path
