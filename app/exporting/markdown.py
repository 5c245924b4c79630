"""The render tree as Markdown: one readable file beside a folder of images.

importing.py reads it back; notation.py tells how any text survives.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from app.exporting.tree import Document, DocumentStep, Figure
from app.tutorial.notation import (
    DIFFICULTY,
    DRAFT_NOTICE,
    DURATION,
    MARKER,
    MATERIALS,
    TOOLS,
    escaped,
    joined,
    shielded,
)

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


def to_markdown(document: Document, folder: str, names: Mapping[str, str]) -> str:
    """Return the tutorial as Markdown.

    folder: the images' folder, relative to the file. names: the file name of each figure's name.
    Bodies stand verbatim but for blank lines around them, and a space before what looks like
    structure.
    """
    blocks = [*_head(document), *(_image(figure, folder, names) for figure in document.given)]
    for step in document.steps:
        blocks += _step(step)
        blocks += (_image(figure, folder, names) for figure in step.figures)
    return "\n\n".join([*blocks, MARKER]) + "\n"


def file_name(figure: Figure) -> str:
    """Return what the figure's file is called where nothing else has that name."""
    return figure.name + SUFFIXES[figure.media_type]


def _head(document: Document) -> Iterator[str]:
    yield f"# {escaped(document.title)}".rstrip()
    if document.summary:
        yield escaped(document.summary)
    if document.draft:
        yield f"*{DRAFT_NOTICE}*"
    if document.materials:
        yield f"{MATERIALS}: {joined(document.materials)}"
    if document.tools:
        yield f"{TOOLS}: {joined(document.tools)}"
    if document.duration:
        yield f"{DURATION}: {escaped(document.duration)}"
    if document.difficulty:
        yield f"{DIFFICULTY}: {escaped(document.difficulty)}"


def _step(step: DocumentStep) -> Iterator[str]:
    yield f"## {step.number}. {escaped(step.title)}".rstrip()
    if step.duration:
        yield f"{DURATION}: {escaped(step.duration)}"
    body = shielded(step.body)
    if body:
        yield body
    for callout in step.callouts:
        yield f"> **{callout.kind.title()}:** {escaped(callout.text)}".rstrip()


def _image(figure: Figure, folder: str, names: Mapping[str, str]) -> str:
    return f"![{escaped(figure.alt)}]({quote(f'{folder}/{names[figure.name]}')})"
