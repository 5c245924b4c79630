"""The state of a thing as its words tell it."""

import pytest

from assets.sprites.scene import Placed, Scene
from inference.painter.duogen.codec import Clarity
from inference.painter.duogen.stating import stated


def scene(state: str) -> Scene:
    return Scene("table", (Placed("banana", state, 0.5, 0.7, 0.3),))


@pytest.mark.parametrize(
    ("peeled", "seen"), [(1.3, "peeled"), (1.2, "peeled"), (1.0, "whole"), (0.1, "whole")]
)
def test_a_state_that_is_told_much_clearer_is_painted(peeled: float, seen: str) -> None:
    told = Clarity({}, {"banana": {"whole": 0.4, "peeled": peeled, "sliced": 0.3}})
    assert stated(scene("whole"), told) == scene(seen)


@pytest.mark.parametrize("states", [{}, {"banana": {"sliced": 2.0}}, {"egg": {"peeled": 2.0}}])
def test_what_the_network_does_not_know_stays(states: dict[str, dict[str, float]]) -> None:
    assert stated(scene("whole"), Clarity({}, states)) == scene("whole")
