from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.tutorial.edits import Edit
from app.tutorial.joining import Merged, Refusal, merge_steps, merge_with_previous, split_step
from app.tutorial.model import MAX_PICTURES, Callout, Mark, Picture, Step, Tutorial
from app.tutorial.undo import Entry, redo, undo

SHAS = ["u", "v", "w", "x", "y", "z"]


def painted(name: str, *takes: str) -> Picture:
    return Picture(name, f"What {name} shows", takes=takes, chosen=takes[-1], starred=takes[:1])


ABOVE = Step("a", "Boil", "Boil water.\n", callouts=(Callout("tip", "Hot!"),))
BELOW = Step("b", "Pour *it*", "Pour it.", note="Mind.", duration="5 min", draft=True)


def merged(above: Step, below: Step) -> tuple[Merged, Step]:
    result = merge_steps(Tutorial("t", steps=(Step("0"), above, below, Step("9"))), below.id)
    assert isinstance(result, Merged)
    tutorial, _ = result.edit
    assert [step.id for step in tutorial.steps] == ["0", above.id, "9"]
    return result, tutorial.steps[1]


def test_a_step_of_text_alone_joins_the_step_above() -> None:
    result = merge_with_previous(Tutorial("t", steps=(ABOVE, BELOW)), "b")
    assert isinstance(result, Merged)
    tutorial, entry = result.edit
    assert tutorial.steps == (
        replace(
            ABOVE,
            body="Boil water.\n\n\nPour \\*it\\*\n\nPour it.",
            note="Mind.",
            duration="5 min",
            draft=True,
        ),
    )
    assert (result.step, result.caret) == ("a", len("Boil water.\n"))
    assert undo(tutorial, entry) == (Tutorial("t", steps=(ABOVE, BELOW)), ())


def test_an_empty_step_above_takes_the_title_over() -> None:
    result, step = merged(Step("a"), BELOW)
    assert (step.title, step.body, result.caret) == ("Pour *it*", "Pour it.", 0)


@pytest.mark.parametrize(
    ("below", "reason"),
    [
        (replace(BELOW, callouts=(Callout("tip", ""),)), "callout"),
        (replace(BELOW, pictures=(painted("p", "x"),)), "starred"),
        (replace(BELOW, pictures=(replace(painted("p", "x"), starred=()),)), "picture"),
        (replace(BELOW, pictures=(Picture("p", "A pot."),)), "picture"),
        (replace(BELOW, pictures=(Picture("p", marks=(Mark("box", 0, 0, 1, 1),)),)), "picture"),
        (replace(BELOW, pictures=(Picture("p", not_needed=True),)), None),
        (BELOW, None),
    ],
)
def test_backspace_is_refused_where_more_than_text_would_move(
    below: Step, reason: str | None
) -> None:
    result = merge_with_previous(Tutorial("t", steps=(ABOVE, below)), "b")
    assert (result.reason if isinstance(result, Refusal) else None) == reason


def test_the_first_step_and_one_that_is_gone_have_no_step_above() -> None:
    tutorial = Tutorial("t", steps=(BELOW,))
    for step_id in ("b", "gone"):
        assert merge_steps(tutorial, step_id) == Refusal("first")
        assert merge_with_previous(tutorial, step_id) == Refusal("first")


def test_pictures_come_along_and_the_last_one_offers_what_finds_no_place() -> None:
    above = replace(ABOVE, pictures=(painted("p", "u", "v"), Picture("blank"), painted("q", "w")))
    below = replace(BELOW, pictures=(painted("r", "x"), painted("s", "y", "w")))
    _, step = merged(above, below)
    assert [picture.id for picture in step.pictures] == ["p", "q", "r"]
    last = step.pictures[2]
    assert (last.takes, last.chosen, last.starred) == (("x", "y", "w"), "x", ("x", "y"))


def test_a_full_step_above_offers_the_takes_in_its_last_picture() -> None:
    waiting = Picture("s", "A cup.")
    above = replace(ABOVE, pictures=(painted("p", "u"), painted("q", "v"), waiting))
    _, step = merged(above, replace(BELOW, pictures=(painted("r", "x", "y"),)))
    assert step.pictures[:2] == above.pictures[:2]
    last = replace(waiting, takes=("x", "y"), chosen="y", starred=("x",))
    assert step.pictures[2] == last


PICTURES = st.builds(
    lambda takes, stars, words, needless: Picture(
        "",
        words,
        takes=tuple(takes),
        chosen=takes[0] if takes and stars else None,
        starred=tuple(takes[:stars]),
        not_needed=needless,
    ),
    st.lists(st.sampled_from(SHAS), unique=True, max_size=4),
    st.integers(0, 2),
    st.sampled_from(["", "A pot."]),
    st.booleans(),
)
TEXTS = st.sampled_from(["", "\n", "Boil it.", "1. Boil\n2. Pour", "\n\ntail \n"])
STEPS = st.builds(
    Step,
    st.just(""),
    st.sampled_from(["", "Boil", "# Boil", " "]),
    TEXTS,
    st.lists(st.builds(Callout, st.just("tip"), TEXTS), max_size=2).map(tuple),
    st.lists(PICTURES, max_size=MAX_PICTURES).map(tuple),
    duration=st.sampled_from(["", "5 min"]),
    note=TEXTS,
    checked=st.booleans(),
    draft=st.booleans(),
)


def numbered(steps: list[Step]) -> Tutorial:
    return Tutorial(
        "t",
        steps=tuple(
            replace(
                step,
                id=f"s{n}",
                pictures=tuple(replace(p, id=f"p{n}{i}") for i, p in enumerate(step.pictures)),
            )
            for n, step in enumerate(steps)
        ),
    )


TUTORIALS = st.lists(STEPS, min_size=1, max_size=4).map(numbered)


def offered(tutorial: Tutorial) -> dict[str, set[str]]:
    pictures = [picture for step in tutorial.steps for picture in step.pictures]
    return {
        "takes": {sha for picture in pictures for sha in picture.takes},
        "starred": {sha for picture in pictures for sha in picture.starred},
        "callouts": {callout.text for step in tutorial.steps for callout in step.callouts},
        "words": {
            word
            for step in tutorial.steps
            for word in f"{step.title} {step.body} {step.note}".replace("\\", "").split()
        },
    }


def goes_back_and_forth(before: Tutorial, edit: Edit) -> None:
    after, entry = edit
    assert undo(after, entry) == (before, ())
    assert redo(before, entry) == (after, ())


@settings(max_examples=300)
@given(TUTORIALS, st.integers(0, 4), st.booleans())
def test_a_merge_drops_nothing_and_undo_gives_the_identical_tutorial(
    tutorial: Tutorial, index: int, explicit: bool
) -> None:
    merge = merge_steps if explicit else merge_with_previous
    result = merge(tutorial, f"s{index}")
    if isinstance(result, Refusal):
        assert not explicit or index == 0 or index >= len(tutorial.steps)
        return
    after, _ = result.edit
    assert len(after.steps) == len(tutorial.steps) - 1
    assert offered(after) == offered(tutorial)
    above, step = tutorial.steps[index - 1], after.steps[index - 1]
    assert step.body[: result.caret] == above.body
    assert len(step.pictures) <= MAX_PICTURES
    for picture in step.pictures:
        assert picture.chosen in (None, *picture.takes)
        assert len(picture.takes) == len(set(picture.takes))
    goes_back_and_forth(tutorial, result.edit)


# ---------------------------------------------------------------- split


def test_what_stands_behind_the_caret_becomes_a_step_of_its_own() -> None:
    step = replace(BELOW, body="Boil it.\n\nPour it.\n", pictures=(painted("p", "x"),))
    tutorial, _ = split_step(Tutorial("t", steps=(step, ABOVE)), "b", 8, "new")
    first = replace(step, body="Boil it.")
    assert tutorial.steps == (first, Step("new", body="Pour it.", draft=True), ABOVE)
    tutorial, _ = split_step(Tutorial("t", steps=(first,)), "b", 99, "new")
    assert tutorial.steps == (first, Step("new"))


def test_no_step_is_split_that_is_gone_or_into_one_that_is_there() -> None:
    tutorial = Tutorial("t", steps=(ABOVE, BELOW))
    assert split_step(tutorial, "gone", 0, "new") == (tutorial, Entry())
    assert split_step(tutorial, "a", 0, "b") == (tutorial, Entry())


@given(TUTORIALS, st.integers(0, 4), st.integers(-3, 20))
def test_a_split_drops_nothing_and_undo_gives_the_identical_tutorial(
    tutorial: Tutorial, index: int, offset: int
) -> None:
    edit = split_step(tutorial, f"s{index}", offset, "new")
    goes_back_and_forth(tutorial, edit)
    after, _ = edit
    if index < len(tutorial.steps):
        step, first, second = tutorial.steps[index], after.steps[index], after.steps[index + 1]
        assert replace(first, body="") == replace(step, body="")
        joined = f"{first.body} {second.body}" if offset > 0 else second.body
        assert "".join(joined.split()) == "".join(step.body.split())
