"""Measures how much memory the full-size networks of the painters work with; needs no card.

python -m inference.tuning.peaks

Runs each class under torch's FakeTensorMode, which computes shapes and no numbers, and follows the
lifetime of every storage. Writes assets/networks/memory.json, which the planner reads.
"""

import importlib.metadata
import json
import sys
import weakref
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from inference.packs.estimates import PROMPT, Case
from inference.painter.pixels.cosmos import CLEAN, projected, velocity
from inference.painter.pixels.family import CPU
from inference.painter.pixels.networks import (
    Shape,
    blocks,
    build,
    linear_layers,
    put,
    quantised,
    shapes,
    tiled,
)

DTYPE = torch.bfloat16
SQUARES = (512, 768, 1024, 1536)
ALONE = tuple(Case(size, 0, 0) for size in SQUARES)
REFERRING = (
    Case(640, 1, 512),
    Case(768, 2, 512),
    Case(1024, 2, 768),
    Case(1024, 3, 1024),
    Case(1024, 4, 1024),
)
LAYER = 1024  # channels in and out of the layer on which taking numbers out of 4 bits is measured


class Peak(TorchDispatchMode):
    """Follows the bytes of live storages that come into being under it; `known` count nothing."""

    def __init__(self, known: Iterable[Tensor] = ()) -> None:
        super().__init__()
        self.live = 0
        self.peak = 0
        self._seen: dict[int, weakref.ref[Any]] = {}
        for tensor in known:
            self._follow(tensor, counts=False)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        """Run the operation and count what it made."""
        made = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(made):
            if isinstance(leaf, Tensor):
                self._follow(leaf, counts=True)
        return made

    def _follow(self, tensor: Tensor, counts: bool) -> None:
        storage = tensor.untyped_storage()
        key = id(storage)
        if key in self._seen:
            return
        size = storage.nbytes() if counts else 0

        def gone(_: object) -> None:
            self._seen.pop(key, None)
            self.live -= size

        self._seen[key] = weakref.ref(storage, gone)
        self.live += size
        self.peak = max(self.peak, self.live)


class Bench:
    """One network in full size, of fake tensors."""

    def __init__(self, shape: Shape) -> None:
        self.network = build(shape)
        self._mode = FakeTensorMode(allow_non_fake_inputs=True)
        with self._mode:
            for name, tensor in list(self.network.state_dict().items()):
                floats = tensor.is_floating_point()
                put(self.network, name, torch.empty(tensor.shape, dtype=DTYPE if floats else None))

    def peak(self, call: Any) -> int:
        """Return the bytes that call(network) works with beyond weights and inputs."""
        with self._mode, torch.no_grad():
            given = call(None)
            known = [*self.network.parameters(), *self.network.buffers()]
            follower = Peak(
                [*known, *(leaf for leaf in tree_leaves(given) if torch.is_tensor(leaf))]
            )
            with follower:
                made = call(self.network, given)
            del made
        return follower.peak


def painting(painter: str, case: Case) -> Any:
    """Return a call of the painter's transformer, for Bench.peak."""

    def call(network: Any, given: dict[str, Any] | None = None) -> Any:
        if network is None:
            return _inputs(painter, case)
        if painter == "cosmos":  # its frames go through it as our family sends them
            return velocity(network, **(given or {}))
        return network(**(given or {}), return_dict=False)

    return call


def projecting(network: Any, given: dict[str, Any] | None = None) -> Any:
    """Project a text as the family of Cosmos does, for Bench.peak."""
    if network is None:
        return {"text": torch.zeros(1, PROMPT, 100_352)}
    return projected(network, **(given or {}), device=CPU)


def _inputs(painter: str, case: Case) -> dict[str, Any]:
    """Return what the pipeline gives its transformer: one picture and its references."""
    batch, text, image = case.batch, case.text(painter), case.images()

    def zeros(*shape: int) -> Tensor:
        return torch.zeros(batch, *shape, dtype=DTYPE)

    if painter == "klein":
        return {
            "hidden_states": zeros(image, 128),
            "encoder_hidden_states": zeros(text, 7680),
            "timestep": zeros(),
            "img_ids": zeros(image, 4),
            "txt_ids": zeros(text, 4),
            "guidance": None,
        }
    if painter == "qwen-edit":
        sides = [case.size] + [case.reference_size] * case.references
        return {
            "hidden_states": zeros(image, 64),
            "encoder_hidden_states": zeros(text, 3584),
            "encoder_hidden_states_mask": None,
            "timestep": zeros(),
            "img_shapes": [[(1, side // 16, side // 16) for side in sides]] * batch,
        }
    frames = [
        (time, torch.zeros(1, 16, 1, side // 8, side // 8), level)
        for time, side, level in (
            *((-1 - place, case.reference_size, CLEAN) for place in range(case.references)),
            (0, case.size, 0.5),
        )
    ]
    return {"frames": frames, "text": zeros(text, 1024)}


def picture(method: str, *shape: int) -> Any:
    """Return a call of a VAE's encode or decode, for Bench.peak."""

    def call(network: Any, given: dict[str, Any] | None = None) -> Any:
        if network is None:
            return {"x" if method == "encode" else "z": torch.zeros(1, *shape, dtype=DTYPE)}
        return getattr(network, method)(**(given or {}), return_dict=False)

    return call


def reading(network: Any, given: dict[str, Any] | None = None) -> Any:
    """Call a text encoder as the pipeline does, for Bench.peak."""
    if network is None:
        return {"input_ids": torch.zeros(1, PROMPT, dtype=torch.long)}
    mask = torch.ones(1, PROMPT, dtype=torch.long)
    given = given or {}
    return network(**given, attention_mask=mask, output_hidden_states=True, use_cache=False)


def vae_peaks(shape: Shape) -> dict[str, list[list[int]]]:
    """Return [pixels, bytes] of encoding, decoding, and decoding in tiles."""
    flat = shape.kind == "AutoencoderKLFlux2"
    channels = shape.config["latent_channels"] if flat else shape.config["z_dim"]
    frames = () if flat else (1,)
    bench, found = Bench(shape), {}
    for what in ("encode", "decode", "tiled"):
        if what == "tiled":
            tiled(bench.network)
        method, depth, scale = ("encode", 3, 1) if what == "encode" else ("decode", channels, 8)
        found[what] = [
            [s * s, bench.peak(picture(method, depth, *frames, s // scale, s // scale))]
            for s in SQUARES
        ]
    return found


def painter_peaks(name: str) -> dict[str, Any]:
    """Return the table of one painter: its peaks and how its weights divide."""
    parts = shapes(name)
    bench = Bench(parts["transformer"])
    found: dict[str, Any] = {
        what: [[case.tokens(name), bench.peak(painting(name, case))] for case in cases]
        for what, cases in (("alone", ALONE), ("referring", REFERRING))
    }
    if name == "cosmos":
        found["projecting"] = [[PROMPT, bench.peak(projecting)]]
    found |= vae_peaks(parts["vae"])
    if "text_encoder" in parts:
        found["text_encoder"] = [[PROMPT, Bench(parts["text_encoder"]).peak(reading)]]
    weights = {
        part: divided(parts[part])
        for part in ("transformer", "vae", "text_encoder")
        if part in parts
    }
    return {"peaks": found, "weights": weights}


def divided(shape: Shape) -> dict[str, int]:
    """Return how many numbers stand in blocks' linear layers, elsewhere, in the largest of both."""
    network = build(shape)
    inside = [layer.weight.numel() for layer in linear_layers(network)]
    # A tied weight is one parameter under two names; meta tensors don't show it.
    tied = network.lm_head.weight.numel() if hasattr(network, "lm_head") else 0
    count = sum(parameter.numel() for parameter in network.parameters()) - tied
    largest = max(
        (sum(p.numel() for p in block.parameters()) for block in blocks(network)), default=0
    )
    return {
        "blocks": sum(inside),
        "rest": count - sum(inside),
        "widest": max(inside, default=0),
        "block": largest,
    }


def quantising() -> dict[str, dict[str, float]]:
    """Return, per kind, bytes of a quantised number and bytes that using one takes meanwhile."""
    found = {}
    for kind in ("int8", "uint4"):
        torch.manual_seed(0)
        network = torch.nn.Module()
        layer = torch.nn.Linear(LAYER, LAYER, bias=False, dtype=DTYPE)
        network.layers = torch.nn.ModuleList([torch.nn.Sequential(layer)])
        quantised(network, kind)
        size = sum(tensor.numel() * tensor.element_size() for tensor in network.parameters())
        given = torch.zeros(1, LAYER, dtype=DTYPE)
        with torch.no_grad():
            network.layers[0](given)  # what is kept between calls is made at the first
            with Peak([given, *network.parameters()]) as follower:
                network.layers[0](given)
        count = LAYER * LAYER
        found[kind] = {"weight": size / count, "use": round(follower.peak / count, 2)}
    return found


def main() -> int:
    """Measure all and write the table."""
    torch.set_num_threads(1)
    table: dict[str, Any] = {
        "versions": {
            name: importlib.metadata.version(name)
            for name in ("torch", "diffusers", "transformers", "sdnq")
        },
        "dtype": "bfloat16",
        "quantised": quantising(),
        "painters": {name: painter_peaks(name) for name in ("klein", "qwen-edit", "cosmos")},
    }
    path = Path(str(files("assets") / "networks" / "memory.json"))
    path.write_text(_readable(table) + "\n", encoding="utf-8")
    print(path)
    return 0


def _readable(value: Any, depth: int = 0) -> str:
    """Return JSON with pairs of numbers on one line."""
    pad = "  " * (depth + 1)
    if isinstance(value, dict):
        rows = (f"{pad}{json.dumps(key)}: {_readable(v, depth + 1)}" for key, v in value.items())
        return "{\n" + ",\n".join(rows) + "\n" + "  " * depth + "}"
    return json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())
