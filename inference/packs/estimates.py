"""How many bytes a pack's parts take: weights, caches, and what they work with meanwhile.

Files have the sizes of the manifest; a KV cache follows from the writer's shape; what the painters'
networks work with was measured on the full-size classes (inference/tuning/peaks.py).
"""

import json
from collections.abc import Mapping, Sequence
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

    def images(self, painter: str) -> int:
        """Return the image tokens of one picture; frames of a film all have its size."""
        side = self.size if painter == "cosmos" else self.reference_size
        return (self.size // PATCH) ** 2 + self.references * (side // PATCH) ** 2

    def tokens(self, painter: str) -> int:
        """Return the tokens on which the memory that is worked with depends."""
        return self.batch * (self.text(painter) + self.images(painter))


@cache
def painting_work(painter: str, case: Case, kind: Kind) -> int:
    """Return the bytes that the transformer works with, beyond its weights."""
    measured = _painter(painter)["peaks"]["referring" if case.references else "alone"]
    live = interpolated(measured, case.tokens(painter))
    return live + _unpacking(painter, "transformer", kind)


@cache
def encoding_work(painter: str, kind: Kind) -> int:
    """Return the bytes that the painter's own text encoder works with."""
    peaks = _painter(painter)["peaks"].get("text_encoder", [[PROMPT, 0]])
    return interpolated(peaks, PROMPT) + _unpacking(painter, "text_encoder", kind)


def vae_live(painter: str, size: int, what: Literal["encode", "decode", "tiled"]) -> int:
    """Return the bytes of tensors that the VAE works with; size: pixels a side of the picture."""
    return interpolated(_painter(painter)["peaks"][what], size * size)


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
    rest: int = _painter(painter)["weights"][part]["rest"]
    return rest * HALF


def block_bytes(painter: str, kind: Kind) -> int:
    """Return the bytes of the largest block of a painter's transformer."""
    return round(_painter(painter)["weights"]["transformer"]["block"] * _number(kind))


@cache
def network_bytes(painter: str, part: str, kind: Kind) -> int:
    """Return the bytes of a network's weights on the card."""
    weights = _painter(painter)["weights"][part]
    return round(weights["blocks"] * _number(kind)) + rest_bytes(painter, part)


def interpolated(points: Sequence[Sequence[int]], amount: int) -> int:
    """Return bytes for an amount between or beyond measured [amount, bytes], along lines."""
    points = sorted(points)
    if len(points) == 1:
        return points[0][1]
    after = next((n for n, (at, _) in enumerate(points) if at >= amount), len(points) - 1)
    (x0, y0), (x1, y1) = points[max(after, 1) - 1], points[max(after, 1)]
    return max(round(y0 + (y1 - y0) * (amount - x0) / (x1 - x0)), 0)


def kv_bytes(shape: Mapping[str, Any], context: int, number: float = HALF) -> int:
    """Return the bytes of a KV cache; number: bytes of one of its numbers, 1.0625 for q8_0."""
    each = 2 * shape["layers"] * shape["kv_heads"] * shape["head_dim"]
    return round(each * context * number)


def writer_shape(name: str, metadata: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """Return layers, kv_heads and head_dim of a writer, of its GGUF's metadata if it is there.

    A writer that is not known counts as one whose cache is large.
    """
    if metadata:
        prefix = metadata.get("general.architecture")
        heads = int(metadata.get(f"{prefix}.attention.head_count", 0))
        width = int(metadata.get(f"{prefix}.embedding_length", 0))
        layers = int(metadata.get(f"{prefix}.block_count", 0))
        if heads and width and layers:
            return {
                "layers": layers,
                "kv_heads": int(metadata.get(f"{prefix}.attention.head_count_kv", heads)),
                "head_dim": int(metadata.get(f"{prefix}.attention.key_length", width // heads)),
            }
    known: dict[str, Any] = _table("writers")
    found: Mapping[str, Any] = known.get(name) or max(known.values(), key=lambda s: kv_bytes(s, 1))
    return found


def _number(kind: Kind) -> float:
    """Return the bytes of one number of a quantised layer, its scales included."""
    return HALF if kind == "none" else float(_table()["quantised"][kind]["weight"])


def _unpacking(painter: str, part: str, kind: Kind) -> int:
    """Return the bytes that the widest layer takes while its quantised weights are used."""
    if kind == "none" or part not in _painter(painter)["weights"]:
        return 0
    each: float = _table()["quantised"][kind]["use"]
    return round(_painter(painter)["weights"][part]["widest"] * each)


def _painter(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _table()["painters"][name]
    return found


@cache
def _table(name: str = "memory") -> dict[str, Any]:
    text = (files("assets") / "networks" / f"{name}.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table
