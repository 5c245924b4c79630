"""What is amiss in a tutorial of the corpus, in sentences; the rules are in README.md."""

import re
from collections.abc import Iterator
from itertools import pairwise

from assets.corpus import Example, ExampleStep
from assets.corpus.scene_lines import SceneLine, read_scene_line
from assets.sprites.library import Library

RUN = 8  # words that no two tutorials may share in a row
TIME = re.compile(r"Time: (\d+ hours?( \d+ minutes?)?|\d+ minutes?)")
LINE = re.compile(r"## .+|Picture: .+\.|> \*\*(Tip|Note|Caution|Warning):\*\* .+[.!]|[A-Z\d].+[.!]")
SENTENCE = re.compile(r"[.!](?= |$)")
SOUND = ("whole", "raw")  # states to which nothing comes back


def faults(example: Example, drawings: Library) -> Iterator[str]:
    """Yield what is amiss in a tutorial by itself."""
    blocks = example.text.rstrip("\n").split("\n\n")
    slug = re.sub(r"[^a-z0-9]+", "-", example.title.lower().replace("'", ""))
    for kept, words in (
        (example.text.isascii(), "only plain ASCII"),
        (all("\n" not in block for block in blocks), "every block is one line"),
        (blocks[0] == f"# {example.title}", "the title comes first"),
        (len(example.title.split()) <= 8, "the title has at most 8 words"),
        (not example.title.casefold().startswith("how to"), 'no "How to"'),
        (example.name == slug, f"the file is called {slug}.md"),
        (re.fullmatch(r"[A-Z].+\.", example.summary), "the summary is a sentence"),
        (2 <= len(example.materials) <= 8, "2 to 8 things that you need"),
        (len(blocks) > 3 and TIME.fullmatch(blocks[3]), "Time: 20 minutes, 1 hour 30 minutes"),
        (4 <= len(example.steps) <= 7, "4 to 7 steps"),
        (sum(block.startswith("> ") for block in blocks) <= 2, "at most two callouts"),
        (any(step.description for step in example.steps), "at least one picture"),
    ):
        if not kept:
            yield words
    for block in blocks[4:]:
        if not LINE.fullmatch(block):
            yield f"no block of a step: {block[:60]!r}"
    headings = [step.title.casefold() for step in example.steps]
    if len(set(headings)) < len(headings):
        yield "two headings are alike"
    scenes = []
    for number, step in enumerate(example.steps, 1):
        yield from (f"step {number}: {fault}" for fault in _step_faults(step))
        if not step.scene:
            continue
        try:
            scenes.append(read_scene_line(step.scene, drawings))
        except ValueError as error:
            yield f"step {number}: {error}"
    yield from _continuity(scenes)


def _step_faults(step: ExampleStep) -> Iterator[str]:
    if len(step.title.split()) > 7:
        yield "a heading has at most 7 words"
    if not 2 <= len(SENTENCE.findall(step.body)) <= 4:
        yield "2 to 4 sentences"
    if step.description and not 6 <= len(step.description.split()) <= 18:
        yield "a picture is told in 6 to 18 words"
    if bool(step.scene) != bool(step.description):
        yield "a picture has its scene and a scene its picture"


def _continuity(scenes: list[SceneLine]) -> Iterator[str]:
    """Things keep their tint, what was spoilt stays so, no two pictures in a row are alike."""
    tints: dict[str, set[str]] = {}
    spoilt: set[str] = set()
    for scene in scenes:
        now: dict[str, set[str]] = {}
        for thing in scene.things:
            now.setdefault(thing.name, set()).add(thing.tint or "none")
            if thing.state in SOUND and thing.name in spoilt and thing.count == 1:
                yield f"{thing.name} is {thing.state} again"
        for name, found in now.items():
            before = tints.setdefault(name, found)
            if before.isdisjoint(found):
                yield f"{name} changes its tint: {', '.join(sorted(before | found))}"
            tints[name] = before | found
        spoilt |= {one.name for one in scene.things if one.state not in SOUND}
    if any(before == after for before, after in pairwise(scenes)):
        yield "two pictures in a row are alike"


def shared_runs(examples: list[Example]) -> Iterator[str]:
    """Yield each run of RUN words that stands in two tutorials."""
    owners: dict[tuple[str, ...], str] = {}
    for example in examples:
        words = re.findall(r"[a-z0-9']+", example.text.lower())
        for place in range(len(words) - RUN + 1):
            run = tuple(words[place : place + RUN])
            owner = owners.setdefault(run, example.name)
            if owner != example.name:
                yield f"{example.name}: {' '.join(run)!r} stands in {owner} too"
