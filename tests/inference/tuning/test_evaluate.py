"""The evaluation: a painter on labelled texts, one JSON object, bad lines told."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.sprites.library import Library, library
from assets.sprites.scene import Placed, Scene, scene_to_json
from inference.painter.nano import Nano
from inference.painter.storyboard import Storyboard
from inference.protocol import Json
from inference.tuning.evaluate import (
    MEASURES,
    PromptError,
    chosen_painter,
    evaluate,
    paint,
    read_prompts,
)

BOWL = Placed("bowl", "empty", 0.4, 0.7, 0.3, "red")
EGG = Placed("egg", "whole", 0.7, 0.7, 0.2)
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
        "next": scene_to_json(Scene("kitchen", (BOWL, EGG))),
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
    assert report["redraw_consistency"] == report["redraw_one_sided"] == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1"),
        ("[]", "line 1"),
        ('{"objects": []}', "text"),
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
