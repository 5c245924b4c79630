"""An earlier state of a tutorial: in what it differs from the present one, and its return."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from app.tutorial import edits
from app.tutorial.edits import Edit, StepField, TutorialField, chained
from app.tutorial.model import Step, Tutorial, step_by_id
from app.tutorial.undo import ids_of

WORDS = ("title", "body", "callouts")  # of a step


@dataclass(frozen=True)
class Difference:
    """What an earlier state has otherwise than the present one.

    more: how many steps only the earlier one has, fewer: only the present one. reworded,
    repictured: the numbers (from 1, in the earlier one) of steps with other words or pictures.
    moved: steps stand in another order. head: the tutorial's own texts, or its look, differ.
    """

    more: int = 0
    fewer: int = 0
    reworded: tuple[int, ...] = ()
    repictured: tuple[int, ...] = ()
    moved: bool = False
    head: bool = False


def difference(tutorial: Tutorial, old: Tutorial) -> Difference:
    """Return in what the earlier state `old` differs."""
    now, then = ids_of(tutorial.steps), ids_of(old.steps)
    both = [
        (number, present, step)
        for number, step in enumerate(old.steps, 1)
        if (present := step_by_id(tutorial, step.id)) is not None
    ]
    return Difference(
        more=len(set(then) - set(now)),
        fewer=len(set(now) - set(then)),
        reworded=tuple(
            n for n, a, b in both if any(getattr(a, field) != getattr(b, field) for field in WORDS)
        ),
        repictured=tuple(n for n, a, b in both if _shown(a) != _shown(b)),
        moved=[i for i in then if i in now] != [i for i in now if i in then],
        head=any(
            getattr(tutorial, field) != getattr(old, field)
            for field in get_args(TutorialField)
            if field != "making"
        ),
    )


def restore(tutorial: Tutorial, old: Tutorial) -> Edit:
    """Turn the tutorial into an earlier state of it, as one edit.

    Takes made since then stay in the file; those that the earlier state doesn't offer lie in its
    trash.
    """
    entries = []
    for field in get_args(TutorialField):
        tutorial, entry = edits.set_field(tutorial, field, getattr(old, field))
        entries.append(entry)
    gone = set(ids_of(tutorial.steps)) - set(ids_of(old.steps))
    tutorial, entry = edits.delete_steps(tutorial, [i for i in ids_of(tutorial.steps) if i in gone])
    entries.append(entry)
    for place, step in enumerate(old.steps):
        if step_by_id(tutorial, step.id) is None:
            tutorial, entry = edits.insert_step(tutorial, step, place)
        else:
            tutorial, entry = _restore_step(tutorial, step, place)
        entries.append(entry)
    return tutorial, chained(entries)


def _restore_step(tutorial: Tutorial, old: Step, place: int) -> Edit:
    """Turn a step that is there into its earlier state, at its earlier place."""
    entries = []
    if ids_of(tutorial.steps).index(old.id) != place:
        tutorial, entry = edits.move_step(tutorial, old.id, place)
        entries.append(entry)
    for field in get_args(StepField):
        value = getattr(old, field)
        tutorial, entry = edits.set_step(tutorial, old.id, field, value, by_hand=False)
        entries.append(entry)
    present = step_by_id(tutorial, old.id)
    pictures = present.pictures if present is not None else ()
    same = _same(pictures, old.pictures)
    for picture in reversed(pictures[same:]):  # the last first, so that undo finds each place
        tutorial, entry = edits.delete_picture(tutorial, old.id, picture.id)
        entries.append(entry)
    for picture in old.pictures[same:]:
        tutorial, entry = edits.insert_picture(tutorial, old.id, picture)
        entries.append(entry)
    return tutorial, chained(entries)


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> int:
    """Return with how many equal things both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _shown(step: Step) -> list[str | None]:
    return list(_chosen(step))


def _chosen(step: Step) -> Iterator[str | None]:
    """Yield the take that each place shows, None for an empty one."""
    for picture in step.pictures:
        if not picture.not_needed:
            yield picture.chosen
