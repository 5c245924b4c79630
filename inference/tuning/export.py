"""Writes a trained painter as ONNX: stored in half precision, computed in float32.

Three graphs, by how often they run: connector.onnx once a token of text, keys.onnx once a picture,
denoise.onnx once a denoising step and branch. Beside them sprites.npz (the codec's embeddings, the
token that stands for no text) and painter.json (shape, sampler, what it was trained with).
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.export import Dim

from inference.painter.connector import Connector, concatenated
from inference.painter.duogen.codec import Embeddings
from inference.painter.duogen.transformer import Packed, Pointer, Transformer
from inference.painter.duogen.weights import VERSION, Settings
from inference.tuning.objective import SHIFT, Sampler


class ConnectorGraph(nn.Module):
    """states (n, layers, width) -> (n, context)."""

    def __init__(self, connector: Connector) -> None:
        super().__init__()
        self.connector = connector

    def forward(self, states: Tensor) -> Tensor:
        """Return the connector's output."""
        out: Tensor = self.connector(concatenated(states))
        return out


class KeysGraph(nn.Module):
    """context (m, context), recent (m,) -> keys and values (depth, 2, m, width), and the pointer's.

    The pointer's lie side by side, (m, width + HEADS * channels).
    """

    def __init__(self, transformer: Transformer) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, context: Tensor, recent: Tensor) -> tuple[Tensor, Tensor]:
        """Return all blocks' keys and values, and the pointer's."""
        *blocks, pointer = self.transformer.keys_of(context, recent)
        return torch.stack([torch.stack(pair) for pair in blocks]), torch.cat(pointer, -1)


class DenoiseGraph(nn.Module):
    """One sample's slots and its keys -> the predicted x0 of every slot."""

    def __init__(self, transformer: Transformer) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(
        self,
        latents: Tensor,
        sigmas: Tensor,
        times: Tensor,
        slots: Tensor,
        keys: Tensor,
        pointer: Tensor,
    ) -> Tensor:
        """Return (n, channels)."""
        empty = torch.empty(0)
        packed = Packed(latents, sigmas, times, slots, [0], empty, empty, [0])
        width = self.transformer.shape.width
        pairs = [(keys[k, 0], keys[k, 1]) for k in range(self.transformer.shape.depth)]
        pairs.append((pointer[:, :width], pointer[:, width:]))
        return self.transformer.denoise(packed, pairs, [0])


@dataclass(frozen=True)
class ReadBy:
    """The reader that a painter is trained with: its layers, its file, its adapter if any."""

    layers: int
    file: Path
    adapter: Path | None


def write_painter(
    folder: Path,
    connector: Connector,
    transformer: Transformer,
    reader: ReadBy,
    embeddings: Embeddings,
    sampler: Sampler,
) -> None:
    """Write everything that DuoGen (painter/duogen/weights.py) reads, painter.json last.

    connector: over full features (connector.unfolded).
    """
    _write_graphs(folder, connector, transformer, reader.layers, embeddings)
    files = sorted(path for path in folder.iterdir() if path.suffix in (".onnx", ".npz"))
    settings = Settings(
        version=VERSION,
        layers=reader.layers,
        states=connector.linear.in_features // reader.layers,
        context=transformer.shape.context,
        channels=transformer.shape.channels,
        denoising_steps=sampler.denoising_steps,
        guidance_scale=sampler.guidance_scale,
        shift=SHIFT,
        reader=_sha256(reader.file),
        adapter=_sha256(reader.adapter) if reader.adapter else "",
        files={path.name: _sha256(path) for path in files},
    )
    told = json.dumps(asdict(settings), indent=1) + "\n"
    (folder / "painter.json").write_text(told, encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_graphs(
    folder: Path,
    connector: Connector,
    transformer: Transformer,
    layers: int,
    embeddings: Embeddings,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shape = transformer.shape
    tokens, slots = Dim("tokens", min=1), Dim("slots", min=2)
    connector.eval(), transformer.eval()
    width = connector.linear.in_features // layers
    _write(
        folder / "connector.onnx",
        ConnectorGraph(connector),
        {"states": torch.randn(5, layers, width)},
        {"states": {0: tokens}},
        ["context"],
    )
    _write(
        folder / "keys.onnx",
        KeysGraph(transformer),
        {"context": torch.randn(5, shape.context), "recent": torch.ones(5)},
        {"context": {0: tokens}, "recent": {0: tokens}},
        ["keys", "pointer"],
    )
    _write(
        folder / "denoise.onnx",
        DenoiseGraph(transformer),
        {
            "latents": torch.randn(7, shape.channels),
            "sigmas": torch.rand(7),
            "times": torch.zeros(7),
            "slots": torch.arange(7.0),
            "keys": torch.randn(shape.depth, 2, 5, shape.width),
            "pointer": torch.randn(5, shape.width + Pointer.HEADS * shape.channels),
        },
        {
            "latents": {0: slots},
            "sigmas": {0: slots},
            "times": {0: slots},
            "slots": {0: slots},
            "keys": {2: tokens},
            "pointer": {0: tokens},
        },
        ["x0"],
    )
    np.savez_compressed(
        folder / "sprites.npz",
        **embeddings.arrays(np.float16),
        nothing=transformer.nothing.detach().numpy().astype(np.float16),
    )


def _write(
    path: Path,
    graph: nn.Module,
    inputs: dict[str, Tensor],
    shapes: dict[str, dict[int, Dim]],
    outputs: list[str],
) -> None:
    program = torch.onnx.export(
        graph,
        (),
        kwargs=inputs,
        dynamic_shapes=shapes,
        input_names=list(inputs),
        output_names=outputs,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    model = program.model_proto
    halve(model, {name for name, _ in graph.named_parameters()})
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def halve(model: onnx.ModelProto, learnt: set[str]) -> None:
    """Store the learnt weights in half precision, each cast to float32 where it is used.

    Constants stay as they are: an angle of a thousand in half precision is another angle.
    """
    casts = []
    for weights in model.graph.initializer:
        if weights.data_type != TensorProto.FLOAT or weights.name not in learnt:
            continue
        stored = numpy_helper.from_array(
            numpy_helper.to_array(weights).astype(np.float16), f"{weights.name}.half"
        )
        casts.append(helper.make_node("Cast", [stored.name], [weights.name], to=TensorProto.FLOAT))
        weights.CopyFrom(stored)
    for node in reversed(casts):
        model.graph.node.insert(0, node)
