"""Finds the hand-written tutorial nearest to a prompt: the writer's example, or the answer."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from assets.corpus import Example
from inference.phrases import base_form, normalise, subject

MANY = 1024  # examples whose terms are kept: to find them takes 0.2 s for the whole corpus
TITLE_WEIGHT = 4.0  # a word of the title says more about a tutorial than a word of a step
# Words of requests that say nothing about their topic.
ASKING = frozenset(
    "how do i to a an the what is be way best can you we my your make get use teach me show and or "
    "in on of for with from without it at into good right need want please some".split()
)


# Doings that are one doing to the person who asks.
SAME_DOING = ("fix repair mend patch", "clean wash scrub bathe bath", "make cook bake prepare")


def nearest(prompt: str, plan: Sequence[str], examples: Sequence[Example]) -> Example:
    """Return the example that shares most, by rare words, with prompt and plan; or the first."""
    asked, planned = set(_terms(prompt)), set(_terms(" ".join(plan)))
    written = [_written(example) for example in examples]
    seen = Counter(term for terms in written for term in terms)

    def score(index: int) -> tuple[float, int]:
        title = _titled(examples[index])
        shared = sum(
            math.log(1 + len(examples) / (1 + seen[term]))
            * ((term in written[index]) + TITLE_WEIGHT * (term in title and term in asked))
            for term in sorted(asked | planned)
        )
        return shared, -len(title - asked)

    return examples[max(range(len(examples)), key=score)]


def same_topic(prompt: str, example: Example) -> bool:
    """Whether the prompt asks for what the example teaches: the same things, the same doing."""
    asked, title = set(_terms(prompt)), _titled(example)
    about = set(_terms(subject(prompt)))
    shared = len(asked & title) >= 0.6 * len(asked | title)
    return bool(about & title) and (title <= asked or (about <= title and shared))


@lru_cache(maxsize=MANY)
def _written(example: Example) -> frozenset[str]:
    return frozenset(_terms(example.text))


@lru_cache(maxsize=MANY)
def _titled(example: Example) -> frozenset[str]:
    return frozenset(_terms(example.title))


def _terms(text: str) -> list[str]:
    bases = (base_form(word) for word in normalise(text).split())
    one = {word: group.split()[0] for group in SAME_DOING for word in group.split()}
    return [one.get(base, base) for base in bases if base not in ASKING]
