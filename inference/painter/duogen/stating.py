"""The state of a thing as its words tell it: peeled, where the text says so clearly.

A slot's state is denoised with all else of it and falls back to the commonest one; the
transformer's pointer has often seen the word.
"""

from collections.abc import Mapping
from dataclasses import replace

from assets.sprites.scene import Placed, Scene
from inference.painter.duogen.codec import Clarity

CLEARER = 0.7  # than the painted state, a told one takes its place


def stated(painted: Scene, told: Clarity) -> Scene:
    """Return the scene with each thing in the state that is told much clearer than its own."""
    sprites = (_stated(one, told.states.get(one.name, {})) for one in painted.sprites)
    return replace(painted, sprites=tuple(sprites))


def _stated(one: Placed, told: Mapping[str, float]) -> Placed:
    if one.state not in told:
        return one
    clearest = max(told, key=lambda state: told[state])
    return replace(one, state=clearest) if told[clearest] - told[one.state] >= CLEARER else one
