"""The command line where all is well, without a writer: every command as a process of its own."""

import hashlib
import io
import os
import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from command_line import TEXT, Outcome, interstep
from PIL import Image

from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Take, Tutorial

WORDS = re.compile(r"\w+")
NO_LLAMA = "import sys\nsys.modules['llama_cpp'] = None\n"  # what an absent package looks like


def opened(path: Path) -> Tutorial:
    with TutorialFile.open(path) as file:
        assert file.problems == ()
        return file.tutorial


def shown(path: Path, step: int) -> tuple[Picture, Take]:
    """Return a step's picture and the take that it shows."""
    with TutorialFile.open(path) as file:
        picture = file.tutorial.steps[step - 1].pictures[0]
        assert picture.chosen is not None
        return picture, file.take(picture.chosen)


MARKDOWN = "# Wash a dog\n\nA clean dog.\n\n## Brush\n\nBrush the dog.\n\n## Dry\n\nUse a towel.\n"
NUMBERED = "1. Fill the bathtub with water.\n2. Wash the dog with soap.\n"
PLAIN = "First wash the dog in the bathtub.\n\nThen dry the dog with a red towel.\n"
SPLIT = (
    (MARKDOWN, [("Brush", "Brush the dog."), ("Dry", "Use a towel.")]),
    (NUMBERED, [("Fill the bathtub with water", ""), ("Wash the dog with soap", "")]),
    (PLAIN, [("First wash the dog in the bathtub", ""), ("Then dry the dog with a red towel", "")]),
)


@pytest.mark.parametrize(("text", "steps"), SPLIT, ids=["markdown", "numbered", "plain"])
@pytest.mark.parametrize("way", ["file", "stdin"])
def test_from_a_text(text: str, steps: list[tuple[str, str]], way: str, tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(text)
    source = "mine.md" if way == "file" else "-"
    made = interstep("write", "--from", source, "-o", "t.html", cwd=tmp_path, given=text.encode())
    assert (made.code, made.out) == (0, "t.html\n"), made.err
    tutorial = opened(tmp_path / "t.interstep")
    assert [(step.title, step.body) for step in tutorial.steps] == steps
    assert not tutorial.draft  # the author's own words are no rough draft
    page = (tmp_path / "t.html").read_text()
    assert page.count("<svg") == sum(1 for step in tutorial.steps if step.pictures)
    assert "<svg" in page


def test_from_a_built_in_tutorial_by_name_and_by_title(tmp_path: Path) -> None:
    for number, name in enumerate(("wash-a-dog", "Wash a Dog")):
        made = interstep("write", "--from", name, "-o", f"{number}.md", cwd=tmp_path)
        assert made.code == 0, made.err
    first, second = (opened(tmp_path / f"{number}.interstep") for number in (0, 1))
    assert [step.body for step in first.steps] == [step.body for step in second.steps]
    assert len(list((tmp_path / "0-images").glob("*.png"))) >= 4


def test_without_o_the_file_is_named_after_the_topic(tmp_path: Path) -> None:
    text = MARKDOWN.replace("Wash a dog", "Wash: my dog?").encode()
    made = interstep("write", "--from", "-", cwd=tmp_path, given=text)
    assert (made.code, made.out) == (0, "wash-my-dog.interstep\n")
    assert opened(tmp_path / "wash-my-dog.interstep").prompt == "Wash: my dog?"


def test_markdown_and_html_are_kept_as_interstep_beside(tmp_path: Path, dog: Path) -> None:
    for name in ("dog.md", "dog.html"):
        done = interstep("export", dog, "-o", name, cwd=tmp_path)
        assert (done.code, done.out) == (0, f"{name}\n"), done.err
    again = interstep("write", "--from", "dog.md", "-o", "again.interstep", cwd=tmp_path)
    assert again.code == 0, again.err
    assert again.err == ""  # every step has its picture already: nothing is painted
    before, after = opened(dog), opened(tmp_path / "again.interstep")
    assert [(s.title, s.body) for s in after.steps] == [(s.title, s.body) for s in before.steps]
    assert [s.pictures[0].chosen for s in after.steps] == [
        s.pictures[0].chosen for s in before.steps
    ]


def test_several_tutorials_are_exported_into_a_folder(tmp_path: Path, dog: Path) -> None:
    other = dog.with_name("other.interstep")
    other.write_bytes(dog.read_bytes())
    done = interstep("export", dog, other, "-o", "out", cwd=tmp_path)
    assert done.code == 0, done.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["dog.html", "other.html"]


def test_a_bad_file_does_not_keep_the_others_from_an_export(tmp_path: Path, dog: Path) -> None:
    (tmp_path / "text.interstep").write_text("no tutorial")
    words = ("nope.interstep", dog, "text.interstep", "-o", "out")
    done = interstep("export", *words, cwd=tmp_path)
    assert done.code == 1
    assert "is not an Interstep tutorial" in done.sentence()
    assert "interstep: “nope.interstep” does not exist." in done.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["dog.html"]
    assert interstep("export", "a.interstep", "b.interstep", "-o", "new", cwd=tmp_path).code == 1
    assert not (tmp_path / "new").exists()


def test_the_version_is_told(tmp_path: Path) -> None:
    asked = interstep("--version", cwd=tmp_path)
    assert (asked.code, asked.out) == (0, f"interstep {version('interstep')}\n")


def test_an_export_is_replaced_as_a_whole(tmp_path: Path, dog: Path) -> None:
    (tmp_path / "dog.html").write_text("old")
    with (tmp_path / "dog.html").open() as reader:
        assert interstep("export", dog, "-o", "dog.html", cwd=tmp_path).code == 0
        assert reader.read() == "old"  # who reads it meanwhile reads one whole file
    assert (tmp_path / "dog.html").read_text().startswith("<!DOCTYPE html>")
    assert not list(tmp_path.glob(".interstep-*.part"))


def test_an_existing_tutorial_is_never_overwritten(tmp_path: Path, dog: Path) -> None:
    before = dog.read_bytes()
    for name in ("dog.interstep", "dog.html", "dog.md"):
        refused = interstep("write", "--from", "wash-a-dog", "-o", name, cwd=tmp_path)
        assert refused.code == 1
        assert "exists and is not overwritten" in refused.sentence()
    assert dog.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["dog.interstep"]


# ---------------------------------------------------------------- redraw


def redraw(path: Path, *words: str) -> Outcome:
    return interstep("redraw", path.name, *words, cwd=path.parent)


def test_redraw_keeps_the_old_take(dog: Path) -> None:
    old, _ = shown(dog, 2)
    done = redraw(dog, "--step", "2", "--seed", "41")
    assert done.code == 0, done.err
    new, take = shown(dog, 2)
    assert new.takes[: len(old.takes)] == old.takes
    assert new.chosen in new.takes
    assert take.recipe["seed"] == 41
    roles = [condition["role"] for condition in take.recipe["conditions"]]
    assert roles == ["previous", "next"]


def test_redraw_without_neighbours(dog: Path) -> None:
    assert redraw(dog, "--step", "2", "--seed", "41", "--neighbours", "none").code == 0
    assert shown(dog, 2)[1].recipe["conditions"] == []
    assert redraw(dog, "--step", "2", "--seed", "41", "--neighbours", "next").code == 0
    assert [c["role"] for c in shown(dog, 2)[1].recipe["conditions"]] == ["next"]


def test_a_picture_that_looks_the_same_is_another_take_and_is_told(dog: Path) -> None:
    seed = ("--seed", "41")
    assert "looks the same" not in redraw(dog, "--step", "2", *seed, "--neighbours", "none").err
    old, before = shown(dog, 2)
    with TutorialFile.open(dog) as file:
        file.save(edits.set_field(file.tutorial, "title", "A clean dog, once more")[0])
    done = redraw(dog, "--step", "2", *seed, "--neighbours", "none")
    assert done.code == 0
    assert "looks the same as the one before: try --neighbours none" in done.err
    new, after = shown(dog, 2)
    assert new.takes == (*old.takes, after.sha256)
    assert after.source == before.source


def test_redraw_fix_changes_what_it_is_told(dog: Path) -> None:
    words = ("--step", "5", "--mode", "fix", "--instruction", "make the towel green")
    done = redraw(dog, *words, "--seed", "1")
    assert done.code == 0, done.err
    _, take = shown(dog, 5)
    towels = [s for s in take.source["scene"]["sprites"] if s["name"] == "towel"]
    assert [towel["tint"] for towel in towels] == ["green"]
    assert take.recipe["instruction"] == "make the towel green"


def test_a_mask_is_for_pixels(dog: Path, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    Image.new("L", (64, 64), "white").save(mask)
    words = ("--step", "5", "--mask", str(mask), "--instruction", "make the towel green")
    refused = redraw(dog, *words, "--mode", "fix")
    assert refused.code == 1
    assert "Only painted pixels can change inside a mask" in refused.err
    assert "--mask goes with --mode fix" in redraw(dog, *words[:4]).err
    assert "not a file" in redraw(dog, *words, "--mode", "fix", "--mask", str(tmp_path)).err


def test_the_same_seed_gives_the_same_take_in_fresh_processes(dog: Path) -> None:
    twin = dog.with_name("twin.interstep")
    twin.write_bytes(dog.read_bytes())
    for path in (dog, twin):
        assert redraw(path, "--step", "3", "--seed", "123456789").code == 0
    assert shown(dog, 3)[1] == shown(twin, 3)[1]
    before = shown(dog, 3)[0].takes
    assert redraw(dog, "--step", "3", "--seed", "123456789").code == 0
    assert shown(dog, 3)[0].takes == before  # a take that is there already is not stored twice


# ---------------------------------------------------------------- --json


def test_json_prints_events_without_image_bytes(tmp_path: Path) -> None:
    words = ("write", "--from", "-", "-o", "t.interstep", "--json", "--seed", "5")
    made = interstep(*words, cwd=tmp_path, given=TEXT.encode())
    assert (made.code, made.err) == (0, "")
    events = made.events
    assert events[-1]["event"] == "Finished"
    steps = [step.id for step in opened(tmp_path / "t.interstep").steps]
    for event in events:
        if event["event"] == "TextDelta":
            assert event["step"] in steps
            assert event["field"] == "description"
            assert event["text"]
    painted = [event for event in events if event["event"] == "PaintFinished"]
    assert [event["step"] for event in painted] == steps
    with TutorialFile.open(tmp_path / "t.interstep") as file:
        for event in painted:
            take = file.take(event["image"]["sha256"])
            size = Image.open(io.BytesIO(take.data)).size
            assert size == (event["image"]["width"], event["image"]["height"])
            assert event["recipe"] == take.recipe
            assert hashlib.sha256(take.data).hexdigest() == take.sha256
    assert "base64" not in made.out


def test_json_of_a_redraw(dog: Path) -> None:
    done = redraw(dog, "--step", "1", "--seed", "9", "--json")
    assert (done.code, done.err) == (0, "")
    (painted,) = (event for event in done.events if event["event"] == "PaintFinished")
    assert painted["image"].keys() == {"sha256", "width", "height"}
    assert painted["image"]["sha256"] == shown(dog, 1)[0].chosen


# ---------------------------------------------------------------- without llama.cpp


def test_all_but_writing_works_without_llama_cpp(tmp_path: Path, dog: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(NO_LLAMA)
    env = {"PYTHONPATH": os.pathsep.join((str(hidden), *sys.path[1:]))}
    calls = (
        ("write", "--from", "wash-a-dog", "-o", "own.html"),
        ("export", "dog.interstep", "-o", "dog.html"),
        ("redraw", "dog.interstep", "--step", "2"),
        ("packs", "list"),
    )
    for words in calls:
        done = interstep(*words, cwd=tmp_path, env=env)
        assert done.code == 0, (words, done.err)
    refused = interstep("write", "Boil an egg", "-o", "egg.html", cwd=tmp_path, env=env)
    assert refused.code == 1
    assert "llama-cpp-python" in refused.sentence()
    assert f'pip --python {sys.executable} install "interstep[cpu]"' in refused.sentence()
    assert not list(tmp_path.glob("egg*"))


# ---------------------------------------------------------------- packs and doctor


def test_packs_list_and_show_without_any_pack(tmp_path: Path, empty_store: dict[str, str]) -> None:
    listed = interstep("packs", "list", cwd=tmp_path, env=empty_store)
    assert listed.code == 0, listed.err
    assert re.search(r"starter +98 MB to download", listed.out)
    assert re.search(r"laptop +1\.2 GB to download", listed.out)
    # What would be taken, and why.
    assert listed.out.count("\n* suits this computer best. The pack ") == 1
    shown = interstep("packs", "show", "starter", cwd=tmp_path, env=empty_store)
    assert re.search(r"^writer and reader: SmolLM2\S+\.gguf, 98 MB", shown.out, re.MULTILINE)
    assert not (tmp_path / "account").exists()  # looking makes nothing


def test_packs_verify_and_doctor(tmp_path: Path, starter_gguf: Path) -> None:
    verified = interstep("packs", "verify", "starter", cwd=tmp_path)
    assert verified.code == 0, verified.err
    assert f"“{starter_gguf.name}” is whole." in verified.err
    doctor = interstep("doctor", cwd=tmp_path)
    assert doctor.code == 0, doctor.err
    assert re.search(r"^Packs .*\bstarter\b", doctor.out, re.MULTILINE)
    assert str(starter_gguf.parents[2]) in doctor.out
