"""The interleaved loop: text until `<BOV>`, a picture conditioned on all before it, more text.

Source: DuoGen, section 3. The pictures of the CPU packs do not re-enter the writer's context, for
their writers have no eyes: the loop paints and writes on.
"""

import secrets
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assets.corpus import Example
from assets.sprites import Library
from inference.context import step_chunk
from inference.notices import hazard, other_language
from inference.packs.manifest import Manifest
from inference.painter.painting import SIZE, Painted, paint
from inference.painter.storyboard import NoDrawing, describe
from inference.protocol import (
    Condition,
    Event,
    GivenStep,
    Notice,
    PaintFinished,
    PaintInput,
    PaintStarted,
    Progress,
    Redraw,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
    image,
)

if TYPE_CHECKING:
    from inference.writer.session import Session


@dataclass
class Prefix:
    """What stands before the next picture. pictures: nearest first."""

    title: str
    chunks: list[str]
    pictures: list[Condition] = field(default_factory=list)


def write(
    request: Write,
    manifest: Manifest,
    session: "Session",
    drawings: Library,
    examples: Sequence[Example],
) -> Iterator[Event]:
    """Yield the events of a tutorial written from a prompt."""
    from inference.writer.examples import nearest, same_topic
    from inference.writer.prompt import begin_of_vision, chat_format
    from inference.writer.tutorial import Delta, Prefilled, TutorialWriter, WrittenStep

    yield from _notices(request, manifest)
    example = nearest(request.prompt, (), examples)
    if same_topic(request.prompt, example):
        yield Notice(
            request.id,
            "example",
            f"There is a hand-written tutorial on this: {example.title}. "
            f"To start from it: interstep write --from {example.name}",
        )
    writer = TutorialWriter(
        session,
        chat_format(session.model, manifest.chat_format),
        begin_of_vision(session.model, manifest.begin_of_vision),
        request.prompt,
        examples,
        request.seed,
        request.steps,
    )
    prefix = Prefix("", [request.prompt])
    steps: list[str] = []
    pictured = 0  # the number of the last step that got a picture
    warned = hazard(request.prompt) is not None
    for written in writer.write():
        match written:
            case Prefilled(done=done, total=total):
                yield Progress(request.id, "Reading and planning", done, total, "tokens")
            case Delta(step=step):
                if step is not None and step == len(steps):
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
                if not description and len(prefix.chunks) - pictured > 1:
                    # Two steps in a row without: a weak writer goes on like that to the end.
                    description = describe(written.title, written.body, drawings) or ""
                if description:
                    pictured = len(prefix.chunks)
                text = GivenStep(steps[-1], written.title, written.body, description)
                yield from _finish(request, prefix, text, drawings, draft=manifest.weak)


def illustrate(request: Write, drawings: Library) -> Iterator[Event]:
    """Yield the events of pictures for the author's own steps; their words stay as they are."""
    prefix = Prefix(request.title, [request.prompt])
    for given in request.given:
        described = given
        if not given.description:
            draft = describe(given.title, given.body, drawings) or ""
            described = replace(given, description=draft)
            if draft:
                yield TextDelta(request.id, given.step, "description", 0, draft)
        yield from _finish(request, prefix, described, drawings, draft=False)


def redraw(request: Redraw, drawings: Library) -> Iterator[Event]:
    """Yield the events of one picture painted again; raises NoDrawing or CannotFix."""
    given = request.paint
    if not given.description and given.mode == "new":
        draft = describe(given.heading, given.body, drawings)
        if draft is None:
            raise NoDrawing(given.heading or "this step")
        given = replace(given, description=draft)
    if request.steps:
        own = replace(request.steps[-1], description=given.description)
        steps = enumerate((*request.steps[:-1], own), 1)
        texts = (step_chunk(i, s.title, s.body, s.description) for i, s in steps)
        given = replace(given, chunks=(request.prompt, *texts))
    yield from _painting(request.id, request.step, request.picture, given, drawings)


def _finish(
    request: Write, prefix: Prefix, text: GivenStep, drawings: Library, *, draft: bool
) -> Iterator[Event]:
    """Finish a step, add it to the prefix and paint its picture, if it has a description."""
    picture = (text.picture or secrets.token_hex(8)) if text.description else ""
    yield StepFinished(
        request.id, text.step, text.title, text.body, text.description, picture, draft
    )
    number = len(prefix.chunks)
    prefix.chunks.append(step_chunk(number, text.title, text.body, text.description))
    if not picture:
        return
    given = PaintInput(
        title=prefix.title,
        heading=text.title,
        body=text.body,
        description=text.description,
        chunks=tuple(prefix.chunks),
        conditions=tuple(prefix.pictures),
        seed=request.seed + number,
    )
    try:
        painted = yield from _painting(request.id, text.step, picture, given, drawings)
    except NoDrawing as error:
        yield Notice(request.id, "no-drawing", str(error), text.step)
        return
    sha256 = image(painted.png, SIZE, SIZE).sha256
    prefix.pictures.insert(0, Condition("previous", sha256, painted.source))


def _painting(
    request_id: str, step: str, picture: str, given: PaintInput, drawings: Library
) -> Generator[Event, None, Painted]:
    yield PaintStarted(request_id, step, picture)
    painted = paint(given, drawings)
    if painted.missing:
        yield Notice(
            request_id, "no-drawing", f"no drawing for: {', '.join(painted.missing)}", step
        )
    yield PaintFinished(
        id=request_id,
        step=step,
        picture=picture,
        image=image(painted.png, SIZE, SIZE),
        source=painted.source,
        recipe=painted.recipe,
        chunks=painted.chunks,
        alt_text=painted.alt_text,
    )
    return painted


def _notices(request: Write, manifest: Manifest) -> Iterator[Event]:
    danger = hazard(request.prompt)
    if danger is not None:
        yield Notice(request.id, "hazard", danger)
    language = other_language(request.prompt, manifest.languages)
    if language is not None:
        yield Notice(request.id, "language", language)
    if request.images and not manifest.eyes:
        yield Notice(
            request.id,
            "eyes",
            f"The pack {manifest.id} can't see pictures: yours are kept in the tutorial, and the "
            "text is written from the prompt alone.",
        )
