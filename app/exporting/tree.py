"""The one render tree of a tutorial: what a reader gets, whatever the format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt

from app.exporting.body import Block, parse, parser
from app.exporting.pixels import redacted
from app.tutorial.model import Callout, Mark, Picture, Step, Take, Tutorial
from app.tutorial.photos import MediaType, decoded, encoded, without_metadata
from assets.sprites import Library, library, scene_from_json, to_svg


@dataclass(frozen=True)
class Figure:
    """A picture as a reader sees it; width and height in pixels.

    name: what its file is called, without suffix. data: encoded, free of a photo's metadata and
    of what the author covered. svg: the same as a drawing, when the present drawing library is the
    one it was painted with. marks: to be drawn over it.
    """

    name: str
    alt: str
    data: bytes
    media_type: MediaType
    width: int
    height: int
    svg: str | None = None
    marks: tuple[Mark, ...] = ()


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
    """A tutorial as a reader sees it: chosen pictures only, nothing of how it was made.

    Photos that the author gave the writer to look at are theirs, and are not in it.
    """

    title: str
    summary: str
    language: str
    draft: bool
    materials: tuple[str, ...]
    tools: tuple[str, ...]
    duration: str
    difficulty: str
    steps: tuple[DocumentStep, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All pictures in reading order."""
        return tuple(figure for step in self.steps for figure in step.figures)


def render(tutorial: Tutorial, takes: Mapping[str, Take]) -> Document:
    """Return the tree. takes: by sha256; a picture whose chosen take they lack is left out."""
    painted = any("scene" in take.source for take in takes.values())
    drawings = library() if painted else None
    markdown = parser()
    return Document(
        title=tutorial.title,
        summary=tutorial.summary,
        language=tutorial.language,
        draft=tutorial.draft,
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
        data = encoded(redacted(decoded(data), redactions), "image/png")
    return Figure(
        name=name,
        alt=alt,
        data=data,
        media_type="image/png" if redactions else take.media_type,
        width=take.width,
        height=take.height,
        svg=None if redactions else _drawing(take, drawings),
        marks=tuple(mark for mark in marks if mark.kind != "redaction"),
    )


def _drawing(take: Take, drawings: Library | None) -> str | None:
    """Return the take's scene as SVG, or None when it isn't a scene of these drawings."""
    if drawings is None or take.source.get("sprites") != drawings.hash:
        return None
    try:
        return to_svg(scene_from_json(take.source["scene"]), drawings)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None  # a source from a stranger's file; its PNG shows the same
