"""What is done with packs: found out, begun, told, stopped, ended; with a machine without packs."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import packless_engine
import pytest
from desk import new_engine
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.upkeep import SOON, Upkeep, Work
from inference.protocol import Install, Progress, Remove, Verify

Make = Callable[[str], Upkeep]


@pytest.fixture
def make_upkeep(qapp: QApplication, tmp_path: Path) -> Iterator[Make]:
    """Return a function that starts a machine: how it goes on there, see packless_engine."""
    engines: list[Engine] = []

    def make(script: str) -> Upkeep:
        state = tmp_path / "state"
        state.write_text(script)
        program = ("-P", str(Path(packless_engine.__file__).resolve()), str(state))
        engines.append(Engine(lambda: Client(sys.executable, program)))
        return Upkeep(engines[-1], engines[-1])

    yield make
    for engine in engines:
        engine.close()


def ready(upkeep: Upkeep) -> bool:
    return bool(upkeep.facts["packs"][0]["ready"])


def test_facts_are_found(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    assert upkeep.facts == {}
    with qtbot.waitSignal(upkeep.facts_changed):
        upkeep.look()
    assert upkeep.facts["recommended"] == "starter"
    assert not ready(upkeep)


def test_a_pack_is_installed_checked_and_removed(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    told: list[int] = []
    upkeep.work_changed.connect(lambda: told.append(upkeep.work.done if upkeep.work else -1))
    for number, (request, sentence, there) in enumerate(
        [
            (Install("1", "starter"), "Installed; every file was checked.", True),
            (Verify("2", "starter"), "“starter.gguf” is whole.", True),
            (Remove("3", "starter"), "Removed.", False),
        ]
    ):
        with qtbot.waitSignals([upkeep.packs_changed, upkeep.facts_changed], timeout=20_000):
            upkeep.begin(request)
            assert upkeep.work is not None
            assert "starter" not in upkeep.outcomes
        assert upkeep.work is None
        assert upkeep.outcomes["starter"].sentence == sentence
        assert ready(upkeep) == there
        if number == 0:
            assert told == [*sorted(told[:-1]), -1]
            assert told[-2] == packless_engine.SIZE


def test_only_one_thing_is_done_at_a_time(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    upkeep.begin(Install("1", "starter"))
    upkeep.begin(Remove("2", "starter"))
    with qtbot.waitSignal(upkeep.packs_changed, timeout=20_000):
        assert upkeep.work is not None
        assert upkeep.work.request == Install("1", "starter")


def test_it_can_be_stopped(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    upkeep.begin(Install("1", "starter"))
    qtbot.waitUntil(lambda: upkeep.work is not None and upkeep.work.done > 0, timeout=20_000)
    with qtbot.waitSignal(upkeep.packs_changed, timeout=20_000):
        upkeep.stop()
    assert upkeep.outcomes["starter"].sentence == "Paused. What was fetched is kept."
    assert not upkeep.outcomes["starter"].failed
    upkeep.stop()  # nothing to stop


def test_a_failure_is_a_sentence(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("no network")
    with qtbot.waitSignal(upkeep.packs_changed, timeout=20_000):
        upkeep.begin(Install("1", "starter"))
    outcome = upkeep.outcomes["starter"]
    assert outcome.sentence == "Nothing answers. Look at the network."
    assert outcome.failed


def test_an_engine_that_stops_again_and_again_is_trouble(qapp: QApplication, qtbot: QtBot) -> None:
    engine = Engine(lambda: Client(sys.executable, ("-c", "raise SystemExit(3)")))
    upkeep = Upkeep(engine, engine)
    with qtbot.waitSignal(upkeep.facts_changed, timeout=20_000):
        upkeep.look()
    assert engine.state == "broken"
    assert upkeep.trouble.endswith(".")
    assert upkeep.facts == {}
    upkeep.look()  # answered at once, and may be asked again
    assert upkeep.trouble
    engine.close()


def test_it_can_be_started_again(qapp: QApplication, qtbot: QtBot) -> None:
    engine = new_engine()
    upkeep = Upkeep(engine, engine)
    engine.state = "broken"
    upkeep.look()
    assert upkeep.trouble
    with qtbot.waitSignal(upkeep.facts_changed, timeout=20_000):
        upkeep.start_again()
    assert upkeep.trouble == ""
    engine.close()


# ---------------------------------------------------------------- how long it takes


def after(work: Work, done: int, now: float, what: str = "Fetching") -> Work:
    return work.after(Progress("1", what, done, 1000, "bytes"), now)


def test_the_time_left_is_measured_from_what_came_since() -> None:
    work = after(Work(Install("1", "starter")), 500, 100.0)  # half was there from the last time
    assert work.seconds_left(101.0) is None
    work = after(work, 510, 100.0 + SOON / 2)
    assert work.seconds_left(100.0 + SOON / 2) is None
    work = after(work, 600, 110.0)
    assert work.seconds_left(110.0) == pytest.approx(40.0)
    assert after(work, 1000, 150.0).seconds_left(150.0) == 0.0


def test_another_file_is_measured_anew() -> None:
    work = after(after(Work(Install("1", "starter")), 0, 0.0), 900, 10.0)
    again = after(work, 0, 20.0, "Checking")
    assert again.seconds_left(20.0 + SOON) is None
    assert after(again, 100, 30.0, "Checking").seconds_left(30.0) == pytest.approx(90.0)


def test_without_a_total_nothing_is_estimated() -> None:
    work = Work(Install("1", "starter")).after(Progress("1", "Reading", 5, 0, "bytes"), 0.0)
    assert work.seconds_left(100.0) is None
