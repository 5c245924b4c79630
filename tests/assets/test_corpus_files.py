"""Every tutorial of the corpus keeps its README's format, and the checker sees faults."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import assets.corpus
from assets.corpus import Example, corpus, read
from assets.corpus.checking import faults, shared_runs
from assets.corpus.spelling import misspelt
from assets.sprites.library import Library, library
from inference.tuning.preparing import undrawable_texts
from inference.tuning.tutorials import wordings

FOLDER = Path(assets.corpus.__file__).parent
EXAMPLES = corpus()
DOMAINS = set("cooking home garden pets repair clothes crafts transport".split())
GOOD = next(example for example in EXAMPLES if example.name == "repot-a-cactus")


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


def test_there_are_enough() -> None:
    counts = Counter(example.domain for example in EXAMPLES)
    assert set(counts) == DOMAINS
    assert len(EXAMPLES) >= 302
    assert min(counts.values()) >= 20
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)
    assert len(EXAMPLES) == len(list(FOLDER.glob("*/*.md")))


def test_a_quarter_to_a_third_of_the_steps_show_nothing() -> None:
    for domain in (DOMAINS, *({one} for one in DOMAINS)):
        steps = [step for one in EXAMPLES if one.domain in domain for step in one.steps]
        assert 0.25 <= sum(not step.description for step in steps) / len(steps) <= 0.35, domain


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_nothing_is_amiss(example: Example, drawings: Library) -> None:
    assert list(faults(example, drawings)) == []


def test_no_run_of_words_stands_in_two_tutorials() -> None:
    assert list(shared_runs(EXAMPLES)) == []


def test_headings_follow_their_steps() -> None:
    for example in EXAMPLES:
        places = [example.text.index(f"\n## {step.title}\n") for step in example.steps]
        assert all(before < after for before, after in pairwise(places))


# ---------------------------------------------------------------- what is amiss is told


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("# Repot", "# How to repot", 'no "How to"'),
        ("You need: ", "You need: 7 cent\u00e9 coins, ", "only plain ASCII"),
        ("Time: ", "Time: about ", "Time: 20 minutes, 1 hour 30 minutes"),
        ("## ", "## Do this and that and then the other thing: ", "step 1: a heading"),
    ],
)
def test_a_fault_is_told(old: str, new: str, fault: str, drawings: Library) -> None:
    told = list(faults(read(GOOD.text.replace(old, new), GOOD.name, GOOD.domain), drawings))
    assert any(one.startswith(fault) for one in told), told


def test_a_copied_sentence_is_told() -> None:
    copy = replace(GOOD, name="copy")
    assert any(one.startswith("copy: ") for one in shared_runs([GOOD, copy]))


SCENES = """# Mix two eggs

Have two eggs ready for the pan.

You need: 2 eggs, bowl

Time: 5 minutes

## Break the eggs

Crack both eggs on the rim. Let them run into the bowl.

Picture: Two cracked eggs lie in a yellow bowl.

Scene: kitchen; bowl [yellow]; {first}

## Beat them

Beat them with a fork. Stop when all is yellow.

Picture: A hand holds a fork in a yellow bowl.

Scene: kitchen; bowl [{tint}]; hand (holding) holds fork; {second}
"""


@pytest.mark.parametrize(
    ("first", "second", "tint", "fault"),
    [
        ("egg (cracked) in bowl", "egg (whole) beside bowl", "yellow", "egg is whole again"),
        ("egg (cracked) in bowl", "mark stir at bowl", "red", "bowl changes its tint: red, yellow"),
        ("unicorn in bowl", "mark stir at bowl", "yellow", "step 1: there is no drawing 'unicorn'"),
        ("egg (singing)", "mark stir at bowl", "yellow", "step 1: egg is never 'singing'"),
    ],
)
def test_what_a_scene_says_is_checked(
    first: str, second: str, tint: str, fault: str, drawings: Library
) -> None:
    text = SCENES.format(first=first, second=second, tint=tint)
    told = list(faults(read(text, "mix-two-eggs", "cooking"), drawings))
    assert any(one.startswith(fault) for one in told), told
    whole = SCENES.format(first="egg (cracked) in bowl", second="mark stir at bowl", tint="yellow")
    assert list(faults(read(whole, "mix-two-eggs", "cooking"), drawings)) == ["4 to 7 steps"]


def test_all_words_are_spelt_as_they_should_be() -> None:
    said = [text for steps in wordings().values() for told in steps.values() for text in told]
    known = undrawable_texts()
    strange = [text for one in known["held_out"] for text in one.values()]
    texts = [example.text for example in EXAMPLES]
    assert misspelt([*texts, *said, *known["train"], *known["nouns"], *strange]) == []
    assert misspelt(["Colour the seperate bowls."]) == ["seperate"]
