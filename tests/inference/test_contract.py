"""What every engine keeps to, the fake one too: the studio relies on no more than this."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engine_process import (
    FAKE,
    REAL,
    EngineProcess,
    cancel,
    ends_within,
    illustrate,
    long_work,
)

from inference.protocol import (
    LAST_EVENTS,
    MAX_LINE,
    VERSION,
    Cancelled,
    Continue,
    Event,
    Failed,
    Finished,
    Load,
    Loading,
    PaintFinished,
    PaintStarted,
    Probe,
    Progress,
    Ready,
    Rewrite,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
    request_line,
)

COMMANDS = {"fake": FAKE, "real": REAL}
BOTH = pytest.mark.parametrize("kind", ["fake", "real"])
WRITE = {"request": "Write", "id": "w", "pack": "", "prompt": "p", "seed": 1}
MALFORMED = {
    "empty line": b"",
    "not JSON": b"hello",
    "half an object": b'{"request": "Probe", "id": "x"',
    "two objects": b'{"request": "Probe", "id": "x"} {}',
    "a list": b"[]",
    "null": b"null",
    "not UTF-8": b'{"request": "Probe", "id": "\xff\xfe"}',
    "NUL": b"\x00\x00\x00",
    "NUL in text": b'{"request": "Probe", "id": "\x00"}',
    "half a character": rb'{"request": "Probe", "id": "\ud800"}',
    "no name": b'{"id": "x"}',
    "unknown request": b'{"request": "Destroy", "id": "x"}',
    "an event": b'{"event": "Finished", "id": "x"}',
    "a list as name": b'{"request": ' + b"[" * 900 + b"]" * 900 + b"}",
    "missing field": b'{"request": "Load", "id": "x"}',
    "unknown field": b'{"request": "Probe", "id": "x", "shell": "rm"}',
    "number as id": b'{"request": "Probe", "id": 1}',
    "yes as number": json.dumps(WRITE | {"seed": True}).encode(),
    "text as list": json.dumps(WRITE | {"given": "steps"}).encode(),
    "wrong inside": json.dumps(WRITE | {"given": [{"step": 1, "title": "", "body": ""}]}).encode(),
    "NaN": json.dumps(WRITE | {"seed": float("nan")}).encode(),
    "too large for a float": b'{"request": "Probe", "id": 1e999}',
    "too many digits": b'{"request": "Probe", "id": ' + b"9" * 5000 + b"}",
    "deep list": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000,
}


@pytest.fixture(scope="module", params=["fake", "real"])
def engine(request: pytest.FixtureRequest) -> Iterator[EngineProcess]:
    """One engine for many tests: each leaves it able to work."""
    with EngineProcess(COMMANDS[request.param]) as engine:
        engine.ready()
        yield engine


def ids(events: list[Event]) -> set[str]:
    return {"" if isinstance(event, Ready) else event.id for event in events}


def last_events(events: list[Event], request_id: str) -> list[Event]:
    return [e for e in events if isinstance(e, LAST_EVENTS) and e.id == request_id]


@BOTH
def test_ready_comes_first(kind: str) -> None:
    with EngineProcess(COMMANDS[kind]) as engine:
        engine.send(Probe("early"))
        ready = engine.ready()
        assert ready.version == VERSION
        assert ready.abilities
        assert ids(engine.until_end("early")) == {"early"}


def test_a_request_has_its_events_and_one_end(engine: EngineProcess) -> None:
    engine.send(illustrate("w"), Probe("after"))
    events = engine.until_end("after")
    own = [e for e in events if not isinstance(e, Ready) and e.id == "w"]
    assert ids(events) == {"w", "after"}
    assert own == events[: len(own)], "one request after the other"
    assert last_events(events, "w") == [Finished("w")] == own[-1:]
    finished = [e.step for e in own if isinstance(e, StepFinished)]
    painted = [e for e in own if isinstance(e, PaintFinished)]
    assert finished == [e.step for e in painted] == ["s1", "s2"]
    assert all(e.image.data().startswith(b"\x89PNG") for e in painted)
    assert all(set(e.recipe["chunks"]) == set(e.chunks) for e in painted)


def test_more_steps_and_other_words(engine: EngineProcess, starter_gguf: Path) -> None:
    assert starter_gguf.exists()
    there = illustrate("w").given
    engine.send(
        Continue("c", "starter", "Wash a dog", 1, "Wash a dog", there, steps=1, paint=False),
        Rewrite("r", "starter", "Wash a dog", 1, "Wash a dog", there, "shorter"),
    )
    more = engine.until_end("c")
    started = [event.step for event in more if isinstance(event, StepStarted)]
    new = [event for event in more if isinstance(event, StepFinished)]
    assert [event.step for event in new] == started
    assert len(started) == 1
    assert started[0] not in ("s1", "s2")
    assert new[0].title not in [step.title for step in there]
    assert bool(new[0].picture) == bool(new[0].description)
    assert not any(isinstance(event, PaintStarted | PaintFinished) for event in more)
    assert more[-1] == Finished("c")
    words = engine.until_end("r")
    proposed = [event for event in words if isinstance(event, StepFinished)]
    assert [(event.step, event.picture) for event in proposed] == [("s1", ""), ("s2", "")]
    assert not any(isinstance(event, StepStarted) for event in words)
    assert {event.field for event in words if isinstance(event, TextDelta)} == {"body"}
    assert words[-1] == Finished("r")


def test_text_alone_is_not_painted(engine: EngineProcess) -> None:
    engine.send(replace(illustrate("w"), paint=False))
    events = engine.until_end("w")
    assert [event.step for event in events if isinstance(event, StepFinished)] == ["s1", "s2"]
    assert all(event.picture for event in events if isinstance(event, StepFinished))
    assert not any(isinstance(event, PaintStarted | PaintFinished) for event in events)


def test_a_take_is_its_recipe(engine: EngineProcess) -> None:
    """The same request gives the same bytes; another recipe is another take."""
    pictures = []
    for prompt in ("Wash a dog", "Wash a dog", "Wash the dog"):
        engine.send(replace(illustrate("w", steps=1), prompt=prompt))
        (painted,) = (e for e in engine.until_end("w") if isinstance(e, PaintFinished))
        pictures.append(painted)
    first, same, other = pictures
    assert first.image == same.image
    assert first.recipe == same.recipe
    assert other.image != first.image
    assert other.source == first.source


@pytest.mark.parametrize("line", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_line_is_an_error_and_no_end(engine: EngineProcess, line: bytes) -> None:
    engine.send_bytes(line + b"\n" + request_line(Probe("next")).encode() + b"\n")
    error, *rest = engine.until_end("next")
    assert isinstance(error, Failed)
    assert (error.id, error.kind) == ("", "protocol")
    assert len(error.message) < 300
    assert ids(rest) == {"next"}


def test_a_line_without_end_is_one_error(engine: EngineProcess) -> None:
    engine.send_bytes(b"x" * (MAX_LINE + 2**20) + b"\n")
    engine.send(Probe("next"))
    error, *rest = engine.until_end("next")
    assert isinstance(error, Failed)
    assert str(MAX_LINE) in error.message
    assert ids(rest) == {"next"}


def cancelled(engine: EngineProcess, target: str) -> tuple[float, list[Event]]:
    """Cancel; return the seconds to its answer, and all events until target and cancel ended."""
    sent = engine.send(cancel(target))
    answered = 0.0
    events: list[Event] = []
    ended: set[str] = set()
    while len(ended) < 2:
        event = engine.receive()
        assert not isinstance(event, Ready)
        events.append(event)
        if isinstance(event, LAST_EVENTS):
            ended.add(event.id)
        if event.id == f"cancel-{target}":
            answered = engine.received - sent
    assert ended == {target, f"cancel-{target}"}
    assert last_events(events, target) == [Cancelled(target)]
    assert engine.received - sent < 1
    return answered, events


def test_cancel_of_a_running_request(engine: EngineProcess) -> None:
    answered = []
    for _ in range(3):
        engine.send(long_work("w"))
        while not isinstance(engine.receive(), StepFinished | Progress):
            pass
        answered.append(cancelled(engine, "w")[0])
        engine.send(illustrate("next", steps=1))
        events = engine.until_end("next")
        assert ids(events) == {"next"}, "a cancelled request is silent"
        assert last_events(events, "next") == [Finished("next")]
    assert sorted(answered)[1] < 0.1


def test_cancel_of_a_waiting_request(engine: EngineProcess) -> None:
    engine.send(long_work("first"), illustrate("second"), Probe("third"))
    while not isinstance(engine.receive(), StepFinished | Progress):
        pass
    engine.send(cancel("second"))
    events = engine.until_end("second")
    assert [e for e in events if not isinstance(e, Ready) and e.id == "second"] == [
        Cancelled("second")
    ]
    assert not last_events(events, "first"), "it goes on"
    engine.send(cancel("first"))
    events = engine.until_end("third")
    assert last_events(events, "first") == [Cancelled("first")]
    assert last_events(events, "third") == [Finished("third")]


@pytest.mark.parametrize("target", ["done", "unknown", "", "cancel-unknown", "\x00 \U0001f335"])
def test_cancel_of_what_does_not_run(engine: EngineProcess, target: str) -> None:
    engine.send(Probe("done"))
    engine.until_end("done")
    engine.send(cancel(target), Probe("next"))
    assert [e for e in engine.until_end("next") if isinstance(e, LAST_EVENTS)] == [
        Finished(f"cancel-{target}"),
        Finished("next"),
    ]


def test_a_cancel_at_any_moment_leaves_one_end(engine: EngineProcess) -> None:
    names = [f"r{n}" for n in range(150)]
    for name in names:
        engine.send(Probe(name), cancel(name))
    engine.send(Probe("after"))
    events = engine.until_end("after")
    for name in names:
        assert len(last_events(events, name)) == 1
        assert last_events(events, f"cancel-{name}") == [Finished(f"cancel-{name}")]


@BOTH
def test_it_ends_with_its_requests(kind: str) -> None:
    with EngineProcess(COMMANDS[kind]) as engine:
        engine.ready()
        assert engine.end() < 2
        assert engine.code == 0


@pytest.mark.parametrize(("kind", "prompt"), [("fake", "slow"), ("fake", "hang"), ("real", "")])
def test_it_ends_in_the_middle_of_work(kind: str, prompt: str) -> None:
    with EngineProcess(COMMANDS[kind]) as engine:
        engine.ready()
        engine.send(illustrate("w", prompt, 400), Probe("waiting"))
        engine.receive()
        assert engine.end() < 2
        assert engine.code == 0


@BOTH
@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_with_a_killed_parent(kind: str, busy: bool) -> None:
    parent = textwrap.dedent(
        """
        import subprocess, sys, time
        engine = subprocess.Popen(sys.argv[2:], stdin=-1, stdout=-1)
        engine.stdin.write(sys.argv[1].encode())
        engine.stdin.flush()
        engine.stdout.readline()
        if sys.argv[1]:
            engine.stdout.readline()
        print(engine.pid, flush=True)
        time.sleep(60)
        """
    )
    line = request_line(long_work("w")) + "\n" if busy else ""
    command = [sys.executable, "-c", parent, line, *COMMANDS[kind]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        assert ends_within(pid, 2)


@BOTH
def test_an_interrupt_of_the_terminal_is_the_studios(kind: str) -> None:
    with EngineProcess(COMMANDS[kind]) as engine:
        engine.ready()
        engine.send(illustrate("w"))
        engine.receive()
        os.kill(engine.pid, signal.SIGINT)
        assert engine.until_end("w")[-1] == Finished("w")


def test_prints_do_not_reach_the_wire(tmp_path: Path) -> None:
    noisy = textwrap.dedent(
        """
        import fake_engine
        from inference import __main__, engine

        def handle(self, request, stop, quiet=engine.Engine.handle):
            fake_engine.make_noise()
            yield from quiet(self, request, stop)

        engine.Engine.handle = handle
        __main__.main()
        """
    )
    tests = str(Path(__file__).parents[1])
    code = f"import sys; sys.path.append({tests!r})\n{noisy}"
    for command in (FAKE, (sys.executable, "-P", "-c", code)):
        with (tmp_path / "stderr").open("w+b") as stderr, EngineProcess(command, stderr) as engine:
            engine.ready()
            engine.send(illustrate("w", "noise"))
            assert ids(engine.until_end("w")) == {"w"}
            stderr.seek(0)
            assert stderr.read().splitlines() == [
                b"a library prints",
                b"a C library prints",
                b"a child prints",
            ]


def test_cancel_inside_a_long_prompt(starter_gguf: Path) -> None:
    assert starter_gguf.exists()
    with EngineProcess(REAL) as engine:
        engine.ready()
        if hasattr(os, "sched_setaffinity"):
            # llama.cpp's threads wait for each other where other programs hold the cores.
            os.sched_setaffinity(engine.pid, list(os.sched_getaffinity(0))[:1])
        engine.send(Load("load", "starter"))
        events = engine.until_end("load")
        assert any(isinstance(event, Loading) for event in events)
        assert events[-1] == Finished("load")
        prompt = ("How do I wash a dog that runs away? " * 60)[:2000]
        answered = []
        for _ in range(3):
            engine.send(Write("w", "starter", prompt, 1))
            while not isinstance(engine.receive(), Progress):
                pass
            seconds, events = cancelled(engine, "w")
            answered.append(seconds)
            assert not any(isinstance(event, StepFinished) for event in events)
        assert sorted(answered)[1] < 0.1
        engine.send(illustrate("next"))
        assert ids(engine.until_end("next")) == {"next"}
