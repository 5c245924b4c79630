"""Every starting tutorial keeps the format that the corpus's README tells."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

import assets.corpus
from assets.corpus import Example, corpus

FOLDER = Path(assets.corpus.__file__).parent
EXAMPLES = corpus()
DOMAINS = set("cooking home garden pets repair clothes crafts transport".split())
RUN = 8  # words that no two tutorials may share in a row
TIME = re.compile(r"Time: (\d+ hours?( \d+ minutes?)?|\d+ minutes?)")
LINE = re.compile(r"## .+|Picture: .+\.|> \*\*(Tip|Note|Caution|Warning):\*\* .+[.!]|[A-Z\d].+[.!]")


def test_there_are_enough() -> None:
    counts = Counter(example.domain for example in EXAMPLES)
    assert set(counts) == DOMAINS
    assert len(EXAMPLES) >= 24
    assert min(counts.values()) >= 3
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)
    assert len(EXAMPLES) == len(list(FOLDER.glob("*/*.md")))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_format(example: Example) -> None:
    assert example.text.isascii()
    blocks = example.text.rstrip("\n").split("\n\n")
    assert all("\n" not in block for block in blocks)
    assert blocks[0] == f"# {example.title}"
    assert len(example.title.split()) <= 8
    assert not example.title.casefold().startswith("how to")
    slug = re.sub(r"[^a-z0-9]+", "-", example.title.lower().replace("'", ""))
    assert example.name == slug
    assert re.fullmatch(r"[A-Z].+\.", example.summary)
    assert 2 <= len(example.materials) <= 8
    assert TIME.fullmatch(blocks[3])
    assert all(LINE.fullmatch(block) for block in blocks[4:])
    assert 4 <= len(example.steps) <= 7
    assert sum(block.startswith("> ") for block in blocks) <= 2


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_steps(example: Example) -> None:
    headings = [step.title.casefold() for step in example.steps]
    assert len(set(headings)) == len(headings)
    for step in example.steps:
        assert len(step.title.split()) <= 7
        assert 2 <= len(re.findall(r"[.!](?= |$)", step.body)) <= 4
        assert not step.description or 6 <= len(step.description.split()) <= 18
    assert any(step.description for step in example.steps)


def test_no_run_of_words_stands_in_two_tutorials() -> None:
    owners: dict[tuple[str, ...], str] = {}
    for example in EXAMPLES:
        words = re.findall(r"[a-z0-9']+", example.text.lower())
        for place in range(len(words) - RUN + 1):
            run = tuple(words[place : place + RUN])
            assert owners.setdefault(run, example.name) == example.name, run


def test_headings_follow_their_steps() -> None:
    for example in EXAMPLES:
        places = [example.text.index(f"\n## {step.title}\n") for step in example.steps]
        assert all(before < after for before, after in pairwise(places))
