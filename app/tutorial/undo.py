"""What undo records of an edit, and how it is reverted.

Undo and redo write only where the value is still the one they expect. What somebody else changed
in the meantime stays and is named.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from app.tutorial.model import MAX_PICTURES, Picture, Step, Tutorial, step_by_id, with_step

ITSELF = ""  # the field that stands for a whole step or picture; None where there is none
PLACE = "place"  # of a step: the ids of the steps before it


@dataclass(frozen=True)
class Change:
    """One value written. step "" is the tutorial itself, picture "" the step's own field.

    place: for a whole step or picture, the ids of those before it.
    """

    step: str
    picture: str
    field: str
    before: Any
    after: Any
    place: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """What one undo reverts: changes in the order in which they were made."""

    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Left:
    """A field that undo or redo left alone, since it changed in the meantime."""

    step: str
    field: str
    picture: str = ""


Applied = tuple[Tutorial, tuple[Left, ...]]


def undo(tutorial: Tutorial, entry: Entry) -> Applied:
    """Revert what is still as the entry wrote it; return also what was left alone.

    A step or picture that the entry inserted is one value: changed since, it stays whole.
    """
    inverse = (
        replace(change, before=change.after, after=change.before)
        for change in reversed(entry.changes)
    )
    return _applied(tutorial, inverse)


def redo(tutorial: Tutorial, entry: Entry) -> Applied:
    """Write the entry again where all is still as undo left it; return also what was left alone."""
    return _applied(tutorial, entry.changes)


def merge(entries: Iterable[Entry]) -> Entry:
    """Return one entry for many, as of a run or of a spell of typing.

    Changes of one value become one, but only where nobody else wrote the value in between.
    """
    merged: list[Change] = []
    for entry in entries:
        for change in entry.changes:
            _add(merged, change)
    return Entry(tuple(change for change in merged if change.before != change.after))


def _add(merged: list[Change], change: Change) -> None:
    if change.field == PLACE:  # places are relative, so only a move right after a move joins it
        joined = _joined(merged[-1], change) if merged else None
        merged[-1:] = [joined] if joined else [*merged[-1:], change]
        return
    for index in range(len(merged) - 1, -1, -1):
        earlier = merged[index]
        if joined := _joined(earlier, change):
            merged[index] = joined
            return
        if earlier.step == change.step and (ITSELF in (earlier.field, change.field)):
            break  # values inside and the step itself must keep their order
    merged.append(change)


def _joined(earlier: Change, later: Change) -> Change | None:
    """Return both as one change, or None where the later one doesn't follow on the earlier."""
    target = (later.step, later.picture, later.field)
    if (earlier.step, earlier.picture, earlier.field) == target:
        follows = earlier.after == later.before and later.field != ITSELF
        return replace(earlier, after=later.after) if follows else None
    inserted = earlier.field == ITSELF and earlier.before is None
    if not inserted or earlier.step != later.step or later.field == PLACE:
        return None
    if earlier.picture not in ("", later.picture):
        return None
    # a value inside a step or picture that the entry inserted: part of what was inserted
    if isinstance(earlier.after, Step):
        if (later.picture, later.field) == ("", ITSELF):
            return None
        step: Step = earlier.after
    else:
        step = Step(earlier.step, pictures=(earlier.after,))
    written, left = _apply(Tutorial("", steps=(step,)), later)
    if left:
        return None
    whole = written.steps[0]
    if isinstance(earlier.after, Step):
        return replace(earlier, after=whole)
    return replace(earlier, after=whole.pictures[0]) if whole.pictures else None


# ---------------------------------------------------------------- applying changes


def picture_by_id(tutorial: Tutorial, step_id: str, picture_id: str) -> Picture | None:
    """Return the picture, or None when it or its step is gone."""
    step = step_by_id(tutorial, step_id)
    return next((p for p in step.pictures if p.id == picture_id), None) if step else None


def _applied(tutorial: Tutorial, changes: Iterable[Change]) -> Applied:
    left: list[Left] = []
    # a take is withdrawn last, when it is known whether it stays chosen
    for change in sorted(changes, key=_withdraws):
        tutorial, more = _apply(tutorial, change)
        left += more
    return tutorial, tuple(dict.fromkeys(left))


def _withdraws(change: Change) -> bool:
    return change.field == "takes" and len(change.after) < len(change.before)


def _apply(tutorial: Tutorial, change: Change) -> tuple[Tutorial, list[Left]]:
    """Go from change.before to change.after, if `before` is what stands there."""
    if change.field == PLACE:
        return _apply_place(tutorial, change)
    if change.field == ITSELF:
        return _apply_picture(tutorial, change) if change.picture else _apply_step(tutorial, change)
    owner = _owner(tutorial, change)
    left = [Left(change.step, change.field, change.picture)]
    if owner is None:
        return tutorial, left
    if change.field == "takes":
        return _apply_takes(tutorial, change, owner)
    present = getattr(owner, change.field)
    if present == change.after:
        return tutorial, []
    if present != change.before:
        return tutorial, left
    written = replace(owner, **{change.field: change.after})
    if change.field == "chosen" and change.after not in (None, *written.takes):
        written = replace(written, takes=(*written.takes, change.after))
    return _with(tutorial, change, written), []


def _apply_takes(
    tutorial: Tutorial, change: Change, picture: Picture
) -> tuple[Tutorial, list[Left]]:
    """Offer and withdraw only what the change does: takes that others offered stay.

    A take that is offered again comes back to its place among the others.
    """
    withdrawn = set(change.before) - set(change.after)
    left = [Left(change.step, "takes", change.picture)] if picture.chosen in withdrawn else []
    withdrawn.discard(picture.chosen)
    takes = tuple(sha for sha in picture.takes if sha not in withdrawn)
    for index, sha in enumerate(change.after):
        if sha not in {*takes, *change.before}:
            at = _position(takes, change.after[:index])
            takes = (*takes[:at], sha, *takes[at:])
    return _with(tutorial, change, replace(picture, takes=takes)), left


def _apply_step(tutorial: Tutorial, change: Change) -> tuple[Tutorial, list[Left]]:
    present = step_by_id(tutorial, change.step)
    if present == change.after:
        return tutorial, []
    if present is None and change.before is None:
        return _inserted(tutorial, change.after, change.place), []
    if present is None or present != change.before:
        return tutorial, _differences(change, present)
    steps = tuple(step for step in tutorial.steps if step.id != change.step)
    return replace(tutorial, steps=steps), []


def _apply_picture(tutorial: Tutorial, change: Change) -> tuple[Tutorial, list[Left]]:
    step = step_by_id(tutorial, change.step)
    present = picture_by_id(tutorial, change.step, change.picture)
    if present == change.after:
        return tutorial, []
    full = step is None or len(step.pictures) >= MAX_PICTURES
    if step is None or present != change.before or (present is None and full):
        return tutorial, _differences(change, present)
    pictures = tuple(picture for picture in step.pictures if picture.id != change.picture)
    if change.after is not None:
        at = _position(ids_of(pictures), change.place)
        pictures = (*pictures[:at], change.after, *pictures[at:])
    return with_step(tutorial, replace(step, pictures=pictures)), []


def _apply_place(tutorial: Tutorial, change: Change) -> tuple[Tutorial, list[Left]]:
    step = step_by_id(tutorial, change.step)
    present = ids_before(tutorial, change.step) if step else ()
    if step and present[-1:] == change.after[-1:]:
        return tutorial, []
    if step is None or present[-1:] != change.before[-1:]:
        return tutorial, [Left(change.step, PLACE)]
    others = tuple(other for other in tutorial.steps if other.id != change.step)
    return _inserted(replace(tutorial, steps=others), step, change.after), []


def _inserted(tutorial: Tutorial, step: Step, place: tuple[str, ...]) -> Tutorial:
    at = _position(ids_of(tutorial.steps), place)
    return replace(tutorial, steps=(*tutorial.steps[:at], step, *tutorial.steps[at:]))


def _position(ids: tuple[str, ...], place: tuple[str, ...]) -> int:
    """Return the index behind the nearest of `place` that is still there, 0 where none is."""
    return next((ids.index(name) + 1 for name in reversed(place) if name in ids), 0)


def _differences(change: Change, present: Any) -> list[Left]:
    """Return what keeps a whole step or picture from being inserted or deleted."""
    if present is None or change.before is None:
        return [Left(change.step, ITSELF, change.picture)]
    names = [
        field.name
        for field in fields(present)
        if getattr(present, field.name) != getattr(change.before, field.name)
    ]
    if len(names) > 1 and "draft" in names:  # it changed only because the text did
        names.remove("draft")
    return [Left(change.step, name, change.picture) for name in names]


def _owner(tutorial: Tutorial, change: Change) -> Any:
    if not change.step:
        return tutorial
    if not change.picture:
        return step_by_id(tutorial, change.step)
    return picture_by_id(tutorial, change.step, change.picture)


def _with(tutorial: Tutorial, change: Change, owner: Any) -> Tutorial:
    if isinstance(owner, Tutorial):
        return owner
    if isinstance(owner, Step):
        return with_step(tutorial, owner)
    step = _step(tutorial, change.step)
    pictures = tuple(owner if old.id == owner.id else old for old in step.pictures)
    return with_step(tutorial, replace(step, pictures=pictures))


def _step(tutorial: Tutorial, step_id: str) -> Step:
    return next(step for step in tutorial.steps if step.id == step_id)


def ids_of(things: Iterable[Step | Picture]) -> tuple[str, ...]:
    """Return the ids in order."""
    return tuple(thing.id for thing in things)


def ids_before(tutorial: Tutorial, step_id: str) -> tuple[str, ...]:
    """Return the ids of the steps before this one, which must be there."""
    ids = ids_of(tutorial.steps)
    return ids[: ids.index(step_id)]
