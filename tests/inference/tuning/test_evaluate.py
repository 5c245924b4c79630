"""The evaluation: a painter on labelled texts, one JSON object, bad lines told."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from assets.sprites.library import Library, library
from assets.sprites.scene import Placed, Scene, scene_to_json
from inference.context import step_chunk
from inference.painter.drawing import Drawing
from inference.painter.duogen.painter import Nano
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import Condition, Json, PaintInput
from inference.tuning.evaluate import (
    MEASURES,
    PromptError,
    chosen_painter,
    evaluate,
    paint,
    read_prompts,
)
from inference.tuning.prompts import write_prompts

BOWL = Placed("bowl", "empty", 0.4, 0.7, 0.3, "red")
EGG = Placed("egg", "whole", 0.7, 0.7, 0.2)
SPOON = Placed("spoon", "plain", 0.2, 0.8, 0.2)
LINES: list[Json] = [
    {
        "text": "Crack the egg into a bowl.",
        "description": "A cracked egg in a bowl.",
        "objects": ["egg", "bowl"],
        "states": {"egg": "cracked"},
        "previous": [],
        "tutorial": "eggs",
    },
    {
        "text": "Whisk it.",
        "description": "A whisk in a bowl.",
        "objects": ["whisk", "bowl"],
        "previous": ["An egg beside a bowl."],
        "tutorial": "eggs",
    },
    {"text": "Tune it.", "description": "A violin on a stand.", "objects": [], "previous": []},
    {
        "text": "Make the bowl green.",
        "objects": ["bowl", "egg"],
        "previous": [scene_to_json(Scene("kitchen", (BOWL, EGG)))],
        "edit": "recolour",
        "wanted": scene_to_json(
            Scene("kitchen", (Placed("bowl", "empty", 0.4, 0.7, 0.3, "green"), EGG))
        ),
    },
    {
        "text": "Look at the egg.",
        "description": "An egg beside a red bowl.",
        "objects": ["bowl", "egg"],
        "previous": [scene_to_json(Scene("kitchen", (BOWL, EGG)))],
        "next": scene_to_json(Scene("kitchen", (BOWL, EGG, SPOON))),
        "wanted": scene_to_json(Scene("kitchen", (BOWL, EGG, SPOON))),
    },
]


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


@pytest.fixture(scope="module")
def duogen(drawings: Library, starter_gguf: Path) -> Iterator[Nano]:
    painter = chosen_painter("duogen", drawings)
    assert isinstance(painter, Nano)
    yield painter
    painter.close()


def written(path: Path, lines: list[Json]) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    return path


def test_the_storyboard_in_one_object(drawings: Library, tmp_path: Path) -> None:
    prompts = read_prompts(written(tmp_path / "p.jsonl", LINES), drawings)
    *progress, report = evaluate(prompts, Storyboard(drawings), drawings)
    assert [line["done"] for line in progress] == [1, 2, 3, 4, 5]
    assert set(MEASURES) <= set(report)
    assert report["object_recall"] >= 0.75
    assert report["state_recall"] == 1
    assert report["abstention"] == 1
    assert report["distinct_scenes"] == 1
    assert 0 < report["seconds_per_picture"] < 5
    assert report["counts"]["pictures"] == 5


def test_copying_the_last_picture_keeps_all_and_obeys_nothing(
    drawings: Library, tmp_path: Path
) -> None:
    prompts = read_prompts(written(tmp_path / "p.jsonl", LINES[3:]), drawings)
    *_, report = evaluate(prompts, chosen_painter("copy", drawings), drawings)
    assert report["persistence"] == 1
    assert report["edit_obedience"] == 0
    assert report["redraw_consistency"] == report["redraw_consistency_one_sided"] == 1
    assert report["redraw_coming"] == report["redraw_coming_one_sided"] == 0, "the spoon"


def test_an_edit_is_a_fix_of_the_last_picture(drawings: Library, tmp_path: Path) -> None:
    prompts = read_prompts(written(tmp_path / "p.jsonl", LINES[3:4]), drawings)
    *_, report = evaluate(prompts, Storyboard(drawings), drawings)
    assert report["persistence"] == report["edit_obedience"] == 1
    hard = LINES[3] | {"text": "Make the violin green."}
    prompts = read_prompts(written(tmp_path / "p.jsonl", [hard]), drawings)
    *_, report = evaluate(prompts, Storyboard(drawings), drawings)
    assert (report["persistence"], report["edit_obedience"]) == (1, 0), "it can't: all stays"


def test_a_tutorial_is_painted_again_behind_the_painters_own_pictures(
    drawings: Library, tmp_path: Path
) -> None:
    given = [scene_to_json(Scene("kitchen", (BOWL,)))]
    lines = [
        {"text": "Look.", "objects": ["bowl"], "previous": given, "tutorial": "a"},
        {"text": "Look.", "objects": ["bowl"], "previous": given, "tutorial": "a"},
    ]
    prompts = read_prompts(written(tmp_path / "p.jsonl", lines), drawings)
    *_, report = evaluate(prompts, chosen_painter("copy", drawings), drawings)
    assert report["object_recall_all"] == 1
    assert report["chained_object_recall"] == 0, "nobody gives it a first picture to copy"
    assert report["distinct_scenes"] == 0


KEPT = sorted((Path(str(files("assets"))) / "starter" / "evaluation").glob("*.jsonl"))


def test_the_kept_files_are_what_prompts_writes(drawings: Library, tmp_path: Path) -> None:
    write_prompts(tmp_path, drawings)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in KEPT}
    by_hand = kept.pop("starter.jsonl")
    assert written == kept
    assert len(by_hand.splitlines()) >= 150
    assert [len(read_prompts(path, drawings)) > 30 for path in KEPT] == [True] * 6


def test_the_network_is_measured_without_torch(starter_gguf: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "p.jsonl", LINES[:4])
    program = (
        "import sys; sys.modules['torch'] = None; sys.argv = ['evaluate', *sys.argv[1:]]\n"
        "from inference.tuning.__main__ import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", program, "evaluate", "--prompts", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    assert report["object_recall"] >= 0.5
    assert report["counts"]["edit_obedience"] == 1
    assert report["seconds_conditioning"] > 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1"),
        ("[]", "line 1"),
        ('{"objects": []}', "text"),
        ('{"text": "a"}', "objects"),
        ('{"text": "a", "objects": ["dodo"]}', "dodo"),
        ('{"text": "a", "objects": ["egg"], "states": {"egg": "flying"}}', "never 'flying'"),
        ('{"text": "a", "objects": [], "previous": [{"background": 1}]}', "scene"),
        ("", "no line"),
    ],
)
def test_a_bad_line_is_told(drawings: Library, tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(PromptError, match=message):
        read_prompts(path, drawings)


def test_hard_texts_are_no_crash(drawings: Library, tmp_path: Path, duogen: Nano) -> None:
    lines: list[Json] = [
        {"text": "", "objects": ["egg"], "previous": []},
        {"text": "egg " * 5000, "objects": ["egg"], "previous": []},
        {
            "text": "An egg.",
            "description": "An egg.",
            "objects": ["egg"],
            "previous": [scene_to_json(Scene("kitchen", (EGG,)))] * 60,
        },
    ]
    prompts = read_prompts(written(tmp_path / "p.jsonl", lines), drawings)
    for painter in (Storyboard(drawings), duogen):
        *_, report = evaluate(prompts, painter, drawings)
        assert report["counts"]["pictures"] == 3


def test_what_a_fix_by_the_network_does_not_name_stays(duogen: Nano) -> None:
    pot, egg = Placed("cooking pot", "empty", 0.3, 0.6, 0.4), Placed("egg", "whole", 0.7, 0.75, 0.2)
    before = Scene("tabletop", (pot, egg))
    chunks = ("How do I boil an egg?", step_chunk(1, "Set out", "Set both out.", "A pot, an egg."))
    given = PaintInput("", "", "", "", chunks, (), 1, "fix", instruction="Make the pot blue.")
    present = Condition("present", "", {"scene": scene_to_json(before)})
    *_, picture = duogen.draw(replace(given, conditions=(present,)))
    assert isinstance(picture, Drawing)
    assert picture.scene == Scene("tabletop", (replace(pot, tint="blue"), egg))


def test_a_line_longer_than_the_reader_is_an_empty_scene(
    drawings: Library, tmp_path: Path, duogen: Nano
) -> None:
    """The text, or one of those before it; the line behind is painted."""
    long = "egg " * 5000
    told: Json = {"text": "An egg.", "description": "An egg.", "objects": ["egg"]}
    lines: list[Json] = [
        told | {"text": long, "previous": []},
        told | {"previous": [long]},
        told | {"previous": []},
    ]
    prompts = read_prompts(written(tmp_path / "p.jsonl", lines), drawings)
    scenes = [paint(prompt, duogen, 0).scene for prompt in prompts]
    assert scenes[:2] == [Scene(None), Scene(None)]
    assert scenes[2].sprites


def test_the_command_prints_one_object(tmp_path: Path) -> None:
    path = written(tmp_path / "p.jsonl", LINES[:1])
    command = [sys.executable, "-m", "inference.tuning", "evaluate", "--prompts", str(path)]
    done = subprocess.run(
        [*command, "--painter", "storyboard", "--json"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["object_recall"] == 1
    path.write_text("nonsense\n")
    failed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "line 1" in failed.stderr
    assert "Traceback" not in failed.stderr
