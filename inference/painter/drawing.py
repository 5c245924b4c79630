"""What painters are asked for and give back: scenes in, the picture as it grows, a drawing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assets.sprites.scene import Scene, scene_from_json
from inference.protocol import Condition, Json, PaintInput

if TYPE_CHECKING:
    from PIL import Image


class PainterError(Exception):
    """The painter can't paint: a sentence that says why; hint: one that says what to do."""

    def __init__(
        self,
        message: str,
        hint: str = "Install the program again, or let the storyboard draw.",
    ) -> None:
        super().__init__(message)
        self.hint = hint


class NoDrawing(Exception):
    """The library can't draw what the picture is about; `subject` is that word."""

    def __init__(self, subject: str) -> None:
        super().__init__(f"no drawing for: {subject}")
        self.subject = subject


class CannotFix(ValueError):
    """An instruction that the painter can't follow; the message says what it can do."""


@dataclass(frozen=True)
class Sketch:
    """The scene as it is seen after `done` of `total` denoising steps."""

    scene: Scene
    done: int
    total: int


@dataclass(frozen=True)
class Drawing:
    """A scene, a draft of its alt text, and the words for which there is no drawing."""

    scene: Scene
    alt_text: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Glimpse:
    """A small RGB picture of how it looks after `done` of `total` denoising steps."""

    pixels: "Image.Image"
    done: int
    total: int


@dataclass(frozen=True)
class Canvas:
    """A picture of pixels, RGB, and a draft of its alt text."""

    pixels: "Image.Image"
    alt_text: str


@dataclass(frozen=True)
class Remark:
    """One honest sentence for the person about how it is painted."""

    message: str


class Painter(Protocol):
    """Makes pictures: scenes, by the storyboard/ or the network of duogen/, or pixels/."""

    def recipe(self) -> Json:
        """Return what a recipe says of the painter: its name, and the hashes of its weights."""

    def read_ahead(self, chunks: Sequence[str]) -> None:
        """Read texts that pictures will be drawn for, so that draw() need not."""

    def draw(self, given: PaintInput) -> Iterator[Sketch | Drawing | Glimpse | Canvas | Remark]:
        """Yield sketches or glimpses, then the picture; raises NoDrawing or CannotFix."""


def present(given: PaintInput) -> Scene:
    """Return the scene of the take that shall be fixed; raises CannotFix without one."""
    if given.mask is not None:
        raise CannotFix("only painted pixels can change inside a mask: leave it out for a drawing")
    for condition in given.conditions:
        scene = scene_of(condition)
        if condition.role == "present" and scene is not None:
            return scene
    raise CannotFix(
        "only a picture that this pack drew can be fixed: draw a new one, or import another"
    )


def scene_of(condition: Condition) -> Scene | None:
    """Return the condition's scene; a photo or another painter's picture has none."""
    scene = condition.source.get("scene")
    try:
        return scene_from_json(scene) if isinstance(scene, dict) else None
    except ValueError:  # from another version, or damaged
        return None
