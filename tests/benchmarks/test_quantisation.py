"""Error and size of 8 and 4 bits on one block of klein's real width: who is chosen, and why."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from inference.painter.pixels.networks import build, quantised, shapes

pytestmark = pytest.mark.benchmark
TOKENS, WIDTH = 256, 3072
OUTLIERS = 8.0  # how much larger every hundredth channel is, as trained networks have them


def block(outliers: bool) -> tuple[nn.Module, Callable[[Any], Tensor]]:
    """Return a single-stream block with random weights, and how it is run on random states."""
    torch.manual_seed(0)
    shape = shapes("klein")["transformer"].changed(num_layers=0, num_single_layers=1)
    network = build(shape, "cpu")
    made: nn.Module = network.single_transformer_blocks[0].to(torch.bfloat16)
    for weight in made.parameters():
        if weight.ndim == 2:
            values = torch.randn(weight.shape) * weight.shape[1] ** -0.5
            if outliers:
                values[:, torch.randperm(weight.shape[1])[: weight.shape[1] // 100]] *= OUTLIERS
            weight.data.copy_(values)
    states = torch.randn(1, TOKENS, WIDTH, dtype=torch.bfloat16)
    modulation = torch.randn(1, 1, 3 * WIDTH, dtype=torch.bfloat16) * 0.1
    ids = torch.zeros(TOKENS, 4)
    ids[:, 1] = torch.arange(TOKENS)
    rope = network.pos_embed(ids)

    def run(module: Any) -> Tensor:
        with torch.no_grad():
            out: Tensor = module(
                hidden_states=states,
                encoder_hidden_states=None,
                temb_mod=modulation,
                image_rotary_emb=rope,
            )
        return out.float() - states.float()  # what the block adds

    return made, run


def size(module: nn.Module) -> int:
    tensors = [*module.parameters(), *module.buffers()]
    inner = [
        part
        for tensor in tensors
        for part in ((tensor._data, tensor._scale) if hasattr(tensor, "_scale") else (tensor,))
    ]
    return sum(tensor.numel() * tensor.element_size() for tensor in inner)


def ours(kind: str) -> Callable[[nn.Module], nn.Module]:
    def change(module: nn.Module) -> nn.Module:
        holder = nn.Module()
        holder.blocks = nn.ModuleList([module])
        changed: nn.Module = quantised(holder, kind).blocks[0]  # type: ignore[arg-type]
        return changed

    return change


def sdnq(**settings: Any) -> Callable[[nn.Module], nn.Module]:
    def change(module: nn.Module) -> nn.Module:
        from sdnq.quantizer import sdnq_post_load_quant

        sdnq_post_load_quant(module, add_skip_keys=False, **settings)
        return module

    return change


def quanto(module: nn.Module) -> nn.Module:
    peer = pytest.importorskip("optimum.quanto")
    peer.quantize(module, weights=peer.qint8)
    peer.freeze(module)
    return module


@pytest.mark.parametrize("outliers", [False, True], ids=["normal", "outliers"])
def test_what_quantising_costs(outliers: bool) -> None:
    whole, run = block(outliers)
    expected, before = run(whole), size(whole)
    errors: dict[str, float] = {}
    for name, change in (
        ("int8", ours("int8")),
        ("int8, optimum-quanto", quanto),
        ("uint4", ours("uint4")),
        ("uint4 without rotation", sdnq(weights_dtype="uint4")),
        ("uint4 with SVD", sdnq(weights_dtype="uint4", use_svd=True)),
    ):
        changed = change(copy.deepcopy(whole))
        errors[name] = float((run(changed) - expected).norm() / expected.norm())
        print(f"{name:24} error {errors[name]:.4f}  bytes {size(changed) / before:.3f}")
    assert errors["int8"] <= errors["int8, optimum-quanto"]
    assert errors["uint4"] <= errors["uint4 without rotation"] * 1.02
