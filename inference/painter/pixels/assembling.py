"""A pack's painter of pixels, put together from its files as a plan says."""

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any, cast

import torch

from assets.sprites.library import Library
from inference.packs.estimates import guard_bytes
from inference.packs.ladder import EXACT, RUNGS, Ladder, SteppedDown
from inference.packs.manifest import Manifest, Weights
from inference.packs.plan import ANEW, REFERENCE_SIZES, Plan
from inference.packs.reports import PackProgress, Reports
from inference.packs.store import Store
from inference.painter.arbiter import Arbiter
from inference.painter.drawing import Canvas, Glimpse, PainterError, Remark
from inference.painter.pixels.family import Family
from inference.painter.pixels.lora import Lora
from inference.painter.pixels.networks import (
    SCHEDULERS,
    Shape,
    build,
    compiled,
    load,
    shapes,
    tiled,
)
from inference.painter.pixels.painter import PixelPainter
from inference.painter.pixels.placing import Placing
from inference.protocol import Json, Numbers, PaintInput, to_json

PARTS = {"transformer": "transformer", "vae": "VAE", "text_encoder": "text encoder"}
# What computes a picture; another version of one may give other bytes.
LIBRARIES = ("torch", "diffusers", "transformers", "sdnq", "llama-cpp-python")
COMPILING = "INTERSTEP_COMPILE"  # environment variable, "1" for a transformer that is compiled
NO_COMPILER = f"{COMPILING} is set, but triton is not installed: the painter is not compiled."
# Qwen's chat of one message, and the empty thought with which its answer begins.
CHAT = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n\n</think>\n\n{% endif %}"
)


def _reads_nothing(*_given: Any) -> Any:
    raise PainterError("this painter reads with a text encoder of its own")


@dataclass(frozen=True)
class Reading:
    """What the writer's model reads for painters that have no text encoder of their own.

    guard: what the licence of Cosmos asks for.
    """

    read: Callable[..., Any] = _reads_nothing
    guard: Any = None


class CardPainter:
    """A painter whose networks come and go on the card; implements Painter.

    parts: what read_parts returned. sizes: for networks of other sizes.
    """

    def __init__(
        self,
        parts: Mapping[str, Any],
        arbiter: Arbiter,
        ladder: Ladder,
        drawings: Library,
        reading: Reading,
        **sizes: Any,
    ) -> None:
        self._arbiter = arbiter
        self._planned = arbiter.plan  # each picture begins with it: what was short may be back
        self._ladder = ladder
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        plan, manifest = arbiter.plan, arbiter.plan.pack
        weights = {item.name: item.sha256 for one in manifest.networks for item in one.files}
        networks = {PARTS[name]: part for name, part in parts.items() if name in PARTS}
        self._networks = networks
        wished = os.environ.get(COMPILING) == "1" and plan.residency != "one block"
        self._compiled = wished and compiled(networks["transformer"], device)
        self._remarks = [NO_COMPILER] if wished and not self._compiled else []
        self._tiling = False
        self._size = plan.size
        self._painter = PixelPainter(
            family_of(manifest, parts, reading, device, **sizes),
            weights,
            drawings,
            plan.references,
            plan.reference_size**2,
            Placing(arbiter, networks, device),
        )

    def recipe(self) -> Json:
        """Return what a recipe says of the painter."""
        plan = self._arbiter.plan
        return {
            **self._painter.recipe(),
            **_read_with(plan.pack),
            "pack": plan.pack.id,
            "numbers": to_json(self._numbers(plan)),
            "libraries": {name: version(name) for name in LIBRARIES if _there(name)},
        }

    def _numbers(self, plan: Plan) -> Numbers:
        return Numbers(
            dtype=cast("Any", self.dtype),
            kind=plan.kind,
            encoder=plan.encoder,
            tiling=plan.tiling,
            references=plan.references,
            reference_size=plan.reference_size,
            size=self._size,
            compiled=self._compiled,
        )

    def _as_told(self, told: Numbers) -> Plan:
        """Return the plan with the numbers of a picture to be painted again."""
        if (told.dtype, self.dtype) == ("bfloat16", "float16"):
            self._painter.widen()
        seen = 0 <= told.references <= self._planned.pack.references
        plan = replace(
            self._planned,
            tiling=told.tiling,
            references=told.references,
            reference_size=told.reference_size,
            size=told.size,
        )
        self._size = told.size
        if not (seen and told.reference_size in REFERENCE_SIZES and self._numbers(plan) == told):
            raise PainterError("this picture can't be painted again as it was on this card", ANEW)
        return plan

    @property
    def dtype(self) -> str:
        """The name of the type in which it computes."""
        return self._painter.dtype

    def memory(self) -> int:
        """Return the bytes of its networks that lie in main memory now, those of a guard too."""
        tensors = chain.from_iterable(n.state_dict().values() for n in self._networks.values())
        here: int = sum(tensor.nbytes for tensor in tensors if tensor.device.type == "cpu")
        return here + guard_bytes(self._planned.pack.painter)

    def read_ahead(self, chunks: Sequence[str]) -> None:
        """Nothing: what is read depends on the picture."""

    def draw(self, given: PaintInput) -> Iterator[Glimpse | Canvas | Remark]:
        """Yield glimpses, then the picture; one rung lower each time the memory falls short.

        A remark tells of it. A picture that is painted again has its own numbers or none. Raises as
        a Painter, and PackError at the end of the ladder.
        """
        while self._remarks:
            yield Remark(self._remarks.pop())

        def attempt(plan: Plan) -> Any:
            self._arbiter.plan = plan
            self._arbiter.phase = None  # another plan may free more
            self._painter.most, self._painter.area = plan.references, plan.reference_size**2
            if plan.tiling != self._tiling:
                tiled(self._networks["VAE"], plan.tiling)
                self._painter.forget()
                self._tiling = plan.tiling
            size = self._size = min(given.options.size, plan.size)
            if size < given.options.size and given.numbers is None:
                yield Remark(f"Painted at {size} pixels: the card has no room for more.")
            options = replace(given.options, size=size)
            yield from self._painter.draw(replace(given, options=options))

        plan = self._planned if given.numbers is None else self._as_told(given.numbers)
        steps = RUNGS if given.numbers is None else EXACT
        for seen in self._ladder.run(plan, attempt, steps):
            yield Remark(seen.message) if isinstance(seen, SteppedDown) else seen


def _read_with(pack: Manifest) -> Json:
    """Return the sha256 of what the pack's own writer reads and sees with, where the painter asks.

    A text encoder of the painter's own is among its weights.
    """
    if any(network.part == "text_encoder" for network in pack.networks):
        return {}
    read: Json = {"reader": pack.writer.sha256}
    return read | ({"eyes": pack.vision.sha256} if pack.vision else {})


def _there(library: str) -> bool:
    try:
        return bool(version(library))
    except PackageNotFoundError:
        return False


def read_parts(
    store: Store, plan: Plan, shaped: Mapping[str, Shape] | None = None
) -> Reports[dict[str, Any]]:
    """Return the pack's networks in main memory, and what else its painter is made of.

    Reports after each tensor. shaped: the networks' shapes, others only for other sizes.
    """
    shaped = shaped or shapes(plan.pack.painter)
    networks: Mapping[str, Sequence[Weights]] = {
        network.part: network.files for network in plan.pack.networks
    }
    files = {part: [store.path(item) for item in items] for part, items in networks.items()}
    total = sum(item.size for part in shaped for item in networks.get(part, ()))
    done = 0
    dtype = torch.bfloat16 if plan.dtype == "bf16" else torch.float16
    lora = Lora(files["lora"][0]) if "lora" in files else None
    kinds = {"transformer": plan.kind, "text_encoder": plan.encoder}
    found: dict[str, Any] = {}
    for name, shape in shaped.items():
        if shape.kind in SCHEDULERS:
            found[name] = build(shape)
        elif name in files:
            own = lora if name == "transformer" else None
            kind = kinds.get(name, "none")
            loading = load(shape, files[name], dtype, "cpu", kind, own)
            found[name] = yield from _told(loading, done, total)
            done += sum(item.size for item in networks[name])
        else:
            raise PainterError(f"the pack {plan.pack.id} has no {name}: install it again")
    if "tokenizer" in files:
        found["tokenizer"] = _tokenizer(files["tokenizer"][0])
    return found


def _told(loading: Generator[int, None, Any], done: int, total: int) -> Reports[Any]:
    """Report the bytes of a network that is loaded, behind those that are done; return it."""
    try:
        while True:
            done += next(loading)
            yield PackProgress("Loading the painter", done, total)
    except StopIteration as end:
        return end.value
    finally:
        loading.close()


def _tokenizer(path: Path) -> Any:
    from transformers import PreTrainedTokenizerFast

    try:
        return PreTrainedTokenizerFast(
            tokenizer_file=str(path),
            eos_token="<|im_end|>",
            pad_token="<|endoftext|>",
            padding_side="right",
            chat_template=CHAT,
        )
    except Exception as error:  # tokenizers raises Exception itself
        raise PainterError(f"“{path.name}” is no tokenizer: {error}") from error


def family_of(
    manifest: Manifest,
    parts: Mapping[str, Any],
    reading: Reading,
    device: torch.device,
    **sizes: Any,
) -> Family:
    """Return the family over a pack's networks. sizes: for networks of other sizes."""
    transformer, vae, scheduler = (parts[name] for name in ("transformer", "vae", "scheduler"))
    match manifest.painter:
        case "klein":
            from diffusers import Flux2KleinPipeline

            from inference.painter.pixels.klein import Klein

            pipeline = Flux2KleinPipeline(
                scheduler=scheduler,
                vae=vae,
                text_encoder=parts["text_encoder"],
                tokenizer=parts["tokenizer"],
                transformer=transformer,
                is_distilled=True,
            )
            return Klein(pipeline, device, **sizes)
        case "qwen-edit":
            from inference.painter.pixels.qwen_edit import QwenEdit

            return QwenEdit(transformer, vae, scheduler, reading.read, device)
        case "cosmos":
            from inference.painter.pixels.cosmos import Cosmos

            return Cosmos(transformer, vae, scheduler, reading.read, reading.guard, device)
        case _:
            raise PainterError(f"the pack {manifest.id} paints no pixels")
