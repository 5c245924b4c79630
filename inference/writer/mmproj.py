"""A look at the eyes of a model (an mmproj GGUF) before libmtmd sees them, in pure Python.

libmtmd trusts such a file: one wrong size ends the process. So the header's numbers must be those
of the tensors, and these must lie one behind the other. Of Qwen's eyes every tensor is known; of
other kinds only what all vision transformers share.
Source: llama.cpp tools/mtmd: clip.cpp, models/qwen2vl.cpp, models/qwen3vl.cpp.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from inference.writer.gguf import GgufError, Header, Tensor, read_header

EYES = "clip"  # what such a file calls its architecture
QWEN = ("qwen2vl_merger", "qwen2.5vl_merger", "qwen3vl_merger")
OTHERS = (
    "mlp gemma3 idefics3 internvl pixtral lightonocr llama4 lfm2 kimivl glm4v cogvlm janus_pro"
).split()
# libmtmd asserts how a value is kept, instead of failing.
KINDS = {
    "general.architecture": "s",
    "general.name": "s",
    "general.description": "s",
    "general.file_type": "I",
    "clip.projector_type": "s",
    "clip.vision.projector_type": "s",
    "clip.vision.image_mean": "[f",
    "clip.vision.image_std": "[f",
    "clip.vision.is_deepstack_layers": "[?",
    "clip.vision.attention.layer_norm_epsilon": "f",
}
FLAGS = ("clip.has_", "clip.use_")
PLAIN_KINDS = {"I", "f", "?", "s", "[f", "[i", "[I", "[?"}
F32, F16 = 0, 1
LARGEST_IMAGE, LARGEST_PATCH = 8192, 256  # pixels a side
MOST_TOKENS = 1024  # into which a small picture may be enlarged
BLOCK = re.compile(r"v\.blk\.(\d{1,3})\.(.+)")
DEEP = re.compile(r"v\.deepstack\.(\d{1,3})\.")

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class _Sizes:
    """The numbers of the header: channels, heads, layers, pixels a side."""

    width: int
    inner: int
    heads: int
    blocks: int
    patch: int
    image: int
    projected: int


def check_eyes(path: Path, writer: Header) -> None:
    """Refuse what are no sound eyes of this writer; raises GgufError, or OSError."""
    header = read_header(path)
    told = header.metadata
    if told.get("general.architecture") != EYES or told.get("clip.has_vision_encoder") is not True:
        raise GgufError("it holds no eyes of a model (mmproj)")
    projector = told.get("clip.projector_type", told.get("clip.vision.projector_type"))
    if projector not in (*QWEN, *OTHERS):
        raise GgufError(f"eyes with the projector {str(projector)[:40]!a} are not known")
    _check_kinds(header)
    _check_places(header)
    sizes = _sizes(told)
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    if len(shapes) != len(header.tensors):
        raise GgufError("a tensor's name stands there twice")
    if projector in QWEN:
        _check_qwen(projector, header, sizes, shapes, writer)
    else:
        _check_blocks(sizes, shapes)


def _check_kinds(header: Header) -> None:
    for key, kind in header.kinds.items():
        wanted = KINDS.get(key) or ("?" if key.startswith(FLAGS) else "")
        if kind != wanted if wanted else key.startswith("clip.") and kind not in PLAIN_KINDS:
            raise GgufError(f"its {key[:60]!a} is not kept as it should be")
        if key.startswith("clip.has_") and "audio" in key and header.metadata[key]:
            raise GgufError("it holds ears too")
    for key in ("clip.vision.image_mean", "clip.vision.image_std"):
        values = header.metadata.get(key)
        if not isinstance(values, tuple) or len(values) != 3 or not all(map(math.isfinite, values)):
            raise GgufError(f"its {key} is missing or can't be right")


def _check_places(header: Header) -> None:
    """Each tensor must begin where the one before it ends, as its type and shape have it."""
    end = 0
    for tensor in sorted(header.tensors, key=lambda tensor: tensor.offset):
        size = tensor.bytes()
        if not size:
            raise GgufError(f"its tensor {tensor.name[:60]!a} is of no known type or size")
        if tensor.offset != end:
            raise GgufError(f"its tensor {tensor.name[:60]!a} does not lie where it should")
        end = -(-(end + size) // header.alignment) * header.alignment


def _sizes(told: dict[str, Any]) -> _Sizes:
    def number(key: str) -> int:
        value = told.get(f"clip.vision.{key}")
        if type(value) is not int or value <= 0:
            raise GgufError(f"its clip.vision.{key} is missing or can't be right")
        return value

    sizes = _Sizes(
        number("embedding_length"),
        number("feed_forward_length"),
        number("attention.head_count"),
        number("block_count"),
        number("patch_size"),
        number("image_size"),
        number("projection_dim"),
    )
    if sizes.width % sizes.heads or sizes.patch > LARGEST_PATCH:
        raise GgufError("its heads or patches can't be right")
    if not sizes.patch <= sizes.image <= LARGEST_IMAGE:
        raise GgufError("its image size can't be right")
    return sizes


def _check_blocks(sizes: _Sizes, shapes: Shapes) -> None:
    """Check what all vision transformers share: patches, and blocks that are alike."""
    kernel = shapes.get("v.patch_embd.weight", ())  # some have one dimension for all pixels
    if math.prod(kernel) != 3 * sizes.patch**2 * sizes.width or kernel[-1] != sizes.width:
        raise GgufError("its patches are not those of its header")
    blocks: dict[int, Shapes] = {}
    for name, shape in shapes.items():
        if found := BLOCK.fullmatch(name):
            blocks.setdefault(int(found[1]), {})[found[2]] = shape
    first = blocks.get(0, {})
    if set(blocks) != set(range(sizes.blocks)) or any(one != first for one in blocks.values()):
        raise GgufError("its blocks are not all there, or not alike")
    wide, hidden = (sizes.width, sizes.inner), (sizes.inner, sizes.width)
    pair = {first.get("ffn_up.weight"), first.get("ffn_down.weight")}  # old files swap their names
    norms = {shape for name, shape in first.items() if name in ("ln1.weight", "ln2.weight")}
    if pair != {wide, hidden} or norms != {(sizes.width,)}:
        raise GgufError("its blocks are not those of its header")


def _check_qwen(
    projector: str, header: Header, sizes: _Sizes, shapes: Shapes, writer: Header
) -> None:
    told = header.metadata
    deep = {int(found[1]) for name in shapes if (found := DEEP.match(name))}
    marked = told.get("clip.vision.is_deepstack_layers", (False,) * sizes.blocks)
    pattern = told.get("clip.vision.n_wa_pattern", 0)
    if (
        sizes.width // sizes.heads % 4
        or told.get("clip.vision.spatial_merge_size", 2) != 2
        or (projector == "qwen2.5vl_merger") != (0 < pattern <= sizes.blocks)
        or not isinstance(marked, tuple)
        or len(marked) != sizes.blocks
        or {layer for layer, mark in enumerate(marked) if mark} != deep
    ):
        raise GgufError("its layers can't be right")
    pixels = (2 * sizes.patch) ** 2
    window = told.get("clip.vision.window_size", 2 * sizes.patch)
    if (
        window not in range(2 * sizes.patch, 4096, 2 * sizes.patch)
        or told.get("clip.vision.image_min_pixels", pixels)
        not in range(1, MOST_TOKENS * pixels + 1)
        or told.get("clip.vision.image_max_pixels", pixels) < pixels
    ):
        raise GgufError("its window or image size can't be right")
    for key in ("attention.head_count_kv", "attention.head_dim"):
        right = sizes.heads if key.endswith("kv") else sizes.width // sizes.heads
        if told.get(f"clip.vision.{key}", right) != right:
            raise GgufError("its heads can't be right")
    if projector == "qwen2vl_merger":  # whose header tells another length
        first = shapes.get("v.blk.0.ffn_up.weight", ())
        sizes = replace(sizes, inner=max(set(first) - {sizes.width}, default=sizes.width))
    positions = shapes.get("v.position_embd.weight", (0, 1))[-1]
    wanted = dict(_qwen_shapes(projector, sizes, deep, positions))
    if _named_as_now(shapes, sizes) != wanted or math.isqrt(positions) ** 2 != positions:
        raise GgufError("its tensors are not those of its header")
    _check_types(header.tensors)
    kind = writer.metadata.get("general.architecture")
    width = writer.metadata.get(f"{kind}.embedding_length")
    layers = writer.metadata.get(f"{kind}.n_deepstack_layers", 0)
    if (sizes.projected, len(deep)) != (width, layers):
        raise GgufError("it belongs to another writer")


def _named_as_now(shapes: Shapes, sizes: _Sizes) -> Shapes:
    """Old files of Qwen2-VL call a block's first matrix ffn_down and the second ffn_up."""
    if shapes.get("v.blk.0.ffn_up.weight") == (sizes.width, sizes.inner):
        return shapes
    swap = {"ffn_up": "ffn_down", "ffn_down": "ffn_up"}
    return {re.sub("ffn_up|ffn_down", lambda m: swap[m[0]], name): s for name, s in shapes.items()}


def _check_types(tensors: tuple[Tensor, ...]) -> None:
    """What is added, multiplied or resized is in single precision; kernels also in half."""
    for tensor in tensors:
        exact = len(tensor.shape) == 1 or tensor.name == "v.position_embd.weight"
        if tensor.kind != F32 and (exact or (len(tensor.shape) == 4 and tensor.kind != F16)):
            raise GgufError(f"its tensor {tensor.name[:60]!a} is of a type that is not used there")


def _qwen_shapes(
    projector: str, sizes: _Sizes, deep: set[int], positions: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield every tensor of such eyes with its shape, the fastest dimension first."""
    width, inner, merged = sizes.width, sizes.inner, 4 * sizes.width

    def layer(name: str, *shape: int, bias: bool = True) -> Iterator[tuple[str, tuple[int, ...]]]:
        yield f"{name}.weight", shape
        if bias:
            yield f"{name}.bias", shape[-1:]

    for name in ("v.patch_embd.weight", "v.patch_embd.weight.1"):
        yield name, (sizes.patch, sizes.patch, 3, width)
    third, root = projector == "qwen3vl_merger", projector == "qwen2.5vl_merger"
    if third:
        yield "v.patch_embd.bias", (width,)
        yield "v.position_embd.weight", (width, positions)
    for number in range(sizes.blocks):
        block = f"v.blk.{number}"
        for norm in ("ln1", "ln2"):
            yield from layer(f"{block}.{norm}", width, bias=not root)
        if third:
            yield from layer(f"{block}.attn_qkv", width, 3 * width)
        else:
            for letter in "qkv":
                yield from layer(f"{block}.attn_{letter}", width, width)
        yield from layer(f"{block}.attn_out", width, width)
        for up in ("ffn_up", "ffn_gate") if root else ("ffn_up",):
            yield from layer(f"{block}.{up}", width, inner)
        yield from layer(f"{block}.ffn_down", inner, width)
    yield from layer("v.post_ln", width, bias=not root)
    for number in deep:
        yield from layer(f"v.deepstack.{number}.norm", merged)
        yield from layer(f"v.deepstack.{number}.fc1", merged, merged)
        yield from layer(f"v.deepstack.{number}.fc2", merged, sizes.projected)
    yield from layer("mm.0", merged, merged)
    yield from layer("mm.2", merged, sizes.projected)
