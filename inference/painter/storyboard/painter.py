"""The rule-based painter of the CPU packs: a step and a description as a scene of our drawings.

Pure: the same text, neighbours, seed and drawings give the same scene. Text is read up to a few
thousand characters, in linear time.
"""

from collections.abc import Iterator, Sequence

from assets.sprites.library import Library
from assets.sprites.scene import Scene
from inference.painter.captions import alt_text
from inference.painter.drawing import CannotFix, Drawing, NoDrawing, present, scene_of
from inference.painter.storyboard.describing import describe_step, undrawn
from inference.painter.storyboard.fixing import fixed
from inference.painter.storyboard.placing import arrange
from inference.painter.storyboard.reading import StepText, read
from inference.painter.storyboard.things import Neighbour
from inference.protocol import Json, Look, PaintInput

__all__ = [
    "CannotFix",
    "Drawing",
    "Neighbour",
    "NoDrawing",
    "StepText",
    "Storyboard",
    "can_draw",
    "compose",
    "describe",
    "fix",
    "undrawn",
]


class Storyboard:
    """The rules as a painter of pictures."""

    def __init__(self, drawings: Library) -> None:
        self._drawings = drawings

    def recipe(self) -> Json:
        """Return what a recipe says of the painter."""
        return {"painter": "storyboard"}

    def read_ahead(self, chunks: Sequence[str]) -> None:
        """Nothing: rules read in no time."""

    def draw(self, given: PaintInput) -> Iterator[Drawing]:
        """Yield the picture; raises NoDrawing or CannotFix."""
        if given.mode == "fix":
            yield fix(present(given), given.instruction, given.seed, self._drawings)
            return
        neighbours = [
            Neighbour(condition.role, scene)
            for condition in given.conditions
            if condition.role != "present" and (scene := scene_of(condition)) is not None
        ]
        step = StepText(given.title, given.heading, given.body)
        yield compose(step, given.description, neighbours, given.seed, self._drawings, given.look)


def compose(
    step: StepText,
    description: str,
    neighbours: Sequence[Neighbour],
    seed: int,
    drawings: Library,
    look: Look = Look(),
) -> Drawing:
    """Return the picture of a description; raises NoDrawing when its subject can't be drawn.

    Of the look only the appearance of its objects is drawn (dressing.py).
    """
    reading = read(step, description, neighbours, drawings, look)
    scene = arrange(reading, neighbours, seed, drawings)
    return Drawing(scene, alt_text(scene, drawings), reading.missing)


def fix(scene: Scene, instruction: str, seed: int, drawings: Library) -> Drawing:
    """Return the scene changed as the instruction says, all else as it is.

    Raises CannotFix with a sentence that says what can be done.
    """
    changed = fixed(scene, instruction, seed, drawings)
    return Drawing(changed, alt_text(changed, drawings), ())


def describe(heading: str, body: str, drawings: Library) -> str | None:
    """Return a description drafted from a step's text; None when there is nothing to draw."""
    drafted = describe_step(heading, body, drawings)
    return drafted if drafted is not None and can_draw(drafted, drawings) else None


def can_draw(description: str, drawings: Library) -> bool:
    """Whether the library has a drawing of what the description is about."""
    try:
        read(StepText("", "", ""), description, (), drawings)
    except NoDrawing:
        return False
    return True
