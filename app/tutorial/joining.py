"""Two steps become one, or one becomes two; no take and no word goes missing."""

from dataclasses import dataclass, replace
from typing import Literal

from app.tutorial import edits
from app.tutorial.edits import Edit, chained
from app.tutorial.model import MAX_PICTURES, Picture, Step, Tutorial, step_by_id
from app.tutorial.notation import escaped
from app.tutorial.undo import Entry, ids_before


@dataclass(frozen=True)
class Refusal:
    """Why a step's text alone can't join the step above.

    "first": there is no step above; otherwise what the step has that would have to move along.
    """

    reason: Literal["first", "picture", "callout", "starred"]


@dataclass(frozen=True)
class Merged:
    """Two steps merged; the texts met at `caret`, a character offset in the body of `step`."""

    edit: Edit
    step: str
    caret: int


def merge_with_previous(tutorial: Tutorial, step_id: str) -> Merged | Refusal:
    """Merge a step that is text alone into the step above, as Backspace at its start does.

    A picture without take, words or marks counts for nothing.
    """
    step = step_by_id(tutorial, step_id)
    if step is not None:
        pictures = [picture for picture in step.pictures if not _is_blank(picture)]
        if any(sha in picture.takes for picture in pictures for sha in picture.starred):
            return Refusal("starred")
        if pictures:
            return Refusal("picture")
        if step.callouts:
            return Refusal("callout")
    return merge_steps(tutorial, step_id)


def merge_steps(tutorial: Tutorial, step_id: str) -> Merged | Refusal:
    """Merge a step into the step above, with callouts and pictures.

    Of more than MAX_PICTURES pictures, the last that stays offers the takes of those that don't.
    """
    step = step_by_id(tutorial, step_id)
    above = ids_before(tutorial, step_id) if step else ()
    previous = step_by_id(tutorial, above[-1]) if above else None
    if step is None or previous is None:
        return Refusal("first")
    merged, deleted = edits.delete_step(tutorial, step_id)
    entries = [deleted]
    empty = not previous.title and not previous.body  # then the title can stay one
    values = {
        "title": step.title if empty else previous.title,
        "body": _paragraphs(previous.body, "" if empty else escaped(step.title.strip()), step.body),
        "callouts": (*previous.callouts, *step.callouts),
        "duration": " + ".join(filter(None, (previous.duration, step.duration))),
        "note": _paragraphs(previous.note, step.note),
        "checked": previous.checked and step.checked,
        "draft": previous.draft or step.draft,
    }
    field: edits.StepField
    for field in ("title", "body", "callouts", "duration", "note", "checked", "draft"):
        merged, entry = edits.set_step(merged, previous.id, field, values[field], by_hand=False)
        entries.append(entry)
    merged, entry = _with_pictures(merged, previous, step)
    entries.append(entry)
    return Merged((merged, chained(entries)), previous.id, len(previous.body))


def split_step(tutorial: Tutorial, step_id: str, offset: int, new_id: str) -> Edit:
    """Move the body from a character offset on to a new step behind; all else stays."""
    step = step_by_id(tutorial, step_id)
    if step is None or step_by_id(tutorial, new_id) is not None:
        return tutorial, Entry()
    offset = max(offset, 0)
    first, second = step.body[:offset].rstrip(), step.body[offset:].strip("\r\n")
    place = len(ids_before(tutorial, step_id)) + 1
    new = Step(new_id, body=second, draft=step.draft and bool(second))
    tutorial, cut = edits.set_step(tutorial, step_id, "body", first, by_hand=False)
    tutorial, inserted = edits.insert_step(tutorial, new, place)
    return tutorial, chained((cut, inserted))


def _paragraphs(*texts: str) -> str:
    """Return texts as paragraphs; the first keeps its end, so that the caret's place holds."""
    first, *others = texts
    joined = "\n\n".join(text.strip("\r\n") for text in others if text.strip())
    if not joined:
        return first
    return f"{first}\n\n{joined}" if first else joined


def _is_blank(picture: Picture) -> bool:
    return replace(picture, not_needed=False, kept="", withdrawn=()) == Picture(picture.id)


def _with_pictures(tutorial: Tutorial, previous: Step, step: Step) -> Edit:
    """Return the previous step with its own pictures and those of a step that is gone."""
    entries = []
    arriving = [picture for picture in step.pictures if not _is_blank(picture)]
    if arriving:
        for picture in filter(_is_blank, previous.pictures):
            tutorial, entry = edits.delete_picture(tutorial, previous.id, picture.id)
            entries.append(entry)
    staying = step_by_id(tutorial, previous.id)
    room = MAX_PICTURES - len(staying.pictures if staying else ())
    placed, further = arriving[:room], arriving[room:]
    if placed and further:
        placed[-1], further = _joined(placed[-1], further), []
    for picture in placed:
        tutorial, entry = edits.insert_picture(tutorial, previous.id, picture)
        entries.append(entry)
    if further and staying:
        last = staying.pictures[-1]
        tutorial, entry = _offer_all(tutorial, previous.id, last, _joined(last, further))
        entries.append(entry)
    return tutorial, chained(entries)


def _joined(picture: Picture, further: list[Picture]) -> Picture:
    """Return a picture that also offers the takes of others."""
    every = (picture, *further)
    takes = tuple(dict.fromkeys(sha for one in every for sha in one.takes))
    return replace(
        picture,
        takes=takes,
        chosen=next((one.chosen for one in every if one.chosen is not None), None),
        starred=tuple(dict.fromkeys(sha for one in every for sha in one.starred)),
        withdrawn=tuple(dict.fromkeys(sha for one in every for sha in one.withdrawn)),
    )


def _offer_all(tutorial: Tutorial, step_id: str, before: Picture, after: Picture) -> Edit:
    entries = []
    for sha256 in after.takes:
        tutorial, entry = edits.restore_take(tutorial, step_id, before.id, sha256)
        entries.append(entry)
    if before.chosen is None:
        tutorial, entry = edits.choose_take(tutorial, step_id, before.id, after.chosen)
        entries.append(entry)
    field: edits.PictureField
    for field in ("starred", "withdrawn"):
        value = getattr(after, field)
        tutorial, entry = edits.set_picture(tutorial, step_id, before.id, field, value)
        entries.append(entry)
    return tutorial, chained(entries)
