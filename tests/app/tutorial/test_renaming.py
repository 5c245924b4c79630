from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tutorial import edits
from app.tutorial.finding import replace_hits
from app.tutorial.importing import from_text
from app.tutorial.model import Look, LookEntry, Picture, Step, Tutorial
from app.tutorial.renaming import rename, rename_hits
from app.tutorial.staleness import keep_as_is, showing, stale
from app.tutorial.undo import undo
from assets.corpus import corpus
from assets.sprites import library
from inference.painter.painting import paint
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import Condition, PaintInput, image

TERRACOTTA, BLUE = LookEntry("terracotta pot"), LookEntry("blue pot")


def renamed(text: str, old: LookEntry, new: LookEntry, language: str = "en") -> str:
    tutorial = Tutorial("t", title=text, language=language, look=Look((old,)))
    return replace_hits(tutorial, rename_hits(tutorial, 0, new))[0].title


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Fill a terracotta pot.", "Fill a blue pot."),
        ("Terracotta pots break. So does the terracotta pot's rim.", None),
        ("TERRACOTTA POT, Terracotta Pot", "BLUE POT, Blue Pot"),
        ("A terracotta-pot in a pot of terracotta.", "A blue pot in a pot of terracotta."),
        ("**Terracotta pot:** a terracotta potter", "**Blue pot:** a terracotta potter"),
        ("The blue pot", "The blue pot"),
    ],
)
def test_a_name_changes_with_its_plural_and_its_capitals(before: str, after: str | None) -> None:
    after = after or "Blue pots break. So does the blue pot's rim."
    assert renamed(before, TERRACOTTA, BLUE) == after


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("pot", "red pot", "A pot, the red pot, two pots", "A red pot, the red pot, two red pots"),
        ("old pot", "pot", "An old pot and a pot.", "A pot and a pot."),
        ("blue pot", "orange pot", "A blue pot", "An orange pot"),
        ("pots", "urns", "Take pots, or a pot.", "Take urns, or an urn."),
        ("cup of tea", "mug of tea", "Two cups of tea", "Two mugs of tea"),
        ("knife", "IKEA knife", "Knives, a knife", "IKEA knives, an IKEA knife"),
        ("Phillips driver", "flat one", "Use it. Phillips driver or", "Use it. Flat one or"),
        ("Phillips driver", "flat one", "A Phillips driver", "A flat one"),
    ],
)  # fmt: skip
def test_names_within_names_and_articles(old: str, new: str, before: str, after: str) -> None:
    assert renamed(before, LookEntry(old), LookEntry(new)) == after


def test_articles_are_mended_in_english_alone() -> None:
    assert renamed("a pot", LookEntry("pot"), LookEntry("urn"), "de") == "a urn"


def test_other_names_follow_their_own_or_the_new_name() -> None:
    old = LookEntry("terracotta pot", ("clay pot", "planter"))
    text = "A terracotta pot, a clay pot and a planter."
    alone = LookEntry("blue pot", ("planter",))
    assert renamed(text, old, alone) == "A blue pot, a blue pot and a planter."
    both = LookEntry("blue pot", ("blue jar", "planter"))
    assert renamed(text, old, both) == "A blue pot, a blue jar and a planter."


def test_an_appearance_changes_where_it_stands_before_the_name() -> None:
    old, new = LookEntry("pot", (), "terracotta, old"), LookEntry("pot", (), "blue, old")
    text = "The terracotta pot, a terracotta tile, pots, old pots"
    assert renamed(text, old, new) == "The blue pot, a terracotta tile, pots, old pots"
    assert renamed(text, old, replace(new, name="jar")) == (
        "The blue jar, a terracotta tile, jars, old jars"
    )


def test_a_row_that_is_not_there_has_no_hits() -> None:
    assert rename_hits(Tutorial("t", title="pot"), 0, BLUE) == ()
    assert rename(Tutorial("t"), -1, BLUE, (), {})[0] == Tutorial("t")


# ---------------------------------------------------------------- a real tutorial, painted


def recipes_of(tutorial: Tutorial) -> tuple[Tutorial, dict[str, dict[str, Any]]]:
    """Paint the pictures of a tutorial, each seeing those before it."""
    drawings, recipes = library(), {}
    painter = Storyboard(drawings)
    seen: list[Condition] = []
    for number, step in enumerate(tutorial.steps):
        for picture in step.pictures:
            given = PaintInput(
                title=tutorial.title,
                heading=step.title,
                body=step.body,
                description=picture.description,
                chunks=(tutorial.title,),
                conditions=tuple(reversed(seen)),
                seed=number,
                look=tutorial.look,
            )
            painted = paint(given, drawings, painter)
            sha256 = image(painted.png, 1, 1).sha256
            recipes[sha256] = painted.recipe
            seen.append(Condition("previous", sha256, painted.source))
            place = (step.id, picture.id)
            tutorial, _ = edits.offer_take(tutorial, *place, sha256, instead_of=None)
            tutorial, _ = edits.set_picture(tutorial, *place, "alt_text", painted.alt_text)
    return tutorial, recipes


@pytest.fixture(scope="module")
def cactus() -> tuple[Tutorial, dict[str, dict[str, Any]]]:
    """Repot a cactus, with terracotta pots in the text of all steps but two."""
    text = next(example.text for example in corpus() if example.name == "repot-a-cactus")
    tutorial = from_text(text.replace("clay pot", "terracotta pot")).tutorial
    look = Look((TERRACOTTA, LookEntry("cactus", (), "green")))
    tutorial = replace(tutorial, look=look)
    wait = tutorial.steps[-1]
    body = f"{wait.body} Terracotta pots dry out fast."
    tutorial, _ = edits.set_step(tutorial, wait.id, "body", body)
    picture = Picture("wait", "A cactus in the sun.")
    return recipes_of(edits.insert_picture(tutorial, wait.id, picture)[0])


def numbers(tutorial: Tutorial, pictures: Sequence[str] | set[str]) -> list[int]:
    return [
        number
        for number, step in enumerate(tutorial.steps, 1)
        if any(picture.id in pictures for picture in step.pictures)
    ]


def test_terracotta_to_blue_marks_exactly_the_pictures_that_show_it(
    cactus: tuple[Tutorial, dict[str, dict[str, Any]]],
) -> None:
    tutorial, recipes = cactus
    assert stale(tutorial, recipes) == {}
    hits = rename_hits(tutorial, 0, BLUE)
    fields = {(hit.field, hit.text, hit.replacement) for hit in hits}
    assert ("materials", "terracotta pot", "blue pot") in fields
    assert ("body", "Terracotta pots", "Blue pots") in fields
    assert ("description", "terracotta pot", "blue pot") in fields
    blue, entry = rename(tutorial, 0, BLUE, hits, recipes)
    assert "terracotta" not in repr(replace(blue, id="")).casefold()
    found = stale(blue, recipes)
    assert numbers(blue, {*found}) == [1, 2, 4, 5]  # not the roots, not the sun
    assert {(reason.reason, reason.what) for reason in found.values()} == {("look", "blue pot")}
    assert undo(blue, entry) == (tutorial, ())


def test_pictures_that_were_stale_before_stay_stale(
    cactus: tuple[Tutorial, dict[str, dict[str, Any]]],
) -> None:
    tutorial, recipes = cactus
    tutorial, _ = edits.set_step(tutorial, tutorial.steps[2].id, "body", "Pull.")
    blue, _ = rename(tutorial, 0, BLUE, rename_hits(tutorial, 0, BLUE), recipes)
    assert numbers(blue, {*stale(blue, recipes)}) == [1, 2, 3, 4, 5]
    green, _ = rename(blue, 0, LookEntry("green pot"), (), recipes)
    assert numbers(green, {*stale(green, recipes)}) == [1, 2, 3, 4, 5]


def test_a_renaming_keeps_what_was_kept_until_its_text_changes(
    cactus: tuple[Tutorial, dict[str, dict[str, Any]]],
) -> None:
    tutorial, recipes = cactus
    last = tutorial.steps[-1]
    blue, _ = rename(tutorial, 0, BLUE, rename_hits(tutorial, 0, BLUE), recipes)
    white = LookEntry("white pot")
    twice, _ = rename(blue, 0, white, rename_hits(blue, 0, white), recipes)
    assert "White pots" in twice.steps[-1].body
    assert numbers(twice, {*stale(twice, recipes)}) == [1, 2, 4, 5]
    edited, _ = edits.set_step(twice, last.id, "body", "Wait.")
    assert numbers(edited, {*stale(edited, recipes)}) == [1, 2, 4, 5, 6]


WORDS = st.lists(
    st.sampled_from(["pot", "pots", "Terracotta pot", "terracotta pots", "cactus", "A", "."]),
    max_size=4,
).map(" ".join)
PLACES = st.tuples(WORDS, WORDS, WORDS, st.booleans(), st.booleans())


@given(st.lists(PLACES, min_size=1, max_size=5), st.data())
def test_exactly_what_shows_the_object_becomes_stale(
    places: list[tuple[str, str, str, bool, bool]], data: st.DataObject
) -> None:
    look = Look((LookEntry("terracotta pot", ("urn",)), LookEntry("cactus")))
    steps, recipes, kept = [], {}, []
    for n, (body, description, alt_text, edited, keep) in enumerate(places):
        picture = Picture(f"p{n}", description, alt_text, takes=(f"t{n}",), chosen=f"t{n}")
        steps.append(Step(f"s{n}", f"Step {n}", body, pictures=(picture,)))
        recipes[f"t{n}"] = {
            "heading": "Another" if edited else f"Step {n}",
            "body": body,
            "description": description,
            "look": {"entries": [{"name": "terracotta pot", "other_names": ["urn"]},
                                 {"name": "cactus"}]},
        }  # fmt: skip
        kept += [f"p{n}"] if keep else []
    tutorial, _ = keep_as_is(Tutorial("t", look=look, steps=tuple(steps)), kept, recipes)
    before = stale(tutorial, recipes)
    hits = rename_hits(tutorial, 0, BLUE)
    ticked = [hit for hit in hits if data.draw(st.booleans())]
    after, entry = rename(tutorial, 0, BLUE, ticked, recipes)
    shows = showing(tutorial, ["terracotta pot", "urn"], recipes)
    assert stale(after, recipes).keys() == before.keys() | shows
    assert undo(after, entry) == (tutorial, ())
    everywhere, _ = rename(tutorial, 0, BLUE, hits, recipes)
    assert rename_hits(replace(everywhere, look=look), 0, BLUE) == ()
