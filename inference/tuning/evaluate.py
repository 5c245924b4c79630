"""Measures a painter on labelled texts, in the base install, on the weights that ship.

A line of the file is one picture:
    {"text": ..., "description": ..., "objects": [drawing, ...], "previous": [text or scene, ...]}
and perhaps "context" [the prompt, the steps before], "heading", "states" {drawing: state},
"actions" [sign, ...], "tutorial" (a name: its pictures shall differ; they are painted a second
time, each behind the painter's own pictures), "next" (a scene: the picture is painted from both
sides), "edit" (its kind: the text is an instruction that changes the last of the previous pictures)
and "wanted" (the scene that it should become). No objects: nothing here can be drawn.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from assets.corpus import corpus
from assets.corpus.kinds import held_out
from assets.corpus.scene_lines import read_scene_line
from assets.sprites.library import Library
from assets.sprites.scene import Scene, scene_from_json, scene_to_json, to_svg
from inference.context import fix_chunk, step_chunk
from inference.packs.store import Store, default_folder
from inference.painter.drawing import CannotFix, Drawing, NoDrawing, Painter, scene_of
from inference.painter.duogen.painter import starter_painter
from inference.painter.render import render
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import Condition, Json, PaintInput
from inference.tuning.measures import (
    Label,
    Tally,
    count_edit,
    count_picture,
    count_redraw,
    distinct,
)
from inference.writer.errors import TooLong

MEASURES = (
    "object_recall",
    "object_precision",
    "state_recall",
    "action_recall",
    "persistence",
    "edit_obedience",
    "redraw_consistency",
    "abstention",
    "distinct_scenes",
)
COMMON = 20  # training pictures; things in fewer are told apart
PICTURE = 768  # pixels a side of the pictures that are timed


class PromptError(ValueError):
    """A line that is no labelled text; the message names it."""


@dataclass(frozen=True)
class Prompt:
    """One labelled picture.

    context: the prompt and the steps before it, as they are read. previous: texts that are painted
    first, or scenes that are there already.
    """

    context: tuple[str, ...]
    text: str
    heading: str
    description: str
    label: Label
    previous: tuple[str | Scene, ...]
    after: Scene | None
    edit: str
    wanted: Scene | None
    tutorial: str


def read_prompts(path: Path, drawings: Library) -> list[Prompt]:
    """Return the lines of a file; raises PromptError that names the line and what is amiss."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                found.append(_prompt(json.loads(line), drawings))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise PromptError(f"{path.name}, line {number}: {error}") from error
    if not found:
        raise PromptError(f"{path.name} has no line: give one JSON object a line")
    return found


def _prompt(value: Json, drawings: Library) -> Prompt:
    objects, states = value["objects"], value.get("states", {})
    actions = value.get("actions", [])
    for name in (*objects, *states, *actions):
        if name not in drawings:
            raise ValueError(f"there is no drawing {name!r}")
    for name, state in states.items():
        if state not in drawings[name].states:
            raise ValueError(f"{name} is never {state!r}")
    previous = [_seen(one) for one in value.get("previous", [])]
    return Prompt(
        context=tuple(map(str, value.get("context", [""]))),
        text=str(value["text"]),
        heading=str(value.get("heading", "")),
        description=str(value.get("description", "")),
        label=Label(frozenset(objects), states, frozenset(actions)),
        previous=tuple(previous),
        after=None if "next" not in value else scene_from_json(value["next"]),
        edit=str(value.get("edit", "")),
        wanted=None if "wanted" not in value else scene_from_json(value["wanted"]),
        tutorial=str(value.get("tutorial", "")),
    )


def _seen(value: Any) -> str | Scene:
    return value if isinstance(value, str) else scene_from_json(value)


def chosen_painter(name: str, drawings: Library) -> Painter:
    """Return the starter's network, the storyboard, or the one that copies the last picture."""
    if name == "duogen":
        return starter_painter(Store(default_folder()), drawings)
    return Storyboard(drawings) if name == "storyboard" else Copier()


class Copier:
    """Draws the last picture again, whatever the text says: what persistence alone is worth."""

    def recipe(self) -> Json:
        """Return what a recipe says of the painter."""
        return {"painter": "copy"}

    def read_ahead(self, chunks: Sequence[str]) -> None:
        """Nothing: it doesn't read."""

    def draw(self, given: PaintInput) -> Iterator[Drawing]:
        """Yield the picture; raises NoDrawing without one before it."""
        scene = next(filter(None, map(scene_of, given.conditions)), None)
        if scene is None:
            raise NoDrawing("this")
        yield Drawing(scene, "", ())


@dataclass(frozen=True)
class Painted:
    """before: the picture before it.

    conditioning: seconds to read the last chunk; seconds: from then to the scene. one_sided: as it
    is painted without the picture after it.
    """

    scene: Scene
    before: Scene | None
    conditioning: float
    seconds: float
    one_sided: Scene | None


def paint(prompt: Prompt, painter: Painter, seed: int) -> Painted:
    """Paint one picture, those before it first where they are texts; an edit is a fix."""
    chunks = [*prompt.context]
    before: list[Scene] = []
    for earlier in prompt.previous:
        if isinstance(earlier, str):
            chunks.append(step_chunk(len(chunks), "", earlier, earlier))
            before.append(_scene(_input(chunks, earlier, earlier, before, None, seed), painter))
        else:
            before.append(earlier)
    step = step_chunk(len(chunks), prompt.heading, prompt.text, prompt.description)
    if prompt.edit:
        step = fix_chunk(len(chunks), prompt.text)
        given = _fix(chunks, prompt.text, before, seed)
    else:
        told = [*chunks, step]
        given = _input(told, prompt.text, prompt.description, before, prompt.after, seed)
        given = replace(given, heading=prompt.heading)
    with suppress(TooLong):
        painter.read_ahead(chunks)
    started = time.perf_counter()
    with suppress(TooLong):
        painter.read_ahead([*chunks, step])
    ready = time.perf_counter()
    scene = _scene(given, painter)
    done = time.perf_counter()
    one_sided = None
    if prompt.after is not None:
        one_sided = _scene(replace(given, conditions=given.conditions[:-1]), painter)
    last = before[-1] if before else None
    return Painted(scene, last, ready - started, done - ready, one_sided)


def _input(
    chunks: Sequence[str],
    text: str,
    description: str,
    before: Sequence[Scene],
    after: Scene | None,
    seed: int,
) -> PaintInput:
    conditions = [Condition("previous", "", _source(scene)) for scene in reversed(before)]
    if after is not None:
        conditions.append(Condition("next", "", _source(after)))
    return PaintInput("", "", text, description, tuple(chunks), tuple(conditions), seed)


def _fix(chunks: Sequence[str], instruction: str, before: Sequence[Scene], seed: int) -> PaintInput:
    given = _input(chunks, "", "", before, None, seed)
    conditions = [replace(one, role="present") for one in given.conditions[:1]]
    conditions += given.conditions[1:]
    return replace(given, mode="fix", instruction=instruction, conditions=tuple(conditions))


def _source(scene: Scene) -> Json:
    return {"scene": scene_to_json(scene)}


def _scene(given: PaintInput, painter: Painter) -> Scene:
    """Return the painted scene; where the painter can't, an empty one or the one to be fixed."""
    try:
        *_, picture = painter.draw(given)
        assert isinstance(picture, Drawing)
        return picture.scene
    except (NoDrawing, TooLong):
        return Scene(None)
    except CannotFix:
        return scene_of(given.conditions[0]) or Scene(None)


def evaluate(
    prompts: Sequence[Prompt], painter: Painter, drawings: Library, seed: int = 0
) -> Iterator[Json]:
    """Yield {"done", "of"} after each picture, then the measures and their counts."""
    tally, rare = Tally(), rare_things(drawings)
    painted: list[Painted] = []
    for number, prompt in enumerate(prompts):
        one = paint(prompt, painter, seed + number)
        painted.append(one)
        _count(tally, prompt, one, drawings, rare)
        yield {"done": number + 1, "of": len(prompts)}
    _count_chains(tally, prompts, painter, drawings, seed)
    drawn = [one for one in painted if one.scene.sprites]
    started = time.perf_counter()
    for one in drawn:
        render(to_svg(one.scene, drawings), PICTURE)
    rendering = (time.perf_counter() - started) / max(1, len(drawn))
    seconds = sum(one.seconds for one in painted) / len(painted) + rendering
    conditioning = sum(one.conditioning for one in painted) / len(painted)
    shares = {name: tally.shares().get(name) for name in MEASURES}
    others = {name: share for name, share in tally.shares().items() if name not in shares}
    yield {
        **shares,
        **others,
        "seconds_per_picture": round(seconds, 4),
        "seconds_conditioning": round(conditioning, 4),
        "counts": {"pictures": len(prompts), **tally.of},
    }


def _count_chains(
    tally: Tally, prompts: Sequence[Prompt], painter: Painter, drawings: Library, seed: int
) -> None:
    """Paint each tutorial again, every picture behind the painter's own instead of the given."""
    own = Tally()
    for tutorial, group in groupby(enumerate(prompts), key=lambda pair: pair[1].tutorial):
        if tutorial:
            scenes: list[Scene] = []
            for number, prompt in group:
                alone = replace(prompt, previous=tuple(scenes))
                scenes.append(paint(alone, painter, seed + number).scene)
                count_picture(own, scenes[-1], prompt.label, drawings, frozenset())
            tally.add("distinct_scenes", int(distinct(scenes)), 1)
    for measure in ("object_recall", "object_precision"):
        tally.add(f"chained_{measure}", own.found[measure], own.of[measure])


def rare_things(drawings: Library) -> frozenset[str]:
    """Return the drawings that fewer than COMMON of the training pictures show."""
    unseen = held_out()
    shown = Counter(
        thing.name
        for example in corpus()
        if example.name not in unseen
        for step in example.steps
        if step.scene
        for thing in read_scene_line(step.scene, drawings).things
    )
    return frozenset(sprite.name for sprite in drawings.of() if shown[sprite.name] < COMMON)


def _count(
    tally: Tally, prompt: Prompt, one: Painted, drawings: Library, rare: frozenset[str]
) -> None:
    if not prompt.label.objects and not prompt.edit:
        tally.add("abstention", int(not one.scene.sprites), 1)
        return
    count_picture(tally, one.scene, prompt.label, drawings, rare)
    if prompt.edit and one.before is not None and prompt.wanted is not None:
        count_edit(tally, prompt.edit, one.before, prompt.wanted, one.scene, drawings)
    if prompt.after is not None and one.before is not None and one.one_sided is not None:
        around = one.before, prompt.after
        for suffix, scene in (("", one.scene), ("_one_sided", one.one_sided)):
            count_redraw(tally, suffix, *around, prompt.wanted, scene, drawings)
