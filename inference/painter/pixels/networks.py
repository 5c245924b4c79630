"""The networks of the painters on a card: their shapes as data, built and filled from safetensors.

Only classes named here are made, from the configurations that ship in assets/networks; nothing is
taken from a downloaded configuration. torch, diffusers and transformers are imported when a network
is made, for a machine without them must be able to tell what a pack holds.
"""

import json
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any, Literal

from inference.packs.estimates import TILE
from inference.painter.drawing import PainterError
from inference.painter.pixels.lora import Lora

if TYPE_CHECKING:
    import torch

Kind = Literal["none", "int8", "uint4"]

# Class -> the package that gives it out, and the class of its configuration where it has one.
CLASSES = {
    "Flux2Transformer2DModel": ("diffusers", ""),
    "AutoencoderKLFlux2": ("diffusers", ""),
    "QwenImageTransformer2DModel": ("diffusers", ""),
    "AutoencoderKLQwenImage": ("diffusers", ""),
    "CosmosTransformer3DModel": ("diffusers", ""),
    "AutoencoderKLWan": ("diffusers", ""),
    "FlowMatchEulerDiscreteScheduler": ("diffusers", ""),
    "UniPCMultistepScheduler": ("diffusers", ""),
    "Qwen3ForCausalLM": ("transformers", "Qwen3Config"),
}
SCHEDULERS = ("FlowMatchEulerDiscreteScheduler", "UniPCMultistepScheduler")
# Keys through which a configuration could choose code of its own.
REFUSED = ("auto_map", "custom_pipeline", "_attn_implementation", "_class_name", "quantization")


@dataclass(frozen=True)
class Shape:
    """One part of a painter: the name of its class and what its constructor is given."""

    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, **changes: Any) -> "Shape":
        """Return the shape with other values of its configuration."""
        return replace(self, config={**self.config, **changes})


def shapes(name: str) -> dict[str, Shape]:
    """Return the parts of a painter ("klein", "qwen-edit", "cosmos") in full size, by part."""
    text = (files("assets") / "networks" / f"{name}.json").read_text(encoding="utf-8")
    return read_shapes(json.loads(text))


def read_shapes(value: Any) -> dict[str, Shape]:
    """Return the shapes of plain JSON values; raises PainterError for what is not allowed."""
    if not isinstance(value, dict):
        raise PainterError("the shapes of a painter are not an object")
    found: dict[str, Shape] = {}
    for part, entry in value.items():
        if not isinstance(entry, dict) or entry.keys() != {"class", "config"}:
            raise PainterError(f"the shape of {part} has not just a class and a config")
        kind, config = entry["class"], entry["config"]
        if kind not in CLASSES:
            raise PainterError(f"{part}: the class {kind!r} is not known")
        if not isinstance(config, dict):
            raise PainterError(f"{part}: its config is not an object")
        for key in _keys(config):
            if key.startswith(REFUSED):
                raise PainterError(f"{part}: the key {key!r} is not allowed")
        found[part] = Shape(kind, config)
    return found


def build(shape: Shape, device: str = "meta") -> Any:
    """Return the part, in float32 and for inference; on "meta" its weights take no memory.

    Buffers that the constructor computes, as those of rotary embeddings, are real even on "meta".
    Raises PainterError when the class does not know the configuration.
    """
    from contextlib import nullcontext

    import torch

    package, config_class = CLASSES[shape.kind]
    module = import_module(package)
    made_from = getattr(module, config_class or shape.kind)
    unknown = sorted(set(shape.config) - set(signature(made_from.__init__).parameters))
    if unknown:
        raise PainterError(f"{shape.kind} knows no {', '.join(unknown)}")
    if shape.kind in SCHEDULERS:
        return made_from(**shape.config)
    from accelerate import init_empty_weights

    with (
        init_empty_weights() if device == "meta" else nullcontext(),
        torch.device("cpu" if device == "meta" else device),
    ):
        made = made_from(**shape.config)
        network = getattr(module, shape.kind)(made) if config_class else made
    return network.eval().requires_grad_(False)


def load(
    shape: Shape,
    weights: Sequence[Path],
    dtype: "torch.dtype",
    device: str,
    kind: Kind = "none",
    lora: Lora | None = None,
) -> Generator[int, None, Any]:
    """Return the network with the weights of safetensors files, read one after the other.

    Yields the bytes of each tensor once it is in its place. Floating-point weights come as dtype;
    what the constructor computed keeps its own. A block is quantised as kind says as soon as it is
    whole, so that the rest needs no room; lora is added before. Raises PainterError unless the
    files have exactly the network's tensors, each with its shape, and the LoRA fits.
    """
    network = build(shape)
    waiting = _blocks(network) if kind != "none" else {}
    state = network.state_dict()
    wanted = {name: tensor.shape for name, tensor in state.items()}
    tied = _tied(network)
    seen: set[str] = set()
    for file, name, tensor in _tensors(weights):
        if name not in wanted or name in seen:
            reason = "stands there twice" if name in seen else f"is none of {shape.kind}"
            raise PainterError(f"“{file.name}” does not fit: its tensor {name} {reason}")
        if tensor.shape != wanted[name]:
            raise PainterError(
                f"“{file.name}” does not fit: {name} has the shape {tuple(tensor.shape)},"
                f" not {tuple(wanted[name])}"
            )
        if tensor.is_floating_point() != state[name].is_floating_point():
            raise PainterError(f"“{file.name}” does not fit: {name} holds {tensor.dtype}")
        seen.add(name)
        size = tensor.nbytes
        if tensor.is_floating_point():
            tensor = (lora.merged(name, tensor) if lora else tensor).to(dtype)
        put(network, name, tensor.to(device))
        block = next((block for block in waiting if name.startswith(f"{block}.")), "")
        if block:
            waiting[block].discard(name)
            if not waiting[block]:
                del waiting[block]
                _quantise(network.get_submodule(block), kind)
        yield size
    if lora is not None and lora.unused:
        raise PainterError(f"the LoRA is for another network: none has {min(lora.unused)}")
    missing = sorted(wanted.keys() - seen - tied)
    if missing:
        raise PainterError(
            f"the files of {shape.kind} are not whole: {missing[0]} is missing"
            + (f", and {len(missing) - 1} more" if missing[1:] else "")
        )
    if tied - seen:
        network.tie_weights()
    return network.to(device).eval()


def quantised(network: Any, kind: Kind) -> Any:
    """Return the network with the linear layers of its blocks in 8 or 4 bits; changed in place.

    Everything outside the repeated blocks, such as embeddings, keeps its type. int8 halves the
    blocks' bytes, uint4 leaves 31 %. Source: SDNQ; measured in tests/benchmarks.
    """
    for block in blocks(network) if kind != "none" else ():
        _quantise(block, kind)
    return network


def _quantise(block: Any, kind: Kind) -> None:
    # It would compile its kernels, for which few machines of users have a compiler.
    os.environ.setdefault("SDNQ_USE_TORCH_COMPILE", "0")
    os.environ.setdefault("SDNQ_USE_OPENVINO_MM", "0")
    from sdnq.quantizer import sdnq_post_load_quant

    # The rotation costs nothing in size and a third of the error where weights have outliers.
    sdnq_post_load_quant(
        block, weights_dtype=kind, use_hadamard=kind == "uint4", add_skip_keys=False
    )


def compiled(network: Any, device: "torch.device") -> bool:
    """Let each block be compiled at its first call: that takes minutes, later ones are faster.

    False where there is no compiler for the device; a block that can't be compiled runs as it is.
    """
    import torch._dynamo

    if not (find_spec("triton") if device.type == "cuda" else which("c++")):
        return False
    torch._dynamo.config.suppress_errors = True
    for block in blocks(network):
        block.compile()
    return True


def tiled(vae: Any, tiling: bool = True) -> None:
    """Let a VAE work in tiles of TILE pixels a side, for which memory is planned, or not."""
    if not tiling:
        vae.disable_tiling()
        return
    vae.enable_tiling()
    if hasattr(vae, "tile_sample_min_size"):
        vae.tile_sample_min_size, vae.tile_latent_min_size = TILE, TILE // 8
    else:
        vae.tile_sample_min_height = vae.tile_sample_min_width = TILE
        vae.tile_sample_stride_height = vae.tile_sample_stride_width = TILE * 3 // 4


def linear_layers(network: Any) -> list[Any]:
    """Return the layers that `quantised` changes."""
    from torch.nn import Linear

    return [
        layer for block in blocks(network) for layer in block.modules() if isinstance(layer, Linear)
    ]


def blocks(network: Any) -> list[Any]:
    """Return the repeated blocks, which `quantised` changes and which can be moved one by one."""
    return [network.get_submodule(name) for name in _blocks(network)]


def _blocks(network: Any) -> dict[str, set[str]]:
    """Return the repeated blocks by name, each with the names of its weights."""
    from torch.nn import ModuleList

    found: dict[str, set[str]] = {}
    for name, part in network.named_modules():
        if isinstance(part, ModuleList) and not any(name.startswith(f"{b}.") for b in found):
            for number, block in enumerate(part):
                place = f"{name}.{number}"
                found[place] = {f"{place}.{weight}" for weight in block.state_dict()}
    return found


def _keys(value: Any) -> Iterator[str]:
    """Yield every key of nested JSON values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _tensors(weights: Sequence[Path]) -> "Iterator[tuple[Path, str, torch.Tensor]]":
    from safetensors import SafetensorError, safe_open

    for path in weights:
        try:
            with safe_open(path, framework="pt") as file:
                for name in file.keys():  # noqa: SIM118, it is no mapping
                    yield path, name, file.get_tensor(name)
        except (OSError, SafetensorError) as error:
            raise PainterError(f"“{path.name}” can't be read: {error}") from error


def _tied(network: Any) -> set[str]:
    """Return the names of weights that are others' too and need not stand in a file."""
    config = getattr(network, "config", None)
    if not getattr(config, "tie_word_embeddings", False):
        return set()
    return set(getattr(network, "_tied_weights_keys", None) or ())


def put(network: Any, name: str, tensor: "torch.Tensor") -> None:
    """Put a tensor in the place of the parameter or buffer of this name."""
    import torch

    place, _, last = name.rpartition(".")
    owner = network.get_submodule(place)
    if last in owner._parameters:
        owner._parameters[last] = torch.nn.Parameter(tensor, requires_grad=False)
    else:
        owner._buffers[last] = tensor
