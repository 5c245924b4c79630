"""Takes whose bytes are gone: tutorials and undo entries without any mention of them."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from app.tutorial.model import Picture, Step, Tutorial
from app.tutorial.undo import Entry

# The fields that name takes: as a tuple, and as one or None.
SEVERAL = ("given", "takes", "starred", "withdrawn")
ONE = ("anchor", "cover", "chosen")


def without(tutorial: Tutorial, gone: Collection[str]) -> Tutorial:
    """Return the tutorial without these takes; what names none of them is the same object."""
    own = {field: _kept(field, getattr(tutorial, field), gone) for field in ("given", *ONE[:2])}
    steps = tuple(_step(step, gone) for step in tutorial.steps)
    return replace(tutorial, steps=steps, **own)


def entry_without(entry: Entry, gone: Collection[str]) -> Entry:
    """Return what undo reverts beside these takes, as if they had never been there."""
    changes = (
        replace(
            change,
            before=_kept(change.field, change.before, gone),
            after=_kept(change.field, change.after, gone),
        )
        for change in entry.changes
    )
    return Entry(tuple(change for change in changes if change.before != change.after))


def _kept(field: str, value: Any, gone: Collection[str]) -> Any:
    if isinstance(value, Step):
        return _step(value, gone)
    if isinstance(value, Picture):
        return _picture(value, gone)
    if field in SEVERAL:
        return tuple(sha256 for sha256 in value if sha256 not in gone)
    return None if field in ONE and value in gone else value


def _step(step: Step, gone: Collection[str]) -> Step:
    pictures = tuple(_picture(picture, gone) for picture in step.pictures)
    return step if pictures == step.pictures else replace(step, pictures=pictures)


def _picture(picture: Picture, gone: Collection[str]) -> Picture:
    fields = (*SEVERAL[1:], "chosen")
    kept = {field: _kept(field, getattr(picture, field), gone) for field in fields}
    return replace(picture, **kept)
