"""DuoGen at nano scale as a painter of pictures: texts and neighbours in, a scene out."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from itertools import count
from pathlib import Path

from assets.sprites.library import Library
from assets.sprites.scene import Scene
from inference.context import fix_chunk, last_text, step_chunk
from inference.packs.manifest import Weights, shipped
from inference.packs.store import Store
from inference.painter.captions import alt_text
from inference.painter.drawing import (
    CannotFix,
    Drawing,
    NoDrawing,
    PainterError,
    Sketch,
    present,
    scene_of,
)
from inference.painter.duogen.fixing import fixed
from inference.painter.duogen.stating import stated
from inference.painter.duogen.weights import Array, DuoGen, Frame, Settings
from inference.protocol import Json, PaintInput
from inference.threads import FreeCores, cores

GUIDANCE = 3.0  # of a fix: it is to do what its words say, and fixing.py keeps the rest
_SAY = (
    "name the thing and say what becomes of it, such as"
    ' "make the bucket blue", or let the storyboard paint'
)
UNCHANGED = f"the network found nothing to change: {_SAY}"
EMPTIED = f"by this instruction the network would leave the picture empty: {_SAY}"

# Chunks -> the connector's output of each; a Reader's states(), with DuoGen.told as its `keep`.
Read = Callable[[Sequence[str]], Sequence[Array]]


class Nano:
    """Paints with a DuoGen over what a reader makes of the texts; release: frees the reader."""

    def __init__(
        self,
        weights: DuoGen,
        read: Read,
        drawings: Library,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        self._weights = weights
        self._read = read
        self._drawings = drawings
        self.close = release

    def recipe(self) -> Json:
        """Return what a recipe says of the painter."""
        weights = self._weights.settings
        return {
            "painter": "duogen",
            "weights": dict(weights.files),
            "reader": weights.reader,
            "adapter": weights.adapter,
            "provider": self._weights.provider,
        }

    def read_ahead(self, chunks: Sequence[str]) -> None:
        """Read texts that pictures will be drawn for; whole chunks are kept."""
        self._read(chunks)

    def draw(self, given: PaintInput) -> Iterator[Sketch | Drawing]:
        """Yield a sketch after each denoising step, then the picture; raises as a Painter."""
        chunks = list(given.chunks) or [
            "",
            step_chunk(1, given.heading, given.body, given.description),
        ]
        before = present(given) if given.mode == "fix" else None
        total = given.options.denoising_steps or self._weights.settings.denoising_steps
        scene = Scene(None)
        for done, scene in enumerate(self._scenes(given, chunks, before), 1):
            yield Sketch(scene, done, total)
        if scene == before:
            raise CannotFix(UNCHANGED)
        if not scene.sprites and before is not None:
            raise CannotFix(EMPTIED)
        if not scene.sprites:
            raise NoDrawing(given.description or given.heading or "this step")
        yield Drawing(scene, alt_text(scene, self._drawings), ())

    def _scenes(
        self, given: PaintInput, chunks: Sequence[str], before: Scene | None
    ) -> Iterator[Scene]:
        """Yield the scene after each denoising step. before: what a fix is of."""
        recent, guidance, temperature = last_text(chunks), given.options.guidance_scale, 1.0
        if before is not None:
            recent = len(chunks)
            chunks = [*chunks, fix_chunk(recent, given.instruction)]
            guidance = guidance or GUIDANCE
            temperature = 0.0  # noise is for another picture, and a fix is of this one
        context = self._read(chunks)
        told = self._weights.clarity(context[recent:])
        for painted in self._weights.paint(
            context,
            recent,
            frames(given),
            given.seed,
            given.options.denoising_steps,
            guidance,
            temperature,
        ):
            scene = stated(painted, told)
            yield scene if before is None else fixed(scene, before, told)


def starter_painter(store: Store, drawings: Library, *, on_card: bool = False) -> Nano:
    """Return the painter that ships, over the starter's reader.

    on_card: on a CUDA card, where ONNX Runtime can. Raises PainterError or WriterError when its
    weights are absent or damaged.
    """
    # Imported here: drawing with the storyboard must not wait for llama.cpp.
    from inference.writer.model import Model
    from inference.writer.states import Reader

    folder = Path(str(files("assets") / "starter"))
    weights = DuoGen(folder, drawings, cores(), on_card=on_card)
    manifest = shipped("starter")
    _check_reader(weights.settings, manifest.reader)
    model = Model(store.path(manifest.reader), manifest.reader.adapter_path())
    wanted = weights.settings.layers, weights.settings.states
    if (model.n_layers, model.width) != wanted:
        model.close()
        raise PainterError(
            f"the painter reads {wanted[0]} layers of {wanted[1]} channels, and its reader"
            f" {model.path.name} has {model.n_layers} of {model.width}"
        )
    reader = Reader(model, cores(), free_cores=FreeCores(), keep=weights.told)

    def release() -> None:
        reader.close()
        model.close()

    return Nano(weights, reader.states, drawings, release)


def _check_reader(settings: Settings, reader: Weights) -> None:
    """Raise PainterError unless the weights were trained with this reader and its adapter."""
    path = reader.adapter_path()
    try:
        adapter = hashlib.sha256(path.read_bytes()).hexdigest() if path else ""
    except OSError as error:
        raise PainterError(f"the adapter of the painter's reader can't be read: {error}") from error
    for what, found, wanted in (
        ("reader", reader.sha256, settings.reader),
        ("adapter of its reader", adapter, settings.adapter),
    ):
        if found != wanted:
            raise PainterError(f"the painter was trained with another {what} than the one here")


def frames(given: PaintInput) -> list[Frame]:
    """Return the pictures around the one to be painted, each at its own time.

    The nearest one before is at -1, the next one at 1; an anchor, which belongs to no place, stands
    before all others. A fix sees the present take where the last picture would be.
    """
    scenes = {
        role: [
            scene
            for condition in given.conditions
            if condition.role == role and (scene := scene_of(condition)) is not None
        ]
        for role in ("present", "previous", "anchor", "next")
    }
    if given.mode != "fix":
        scenes["present"] = []
    before = [*scenes["present"], *scenes["previous"], *scenes["anchor"]]
    found = [Frame(-time, scene) for time, scene in zip(count(1), before, strict=False)]
    found += [Frame(time, scene) for time, scene in zip(count(1), scenes["next"], strict=False)]
    return sorted(found, key=lambda frame: frame.time)
