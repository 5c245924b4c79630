"""The render tree as Markdown: one readable file beside a folder of images.

importing.py reads it back; notation.py tells how any text survives.
"""

from collections.abc import Iterator, Mapping, Sequence

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

_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


def to_markdown(document: Document, targets: Mapping[str, str]) -> str:
    """Return the tutorial as Markdown that importing.py reads back.

    targets: by a figure's name, what stands behind the brackets of its alt text.
    """
    return "\n\n".join([*blocks(document, targets), MARKER]) + "\n"


def blocks(document: Document, targets: Mapping[str, str]) -> Iterator[str]:
    """Yield the blocks of the tutorial's Markdown, targets as for to_markdown.

    Bodies stand verbatim but for blank lines around them, and a space before what looks like
    structure.
    """
    yield from _head(document)
    for step in document.steps:
        yield from _step(step)
        yield from _images(step.figures, targets)


def file_name(figure: Figure) -> str:
    """Return what the figure's file is called where nothing else has that name."""
    return figure.name + _SUFFIXES[figure.media_type]


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


def _images(figures: Sequence[Figure], targets: Mapping[str, str]) -> Iterator[str]:
    for figure in figures:
        yield f"![{escaped(figure.alt)}]{targets[figure.name]}"
