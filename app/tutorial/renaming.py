"""An object of the look gets another name or colour, in every text that mentions it.

"terracotta pot" -> "blue pot" finds the plural and the capital at a sentence's start as well, and
an article that no longer fits; so does a pot whose appearance was "terracotta" and is now "blue".
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from app.tutorial.edits import Edit, chained, set_field
from app.tutorial.finding import Hit, Where, hit_at, replace_hits, texts
from app.tutorial.mentions import Number, mentions, plural, singular
from app.tutorial.model import LookEntry, Tutorial
from app.tutorial.staleness import Recipes, keep_as_is, showing, stale
from app.tutorial.undo import Entry

_SENTENCE_START = re.compile(r"(?:^|[.!?:]|\n)[\s*_#>-]*$")
_ARTICLE = re.compile(r"\b([Aa]n?)\s+$")
_SPOKEN_VOWEL = re.compile(r"(?!uni|us[eu]|eu|one\b)[aeiou]|hour|heir", re.IGNORECASE)


def rename_hits(tutorial: Tutorial, entry_index: int, new_entry: LookEntry) -> tuple[Hit, ...]:
    """Return each mention of the object's old names outside the look, with its replacement.

    A name that the new entry still has is no hit.
    """
    if not 0 <= entry_index < len(tutorial.look.entries):
        return ()
    old_entry = tutorial.look.entries[entry_index]
    pairs = _rewordings(old_entry, new_entry)
    english = tutorial.language.casefold().startswith("en")
    return tuple(
        _with_article(hit, text) if english else hit
        for where, text in texts(tutorial)
        if not where.in_look
        for hit in _hits(where, text, pairs, _names(new_entry))
    )


def rename(
    tutorial: Tutorial,
    entry_index: int,
    new_entry: LookEntry,
    hits: Iterable[Hit],
    recipes: Recipes,
) -> Edit:
    """Change the entry and the hits as one edit that makes stale just what shows the object.

    A picture that doesn't show it, and wasn't stale before, is kept as it is.
    """
    entries = tutorial.look.entries
    if not 0 <= entry_index < len(entries):
        return tutorial, Entry()
    names = {*_names(entries[entry_index]), *_names(new_entry)}
    rows = (*entries[:entry_index], new_entry, *entries[entry_index + 1 :])
    renamed, row = set_field(tutorial, "look", replace(tutorial.look, entries=rows))
    renamed, words = replace_hits(renamed, hits)
    shown = showing(tutorial, names, recipes) | showing(renamed, names, recipes)
    spared = stale(renamed, recipes).keys() - stale(tutorial, recipes).keys() - shown
    renamed, kept = keep_as_is(renamed, spared, recipes)
    return renamed, chained((row, words, kept))


def _names(entry: LookEntry) -> tuple[str, ...]:
    return (entry.name, *entry.other_names)


def _rewordings(old: LookEntry, new: LookEntry) -> list[tuple[str, str]]:
    """Return what is said of the object with what is to be said now, the longest first."""
    names = dict.fromkeys(_names(old), new.name)
    if len(old.other_names) == len(new.other_names):
        names = dict(zip(_names(old), _names(new), strict=True))
    still = {name.casefold() for name in _names(new)}
    names |= {name: name for name in names if name.casefold() in still}
    gone, come = _looks(old, new), _looks(new, old)
    pairs = [(name, now) for name, now in names.items() if name != now]
    for before, after in zip(gone, come, strict=False):
        pairs += [(f"{before} {name}", f"{after} {now}") for name, now in names.items() if name]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _looks(entry: LookEntry, other: LookEntry) -> list[str]:
    """Return the parts of an entry's appearance ("blue, glazed") that the other one's lacks."""
    parts, others = (
        [part.strip() for part in appearance.split(",")]
        for appearance in (entry.appearance, other.appearance)
    )
    return [part for part in parts if part and part not in others]


def _hits(
    where: Where, text: str, pairs: list[tuple[str, str]], new_names: tuple[str, ...]
) -> list[Hit]:
    taken = [(m.start, m.end) for name in new_names for m in mentions(name, text)]
    # a new name inside an old one ("pot" in "old pot") is no reason to leave the old one
    old = [(m.start, m.end) for name, _ in pairs for m in mentions(name, text)]
    taken = [span for span in taken if not any(_inside(span, other) for other in old)]
    hits = []
    for name, new in pairs:
        for mention in mentions(name, text):
            start, end = mention.start, mention.end
            if all(end <= first or last <= start for first, last in taken):
                taken.append((start, end))
                words = _cased(text, start, end, name, _numbered(new, mention.number))
                hits.append(hit_at(where, text, start, end, words))
    return sorted(hits, key=lambda hit: hit.start)


def _inside(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def _numbered(name: str, number: Number) -> str:
    if number == "same":
        return name
    return plural(name) if number == "plural" else singular(name)


def _cased(text: str, start: int, end: int, name: str, new: str) -> str:
    """Return the new words in capitals, with initials or with a capital, as the old ones stand."""
    found = text[start:end]
    words = found.split()
    if found.isupper() and len(found) > 1 and not name.isupper():
        return new.upper()
    if len(words) > 1 and all(word[0].isupper() for word in words) and found != name:
        return " ".join(word[0].upper() + word[1:] for word in new.split())
    begins = _SENTENCE_START.search(text[:start]) is not None
    if found[0].isupper() and (begins or not name[0].isupper()):
        return new[:1].upper() + new[1:]
    return new


def _with_article(hit: Hit, text: str) -> Hit:
    """Return the hit with the article before it, if "a" must become "an" or the reverse."""
    article = _ARTICLE.search(text, 0, hit.start)
    old, new = (bool(_SPOKEN_VOWEL.match(word)) for word in (hit.text, hit.replacement))
    if article is None or old == new or not hit.replacement:
        return hit
    fitting = article[1][0] + ("n" if new else "")
    gap = text[article.end(1) : hit.start]
    words = f"{fitting}{gap}{hit.replacement}"
    return hit_at(hit.where, text, article.start(), hit.end, words)
