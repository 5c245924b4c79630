"""The one render tree of a tutorial: what a reader gets, whatever the format."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from PIL import Image, ImageDraw

from app.exporting.body import Block, parse, parser
from app.tutorial.model import Callout, Mark, Picture, Step, Take, Tutorial
from app.tutorial.photos import without_metadata
from assets.sprites import Library, library, scene_from_json, to_svg


@dataclass(frozen=True)
class Figure:
    """A picture as a reader sees it; width and height in pixels.

    name: what its file is called, without suffix. data: encoded, free of a photo's metadata.
    svg: the same as a drawing, when the present drawing library is the one it was painted with.
    """

    name: str
    alt: str
    data: bytes
    media_type: str
    width: int
    height: int
    svg: str | None = None


@dataclass(frozen=True)
class DocumentStep:
    """A step with its number from 1; body as written, blocks as parsed."""

    number: int
    title: str
    duration: str
    body: str
    blocks: tuple[Block, ...]
    callouts: tuple[Callout, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Document:
    """A tutorial as a reader sees it: chosen pictures only, nothing of how it was made."""

    title: str
    summary: str
    language: str
    draft: bool
    given: tuple[Figure, ...]
    materials: tuple[str, ...]
    tools: tuple[str, ...]
    duration: str
    difficulty: str
    steps: tuple[DocumentStep, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All pictures in reading order."""
        return self.given + tuple(figure for step in self.steps for figure in step.figures)


def render(tutorial: Tutorial, takes: Mapping[str, Take]) -> Document:
    """Return the tree. takes: by sha256; a picture whose chosen take they lack is left out."""
    painted = any("scene" in take.source for take in takes.values())
    drawings = library() if painted else None
    markdown = parser()
    given = (takes[sha256] for sha256 in tutorial.given if sha256 in takes)
    return Document(
        title=tutorial.title,
        summary=tutorial.summary,
        language=tutorial.language,
        draft=tutorial.draft,
        given=tuple(
            _figure(f"given-{number}", f"Given picture {number}", take, (), drawings)
            for number, take in enumerate(given, 1)
        ),
        materials=tuple(item for item in tutorial.materials if item.strip()),
        tools=tuple(item for item in tutorial.tools if item.strip()),
        duration=tutorial.duration,
        difficulty=tutorial.difficulty,
        steps=tuple(
            _step(number, step, takes, drawings, markdown)
            for number, step in enumerate(tutorial.steps, 1)
        ),
    )


def _step(
    number: int,
    step: Step,
    takes: Mapping[str, Take],
    drawings: Library | None,
    markdown: MarkdownIt,
) -> DocumentStep:
    shown = [picture for picture in step.pictures if _is_shown(picture, takes)]
    figures = []
    for place, picture in enumerate(shown, 1):
        name = f"step-{number}" if len(shown) == 1 else f"step-{number}-{place}"
        take = takes[picture.chosen or ""]
        figures.append(_figure(name, picture.alt_text, take, picture.marks, drawings))
    return DocumentStep(
        number=number,
        title=step.title,
        duration=step.duration,
        body=step.body,
        blocks=parse(step.body, markdown),
        callouts=step.callouts,
        figures=tuple(figures),
    )


def _is_shown(picture: Picture, takes: Mapping[str, Take]) -> bool:
    return picture.chosen in takes and not picture.not_needed


def _figure(
    name: str, alt: str, take: Take, marks: Sequence[Mark], drawings: Library | None
) -> Figure:
    data = take.data if take.recipe else without_metadata(take)
    redactions = [mark for mark in marks if mark.kind == "redaction"]
    if redactions:
        data = _redacted(data, redactions)
    return Figure(
        name=name,
        alt=alt,
        data=data,
        media_type="image/png" if redactions else take.media_type,
        width=take.width,
        height=take.height,
        svg=None if redactions else _drawing(take, drawings),
    )


def _drawing(take: Take, drawings: Library | None) -> str | None:
    """Return the take's scene as SVG, or None when it isn't a scene of these drawings."""
    if drawings is None or take.source.get("sprites") != drawings.hash:
        return None
    try:
        return to_svg(scene_from_json(take.source["scene"]), drawings)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None  # a source from a stranger's file; its PNG shows the same


def _redacted(data: bytes, marks: Sequence[Mark]) -> bytes:
    """Return the picture as PNG with what the author covered really gone, not hidden."""
    with Image.open(io.BytesIO(data)) as source:
        image = source.convert("RGB")
    draw = ImageDraw.Draw(image)
    for mark in marks:
        left, right = sorted((mark.x0 * image.width, mark.x1 * image.width))
        top, bottom = sorted((mark.y0 * image.height, mark.y1 * image.height))
        draw.rectangle((left, top, right, bottom), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
