"""Redraw requests: on what a new picture is conditioned, and how an old one is painted again."""

import io
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engine_process import REAL, EngineProcess
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.engine.redrawing import again, redraw
from app.engine.run import RequestRun
from app.tutorial import edits
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Take, Tutorial
from app.tutorial.photos import photo as read_photo_of
from app.tutorial.region import Rectangle
from inference.painter.pixels.references import decoded
from inference.protocol import (
    Condition,
    Failed,
    Finished,
    GivenStep,
    Numbers,
    PaintFinished,
    Redraw,
    Write,
    image,
    read_request,
    request_line,
    to_json,
)

STEPS = (
    GivenStep("s1", "Fill the bathtub", "Fill the bathtub with water.", "A full bathtub.", "p1"),
    GivenStep("s2", "Wash the dog", "Wash the dog with soap.", "A dog in a bathtub.", "p2"),
    GivenStep("s3", "Wait", "Wait a minute."),
    GivenStep("s4", "Dry the dog", "Dry the dog with a towel.", "A dog and a towel.", "p4"),
)


def take(data: bytes, **recipe: Any) -> Take:
    return Take(image(data, 1, 1).sha256, "image/png", 1, 1, data, recipe, {"scene": data.decode()})


def tutorial(chosen: Sequence[Take | None], anchor: Take | None = None) -> Tutorial:
    """A tutorial with one step for each entry; a step whose entry is None has no picture."""
    steps = []
    for number, shown in enumerate(chosen, 1):
        takes = (shown.sha256,) if shown else ()
        picture = Picture(
            f"p{number}", f"thing {number}", takes=takes, chosen=takes[0] if takes else None
        )
        steps.append(Step(f"s{number}", f"Step {number}", pictures=(picture,) if shown else ()))
    name = anchor.sha256 if anchor else None
    return Tutorial("t", title="Title", prompt="How?", anchor=name, steps=tuple(steps))


A, B, C, D = (take(letter.encode()) for letter in "abcd")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[TutorialFile]:
    path = tmp_path / "a.interstep"
    with TutorialFile.create(path, tutorial([A, None, B, None, C], D), (A, B, C, D)) as file:
        yield file


def condition(role: Any, shown: Take) -> Condition:
    return Condition(role, shown.sha256, shown.source)


def test_a_take_of_a_card_brings_its_numbers_along(file: TutorialFile) -> None:
    numbers = Numbers("bfloat16", "int8", "uint4", True, 1, 512, 640, False)
    words = dict.fromkeys(("title", "heading", "body", "description"), "")
    recipe = {**words, "chunks": [], "conditions": [], "seed": 1, "numbers": to_json(numbers)}
    painted = take(b"e", **recipe, pack="klein-8", references={"most": 1, "area": 512 * 512})
    wrong = take(b"f", **(recipe | {"numbers": {"kind": "int3"}}))
    file.save(file.tutorial, (painted, wrong))
    request = again(file, "s1", "p1", painted.sha256)
    assert (request.paint.numbers, request.pack) == (numbers, "klein-8")
    assert read_request(request_line(request)) == request
    with pytest.raises(TutorialError, match="no recipe"):
        again(file, "s1", "p1", wrong.sha256)


def test_both_sides_and_the_anchor_are_conditions(file: TutorialFile) -> None:
    request = redraw(file, file.tutorial.steps[2], seed=5)
    assert request.paint.conditions == (
        condition("previous", A),
        condition("next", C),
        condition("anchor", D),
    )
    assert (request.step, request.picture) == ("s3", "p3")
    assert (request.paint.title, request.paint.heading) == ("Title", "Step 3")
    assert (request.paint.description, request.paint.seed) == ("thing 3", 5)
    assert (request.paint.mode, request.paint.chunks) == ("new", ())
    assert request.prompt == "How?"
    assert [step.step for step in request.steps] == ["s1", "s2", "s3"]


def test_a_photo_brings_its_pixels(file: TutorialFile) -> None:
    data = io.BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(data, "PNG")
    photo = read_photo_of(data.getvalue(), "a photo")
    first = file.tutorial.steps[0]
    shown = replace(first.pictures[0], takes=(photo.sha256,), chosen=photo.sha256)
    steps = (replace(first, pictures=(shown,)), *file.tutorial.steps[1:])
    file.save(replace(file.tutorial, steps=steps), (photo,))
    request = redraw(file, file.tutorial.steps[2], 1)
    previous, following, _ = request.paint.conditions
    assert previous.sha256 == photo.sha256
    assert previous.image is not None
    assert (previous.image.width, previous.image.height) == (1536, 1024)
    assert following.image is None


def test_a_mask_has_the_size_of_the_pixels_that_the_painter_gets(file: TutorialFile) -> None:
    data = io.BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(data, "PNG")
    photo = read_photo_of(data.getvalue(), "a photo")
    first = file.tutorial.steps[0]
    shown = replace(first.pictures[0], takes=(photo.sha256,), chosen=photo.sha256)
    file.save(replace(file.tutorial, steps=(replace(first, pictures=(shown,)),)), (photo,))
    region = (Rectangle(0.5, 0.25, 1, 0.75),)
    request = redraw(file, file.tutorial.steps[0], 1, "fix", "blue", region=region)
    mask, present = request.paint.mask, request.paint.conditions[-1].image
    assert mask is not None
    assert present is not None
    assert (mask.width, mask.height) == (present.width, present.height) == (1536, 1024)
    assert decoded(mask).convert("L").getbbox() == (768, 256, 1536, 768)
    assert len(mask.base64) < 2000  # it lies in the recipe


def test_an_end_of_the_tutorial_has_one_side(file: TutorialFile) -> None:
    steps = file.tutorial.steps
    first, last = redraw(file, steps[0], 1), redraw(file, steps[4], 1)
    assert first.paint.conditions == (condition("next", B), condition("anchor", D))
    assert last.paint.conditions == (condition("previous", B), condition("anchor", D))
    assert len(last.steps) == 5


@pytest.mark.parametrize(
    ("wanted", "roles"),
    [((), []), (("next",), ["next"]), (("anchor", "previous"), ["previous", "anchor"])],
)
def test_a_condition_can_be_left_out(
    file: TutorialFile, wanted: tuple[Any, ...], roles: list[str]
) -> None:
    request = redraw(file, file.tutorial.steps[2], 1, neighbours=wanted)
    assert [c.role for c in request.paint.conditions] == roles


def test_a_picture_is_not_its_own_anchor(file: TutorialFile) -> None:
    file.save(replace(file.tutorial, anchor=B.sha256))
    request = redraw(file, file.tutorial.steps[2], 1)
    assert [c.role for c in request.paint.conditions] == ["previous", "next"]
    other = redraw(file, file.tutorial.steps[0], 1)
    assert condition("anchor", B) in other.paint.conditions


def test_a_step_without_a_picture_gets_a_place(file: TutorialFile) -> None:
    step = file.tutorial.steps[1]
    request = redraw(file, step, 1)
    assert request.picture
    assert request.picture != redraw(file, step, 1).picture
    assert request.paint.description == ""
    assert request.paint.conditions[:2] == (condition("previous", A), condition("next", B))


def test_a_fix_takes_the_present_picture(file: TutorialFile) -> None:
    step = file.tutorial.steps[2]
    request = redraw(file, step, 1, mode="fix", instruction="no cat", neighbours=())
    assert request.paint.conditions == (condition("present", B),)
    assert (request.paint.mode, request.paint.instruction) == ("fix", "no cat")
    file.save(edits.choose_take(file.tutorial, "s3", "p3", None)[0])
    for empty in (file.tutorial.steps[1], file.tutorial.steps[2]):
        with pytest.raises(TutorialError, match="no picture to fix: draw one first"):
            redraw(file, empty, 1, mode="fix", instruction="no cat")


def asked(
    engine: EngineProcess, file: TutorialFile, request: Write | Redraw
) -> list[PaintFinished]:
    """Run a request on the file; return what it painted."""
    run = RequestRun(file, request)
    engine.send(request)
    events = engine.until_end(request.id)
    assert events[-1] == Finished(request.id)
    for event in events:
        run.apply(event)
    return [event for event in events if isinstance(event, PaintFinished)]


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tutorial by the real engine: three pictures, two of them redrawn, one also fixed."""
    path = tmp_path_factory.mktemp("painted") / "dog.interstep"
    own = tuple(Step(s.step, title=s.title, body=s.body) for s in STEPS)
    start = Tutorial("t", title="Wash a dog", prompt="Wash a dog", steps=own)
    with TutorialFile.create(path, start) as file, EngineProcess(REAL) as engine:
        engine.ready()
        asked(engine, file, Write("w", "", "Wash a dog", 3, title="Wash a dog", given=STEPS))
        new = edits.set_picture(file.tutorial, "s1", "p1", "description", "Soap and a towel.")[0]
        file.save(new)
        asked(engine, file, redraw(file, file.tutorial.steps[0], 77))
        second = file.tutorial.steps[1]
        asked(engine, file, redraw(file, second, 8, mode="fix", instruction="remove the bathtub"))
    return path


def test_a_take_is_painted_again_after_earlier_steps_were_edited(painted: Path) -> None:
    with TutorialFile.open(painted) as file, EngineProcess(REAL) as engine:
        tutorial = file.tutorial
        places = [(s.id, p) for s in tutorial.steps for p in s.pictures]
        takes = [(step, p.id, sha256) for step, p in places for sha256 in p.takes]
        assert len(set(takes)) == 5
        recipes = [file.take(sha256).recipe for _, _, sha256 in takes]
        roles = {condition["role"] for recipe in recipes for condition in recipe["conditions"]}
        assert roles == {"previous", "next", "present"}
        tutorial = edits.set_step(tutorial, "s1", "body", "Something else altogether.")[0]
        tutorial = edits.delete_step(tutorial, "s3")[0]
        tutorial = edits.move_step(tutorial, "s4", 0)[0]
        file.save(replace(tutorial, title="Another title", prompt="Another prompt"))
        engine.ready()
        for step, picture, sha256 in takes:
            request = again(file, step, picture, sha256)
            assert (request.step, request.picture) == (step, picture)
            (repeated,) = asked(engine, file, request)
            assert repeated.image.sha256 == sha256
            assert repeated.recipe == file.take(sha256).recipe
            assert set(repeated.chunks) == set(repeated.recipe["chunks"])


def test_what_can_not_be_drawn_any_more_fails_with_a_sentence(painted: Path) -> None:
    with TutorialFile.open(painted) as file, EngineProcess(REAL) as engine:
        engine.ready()
        sha256 = file.tutorial.steps[0].pictures[0].takes[0]
        request = again(file, "s1", "p1", sha256)
        request = replace(request, paint=replace(request.paint, description="A passport."))
        engine.send(request)
        failed = engine.until_end(request.id)[-1]
        assert isinstance(failed, Failed)
        assert "passport" in failed.message


def test_what_a_recipe_lacks_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.interstep"
    recipe = redraw_recipe(chunks=["a" * 64], conditions=[{"role": "next", "sha256": A.sha256}])
    whole, imported = take(b"whole", **recipe), take(b"imported")
    orphan = take(b"orphan", **recipe | {"conditions": [{"role": "next", "sha256": "f" * 64}]})
    takes = (A, whole, imported, orphan)
    with TutorialFile.create(path, tutorial(takes), takes) as file:
        file.save(file.tutorial, chunks={"a" * 64: "a text"})
        request = again(file, "s2", "p2", whole.sha256)
        assert request.paint.chunks == ("a text",)
        assert request.paint.conditions == (condition("next", A),)
        with pytest.raises(TutorialError, match="no recipe to paint it again: redraw it as new"):
            again(file, "s3", "p3", imported.sha256)
        with pytest.raises(TutorialError, match="missing"):
            again(file, "s4", "p4", orphan.sha256)
        with pytest.raises(TutorialError, match="missing"):
            again(file, "s4", "p4", "absent")
    with sqlite3.connect(path) as database:
        database.execute("delete from chunks")
    database.close()
    with (
        TutorialFile.open(path) as file,
        pytest.raises(TutorialError, match="no recipe to paint it again"),
    ):
        again(file, "s2", "p2", whole.sha256)


def redraw_recipe(**changed: Any) -> dict[str, Any]:
    fields = {"title": "", "heading": "", "body": "", "description": "A dog."}
    more = {"chunks": [], "conditions": [], "seed": 1, "mode": "new", "instruction": ""}
    return fields | more | changed


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from([*redraw_recipe()]),
    value=st.sampled_from(
        [None, 3, 0.5, "text", [], [None], [3], ["text"], [[]], [{}], {}, {"role": 1}]
    ),
)
def test_a_hostile_recipe_is_a_sentence_or_a_request(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: object
) -> None:
    bad = take(b"bad", **redraw_recipe(**{field: value}))
    path = tmp_path_factory.mktemp("hostile") / "a.interstep"
    with TutorialFile.create(path, tutorial([bad]), (bad,)) as file:
        try:
            request = again(file, "s1", "p1", bad.sha256)
        except TutorialError as error:
            sentence = str(error)
        else:
            assert read_request(request_line(request)) == request
            return
    assert sentence.endswith(("redraw it as new", "or paint it again"))
