"""A proposal of other words for a step: what it changes, and its acceptance."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from app.tutorial import edits
from app.tutorial.edits import Edit, chained
from app.tutorial.model import Tutorial, step_by_id
from app.tutorial.undo import Entry

_WORD = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
_LONG = 4000  # words; from there on the quick way, which may find less in common


@dataclass(frozen=True)
class Piece:
    """A piece of text: in both texts, gone from the first, or new in the second."""

    kind: Literal["same", "gone", "new"]
    text: str


def differences(before: str, after: str) -> tuple[Piece, ...]:
    """Return both texts in pieces of whole words, in order, what is gone before what is new.

    All but the new pieces joined are `before`, all but the gone ones `after`.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > _LONG)
    pieces = []
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(old[old_start:old_end])))
            continue
        pieces.append(Piece("gone", "".join(old[old_start:old_end])))
        pieces.append(Piece("new", "".join(new[new_start:new_end])))
    return tuple(piece for piece in pieces if piece.text)


def accept(
    tutorial: Tutorial,
    step_id: str,
    title: str,
    body: str,
    seen_title: str,
    seen_body: str,
    *,
    draft: bool,
) -> Edit:
    """Write a proposal, if the step's text is still what was seen beside it; else nothing.

    draft: whether the writer's words are a rough draft.
    """
    step = step_by_id(tutorial, step_id)
    same = (title, body) == (seen_title, seen_body)
    if step is None or same or (step.title, step.body) != (seen_title, seen_body):
        return tutorial, Entry()
    tutorial, heading = edits.set_step(tutorial, step_id, "title", title, by_hand=False)
    tutorial, words = edits.set_step(tutorial, step_id, "body", body, by_hand=False)
    tutorial, rough = edits.set_step(tutorial, step_id, "draft", draft)
    return tutorial, chained((heading, words, rough))
