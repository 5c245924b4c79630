"""What the library tells of a tutorial: its card, and its words for the full-text search."""

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Tutorial
from app.tutorial.photos import shown
from app.tutorial.staleness import stale

SIDE = 160  # pixels of a thumbnail's long side: 52 in the list, at three times the resolution
QUALITY = 85
HAZARDS = ("caution", "warning")


@dataclass(frozen=True)
class Card:
    """A tutorial as the library lists it.

    steps, drafts, stale, missing_pictures, unconfirmed_alts and warnings are counts; checked: all
    steps are. missing_pictures: places that wait for a picture. modified: in seconds. cover: the
    take that thumbnail (JPEG, SIDE pixels at most) shows. problem: a sentence, or empty.
    """

    path: Path
    title: str
    modified: float
    id: str = ""
    summary: str = ""
    language: str = ""
    steps: int = 0
    drafts: int = 0
    checked: bool = False
    stale: int = 0
    missing_pictures: int = 0
    unconfirmed_alts: int = 0
    warnings: int = 0
    tags: tuple[str, ...] = ()
    cover: str | None = None
    thumbnail: bytes | None = None
    problem: str = ""


class Words(NamedTuple):
    """What is searched, by where it stands."""

    title: str
    summary: str = ""
    steps: str = ""
    callouts: str = ""
    things: str = ""
    tags: str = ""


def read_card(path: Path, modified: float, known: Card | None) -> tuple[Card, Words]:
    """Return the card and the words of a file; one that can't be read has only its problem.

    known: the card of its last reading, whose thumbnail is used again for the same cover.
    """
    try:
        with TutorialFile.read(path) as file:
            return _card(path, file, modified, known), _words(file.tutorial)
    except TutorialError as error:
        card = Card(path, path.stem, modified, problem=f"{error}.")
        return card, Words(card.title)


def _card(path: Path, file: TutorialFile, modified: float, known: Card | None) -> Card:
    tutorial = file.tutorial
    pictures = [picture for picture in _pictures(tutorial) if not picture.not_needed]
    chosen = [picture for picture in pictures if picture.chosen]
    cover = tutorial.cover or next((picture.chosen for picture in chosen), None)
    callouts = [callout for step in tutorial.steps for callout in step.callouts]
    recipes = {sha256: info.recipe for sha256, info in file.infos().items()}
    return Card(
        path=path,
        title=tutorial.title,
        modified=modified,
        id=tutorial.id,
        summary=tutorial.summary,
        language=tutorial.language,
        steps=len(tutorial.steps),
        drafts=sum(step.draft for step in tutorial.steps),
        checked=bool(tutorial.steps) and all(step.checked for step in tutorial.steps),
        stale=len(stale(tutorial, recipes)),
        missing_pictures=len(pictures) - len(chosen),
        unconfirmed_alts=sum(not picture.alt_confirmed for picture in chosen),
        warnings=sum(callout.kind in HAZARDS for callout in callouts),
        tags=tutorial.tags,
        cover=cover,
        thumbnail=_thumbnail(file, cover, known),
        problem=next(iter(file.problems), ""),
    )


def _pictures(tutorial: Tutorial) -> Iterator[Picture]:
    for step in tutorial.steps:
        yield from step.pictures


def _thumbnail(file: TutorialFile, cover: str | None, known: Card | None) -> bytes | None:
    if cover is None:
        return None
    if known and known.thumbnail and known.cover == cover:
        return known.thumbnail
    with suppress(TutorialError):
        image = shown(file.take(cover))
        image.thumbnail((SIDE, SIDE))
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        out = io.BytesIO()
        Image.alpha_composite(paper, clear).convert("RGB").save(out, "JPEG", quality=QUALITY)
        return out.getvalue()
    return None


def _words(tutorial: Tutorial) -> Words:
    steps = tutorial.steps
    return Words(
        tutorial.title,
        tutorial.summary,
        "\n".join(text for step in steps for text in (step.title, step.body, step.note)),
        "\n".join(callout.text for step in steps for callout in step.callouts),
        "\n".join((*tutorial.materials, *tutorial.tools)),
        "\n".join(tutorial.tags),
    )
