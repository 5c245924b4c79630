"""The tutorial's look on the drawings: an entry speaks for every mention of its object."""

import pytest

from assets.sprites.library import Library
from assets.sprites.scene import Placed, Scene
from inference.painter.storyboard.painter import compose
from inference.painter.storyboard.reading import StepText
from inference.painter.storyboard.things import Neighbour
from inference.protocol import Look, LookEntry

POT = LookEntry("pot", ("planter",), "blue, glazed")
NOTHING = StepText("", "", "")
RED_POT = Scene(None, (Placed("plant pot", "soil", 0.5, 0.5, 0.5, tint="red"),))


def drawn(
    description: str,
    drawings: Library,
    *entries: LookEntry,
    step: StepText = NOTHING,
    before: Scene | None = None,
) -> dict[str, Placed]:
    """Return the drawings of a description's picture by name."""
    neighbours = [] if before is None else [Neighbour("previous", before)]
    look = Look(entries, "pastel", "woodcut", "from above")
    scene = compose(step, description, neighbours, 1, drawings, look).scene
    return {placed.name: placed for placed in scene.sprites}


@pytest.mark.parametrize(
    ("description", "tint"),
    [
        ("A cactus in a pot.", "blue"),
        ("A cactus in the old clay plant pots.", "blue"),
        ("A cactus in a planter.", "blue"),
        ("A cactus in a red pot.", "red"),
        ("A cactus in a pot. The pot is green.", "green"),
        ("A cactus in a pot beside a towel.", "blue"),
    ],
)
def test_an_entry_colours_its_object(description: str, tint: str, drawings: Library) -> None:
    things = drawn(description, drawings, POT)
    assert things["plant pot"].tint == tint
    assert {p.tint for name, p in things.items() if name != "plant pot"} <= {None}


def test_the_look_is_told_in_the_alt_text(drawings: Library) -> None:
    drawing = compose(NOTHING, "A cactus in a pot.", (), 1, drawings, Look((POT,)))
    assert "blue" in drawing.alt_text


def test_the_look_rules_over_the_neighbours(drawings: Library) -> None:
    description = "A cactus in a pot."
    assert drawn(description, drawings, before=RED_POT)["plant pot"].tint == "red"
    assert drawn(description, drawings, POT, before=RED_POT)["plant pot"].tint == "blue"


def test_the_longest_name_wins(drawings: Library) -> None:
    entries = (POT, LookEntry("plant pot", (), "green"))
    assert drawn("A cactus in a plant pot.", drawings, *entries)["plant pot"].tint == "green"
    assert drawn("A cactus in a clay pot.", drawings, *entries)["plant pot"].tint == "blue"
    assert drawn("A cactus in a clay pot.", drawings, *entries[::-1])["plant pot"].tint == "blue"


def test_a_state_of_the_look_stands_behind_the_text(drawings: Library) -> None:
    entry, closing = LookEntry("box", (), "open"), StepText("Pack", "Close it", "Close the box.")
    description = "A box beside a towel."
    assert drawn(description, drawings)["box"].state == "closed"
    assert drawn(description, drawings, entry)["box"].state == "open"
    assert drawn(description, drawings, entry, step=closing)["box"].state == "closed"
    assert drawn("A closed box.", drawings, entry)["box"].state == "closed"


@pytest.mark.parametrize(
    "entry",
    [
        LookEntry("", (), "blue"),
        LookEntry("!?", ("",), "blue"),
        LookEntry("pot", (), ""),
        LookEntry("pot", (), "round"),
        LookEntry("pot of gold", (), "yellow"),
        LookEntry("\ud800" * 3, ("\x00",), "blue \x00" * 2000),
    ],
    ids=repr,
)
def test_an_entry_about_nothing_changes_nothing(entry: LookEntry, drawings: Library) -> None:
    description = "A cactus in a pot."
    assert drawn(description, drawings, entry) == drawn(description, drawings)
