"""The engine in this process: one request's events, and failures as sentences."""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inference.engine import Engine
from inference.packs.manifest import Weights, catalogue, shipped
from inference.packs.store import Store
from inference.protocol import (
    LAST_EVENTS,
    Condition,
    Continue,
    Event,
    Failed,
    Finished,
    Found,
    GivenStep,
    Install,
    Load,
    PaintFinished,
    PaintInput,
    PaintOptions,
    Probe,
    Redraw,
    Remove,
    Request,
    Rewrite,
    StepFinished,
    Verify,
    Write,
)

CATALOGUE_IDS = {manifest.id for manifest in catalogue()}
WASH = GivenStep("s1", "Rinse the dog", "Rinse the dog with warm water in the bathtub.")
ILLUSTRATE = Write("r", "", "Wash a dog", 1, given=(WASH,))
PASSPORT = PaintInput("", "", "", "A passport.", (), (), 1)
DOG = PaintInput("", "", "", "A dog.", (), (), 1)
FIX = PaintInput("", "", "", "A dog.", (), (), 1, mode="fix", instruction="make the dog bigger")


class Exhausted(tuple[GivenStep, ...]):
    """Steps for which there is not enough memory."""

    def __iter__(self) -> Iterator[GivenStep]:
        raise MemoryError


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "packs")


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    engine = Engine(store)
    yield engine
    engine.close()


def events_of(engine: Engine, request: Request) -> list[Event]:
    events = list(engine.handle(request))
    assert [event for event in events if isinstance(event, LAST_EVENTS)] == events[-1:]
    return events


def painted(events: list[Event]) -> list[str]:
    return [event.image.sha256 for event in events if isinstance(event, PaintFinished)]


def test_the_authors_own_steps_need_no_pack_and_no_llama_cpp(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    *events, last = events_of(engine, ILLUSTRATE)
    assert last == Finished("r")
    assert [e.step for e in events if isinstance(e, StepFinished)] == ["s1"]
    assert [e.step for e in events if isinstance(e, PaintFinished)] == ["s1"]
    (failed,) = events_of(engine, Write("r", "starter", "Wash a dog", 1))
    assert isinstance(failed, Failed)
    assert "llama-cpp-python" in failed.message
    assert "pip --python" in failed.hint


def test_probe_finds_the_machine_and_its_packs(engine: Engine, store: Store) -> None:
    found, last = events_of(engine, Probe("r"))
    assert isinstance(found, Found)
    assert last == Finished("r")
    facts = found.facts
    assert {pack["id"] for pack in facts["packs"]} == CATALOGUE_IDS
    assert not any(pack["ready"] for pack in facts["packs"])
    assert facts["recommended"] in CATALOGUE_IDS
    assert facts["folder"] == str(store.folder)
    assert facts["cores"] >= 1
    assert facts["memory_free"] > 0
    assert not store.folder.exists(), "asking installs nothing"


@pytest.mark.parametrize(
    ("request_", "kind", "names"),
    [
        (Load("r", "gigantic"), "pack", "gigantic"),
        (Write("r", "gigantic", "Wash a dog", 1), "pack", "gigantic"),
        (Verify("r", "starter"), "pack", "starter"),
        (Remove("r", "starter"), "pack", "starter"),
        (Remove("r", "../.."), "pack", "../.."),
        (Install("r", "starter", files=("/absent.gguf",)), "pack", "/absent.gguf"),
        (Install("r", "", writer="/absent.gguf"), "pack", "absent.gguf"),
        (Redraw("r", "s", "p", PASSPORT), "painter", "passport"),
        (Redraw("r", "s", "p", replace(PASSPORT, description="")), "painter", "this step"),
        (Redraw("r", "s", "p", FIX), "painter", "draw a new one"),
        (replace(ILLUSTRATE, pack="gone"), "pack", "gone"),
        (replace(ILLUSTRATE, options=PaintOptions(255)), "painter", "255"),
        (Write("r", "starter", "Wash", 1, options=PaintOptions(2049)), "painter", "2049"),
        (Continue("r", "", "Wash", 1, "", (WASH,), options=PaintOptions(-1)), "painter", "-1"),
        (Redraw("r", "s", "p", replace(DOG, options=PaintOptions(0))), "painter", "0 pixels"),
        (Continue("r", "gigantic", "Wash", 1, "", (WASH,)), "pack", "gigantic"),
        (Rewrite("r", "gigantic", "Wash", 1, "", (WASH,), "shorter"), "pack", "gigantic"),
        (replace(ILLUSTRATE, given=Exhausted([WASH])), "memory", "memory"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Request) else str(value),
)
def test_a_failure_is_a_sentence_that_says_what_to_do(
    engine: Engine, request_: Request, kind: str, names: str
) -> None:
    failed = events_of(engine, request_)[-1]
    assert isinstance(failed, Failed)
    assert (failed.id, failed.kind) == ("r", kind)
    assert names in failed.message
    assert failed.hint
    assert events_of(engine, ILLUSTRATE)[-1] == Finished("r"), "the engine goes on"


def test_a_picture_of_a_pack_that_is_gone_is_drawn_by_rules(engine: Engine) -> None:
    *events, last = events_of(engine, Redraw("r", "s", "p", DOG, pack="gone"))
    assert last == Finished("r")
    (drawn,) = (event for event in events if isinstance(event, PaintFinished))
    assert drawn.recipe["painter"] == "storyboard"
    present = Condition("present", drawn.image.sha256, drawn.source)
    fix = replace(FIX, conditions=(present,))
    assert events_of(engine, Redraw("r", "s", "p", fix, pack="gone"))[-1] == Finished("r")


@pytest.mark.parametrize("data", [b"this is no model" * 9, b"GGUF\x03\x00\x00\x00" + b"\xff" * 64])
def test_a_damaged_writer_is_a_sentence(engine: Engine, store: Store, data: bytes) -> None:
    weights = Weights("bad.gguf", len(data), hashlib.sha256(data).hexdigest(), "none")
    pack = replace(
        shipped("starter"),
        id="damaged",
        writer=weights,
        reader=weights,
    )
    store.place(weights).parent.mkdir(parents=True)
    store.place(weights).write_bytes(data)
    store.write_record(pack)
    failed = events_of(engine, Load("r", "damaged"))[-1]
    assert isinstance(failed, Failed)
    assert failed.kind == "pack"
    assert "bad.gguf" in failed.message
    assert failed.hint


def test_a_closed_iterator_leaves_the_engine_able_to_work(engine: Engine) -> None:
    whole = events_of(engine, ILLUSTRATE)
    for count in range(1, len(whole)):
        events = engine.handle(ILLUSTRATE)
        assert [type(next(events)) for _ in range(count)] == [type(e) for e in whole[:count]]
        close = getattr(events, "close")  # noqa: B009 (an Iterator has none, a generator has)
        close()
    again = events_of(engine, ILLUSTRATE)
    assert [type(event) for event in again] == [type(event) for event in whole]
    assert painted(again) == painted(whole)
