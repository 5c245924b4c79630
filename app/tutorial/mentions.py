"""Where the name of an object stands in a text: as whole words, in the singular or the plural.

Plurals are English ones; the name of an object in another language is found as it is written.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Literal

Number = Literal["same", "plural", "singular"]

_IRREGULAR = {
    "calf": "calves", "half": "halves", "knife": "knives", "leaf": "leaves", "loaf": "loaves",
    "scarf": "scarves", "shelf": "shelves", "wolf": "wolves", "child": "children", "foot": "feet",
    "goose": "geese", "tooth": "teeth", "mouse": "mice", "person": "people", "woman": "women",
    "man": "men", "cactus": "cacti", "fungus": "fungi", "potato": "potatoes", "tomato": "tomatoes",
}  # fmt: skip
_PREPOSITIONS = frozenset(("of", "with", "without", "for", "in", "on", "from"))
_GAP = re.compile(r"[\s-]+")
# Scripts that put no space between words, where a name needs none around it either.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


@dataclass(frozen=True)
class Mention:
    """A name in a text, from start to end; number: how its head word stands beside the name's."""

    start: int
    end: int
    number: Number


def mentions(name: str, text: str) -> Iterator[Mention]:
    """Yield where a name stands in a text; an empty name stands nowhere."""
    pattern = _pattern(name)
    if pattern is None:
        return
    words = _GAP.split(name.strip())
    own = words[_head(words)].casefold()
    for match in pattern.finditer(text):
        head = match["head"].casefold()
        number: Number = "plural" if head in _plurals(own) else "singular"
        yield Mention(match.start(), match.end(), "same" if head == own else number)


def mentioned(names: Iterable[str], text: str) -> bool:
    """Whether any of the names stands in the text."""
    patterns = (_pattern(name) for name in names)
    return any(pattern.search(text) for pattern in patterns if pattern is not None)


def plural(name: str) -> str:
    """Return a name with its head word in the plural: "cup of tea" -> "cups of tea"."""
    return _with_head(name, lambda word: _plurals(word)[0])


def singular(name: str) -> str:
    """Return a name with its head word in the singular, or as it is if that is no plural."""
    return _with_head(name, lambda word: next(iter(_singulars(word)), word))


def _with_head(name: str, inflected: Callable[[str], str]) -> str:
    words = re.split(r"([\s-]+)", name)  # the gaps are the odd ones
    head = 2 * _head(words[::2])
    word = words[head]
    new = inflected(word.casefold())
    pairs = zip(word.casefold(), new, strict=False)
    stem = len([*takewhile(lambda pair: pair[0] == pair[1], pairs)])
    ending = new[stem:].upper() if len(word) > 1 and word.isupper() else new[stem:]
    words[head] = word[:stem] + ending
    return "".join(words)


def _head(words: list[str]) -> int:
    """Return the index of the word that takes the plural: the last, or that before "of"."""
    ends = (i for i, word in enumerate(words) if i and word.casefold() in _PREPOSITIONS)
    return next(ends, len(words)) - 1


@lru_cache(maxsize=1024)
def _pattern(name: str) -> re.Pattern[str] | None:
    words = _GAP.split(name.strip())
    if not any(words):
        return None
    head = _head(words)
    own = words[head].casefold()
    forms = dict.fromkeys((words[head], own, *_plurals(own), *_singulars(own)))
    parts = [re.escape(word) for word in words]
    parts[head] = f"(?P<head>{'|'.join(re.escape(form) for form in forms)})"
    before = "" if _UNSPACED.match(name.strip()[0]) else r"(?<!\w)"
    after = "" if _UNSPACED.match(name.strip()[-1]) else r"(?!\w)"
    return re.compile(before + r"[\s-]+".join(parts) + after, re.IGNORECASE)


def _plurals(word: str) -> tuple[str, ...]:
    """Return the plurals of a word in lower case, the usual one first."""
    for one, many in _IRREGULAR.items():
        if word == one or (len(one) > 3 and word.endswith(one)):  # "bookshelf", but not "human"
            irregular = word[: len(word) - len(one)] + many
            return (irregular, f"{word}es") if word.endswith("us") else (irregular,)
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (f"{word}es",)
    if word.endswith("y") and word[-2:-1] not in ("", *"aeiou"):
        return (f"{word[:-1]}ies",)
    if word.endswith("o") and word[-2:-1] not in ("", *"aeiou"):
        return (f"{word}s", f"{word}es")
    return (f"{word}s",)


def _singulars(word: str) -> tuple[str, ...]:
    """Return the words whose plural this is, in lower case; none for a word that is no plural."""
    found = [
        word[: len(word) - len(many)] + one
        for one, many in _IRREGULAR.items()
        if word.endswith(many)
    ]
    if word.endswith("ies"):
        found.append(f"{word[:-3]}y")
    if word.endswith(("sses", "xes", "zzes", "ches", "shes")):
        found.append(word[:-2])
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        found.append(word[:-1])
    if word.endswith(("ses", "zes", "oes")):
        found.append(word[:-2])
    return tuple(one for one in found if word in _plurals(one))
