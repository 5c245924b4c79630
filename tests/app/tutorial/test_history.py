from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.tutorial import edits
from app.tutorial.history import History
from app.tutorial.model import Picture, Step, Tutorial
from app.tutorial.undo import Entry, Left, merge

START = Tutorial(
    "t", steps=(Step("a", "Boil", pictures=(Picture("p", takes=("x", "y")),)), Step("b", "Pour"))
)


def typed(history: History, text: str, now: float, step: str = "a") -> None:
    history.edit(edits.set_step(history.tutorial, step, "title", text), typing=True, now=now)


def undone(history: History) -> list[str]:
    """The titles of step a, and of b, after each undo until none is left."""
    found = []
    while history.can_undo:
        history.undo()
        found.append("/".join(step.title for step in history.tutorial.steps))
    return found


def test_typing_is_one_entry_until_it_pauses() -> None:
    history = History(START)
    for now, text in ((0.0, "B"), (0.9, "Bo"), (1.9, "Boi"), (3.0, "Bois"), (3.1, "Boise")):
        typed(history, text, now)
    assert undone(history) == ["Boi/Pour", "Boil/Pour"]


def test_typing_elsewhere_is_an_entry_of_its_own() -> None:
    history = History(START)
    typed(history, "A", 0.0)
    typed(history, "B", 0.1, step="b")
    typed(history, "AA", 0.2)
    assert undone(history) == ["A/B", "A/Pour", "Boil/Pour"]


def test_what_comes_between_ends_a_spell_of_typing() -> None:
    history = History(START)
    typed(history, "A", 0.0)
    history.undo()
    history.redo()
    typed(history, "AA", 0.1)
    history.edit(edits.set_step(history.tutorial, "a", "title", "AAA"), now=0.2)
    typed(history, "AAAA", 0.3)
    assert undone(history) == ["AAA/Pour", "AA/Pour", "A/Pour", "Boil/Pour"]


def test_typing_that_comes_to_nothing_leaves_no_entry() -> None:
    history = History(START)
    typed(history, "A", 0.0)
    typed(history, "Boil", 0.1)
    assert not history.can_undo
    typed(history, "C", 0.2)
    assert undone(history) == ["Boil/Pour"]


def test_the_first_key_on_a_draft_is_one_entry_with_the_next() -> None:
    draft = Tutorial("t", steps=(Step("a", "Boil", draft=True),))
    history = History(draft)
    typed(history, "A", 0.0)
    typed(history, "AA", 0.1)
    assert not history.tutorial.steps[0].draft
    history.undo()
    assert history.tutorial == draft
    assert not history.can_undo


def test_typing_that_also_confirms_is_one_entry() -> None:
    history = History(START)
    for now, text in ((0.0, "A"), (0.1, "A p"), (0.2, "A pot")):
        tutorial, told = edits.set_picture(history.tutorial, "a", "p", "alt_text", text)
        tutorial, confirmed = edits.set_picture(tutorial, "a", "p", "alt_confirmed", True)
        history.edit((tutorial, edits.chained((told, confirmed))), typing=True, now=now)
    history.undo()
    assert history.tutorial == START
    assert not history.can_undo


def test_redo_does_not_bring_back_what_the_author_deleted_during_the_run() -> None:
    history = History(START)
    tutorial, inserted = edits.insert_step(START, Step("n", "New"), 2)
    history.take_over(tutorial)
    history.edit(edits.delete_step(history.tutorial, "n"))
    history.push(inserted)
    for times in (1, 2):
        for _ in range(times):
            history.undo()
        for _ in range(times):
            history.redo()
        assert history.tutorial == START


def test_a_new_edit_clears_what_could_be_redone_and_an_empty_one_does_not() -> None:
    history = History(START)
    typed(history, "A", 0.0)
    assert history.redo() is None
    history.undo()
    history.edit((history.tutorial, Entry()))
    history.push(Entry())
    assert history.can_redo
    typed(history, "B", 0.0)
    assert not history.can_redo
    assert history.redo() is None


def test_a_runs_entry_goes_on_top_of_what_was_typed_meanwhile() -> None:
    history = History(START)
    assert history.undo() is None
    tutorial, first = edits.insert_step(START, Step("n", "New", draft=True), 2)
    history.take_over(tutorial)
    typed(history, "A", 0.0)
    tutorial, second = edits.offer_take(history.tutorial, "a", "p", "z", instead_of=None)
    history.take_over(tutorial)
    typed(history, "AA", 0.1)
    typed(history, "Changed", 0.2, step="n")
    history.push(merge((first, second)))
    done = history.undo()
    assert done is not None
    assert done.tutorial is history.tutorial
    assert done.entry == merge((first, second))
    assert done.left == (Left("n", "title"),)
    assert [step.title for step in history.tutorial.steps] == ["AA", "Pour", "Changed"]
    assert history.tutorial.steps[0].pictures == START.steps[0].pictures


STEPS = st.sampled_from("abc")
EDITS = st.one_of(
    st.builds(lambda s, t: lambda x: edits.set_step(x, s, "title", t), STEPS, st.text(max_size=2)),
    st.builds(lambda s, at: lambda x: edits.move_step(x, s, at), STEPS, st.integers(0, 3)),
    st.builds(lambda s: lambda x: edits.delete_step(x, s), STEPS),
    st.builds(lambda s: lambda x: edits.insert_step(x, Step(s), 1), STEPS),
    st.builds(
        lambda sha: lambda x: edits.withdraw_take(x, "a", "p", sha), st.sampled_from(["x", "y"])
    ),
    st.builds(
        lambda sha: lambda x: edits.choose_take(x, "a", "p", sha), st.sampled_from(["x", "y", None])
    ),
)
ACTIONS = st.one_of(
    st.tuples(EDITS, st.booleans(), st.sampled_from([0.1, 5.0])), st.sampled_from(["undo", "redo"])
)


@given(st.lists(ACTIONS, max_size=20))
def test_undoing_all_gives_the_identical_start_and_redoing_all_the_end(actions: list[Any]) -> None:
    history, now = History(START), 0.0
    for action in actions:
        if isinstance(action, str):
            done = getattr(history, action)()
            assert done is None or done.left == ()
        else:
            made, typing, pause = action
            now += pause
            history.edit(made(history.tutorial), typing=typing, now=now)
    while history.redo():
        pass
    end = history.tutorial
    while history.undo():
        pass
    assert history.tutorial == START
    while history.redo():
        pass
    assert history.tutorial == end
