"""Continue and Rewrite by the starter: the loop goes on where steps are, or proposes words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

import pytest

from assets.corpus import corpus
from assets.sprites.library import library
from inference.context import chunk_hashes, step_chunk
from inference.engine import Engine
from inference.packs.store import Store, default_folder
from inference.phrases import normalise
from inference.protocol import (
    Condition,
    Continue,
    Event,
    Finished,
    GivenStep,
    Look,
    LookEntry,
    Notice,
    PackUsed,
    PaintFinished,
    PaintStarted,
    Progress,
    Rewrite,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
    to_json,
)

T = TypeVar("T", bound=Event)

WASH = next(example for example in corpus() if example.name == "wash-a-dog")
THERE = tuple(
    GivenStep(f"s{n}", step.title, step.body, step.description, f"p{n}")
    for n, step in enumerate(WASH.steps[:3], 1)
)
SCENE = {"scene": {"background": "bathroom", "sprites": []}, "sprites": library().hash}
BEFORE = (Condition("previous", "b" * 64, SCENE), Condition("previous", "a" * 64, {}))
LOOK = Look((LookEntry("dog", (), "wet"),))
MORE = Continue(
    "c", "starter", "How do I wash a dog?", 5, WASH.title, THERE, BEFORE, 1, "drying it", look=LOOK
)
OTHER = Rewrite("r", "starter", "Wash a dog", 5, WASH.title, THERE, "shorter")


@pytest.fixture(scope="module")
def engine(starter_gguf: Path) -> Iterator[Engine]:
    assert starter_gguf.exists()
    engine = Engine(Store(default_folder()))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def gone_on(engine: Engine) -> list[Event]:
    return list(engine.handle(MORE))


@pytest.fixture(scope="module")
def proposed(engine: Engine) -> list[Event]:
    return list(engine.handle(OTHER))


def of_kind(kind: type[T], events: Sequence[Event]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def texts(events: Sequence[Event]) -> dict[tuple[str, str], str]:
    """Return the fields as a reader of the deltas sees them in the end."""
    found: dict[tuple[str, str], str] = {}
    for delta in of_kind(TextDelta, events):
        before = found.get((delta.step, delta.field), "")
        assert delta.start <= len(before)
        found[delta.step, delta.field] = before[: delta.start] + delta.text
    return found


def test_the_events_are_of_the_new_step_alone(gone_on: list[Event]) -> None:
    (started,) = of_kind(StepStarted, gone_on)
    (step,) = of_kind(StepFinished, gone_on)
    assert gone_on[-1] == Finished("c")
    assert started.step == step.step not in [there.step for there in THERE]
    assert {delta.step for delta in of_kind(TextDelta, gone_on)} == {step.step}
    assert texts(gone_on)[step.step, "body"] == step.body
    assert texts(gone_on)[step.step, "title"] == step.title
    assert normalise(step.title) not in [normalise(there.title) for there in THERE]
    assert step.draft
    assert not [n for n in of_kind(Notice, gone_on) if n.kind == "example"]


def test_numbers_chunks_and_conditions_go_on(engine: Engine) -> None:
    """Two steps, so that one has a picture: the second without would get a description."""
    events = list(engine.handle(replace(MORE, steps=2)))
    first, second = of_kind(StepFinished, events)
    painted = of_kind(PaintFinished, events)[0]
    there = [step_chunk(n, s.title, s.body, s.description) for n, s in enumerate(THERE, 1)]
    new = [step_chunk(n, s.title, s.body, s.description) for n, s in enumerate((first, second), 4)]
    count = 1 if painted.step == first.step else 2
    chunks = [MORE.prompt, *there, *new[:count]]
    assert painted.recipe["chunks"] == chunk_hashes(chunks)
    assert list(painted.chunks.values()) == chunks
    assert painted.recipe["seed"] == MORE.seed + 3 + count
    assert [c["sha256"] for c in painted.recipe["conditions"]][-2:] == ["b" * 64, "a" * 64]
    assert painted.recipe["title"] == WASH.title
    assert painted.recipe["look"] == to_json(LOOK)


def test_the_same_request_gives_the_same_bytes_in_a_fresh_engine(
    engine: Engine, gone_on: list[Event]
) -> None:
    fresh = Engine(Store(default_folder()))
    again = list(fresh.handle(replace(MORE, paint=False)))
    fresh.close()
    (first,), (second,) = of_kind(StepFinished, gone_on), of_kind(StepFinished, again)
    words = ("title", "body", "description")
    assert [getattr(first, name) for name in words] == [getattr(second, name) for name in words]
    assert bool(second.picture) == bool(second.description)
    assert not of_kind(PaintStarted, again) + of_kind(PaintFinished, again)  # type: ignore[operator]


def test_a_tutorial_without_a_prompt_goes_on_by_its_title(engine: Engine) -> None:
    events = engine.handle(replace(MORE, prompt=""))
    assert next(event for event in events if isinstance(event, StepStarted)).step


def test_behind_nothing_it_is_a_whole_tutorial(engine: Engine) -> None:
    nothing = Continue("r", "starter", "Rewire a toaster", 7, "", (), steps=1, paint=False)
    write = Write("r", "starter", "Rewire a toaster", 7, steps=1, paint=False)
    alike = []
    for request in (nothing, write):
        events = list(takewhile(lambda e: not isinstance(e, StepStarted), engine.handle(request)))
        alike.append(texts(events))
        assert any(notice.kind == "hazard" for notice in of_kind(Notice, events))
    assert alike[0] == alike[1]
    assert alike[0].keys() == {("", field) for field in ("title", "summary", "materials")}


def test_each_step_gets_a_proposal_or_stays(proposed: list[Event]) -> None:
    finished = of_kind(StepFinished, proposed)
    assert [step.step for step in finished] == [step.step for step in THERE]
    for old, new in zip(THERE, finished, strict=True):
        assert (new.picture, new.description, new.draft) == ("", old.description, True)
        same = (new.title, new.body) == (old.title, old.body)
        assert same or len(new.body) < len(old.body)
        assert texts(proposed)[new.step, "body"] == new.body
    assert {delta.field for delta in of_kind(TextDelta, proposed)} == {"body"}
    assert not of_kind(StepStarted, proposed) + of_kind(PaintStarted, proposed)  # type: ignore[operator]
    assert list(dict.fromkeys(e.done for e in of_kind(Progress, proposed))) == [0, 1, 2]
    assert proposed[-1] == Finished("r")


def test_how_many_stay_is_told(proposed: list[Event]) -> None:
    bodies = [step.body for step in THERE]
    kept = sum(step.body in bodies for step in of_kind(StepFinished, proposed))
    told = [n.message for n in of_kind(Notice, proposed) if n.kind == "kept"]
    assert len(told) == bool(kept)
    assert all(f"Unchanged: {kept} of 3" in message for message in told)


def test_one_step_alone_is_proposed_as_among_all(engine: Engine, proposed: list[Event]) -> None:
    alone = list(engine.handle(replace(OTHER, only="s2")))
    assert of_kind(StepFinished, alone) == [of_kind(StepFinished, proposed)[1]]
    assert {delta.step for delta in of_kind(TextDelta, alone)} == {"s2"}
    nothing = list(engine.handle(replace(OTHER, only="nowhere")))
    assert nothing == [PackUsed("r", "starter"), Finished("r")]
