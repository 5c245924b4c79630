"""Events become edits, each on disk before anybody hears of it; the author's hand comes first."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_engine
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine.run import RequestRun
from app.tutorial import edits
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Tutorial
from app.tutorial.undo import Left, undo
from inference.protocol import (
    Cancelled,
    Continue,
    Event,
    Failed,
    Finished,
    GivenStep,
    Image,
    PackUsed,
    PaintFinished,
    PaintInput,
    PaintStarted,
    Redraw,
    StepFinished,
    TextDelta,
    Write,
    image,
)

WRITE = Write("r", "", "How?", 1, images=(image(b"photo", 1, 1),))
EVENTS = (*fake_engine.write(WRITE), Finished("r"))
OWN = Step("own", title="Mine", body="Word for word.")
EMPTY = Tutorial("t", prompt="How?")

Hand = Callable[[Tutorial], edits.Edit]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[TutorialFile]:
    with TutorialFile.create(tmp_path / "a.interstep", EMPTY) as file:
        yield file


def on_disk(file: TutorialFile) -> TutorialFile:
    """Open the file a second time, as another program would; it can only read."""
    return TutorialFile.open(file.path)


def redrawing(step: str = "s1", picture: str = "p1", seed: int = 9) -> tuple[Redraw, list[Event]]:
    given = PaintInput("", "", "", "another square", (), (), seed)
    return Redraw("r2", step, picture, given), [
        *fake_engine.paint("r2", step, picture, given),
        Finished("r2"),
    ]


def apply_all(run: RequestRun, events: list[Event] | tuple[Event, ...]) -> None:
    for event in events:
        run.apply(event)


def by_hand(file: TutorialFile, hand: Hand) -> None:
    file.save(hand(file.tutorial)[0])


def picture(file: TutorialFile, number: int = 0) -> Picture:
    return file.tutorial.steps[number].pictures[0]


def test_what_is_finished_is_on_disk(file: TutorialFile) -> None:
    run = RequestRun(file, WRITE)
    steps: list[str] = []
    takes: list[str] = []
    for event in EVENTS:
        run.apply(event)
        if isinstance(event, StepFinished):
            steps.append(event.step)
        if isinstance(event, PaintFinished):
            takes.append(event.image.sha256)
        with on_disk(file) as other:
            assert [step.id for step in other.tutorial.steps] == steps
            chosen = [p.chosen for step in other.tutorial.steps for p in step.pictures if p.chosen]
            assert chosen == takes
            assert other.tutorial == file.tutorial
            assert other.run is None or other.run.finished == tuple(steps)
            for sha256 in takes:
                assert other.take(sha256).data.startswith(b"\x89PNG")
            if isinstance(event, PaintFinished):
                assert [other.chunk(name) for name in event.recipe["chunks"]] == list(
                    event.chunks.values()
                )


def test_a_tutorial_comes_out_whole(file: TutorialFile) -> None:
    apply_all(RequestRun(file, WRITE), EVENTS)
    tutorial = file.tutorial
    assert (tutorial.title, tutorial.materials) == ("A tutorial", ("a bowl", "a spoon"))
    assert [(step.title, step.body) for step in tutorial.steps] == [
        ("Step 1", "Do thing 1."),
        ("Step 2", "Do thing 2."),
    ]
    assert all(step.draft for step in tutorial.steps)
    first = picture(file)
    assert (first.description, first.alt_text) == ("thing 1", "A square of colour 2.")
    assert first.takes == (first.chosen,)
    assert not first.alt_confirmed
    take = file.take(first.takes[0])
    assert (take.width, take.origin, take.media_type) == (fake_engine.SIDE, "fake", "image/png")
    assert take.recipe["seed"] == 2


def test_a_tutorial_keeps_the_pack_that_first_made_something_of_it(file: TutorialFile) -> None:
    run = RequestRun(file, WRITE)
    run.apply(PackUsed("r", "laptop"))
    assert file.tutorial.making.pack == "", "nothing is made yet"
    apply_all(run, EVENTS)
    with on_disk(file) as other:
        assert other.tutorial.making.pack == "laptop"
    request, events = redrawing()
    later = RequestRun(file, request)
    apply_all(later, [PackUsed("r2", "klein-8"), *events])
    assert file.tutorial.making.pack == "laptop", "a better one came meanwhile"
    undone, _ = undo(file.tutorial, later.entry)
    assert undo(undone, run.entry)[0] == EMPTY


@pytest.mark.parametrize(
    ("last", "state"),
    [(Finished("r"), "done"), (Cancelled("r"), "stopped"), (Failed("r", "pack", "no"), "stopped")],
)
def test_the_end_is_noted(file: TutorialFile, last: Event, state: str) -> None:
    apply_all(RequestRun(file, WRITE), (TextDelta("r", "", "title", 0, "Half a ti"), last))
    with on_disk(file) as other:
        assert other.run is not None
        assert other.run.state == state
        assert other.run.request["prompt"] == "How?"
        assert other.run.request["images"] == [], "they are takes already"
        assert other.tutorial.title == "Half a ti"


def test_what_a_writer_looks_at_again_is_not_noted_twice(file: TutorialFile) -> None:
    seen = image(b"photo", 1, 1)
    there = (GivenStep("s1", "One", "Do one.", "A dog.", "p1", seen),)
    RequestRun(file, Continue("c", "", "How?", 1, "", there, images=(seen,))).begin()
    with on_disk(file) as other:
        assert other.run is not None
        assert other.run.request["images"] == []
        assert [step["image"] for step in other.run.request["given"]] == [None]


def test_half_a_title_is_not_kept_where_the_run_is_to_be_gone_on_with(file: TutorialFile) -> None:
    died = Failed("r", "engine", "it died")
    apply_all(RequestRun(file, WRITE), (TextDelta("r", "", "title", 0, "Half a ti"), died))
    with on_disk(file) as other:
        assert other.run is not None
        assert (other.run.state, other.tutorial.title) == ("running", "")
    apply_all(RequestRun(file, WRITE), EVENTS)
    assert file.tutorial.title == "A tutorial"


def test_the_loss_of_the_engine_is_noted(file: TutorialFile) -> None:
    run = RequestRun(file, WRITE)
    apply_all(run, EVENTS[:-3])
    assert file.run is not None
    assert file.run.state == "running"
    run.stopped()
    with on_disk(file) as other:
        assert other.run is not None
        assert (other.run.state, other.run.finished) == ("stopped", ("s1", "s2"))


def test_the_authors_own_steps_keep_their_words(file: TutorialFile) -> None:
    by_hand(file, lambda tutorial: edits.insert_step(tutorial, OWN, 0))
    request = dataclasses.replace(WRITE, given=(GivenStep(OWN.id, OWN.title, OWN.body),))
    apply_all(RequestRun(file, request), (*fake_engine.write(request), Finished("r")))
    (step,) = file.tutorial.steps
    assert dataclasses.replace(step, pictures=()) == OWN
    assert picture(file).chosen is not None
    assert file.tutorial.title == ""


def test_a_repeated_event_changes_nothing(file: TutorialFile) -> None:
    apply_all(RequestRun(file, WRITE), EVENTS)
    whole = file.tutorial
    apply_all(RequestRun(file, WRITE), EVENTS)
    assert file.tutorial == whole


def test_the_authors_later_choice_wins(file: TutorialFile) -> None:
    apply_all(RequestRun(file, WRITE), EVENTS)
    old = picture(file).chosen
    request, (started, painted, finished) = redrawing()
    run = RequestRun(file, request)
    run.apply(started)
    by_hand(file, lambda tutorial: edits.choose_take(tutorial, "s1", "p1", None))
    apply_all(run, (painted, finished))
    assert picture(file).chosen is None
    assert picture(file).takes[0] == old
    assert len(picture(file).takes) == 2, "the new take is offered"
    assert picture(file).alt_text == "A square of colour 2.", "it tells of what was chosen"


def test_a_redraw_is_chosen_where_nobody_chose(file: TutorialFile) -> None:
    apply_all(RequestRun(file, WRITE), EVENTS)
    by_hand(file, lambda t: edits.set_picture(t, "s2", "p2", "alt_text", "My own words."))
    by_hand(file, lambda t: edits.set_picture(t, "s2", "p2", "alt_confirmed", True))
    for step, place in (("s1", "p1"), ("s2", "p2")):
        request, events = redrawing(step, place)
        apply_all(RequestRun(file, request), events)
    for number in (0, 1):
        assert picture(file, number).chosen == picture(file, number).takes[1]
        assert picture(file, number).description == f"thing {number + 1}", "the author's"
    assert picture(file, 0).alt_text == "A square of colour 9."
    assert picture(file, 1).alt_text == "My own words."


def test_a_step_without_a_picture_gets_one(file: TutorialFile) -> None:
    by_hand(file, lambda tutorial: edits.insert_step(tutorial, OWN, 0))
    request, events = redrawing("own", "new")
    apply_all(RequestRun(file, request), events)
    assert (picture(file).id, picture(file).description) == ("new", "another square")
    assert picture(file).chosen is not None


def test_a_picture_of_a_deleted_step_is_kept_in_the_trash(file: TutorialFile) -> None:
    apply_all(RequestRun(file, WRITE), EVENTS)
    request, (started, painted, finished) = redrawing()
    run = RequestRun(file, request)
    run.apply(started)
    by_hand(file, lambda tutorial: edits.delete_step(tutorial, "s1"))
    apply_all(run, (painted, finished))
    assert [step.id for step in file.tutorial.steps] == ["s2"]
    assert isinstance(painted, PaintFinished)
    assert painted.image.sha256 in {info.sha256 for info in file.trash()}


def test_a_picture_for_a_deleted_place_does_not_make_it_anew(file: TutorialFile) -> None:
    apply_all(RequestRun(file, WRITE), EVENTS)
    request, (started, painted, finished) = redrawing()
    run = RequestRun(file, request)
    run.apply(started)
    by_hand(file, lambda tutorial: edits.delete_picture(tutorial, "s1", "p1"))
    apply_all(run, (painted, finished))
    assert file.tutorial.steps[0].pictures == ()
    assert isinstance(painted, PaintFinished)
    assert painted.image.sha256 in {info.sha256 for info in file.trash()}


def test_what_the_author_writes_meanwhile_stays(file: TutorialFile) -> None:
    run = RequestRun(file, WRITE)
    by_hand(file, lambda tutorial: edits.set_field(tutorial, "title", "My own title"))
    apply_all(run, EVENTS)
    assert file.tutorial.title == "My own title"
    assert file.tutorial.materials == ("a bowl", "a spoon")
    request, (started, painted, finished) = redrawing()
    run = RequestRun(file, request)
    run.apply(started)
    by_hand(file, lambda t: edits.set_picture(t, "s1", "p1", "alt_text", "A squ"))
    by_hand(file, lambda t: edits.set_picture(t, "s1", "p1", "description", ""))
    apply_all(run, (painted, finished))
    assert isinstance(painted, PaintFinished)
    assert picture(file).chosen == painted.image.sha256
    assert (picture(file).alt_text, picture(file).description) == ("A squ", "")


def test_undo_takes_back_the_run_and_leaves_what_was_changed_by_hand(file: TutorialFile) -> None:
    run = RequestRun(file, WRITE)
    apply_all(run, EVENTS[:6])
    by_hand(file, lambda tutorial: edits.set_step(tutorial, "s1", "body", "I know better."))
    apply_all(run, EVENTS[6:])
    undone, left = undo(file.tutorial, run.entry)
    assert [(step.id, step.body) for step in undone.steps] == [("s1", "I know better.")]
    assert Left("s1", "body") in left
    assert undone.title == ""


@pytest.mark.parametrize("image_", [Image("0" * 64, 1, 1, "AAAA"), Image("0" * 64, 1, 1, "?")])
def test_a_picture_of_other_bytes_changes_nothing(file: TutorialFile, image_: Image) -> None:
    run = RequestRun(file, WRITE)
    apply_all(run, EVENTS[:-1])
    before, takes = file.tutorial, file.takes()
    wrong = PaintFinished("r", "s1", "p1", image_, {}, {}, {}, "")
    with pytest.raises(TutorialError, match="redraw it"):
        run.apply(wrong)
    with on_disk(file) as other:
        assert (other.tutorial, other.takes()) == (before, takes)


HANDS: list[Hand] = [
    lambda tutorial: edits.set_step(tutorial, "own", "body", "Changed."),
    lambda tutorial: edits.set_step(tutorial, "own", "title", "Renamed"),
    lambda tutorial: edits.set_step(tutorial, "own", "note", "For me."),
    lambda tutorial: edits.insert_step(tutorial, Step("more", body="More."), 0),
    lambda tutorial: edits.set_field(tutorial, "tools", ("a saw",)),
    lambda tutorial: edits.delete_step(tutorial, "own"),
]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hands=st.lists(st.tuples(st.integers(0, len(EVENTS) - 1), st.sampled_from(HANDS)), max_size=4),
    last=st.integers(0, len(EVENTS) - 1),
)
def test_undo_leaves_just_the_hand_edits(
    tmp_path_factory: pytest.TempPathFactory, hands: list[tuple[int, Hand]], last: int
) -> None:
    start = edits.insert_step(EMPTY, OWN, 0)[0]
    only_hands = start
    with TutorialFile.create(tmp_path_factory.mktemp("run") / "a.interstep", start) as file:
        run = RequestRun(file, WRITE)
        for number, event in enumerate(EVENTS[: last + 1]):
            for hand in [hand for at, hand in hands if at == number]:
                by_hand(file, hand)
                only_hands = hand(only_hands)[0]
            run.apply(event)
        undone, left = undo(file.tutorial, run.entry)
        assert undone == only_hands
        assert left == ()
        with on_disk(file) as other:
            assert other.tutorial == file.tutorial


def test_a_start_of_painting_for_an_unknown_place_is_no_error(file: TutorialFile) -> None:
    run = RequestRun(file, WRITE)
    run.apply(PaintStarted("r", "nowhere", "none"))
    run.apply(StepFinished("r", "s1", "Title", "Body", "", "", True))
    assert file.tutorial.steps[0].pictures == ()
