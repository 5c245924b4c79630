"""The studio's engine alone: one request at a time, restarts, stubborn and silent processes."""

import sys

import psutil
import pytest
from desk import FAKE, shorten
from engine_process import ends_within, illustrate, long_work, runs
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.engine.engine import GRACE, SILENCE, Engine
from inference.protocol import (
    LAST_EVENTS,
    Cancelled,
    Event,
    Failed,
    Finished,
    Load,
    Probe,
    Progress,
    Request,
    Write,
)


class Asker:
    """Asks and keeps what it hears."""

    def __init__(self, engine: Engine, qtbot: QtBot) -> None:
        self.engine = engine
        self.heard: list[Event] = []
        self._qtbot = qtbot

    def ask(self, *requests: Request) -> None:
        for request in requests:
            self.engine.ask(request, self.heard.append)

    def last(self, count: int = 1) -> list[Event]:
        """Wait for so many ends and return them."""
        self._qtbot.waitUntil(lambda: len(self._ends()) >= count, timeout=20_000)
        return self._ends()

    def works(self) -> None:
        """Wait until a request is under way."""
        self._qtbot.waitUntil(
            lambda: any(isinstance(event, Progress) for event in self.heard), timeout=20_000
        )

    def _ends(self) -> list[Event]:
        return [event for event in self.heard if isinstance(event, LAST_EVENTS)]


@pytest.fixture
def asker(engine: Engine, qtbot: QtBot) -> Asker:
    return Asker(engine, qtbot)


@pytest.fixture
def troubles(engine: Engine) -> list[str]:
    told: list[str] = []
    engine.troubled.connect(told.append)
    return told


def hang(request_id: str) -> Write:
    return Write(request_id, "", "hang", 1)


def crash(request_id: str) -> Write:
    return Write(request_id, "", "crash", 1)


def test_it_starts_when_it_is_first_asked_and_tells_its_states(
    engine: Engine, asker: Asker
) -> None:
    states: list[str] = []
    engine.state_changed.connect(lambda: states.append(engine.state))
    assert (engine.state, engine.pid, engine.memory) == ("off", 0, 0)
    asker.ask(illustrate("w"))
    assert asker.last() == [Finished("w")]
    assert states == ["starting", "ready", "busy", "ready"]
    assert runs(engine.pid)
    assert engine.memory > 10**6


def test_requests_wait_for_each_other(asker: Asker) -> None:
    asker.ask(illustrate("one"), Probe("two"), illustrate("three"))
    assert asker.last(3) == [Finished("one"), Finished("two"), Finished("three")]
    assert [event.id for event in asker.heard] == sorted(  # type: ignore[union-attr]
        (event.id for event in asker.heard),  # type: ignore[union-attr]
        key=["one", "two", "three"].index,
    )


def test_the_pack_in_memory_is_known(engine: Engine, asker: Asker) -> None:
    asker.ask(Load("l", "starter"))
    asker.last()
    assert engine.loaded == "starter"


def test_what_waits_can_be_cancelled_and_what_works_too(engine: Engine, asker: Asker) -> None:
    asker.ask(long_work("one"), Probe("two"), Probe("three"))
    asker.works()
    engine.cancel("two")
    assert asker.last() == [Cancelled("two")]
    engine.cancel("one")
    assert asker.last(3)[1:] == [Cancelled("one"), Finished("three")]


def test_a_process_that_does_not_obey_is_killed_without_waiting(
    engine: Engine, asker: Asker
) -> None:
    shorten(engine, GRACE, 50)
    asker.ask(hang("one"), Probe("two"))
    asker.works()
    pid = engine.pid
    engine.cancel("one")
    assert asker.last(2) == [Cancelled("one"), Finished("two")]
    assert ends_within(pid, 2)
    assert engine.pid != pid


def test_a_crash_fails_one_request_and_the_others_get_a_new_process(
    asker: Asker, troubles: list[str]
) -> None:
    asker.ask(crash("one"), Probe("two"))
    first, second = asker.last(2)
    assert isinstance(first, Failed)
    assert first.kind == "engine"
    assert second == Finished("two")
    assert len(troubles) == 1
    assert "started again" in troubles[0]


def test_after_three_crashes_in_a_minute_it_waits_for_the_person(
    engine: Engine, asker: Asker, troubles: list[str]
) -> None:
    asker.ask(crash("one"), crash("two"), crash("three"), Probe("four"))
    assert [type(event) for event in asker.last(4)] == [Failed] * 4
    assert (engine.state, engine.pid) == ("broken", 0)
    assert "too often" in troubles[-1]
    asker.ask(Probe("five"))
    assert isinstance(asker.last(5)[-1], Failed), "at once, and nothing is started"
    assert (engine.state, engine.pid) == ("broken", 0)
    engine.start_again()
    asker.ask(Probe("six"))
    assert asker.last(6)[-1] == Finished("six")


def test_a_crash_after_cancel_is_a_cancel(engine: Engine, asker: Asker) -> None:
    asker.ask(hang("one"))
    asker.works()
    engine.cancel("one")
    psutil.Process(engine.pid).kill()
    assert asker.last() == [Cancelled("one")]


def test_a_long_silence_is_told_once(
    engine: Engine, asker: Asker, troubles: list[str], qtbot: QtBot
) -> None:
    shorten(engine, SILENCE, 100)
    shorten(engine, GRACE, 50)
    asker.ask(hang("one"))
    qtbot.waitUntil(lambda: bool(troubles), timeout=20_000)
    qtbot.wait(300)
    assert len(troubles) == 1
    assert "stop its work, or wait" in troubles[0]
    engine.cancel("one")
    asker.last()


def test_close_ends_the_process_and_tells_nobody(engine: Engine, asker: Asker) -> None:
    asker.ask(long_work("one"), Probe("two"))
    asker.works()
    pid = engine.pid
    engine.close()
    heard = list(asker.heard)
    assert ends_within(pid, 2)
    assert (engine.state, asker.heard) == ("off", heard)


def test_an_engine_that_can_not_be_started_is_told_in_a_sentence(
    qapp: QApplication, qtbot: QtBot
) -> None:
    engine = Engine(lambda: Client("/absent/python", FAKE))
    asker = Asker(engine, qtbot)
    told: list[str] = []
    engine.troubled.connect(told.append)
    asker.ask(Probe("one"))
    (failed,) = asker.last()
    assert isinstance(failed, Failed)
    assert engine.state == "broken"
    assert "can't be started" in told[-1]


def test_an_engine_of_another_version_is_refused(qapp: QApplication, qtbot: QtBot) -> None:
    old = """print('{"event": "Ready", "version": 0, "abilities": []}', flush=True); input()"""
    engine = Engine(lambda: Client(sys.executable, ("-c", old)))
    asker = Asker(engine, qtbot)
    asker.ask(Probe("one"))
    (failed,) = asker.last()
    assert isinstance(failed, Failed)
    assert "Install Interstep again" in failed.hint
    assert engine.state == "broken"
    engine.close()
