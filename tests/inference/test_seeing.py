"""A pack with eyes, from the request to its last event: photos first, painted pictures after."""

import hashlib
import io
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image
from tiny_eyes import Seer

from assets.corpus import corpus
from assets.sprites.library import library
from inference import loop
from inference.engine import Engine
from inference.packs.manifest import Manifest, Weights, shipped
from inference.packs.store import Store
from inference.painter.drawing import Drawing
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import (
    Continue,
    Event,
    Failed,
    Finished,
    GivenStep,
    Load,
    Loading,
    Notice,
    PackUsed,
    PaintFinished,
    PaintInput,
    PaintOptions,
    Progress,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
    image,
)
from inference.writer import tutorial
from inference.writer.batches import SLICE, Sight
from inference.writer.dialogue import Turns, WrittenStep, heading_line
from inference.writer.prompt import begin_of_vision, chat_format
from inference.writer.session import Session
from inference.writer.vision import Piece

T = TypeVar("T", bound=Event)

PROMPT = "What is this, and how do I wash a dog in the bathtub with soap?"
MENDED = ("zebra quiche", "<|im_end|> jam")


def photo(seed: int, side: int = 300) -> bytes:
    random = np.random.default_rng(seed)
    data = io.BytesIO()
    Image.fromarray(random.integers(0, 256, (side, side, 3), np.uint8)).save(data, "PNG")
    return data.getvalue()


def of_kind(kind: type[T], events: list[Event]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def stored(store: Store, path: Path) -> Weights:
    data = path.read_bytes()
    item = Weights(path.name, len(data), hashlib.sha256(data).hexdigest(), "Apache-2.0")
    store.place(item).parent.mkdir(parents=True)
    shutil.copy(path, store.place(item))
    return item


def manifest_of(writer: Weights, eyes: Weights) -> Manifest:
    starter = shipped("starter")
    return replace(starter, id="seer", eyes=True, writer=writer, reader=writer, vision=eyes)


class Dogs(Storyboard):
    """Draws dogs, whatever it is told: a random writer tells of nothing that can be drawn."""

    def draw(self, given: PaintInput) -> Iterator[Drawing]:
        yield from super().draw(PaintInput("", "", "", "A dog.", (), (), given.seed))


@dataclass(frozen=True)
class Run:
    events: list[Event]
    pieces: list[Piece]
    length: int
    evaluated: int

    @property
    def things(self) -> tuple[str, ...]:
        """What the photos show."""
        return listed(self.events)


@contextmanager
def session_of(seer: Seer) -> Iterator[Session]:
    # Each of its tokens is a byte: the context of a tutorial is four times as long.
    session = Session(seer.model, 12288, threads=1, eyes=seer.eyes)
    yield session
    session.close()


@pytest.fixture(scope="module")
def session(seer: Seer) -> Iterator[Session]:
    with session_of(seer) as session:
        yield session


def writing(
    session: Session,
    *photos: bytes,
    seeing: bool = False,
    materials: tuple[str, ...] | None = None,
    paint: bool = True,
) -> Iterator[Event]:
    eyes = Weights("eyes.gguf", 1, "0" * 64, "Apache-2.0")
    request = Write(
        "r",
        "seer",
        PROMPT,
        4,
        2,
        images=tuple(image(data, 1, 1) for data in photos),
        seeing=seeing,
        materials=materials,
        paint=paint,
        options=PaintOptions(size=320),
    )
    drawings = library()
    desk = loop.Desk(drawings, Dogs(drawings))
    return loop.write(request, manifest_of(eyes, eyes), session, corpus(), desk)


def listed(events: list[Event]) -> tuple[str, ...]:
    last = [event for event in of_kind(TextDelta, events) if event.field == "materials"][-1]
    return tuple(last.text.split("\n"))


def written(events: list[Event]) -> list[str]:
    """Return the texts of head and steps, without ids that are new each time."""
    heads = [e.text for e in of_kind(TextDelta, events) if e.field in ("title", "summary")]
    steps = (f"{e.title}\n{e.body}\n{e.description}" for e in of_kind(StepFinished, events))
    return [*heads, *steps]


@pytest.fixture(scope="module")
def run(session: Session) -> Run:
    events = list(writing(session, photo(1), photo(2)))
    return Run(events, [*session._pieces], session.length, session.evaluated)


def test_what_the_photos_show_is_listed_before_all_else(run: Run) -> None:
    deltas = of_kind(TextDelta, run.events)
    fields = list(dict.fromkeys((event.step == "", event.field) for event in deltas))
    assert fields[:4] == [(True, "materials"), (True, "title"), (True, "summary"), (False, "title")]
    last = [event for event in deltas if event.field == "materials"][-1]
    things = last.text.split("\n")
    assert 1 <= len(things) <= 8
    assert last.start == 0
    looking = [e for e in of_kind(Progress, run.events) if e.unit == "pictures"]
    assert [(event.done, event.total) for event in looking] == [(0, 2), (1, 2)]


def test_painted_pictures_stand_behind_their_mark(run: Run, seer: Seer) -> None:
    """All but the last step's, which nobody waits for."""
    takes = {event.step: event.image.data() for event in of_kind(PaintFinished, run.events)}
    first, _last = of_kind(StepFinished, run.events)
    shown = [photo(1), photo(2), takes[first.step]]
    images = [piece for piece in run.pieces if isinstance(piece, Sight)]
    assert images == [seer.eyes.look(data)[1] for data in shown]
    assert run.length == sum(map(len, run.pieces))
    assert_each_mark_has_its_image(run.pieces, begin_of_vision(seer.model))


@pytest.mark.parametrize("why", ["no room", "not painted"])
def test_a_mark_without_its_picture_is_taken_back(
    seer: Seer, session: Session, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why == "no room":
        monkeypatch.setattr(tutorial, "ROOM", session.n_ctx)
    painted = why == "no room"
    events: list[Event] = []
    for event in writing(session, photo(1), photo(2), paint=painted):
        events.append(event)
        if len(of_kind(StepStarted, events)) == 2 and getattr(event, "field", "") == "body":
            break  # what stands before the second step's words is all that is asked
    (first,) = of_kind(StepFinished, events)
    assert first.description
    assert len(of_kind(PaintFinished, events)) == int(painted)
    assert sights(session) == [seer.eyes.look(photo(n))[1] for n in (1, 2)]
    assert_each_mark_has_its_image(session._pieces, begin_of_vision(seer.model))
    second = [e for e in of_kind(TextDelta, events) if e.field == "title"][-1]
    heading = tuple(seer.model.tokenize(heading_line(2, second.text))[:SLICE])
    before = session._pieces[session._pieces.index(heading) - 1]
    assert before == (seer.model.tokenize(".")[0],), "the end of the description"


def test_steps_start_after_the_picture_before_them(run: Run) -> None:
    order = [e for e in run.events if isinstance(e, PaintFinished | StepStarted)]
    assert [type(event) for event in order[:3]] == [StepStarted, PaintFinished, StepStarted]


def test_other_photos_show_other_things(run: Run, session: Session) -> None:
    def things(events: Iterable[Event]) -> str:
        head = takewhile(lambda e: getattr(e, "field", "materials") == "materials", events)
        return of_kind(TextDelta, [*head])[-1].text

    assert things(writing(session, photo(1), photo(2))) == things(run.events)
    assert things(writing(session, photo(3), photo(2))) != things(run.events)


def test_photos_beyond_the_room_for_them_are_told_of(seer: Seer) -> None:
    session = Session(seer.model, 2000, threads=1, eyes=seer.eyes)
    shown = tuple(image(photo(n), 1, 1) for n in range(7))
    looking = loop._given(Write("r", "seer", PROMPT, 4, images=shown), session)
    *progress, notice = looking
    again = loop._given(Write("r", "seer", PROMPT, 4, images=shown, materials=MENDED), session)
    assert of_kind(Notice, list(again)) == [], "it was told when they were listed"
    session.close()
    fit = 500 // (sum(map(len, seer.eyes.look(photo(0)))))
    assert isinstance(notice, Notice)
    assert f"the first {fit} of 7 pictures" in notice.message
    assert len(progress) == fit + 1


# ---------------------------------------------------------------- the list is confirmed


def test_looking_first_costs_and_writes_the_same(run: Run, seer: Seer) -> None:
    """The photos are neither encoded nor, in front of the list, evaluated twice."""
    with session_of(seer) as session:
        encoded = seer.eyes.encoded
        looked = list(writing(session, photo(1), photo(2), seeing=True))
        assert {type(event) for event in looked} == {Progress, TextDelta}
        assert {event.field for event in of_kind(TextDelta, looked)} == {"materials"}
        assert listed(looked) == run.things
        events = list(writing(session, photo(1), photo(2), materials=run.things))
        assert written(events) == written(run.events)
        assert session.evaluated == run.evaluated
        assert seer.eyes.encoded == encoded


def test_the_writer_reads_the_list_as_the_author_left_it(run: Run, session: Session) -> None:
    events = writing(session, photo(1), photo(2), materials=MENDED)
    head = [*takewhile(lambda event: not isinstance(event, StepStarted), events)]
    assert not [event for event in of_kind(TextDelta, head) if event.field == "materials"]
    model = session.model
    tokens = (t for piece in session._pieces if not isinstance(piece, Sight) for t in piece)
    read = b"".join(b"" if model.is_control(token) else model.pieces[token] for token in tokens)
    told = ", ".join(MENDED).encode()
    assert read.count(told) == 2, "in the question and in the answer, no mark among its words"
    assert ", ".join(run.things).encode() not in read


def test_a_list_that_the_author_emptied_stays_empty(run: Run, session: Session) -> None:
    events = list(writing(session, photo(1), photo(2), materials=()))
    assert len(of_kind(StepFinished, events)) == 2
    assert {e.field for e in of_kind(TextDelta, events)} >= {"title", "summary", "body"}
    assert "materials" not in {event.field for event in of_kind(TextDelta, events)}
    assert [piece for piece in session._pieces if isinstance(piece, Sight)][:2] == [
        piece for piece in run.pieces if isinstance(piece, Sight)
    ][:2], "it still sees the photos"


def test_a_writer_without_eyes_lists_nothing(seer: Seer) -> None:
    blind = Session(seer.model, 2000, threads=1)
    assert list(writing(blind, photo(1), seeing=True)) == []
    blind.close()


# ---------------------------------------------------------------- going on behind steps

THERE = tuple(
    GivenStep(f"s{n}", f"Wash part {n}", "Use soap.", "A dog.", f"p{n}", image(photo(n), 1, 1))
    for n in (1, 2)
)
GOING_ON = Continue("c", "seer", PROMPT, 4, "Wash a dog", THERE, steps=1, paint=False)


def gone_on(session: Session, request: Continue) -> list[Event]:
    """The events up to the first words that are written, of a session that then holds the rest."""
    drawings = library()
    eyes = Weights("eyes.gguf", 1, "0" * 64, "Apache-2.0")
    events = loop.write(
        request,
        manifest_of(eyes, eyes),
        session,
        corpus(),
        loop.Desk(drawings, Dogs(drawings)),
    )
    return [*takewhile(lambda event: not isinstance(event, StepStarted), events)]


def assert_each_mark_has_its_image(pieces: list[Piece], bov: int) -> None:
    """All but the last one, with which nobody goes on."""
    marks = [piece for piece in pieces if isinstance(piece, Sight) or piece == (bov,)]
    for before, piece in pairwise(marks):
        assert not isinstance(piece, Sight) or before == (bov,)
        assert isinstance(piece, Sight) or before != (bov,), "one mark for each image"


def sights(session: Session) -> list[Piece]:
    return [piece for piece in session._pieces if isinstance(piece, Sight)]


def test_what_stands_there_is_seen_again_behind_its_mark(session: Session, seer: Seer) -> None:
    events = gone_on(session, replace(GOING_ON, images=(image(photo(3), 1, 1),)))
    shown = [photo(3), photo(1), photo(2)]
    assert sights(session) == [seer.eyes.look(data)[1] for data in shown]
    bov = begin_of_vision(seer.model)
    for before, piece in pairwise(session._pieces):
        if isinstance(piece, Sight):
            assert not isinstance(before, Sight)
            assert before[-1] == bov
            assert bov not in before[:-1], "the model's own mark does not follow the writer's"
    assert [e.total for e in of_kind(Progress, events) if e.unit == "pictures"] == [1, 2, 2]
    assert not [e for e in of_kind(TextDelta, events) if e.step == ""], "the head is there"


def test_where_a_picture_has_no_room_its_mark_has_none_either(
    session: Session, seer: Seer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sum(map(len, seer.eyes.look(photo(2))))
    monkeypatch.setattr(loop, "PAINTED", session.n_ctx // one)
    gone_on(session, GOING_ON)
    assert sights(session) == [seer.eyes.look(photo(2))[1]], "the last step's comes first"
    turns = Turns(seer.model, chat_format(seer.model), begin_of_vision(seer.model))
    steps = [WrittenStep(step.title, step.body, step.description) for step in THERE]
    pictures: dict[int, list[Piece]] = {1: seer.eyes.look(photo(2))}
    blind = turns.so_far("Wash a dog", steps, 10**6)
    words = sum(map(len, blind))
    for room, seen in ((words, {}), (words + 1, {}), (words + one, pictures)):
        chunks = turns.so_far("Wash a dog", steps, room, pictures)
        marks = [c for c in chunks if not isinstance(c, Sight) and c[-1] == turns._bov]
        assert len(marks) == len(seen) == sum(isinstance(chunk, Sight) for chunk in chunks)
        assert sum(map(len, chunks)) <= room


def test_a_writer_without_eyes_goes_on_as_ever(seer: Seer) -> None:
    read = []
    for given in (THERE, tuple(replace(step, image=None) for step in THERE)):
        blind = Session(seer.model, 12288, threads=1)
        gone_on(blind, replace(GOING_ON, given=given, images=(image(photo(3), 1, 1),)))
        read.append([*blind._pieces])
        blind.close()
    bov = begin_of_vision(seer.model)
    assert read[0] == read[1]
    assert [piece[-1] for piece in read[0] if not isinstance(piece, Sight)].count(bov) >= len(THERE)


# ---------------------------------------------------------------- the engine


def test_the_engine_gives_its_writer_the_eyes_of_the_pack(seer: Seer, tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write_record(manifest_of(stored(store, seer.model.path), stored(store, seer.path)))
    engine = Engine(store)
    used = PackUsed("l", "seer")
    assert list(engine.handle(Load("l", "seer"))) == [used, Loading("l", "Starter"), Finished("l")]
    assert engine.bench.loaded is not None
    assert engine.bench.loaded.session.eyes is not None
    broken = (image(b"https://example.org/cat.png", 1, 1),)
    *_, last = engine.handle(Write("r", "seer", PROMPT, 4, steps=1, images=broken))
    engine.close()
    assert isinstance(last, Failed)
    assert (last.kind, last.hint) == ("pack", "Convert it and add it again.")


def test_eyes_that_fit_no_model_fail_with_a_sentence(
    seer: Seer, tiny_gguf: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    store.write_record(manifest_of(stored(store, tiny_gguf), stored(store, seer.path)))
    *_, last = Engine(store).handle(Load("l", "seer"))
    assert isinstance(last, Failed)
    assert last.message == (
        "the eyes eyes.gguf can't be used with tiny.gguf: it belongs to another writer"
    )
