"""Every change to a tutorial as a pure function.

Each returns the new tutorial and the Entry by which undo.py reverts it. A change of a step or
picture that is gone changes nothing and gives an empty entry, since an engine may name what the
author has deleted.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, Literal

from app.tutorial.model import MAX_PICTURES, Picture, Step, Tutorial, step_by_id
from app.tutorial.undo import (
    ITSELF,
    PLACE,
    Change,
    Entry,
    ids_before,
    ids_of,
    picture_by_id,
    redo,
)

TutorialField = Literal[
    "title", "summary", "prompt", "language", "given", "tools", "materials", "duration",
    "difficulty", "look", "anchor", "cover", "tags", "making",
]  # fmt: skip
StepField = Literal["title", "body", "callouts", "duration", "note", "checked", "draft"]
PictureField = Literal[
    "description", "alt_text", "alt_confirmed", "marks", "starred", "not_needed", "kept",
    "withdrawn",
]  # fmt: skip
TEXT = ("title", "body", "callouts")

Edit = tuple[Tutorial, Entry]


def set_field(tutorial: Tutorial, field: TutorialField, value: Any) -> Edit:
    """Set a field of the tutorial itself."""
    return _made(tutorial, Change("", "", field, getattr(tutorial, field), value))


def set_step(
    tutorial: Tutorial, step_id: str, field: StepField, value: Any, *, by_hand: bool = True
) -> Edit:
    """Set a field of a step; text written by hand is no draft any more."""
    step = step_by_id(tutorial, step_id)
    if step is None or getattr(step, field) == value:
        return tutorial, Entry()
    changes = [Change(step_id, "", field, getattr(step, field), value)]
    if by_hand and field in TEXT and step.draft:
        changes.append(Change(step_id, "", "draft", True, False))
    return _made(tutorial, *changes)


def set_picture(
    tutorial: Tutorial, step_id: str, picture_id: str, field: PictureField, value: Any
) -> Edit:
    """Set a field of a picture."""
    picture = picture_by_id(tutorial, step_id, picture_id)
    if picture is None:
        return tutorial, Entry()
    return _made(tutorial, Change(step_id, picture_id, field, getattr(picture, field), value))


def insert_step(tutorial: Tutorial, step: Step, position: int) -> Edit:
    """Insert a step with a new id so that it stands at `position` (from 0, at most the end)."""
    if step_by_id(tutorial, step.id):
        return tutorial, Entry()
    before = ids_of(tutorial.steps[: max(position, 0)])
    return _made(tutorial, Change(step.id, "", ITSELF, None, step, before))


def delete_step(tutorial: Tutorial, step_id: str) -> Edit:
    """Delete a step; its takes stay in the file."""
    step = step_by_id(tutorial, step_id)
    if step is None:
        return tutorial, Entry()
    return _made(tutorial, Change(step_id, "", ITSELF, step, None, ids_before(tutorial, step_id)))


def move_step(tutorial: Tutorial, step_id: str, position: int) -> Edit:
    """Move a step so that it stands at `position` (from 0, at most the end)."""
    if step_by_id(tutorial, step_id) is None:
        return tutorial, Entry()
    others = tuple(i for i in ids_of(tutorial.steps) if i != step_id)
    after = others[: max(position, 0)]
    return _made(tutorial, Change(step_id, "", PLACE, ids_before(tutorial, step_id), after))


def duplicate_step(tutorial: Tutorial, step_id: str, copy_id: str) -> Edit:
    """Insert a copy under a new id behind the step; it offers the same takes."""
    step = step_by_id(tutorial, step_id)
    if step is None:
        return tutorial, Entry()
    pictures = tuple(
        replace(picture, id=f"{copy_id}-{n}") for n, picture in enumerate(step.pictures)
    )
    copy = replace(step, id=copy_id, pictures=pictures)
    return insert_step(tutorial, copy, len(ids_before(tutorial, step_id)) + 1)


def insert_picture(tutorial: Tutorial, step_id: str, picture: Picture) -> Edit:
    """Add a picture with a new id to a step, unless the step has MAX_PICTURES of them."""
    step = step_by_id(tutorial, step_id)
    if step is None or len(step.pictures) >= MAX_PICTURES or picture.id in ids_of(step.pictures):
        return tutorial, Entry()
    place = ids_of(step.pictures)
    return _made(tutorial, Change(step_id, picture.id, ITSELF, None, picture, place))


def delete_picture(tutorial: Tutorial, step_id: str, picture_id: str) -> Edit:
    """Delete a picture from its step; its takes stay in the file."""
    step = step_by_id(tutorial, step_id)
    picture = picture_by_id(tutorial, step_id, picture_id)
    if step is None or picture is None:
        return tutorial, Entry()
    ids = ids_of(step.pictures)
    place = ids[: ids.index(picture_id)]
    return _made(tutorial, Change(step_id, picture_id, ITSELF, picture, None, place))


def offer_take(
    tutorial: Tutorial, step_id: str, picture_id: str, sha256: str, *, instead_of: str | None
) -> Edit:
    """Offer a take, and choose it if the chosen one is still `instead_of`.

    instead_of: what was chosen when the painting began; so the author's later choice wins.
    """
    picture = picture_by_id(tutorial, step_id, picture_id)
    if picture is None:
        return tutorial, Entry()
    changes = []
    if sha256 not in picture.takes:
        takes = (*picture.takes, sha256)
        changes.append(Change(step_id, picture_id, "takes", picture.takes, takes))
    if picture.chosen == instead_of:
        changes.append(Change(step_id, picture_id, "chosen", picture.chosen, sha256))
    return _made(tutorial, *changes)


def choose_take(tutorial: Tutorial, step_id: str, picture_id: str, sha256: str | None) -> Edit:
    """Choose a take that the picture offers, or none."""
    picture = picture_by_id(tutorial, step_id, picture_id)
    if picture is None or (sha256 is not None and sha256 not in picture.takes):
        return tutorial, Entry()
    return _made(tutorial, Change(step_id, picture_id, "chosen", picture.chosen, sha256))


def withdraw_take(tutorial: Tutorial, step_id: str, picture_id: str, sha256: str) -> Edit:
    """Put an offered take into the trash; where it was chosen, the newest other one is."""
    picture = picture_by_id(tutorial, step_id, picture_id)
    if picture is None or sha256 not in picture.takes:
        return tutorial, Entry()
    takes = tuple(sha for sha in picture.takes if sha != sha256)
    chosen = next(reversed(takes), None) if picture.chosen == sha256 else picture.chosen
    withdrawn = (*(sha for sha in picture.withdrawn if sha != sha256), sha256)
    place = (step_id, picture_id)
    return _made(
        tutorial,
        Change(*place, "chosen", picture.chosen, chosen),
        Change(*place, "takes", picture.takes, takes),
        Change(*place, "withdrawn", picture.withdrawn, withdrawn),
    )


def restore_take(tutorial: Tutorial, step_id: str, picture_id: str, sha256: str) -> Edit:
    """Offer a take of the file (again) as the newest; what is chosen stays."""
    picture = picture_by_id(tutorial, step_id, picture_id)
    if picture is None or sha256 in picture.takes:
        return tutorial, Entry()
    withdrawn = tuple(sha for sha in picture.withdrawn if sha != sha256)
    place = (step_id, picture_id)
    return _made(
        tutorial,
        Change(*place, "takes", picture.takes, (*picture.takes, sha256)),
        Change(*place, "withdrawn", picture.withdrawn, withdrawn),
    )


def star_take(
    tutorial: Tutorial, step_id: str, picture_id: str, sha256: str, starred: bool
) -> Edit:
    """Star a take that the picture offers, or take its star away."""
    picture = picture_by_id(tutorial, step_id, picture_id)
    if picture is None or sha256 not in picture.takes:
        return tutorial, Entry()
    stars = tuple(sha for sha in picture.starred if sha != sha256)
    if starred:
        stars = picture.starred if sha256 in picture.starred else (*stars, sha256)
    return _made(tutorial, Change(step_id, picture_id, "starred", picture.starred, stars))


def insert_steps(tutorial: Tutorial, steps: Iterable[Step], position: int) -> Edit:
    """Insert steps with new ids, as of a paste, so that the first stands at `position`."""
    entries = []
    for place, step in enumerate(steps, min(max(position, 0), len(tutorial.steps))):
        tutorial, entry = insert_step(tutorial, step, place)
        entries.append(entry)
    return tutorial, chained(entries)


def delete_steps(tutorial: Tutorial, step_ids: Iterable[str]) -> Edit:
    """Delete several steps as one edit."""
    entries = []
    for step_id in step_ids:
        tutorial, entry = delete_step(tutorial, step_id)
        entries.append(entry)
    return tutorial, chained(entries)


def move_steps(tutorial: Tutorial, step_ids: Collection[str], position: int) -> Edit:
    """Move several steps, in their order, so that the first stands at `position`.

    position counts the other steps alone, from 0.
    """
    moved = [i for i in ids_of(tutorial.steps) if i in step_ids]
    others = [i for i in ids_of(tutorial.steps) if i not in step_ids]
    at = min(max(position, 0), len(others))
    before, entries = tuple(others[:at]), []
    for step_id in moved:
        change = Change(step_id, "", PLACE, ids_before(tutorial, step_id), before)
        tutorial, entry = _made(tutorial, change)
        entries.append(entry)
        before = (*before, step_id)
    return tutorial, chained(entries)


def chained(entries: Iterable[Entry]) -> Entry:
    """Return edits that were made one after the other as one entry."""
    return Entry(tuple(change for entry in entries for change in entry.changes))


def _made(tutorial: Tutorial, *changes: Change) -> Edit:
    entry = Entry(tuple(change for change in changes if change.before != change.after))
    return redo(tutorial, entry)[0], entry
