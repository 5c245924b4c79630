"""Jobs become requests from the tutorial as it stands, and jobs survive the file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import fake_engine
import pytest
from desk import SOUP
from hypothesis import given
from hypothesis import strategies as st

from app.engine import requests
from app.engine.jobs import (
    Changing,
    Continuing,
    Job,
    Painting,
    Writing,
    job_from_json,
    job_to_json,
)
from app.engine.requests import request_of
from app.tutorial import edits
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Look, LookEntry, Making, PaintOptions
from app.tutorial.photos import for_writer, photo
from app.tutorial.region import Rectangle, mask_of
from inference.protocol import Continue, ProtocolError, Redraw, Rewrite, Write

LOOK = Look((LookEntry("pot", (), "blue"),))
OPTIONS = PaintOptions(512)
PHOTO = photo(fake_engine.png(5, "photo"), "a photo")
MADE = replace(
    SOUP, look=LOOK, making=Making(pack="laptop", options=OPTIONS), given=(PHOTO.sha256,)
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[TutorialFile]:
    takes = [photo(fake_engine.png(n, "take"), "a take") for n in (1, 2)]
    tutorial = MADE
    for step, picture, take in (("s1", "p1", takes[0]), ("s2", "p2", takes[1])):
        tutorial, _ = edits.offer_take(tutorial, step, picture, take.sha256, instead_of=None)
    with TutorialFile.create(tmp_path / "a.interstep", tutorial, [*takes, PHOTO]) as file:
        yield file


def test_writing(file: TutorialFile) -> None:
    request = request_of(Writing(4, steps=7, paint=False), file)
    assert isinstance(request, Write)
    assert (request.pack, request.prompt) == ("laptop", "How do I cook soup?")
    assert (request.seed, request.steps, request.paint) == (4, 7, False)
    assert (request.look, request.options) == (LOOK, OPTIONS)
    assert request.images == (for_writer(PHOTO),)
    assert (request.seeing, request.materials) == (False, ()), "the author emptied the list"


def test_writing_of_photos_tells_what_they_show_as_the_author_left_it(file: TutorialFile) -> None:
    confirmed = replace(file.tutorial, materials=("soup", "leek"), tools=("pot",))
    file.save(confirmed)
    request = request_of(Writing(4), file)
    assert isinstance(request, Write)
    assert request.materials == ("soup", "leek", "pot")
    file.save(replace(confirmed, given=()))
    request = request_of(Writing(4), file)
    assert isinstance(request, Write)
    assert request.materials is None, "else it would be told of a list that it makes itself"


def test_a_look_at_photos_only_lists(file: TutorialFile) -> None:
    file.save(replace(file.tutorial, materials=("soup",)))
    request = request_of(Writing(4, seeing=True), file)
    assert isinstance(request, Write)
    assert (request.seeing, request.materials) == (True, None)
    assert request.images == (for_writer(PHOTO),)


def test_continuing_gives_the_steps_and_their_pictures_nearest_first(file: TutorialFile) -> None:
    request = request_of(Continuing(4, "how to serve it", 2), file)
    assert isinstance(request, Continue)
    assert (request.instruction, request.steps, request.paint) == ("how to serve it", 2, True)
    assert [step.step for step in request.given] == ["s1", "s2"]
    chosen = [step.pictures[0].chosen for step in file.tutorial.steps]
    assert [condition.sha256 for condition in request.conditions] == chosen[::-1]


def test_continuing_shows_a_writer_with_eyes_what_stands_there(file: TutorialFile) -> None:
    request = request_of(Continuing(4, "how to serve it", 2), file)
    assert isinstance(request, Continue)
    assert request.images == (for_writer(PHOTO),)
    chosen = [step.pictures[0].chosen or "" for step in file.tutorial.steps]
    assert [step.image for step in request.given] == [for_writer(file.take(s)) for s in chosen]


def test_continuing_shows_the_last_pictures_of_very_many(
    file: TutorialFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "LOOKED_AT", 1)
    request = request_of(Continuing(4, "", 2), file)
    assert isinstance(request, Continue)
    assert [step.image is None for step in request.given] == [True, False]


def test_changing_one_step_gives_them_all_and_names_it(file: TutorialFile) -> None:
    request = request_of(Changing(4, "shorter", "s2"), file)
    assert isinstance(request, Rewrite)
    assert (request.instruction, request.only) == ("shorter", "s2")
    assert [step.step for step in request.steps] == ["s1", "s2"]


def test_painting_sees_its_neighbours_as_they_are_now(file: TutorialFile) -> None:
    request = request_of(Painting(4, "s1", "p1", "fix", "a bigger knife"), file)
    assert isinstance(request, Redraw)
    assert (request.paint.mode, request.paint.instruction) == ("fix", "a bigger knife")
    assert (request.paint.look, request.paint.options) == (LOOK, OPTIONS)
    first, second = (step.pictures[0].chosen for step in file.tutorial.steps)
    told = [(condition.role, condition.sha256) for condition in request.paint.conditions]
    assert told == [("next", second), ("present", first)]
    assert request.paint.mask is None


def test_a_region_is_a_mask_of_the_take_as_it_is_now(file: TutorialFile) -> None:
    region = (Rectangle(0.5, 0, 1, 1),)
    request = request_of(Painting(4, "s1", "p1", "fix", "a bigger knife", region=region), file)
    assert isinstance(request, Redraw)
    take = file.take(file.tutorial.steps[0].pictures[0].chosen or "")
    assert request.paint.mask == mask_of(region, take.width, take.height)
    anew = request_of(Painting(4, "s1", "p1", region=region), file)
    assert isinstance(anew, Redraw)
    assert anew.paint.mask is None


def test_a_picture_of_a_step_that_is_gone_is_refused_in_a_sentence(file: TutorialFile) -> None:
    file.save(edits.delete_step(file.tutorial, "s1")[0])
    with pytest.raises(TutorialError, match="the step of this picture is gone"):
        request_of(Painting(4, "s1", "p1"), file)


region = st.lists(st.builds(Rectangle, *[st.floats(0, 1)] * 4), max_size=3).map(tuple)
jobs: st.SearchStrategy[Job] = st.one_of(
    st.builds(Writing),
    st.builds(Continuing),
    st.builds(Changing),
    st.builds(Painting, region=region),
)


@given(job=jobs)
def test_a_job_comes_back_from_the_file_as_it_was(job: Job) -> None:
    assert job_from_json(job_to_json(job)) == job


@pytest.mark.parametrize(
    "value",
    [{}, {"job": "writing"}, {"job": "dancing", "seed": 1}, {"job": "writing", "seed": "1"}],
)
def test_what_is_no_job_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        job_from_json(value)
