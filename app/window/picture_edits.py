"""What a person does to a picture without the engine: each function is one undoable edit."""

from app.tutorial import edits
from app.tutorial.model import Picture, Take, Tutorial
from app.tutorial.staleness import keep_as_is
from app.tutorial.undo import merge, picture_by_id
from app.window.workplace import Workplace


def picture_of(workplace: Workplace, step: str, picture: str) -> Picture | None:
    """Return the picture as it stands, or None when it is gone."""
    return picture_by_id(workplace.opened.tutorial, step, picture)


def choose(workplace: Workplace, step: str, picture: str, sha256: str) -> None:
    """Show another take."""
    workplace.opened.edit(edits.choose_take(workplace.opened.tutorial, step, picture, sha256))


def choose_beside(workplace: Workplace, step: str, picture: str, distance: int) -> None:
    """Show the take so many places behind the chosen one; round and round."""
    shown = picture_of(workplace, step, picture)
    if shown is not None and shown.takes:
        here = shown.takes.index(shown.chosen) if shown.chosen in shown.takes else -distance
        choose(workplace, step, picture, shown.takes[(here + distance) % len(shown.takes)])


def star(workplace: Workplace, step: str, picture: str, sha256: str) -> None:
    """Star a take, or take its star away."""
    shown = picture_of(workplace, step, picture)
    if shown is not None:
        starred = sha256 not in shown.starred
        tutorial = workplace.opened.tutorial
        workplace.opened.edit(edits.star_take(tutorial, step, picture, sha256, starred))


def trash(workplace: Workplace, step: str, picture: str, sha256: str) -> None:
    """Put a take into the trash."""
    workplace.opened.edit(edits.withdraw_take(workplace.opened.tutorial, step, picture, sha256))


def restore(workplace: Workplace, step: str, picture: str, sha256: str) -> None:
    """Offer a take of the trash again."""
    workplace.opened.edit(edits.restore_take(workplace.opened.tutorial, step, picture, sha256))


def trashed(picture: Picture) -> tuple[str, ...]:
    """Return the takes of a picture's trash, newest last."""
    return tuple(sha256 for sha256 in picture.withdrawn if sha256 not in picture.takes)


def keep(workplace: Workplace, step: str, picture: str) -> None:
    """Keep a stale picture as it is."""
    del step
    opened = workplace.opened
    opened.edit(keep_as_is(opened.tutorial, [picture], opened.recipes))


def toggle_needed(workplace: Workplace, step: str, picture: str) -> None:
    """Say that no picture is needed here, or that one is after all."""
    shown = picture_of(workplace, step, picture)
    if shown is not None:
        tutorial, needed = workplace.opened.tutorial, shown.not_needed
        made = edits.set_picture(tutorial, step, picture, "not_needed", not needed)
        workplace.opened.edit(made)


def use_as_anchor(workplace: Workplace, sha256: str) -> None:
    """Let every other picture see this take; none any more where it was the anchor."""
    tutorial = workplace.opened.tutorial
    anchor = None if tutorial.anchor == sha256 else sha256
    workplace.opened.edit(edits.set_field(tutorial, "anchor", anchor))


def use_as_cover(workplace: Workplace, sha256: str) -> None:
    """Show this take where the tutorial is listed; none in particular where it was."""
    tutorial = workplace.opened.tutorial
    cover = None if tutorial.cover == sha256 else sha256
    workplace.opened.edit(edits.set_field(tutorial, "cover", cover))


def add_take(workplace: Workplace, step: str, picture: str, take: Take) -> None:
    """Show the author's own image in a picture, there already or made under this new id."""
    if workplace.opened.read_only:
        return
    workplace.opened.add_takes([take])
    workplace.opened.edit(_with_take(workplace.opened.tutorial, step, picture, take.sha256))


def _with_take(tutorial: Tutorial, step: str, picture: str, sha256: str) -> edits.Edit:
    entries = []
    tutorial, entry = edits.insert_picture(tutorial, step, Picture(picture))
    entries.append(entry)
    shown = picture_by_id(tutorial, step, picture)
    chosen = shown.chosen if shown is not None else None
    tutorial, entry = edits.offer_take(tutorial, step, picture, sha256, instead_of=chosen)
    entries.append(entry)
    tutorial, entry = edits.set_picture(tutorial, step, picture, "not_needed", False)
    entries.append(entry)
    if shown is not None and not shown.alt_confirmed:  # it tells of a painting
        tutorial, entry = edits.set_picture(tutorial, step, picture, "alt_text", "")
        entries.append(entry)
    return tutorial, merge(entries)  # a new picture and its take are one value
