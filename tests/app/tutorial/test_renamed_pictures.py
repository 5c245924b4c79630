"""Terracotta becomes blue: of a random tutorial just the pictures that show the pot are stale."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tutorial.model import Look, LookEntry, Picture, Step, Tutorial
from app.tutorial.renaming import rename, rename_hits
from app.tutorial.staleness import Staleness, stale
from app.tutorial.undo import undo
from inference.protocol import to_json

POT = LookEntry("terracotta pot", ("planter",), "orange, round")
LOOK = Look((LookEntry("glove", (), "thick"), POT))
CHANGED = {
    "renamed": LookEntry("blue pot", ("planter",), "orange, round"),
    "renamed altogether": LookEntry("blue jar", (), "blue, round"),
    "recoloured": LookEntry("terracotta pot", ("planter",), "blue, round"),
}
SHOWING = (
    "A terracotta pot on a table.",
    "Two Terracotta pots",
    "the rim of the terracotta pot's mouth",
    "TERRACOTTA-POT, seen from above",
    "A hand fills planters with soil.",
    "**Planter**, empty",
)
WITHOUT = (
    "",
    "A cactus on a terracotta tile.",
    "A pot of tea, terracotta in colour",
    "A terracotta potter with gloves",
    "An implanter; a spot",
    "Gloves and an orange",
)
TEXTS = st.sampled_from([*SHOWING, *WITHOUT])


@dataclass(frozen=True)
class Drawn:
    """A picture to be: what is said of it, whether that says the pot, and whom it looked at."""

    description: str
    alt_text: str
    shows: bool
    neighbour: int | None


@st.composite
def pictures(draw: st.DrawFn) -> Drawn:
    shows = draw(st.booleans())
    told_by_alt = shows and draw(st.booleans())
    description = draw(st.sampled_from(SHOWING if shows and not told_by_alt else WITHOUT))
    alt_text = draw(st.sampled_from(SHOWING if told_by_alt else WITHOUT))
    return Drawn(description, alt_text, shows, draw(st.none() | st.integers(0, 5)))


STEPS = st.lists(st.tuples(TEXTS, TEXTS, st.lists(pictures(), max_size=3)), min_size=1, max_size=6)


def painted(
    steps: list[tuple[str, str, list[Drawn]]],
) -> tuple[Tutorial, dict[str, dict[str, Any]]]:
    """Return a tutorial whose pictures are all as their recipes say."""
    recipes: dict[str, dict[str, Any]] = {}
    made = []
    for number, (title, body, drawn) in enumerate(steps):
        places = []
        for n, one in enumerate(drawn):
            seen = list(recipes)[-6:]
            near = [] if one.neighbour is None or not seen else [seen[one.neighbour % len(seen)]]
            taken = f"take {number}-{n}"
            recipes[taken] = {
                "heading": title,
                "body": body,
                "description": one.description,
                "look": to_json(LOOK),
                "conditions": [{"role": "previous", "sha256": sha} for sha in near],
            }
            places.append(
                Picture(
                    f"{number}-{n}",
                    one.description,
                    one.alt_text,
                    takes=(taken,),
                    chosen=taken,
                )
            )
        made.append(Step(str(number), title, body, pictures=tuple(places)))
    return Tutorial("t", "Terracotta pots", look=LOOK, steps=tuple(made)), recipes


@pytest.mark.parametrize("change", CHANGED)
@given(steps=STEPS)
def test_terracotta_to_blue_marks_just_what_shows_the_pot(
    change: str, steps: list[tuple[str, str, list[Drawn]]]
) -> None:
    tutorial, recipes = painted(steps)
    assert stale(tutorial, recipes) == {}
    known = Staleness()
    known.stale(tutorial, recipes)
    new = CHANGED[change]
    after, entry = rename(tutorial, 1, new, rename_hits(tutorial, 1, new), recipes)
    shows = {
        f"{number}-{n}"
        for number, (_, _, drawn) in enumerate(steps)
        for n, one in enumerate(drawn)
        if one.shows
    }
    assert stale(after, recipes).keys() == shows
    assert known.stale(after, recipes) == stale(after, recipes)
    assert undo(after, entry) == (tutorial, ())
    assert known.stale(tutorial, recipes) == {}
