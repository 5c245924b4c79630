"""Refuses tokens that would copy: runs of words that stand in the example or earlier in the text.

A run is refused at the first token of its last word, so that another word is chosen there and no
word is left half written.
"""

import re
from collections.abc import Iterable

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


def words(text: str) -> list[str]:
    """Return the words of a text, casefolded."""
    return WORD.findall(text.casefold())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Return all runs of `length` words in a text."""
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def goes_round(text: str, piece: str, length: int) -> bool:
    """Whether `piece` begins the last word of a run of `length` words that `text` has already."""
    last = _begun_word(text, piece)
    if last is None:
        return False
    said = words(text)
    before = said[1 - length :]
    return any(
        said[i : i + length - 1] == before and said[i + length - 1].startswith(last)
        for i in range(len(said) - length + 1)
    )


class RunGuard:
    """Knows which runs of `length` words may not be written."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._next: dict[tuple[str, ...], set[str]] = {}

    def forbid(self, texts: Iterable[str]) -> None:
        """Forbid every run of these texts."""
        for text in texts:
            for run in runs(text, self._length):
                self._next.setdefault(run[:-1], set()).add(run[-1])

    def allows(self, text: str, piece: str) -> bool:
        """Whether `piece` may follow `text`: False where it begins the last word of a run."""
        last = _begun_word(text, piece)
        if last is None:
            return True
        # Only the text's end matters; a word has 40 letters at most.
        before = tuple(words(text[-40 * self._length :])[1 - self._length :])
        return not any(word.startswith(last) for word in self._next.get(before, ()))


def _begun_word(text: str, piece: str) -> str | None:
    """Return the word that `piece` begins after `text`, casefolded, or None if it begins none.

    A word without its space counts too: refused " ladle", a writer goes on with "ladle", as in
    "andladle". Pieces of one or two letters more often end a word.
    """
    match = WORD.search(piece)
    if match is None:
        return None
    inside = match.start() == 0 and text and WORD.match(text[-1])
    return None if inside and len(match.group()) < 3 else match.group().casefold()
