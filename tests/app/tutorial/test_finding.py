from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.tutorial import edits
from app.tutorial.finding import Hit, find, replace_hits, texts
from app.tutorial.model import (
    Callout,
    Look,
    LookEntry,
    Mark,
    Picture,
    Step,
    Tutorial,
    new_id,
    step_by_id,
)
from app.tutorial.undo import Entry, undo

POT = Picture(
    "p",
    description="A pot on a table.",
    alt_text="A pot.",
    marks=(Mark("label", 0, 0, 1, 1, "the pot"),),
)
START = Tutorial(
    "t",
    title="Pot a cactus",
    summary="Get a pot.",
    materials=("soil", "a pot"),
    tools=("pot brush",),
    look=Look((LookEntry("pot", ("clay pot", "urn"), "pot-bellied"),), "pot", "pot", "pot"),
    steps=(
        Step(
            "s",
            "Take the pot",
            "Fill the pot.\nPOTS are heavy; a POT is not.",
            callouts=(Callout("tip", "Spot it."), Callout("note", "A pot!")),
            pictures=(POT,),
            note="Buy a pot.",
            draft=True,
        ),
    ),
)


def places(hits: tuple[Hit, ...]) -> list[Any]:
    return [(hit.step or "-", hit.field, hit.text) for hit in hits]


def test_every_text_is_searched_in_reading_order() -> None:
    hits = find(START, "pot", whole_words=True)
    assert places(hits) == [
        ("-", "title", "Pot"),
        ("-", "summary", "pot"),
        ("-", "materials", "pot"),
        ("-", "tools", "pot"),
        ("s", "title", "pot"),
        ("s", "body", "pot"),
        ("s", "body", "POT"),
        ("s", "callouts", "pot"),
        ("s", "description", "pot"),
        ("s", "alt_text", "pot"),
        ("s", "marks", "pot"),
        ("s", "note", "pot"),
        ("-", "name", "pot"),
        ("-", "other_names", "pot"),
        ("-", "appearance", "pot"),
        ("-", "palette", "pot"),
        ("-", "style", "pot"),
        ("-", "camera", "pot"),
    ]
    assert (hits[5].before, hits[5].after) == ("Fill the ", ".")
    assert (hits[6].before, hits[6].after) == ("POTS are heavy; a ", " is not.")


def test_case_and_whole_words_are_as_asked() -> None:
    assert len(find(START, "POT", match_case=True)) == 2
    assert len(find(START, "POT", match_case=True, whole_words=True)) == 1
    assert {hit.index for hit in find(START, "spot")} == {0}
    assert find(START, "") == ()


def test_all_hits_are_replaced_as_one_edit() -> None:
    hits = find(START, "pot")
    replaced, entry = replace_hits(START, hits, "jar")
    assert find(replaced, "pot") == ()
    assert len(find(replaced, "jar")) == len(hits)
    assert replaced.look == Look(
        (LookEntry("jar", ("clay jar", "urn"), "jar-bellied"),), "jar", "jar", "jar"
    )
    assert replaced.steps[0].callouts[0] == Callout("tip", "Sjar it.")
    assert replaced.steps[0].pictures[0].marks[0].text == "the jar"
    assert not replaced.steps[0].draft
    assert undo(replaced, entry) == (START, ())


def test_hits_that_no_longer_stand_there_are_left_out() -> None:
    hits = find(START, "pot")
    changed = replace(
        START,
        title="Cacti in a pot",
        materials=(),
        look=Look(palette="pot"),
        steps=(replace(START.steps[0], body="", pictures=()),),
    )
    replaced, _ = replace_hits(changed, hits, "jar")
    assert (replaced.title, replaced.materials) == ("Cacti in a pot", ())
    assert replaced.look == Look(palette="jar")
    assert replaced.steps[0].title == "Take the jar"
    assert replace_hits(Tutorial("other"), hits, "jar") == (Tutorial("other"), Entry())


def test_letters_that_grow_when_folded_are_never_cut() -> None:
    tutorial = Tutorial("t", title="Straße, Strasse, STRAẞE, İstanbul und Straße")
    hits = find(tutorial, "STRASSE")
    assert [hit.text for hit in hits] == ["Straße", "Strasse", "STRAẞE", "Straße"]
    assert len(find(tutorial, "s")) == 7  # no half of a sharp s
    replaced, _ = replace_hits(tutorial, hits, "Weg")
    assert replaced.title == "Weg, Weg, Weg, İstanbul und Weg"


def test_an_accent_of_its_own_stays_with_its_letter() -> None:
    tutorial = Tutorial("t", title="cafe\u0301 cafe")
    assert [hit.start for hit in find(tutorial, "cafe")] == [6]
    assert [hit.start for hit in find(tutorial, "caf", whole_words=True)] == []


LETTERS = st.text(st.sampled_from("aAbBsSß İ\u0131ﬁﬀfiKK\u0301ǰΐ"), max_size=12)


@given(LETTERS, LETTERS, LETTERS, st.booleans(), st.booleans())
def test_hits_stand_where_they_say_and_undo_gives_the_identical_tutorial(
    title: str, body: str, wanted: str, match_case: bool, whole_words: bool
) -> None:
    tutorial = Tutorial("t", title=title, tools=(body, title), steps=(Step("s", body=body),))
    hits = find(tutorial, wanted, match_case=match_case, whole_words=whole_words)
    read = dict(texts(tutorial))
    for hit in hits:
        text = read[hit.where]
        assert text[hit.start : hit.end] == hit.text
        if match_case:
            assert hit.text == wanted
        assert hit.text.casefold() == wanted.casefold()
        assert f"{hit.before}{hit.text}{hit.after}" in text
    replaced, entry = replace_hits(tutorial, hits, "#")
    count = sum(text.count("#") for _, text in texts(replaced))
    assert count == len(hits)
    assert undo(replaced, entry) == (tutorial, ())


@given(st.text(min_size=1, max_size=6), st.text(max_size=8), st.text(max_size=8))
def test_what_is_there_is_found(wanted: str, before: str, after: str) -> None:
    tutorial = Tutorial("t", summary=f"{before}. {wanted} .{after}")
    assert [hit for hit in find(tutorial, wanted, match_case=True) if hit.text == wanted]


@given(st.lists(st.integers(0, 17), unique=True))
def test_only_the_chosen_hits_are_replaced(chosen: list[int]) -> None:
    hits = find(START, "pot", whole_words=True)
    replaced, _ = replace_hits(START, [hits[i] for i in chosen], "jar")
    left = find(replaced, "pot", whole_words=True)
    assert len(left) == len(hits) - len(chosen)


def test_a_hit_says_its_step_by_id() -> None:
    step = Step(new_id(), "A pot")
    tutorial, _ = edits.insert_step(START, step, 0)
    (hit,) = (hit for hit in find(tutorial, "a pot", match_case=False) if hit.step == step.id)
    assert step_by_id(tutorial, hit.step) == step
