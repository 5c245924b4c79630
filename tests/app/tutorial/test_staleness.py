from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tutorial import edits
from app.tutorial.model import Look, LookEntry, Picture, Step, Tutorial
from app.tutorial.staleness import Stale, Staleness, keep_as_is, stale
from app.tutorial.undo import undo
from inference.protocol import from_json, to_json

LOOK = Look(
    (LookEntry("terracotta pot", ("planter",), "terracotta"), LookEntry("trowel")),
    palette="warm",
    style="flat",
    camera="from above",
)
BODY = "Fill it with 1.5 cups of soil. Don't press!"


def step(number: int, description: str, alt_text: str = "") -> Step:
    picture = Picture(
        f"p{number}", description, alt_text, takes=(f"take{number}",), chosen=f"take{number}"
    )
    return Step(f"s{number}", f"Fill {number}", BODY, pictures=(picture,))


def recipe(step: Step, *conditions: tuple[str, str]) -> dict[str, Any]:
    return {
        "heading": step.title,
        "body": step.body,
        "description": step.pictures[0].description,
        "conditions": [{"role": role, "sha256": sha256} for role, sha256 in conditions],
        "look": to_json(LOOK),
    }


STEPS = (
    step(1, "Two terracotta pots."),
    step(2, "A hand with a trowel."),
    step(3, "A cactus on a table.", "A cactus in a planter."),
)
START = Tutorial("t", look=LOOK, anchor="take1", steps=STEPS)
RECIPES = {
    "take1": recipe(STEPS[0], ("next", "take2")),
    "take2": recipe(STEPS[1], ("previous", "take1"), ("next", "take3"), ("anchor", "take1")),
    "take3": recipe(STEPS[2], ("present", "gone"), ("previous", "never offered")),
}


def with_entry(*entries: LookEntry) -> Tutorial:
    return replace(START, look=replace(LOOK, entries=entries))


def test_nothing_is_stale_where_nothing_changed() -> None:
    assert stale(START, RECIPES) == {}


@given(st.data())
def test_case_space_and_punctuation_make_nothing_stale(data: st.DataObject) -> None:
    def scribbled(text: str) -> str:
        letters = [letter.upper() if data.draw(st.booleans()) else letter for letter in text]
        at = data.draw(st.integers(0, len(letters)))
        digits = "".join(letters[at - 1 : at + 1]).strip("15")
        return "".join([*letters[:at], data.draw(ADDED) if digits else "", *letters[at:]])

    tutorial, _ = edits.set_step(START, "s2", "body", scribbled(BODY))
    tutorial, _ = edits.set_step(tutorial, "s2", "title", scribbled("Fill 2"))
    description = scribbled("A hand with a trowel.")
    tutorial, _ = edits.set_picture(tutorial, "s2", "p2", "description", description)
    assert stale(tutorial, RECIPES) == {}


ADDED = st.text(st.sampled_from(" \n\t.,:;!?*_#`~|-\u2013—“”…'·()[]<>+=&\u00ad"), max_size=5)


@pytest.mark.parametrize(
    "body", ["", BODY.replace("1.5", "15"), BODY.replace("soil", "soils"), BODY + " हाँ"]
)
def test_a_changed_body_makes_its_own_picture_stale_alone(body: str) -> None:
    tutorial, _ = edits.set_step(START, "s2", "body", body)
    assert stale(tutorial, RECIPES) == {"p2": Stale("text")}


def test_vowel_signs_are_no_punctuation() -> None:
    tutorial, _ = edits.set_step(START, "s2", "body", "कि")
    recipes = RECIPES | {"take2": RECIPES["take2"] | {"body": "का"}}
    assert stale(tutorial, recipes) == {"p2": Stale("text")}


def test_a_changed_heading_or_description_makes_the_picture_stale() -> None:
    tutorial, _ = edits.set_step(START, "s1", "title", "Empty 1")
    tutorial, _ = edits.set_picture(tutorial, "s3", "p3", "description", "A rose on a table.")
    assert stale(tutorial, RECIPES) == {"p1": Stale("text"), "p3": Stale("description")}


POT, TROWEL = LOOK.entries


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((replace(POT, appearance="blue"), TROWEL), {"p1": "terracotta pot", "p3": POT.name}),
        ((replace(POT, name="blue pot"), TROWEL), {"p1": "terracotta pot", "p3": "blue pot"}),
        ((POT,), {"p2": "trowel"}),
        ((TROWEL,), {"p1": "terracotta pot", "p3": "terracotta pot"}),
        ((TROWEL, POT), {}),
        ((POT, TROWEL, LookEntry("hands", (), "gloved")), {"p2": "hands"}),
        ((POT, TROWEL, LookEntry("fern")), {}),
        ((replace(POT, other_names=("planter", "cacti")), TROWEL), {"p3": "terracotta pot"}),
        ((replace(POT, appearance=" Terracotta. "), TROWEL), {}),
    ],
)
def test_an_entry_that_changed_makes_stale_what_shows_it(
    entries: tuple[LookEntry, ...], expected: dict[str, str]
) -> None:
    found = stale(with_entry(*entries), RECIPES)
    assert found == {name: Stale("look", what) for name, what in expected.items()}


@pytest.mark.parametrize("field", ["palette", "style", "camera"])
def test_palette_style_and_camera_concern_every_picture(field: Any) -> None:
    look = from_json(Look, to_json(LOOK) | {field: "another"})
    tutorial = replace(START, look=look)
    assert stale(tutorial, RECIPES) == {f"p{n}": Stale(field) for n in (1, 2, 3)}


def offer(tutorial: Tutorial, number: int, sha256: str) -> Tutorial:
    place = (f"s{number}", f"p{number}")
    return edits.offer_take(tutorial, *place, sha256, instead_of=f"take{number}")[0]


def test_another_take_makes_its_neighbours_stale() -> None:
    tutorial = offer(START, 3, "other")
    assert stale(tutorial, RECIPES) == {"p2": Stale("neighbour", "3")}
    thrown_away, _ = edits.withdraw_take(tutorial, "s3", "p3", "take3")
    assert stale(thrown_away, RECIPES) == {"p2": Stale("neighbour", "3")}
    back, _ = edits.choose_take(tutorial, "s3", "p3", "take3")
    assert stale(back, RECIPES) == {}


def test_no_take_and_no_neighbour_are_no_other_take() -> None:
    assert stale(edits.choose_take(START, "s3", "p3", None)[0], RECIPES) == {}
    assert stale(edits.delete_step(START, "s3")[0], RECIPES) == {}


def test_a_take_that_a_copy_still_shows_has_not_changed() -> None:
    tutorial, _ = edits.duplicate_step(START, "s3", "copy")
    assert stale(offer(tutorial, 3, "other"), RECIPES) == {}


def test_another_anchor_makes_stale_what_saw_the_old_one() -> None:
    assert stale(replace(START, anchor="take3"), RECIPES) == {"p2": Stale("anchor")}
    assert stale(replace(START, anchor=None), RECIPES) == {}
    assert stale(replace(START, anchor="take2"), RECIPES) == {}


def test_pictures_without_recipe_take_or_need_are_never_stale() -> None:
    tutorial, _ = edits.set_step(START, "s2", "body", "Other.")
    assert stale(tutorial, RECIPES | {"take2": {}}) == {}
    assert stale(tutorial, {}) == {}
    assert stale(edits.choose_take(tutorial, "s2", "p2", None)[0], RECIPES) == {}
    assert stale(edits.set_picture(tutorial, "s2", "p2", "not_needed", True)[0], RECIPES) == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("heading", "body", "description", "look"), JSON)
    ),
    JSON | st.lists(st.fixed_dictionaries({"role": JSON, "sha256": JSON}), max_size=2),
)
def test_a_recipe_from_a_hostile_file_raises_nothing(
    hostile: dict[str, Any], conditions: Any
) -> None:
    recipes = RECIPES | {"take2": hostile | {"conditions": conditions}}
    assert stale(START, recipes).keys() <= {"p2"}
    assert stale(keep_as_is(START, ["p2"], recipes)[0], recipes) == {}


# ---------------------------------------------------------------- keep as is


def test_kept_as_is_until_something_that_concerns_the_picture_changes() -> None:
    changed = with_entry(replace(POT, appearance="blue"), TROWEL)
    tutorial, entry = keep_as_is(changed, ["p1"], RECIPES)
    assert undo(tutorial, entry) == (changed, ())
    assert stale(tutorial, RECIPES).keys() == {"p3"}
    elsewhere, _ = edits.set_step(tutorial, "s2", "body", "Other.")
    elsewhere = replace(elsewhere, look=replace(elsewhere.look, entries=tutorial.look.entries[:1]))
    elsewhere, _ = edits.set_step(elsewhere, "s1", "body", BODY.upper())
    assert stale(elsewhere, RECIPES).keys() == {"p2", "p3"}
    entries = (replace(POT, appearance="green"), TROWEL)
    again = replace(tutorial, look=replace(LOOK, entries=entries))
    assert stale(again, RECIPES).keys() == {"p1", "p3"}
    assert stale(offer(tutorial, 2, "other"), RECIPES).keys() == {"p1", "p3"}
    assert stale(edits.set_step(tutorial, "s1", "title", "Empty")[0], RECIPES).keys() >= {"p1"}


def test_a_new_take_is_judged_by_its_own_recipe() -> None:
    tutorial, _ = keep_as_is(edits.set_step(START, "s3", "body", "x")[0], ["p3"], RECIPES)
    tutorial = offer(tutorial, 3, "new")
    new = recipe(tutorial.steps[2]) | {"body": "y"}
    assert stale(tutorial, RECIPES | {"new": new})["p3"] == Stale("text")


# ---------------------------------------------------------------- again after an edit

IDS = st.integers(1, 3)
TAKES = st.sampled_from(["take1", "take2", "take3", "new"])
EDITS = st.one_of(
    st.builds(
        lambda n, text: lambda t: edits.set_step(t, f"s{n}", "body", text)[0],
        IDS,
        st.sampled_from([BODY, "Other."]),
    ),
    st.builds(
        lambda n, text: lambda t: edits.set_picture(t, f"s{n}", f"p{n}", "alt_text", text)[0],
        IDS,
        st.sampled_from(["", "A planter."]),
    ),
    st.builds(
        lambda n, sha: lambda t: edits.offer_take(t, f"s{n}", f"p{n}", sha, instead_of="take2")[0],
        IDS,
        TAKES,
    ),
    st.builds(
        lambda n, sha: lambda t: edits.withdraw_take(t, f"s{n}", f"p{n}", sha)[0], IDS, TAKES
    ),
    st.builds(lambda n, at: lambda t: edits.move_step(t, f"s{n}", at)[0], IDS, IDS),
    st.builds(lambda n: lambda t: edits.insert_step(t, Step("new"), n)[0], IDS),
    st.builds(lambda sha: lambda t: replace(t, anchor=sha), TAKES),
    st.builds(lambda e: lambda t: replace(t, look=Look(e)), st.sampled_from([(POT,), (TROWEL,)])),
    st.builds(lambda n: lambda t: keep_as_is(t, [f"p{n}"], RECIPES)[0], IDS),
)


@given(st.lists(EDITS, max_size=10))
def test_what_is_remembered_changes_no_verdict(changes: list[Any]) -> None:
    tutorial, staleness = START, Staleness()
    for change in changes:
        tutorial = change(tutorial)
        assert staleness.stale(tutorial, RECIPES) == stale(tutorial, RECIPES)
