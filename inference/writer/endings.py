"""Ends ramblings cleanly: cuts a text that ran into its bound where a reader would end it."""

import re

from inference.lexicon import AUXILIARIES, CONJUNCTIONS, DETERMINERS, PREPOSITIONS, PRONOUNS

# Words on which no phrase ends.
_HANGING = DETERMINERS | PREPOSITIONS | CONJUNCTIONS | AUXILIARIES | PRONOUNS - {"it", "them"}
# The same few characters again and again: "-x-x-x-x", "3) 3) 3) 3) ".
_STUTTER = re.compile(r"(.{1,6}?)\1{4,}$", re.DOTALL)


def whole(text: str, limit: int) -> str:
    """Return a phrase that fits `limit` characters and ends on a word that can end it."""
    if len(text) < limit:
        return text
    kept = text[:limit].rsplit(" ", 1)[0].split(" ")
    while len(kept) > 1 and kept[-1].strip(",").casefold() in _HANGING:
        kept.pop()
    return " ".join(kept).rstrip(" ,-")


def whole_sentences(text: str, limit: int) -> str:
    """Return the sentences of a body; one of `limit` characters and more is cut or left out."""
    sentences = re.findall(r"[^.!]*[.!]", text)
    whole_ones = [sentence.strip() for sentence in sentences if len(sentence.strip()) < limit]
    if whole_ones:
        return " ".join(whole_ones)
    clause = text[:limit].rpartition(", ")[0] or text[:limit]
    return whole(clause, limit // 2) + "."


def stutters(text: str) -> bool:
    """Whether a text ends in the same few characters again and again."""
    return _STUTTER.search(text[-40:]) is not None
