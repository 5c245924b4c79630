"""Requests and events between the studio and the engine: one JSON object a line.

Standard library only, for both processes import it. A request has an id that its events repeat.
Steps and pictures are named by id, never by position. Pictures cross inline as base64.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from inference.parts import Condition as Condition
from inference.parts import GivenStep as GivenStep
from inference.parts import Image as Image
from inference.parts import Look as Look
from inference.parts import LookEntry as LookEntry
from inference.parts import Numbers as Numbers
from inference.parts import PaintInput as PaintInput
from inference.parts import PaintOptions as PaintOptions
from inference.parts import image as image
from inference.wire import MAX_LINE as MAX_LINE
from inference.wire import Json as Json
from inference.wire import ProtocolError as ProtocolError
from inference.wire import from_json as from_json
from inference.wire import read_line, write_line
from inference.wire import to_json as to_json

VERSION = 1


# ---------------------------------------------------------------- requests


@dataclass(frozen=True)
class Load:
    """Bring a pack's models into memory."""

    id: str
    pack: str


@dataclass(frozen=True)
class Write:
    """Write and paint a tutorial; with `given`, only describe and paint the author's own steps.

    pack: empty for the best that this machine allows; with `given` no writer is needed. steps:
    exactly so many, or None for as many as the writer plans. title: the tutorial's, with `given`.
    images: what the author gave to look at. seeing: only list what they show, as materials, for
    the author to confirm. materials: what they show, as the author left it, empty where the author
    wants no list; None where it is to be listed before the rest. paint: False for the text alone,
    with descriptions.
    """

    id: str
    pack: str
    prompt: str
    seed: int
    steps: int | None = None
    title: str = ""
    given: tuple[GivenStep, ...] = ()
    images: tuple[Image, ...] = ()
    seeing: bool = False
    materials: tuple[str, ...] | None = None
    paint: bool = True
    look: Look = Look()
    options: PaintOptions = PaintOptions()


@dataclass(frozen=True)
class Continue:
    """Write more steps behind those that are there, and paint them.

    given: the steps so far; conditions: their chosen takes, nearest to the end first. steps: how
    many more, or None for as many as the writer plans. instruction: what they are to be about,
    empty to go on as the prompt says. images: what the author gave to look at; it is not listed
    again. Its events are Write's, for the new steps alone.
    """

    id: str
    pack: str
    prompt: str
    seed: int
    title: str
    given: tuple[GivenStep, ...]
    conditions: tuple[Condition, ...] = ()
    steps: int | None = None
    instruction: str = ""
    images: tuple[Image, ...] = ()
    paint: bool = True
    look: Look = Look()
    options: PaintOptions = PaintOptions()


@dataclass(frozen=True)
class Rewrite:
    """Propose other words for steps that are there ("shorter", "for children"); nothing is painted.

    only: the id of the one step to change, empty for all of them. Each proposal streams as
    TextDelta and ends with a StepFinished that carries the step's own id and no picture.
    """

    id: str
    pack: str
    prompt: str
    seed: int
    title: str
    steps: tuple[GivenStep, ...]
    instruction: str
    only: str = ""


@dataclass(frozen=True)
class Redraw:
    """Paint one picture again.

    pack: whose painter it is, where the options name none. prompt, steps: the context up to and
    with the picture's own step, from which the engine makes the chunks; both empty where `paint`
    brings the chunks of a recipe.
    """

    id: str
    step: str
    picture: str
    paint: PaintInput
    prompt: str = ""
    steps: tuple[GivenStep, ...] = ()
    pack: str = ""


@dataclass(frozen=True)
class Install:
    """Fetch, check and register a pack.

    files: local files to take instead of downloading. writer: a GGUF file that takes the writer's
    place in a pack of its own; pack is then empty. accepted: the person accepts the licence that
    the pack asks for. eyes: the mmproj file with which that writer sees, empty for none.
    """

    id: str
    pack: str
    files: tuple[str, ...] = ()
    writer: str = ""
    accepted: bool = False
    eyes: str = ""


@dataclass(frozen=True)
class Verify:
    """Hash an installed pack's files again."""

    id: str
    pack: str


@dataclass(frozen=True)
class Remove:
    """Delete an installed pack's files that no other pack needs."""

    id: str
    pack: str


@dataclass(frozen=True)
class Probe:
    """Ask what this machine and its packs can do."""

    id: str


@dataclass(frozen=True)
class Plan:
    """Ask how a pack would run on a CUDA card; memory: bytes that it has, 0 for this machine's."""

    id: str
    pack: str
    memory: int = 0


@dataclass(frozen=True)
class Cancel:
    """Stop the request named target at its next token, 64-token slice or denoising step."""

    id: str
    target: str


Request = (
    Load | Write | Continue | Rewrite | Redraw | Install | Verify | Remove | Probe | Plan | Cancel
)


# ---------------------------------------------------------------- events


@dataclass(frozen=True)
class Ready:
    """The engine listens. abilities name what it can do with what is installed.

    prefix: folder of the Python environment in which it runs.
    """

    version: int
    abilities: tuple[str, ...]
    prefix: str = ""


@dataclass(frozen=True)
class Loading:
    """A model is being read into memory."""

    id: str
    what: str


@dataclass(frozen=True)
class PackUsed:
    """The installed pack that does what a request asks."""

    id: str
    pack: str


@dataclass(frozen=True)
class Progress:
    """done of total units of `what`; total 0 when unknown."""

    id: str
    what: str
    done: int
    total: int
    unit: Literal["bytes", "tokens", "steps", "pictures"]


@dataclass(frozen=True)
class Notice:
    """One honest sentence for the person; step is empty when it concerns the whole."""

    id: str
    kind: str
    message: str
    step: str = ""


@dataclass(frozen=True)
class StepStarted:
    """A new step, after all steps so far."""

    id: str
    step: str


@dataclass(frozen=True)
class TextDelta:
    """Text of one field: what stood from `start` (characters) on is replaced by `text`.

    step is empty for the tutorial's own fields. field: title, summary, materials (one a line),
    body, description.
    """

    id: str
    step: str
    field: Literal["title", "summary", "materials", "body", "description"]
    start: int
    text: str


@dataclass(frozen=True)
class StepFinished:
    """The final text of a step, and the id of its picture, empty where it shall have none.

    draft: a weak writer wrote it, so that it is a rough draft until somebody edits it.
    """

    id: str
    step: str
    title: str
    body: str
    description: str
    picture: str
    draft: bool


@dataclass(frozen=True)
class PaintStarted:
    """A picture is being painted."""

    id: str
    step: str
    picture: str


@dataclass(frozen=True)
class PaintPreview:
    """How a picture looks after `done` of `total` denoising steps; small, and never kept."""

    id: str
    step: str
    picture: str
    done: int
    total: int
    image: Image


@dataclass(frozen=True)
class PaintFinished:
    """A take, with its editable source, its recipe and a draft of its alt text.

    chunks: the texts that the recipe names by hash.
    """

    id: str
    step: str
    picture: str
    image: Image
    source: Json
    recipe: Json
    chunks: dict[str, str]
    alt_text: str


@dataclass(frozen=True)
class Found:
    """What a Probe or a Plan found: facts by name, for people and programs."""

    id: str
    facts: Json


@dataclass(frozen=True)
class Cancelled:
    """The request stopped on demand; what it finished stays."""

    id: str


@dataclass(frozen=True)
class Finished:
    """The request is done."""

    id: str


@dataclass(frozen=True)
class Failed:
    """The request failed: one sentence, and one that says what to do."""

    id: str
    kind: str
    message: str
    hint: str = ""


Event = (
    Ready
    | Loading
    | PackUsed
    | Progress
    | Notice
    | StepStarted
    | TextDelta
    | StepFinished
    | PaintStarted
    | PaintPreview
    | PaintFinished
    | Found
    | Cancelled
    | Finished
    | Failed
)

LAST_EVENTS = (Cancelled, Finished, Failed)  # each request ends with exactly one of these


# ---------------------------------------------------------------- the wire


def request_line(request: Request) -> str:
    """Return the request as one line of JSON, without the newline."""
    return write_line("request", request)


def event_line(event: Event) -> str:
    """Return the event as one line of JSON, without the newline."""
    return write_line("event", event)


def read_request(line: str | bytes) -> Request:
    """Return the request of a line; raises ProtocolError."""
    request: Request = read_line(line, "request", get_args(Request))
    return request


def read_event(line: str | bytes) -> Event:
    """Return the event of a line; raises ProtocolError."""
    event: Event = read_line(line, "event", get_args(Event))
    return event
