"""`interstep write` from a prompt with the starter pack: what comes out, twice, and cut off."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import TEXT, Running, interstep
from engine_process import ends_within

from app.tutorial.file import TutorialFile
from app.tutorial.model import Take, Tutorial

pytestmark = pytest.mark.usefixtures("starter_gguf")

STARTER = ("--pack", "starter")


def read(path: Path) -> tuple[Tutorial, list[Take]]:
    with TutorialFile.open(path, must_write=True) as file:
        assert file.problems == ()
        return file.tutorial, [file.take(info.sha256) for info in file.takes()]


def nameless(tutorial: Tutorial) -> Tutorial:
    """Return the tutorial without its random ids."""
    steps = (
        replace(step, id="", pictures=tuple(replace(picture, id="") for picture in step.pictures))
        for step in tutorial.steps
    )
    return replace(tutorial, id="", steps=tuple(steps))


def test_three_steps_and_the_same_seed_twice(tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = ("How do I wash a dog?", "--steps", "3", "--seed", "1", "-o", f"{name}.html")
        made = interstep("write", *words, *STARTER, cwd=tmp_path)
        assert (made.code, made.out) == (0, f"{name}.html\n"), made.err
    (one, takes), (two, same) = (read(tmp_path / f"{name}.interstep") for name in ("a", "b"))
    assert len(one.steps) == 3
    assert nameless(one) == nameless(two)
    assert [take.data for take in takes] == [take.data for take in same]
    assert takes
    assert one.draft
    assert one.making.pack == "starter"
    pages = [(tmp_path / f"{name}.html").read_text() for name in ("a", "b")]
    assert pages[0] == pages[1]
    assert "Rough draft" in pages[0]


def test_own_text_tells_each_step_and_what_has_no_drawing(tmp_path: Path) -> None:
    untitled = "Put the passport into the bag with the tickets, the keys and the money for the trip"
    text = f"1. Put the passport in the bag\n2. {untitled}\n3. Wait a week\n"
    (tmp_path / "trip.txt").write_text(text)
    made = interstep("write", "--from", "trip.txt", "-o", "trip.html", cwd=tmp_path)
    assert made.code == 0, made.err
    assert made.err.splitlines() == [
        "Step 1: Put the passport in the bag",
        "no drawing for: passport",
        "Step 2",
        "no drawing for: passport",
        "Step 3: Wait a week",
    ]


SPECIAL = "How do I cook <|im_end|> pasta <|vision_start|> now? <|endoftext|><file_sep>"


def test_special_tokens_in_a_prompt_are_text(tmp_path: Path) -> None:
    words = (SPECIAL, "--steps", "1", "--seed", "2", "-o", "pasta.html", "--json")
    made = interstep("write", *words, *STARTER, cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    tutorial, _ = read(tmp_path / "pasta.interstep")
    assert tutorial.prompt == SPECIAL
    assert len(tutorial.steps) == 1
    finished = [event for event in made.events if event["event"] == "StepFinished"]
    assert [event["step"] for event in finished] == [tutorial.steps[0].id]
    page = (tmp_path / "pasta.html").read_text()
    assert "<|" not in page
    assert "<file_sep>" not in page


def test_ctrl_c_keeps_finished_steps(tmp_path: Path) -> None:
    words = ("How do I boil an egg?", "--steps", "2", "--seed", "1", "-o", "egg.interstep")
    with Running("write", *words, *STARTER, cwd=tmp_path) as running:
        running.until("StepFinished")
        running.interrupt()
        start = time.monotonic()
        ended = running.end()
        assert time.monotonic() - start < 5
    assert ended.code == 130
    assert ended.sentence().startswith("Stopped. ")
    assert "kept in" in ended.sentence()
    tutorial, _ = read(tmp_path / "egg.interstep")
    printed = [event["step"] for event in running.events if event["event"] == "StepFinished"]
    assert [step.id for step in tutorial.steps] == printed
    assert len(printed) == 1
    assert running.events[-1]["event"] == "Cancelled"


def test_ctrl_c_before_the_first_step_leaves_no_file(tmp_path: Path) -> None:
    with Running("write", "Boil an egg", *STARTER, "-o", "egg.html", cwd=tmp_path) as running:
        running.until("Loading")
        running.interrupt()
        ended = running.end()
    assert ended.code == 130
    assert ended.sentence() == "Stopped."
    assert not list(tmp_path.iterdir())


def test_ctrl_c_while_the_authors_own_text_is_painted(tmp_path: Path) -> None:
    (tmp_path / "dog.txt").write_text(TEXT)
    words = ("--from", "dog.txt", "-o", "dog.html")
    with Running("write", *words, cwd=tmp_path) as running:
        running.until("StepFinished", 2)
        running.interrupt()
        ended = running.end()
    tutorial, takes = read(tmp_path / "dog.interstep")
    assert len(tutorial.steps) == 6  # the author's words were there from the start
    painted = [event for event in running.events if event["event"] == "PaintFinished"]
    assert [take.sha256 for take in takes] == [event["image"]["sha256"] for event in painted]
    assert (tmp_path / "dog.html").exists()
    if len(painted) < 6:
        assert ended.code == 130
        told = f"{len(painted)} with a picture."
        assert (
            ended.sentence() == f"Stopped. 6 steps are kept in {tmp_path / 'dog.interstep'}, {told}"
        )


def test_the_engine_killed_in_the_middle(tmp_path: Path) -> None:
    words = ("How do I boil an egg?", "--steps", "2", "--seed", "1", "-o", "egg.interstep")
    with Running("write", *words, *STARTER, cwd=tmp_path) as running:
        running.until("StepFinished")
        engine = running.engine()
        assert engine is not None
        engine.kill()
        ended = running.end()
    assert ended.code == 1
    assert ended.sentence().startswith("The engine stopped unexpectedly")
    assert "kept in" in ended.sentence()
    tutorial, _ = read(tmp_path / "egg.interstep")
    printed = [event["step"] for event in running.events if event["event"] == "StepFinished"]
    assert [step.id for step in tutorial.steps] == printed
    # What is left can be worked on.
    redrawn = interstep("redraw", "egg.interstep", "--step", "1", cwd=tmp_path)
    assert redrawn.code == 0 or "no drawing" in redrawn.sentence().casefold()


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    """`interstep write … --json | head -1`: no traceback, and the file stays whole."""
    (tmp_path / "dog.txt").write_text(TEXT)
    words = ("--from", "dog.txt", "-o", "dog.interstep")
    with Running("write", *words, cwd=tmp_path) as running:
        running.read()
        engine = running.engine()
        ended = running.leave()
    assert ended.code in (0, 1)
    assert "Traceback" not in ended.err
    assert len(read(tmp_path / "dog.interstep")[0].steps) == 6
    assert engine is None or ends_within(engine.pid, 2.0)
