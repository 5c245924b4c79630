"""The starter pack's own painter: DuoGen at nano scale, run by ONNX Runtime, without torch.

The reader's states of the text go through the connector once; then a transformer denoises the slots
of one picture beside those of the pictures around it, clean, each at its own time; the codec
makes a scene of them. The negative branch keeps the pictures and loses the last text chunk.
Source: DuoGen, sections 3 and 4.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assets.sprites.library import Library
from assets.sprites.scene import Scene
from inference.painter.drawing import PainterError
from inference.painter.duogen.codec import (
    SLOTS,
    Clarity,
    Codec,
    Embeddings,
    SpriteCodec,
    embeddings_of,
)
from inference.painter.flow import euler, guided, sigmas, velocity
from inference.wire import ProtocolError, from_json

if TYPE_CHECKING:
    import onnxruntime

Array = npt.NDArray[np.float32]
Shape = tuple[int | None, ...]

GRAPHS = ("connector", "keys", "denoise")
VERSION = 1  # of the files' layout
MOST = 10_000  # that any number of painter.json may be


@dataclass(frozen=True)
class Settings:
    """painter.json. shift: of the noise levels; files: sha256 of each file by name.

    reader, adapter: sha256 of what the weights were trained with: the reader's file, after its
    patch, and its adapter, empty for none.
    """

    version: int
    layers: int
    states: int
    context: int
    channels: int
    denoising_steps: int
    guidance_scale: float
    shift: float
    reader: str
    adapter: str
    files: dict[str, str]


@dataclass(frozen=True)
class Frame:
    """A picture around the one to be painted; time: -1 for the one before it, 1 for the next."""

    time: int
    scene: Scene


class DuoGen:
    """The painter's weights in memory. Raises PainterError when they don't fit together.

    folder holds painter.json, the three graphs and sprites.npz (tuning/export.py). on_card: whether
    it runs on a CUDA card where ONNX Runtime can; its bits are then that card's own.
    """

    def __init__(
        self,
        folder: Path,
        drawings: Library,
        threads: int,
        *,
        on_card: bool = False,
    ) -> None:
        self._folder = folder
        self._on_card = on_card
        self._threads = threads
        self.settings = _settings(folder)
        embeddings, self._nothing = _embeddings(folder, self.settings)
        self.codec: Codec = SpriteCodec(embeddings, drawings)
        if self.codec.channels != self.settings.channels:
            raise PainterError(
                f"the painter's weights have {self.settings.channels} channels a slot and its"
                f" drawings {self.codec.channels}: install the program again"
            )

    @property
    def provider(self) -> str:
        """Return what it really runs on, in ONNX Runtime's words."""
        return str(self._sessions["denoise"].get_providers()[0])

    def told(self, states: Array) -> Array:
        """Return the connector's output of states (n, layers, width): (n, context)."""
        if not len(states):
            return np.empty((0, self.settings.context), np.float32)
        return self._run("connector", {"states": states})[0]

    def paint(
        self,
        context: Sequence[Array],
        recent: int,
        frames: Sequence[Frame],
        seed: int,
        denoising_steps: int = 0,
        guidance_scale: float = 0.0,
        temperature: float = 1.0,
    ) -> Iterator[Scene]:
        """Yield the scene as it is seen after each denoising step; the last one is the picture.

        context: the connector's output of each chunk; recent: the first chunk of the last text.
        denoising_steps, guidance_scale: 0 for the weights' own. temperature: what the starting
        noise is multiplied by; at 0 the picture is the likeliest one, whatever the seed.
        """
        count = denoising_steps or self.settings.denoising_steps
        scale = guidance_scale or self.settings.guidance_scale
        encoded = [self.codec.encode(frame.scene) for frame in frames]
        times = [np.full(len(e), f.time) for e, f in zip(encoded, frames, strict=True)]
        given: dict[str, Array] = {
            "times": np.concatenate([*times, np.zeros(SLOTS)]).astype(np.float32),
            "slots": np.concatenate([*map(_count, encoded), np.arange(SLOTS)]).astype(np.float32),
        }
        branches = [self._keys(context, recent)]
        if scale != 1:
            branches.append(self._keys(context[:recent], recent))

        def slope(x: Array, sigma: float) -> Array:
            levels = np.zeros(len(given["times"]), np.float32)
            levels[-SLOTS:] = sigma
            now = {**given, "latents": np.concatenate([*encoded, x]), "sigmas": levels}
            found = [self._run("denoise", now | keys)[0][-SLOTS:] for keys in branches]
            x0 = guided(found[0], found[1], scale) if len(found) == 2 else found[0]
            return velocity(x, x0, sigma)

        noise = np.random.default_rng(seed).standard_normal((SLOTS, self.codec.channels))
        levels = sigmas(count, self.settings.shift)
        start = (temperature * noise).astype(np.float32)
        for number, (x, x0) in enumerate(euler(slope, start, levels), 1):
            yield self.codec.decode(x if number == count else x0)

    def clarity(self, context: Sequence[Array]) -> Clarity:
        """Return how clearly the connector's output of some chunks tells each thing.

        It is what the transformer's pointer would hand to a slot that points at the token which
        tells it best.
        """
        if not any(map(len, context)):
            return Clarity({}, {})
        found = self._keys(context, 0)
        values = found["pointer"][:, found["keys"].shape[-1] :]  # its keys lie before them
        return self.codec.clarity(values.reshape(-1, self.codec.channels))

    def _keys(self, context: Sequence[Array], recent: int) -> dict[str, Array]:
        """Return keys and values of the chunks; of the one learned token where there is no text."""
        told = np.concatenate([np.empty((0, self.settings.context), np.float32), *context])
        marks = [np.full(len(part), k >= recent) for k, part in enumerate(context)]
        if not len(told):
            told, marks = self._nothing[None], [np.zeros(1)]
        late = np.concatenate(marks).astype(np.float32)
        keys, pointer = self._run("keys", {"context": told, "recent": late})
        return {"keys": keys, "pointer": pointer}

    def _run(self, graph: str, given: dict[str, Array]) -> list[Array]:
        session = self._sessions[graph]
        try:
            found: list[Array] = session.run(None, given)
        except Exception as error:  # onnxruntime has a class of its own for each reason
            raise PainterError(f"the painter's {graph}.onnx can't be run: {error}") from error
        if not all(np.isfinite(part).all() for part in found):
            raise PainterError(f"the painter's {graph}.onnx gives what is no number")
        return found

    @cached_property
    def _sessions(self) -> "dict[str, onnxruntime.InferenceSession]":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 4
        wanted = ("CUDAExecutionProvider",) if self._on_card else ()
        there = onnxruntime.get_available_providers()
        providers = [one for one in (*wanted, "CPUExecutionProvider") if one in there]
        if len(providers) > 1 and hasattr(onnxruntime, "preload_dlls"):
            onnxruntime.preload_dlls()  # else the CUDA libraries of pip's wheels are not found
        sessions: dict[str, Any] = {}
        for graph in GRAPHS:
            data = _checked(self._folder, f"{graph}.onnx", self.settings)
            try:
                sessions[graph] = onnxruntime.InferenceSession(data, options, providers=providers)
            except Exception as error:  # onnxruntime has a class of its own for each reason
                raise PainterError(f"{graph}.onnx can't be used: {error}") from error
        _check_shapes(sessions, self.settings)
        return sessions


def _settings(folder: Path) -> Settings:
    try:
        settings = from_json(Settings, json.loads((folder / "painter.json").read_text("utf-8")))
    except (OSError, ValueError, ProtocolError) as error:
        raise PainterError(f"the painter's painter.json can't be used: {error}") from error
    if settings.version != VERSION:
        raise PainterError(
            f"the painter's weights are of version {settings.version}, not {VERSION}"
        )
    for name, value in asdict(settings).items():
        if isinstance(value, int | float) and not 0 < value <= MOST:
            raise PainterError(f"the painter's painter.json says {name} = {value}, which can't be")
    return settings


def _check_shapes(sessions: "dict[str, onnxruntime.InferenceSession]", settings: Settings) -> None:
    """Raise PainterError unless the graphs take and give what painter.json says."""
    found: dict[str, dict[str, Shape]] = {
        graph: {one.name: _shape(one) for one in (*session.get_inputs(), *session.get_outputs())}
        for graph, session in sessions.items()
    }
    row, told, slots = (None,), (None, settings.context), (None, settings.channels)
    passed = {name: found["keys"].get(name) for name in ("keys", "pointer")}
    wanted: dict[str, dict[str, Shape | None]] = {
        "connector": {"states": (None, settings.layers, settings.states), "context": told},
        "keys": {"context": told, "recent": row, **passed},
        "denoise": {
            "latents": slots,
            "sigmas": row,
            "times": row,
            "slots": row,
            **passed,
            "x0": slots,
        },
    }
    for graph in GRAPHS:
        if found[graph] != wanted[graph]:
            raise PainterError(f"the painter's {graph}.onnx and painter.json do not fit together")


def _shape(one: Any) -> Shape:
    """Return the shape of a graph's input or output; None for a length that may change."""
    return tuple(length if isinstance(length, int) else None for length in one.shape)


def _checked(folder: Path, name: str, settings: Settings) -> bytes:
    """Return a file's bytes, which must be those that painter.json names."""
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise PainterError(f"the painter's {name} can't be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != settings.files.get(name):
        raise PainterError(f"the painter's {name} is not the one that painter.json names")
    return data


def _embeddings(folder: Path, settings: Settings) -> tuple[Embeddings, Array]:
    """Return the codec's embeddings, and the token that stands for no text."""
    data = _checked(folder, "sprites.npz", settings)
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            found, nothing = embeddings_of(arrays), arrays["nothing"].astype(np.float32)
    except Exception as error:  # zipfile, zlib and NumPy have one of their own for each damage
        raise PainterError(f"the painter's sprites.npz can't be used: {error}") from error
    if nothing.shape != (settings.context,):
        raise PainterError("the painter's sprites.npz and painter.json do not fit together")
    return found, nothing


def _count(encoded: Array) -> npt.NDArray[np.int64]:
    return np.arange(len(encoded))
