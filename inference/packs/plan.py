"""What of a pack lies on the card in which phase, how large pictures can be, and what it takes.

Everything is decided before anything is allocated, from what is free now. Of all the ways to run a
pack the best one is taken that stays within the budget in every phase.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import product
from typing import Any, Literal

from inference.packs.estimates import (
    Case,
    Kind,
    WriterShape,
    block_bytes,
    encoding_work,
    guard_bytes,
    known_writer,
    network_bytes,
    painting_work,
    quantising_work,
    rest_bytes,
    vae_work,
)
from inference.packs.manifest import Manifest
from inference.packs.reports import PackError, memory_in_words
from inference.protocol import Numbers

RESERVE = round((0.8 + (0.6 if sys.platform == "win32" else 0.4)) * 2**30)  # source: ComfyUI
KEPT_FREE = 2 * 2**30  # bytes of main memory, for the system and for libraries; estimated
WRITING = 500_000_000  # bytes that llama.cpp works with, one picture of 480 pixels read; estimated
CONTEXT = 6144  # tokens of the writer's context
SMALL_CONTEXT = 4096  # of one that sees fewer pictures; the text still has room
QUARTERS = 4  # of a writer's layers
ALL_LAYERS = 999  # for llama.cpp, which takes as many as there are
CONDITIONING = 2048  # tokens of the context in which a writer reads for its painter
BF16 = (8, 0)  # compute capability from which on a card has bf16
SIZES = (1024, 768, 640, 512)  # pixels a side of a picture
REFERENCE_SIZES = (1024, 768, 512)
Residency = Literal["both", "swap", "one network", "one block"]
RESIDENCIES: tuple[Residency, ...] = ("both", "swap", "one network", "one block")
KINDS: tuple[Kind, ...] = ("none", "int8", "uint4")
# What each step away from the best costs, in steps of equal weight: slower, coarser or smaller.
COSTS: Mapping[str, Mapping[Any, float]] = {
    "residency": {"both": 0, "swap": 4, "one network": 10, "one block": 20},
    "kind": {"none": 0, "int8": 1, "uint4": 5},
    "encoder": {"none": 0, "int8": 0.5, "uint4": 2},
    "size": {1024: 0, 768: 4, 640: 8, 512: 14},
    "reference_size": {1024: 0, 768: 0.5, 512: 2},
}
MISSING_REFERENCE = 3  # the cost of each reference less than the pack knows
TILING = 0.25
ANEW = "Draw it anew instead"


class Phase(StrEnum):
    """What the card is used for, one at a time."""

    WRITE = "write"
    ENCODE = "encode"
    PAINT = "paint"
    SCORE = "score"


@dataclass(frozen=True)
class Part:
    """Something that takes bytes of the card's memory in some phases."""

    name: str
    bytes: int
    phases: tuple[Phase, ...]


@dataclass(frozen=True)
class Options:
    """What is wished for: 0 and None for the pack's best. size: pixels a side of a picture.

    capability: the card's compute capability; reserve: bytes that stay free for the system.
    memory: bytes of main memory that are free, None where that does not matter.
    writer: its shape as its file tells it, where that is there already. numbers: those of a picture
    that is painted again; they leave only where things lie to be chosen.
    """

    size: int = 0
    references: int | None = None
    context: int = CONTEXT
    capability: tuple[int, int] = BF16
    reserve: int = RESERVE
    memory: int | None = None
    writer: WriterShape | None = None
    numbers: Numbers | None = None


@dataclass(frozen=True)
class Plan:
    """How a pack runs. Sizes in pixels a side; kind and encoder: numbers of the two networks.

    residency: "both" writer and painter stay on the card; "swap": a phase has only its own parts;
    "one network": of the painter's too only the one at work; "one block": its transformer comes
    from main memory block by block.
    quarters: of the writer's layers that lie on the card; the processor computes the others, and
    all that the eyes see where they are not there.
    """

    pack: Manifest
    residency: Residency
    dtype: Literal["bf16", "fp16"]
    kind: Kind
    encoder: Kind
    size: int
    references: int
    reference_size: int
    tiling: bool
    context: int
    writer: WriterShape
    quarters: int = QUARTERS
    eyes_on_card: bool = True

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What takes memory when."""
        return tuple(_parts(self))

    def bytes(self, phase: Phase) -> int:
        """Return the bytes that the phase takes at its peak."""
        held = sum(part.bytes for part in self.parts if phase in part.phases)
        return held + max((work for _, work in _work(self, phase)), default=0)

    @cached_property
    def peak(self) -> int:
        """The bytes of the phase that takes most."""
        return max(self.bytes(phase) for phase in Phase)

    @cached_property
    def memory(self) -> int:
        """The bytes of main memory that it takes: networks come from there, and rest there.

        A guard never leaves it.
        """
        painter, both = self.pack.painter, self.residency == "both"
        kinds = {"transformer": self.kind, "vae": KINDS[0]}
        if _own_encoder(self.pack):
            kinds["text_encoder"] = self.encoder
        total = quantising = 0
        for part, kind in kinds.items():
            # A network that is as its file, and goes to the card for good, is only looked through.
            if not both or part == "text_encoder" or kind != "none" or self.dtype == "fp16":
                total += network_bytes(painter, part, kind)
            quantising = max(quantising, quantising_work(painter, part, kind))
        cache = self.writer.kv_bytes(self.context)
        cache = cache if not both else cache - _share(self, cache)
        return total + quantising + cache + self._off_card + guard_bytes(painter)

    @property
    def _off_card(self) -> int:
        """The bytes of the writer's weights that the processor computes with."""
        vision, size = self.pack.vision, self.pack.writer.size
        eyes = 0 if vision is None or self.eyes_on_card else vision.size
        return size - _share(self, size) + eyes

    @property
    def layers(self) -> int:
        """The writer's layers on the card, as llama.cpp is told of them."""
        return ALL_LAYERS if self.quarters == QUARTERS else _share(self, self.writer.layers)

    def bytes_of(self, part: str) -> int:
        """Return what a part takes on the card; one that comes only for its work counts too."""
        comes = {
            "transformer": _transformer(self),
            "VAE": network_bytes(self.pack.painter, "vae", "none"),
        }
        return (comes | {one.name: one.bytes for one in self.parts}).get(part, 0)

    def paints_as(self, told: Numbers) -> bool:
        """Whether a picture of these numbers comes out the same; sizes are most that may be."""
        seen = (told.references, told.reference_size) if told.references else (0,)
        return (self.kind, self.encoder, self.tiling, self.size) == (
            (told.kind, told.encoder, told.tiling, told.size)
        ) and (self.references, self.reference_size)[: len(seen)] == seen

    def lies(self, phase: Phase) -> tuple[str, ...]:
        """Return the names of the parts that are on the card in the phase."""
        return tuple(part.name for part in self.parts if phase in part.phases)

    def work(self, phase: Phase) -> tuple[tuple[str, int], ...]:
        """Return what is done in the phase, one after the other, each with the bytes it takes."""
        return tuple(_work(self, phase))

    @property
    def cost(self) -> float:
        """How far the plan is from the best one; the less the better."""
        wished = self.pack.references - self.references
        chosen = sum(costs.get(getattr(self, name), 0) for name, costs in COSTS.items())
        return chosen + wished * MISSING_REFERENCE + (TILING if self.tiling else 0)

    def sentence(self) -> str:
        """Return what the plan means, for the person."""
        where = {
            "both": "writer and painter stay on the card",
            "swap": "writer and painter take turns on the card",
            "one network": "each network comes to the card when it works, which is slower",
            "one block": "the painter comes to the card block by block, which is slow",
        }[self.residency]
        bits = {"none": "16", "int8": "8", "uint4": "4"}[self.kind]
        pictures = f"pictures of {self.size} pixels"
        if self.references:
            seen = "one other" if self.references == 1 else f"{self.references} others"
            pictures += f", each seeing {seen} at {self.reference_size} pixels"
        peak = memory_in_words(self.peak)
        return f"{pictures}; {where}, at most {peak}; the painter in {bits} bits."


def plan(
    manifest: Manifest,
    free: int,
    total: int,
    options: Options | None = None,
) -> Plan:
    """Return the best plan whose every phase stays within free less the reserve; sizes in bytes.

    total: the card's memory; what lies between it and free belongs to other programs. Raises
    PackError when nothing fits, with what would be needed; so, too, for the main memory.
    """
    wish = options or Options()
    if manifest.painter == "storyboard":
        raise PackError(f"The pack {manifest.id} uses no card.", "Its parts run on the processor")
    budget = min(free, total) - wish.reserve
    ordered = sorted(_ways(manifest, wish), key=lambda way: way.cost)
    if not ordered:
        raise PackError(f"The pack {manifest.id} can't paint as this picture was painted.", ANEW)
    memory = sys.maxsize if wish.memory is None else wish.memory - KEPT_FREE
    fitting = next((way for way in ordered if way.peak <= budget and way.memory <= memory), None)
    if fitting is not None:
        return fitting
    on_card = [way.memory for way in ordered if way.peak <= budget]
    if on_card:
        needed, there = min(on_card) + KEPT_FREE, wish.memory or 0
        raise PackError(
            f"The pack {manifest.id} needs {memory_in_words(needed)} of this computer's own memory,"
            f" besides the card's, and {memory_in_words(there)} are free.",
            "Close other programs, or choose a smaller pack: interstep packs list",
        )
    least = min(way.peak for way in ordered) + wish.reserve
    others = max(total - free, 0)
    hint = (
        f"Close other programs, which hold {memory_in_words(others)}"
        if least <= total
        else ("Choose a pack for a smaller card")
    )
    raise PackError(
        f"The pack {manifest.id} needs {memory_in_words(least)} of the card's memory,"
        f" and {memory_in_words(max(free, 0))} are free.",
        hint,
    )


def _ways(manifest: Manifest, wish: Options) -> Iterator[Plan]:
    """Yield every way to run the pack that the wish allows."""
    most = manifest.references if wish.references is None else wish.references
    told = wish.numbers
    size = told.size if told else wish.size
    sizes = (size,) if size else SIZES
    seen = [(0, REFERENCE_SIZES[-1])]
    counts = range(1, min(most, manifest.references) + 1)
    seen = [*product(counts, REFERENCE_SIZES)] if counts else seen
    if wish.references is None:
        seen = [(0, REFERENCE_SIZES[-1]), *seen]
    writer = wish.writer or known_writer(manifest.writer.name)
    encoders = KINDS if _own_encoder(manifest) else KINDS[:1]
    for residency, kind, encoder, size, (count, reference), tiling in product(
        RESIDENCIES, KINDS, encoders, sizes, seen, (False, True)
    ):
        if residency == "one block" and kind == "none":
            continue  # what comes over the bus again and again had better be small
        made = Plan(
            manifest,
            residency,
            "bf16" if wish.capability >= BF16 else "fp16",
            kind,
            encoder,
            size,
            count,
            reference,
            tiling,
            wish.context,
            writer,
        )
        if told is None or made.paints_as(told):
            yield made


def _parts(plan: Plan) -> Iterator[Part]:
    """Yield what lies on the card and when, in the order in which it is told."""
    pack, painter = plan.pack, plan.pack.painter
    writing = (
        (Phase.WRITE, Phase.SCORE)
        if _own_encoder(pack)
        else (Phase.WRITE, Phase.ENCODE, Phase.SCORE)
    )
    writes = tuple(Phase) if plan.residency == "both" else writing
    yield Part("writer", _share(plan, pack.writer.size), writes)
    if pack.vision is not None and plan.eyes_on_card:
        yield Part("eyes", pack.vision.size, writes)
    yield Part("KV cache", _share(plan, plan.writer.kv_bytes(plan.context)), writes)
    if _own_encoder(pack):
        size = network_bytes(painter, "text_encoder", plan.encoder)
        yield Part("text encoder", size, (Phase.ENCODE,))
    else:
        cache = _share(plan, plan.writer.kv_bytes(CONDITIONING))
        yield Part("KV cache of the reader", cache, (Phase.ENCODE,))
    if plan.residency in ("both", "swap"):
        paints = tuple(Phase) if plan.residency == "both" else (Phase.PAINT,)
        yield Part("transformer", _transformer(plan), paints)
        yield Part("VAE", network_bytes(painter, "vae", "none"), paints)


def _work(plan: Plan, phase: Phase) -> Iterator[tuple[str, int]]:
    """Yield what is done in a phase with the bytes it takes; a network that comes for it counts."""
    painter = plan.pack.painter
    if phase is not Phase.PAINT:
        own = phase is Phase.ENCODE and _own_encoder(plan.pack)
        writing = WRITING if plan.quarters else 0
        yield phase.value, encoding_work(painter, plan.encoder) if own else writing
        return
    comes = plan.residency not in ("both", "swap")
    case = Case(plan.size, plan.references, plan.reference_size)
    transformer = _transformer(plan) if comes else 0
    vae = network_bytes(painter, "vae", "none") if comes else 0
    if plan.references:
        yield "seeing", vae + vae_work(painter, plan.reference_size, "encode", plan.tiling)
    yield "painting", transformer + painting_work(painter, case, plan.kind)
    yield "decoding", vae + vae_work(painter, plan.size, "decode", plan.tiling)


def _transformer(plan: Plan) -> int:
    """Return the bytes of the transformer on the card; a LoRA is merged into it."""
    painter = plan.pack.painter
    if plan.residency != "one block":
        return network_bytes(painter, "transformer", plan.kind)
    # Room for two blocks: the next comes while the last is freed. What stands outside them stays.
    return 2 * block_bytes(painter, plan.kind) + rest_bytes(painter, "transformer")


def _share(plan: Plan, whole: int) -> int:
    """Return what of all the writer's layers belongs to those on the card."""
    return whole * plan.quarters // QUARTERS


def _own_encoder(pack: Manifest) -> bool:
    """Whether the painter reads its text itself, not through the writer."""
    return any(network.part == "text_encoder" for network in pack.networks)
