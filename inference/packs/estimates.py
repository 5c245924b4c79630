"""How many bytes a pack's parts take: weights, caches, and what they work with meanwhile.

Files have the sizes of the manifest; a KV cache follows from the writer's shape; what the painters'
networks work with was measured on the full-size classes (inference/tuning/peaks.py).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Kind = Literal["none", "int8", "uint4"]
PROMPT = 512  # tokens of text that a painter reads
SEEN = 196  # tokens of one reference in the prompt of a painter that reads pictures, at 384 pixels
PATCH = 16  # pixels a side of one image token: 8 of the VAE, 2 of the transformer
HALF = 2  # bytes of a number in bf16 or fp16
TILE = 512  # pixels a side of the tiles in which a VAE can work
# Bytes for each pixel that decoding in half precision takes on a card, workspaces of convolutions
# included, which no fake tensor shows; encoding takes half. Source: InvokeAI, vae_working_memory.
ON_CARD = {"klein": 2 * 2200, "qwen-edit": 2 * 2900, "cosmos": 2 * 2900}
OVERLAP = 1.25  # of tiles
# Numbers of each network of Cosmos' guard and the bytes of one, in the types of their files, as
# transformers 5 loads them. Source: cosmos-guardrail 0.1.0; counted on the networks' classes at
# full size, the last one from the published size of its file.
GUARD = {
    "Llama-Guard-3-8B": (8_030_261_248, 2),
    "siglip-so400m-patch14-384": (877_960_498, 4),
    "RetinaFace, ResNet-50": (27_300_000, 4),
}
GUARDING = 500_000_000  # bytes that it works with, one text or picture at a time; estimated
QUANTISING = 10.125  # bytes for each number of a layer while it is quantised; measured, SDNQ 0.2.8


@dataclass(frozen=True)
class Case:
    """One call of a painter's transformer: sizes in pixels a side, references, pictures at once."""

    size: int
    references: int
    reference_size: int
    batch: int = 1

    def text(self, painter: str) -> int:
        """Return the text tokens of one picture."""
        return PROMPT + (SEEN * self.references if painter == "qwen-edit" else 0)

    def images(self) -> int:
        """Return the image tokens of one picture and its references, each of its own size."""
        seen = self.references * (self.reference_size // PATCH) ** 2
        return (self.size // PATCH) ** 2 + seen

    def tokens(self, painter: str) -> int:
        """Return the tokens on which the memory that is worked with depends."""
        return self.batch * (self.text(painter) + self.images())


@cache
def painting_work(painter: str, case: Case, kind: Kind) -> int:
    """Return the bytes that the transformer works with, beyond its weights."""
    measured = _peaks(painter, "referring" if case.references else "alone")
    live = interpolated(measured, case.tokens(painter))
    text = interpolated(_peaks(painter, "projecting"), PROMPT)
    return max(live, text) + _unpacking(painter, "transformer", kind)


@cache
def encoding_work(painter: str, kind: Kind) -> int:
    """Return the bytes that the painter's own text encoder works with."""
    live = interpolated(_peaks(painter, "text_encoder"), PROMPT)
    return live + _unpacking(painter, "text_encoder", kind)


def vae_live(painter: str, size: int, what: Literal["encode", "decode", "tiled"]) -> int:
    """Return the bytes of tensors that the VAE works with; size: pixels a side of the picture."""
    return interpolated(_peaks(painter, what), size * size)


@cache
def vae_work(painter: str, size: int, what: Literal["encode", "decode"], tiling: bool) -> int:
    """Return the bytes that the VAE takes on a card, its convolutions' workspaces included."""
    if not tiling:
        live, pixels = vae_live(painter, size, what), float(size * size)
    else:
        small = min(size, TILE)
        live = vae_live(painter, *((small, what) if what == "encode" else (size, "tiled")))
        pixels = small**2 * OVERLAP
    return max(live, round(ON_CARD[painter] * pixels / (2 if what == "encode" else 1)))


def rest_bytes(painter: str, part: str) -> int:
    """Return the bytes of what stands outside a network's blocks and is never quantised."""
    return _weights(painter, part)["rest"] * HALF


def block_bytes(painter: str, kind: Kind) -> int:
    """Return the bytes of the largest block of a painter's transformer."""
    return round(_weights(painter, "transformer")["block"] * _number(kind))


@cache
def quantising_work(painter: str, part: str, kind: Kind) -> int:
    """Return the bytes of main memory that quantising takes: a whole block, and one layer of it."""
    sizes = _weights(painter, part)
    if kind == "none" or not sizes:
        return 0
    return sizes["block"] * HALF + round(sizes["widest"] * QUANTISING)


@cache
def network_bytes(painter: str, part: str, kind: Kind) -> int:
    """Return the bytes of a network's weights on the card."""
    return round(_weights(painter, part)["blocks"] * _number(kind)) + rest_bytes(painter, part)


def guard_bytes(painter: str) -> int:
    """Return the bytes of main memory that the guard takes, where a painter's licence asks for one.

    Nothing of it is on the card.
    """
    if painter != "cosmos":
        return 0
    return GUARDING + sum(count * each for count, each in GUARD.values())


def interpolated(measured: Iterable[Iterable[int]], amount: int) -> int:
    """Return bytes for an amount between or beyond measured [amount, bytes], along lines."""
    points = sorted((at, size) for at, size in measured)
    if len(points) == 1:
        return points[0][1]
    after = next((n for n, (at, _) in enumerate(points) if at >= amount), len(points) - 1)
    (x0, y0), (x1, y1) = points[max(after, 1) - 1], points[max(after, 1)]
    return max(round(y0 + (y1 - y0) * (amount - x0) / (x1 - x0)), 0)


@dataclass(frozen=True)
class WriterShape:
    """What the size of a writer's KV cache depends on."""

    layers: int
    kv_heads: int
    head_dim: int

    def kv_bytes(self, context: int, number: float = HALF) -> int:
        """Return the bytes of the cache; number: bytes of one of its numbers, 1.0625 for q8_0."""
        return round(2 * self.layers * self.kv_heads * self.head_dim * context * number)


def known_writer(name: str) -> WriterShape:
    """Return the shape of a writer of the catalogue by its file's name.

    A writer that is not known counts as the one with the largest cache.
    """
    known = {file: WriterShape(**shape) for file, shape in _table("writers").items()}
    return known.get(name) or max(known.values(), key=lambda shape: shape.kv_bytes(1))


def writer_of(metadata: Mapping[str, Any]) -> WriterShape | None:
    """Return the shape that a GGUF's metadata tells, None where it tells none."""
    prefix = metadata.get("general.architecture")

    def number(key: str, otherwise: int = 0) -> int:
        value = metadata.get(f"{prefix}.{key}", otherwise)
        return value if type(value) is int and value > 0 else otherwise

    layers, heads = number("block_count"), number("attention.head_count")
    width = number("embedding_length")
    if not (layers and heads and width):
        return None
    length = number("attention.key_length", width // heads)
    return WriterShape(layers, number("attention.head_count_kv", heads), length)


def _number(kind: Kind) -> float:
    """Return the bytes of one number of a quantised layer, its scales included."""
    return HALF if kind == "none" else float(_table()["quantised"][kind]["weight"])


def _unpacking(painter: str, part: str, kind: Kind) -> int:
    """Return the bytes that the widest layer takes while its quantised weights are used."""
    if kind == "none":
        return 0
    each: float = _table()["quantised"][kind]["use"]
    return round(_weights(painter, part).get("widest", 0) * each)


def _weights(painter: str, part: str) -> dict[str, int]:
    """Return how many numbers a network has: in blocks, in the rest, in the widest layer."""
    found: dict[str, int] = _table()["painters"][painter]["weights"].get(part, {})
    return found


def _peaks(painter: str, what: str) -> list[list[int]]:
    """Return the measured [amount, bytes]."""
    found: list[list[int]] = _table()["painters"][painter]["peaks"].get(what, [[1, 0]])
    return found


@cache
def _table(name: str = "memory") -> dict[str, Any]:
    text = (files("assets") / "networks" / f"{name}.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
