"""A stand-in for the engine: the real protocol and the real server, with a scripted handle.

A request's prompt, instruction or pack names what goes wrong; anything else goes well. No model,
no drawings, nothing heavy.
"""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import BinaryIO

from PIL import Image as Picture

from inference.__main__ import claim_pipes
from inference.context import chunk_hashes
from inference.protocol import (
    MAX_LINE,
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
    PaintStarted,
    Probe,
    Progress,
    Redraw,
    Remove,
    Request,
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


def main() -> None:
    """Serve until the other side closes the pipe."""
    requests, wire = claim_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Server(requests, wire, lambda request, stop: events_of(request, stop, wire)).serve(("fake",))
    os._exit(0)


def events_of(request: Request, stop: Stop, wire: BinaryIO) -> Iterator[Event]:
    """Yield the request's events, the last one included; misbehave where the script says so."""
    match request:
        case Write(prompt="out of memory") | Load(pack="out of memory"):
            yield Failed(request.id, "memory", "there is not enough memory", "Close programs.")
            return
        case Write(prompt=str(script)) | Redraw(paint=PaintInput(instruction=script)):
            yield from misbehave(script, request, stop, wire)
        case Load() | Install() | Verify() | Remove():
            yield Loading(request.id, request.pack)
        case Probe():
            yield Found(request.id, {"packs": []})
    match request:
        case Write():
            yield from write(request)
        case Redraw():
            yield from paint(request.id, request.step, request.picture, request.paint)
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


def write(request: Write) -> Iterator[Event]:
    """Yield the author's own steps, or two, each with a picture."""
    if not request.given:
        yield TextDelta(request.id, "", "title", 0, "A tutorial")
        yield TextDelta(request.id, "", "materials", 0, "a bowl\na spoon")
    own = request.given or (
        GivenStep("s1", "Step 1", "Do thing 1."),
        GivenStep("s2", "Step 2", "Do thing 2."),
    )
    chunks = [request.prompt]
    for number, step in enumerate(own, 1):
        if not request.given:
            yield StepStarted(request.id, step.step)
            yield TextDelta(request.id, step.step, "body", 0, step.body)
        description = step.description or f"thing {number}"
        picture = step.picture or f"p{number}"
        yield StepFinished(
            request.id, step.step, step.title, step.body, description, picture, not request.given
        )
        chunks.append(step.body)
        given = PaintInput(
            title=request.title,
            heading=step.title,
            body=step.body,
            description=description,
            chunks=tuple(chunks),
            conditions=(),
            seed=request.seed + number,
        )
        yield from paint(request.id, step.step, picture, given)


def paint(request_id: str, step: str, picture: str, given: PaintInput) -> Iterator[Event]:
    """Yield the events of one picture, a square whose colour is the seed."""
    yield PaintStarted(request_id, step, picture)
    hashes = chunk_hashes(given.chunks)
    conditions = [{"role": c.role, "sha256": c.sha256} for c in given.conditions]
    recipe = {"painter": "fake", "chunks": hashes, "conditions": conditions}
    yield PaintFinished(
        id=request_id,
        step=step,
        picture=picture,
        image=image(png(given.seed), SIDE, SIDE),
        source={},
        recipe=to_json(given) | recipe,
        chunks=dict(zip(hashes, given.chunks, strict=True)),
        alt_text=f"A square of colour {given.seed}.",
    )


def png(seed: int) -> bytes:
    """Return a small real PNG in one colour."""
    file = io.BytesIO()
    Picture.new("RGB", (SIDE, SIDE), (seed % 256, seed // 256 % 256, 90)).save(file, "PNG")
    return file.getvalue()


if __name__ == "__main__":
    main()
