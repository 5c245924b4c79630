"""A stand-in for the engine: the real protocol and the real server, with a scripted handle.

A request's prompt, instruction or pack names what goes wrong; anything else goes well. No model,
no drawings, nothing heavy. As a program it takes one argument: the seconds until it is ready.
"""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from inference.__main__ import claim_pipes
from inference.context import chunk_hashes
from inference.protocol import (
    MAX_LINE,
    Condition,
    Continue,
    Event,
    Failed,
    Finished,
    Found,
    GivenStep,
    Install,
    Load,
    Loading,
    Notice,
    PaintFinished,
    PaintInput,
    PaintPreview,
    PaintStarted,
    Probe,
    Progress,
    Redraw,
    Remove,
    Request,
    Rewrite,
    StepFinished,
    StepStarted,
    TextDelta,
    Verify,
    Write,
    event_line,
    image,
    to_json,
)
from inference.serving import Server

Stop = Callable[[], bool]

SIDE = 16  # pixels of a picture
SLOW_STEPS = 200
SLOW = 0.02  # seconds between two events of slow work
PREVIEWS = 5  # of a picture
PREVIEW = 0.05  # seconds between two of them
LONG_STEPS = 12
LOOK = 0.3  # seconds for each thing that a slow look finds
WORD = 0.02  # seconds between two words of a long tutorial: no pack on two cores is as quick
COMPLAINTS = 10 * 2**20  # bytes
CRASH, HANG = "crash inside a picture", "hang inside a picture"


def main() -> None:
    """Serve until the other side closes the pipe."""
    requests, wire = claim_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    time.sleep(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    Server(requests, wire, lambda request, stop: events_of(request, stop, wire)).serve(("fake",))
    os._exit(0)


def script_of(request: Request) -> str:
    """Return what the request asks the script for."""
    match request:
        case Write(prompt=script) | Load(pack=script):
            return script
        case Continue(instruction=script) | Rewrite(instruction=script):
            return script
        case Redraw(paint=PaintInput(instruction=script)):
            return script
    return ""


def events_of(request: Request, stop: Stop, wire: BinaryIO) -> Iterator[Event]:
    """Yield the request's events, the last one included; misbehave where the script says so."""
    script = script_of(request)
    if script == "out of memory":
        yield Failed(request.id, "memory", "there is not enough memory", "Close programs.")
        return
    yield from misbehave(script, request, stop, wire)
    match request:
        case Load() | Install() | Verify() | Remove():
            yield Loading(request.id, request.pack)
        case Probe():
            yield Found(request.id, {"packs": []})
        case Write():
            yield from write(request, stop)
        case Continue():
            yield from go_on(request, stop)
        case Rewrite():
            yield from rewrite(request)
        case Redraw():
            scripts = (script, request.prompt)
            place = (request.id, request.step, request.picture)
            yield from paint(*place, request.paint, scripts, stop)
    yield Finished(request.id)


def misbehave(script: str, request: Request, stop: Stop, wire: BinaryIO) -> Iterator[Event]:
    """Do what the script names."""
    match script:
        case "crash":
            yield StepStarted(request.id, "s1")
            os._exit(70)
        case "hang":
            yield Progress(request.id, "hanging", 0, 0, "tokens")
            time.sleep(3600)
        case "garbage":
            wire.write(b'\x00\xff\n{"event": "Finished"}\n[]\n{"event": "Nonsense", "id": "x"}\n\n')
        case "half a line":
            wire.write(event_line(Finished(request.id)).encode()[:20])
            wire.flush()
            os._exit(7)
        case "huge line":
            wire.write(b"x" * (MAX_LINE + 10))
            wire.flush()
        case "stranger":
            strange = StepFinished("another-request", "s9", "Not yours", "", "", "", False)
            for event in (strange, Finished("another-request")):
                wire.write(event_line(event).encode() + b"\n")
        case "error":
            raise RuntimeError("the script says so")
        case "two ends":
            yield Finished(request.id)
            yield Finished(request.id)
        case "half a character":
            yield Notice(request.id, "pack", "a file called \udcff.gguf")
        case "noise":
            make_noise()
        case "10 MB of stderr":
            for _ in range(COMPLAINTS // 1024):
                os.write(2, b"a library complains ".ljust(1023, b"!") + b"\n")
        case "slow":
            for done in range(SLOW_STEPS):
                if stop():
                    return
                yield Progress(request.id, "slow", done, SLOW_STEPS, "tokens")
                time.sleep(SLOW)


def make_noise() -> None:
    """Print in every way in which a library can."""
    print("a library prints")
    sys.stdout.flush()
    os.write(1, b"a C library prints\n")
    subprocess.run([sys.executable, "-c", "print('a child prints')"], check=True)


def never() -> bool:
    """The stop of work that nobody stops."""
    return False


def write(request: Write, stop: Stop = never) -> Iterator[Event]:
    """Yield the author's own steps or new ones, two or as many as asked, each with a picture.

    Of photos it lists first what they show, but sees nothing where the prompt is "blind".
    """
    if request.seeing:
        yield Progress(request.id, "Looking", 0, len(request.images), "pictures")
        for seen in () if request.prompt == "blind" else ("a bowl", "a bowl\na frog"):
            yield TextDelta(request.id, "", "materials", 0, seen)
            if request.prompt == "slow look":
                time.sleep(LOOK)
                if stop():
                    return
        return
    if not request.given:
        yield TextDelta(request.id, "", "title", 0, "A tutorial")
        if request.materials:
            told = f"With {' and '.join(request.materials)}."
            yield TextDelta(request.id, "", "summary", 0, told)
        elif request.materials is None or request.prompt == "blind":
            yield TextDelta(request.id, "", "materials", 0, "a bowl\na spoon")
    count = LONG_STEPS if request.prompt == "long" else request.steps or 2
    new = tuple(new_step(f"s{n}", f"p{n}", n, request.prompt) for n in range(1, count + 1))
    yield from steps_of(request, request.given or new, (), not request.given, stop)


def go_on(request: Continue, stop: Stop = never) -> Iterator[Event]:
    """Yield two more steps, or as many as asked."""
    there = len(request.given)
    new = tuple(
        new_step(f"{request.id}-s{n}", f"{request.id}-p{n}", n, request.instruction)
        for n in range(there + 1, there + 1 + (request.steps or 2))
    )
    yield from steps_of(request, new, request.given, True, stop)


def new_step(step: str, picture: str, number: int, script: str) -> GivenStep:
    """Return a step as the fake writer writes it."""
    body = f"Do thing {number}."
    if script == "long":
        body = " ".join(f"Do part {part} of thing {number}." for part in range(1, 9))
    return GivenStep(step, f"Step {number}", body, f"thing {number}", picture)


def steps_of(
    request: Write | Continue,
    steps: tuple[GivenStep, ...],
    before: tuple[GivenStep, ...],
    written: bool,
    stop: Stop,
) -> Iterator[Event]:
    """Yield steps with their pictures; written: by the engine, so that their text streams."""
    chunks = [request.prompt, *(step.body for step in before)]
    conditions = request.conditions if isinstance(request, Continue) else ()
    scripts = (script_of(request), request.prompt)
    for number, step in enumerate(steps, len(before) + 1):
        if written:
            total = len(before) + len(steps)
            yield Progress(request.id, "Writing", number - 1, total, "steps")
            yield StepStarted(request.id, step.step)
            if "long" in scripts:
                yield from streamed(request.id, step, stop)
            else:
                yield TextDelta(request.id, step.step, "body", 0, step.body)
        described = step.description or f"thing {number}"
        picture = step.picture or f"p{number}"
        yield StepFinished(
            request.id, step.step, step.title, step.body, described, picture, written
        )
        chunks.append(step.body)
        if not request.paint:
            continue
        given = PaintInput(
            title=request.title,
            heading=step.title,
            body=step.body,
            description=described,
            chunks=tuple(chunks),
            conditions=conditions,
            seed=request.seed + number,
            look=request.look,
            options=request.options,
        )
        for event in paint(request.id, step.step, picture, given, scripts, stop):
            yield event
            if isinstance(event, PaintFinished):
                taken = Condition("previous", event.image.sha256, event.source)
                conditions = (taken, *conditions)


def streamed(request_id: str, step: GivenStep, stop: Stop) -> Iterator[Event]:
    """Yield a step's text, word by word."""
    yield TextDelta(request_id, step.step, "title", 0, step.title)
    at = 0
    for word in re.findall(r"\S+\s*", step.body):
        if stop():
            return
        yield TextDelta(request_id, step.step, "body", at, word)
        at += len(word)
        time.sleep(WORD)
    yield TextDelta(request_id, step.step, "description", 0, step.description)


def rewrite(request: Rewrite) -> Iterator[Event]:
    """Yield for each step, or the one asked for, its text with the instruction behind it."""
    for step in request.steps:
        if request.only in ("", step.step):
            body = f"{step.body} {request.instruction}"
            yield TextDelta(request.id, step.step, "body", 0, step.body)
            yield TextDelta(request.id, step.step, "body", len(step.body), body[len(step.body) :])
            yield StepFinished(request.id, step.step, step.title, body, step.description, "", True)


def paint(
    request_id: str,
    step: str,
    picture: str,
    given: PaintInput,
    scripts: tuple[str, ...] = (),
    stop: Stop = never,
) -> Iterator[Event]:
    """Yield the events of one picture, a square whose colour is the seed."""
    yield PaintStarted(request_id, step, picture)
    if CRASH in scripts[:1]:
        os._exit(70)
    if HANG in scripts[:1]:
        time.sleep(3600)
    if any(s in ("previews", "long") or s.startswith("slow paint") for s in scripts):
        for done in range(1, PREVIEWS + 1):
            time.sleep(PREVIEW)
            if stop():
                return
            shown = image(png(given.seed + done), SIDE, SIDE)
            yield PaintPreview(request_id, step, picture, done, PREVIEWS, shown)
    hashes = chunk_hashes(given.chunks)
    conditions = [{"role": c.role, "sha256": c.sha256} for c in given.conditions]
    made = {"painter": "fake", "chunks": hashes, "conditions": conditions}
    recipe = to_json(given) | made
    yield PaintFinished(
        id=request_id,
        step=step,
        picture=picture,
        image=image(png(given.seed, json.dumps(recipe, sort_keys=True)), SIDE, SIDE),
        source={"colour": given.seed},
        recipe=recipe,
        chunks=dict(zip(hashes, given.chunks, strict=True)),
        alt_text=f"A square of colour {given.seed}.",
    )


def png(seed: int, recipe: str = "") -> bytes:
    """Return a small real PNG in one colour; its bytes tell its recipe."""
    file, text = io.BytesIO(), PngInfo()
    text.add_text("Interstep", hashlib.sha256(recipe.encode()).hexdigest())
    colour = (seed % 256, seed // 256 % 256, 90)
    Picture.new("RGB", (SIDE, SIDE), colour).save(file, "PNG", pnginfo=text)
    return file.getvalue()


if __name__ == "__main__":
    main()
