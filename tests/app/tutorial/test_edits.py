from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.tutorial import edits
from app.tutorial.edits import Edit
from app.tutorial.model import Picture, Step, Tutorial
from app.tutorial.undo import Entry, Left, merge, picture_by_id, redo, undo

START = Tutorial(
    "t",
    title="Tea",
    steps=(
        Step("a", "Boil", "Boil water.", draft=True, pictures=(Picture("p", takes=("x",)),)),
        Step("b", "Pour", "Pour it."),
        Step("c", "Wait", "Wait."),
    ),
)
STEP_IDS = st.sampled_from(["a", "b", "c", "n1", "n2", "n3"])
PICTURE_IDS = st.sampled_from(["p", "q", "n1-0", "r", "s", "u"])
SHAS = st.sampled_from(["x", "y", "z", "w"])
TEXTS = st.sampled_from(["", "one", "two", "three"])
PLACES = st.integers(-1, 5)

SOME_IDS = st.lists(STEP_IDS, max_size=4, unique=True)
NEW_STEPS = st.lists(st.builds(Step, STEP_IDS, TEXTS), max_size=3)

Call = tuple[Any, ...]
CALLS = st.one_of(
    st.tuples(st.just(edits.set_field), st.just("title"), TEXTS),
    st.tuples(st.just(edits.set_step), STEP_IDS, st.sampled_from(["title", "body", "note"]), TEXTS),
    st.tuples(st.just(edits.set_step), STEP_IDS, st.just("draft"), st.booleans()),
    st.tuples(st.just(edits.set_picture), STEP_IDS, PICTURE_IDS, st.just("description"), TEXTS),
    st.tuples(
        st.just(edits.set_picture), STEP_IDS, PICTURE_IDS, st.just("not_needed"), st.booleans()
    ),
    st.tuples(st.just(edits.insert_step), st.builds(Step, STEP_IDS, TEXTS), PLACES),
    st.tuples(st.just(edits.delete_step), STEP_IDS),
    st.tuples(st.just(edits.move_step), STEP_IDS, PLACES),
    st.tuples(st.just(edits.duplicate_step), STEP_IDS, STEP_IDS),
    st.tuples(st.just(edits.insert_picture), STEP_IDS, st.builds(Picture, PICTURE_IDS, TEXTS)),
    st.tuples(st.just(edits.delete_picture), STEP_IDS, PICTURE_IDS),
    st.tuples(st.just(edits.offer_take), STEP_IDS, PICTURE_IDS, SHAS),
    st.tuples(st.just(edits.choose_take), STEP_IDS, PICTURE_IDS, st.none() | SHAS),
    st.tuples(st.just(edits.withdraw_take), STEP_IDS, PICTURE_IDS, SHAS),
    st.tuples(st.just(edits.restore_take), STEP_IDS, PICTURE_IDS, SHAS),
    st.tuples(st.just(edits.star_take), STEP_IDS, PICTURE_IDS, SHAS, st.booleans()),
    st.tuples(st.just(edits.move_steps), SOME_IDS, PLACES),
)
MANY_STEPS = st.one_of(
    CALLS,
    st.tuples(st.just(edits.delete_steps), SOME_IDS),
    st.tuples(st.just(edits.insert_steps), NEW_STEPS, PLACES),
)
MANY = st.lists(CALLS, max_size=14)


def made(tutorial: Tutorial, call: Call, instead_of: str | None = None) -> Edit:
    edit, *arguments = call
    options = {"instead_of": instead_of} if edit is edits.offer_take else {}
    result: Edit = edit(tutorial, *arguments, **options)
    return result


def values(tutorial: Tutorial) -> dict[tuple[str, str, str], Any]:
    """Every field of every step and picture."""
    found = {}
    for step in tutorial.steps:
        for name in ("title", "body", "note"):
            found[step.id, "", name] = getattr(step, name)
        for picture in step.pictures:
            for name in ("description", "not_needed", "chosen"):
                found[step.id, picture.id, name] = getattr(picture, name)
    return found


def inserted_id(call: Call) -> str:
    edit, *arguments = call
    if edit in (edits.insert_step, edits.insert_picture):
        return next(str(a.id) for a in arguments if isinstance(a, Step | Picture))
    return str(arguments[1]) if edit is edits.duplicate_step else ""


def is_sound(tutorial: Tutorial) -> bool:
    ids = [step.id for step in tutorial.steps]
    return len(ids) == len(set(ids)) and all(
        picture.chosen in (None, *picture.takes)
        and len(picture.takes) == len(set(picture.takes))
        and len(step.pictures) <= 3
        for step in tutorial.steps
        for picture in step.pictures
    )


@settings(deadline=None, max_examples=200)
@given(st.lists(MANY_STEPS, max_size=14))
def test_undo_in_reverse_gives_the_identical_tutorial_and_redo_the_edited_one(
    calls: list[Call],
) -> None:
    tutorial, entries = START, []
    for call in calls:
        tutorial, entry = made(tutorial, call)
        entries.append(entry)
        assert is_sound(tutorial)
    edited = tutorial
    for entry in reversed(entries):
        tutorial, left = undo(tutorial, entry)
        assert left == ()
    assert tutorial == START
    for entry in entries:
        tutorial, left = redo(tutorial, entry)
        assert left == ()
    assert tutorial == edited


@settings(deadline=None, max_examples=200)
@given(st.lists(MANY_STEPS, max_size=14))
def test_a_merged_entry_undoes_and_redoes_all(calls: list[Call]) -> None:
    tutorial, entries = START, []
    for call in calls:
        tutorial, entry = made(tutorial, call)
        entries.append(entry)
    assert undo(tutorial, merge(entries)) == (START, ())
    assert redo(START, merge(entries)) == (tutorial, ())


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(st.booleans(), CALLS), max_size=16))
def test_undo_of_a_run_never_loses_a_hand_edit(calls: list[tuple[bool, Call]]) -> None:
    tutorial, run = START, []
    by_hand: dict[tuple[str, str, str], Any] = {}
    used = {"a", "b", "c", "p"}
    for hand, call in calls:
        if new := inserted_id(call):
            if new in used:  # ids are random: one never stands for two things
                continue
            used.add(new)
        before = values(tutorial)
        tutorial, entry = made(tutorial, call)
        after = values(tutorial)
        changed = {key for key in after if key not in before or before[key] != after[key]}
        gone = before.keys() - after.keys()
        for key in changed | gone:
            by_hand.pop(key, None)
        if hand:
            by_hand |= {key: after[key] for key in changed}
        else:
            run.append(entry)
    undone, _ = undo(tutorial, merge(run))
    assert is_sound(undone)
    kept = values(undone)
    assert {key: kept.get(key) for key in by_hand} == by_hand
    again, _ = redo(undone, merge(run))
    assert is_sound(again)
    assert {key: values(again).get(key) for key in by_hand} == by_hand


@settings(deadline=None, max_examples=300)
@given(MANY, st.data())
def test_undo_in_any_order_keeps_the_tutorial_sound_and_every_take_in_reach(
    calls: list[Call], data: st.DataObject
) -> None:
    tutorial, entries, offered = START, [], {"x"}
    for call in calls:
        tutorial, entry = made(tutorial, call)
        entries.append(entry)
        offered |= {
            sha for change in entry.changes if change.field == "takes" for sha in change.after
        }
    for entry in data.draw(st.permutations(entries)):
        step = data.draw(st.sampled_from([undo, redo]))
        tutorial, _ = step(tutorial, entry)
        assert is_sound(tutorial)
    in_undo = repr([entry.changes for entry in entries])
    in_reach = {sha for s in tutorial.steps for pic in s.pictures for sha in pic.takes}
    assert all(sha in in_reach or f"'{sha}'" in in_undo for sha in offered)


def test_a_hand_edit_of_text_clears_the_draft_and_undo_brings_it_back() -> None:
    tutorial, entry = edits.set_step(START, "a", "body", "Boil fresh water.")
    assert not tutorial.steps[0].draft
    assert undo(tutorial, entry) == (START, ())
    assert edits.set_step(START, "a", "note", "n")[0].steps[0].draft
    assert edits.set_step(START, "a", "body", "b", by_hand=False)[0].steps[0].draft


def test_typing_merges_into_one_change() -> None:
    tutorial, entries = START, []
    for text in ("P", "Pu", "Put"):
        tutorial, entry = edits.set_step(tutorial, "b", "title", text)
        entries.append(entry)
    (change,) = merge(entries).changes
    assert (change.before, change.after) == ("Pour", "Put")


def test_undo_of_a_run_leaves_a_step_that_the_author_changed_and_names_the_field() -> None:
    run = []
    tutorial, entry = edits.insert_step(START, Step("n", draft=True), 3)
    run.append(entry)
    tutorial, entry = edits.set_step(tutorial, "n", "title", "Drink", by_hand=False)
    run.append(entry)
    tutorial, entry = edits.insert_step(tutorial, Step("m", "Wash", draft=True), 4)
    run.append(entry)
    tutorial, _ = edits.set_step(tutorial, "n", "body", "Mind your tongue.")
    undone, left = undo(tutorial, merge(run))
    assert [step.id for step in undone.steps] == ["a", "b", "c", "n"]
    assert undone.steps[3].title == "Drink"
    assert left == (Left("n", "body"),)


def test_the_authors_later_choice_wins_over_a_take_that_arrives() -> None:
    tutorial, first = edits.offer_take(START, "a", "p", "y", instead_of=None)
    assert picture_by_id(tutorial, "a", "p") == Picture("p", takes=("x", "y"), chosen="y")
    tutorial, _ = edits.choose_take(tutorial, "a", "p", "x")
    tutorial, _ = edits.offer_take(tutorial, "a", "p", "z", instead_of="y")
    assert tutorial.steps[0].pictures[0].chosen == "x"
    tutorial, left = undo(tutorial, first)
    assert tutorial.steps[0].pictures[0] == Picture("p", takes=("x", "z"), chosen="x")
    assert left == (Left("a", "chosen", "p"),)


def test_a_take_that_the_author_chose_is_not_withdrawn() -> None:
    tutorial, offer = edits.offer_take(START, "a", "p", "y", instead_of="other")
    tutorial, _ = edits.choose_take(tutorial, "a", "p", "y")
    undone, left = undo(tutorial, offer)
    assert undone == tutorial
    assert left == (Left("a", "takes", "p"),)


def test_a_deleted_step_comes_back_to_its_neighbours() -> None:
    tutorial, entry = edits.delete_step(START, "c")
    tutorial, _ = edits.delete_step(tutorial, "b")
    tutorial, _ = edits.insert_step(tutorial, Step("n"), 0)
    assert [step.id for step in undo(tutorial, entry)[0].steps] == ["n", "a", "c"]


def test_a_copy_has_ids_of_its_own() -> None:
    tutorial, _ = edits.duplicate_step(START, "a", "n")
    copy = tutorial.steps[1]
    assert copy == replace(START.steps[0], id="n", pictures=(Picture("n-0", takes=("x",)),))


def test_edits_of_what_is_gone_change_nothing() -> None:
    for call in (
        (edits.set_step, "gone", "title", "x"),
        (edits.set_picture, "a", "gone", "description", "x"),
        (edits.delete_step, "gone"),
        (edits.move_step, "gone", 0),
        (edits.duplicate_step, "gone", "n"),
        (edits.offer_take, "a", "gone", "y"),
        (edits.choose_take, "a", "p", "never offered"),
    ):
        assert made(START, call) == (START, Entry())
