from dataclasses import replace
from typing import Any

import pytest

from app.tutorial.look_entries import proposed, set_entries
from app.tutorial.model import Look, LookEntry, Picture, Step, Tutorial
from app.tutorial.staleness import stale
from app.tutorial.undo import undo


@pytest.mark.parametrize(
    ("material", "name"),
    [
        ("2 clay pots, one size larger", "clay pots"),
        ("a trowel", "trowel"),
        ("1/2 l water (warm)", "water"),
        ("500 g flour", "flour"),
        ("Some cactus soil: dry", "cactus soil"),
        ("android phone", "android phone"),
        ("thick gloves", "thick gloves"),
    ],
)
def test_the_name_is_taken_without_amount_and_remarks(material: str, name: str) -> None:
    assert proposed(Tutorial("t", materials=(material,))) == (LookEntry(name),)


def test_what_the_look_names_is_not_proposed_again() -> None:
    look = Look((LookEntry("clay pot", ("planter",)),))
    tutorial = Tutorial(
        "t", materials=("2 clay pots", "a planter", "soil", "soil"), tools=("trowel",), look=look
    )
    assert [entry.name for entry in proposed(tutorial)] == ["soil", "trowel"]
    assert proposed(Tutorial("t", materials=("", "2", ", broken"))) == ()


def painted() -> tuple[Tutorial, dict[str, dict[str, Any]]]:
    """Two pictures, of a pot and of a spade."""
    steps, recipes = [], {}
    for name in ("pot", "spade"):
        picture = Picture(name, f"A {name}.", takes=(name,), chosen=name)
        steps.append(Step(f"s-{name}", name, pictures=(picture,)))
        recipes[name] = {
            "heading": name,
            "body": "",
            "description": f"A {name}.",
            "look": {"entries": []},
        }
    return Tutorial("t", steps=tuple(steps)), recipes


def test_a_row_without_an_appearance_makes_nothing_stale() -> None:
    tutorial, recipes = painted()
    named, entry = set_entries(tutorial, [LookEntry("pot"), LookEntry("spade")], recipes)
    assert stale(named, recipes) == {}
    assert undo(named, entry) == (tutorial, ())
    gone, _ = set_entries(named, [LookEntry("spade")], recipes)
    assert stale(gone, recipes) == {}


def test_a_row_with_an_appearance_makes_what_shows_it_stale() -> None:
    tutorial, recipes = painted()
    rows = [LookEntry("pot", (), "blue"), LookEntry("spade")]
    blue, _ = set_entries(tutorial, rows, recipes)
    assert stale(blue, recipes).keys() == {"pot"}
    swapped, _ = set_entries(blue, reversed(rows), recipes)
    assert stale(swapped, recipes).keys() == {"pot"}
    assert stale(set_entries(swapped, [], recipes)[0], recipes) == {}


def test_palette_style_and_camera_stay() -> None:
    tutorial, recipes = painted()
    tutorial = replace(tutorial, look=Look((), "clay red", "flat", "close"))
    look = set_entries(tutorial, [LookEntry("pot")], recipes)[0].look
    assert (look.palette, look.style, look.camera) == ("clay red", "flat", "close")
