"""The fake engine fails as its script says, and only there."""

from dataclasses import replace
from pathlib import Path

import fake_engine
import pytest
from engine_process import FAKE, EngineProcess, illustrate

from inference.protocol import (
    Cancel,
    Cancelled,
    Continue,
    Event,
    Finished,
    GivenStep,
    PaintFinished,
    PaintInput,
    PaintPreview,
    PaintStarted,
    Probe,
    Redraw,
    Request,
    Rewrite,
    StepFinished,
    TextDelta,
    Write,
)

THERE = (GivenStep("s1", "One", "Do one."), GivenStep("s3", "Three", "Do three."))
PAINT = PaintInput("", "", "", "a square", (), (), 1, instruction="previews")


def answer(request: Request) -> list[Event]:
    """Return all events of a request to a fresh fake engine."""
    with EngineProcess(FAKE) as engine:
        engine.ready()
        engine.send(request)
        return engine.until_end(request.id)


def until_the_end(engine: EngineProcess) -> list[Event]:
    """Return all events until the process is gone."""
    events: list[Event] = []
    try:
        while True:
            events.append(engine.receive())
    except EOFError:
        return events


@pytest.mark.parametrize(
    "request_",
    [
        illustrate("r", "previews", 1),
        illustrate("r", "slow paint, please", 1),
        Redraw("r", "s1", "p1", PAINT),
        Redraw("r", "s1", "p1", replace(PAINT, instruction=""), prompt="previews"),
        Continue("r", "", "previews", 1, "", THERE, steps=1),
    ],
    ids=lambda request: type(request).__name__,
)
def test_previews_come_while_it_paints(request_: Request) -> None:
    events = answer(request_)
    kinds = [type(event) for event in events if "Paint" in type(event).__name__]
    assert kinds == [PaintStarted, *[PaintPreview] * fake_engine.PREVIEWS, PaintFinished]
    previews = [event for event in events if isinstance(event, PaintPreview)]
    assert [event.done for event in previews] == list(range(1, fake_engine.PREVIEWS + 1))
    assert all(event.image.data().startswith(b"\x89PNG") for event in previews)


def test_a_slow_picture_can_be_stopped() -> None:
    with EngineProcess(FAKE) as engine:
        engine.ready()
        engine.send(illustrate("r", "slow paint", 3))
        while not isinstance(engine.receive(), PaintPreview):
            pass
        engine.send(Cancel("stop", "r"))
        events = engine.until_end("r")
        assert events[-1] == Cancelled("r")
        assert not any(isinstance(event, PaintFinished) for event in events)


def test_a_crash_inside_a_picture() -> None:
    with EngineProcess(FAKE) as engine:
        engine.ready()
        engine.send(illustrate("r", fake_engine.CRASH))
        assert isinstance(until_the_end(engine)[-1], PaintStarted)
        assert engine.end() < 2
        assert engine.code == 70


def test_a_hang_inside_a_picture() -> None:
    with EngineProcess(FAKE) as engine:
        engine.ready()
        engine.send(illustrate("r", fake_engine.HANG), Probe("next"))
        while not isinstance(engine.receive(), PaintStarted):
            pass
        assert engine.end() < 2


def test_ten_megabytes_of_complaints(tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("wb") as stderr, EngineProcess(FAKE, stderr) as engine:
        engine.ready()
        engine.send(illustrate("r", "10 MB of stderr"))
        assert engine.until_end("r")[-1] == Finished("r")
    assert (tmp_path / "stderr").stat().st_size == fake_engine.COMPLAINTS


def test_a_slow_start() -> None:
    with EngineProcess((*FAKE, "0.2")) as engine:
        engine.send(Probe("r"))
        engine.ready()
        assert engine.until_end("r")[-1] == Finished("r")


def test_a_long_tutorial_streams_word_by_word() -> None:
    events = answer(Write("r", "", "long", 1, paint=False))
    finished = [event for event in events if isinstance(event, StepFinished)]
    assert len(finished) == fake_engine.LONG_STEPS
    for step in finished:
        parts = [e for e in events if isinstance(e, TextDelta) and e.step == step.step]
        bodies = [part for part in parts if part.field == "body"]
        assert len(bodies) == len(step.body.split())
        assert "".join(part.text for part in bodies) == step.body


def test_it_goes_on_under_new_ids_and_rewrites() -> None:
    more = answer(Continue("r", "", "How?", 1, "", THERE))
    ids = [event.step for event in more if isinstance(event, StepFinished)]
    assert len(ids) == 2
    assert not {"s1", "s3"} & set(ids)
    words = answer(Rewrite("r", "", "How?", 1, "", THERE, "with care", only="s3"))
    (step,) = (event for event in words if isinstance(event, StepFinished))
    assert (step.step, step.title, step.body) == ("s3", "Three", "Do three. with care")
