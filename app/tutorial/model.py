"""The tutorial as an immutable value. Fields follow schema.org HowTo.

Takes are not part of this value: they live in a store (file.py) and are named here by the sha256 of
their bytes. Undo changes which take is chosen, never the store, which loses a take only where the
author deletes it for good.
"""

import secrets
from dataclasses import dataclass, replace
from itertools import compress
from operator import is_not
from typing import Any, Literal

from inference.protocol import Look as Look
from inference.protocol import LookEntry as LookEntry
from inference.protocol import PaintOptions as PaintOptions

CalloutKind = Literal["tip", "note", "caution", "warning"]
CALLOUTS: tuple[CalloutKind, ...] = ("tip", "note", "caution", "warning")
MAX_PICTURES = 3  # a step


def new_id() -> str:
    """Return a new id for a tutorial, step, picture or request."""
    return secrets.token_hex(8)


@dataclass(frozen=True)
class Mark:
    """A vector drawing over a picture; x and y are fractions of its width and height."""

    kind: Literal["arrow", "box", "number", "label", "redaction"]
    x0: float
    y0: float
    x1: float
    y1: float
    text: str = ""


@dataclass(frozen=True)
class Callout:
    """A sentence set apart from a step's body."""

    kind: CalloutKind
    text: str


@dataclass(frozen=True)
class Picture:
    """A place for an image in a step.

    takes: those offered, oldest first, by sha256; chosen: the one shown, or None. kept: the state
    (staleness.py) at which the author said "keep as is", or empty. withdrawn: takes that were
    offered here before the author put them into the trash.
    """

    id: str
    description: str = ""
    alt_text: str = ""
    alt_confirmed: bool = False
    marks: tuple[Mark, ...] = ()
    takes: tuple[str, ...] = ()
    chosen: str | None = None
    starred: tuple[str, ...] = ()
    not_needed: bool = False
    kept: str = ""
    withdrawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One step. body is Markdown; draft: written by a model and not edited since."""

    id: str
    title: str = ""
    body: str = ""
    callouts: tuple[Callout, ...] = ()
    pictures: tuple[Picture, ...] = ()
    duration: str = ""
    note: str = ""
    checked: bool = False
    draft: bool = False


@dataclass(frozen=True)
class Making:
    """How this tutorial is written and painted.

    pack: empty for the best that this machine allows, until one has written or painted. steps: how
    many, or None for as many as the writer plans. seed: locked to this one, or None for a new one
    each time. paint: False to write the text first and paint later.
    """

    pack: str = ""
    steps: int | None = None
    seed: int | None = None
    paint: bool = True
    options: PaintOptions = PaintOptions()


@dataclass(frozen=True)
class Tutorial:
    """The document. given: pictures that the author gave, anchor and cover: all by sha256."""

    id: str
    title: str = ""
    summary: str = ""
    prompt: str = ""
    language: str = "en"
    given: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    duration: str = ""
    difficulty: str = ""
    look: Look = Look()
    anchor: str | None = None
    cover: str | None = None
    tags: tuple[str, ...] = ()
    making: Making = Making()
    steps: tuple[Step, ...] = ()

    @property
    def draft(self) -> bool:
        """Whether any step is a rough draft."""
        return any(step.draft for step in self.steps)


@dataclass(frozen=True)
class Take:
    """One painted or imported image of a picture; immutable.

    data: the encoded bytes as painted (PNG) or imported; sha256 is over them. recipe and source
    are empty for an import. width and height are in pixels, as shown (EXIF rotation applied).
    """

    sha256: str
    media_type: Literal["image/png", "image/jpeg", "image/webp"]
    width: int
    height: int
    data: bytes
    recipe: dict[str, Any]
    source: dict[str, Any]
    origin: str = ""


def step_by_id(tutorial: Tutorial, step_id: str) -> Step | None:
    """Return the step, or None when it is gone."""
    return next((step for step in tutorial.steps if step.id == step_id), None)


def with_step(tutorial: Tutorial, step: Step) -> Tutorial:
    """Return the tutorial with the step of the same id replaced."""
    steps = list(tutorial.steps)
    steps[[old.id for old in steps].index(step.id)] = step
    return replace(tutorial, steps=tuple(steps))


def changed_steps(before: Tutorial, after: Tutorial) -> dict[int, tuple[Step, Step]] | None:
    """Return the steps that are others now, by number from 1, each as it was and is.

    None when steps were added, deleted or moved. Quick, since unchanged steps are the same objects.
    """
    if len(before.steps) != len(after.steps):
        return None
    others = map(is_not, before.steps, after.steps)
    pairs = enumerate(zip(before.steps, after.steps, strict=True), 1)
    changed = dict(compress(pairs, others))
    return changed if all(old.id == new.id for old, new in changed.values()) else None
