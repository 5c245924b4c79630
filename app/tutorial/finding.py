"""Find and replace in every text of a tutorial that a person writes."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from app.tutorial import edits
from app.tutorial.edits import Edit, chained
from app.tutorial.model import Look, Tutorial, step_by_id
from app.tutorial.undo import picture_by_id

CONTEXT = 40  # characters shown on either side of a hit


@dataclass(frozen=True)
class Where:
    """Which text of a tutorial. step "" is the tutorial's own, picture "" the step's own.

    index: which of several (materials, callouts, other names …), or -1. entry: which row of the
    look, or -1; palette, style and camera are fields of the tutorial without an entry.
    """

    step: str
    picture: str
    field: str
    index: int = -1
    entry: int = -1

    @property
    def in_look(self) -> bool:
        """Whether this is a text of the look."""
        atmosphere = self.field in ("palette", "style", "camera")
        return self.entry >= 0 or (not self.step and atmosphere)


@dataclass(frozen=True, kw_only=True)
class Hit(Where):
    """Where characters stand in a text: those from start to end are `text`.

    before, after: the rest of its line, as far as a list shows it. replacement: what is proposed
    to stand there instead.
    """

    start: int
    end: int
    text: str
    before: str
    after: str
    replacement: str = ""

    @property
    def where(self) -> Where:
        """The text in which it stands."""
        return Where(self.step, self.picture, self.field, self.index, self.entry)


def texts(tutorial: Tutorial) -> Iterator[tuple[Where, str]]:
    """Yield every text in reading order; the look comes last."""
    yield Where("", "", "title"), tutorial.title
    yield Where("", "", "summary"), tutorial.summary
    for field in ("materials", "tools"):
        yield from _several(Where("", "", field), getattr(tutorial, field))
    for step in tutorial.steps:
        yield Where(step.id, "", "title"), step.title
        yield Where(step.id, "", "body"), step.body
        yield from _several(Where(step.id, "", "callouts"), step.callouts)
        for picture in step.pictures:
            yield Where(step.id, picture.id, "description"), picture.description
            yield Where(step.id, picture.id, "alt_text"), picture.alt_text
            yield from _several(Where(step.id, picture.id, "marks"), picture.marks)
        yield Where(step.id, "", "note"), step.note
    for number, entry in enumerate(tutorial.look.entries):
        yield Where("", "", "name", entry=number), entry.name
        yield from _several(Where("", "", "other_names", entry=number), entry.other_names)
        yield Where("", "", "appearance", entry=number), entry.appearance
    for field in ("palette", "style", "camera"):
        yield Where("", "", field), getattr(tutorial.look, field)


def find(
    tutorial: Tutorial, text: str, *, match_case: bool = False, whole_words: bool = False
) -> tuple[Hit, ...]:
    """Return where a text stands, in reading order; an empty one stands nowhere."""
    return tuple(
        hit_at(where, whole, start, end)
        for where, whole in texts(tutorial)
        for start, end in _spans(whole, text, match_case)
        if not whole_words or _stands_alone(whole, start, end)
    )


def hit_at(where: Where, whole: str, start: int, end: int, replacement: str = "") -> Hit:
    """Return the hit for the characters of a text from start to end."""
    line = whole.rfind("\n", 0, start) + 1
    before = whole[max(line, start - CONTEXT) : start]
    after = whole[end : end + CONTEXT].split("\n")[0]
    return Hit(
        **vars(where),
        start=start,
        end=end,
        text=whole[start:end],
        before=before,
        after=after,
        replacement=replacement,
    )


def replace_hits(tutorial: Tutorial, hits: Iterable[Hit], replacement: str | None = None) -> Edit:
    """Replace hits as one edit, by a text or, without one, each by its own replacement.

    A hit whose text no longer stands there is left out, and so is one that overlaps another.
    """
    by_field: defaultdict[tuple[str, str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        by_field[hit.step, hit.picture, "look" if hit.in_look else hit.field].append(hit)
    entries = []
    for (step, picture, field), found in by_field.items():
        owner = _owner(tutorial, step, picture)
        if owner is not None:
            value = _replaced(owner, found, replacement, field)
            tutorial, entry = _set(tutorial, step, picture, field, value)
            entries.append(entry)
    return tutorial, chained(entries)


# ---------------------------------------------------------------- reading and writing a text


def _several(where: Where, items: Iterable[Any]) -> Iterator[tuple[Where, str]]:
    for index, item in enumerate(items):
        yield replace(where, index=index), item if isinstance(item, str) else item.text


def _owner(tutorial: Tutorial, step: str, picture: str) -> Any:
    if picture:
        return picture_by_id(tutorial, step, picture)
    return step_by_id(tutorial, step) if step else tutorial


def _set(tutorial: Tutorial, step: str, picture: str, field: Any, value: Any) -> Edit:
    if picture:
        return edits.set_picture(tutorial, step, picture, field, value)
    if step:
        return edits.set_step(tutorial, step, field, value)
    return edits.set_field(tutorial, field, value)


def _replaced(owner: Any, hits: list[Hit], replacement: str | None, field: str) -> Any:
    """Return a field's value with the hits in it replaced."""
    by_text: defaultdict[Where, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_text[hit.where].append(hit)
    for where, found in by_text.items():
        text = _read(owner, where)
        if text is not None:
            owner = _write(owner, where, _with_replacements(text, found, replacement))
    return getattr(owner, field)


def _with_replacements(text: str, hits: list[Hit], replacement: str | None) -> str:
    pieces, done = [], 0
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end)):
        if hit.start >= done and text[hit.start : hit.end] == hit.text:
            new = hit.replacement if replacement is None else replacement
            pieces += [text[done : hit.start], new]
            done = hit.end
    return "".join([*pieces, text[done:]])


def _read(owner: Any, where: Where) -> str | None:
    """Return a text of a tutorial, step or picture; None when it is gone."""
    if isinstance(owner, Tutorial) and where.in_look:
        owner = owner.look
    if where.entry >= 0:
        if where.entry >= len(owner.entries):
            return None
        owner = owner.entries[where.entry]
    value = getattr(owner, where.field)
    if where.index < 0:
        return str(value)
    if where.index >= len(value):
        return None
    item = value[where.index]
    return item if isinstance(item, str) else str(item.text)


def _write(owner: Any, where: Where, text: str) -> Any:
    """Return the tutorial, step or picture with the text, which must be there, replaced."""
    if isinstance(owner, Tutorial) and where.in_look:
        return replace(owner, look=_write(owner.look, where, text))
    if isinstance(owner, Look) and where.entry >= 0:
        entry = _write(owner.entries[where.entry], replace(where, entry=-1), text)
        return replace(owner, entries=_with_item(owner.entries, where.entry, entry))
    if where.index < 0:
        return replace(owner, **{where.field: text})
    items = getattr(owner, where.field)
    item = items[where.index]
    item = text if isinstance(item, str) else replace(item, text=text)
    return replace(owner, **{where.field: _with_item(items, where.index, item)})


def _with_item(items: tuple[Any, ...], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])


# ---------------------------------------------------------------- searching


def _spans(text: str, wanted: str, match_case: bool) -> Iterator[tuple[int, int]]:
    """Yield start and end of each occurrence; none of them cuts a letter in two."""
    offsets: list[int] | range = range(len(text) + 1)
    searched = text
    if not match_case:
        searched, wanted = text.casefold(), wanted.casefold()
        if len(searched) != len(text):  # e.g. "ß" becomes "ss"
            offsets = _offsets(text)
    at = searched.find(wanted) if wanted else -1
    while at >= 0:
        start, end = offsets[at], offsets[at + len(wanted)]
        whole = start >= 0 and end >= 0 and not unicodedata.combining(text[end : end + 1] or " ")
        if whole:
            yield start, end
        at = searched.find(wanted, at + (len(wanted) if whole else 1))


def _offsets(text: str) -> list[int]:
    """Return where each character of the casefolded text begins, -1 inside of one."""
    offsets = []
    for index, character in enumerate(text):
        offsets += [index] + [-1] * (len(character.casefold()) - 1)
    return [*offsets, len(text)]


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    joined_before = _in_word(before) and _in_word(text[start])
    return not (joined_before or (_in_word(after) and _in_word(text[end - 1])))


def _in_word(character: str) -> bool:
    if not character:
        return False
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
