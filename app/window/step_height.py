"""How tall a step will be, about, before it has its widgets."""

from app.tutorial.model import Step
from app.window.theme import Theme

LINE, FRAME = 22, 170  # pixels at zoom 1: a line of text, and a picture
LETTERS = 55  # of a line, about


def estimated_height(step: Step, theme: Theme) -> int:
    """Return a height in pixels."""
    lines = 2 + len(step.body) // LETTERS + step.body.count("\n") + 2 * len(step.callouts)
    return max(theme.px(LINE) * lines, theme.px(FRAME) * len(step.pictures))
