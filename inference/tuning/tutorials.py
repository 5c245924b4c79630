"""The corpus as documents for stage 2, each tutorial again and again in other words.

What keeps the meaning: a picture told in the words of another writer (wordings.json) or from its
scene line; an object exchanged for another one in all texts and scenes; fewer steps; a picture
given by the user; other compositions. Mirroring and missing pictures need no new text: stage2.py.
Source: DuoGen, section 3.1 (interleaved tutorials, pictures given by the user).
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from random import Random

from assets.corpus import Example, ExampleStep
from assets.corpus.scene_lines import SceneLine, read_scene_line
from assets.sprites.library import Library, Sprite
from assets.sprites.scene import Scene
from inference.context import step_chunk
from inference.painter.geometry import Ruler
from inference.painter.naming import is_tool
from inference.painter.storyboard.things import Neighbour
from inference.tuning.alignment import without
from inference.tuning.dialogues import asking
from inference.tuning.documents import Document, Shown
from inference.tuning.pictures import picture_of, settled
from inference.tuning.wording import Wording, said

EXCHANGED = 0.55  # of the documents have objects exchanged
UNKNOWN = 0.25  # of the documents tell of something that can't be drawn
EMPTY = SceneLine(None, ())  # the picture of what can't be drawn
Wordings = dict[str, dict[str, list[str]]]


def wordings() -> Wordings:
    """Read what other writers said of the pictures: {tutorial: {step: [sentence, ...]}}."""
    found: Wordings = {}
    for folder in files("assets.corpus").iterdir():
        if folder.is_dir() and (file := folder / "wordings.json").is_file():
            found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def as_written(example: Example, drawings: Library, seed: int) -> Document:
    """Return the tutorial in its own words."""
    prompt = f"How do I {example.title[0].lower()}{example.title[1:]}?"
    steps = [(step, _line(step, drawings)) for step in example.steps]
    return _document(prompt, steps, seed, drawings, given=False)


def varied(
    example: Example,
    others: Wordings,
    drawings: Library,
    random: Random,
    nouns: Sequence[str] = (),
) -> Document:
    """Return the tutorial in other words, with other objects, shorter: as random has it.

    nouns: things that can't be drawn, of which one may take the place of a thing that can.
    """
    steps = []
    wording = Wording(random, drawings)
    for number, step in enumerate(example.steps, 1):
        line = _line(step, drawings)
        told = others.get(example.name, {}).get(str(number), [])
        steps.append((replace(step, description=_told(step, line, told, wording, random)), line))
    title = example.title
    if random.random() < EXCHANGED:
        title, steps = _exchanged(title, steps, drawings, random)
    if nouns and random.random() < UNKNOWN:
        title, steps = _unknown(title, steps, nouns, drawings, random)
    if random.random() < 0.3:
        left = random.sample(range(len(steps)), random.randint(2, len(steps)))
        steps = [step for k, step in enumerate(steps) if k in left]
    return _document(
        asking(title, random), steps, random.randrange(1 << 30), drawings, random.random() < 0.1
    )


def _line(step: ExampleStep, drawings: Library) -> SceneLine | None:
    return read_scene_line(step.scene, drawings) if step.scene else None


def _told(
    step: ExampleStep,
    line: SceneLine | None,
    told: Sequence[str],
    wording: Wording,
    random: Random,
) -> str:
    """Return a description: its own, another writer's, from the scene line, or none."""
    if line is None:
        return ""
    choice = random.random()
    if choice < 0.1:
        return wording.description(line)
    if told and choice < 0.65:
        return random.choice(told)
    return step.description


Step = tuple[ExampleStep, SceneLine | None]


def _exchanged(
    title: str, steps: list[Step], drawings: Library, random: Random
) -> tuple[str, list[Step]]:
    """Return the tutorial with one to three of its objects exchanged for others like them."""
    shown = sorted({t.name for _, line in steps if line for t in line.things if not t.mark})
    random.shuffle(shown)
    for name in shown[: random.randint(1, 3)]:
        lines = [line for _, line in steps if line is not None]
        other = _like(drawings[name], lines, drawings, random)
        if other is None:
            continue
        title = said(title, drawings[name], other)
        steps = [
            (
                _said_step(step, line, drawings[name], other, drawings, random),
                _shown(line, name, other),
            )
            for step, line in steps
        ]
    return title, steps


def _unknown(
    title: str, steps: list[Step], nouns: Sequence[str], drawings: Library, random: Random
) -> tuple[str, list[Step]]:
    """Return the tutorial with one of its objects exchanged for one that can't be drawn.

    A picture of which it is the first thing is empty, from others it is missing.
    """
    things = [t.name for _, line in steps if line for t in line.things if not t.mark]
    named = sorted({name for name in things if drawings[name].domain != "people"})
    if not named:
        return title, steps
    sprite, noun = drawings[random.choice(named)], random.choice(nouns)
    other = replace(sprite, names=(noun,))
    found: list[Step] = []
    for step, line in steps:
        told = replace(
            step,
            title=said(step.title, sprite, other),
            body=said(step.body, sprite, other),
            description=said(step.description, sprite, other),
        )
        if line is None or told.description == step.description:
            found.append((step, line))
        else:
            found.append((told, _missing(line, sprite.name, drawings)))
    return said(title, sprite, other), found


def _missing(line: SceneLine, name: str, drawings: Library) -> SceneLine:
    """Return the line without a thing, EMPTY where it is what the picture is about."""
    about = [t.name for t in line.things if not t.mark and drawings[t.name].domain != "people"]
    if about[:1] == [name]:
        return EMPTY
    while any(thing.name == name for thing in line.things):
        k = next(k for k, thing in enumerate(line.things) if thing.name == name)
        line = without(line, k)
    return line


def _like(
    sprite: Sprite, lines: Sequence[SceneLine], drawings: Library, random: Random
) -> Sprite | None:
    """Return another drawing that can take the sprite's place in all these lines."""
    if sprite.domain in ("people", "actions", "backgrounds"):
        return None
    states = {t.state for line in lines for t in line.things if t.name == sprite.name}
    named = {t.name for line in lines for t in line.things}
    special = states - {sprite.default_state}
    fitting = [
        other
        for other in drawings.of()
        if other.name not in named
        and other.domain not in ("people", "actions", "backgrounds")
        and special <= set(other.states)
        and (other.inside is None) == (sprite.inside is None)
        and (other.on is None) == (sprite.on is None)
        and is_tool(other) == is_tool(sprite)
        and 0.5 <= other.size / sprite.size <= 2
    ]
    return random.choice(fitting) if fitting else None


def _shown(line: SceneLine | None, name: str, other: Sprite) -> SceneLine | None:
    """Return the line with the other drawing in the place of the named one."""
    if line is None:
        return None
    things = []
    for thing in line.things:
        if thing.name == name:
            state = thing.state if thing.state in other.states else other.default_state
            tint = thing.tint if other.tint is not None else None
            thing = replace(thing, name=other.name, state=state, tint=tint)
        things.append(thing)
    return SceneLine(line.background, tuple(things))


def _said_step(
    step: ExampleStep,
    line: SceneLine | None,
    sprite: Sprite,
    other: Sprite,
    drawings: Library,
    random: Random,
) -> ExampleStep:
    description = said(step.description, sprite, other)
    shows = line is not None and any(thing.name == sprite.name for thing in line.things)
    if shows and description == step.description:
        new = _shown(line, sprite.name, other)
        assert new is not None
        description = Wording(random, drawings).description(new)
    return replace(
        step,
        title=said(step.title, sprite, other),
        body=said(step.body, sprite, other),
        description=description,
    )


def _document(
    prompt: str, steps: Sequence[Step], seed: int, drawings: Library, given: bool
) -> Document:
    chunks = [prompt]
    shown: list[Shown] = []
    first = next((line for _, line in steps if line not in (None, EMPTY)), None)
    if given and first is not None:
        shown.append(Shown(0, picture_of(first, (), seed + 1, drawings), given=True))
    last, ruler = first or EMPTY, Ruler(drawings)
    for number, (step, line) in enumerate(steps, 1):
        described = step.description if line is not None else ""
        chunks.append(step_chunk(number, step.title, step.body, described))
        if line is not None:
            neighbours = [
                Neighbour("previous", one.scene) for one in reversed(shown) if one.scene.sprites
            ]
            scene = Scene(None)
            if line != EMPTY:
                scene = picture_of(line, neighbours, seed + number, drawings)
                if neighbours:
                    scene = settled(scene, line, neighbours[0].scene, last, ruler) or scene
                last = line
            shown.append(Shown(number, scene))
    return Document("instruction", tuple(chunks), tuple(shown))
