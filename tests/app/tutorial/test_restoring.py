from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.tutorial import edits
from app.tutorial.model import Callout, Picture, Step, Tutorial
from app.tutorial.restoring import Difference, difference, restore
from app.tutorial.undo import redo, undo

WORDS = st.sampled_from(["", "one", "two", "three"])
SHAS = st.lists(st.sampled_from("wxyz"), max_size=3, unique=True).map(tuple)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[Picture, ...]:
    made = []
    for name in draw(st.lists(st.sampled_from("pqrs"), max_size=3, unique=True)):
        takes = draw(SHAS)
        chosen = draw(st.sampled_from(takes)) if takes else None
        made.append(Picture(name, draw(WORDS), draw(WORDS), takes=takes, chosen=chosen))
    return tuple(made)


@st.composite
def tutorials(draw: st.DrawFn) -> Tutorial:
    steps = [
        Step(
            name,
            draw(WORDS),
            draw(WORDS),
            callouts=(Callout("tip", "Mind."),) if draw(st.booleans()) else (),
            pictures=draw(pictures()),
            checked=draw(st.booleans()),
            draft=draw(st.booleans()),
        )
        for name in draw(st.permutations("abcde"))[: draw(st.integers(0, 5))]
    ]
    texts: dict[str, Any] = {"title": draw(WORDS), "summary": draw(WORDS)}
    return Tutorial("t", **texts, materials=(draw(WORDS),), steps=tuple(steps))


@settings(deadline=None, max_examples=300)
@given(tutorials(), tutorials())
def test_restoring_gives_the_earlier_state_and_undo_the_identical_present_one(
    now: Tutorial, old: Tutorial
) -> None:
    restored, entry = restore(now, old)
    assert restored == old
    assert undo(restored, entry) == (now, ())
    assert redo(now, entry) == (old, ())
    assert difference(restored, old) == Difference()
    assert (difference(now, old) == Difference()) <= (
        [(s.id, s.title, s.body) for s in now.steps] == [(s.id, s.title, s.body) for s in old.steps]
    )


def test_what_did_not_change_is_the_same_object() -> None:
    steps = tuple(Step(name, name) for name in "abc")
    now = Tutorial("t", "New", steps=steps)
    old = replace(now, title="Old", steps=(replace(steps[0], body="More."), *steps[1:]))
    restored, entry = restore(now, old)
    assert restored.steps[1] is steps[1]
    assert [(change.step, change.field) for change in entry.changes] == [
        ("", "title"),
        ("a", "body"),
    ]


def test_the_difference_is_told_by_the_earlier_numbers() -> None:
    picture = Picture("p", takes=("x", "y"), chosen="x")
    steps = tuple(Step(name, name.upper()) for name in "abcd")
    old = Tutorial("t", "Tea", steps=(*steps[:3], replace(steps[3], pictures=(picture,))))
    now, _ = edits.delete_step(old, "a")
    now, _ = edits.set_step(now, "c", "body", "Other.")
    now, _ = edits.choose_take(now, "d", "p", "y")
    now, _ = edits.insert_steps(now, [Step("e"), Step("f")], 0)
    assert difference(now, old) == Difference(more=1, fewer=2, reworded=(3,), repictured=(4,))
    now, _ = edits.move_step(now, "d", 0)
    now, _ = edits.set_field(now, "title", "Coffee")
    assert difference(now, old).moved
    assert difference(now, old).head
