"""The interleaved loop: what is told in which order, and on what each picture is conditioned."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from assets.corpus import corpus
from assets.sprites.library import library
from inference import loop
from inference.context import chunk_hashes, step_chunk
from inference.packs.manifest import shipped
from inference.painter.drawing import CannotFix, NoDrawing
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import (
    Condition,
    Event,
    GivenStep,
    Look,
    LookEntry,
    Notice,
    PaintFinished,
    PaintInput,
    PaintOptions,
    PaintStarted,
    Progress,
    Redraw,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
    image,
    to_json,
)
from inference.writer.model import Model
from inference.writer.session import Session

T = TypeVar("T", bound=Event)

STEPS = (
    GivenStep("a", "Fill the bathtub", "Fill the bathtub with warm *water*."),
    GivenStep("b", "Think", "Ask yourself why."),
    GivenStep("c", "Rinse the dog", "Rinse the dog.", "A wet dog in a full bathtub.", "own-id"),
    GivenStep("d", "Travel", "Go.", "A passport."),
    GivenStep("e", "Dry the dog", "Dry the dog with a towel.", "A dog beside a towel."),
)
REQUEST = Write("r", "", "How do I wash a dog?", 100, title="Wash a dog", given=STEPS)


@pytest.fixture(scope="module")
def desk() -> loop.Desk:
    drawings = library()
    return loop.Desk(drawings, Storyboard(drawings))


@pytest.fixture(scope="module")
def illustrated(desk: loop.Desk) -> list[Event]:
    return list(loop.illustrate(REQUEST, desk))


def of_kind(kind: type[T], events: list[Event]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def test_the_authors_words_stay(illustrated: list[Event]) -> None:
    finished = of_kind(StepFinished, illustrated)
    assert [(e.step, e.title, e.body) for e in finished] == [
        (s.step, s.title, s.body) for s in STEPS
    ]
    assert not any(event.draft for event in finished)
    assert {e.field for e in of_kind(TextDelta, illustrated)} == {"description"}


def test_a_description_is_drafted_where_there_is_none(illustrated: list[Event]) -> None:
    descriptions = [event.description for event in of_kind(StepFinished, illustrated)]
    assert "bathtub" in descriptions[0].lower()
    assert descriptions[1:] == ["", *(step.description for step in STEPS[2:])]
    (draft,) = of_kind(TextDelta, illustrated)
    assert (draft.step, draft.start, draft.text) == ("a", 0, descriptions[0])


def test_a_picture_has_its_place(illustrated: list[Event]) -> None:
    places = {e.step: e.picture for e in of_kind(StepFinished, illustrated)}
    assert places["b"] == ""
    assert places["c"] == "own-id"
    assert places["a"] not in ("", places["e"])
    assert {e.step: e.picture for e in of_kind(PaintStarted, illustrated)} == {
        step: picture for step, picture in places.items() if picture
    }
    assert [(e.step, e.picture) for e in of_kind(PaintFinished, illustrated)] == [
        (step, places[step]) for step in "ace"
    ]


def test_what_can_not_be_drawn_is_named(illustrated: list[Event]) -> None:
    (notice,) = of_kind(Notice, illustrated)
    assert (notice.kind, notice.step) == ("no-drawing", "d")
    assert "passport" in notice.message


@pytest.mark.parametrize(
    ("title", "body", "words"),
    [
        ("Put the passport in the bag", "", ["no drawing for: passport"]),
        ("Sign the visa form", "Sign it.", ["no drawing for: visa form"]),
        ("Passport", "", ["no drawing for: passport"]),
        ("Wait a week", "Leave it dry.", []),
        ("Choose a pot", "", []),
    ],
)
def test_a_step_without_a_picture_names_what_has_no_drawing(
    desk: loop.Desk, title: str, body: str, words: list[str]
) -> None:
    events = list(loop.illustrate(replace(REQUEST, given=(GivenStep("t", title, body),)), desk))
    assert not of_kind(PaintFinished, events)
    assert [(n.kind, n.step, n.message) for n in of_kind(Notice, events)] == [
        ("no-drawing", "t", word) for word in words
    ]


def test_a_picture_is_conditioned_on_all_before_it(illustrated: list[Event]) -> None:
    first, second, third = of_kind(PaintFinished, illustrated)
    assert [e.recipe["seed"] for e in (first, second, third)] == [101, 103, 105]

    def previous(*takes: PaintFinished) -> list[dict[str, str]]:
        return [{"role": "previous", "sha256": take.image.sha256} for take in takes]

    assert first.recipe["conditions"] == []
    assert second.recipe["conditions"] == previous(first)
    assert third.recipe["conditions"] == previous(second, first), "nearest first"
    descriptions = [event.description for event in of_kind(StepFinished, illustrated)]
    chunks = [REQUEST.prompt] + [
        step_chunk(n, step.title, step.body, description)
        for n, (step, description) in enumerate(zip(STEPS, descriptions, strict=True), 1)
    ]
    for take, count in ((first, 2), (second, 4), (third, 6)):
        assert take.recipe["chunks"] == chunk_hashes(chunks[:count])
        assert take.chunks == dict(zip(chunk_hashes(chunks[:count]), chunks[:count], strict=True))


def test_the_bytes_are_what_the_hash_names(illustrated: list[Event]) -> None:
    for take in of_kind(PaintFinished, illustrated):
        data = take.image.data()
        assert hashlib.sha256(data).hexdigest() == take.image.sha256
        assert image(data, take.image.width, take.image.height) == take.image
        assert take.alt_text.endswith(".")


def test_text_alone_is_described_and_not_painted(illustrated: list[Event], desk: loop.Desk) -> None:
    events = list(loop.illustrate(replace(REQUEST, paint=False), desk))
    assert {type(event) for event in events} == {StepFinished, TextDelta}
    described = [(e.step, e.description) for e in of_kind(StepFinished, events)]
    assert described == [(e.step, e.description) for e in of_kind(StepFinished, illustrated)]
    assert all(bool(e.picture) == bool(e.description) for e in of_kind(StepFinished, events))


def test_look_and_options_reach_every_picture(desk: loop.Desk) -> None:
    look = Look((LookEntry("towel", (), "red"),), palette="warm")
    options = PaintOptions(300, 4, 1.5)
    request = replace(REQUEST, look=look, options=options)
    painted = of_kind(PaintFinished, list(loop.illustrate(request, desk)))
    assert len(painted) == 3
    for event in painted:
        assert event.recipe["look"] == to_json(look)
        assert event.recipe["options"] == to_json(replace(options, painter="storyboard"))
        assert event.image.width == event.image.height == 300
    towels = [p for p in painted[2].source["scene"]["sprites"] if p["name"] == "towel"]
    assert [towel["tint"] for towel in towels] == ["red"]


def test_redraw_makes_the_same_chunks_and_bytes(illustrated: list[Event], desk: loop.Desk) -> None:
    first, take, _ = of_kind(PaintFinished, illustrated)
    drafted = of_kind(StepFinished, illustrated)[0].description
    step = STEPS[2]
    request = Redraw(
        "r2",
        step.step,
        step.picture,
        PaintInput(
            title=REQUEST.title,
            heading=step.title,
            body=step.body,
            description=step.description,
            chunks=(),
            conditions=(Condition("previous", first.image.sha256, first.source),),
            seed=103,
        ),
        prompt=REQUEST.prompt,
        steps=(replace(STEPS[0], description=drafted), *STEPS[1:3]),
    )
    started, painted = loop.redraw(request, desk)
    assert started == PaintStarted("r2", "c", "own-id")
    assert painted == replace(take, id="r2")


def test_redraw_drafts_a_description(desk: loop.Desk) -> None:
    empty = PaintInput("", STEPS[0].title, STEPS[0].body, "", (), (), 5)
    request = Redraw("r", "a", "p", empty, prompt="Wash a dog", steps=STEPS[:1])
    _, painted = loop.redraw(request, desk)
    assert isinstance(painted, PaintFinished)
    description = painted.recipe["description"]
    assert "bathtub" in description.lower()
    assert list(painted.chunks.values())[-1].endswith(f"Picture: {description}\n")
    other = replace(empty, body="")
    for heading, named in (("Think", "this step"), ("Put the passport in the bag", "passport")):
        with pytest.raises(NoDrawing, match=f": {named}$"):
            list(loop.redraw(replace(request, paint=replace(other, heading=heading)), desk))
    with pytest.raises(CannotFix):
        list(loop.redraw(replace(request, paint=replace(empty, mode="fix")), desk))


@pytest.fixture(scope="module")
def written(starter_gguf: Path, desk: loop.Desk) -> Iterator[list[Event]]:
    """A tutorial by the starter's writer, with what can be told about its prompt."""
    manifest = shipped("starter")
    model = Model(starter_gguf)
    # One thread: more wait for each other where the machine is busy.
    session = Session(model, 2048, 1)
    request = Write("r", "starter", "Rewire a toaster", 7, steps=1, images=(image(b"photo", 1, 1),))
    yield list(loop.write(request, manifest, session, corpus(), desk))
    session.close()
    model.close()


def test_notices_come_first(written: list[Event]) -> None:
    notices = of_kind(Notice, written)
    assert [notice.kind for notice in notices[:2]] == ["hazard", "eyes"]
    assert written[:2] == notices[:2]


def test_deltas_add_up_to_what_is_finished(written: list[Event]) -> None:
    texts: dict[tuple[str, str], str] = {}
    for delta in of_kind(TextDelta, written):
        place = (delta.step, delta.field)
        before = texts.get(place, "")
        assert delta.start <= len(before)
        texts[place] = before[: delta.start] + delta.text
    (step,) = of_kind(StepFinished, written)
    assert step.draft
    assert texts[step.step, "title"] == step.title
    assert texts[step.step, "body"] == step.body
    assert texts.get((step.step, "description"), "") == step.description
    assert all(texts["", field] for field in ("title", "summary", "materials"))
    assert bool(step.picture) == bool(step.description)


def test_a_step_starts_before_its_text_and_ends_after_it(written: list[Event]) -> None:
    (started,) = of_kind(StepStarted, written)
    (finished,) = of_kind(StepFinished, written)
    about = [e for e in written if isinstance(e, TextDelta) and e.step == started.step]
    first, last = written.index(about[0]), written.index(about[-1])
    assert written.index(started) < first <= last < written.index(finished)
    (planned,) = (one for one in of_kind(Progress, written) if one.unit == "steps")
    assert (planned.done, planned.total) == (0, 1)
    assert written.index(planned) < written.index(started)
