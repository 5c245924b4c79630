"""The rows of a tutorial's look: which to propose, and how they come and go."""

import re
from collections.abc import Iterable
from dataclasses import replace

from app.tutorial.edits import Edit, chained, set_field
from app.tutorial.mentions import mentioned
from app.tutorial.model import LookEntry, Tutorial
from app.tutorial.staleness import Recipes, keep_as_is, showing, stale

# What stands before the name of a thing that one needs: "2", "1/2 l", "a", "some".
_AMOUNT = re.compile(
    r"^(?:(?:\d[\d\s.,/\u2013-]*(?:k?g|m?l|cl|c?m|mm|x)?\b|an?\b|the\b|some\b|one\b|two\b)\s*)+",
    re.IGNORECASE,
)
_REST = re.compile(r"\s*[,;:(\u2013].*$", re.DOTALL)


def proposed(tutorial: Tutorial) -> tuple[LookEntry, ...]:
    """Return an entry for each tool and material that the look doesn't name yet."""
    found: list[LookEntry] = []
    for text in (*tutorial.materials, *tutorial.tools):
        name = _AMOUNT.sub("", _REST.sub("", text.strip())).strip()
        known = (n for e in (*tutorial.look.entries, *found) for n in (e.name, *e.other_names))
        if name and not any(mentioned((other,), name) for other in known):
            found.append(LookEntry(name))
    return tuple(found)


def set_entries(tutorial: Tutorial, entries: Iterable[LookEntry], recipes: Recipes) -> Edit:
    """Replace the look's rows as one edit.

    A row that comes or goes without an appearance makes no picture stale, since it says nothing
    of how its object looks.
    """
    rows = tuple(entries)
    changed = {*tutorial.look.entries} ^ {*rows}
    names = [
        name for entry in changed if entry.appearance for name in (entry.name, *entry.other_names)
    ]
    after, row = set_field(tutorial, "look", replace(tutorial.look, entries=rows))
    newly = stale(after, recipes).keys() - stale(tutorial, recipes).keys()
    spared = newly - showing(after, names, recipes)
    after, kept = keep_as_is(after, spared, recipes)
    return after, chained((row, kept))
