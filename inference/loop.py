"""The interleaved loop: text until `<BOV>`, a picture conditioned on all before it, more text.

Source: DuoGen, section 3. A picture re-enters the context of a writer with eyes, which waits for
it; without eyes the loop paints and writes on.
"""

import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assets.corpus import Example
from assets.sprites import Library
from inference.context import step_chunk
from inference.notices import hazard, other_language
from inference.packs.manifest import Manifest
from inference.packs.reports import PackError
from inference.painter.drawing import NoDrawing, Painter, PainterError, Remark
from inference.painter.painting import Painted, painting
from inference.painter.storyboard.describing import undrawn
from inference.painter.storyboard.painter import describe
from inference.protocol import (
    Condition,
    Continue,
    Event,
    GivenStep,
    Image,
    Notice,
    PaintFinished,
    PaintInput,
    PaintPreview,
    PaintStarted,
    Progress,
    Redraw,
    Rewrite,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
    image,
)
from inference.writer.errors import WriterError

Writing = Write | Continue
# The share of a writer's context, one part of so many, that pictures may fill.
GIVEN = 4  # those that the author gave to look at
PAINTED = 4  # those of the steps so far

if TYPE_CHECKING:
    from inference.writer.batches import Chunk
    from inference.writer.dialogue import WrittenStep
    from inference.writer.session import Session
    from inference.writer.tutorial import TutorialWriter


@dataclass(frozen=True)
class Desk:
    """What pictures are made with. draws_anything: not only what the library holds."""

    drawings: Library
    painter: Painter
    draws_anything: bool = False


@dataclass
class Prefix:
    """What stands before the next picture. pictures: nearest first."""

    title: str
    chunks: list[str]
    pictures: list[Condition] = field(default_factory=list)


def write(
    request: Writing,
    manifest: Manifest,
    session: "Session",
    examples: Sequence[Example],
    desk: Desk,
) -> Iterator[Event]:
    """Yield the events of a tutorial written from a prompt, or of more steps behind given ones.

    A request that is only `seeing` ends when what the person's pictures show is listed.
    """
    from inference.writer.dialogue import WrittenStep
    from inference.writer.tutorial import Delta, Prefilled

    going_on = request if isinstance(request, Continue) else _from_nothing(request)
    asked = f"{going_on.prompt} {going_on.instruction}"
    seeing = isinstance(request, Write) and request.seeing
    if not seeing:
        yield from _notices(request, asked, manifest, examples)
    pictures = yield from _given(request, session)
    painted = yield from _looked_back(going_on, session)
    seen = None if isinstance(request, Continue) else request.materials
    if not (seen or pictures):
        seen = None  # nothing was looked at: there is no list that the author emptied
    writer = _writer(going_on, manifest, session, examples, pictures, seen, painted)
    there = going_on.given
    texts = (step_chunk(n, s.title, s.body, s.description) for n, s in enumerate(there, 1))
    prefix = Prefix(going_on.title, [request.prompt, *texts], [*going_on.conditions])
    steps = [step.step for step in there]
    last_pictured = max((n for n, step in enumerate(there, 1) if step.description), default=0)
    warned = hazard(asked) is not None
    for written in writer.list_seen() if seeing else writer.write():
        match written:
            case Prefilled(done=done, total=total):
                yield Progress(request.id, "Reading and planning", done, total, "tokens")
            case Delta(step=step):
                if step is not None and step == len(steps):
                    yield Progress(request.id, "Writing", step, len(writer.draft.plan), "steps")
                    steps.append(secrets.token_hex(8))
                    yield StepStarted(request.id, steps[step])
                name = "" if step is None else steps[step]
                yield TextDelta(request.id, name, written.field, written.start, written.text)
            case WrittenStep():
                prefix.title = writer.draft.title
                danger = None if warned else hazard(f"{written.title} {written.body}")
                if danger is not None:
                    warned = True
                    yield Notice(request.id, "hazard", danger, steps[-1])
                description = written.description
                if not description and len(prefix.chunks) - last_pictured > 1:
                    # Two steps in a row without: a weak writer goes on like that to the end.
                    description = describe(written.title, written.body, desk.drawings) or ""
                if description:
                    last_pictured = len(prefix.chunks)
                text = GivenStep(steps[-1], written.title, written.body, description)
                for event in _finish(request, prefix, text, desk, draft=manifest.weak):
                    yield event
                    if isinstance(event, PaintFinished):
                        writer.see(event.image.data())


def _given(request: Writing, session: "Session") -> Generator[Event, None, list["Chunk"]]:
    """Return the person's pictures as the writer sees them; tell how many have no room."""
    given = request.images
    seen = yield from _looked_at(request.id, given, session, session.n_ctx // GIVEN)
    # What is confirmed or gone on with was told when it was listed.
    told = isinstance(request, Continue) or request.materials is not None
    if session.eyes is not None and len(seen) < len(given) and not told:
        yield Notice(
            request.id,
            "eyes",
            f"The writer looked at the first {len(seen)} of {len(given)} pictures; "
            "more do not fit its context.",
        )
    return [piece for pieces in seen for piece in pieces]


def _looked_back(
    request: Continue, session: "Session"
) -> Generator[Event, None, dict[int, list["Chunk"]]]:
    """Return the steps' pictures as the writer sees them, by the place of their step.

    The earliest are left out for want of room.
    """
    pictured = [(n, step.image) for n, step in enumerate(request.given) if step.image is not None]
    places, images = [n for n, _ in pictured[::-1]], [given for _, given in pictured[::-1]]
    seen = yield from _looked_at(request.id, images, session, session.n_ctx // PAINTED)
    return dict(zip(places, seen, strict=False))


def _looked_at(
    request_id: str, images: Sequence[Image], session: "Session", room: int
) -> Generator[Event, None, list[list["Chunk"]]]:
    """Return the pieces of the first pictures that fit `room` tokens; none without eyes."""
    seen: list[list[Chunk]] = []
    if session.eyes is None:
        return seen
    for number, given in enumerate(images):
        yield Progress(request_id, "Looking", number, len(images), "pictures")
        session.ready()
        pieces = session.eyes.look(given.data())
        room -= sum(map(len, pieces))
        if room < 0:
            break
        seen.append([*pieces])
    return seen


def _from_nothing(request: Write) -> Continue:
    """Return the request as one that goes on behind no step."""
    return Continue(
        request.id, request.pack, request.prompt, request.seed, "", (), steps=request.steps
    )


def _writer(
    request: Continue,
    manifest: Manifest,
    session: "Session",
    examples: Sequence[Example],
    pictures: Sequence["Chunk"],
    seen: tuple[str, ...] | None,
    painted: Mapping[int, Sequence["Chunk"]],
) -> "TutorialWriter":
    from inference.writer.dialogue import WrittenStep
    from inference.writer.prompt import begin_of_vision, chat_format
    from inference.writer.tutorial import Draft, TutorialWriter

    there = [WrittenStep(step.title, step.body, step.description) for step in request.given]
    return TutorialWriter(
        session,
        chat_format(session.model, manifest.chat_format),
        begin_of_vision(session.model, manifest.begin_of_vision),
        request.prompt or request.title,  # a tutorial that was imported has no prompt
        examples,
        request.seed,
        request.steps,
        Draft(request.title, materials=seen or (), steps=there, painted=painted),
        request.instruction,
        pictures,
        confirmed=seen is not None,
    )


def rewrite(request: Rewrite, manifest: Manifest, session: "Session") -> Iterator[Event]:
    """Yield the events of proposals for the steps that are asked for."""
    from inference.writer.dialogue import WrittenStep
    from inference.writer.grammar import TutorialGrammar
    from inference.writer.prompt import begin_of_vision, chat_format
    from inference.writer.rewriting import rewrite_step

    yield from _warnings(request.id, f"{request.title} {request.instruction}", manifest)
    chat = chat_format(session.model, manifest.chat_format)
    bov = begin_of_vision(session.model, manifest.begin_of_vision)
    steps = [step for step in request.steps if request.only in ("", step.step)]
    kept = 0
    for number, step in enumerate(steps):
        progress = Progress(request.id, "Rewriting", number, len(steps), "steps")
        old = WrittenStep(step.title, step.body, step.description)
        latin = max(f"{step.title}{step.body}{request.instruction}", default="") < "\u0250"
        grammar = TutorialGrammar(bov, latin=latin)
        seed = [request.seed, request.steps.index(step)]
        writing = rewrite_step(
            session, chat, grammar, request.title, old, request.instruction, seed
        )
        new = yield from _streamed(step.step, writing, progress)
        kept += new == old
        yield StepFinished(
            request.id, step.step, new.title, new.body, step.description, "", manifest.weak
        )
    if kept:
        yield Notice(
            request.id,
            "kept",
            f"Unchanged: {kept} of {len(steps)}, for the writer of the pack {manifest.id} found no "
            "better words that can be trusted.",
        )


def _streamed(
    step: str, writing: Iterator["str | WrittenStep"], progress: Progress
) -> Generator[Event, None, "WrittenStep"]:
    """Yield the growing body as deltas, each from where it differs; return the step.

    Where the body does not grow there is still an event, since a cancel waits for the next one.
    """
    shown = ""
    for written in writing:
        text = written if isinstance(written, str) else written.body
        if text != shown:
            longer = shown if text.startswith(shown) else text
            start = len(longer) if shown.startswith(longer) else 0
            yield TextDelta(progress.id, step, "body", start, text[start:])
            shown = text
        else:
            yield progress
        if not isinstance(written, str):
            return written
    raise AssertionError("the last thing written is the step")


def illustrate(request: Write, desk: Desk) -> Iterator[Event]:
    """Yield the events of pictures for the author's own steps; their words stay as they are."""
    prefix = Prefix(request.title, [request.prompt])
    for given in request.given:
        spare = given.title if desk.draws_anything else ""
        text = given.description or describe(given.title, given.body, desk.drawings) or spare
        if text != given.description:
            yield TextDelta(request.id, given.step, "description", 0, text)
        yield from _finish(request, prefix, replace(given, description=text), desk, draft=False)
        lacking = "" if text else undrawn(given.title, given.body, desk.drawings)
        if lacking and request.paint:
            yield Notice(request.id, "no-drawing", str(NoDrawing(lacking)), given.step)


def redraw(request: Redraw, desk: Desk) -> Iterator[Event]:
    """Yield the events of one picture painted again; raises NoDrawing or CannotFix."""
    given = request.paint
    if not given.description and given.mode == "new":
        draft = describe(given.heading, given.body, desk.drawings)
        if draft is None and not desk.draws_anything:
            raise NoDrawing(undrawn(given.heading, given.body, desk.drawings) or "this step")
        given = replace(given, description=draft or given.heading)
    if request.steps:
        own = replace(request.steps[-1], description=given.description)
        steps = enumerate((*request.steps[:-1], own), 1)
        texts = (step_chunk(i, s.title, s.body, s.description) for i, s in steps)
        given = replace(given, chunks=(request.prompt, *texts))
    yield from _painting(request.id, request.step, request.picture, given, desk)


def _finish(
    request: Writing, prefix: Prefix, text: GivenStep, desk: Desk, *, draft: bool
) -> Iterator[Event]:
    """Finish a step, add it to the prefix and paint its picture, if it shall have one now."""
    picture = (text.picture or secrets.token_hex(8)) if text.description else ""
    yield StepFinished(
        request.id, text.step, text.title, text.body, text.description, picture, draft
    )
    number = len(prefix.chunks)
    prefix.chunks.append(step_chunk(number, text.title, text.body, text.description))
    if not picture or not request.paint:
        return
    given = PaintInput(
        title=prefix.title,
        heading=text.title,
        body=text.body,
        description=text.description,
        chunks=tuple(prefix.chunks),
        conditions=tuple(prefix.pictures),
        seed=request.seed + number,
        look=request.look,
        options=request.options,
    )
    try:
        painted = yield from _painting(request.id, text.step, picture, given, desk)
        prefix.pictures.insert(0, painted)
    except (NoDrawing, PainterError, PackError, WriterError) as error:
        yield Notice(request.id, "no-drawing", str(error), text.step)


def _painting(
    request_id: str, step: str, picture: str, given: PaintInput, desk: Desk
) -> Generator[Event, None, Condition]:
    """Paint one picture; return it as a condition of the next."""
    yield PaintStarted(request_id, step, picture)
    for seen in painting(given, desk.drawings, desk.painter):
        if isinstance(seen, Painted):
            painted = seen
        elif isinstance(seen, Remark):
            yield Notice(request_id, "memory", seen.message, step)
        else:
            shown = image(seen.png, seen.width, seen.height)
            yield PaintPreview(request_id, step, picture, seen.done, seen.total, shown)
    if painted.missing:
        told = str(NoDrawing(", ".join(painted.missing)))
        yield Notice(request_id, "no-drawing", told, step)
    shown = image(painted.png, painted.width, painted.height)
    yield PaintFinished(
        id=request_id,
        step=step,
        picture=picture,
        image=shown,
        source=painted.source,
        recipe=painted.recipe,
        chunks=painted.chunks,
        alt_text=painted.alt_text,
    )
    pixels = None if "scene" in painted.source else shown
    return Condition("previous", shown.sha256, painted.source, pixels)


def _warnings(request_id: str, asked: str, manifest: Manifest) -> Iterator[Event]:
    """Tell of a topic that can hurt and of a language that the writer was not made for."""
    danger = hazard(asked)
    if danger is not None:
        yield Notice(request_id, "hazard", danger)
    language = other_language(asked, manifest.languages)
    if language is not None:
        yield Notice(request_id, "language", language)


def _notices(
    request: Writing, asked: str, manifest: Manifest, examples: Sequence[Example]
) -> Iterator[Event]:
    from inference.writer.examples import nearest, same_topic

    yield from _warnings(request.id, asked, manifest)
    if isinstance(request, Continue):
        return
    if request.images and not manifest.eyes:
        yield Notice(
            request.id,
            "eyes",
            f"The pack {manifest.id} can't see pictures: yours are kept in the tutorial, and the "
            "text is written from the prompt alone.",
        )
    example = nearest(asked, (), examples)
    if same_topic(asked, example):
        yield Notice(
            request.id,
            "example",
            f"There is a hand-written tutorial on this: {example.title}. "
            f"To start from it: interstep write --from {example.name}",
        )
