"""Spelling of the corpus: words that neither the dictionary nor words.txt has. For development."""

import re
from collections.abc import Iterable
from importlib.resources import files

from spellchecker import SpellChecker

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?", re.IGNORECASE)


def misspelt(texts: Iterable[str]) -> list[str]:
    """Return the words of texts that are spelt wrong, or new: those belong into words.txt."""
    own = (files("assets.corpus") / "words.txt").read_text(encoding="utf-8").split()
    words = {word.lower() for text in texts for word in WORD.findall(text)}
    return sorted(SpellChecker(language="en").unknown(words - {*own}))
