"""What stage 2 learns from: a text in chunks, and the pictures that stand behind some of them."""

from dataclasses import dataclass

from assets.sprites.scene import Scene


@dataclass(frozen=True)
class Shown:
    """A picture behind the chunk of this index. Given by the user, it is never a target.

    edit: what changed since the picture before it, where the text is an edit ("add", "remove",
    "replace", "move", "recolour", "state"). An empty scene stands for what can't be drawn.
    """

    chunk: int
    scene: Scene
    edit: str = ""
    given: bool = False


@dataclass(frozen=True)
class Document:
    """kind: instruction data (a tutorial) or context-alignment data: DuoGen, sections 3.1, 3.2."""

    kind: str
    chunks: tuple[str, ...]
    pictures: tuple[Shown, ...]
