"""The files of labelled texts that evaluate() measures on, made of what no training has seen.

The texts of starter.jsonl are the starter's own, labelled by hand: they are not made here.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from assets.corpus import Example, corpus
from assets.corpus.scene_lines import SceneLine, read_scene_line
from assets.sprites.library import Library
from assets.sprites.scene import Scene, scene_to_json
from inference.protocol import Json
from inference.tuning.alignment import made_up
from inference.tuning.dialogues import split
from inference.tuning.documents import Document
from inference.tuning.measures import label_of, shown
from inference.tuning.preparing import undrawable_texts
from inference.tuning.tutorials import as_written, wordings

BODY = re.compile(r"## \d+\. [^\n]*\n([^\n.]*\.)")  # a step's first sentence
EDITED = 120  # made-up documents whose edits are asked for
OTHER_NAMES = 1  # of the other writers' sentences: the one that calls a thing by another name


def write_prompts(folder: Path, drawings: Library) -> None:
    """Write held_out, other_names, edits, redraw and undrawable.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    _, unseen = split(corpus())
    said = wordings()
    renamed = [_renamed(example, said[example.name]) for example in unseen]
    for name, lines in (
        ("held_out", _of_tutorials(unseen, drawings)),
        ("other_names", _of_tutorials(renamed, drawings)),
        ("edits", _edits(drawings)),
        ("redraw", _redraws(unseen, drawings)),
        ("undrawable", _undrawable()),
    ):
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def _renamed(example: Example, said: dict[str, list[str]]) -> Example:
    steps = [
        replace(step, description=said[str(number)][OTHER_NAMES]) if step.scene else step
        for number, step in enumerate(example.steps, 1)
    ]
    return replace(example, steps=tuple(steps))


def _pictured(example: Example, drawings: Library) -> list[tuple[int, SceneLine]]:
    """Return the number of each step that has a picture, and its line."""
    return [
        (number, read_scene_line(step.scene, drawings))
        for number, step in enumerate(example.steps, 1)
        if step.scene
    ]


def _of_tutorials(examples: Sequence[Example], drawings: Library) -> Iterator[Json]:
    for example in examples:
        document = as_written(example, drawings, 0)
        before: list[Scene] = []
        lines = _pictured(example, drawings)
        for (number, line), picture in zip(lines, document.pictures, strict=True):
            yield _line(example, document, number, line, before, drawings)
            before.append(picture.scene)


def _line(
    example: Example,
    document: Document,
    number: int,
    line: SceneLine,
    before: Sequence[Scene],
    drawings: Library,
) -> Json:
    step, label = example.steps[number - 1], label_of(line, drawings)
    return {
        "tutorial": example.name,
        "heading": step.title,
        "text": step.body,
        "description": step.description,
        "objects": sorted(label.objects),
        "states": label.states,
        "actions": sorted(label.actions),
        "context": list(document.chunks[:number]),
        "previous": [scene_to_json(scene) for scene in before],
    }


def _redraws(examples: Sequence[Example], drawings: Library) -> Iterator[Json]:
    """Yield the pictures that have one before and one behind them."""
    for example in examples:
        document = as_written(example, drawings, 0)
        scenes = [picture.scene for picture in document.pictures]
        lines = _pictured(example, drawings)
        for k in range(1, len(scenes) - 1):
            found = _line(example, document, *lines[k], scenes[:k], drawings)
            del found["tutorial"]
            wanted, after = map(scene_to_json, scenes[k : k + 2])
            yield found | {"next": after, "wanted": wanted}


def _edits(drawings: Library) -> Iterator[Json]:
    """Yield the edits of held-out chains; the instruction is what a person would ask for."""
    for number in range(EDITED):
        document = made_up(Random(f"held out/{number}"), drawings)
        pictures = document.pictures
        for k, after in enumerate(pictures[1:], 1):
            told = BODY.match(document.chunks[after.chunk])
            assert told is not None
            yield {
                "edit": after.edit,
                "text": told[1],
                "objects": sorted(shown(after.scene, drawings)),
                "context": list(document.chunks[: after.chunk]),
                "previous": [scene_to_json(picture.scene) for picture in pictures[:k]],
                "wanted": scene_to_json(after.scene),
            }


def _undrawable() -> Iterator[Json]:
    for one in undrawable_texts()["held_out"]:
        yield {**one, "objects": []}
