"""The engine process as Qt sees it: a good one, and all the bad ones."""

import sys
import time
from collections.abc import Callable, Iterator

import pytest
from engine_process import FAKE, illustrate, long_work, runs
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from app.engine.client import PATIENCE, Client
from inference.protocol import (
    LAST_EVENTS,
    Cancelled,
    Event,
    Failed,
    Finished,
    PaintFinished,
    Probe,
    Progress,
    Ready,
    Write,
)

WAIT = 20_000  # milliseconds after which a test gives up


class Listener:
    """Keeps what a client tells."""

    def __init__(self, python: str, *arguments: str) -> None:
        self.events: list[Event] = []
        self.stops: list[str] = []
        self.client = Client(python, arguments)
        self.client.event_received.connect(self.events.append)
        self.client.engine_stopped.connect(self.stops.append)

    def start(self) -> None:
        self.client.start()
        self.wait(lambda: bool(self.events or self.stops))

    def ask(self, request: Write | Probe) -> list[Event]:
        """Send a request and return its events when it has ended."""
        self.client.send(request)
        self.wait(lambda: bool(self.stops or self.last(request.id)))
        return self.of(request.id)

    def of(self, request_id: str) -> list[Event]:
        return [e for e in self.events if not isinstance(e, Ready) and e.id == request_id]

    def last(self, request_id: str) -> list[Event]:
        return [event for event in self.of(request_id) if isinstance(event, LAST_EVENTS)]

    def wait(self, condition: Callable[[], bool], milliseconds: int = WAIT) -> None:
        """Let Qt work until the condition holds, or the time is over."""
        loop, deadline, tick = QEventLoop(), QTimer(), QTimer()
        deadline.setSingleShot(True)
        deadline.timeout.connect(loop.quit)
        tick.timeout.connect(lambda: loop.quit() if condition() else None)
        deadline.start(milliseconds)
        tick.start(2)
        loop.exec()


@pytest.fixture
def fake(qt: QCoreApplication) -> Iterator[Listener]:
    listener = Listener(*FAKE)
    listener.start()
    yield listener
    listener.client.stop()
    listener.client.deleteLater()


def write(prompt: str) -> Write:
    return Write("w", "", prompt, 1)


def test_events_come_in_order(fake: Listener) -> None:
    assert isinstance(fake.events[0], Ready)
    assert runs(fake.client.pid)
    events = fake.ask(illustrate("w"))
    assert [e.step for e in events if isinstance(e, PaintFinished)] == ["s1", "s2"]
    assert fake.last("w") == events[-1:] == [Finished("w")]
    assert fake.stops == []


def test_the_installed_engine_is_the_default(qt: QCoreApplication) -> None:
    listener = Listener(sys.executable, "-P", "-m", "inference")
    default = Client()
    default.event_received.connect(listener.events.append)
    default.start()
    listener.wait(lambda: bool(listener.events))
    assert isinstance(listener.events[0], Ready)
    default.stop()
    assert default.pid == 0


def test_a_request_is_cancelled(fake: Listener) -> None:
    fake.client.send(long_work("w"))
    fake.wait(lambda: any(isinstance(event, Progress) for event in fake.events))
    fake.client.cancel("w")
    fake.wait(lambda: bool(fake.last("w") and fake.last("cancel-w")))
    assert fake.last("w") == [Cancelled("w")]
    assert fake.last("cancel-w") == [Finished("cancel-w")]


@pytest.mark.parametrize(("script", "code"), [("crash", 70), ("half a line", 7)])
def test_a_crash_is_told_once(fake: Listener, script: str, code: int) -> None:
    fake.ask(write(script))
    assert fake.last("w") == []
    (sentence,) = fake.stops
    assert f"code {code}" in sentence
    assert sentence.endswith(".")
    fake.client.send(Probe("too late"))
    fake.client.cancel("w")
    fake.client.stop()
    fake.wait(lambda: len(fake.stops) > 1, 50)
    assert fake.stops == [sentence]
    assert fake.client.pid == 0


def test_garbage_is_passed_over(fake: Listener) -> None:
    events = fake.ask(write("garbage"))
    assert events[-1] == Finished("w")
    assert {"" if isinstance(e, Ready) else e.id for e in fake.events} == {"", "w"}
    assert fake.ask(Probe("next"))[-1] == Finished("next")
    assert fake.stops == []


def test_what_is_for_another_request_says_so(fake: Listener) -> None:
    events = fake.ask(write("stranger"))
    assert events[-1] == Finished("w")
    assert len(fake.of("another-request")) == 2


@pytest.mark.parametrize(("script", "kind"), [("out of memory", "memory"), ("error", "internal")])
def test_a_failure_is_an_event_and_the_engine_goes_on(
    fake: Listener, script: str, kind: str
) -> None:
    (failed,) = fake.ask(write(script))
    assert isinstance(failed, Failed)
    assert failed.kind == kind
    assert fake.ask(Probe("next"))[-1] == Finished("next")
    assert fake.stops == []


@pytest.mark.parametrize("script", ["two ends", "half a character"])
def test_the_server_mends_what_the_work_got_wrong(fake: Listener, script: str) -> None:
    assert fake.ask(write(script))[-1] == Finished("w")
    assert fake.ask(Probe("next"))[-1] == Finished("next")
    assert fake.last("w") == [Finished("w")]


def test_a_line_without_end_ends_the_engine(fake: Listener) -> None:
    fake.ask(write("huge line"))
    assert len(fake.stops) == 1
    assert fake.client.pid == 0


@pytest.mark.parametrize("script", ["", "slow", "hang"])
def test_stop_is_in_time_and_silent(fake: Listener, script: str) -> None:
    if script:
        fake.client.send(write(script))
        fake.wait(lambda: any(isinstance(event, Progress) for event in fake.events))
    pid = fake.client.pid
    start = time.monotonic()
    fake.client.stop()
    fake.client.stop()
    assert time.monotonic() - start < 2
    assert not runs(pid)
    assert fake.stops == []


def test_an_engine_that_does_not_end_is_killed(qt: QCoreApplication) -> None:
    deaf = "import time; print('hello', flush=True); time.sleep(60)"
    listener = Listener(sys.executable, "-c", deaf)
    listener.client.start()
    listener.wait(lambda: listener.client.pid > 0)
    pid = listener.client.pid
    start = time.monotonic()
    listener.client.stop()
    assert PATIENCE / 1000 <= time.monotonic() - start < PATIENCE / 1000 + 1
    assert not runs(pid)
    assert listener.stops == []


def test_the_last_complaint_is_told(qt: QCoreApplication) -> None:
    listener = Listener(sys.executable, "-c", "import sys; sys.exit('no such model')")
    listener.start()
    (sentence,) = listener.stops
    assert "no such model" in sentence


def test_complaints_do_not_stop_the_engine(qt: QCoreApplication) -> None:
    loud = (
        "import sys; sys.stderr.write('complaint ' * 2_000_000); "
        'print(\'{"event": "Finished", "id": "w"}\')'
    )
    listener = Listener(sys.executable, "-c", loud)
    listener.start()
    assert listener.events == [Finished("w")]
    listener.client.stop()


def test_an_engine_that_can_not_be_started_is_told_once(qt: QCoreApplication) -> None:
    listener = Listener("/absent/python")
    listener.start()
    listener.client.stop()
    (sentence,) = listener.stops
    assert "can't be started" in sentence


def test_stop_before_start_does_nothing(qt: QCoreApplication) -> None:
    listener = Listener(*FAKE)
    listener.client.stop()
    assert (listener.events, listener.stops, listener.client.pid) == ([], [], 0)
