"""Networks in 8 and 4 bits: smaller, close to the whole ones, filled block by block from files."""

from pathlib import Path

import pytest
import torch
from drained import result_of
from safetensors.torch import save_file

from inference.packs.estimates import network_bytes
from inference.painter.pixels.networks import (
    Kind,
    Shape,
    blocks,
    build,
    linear_layers,
    load,
    quantised,
    shapes,
)

torch.set_num_threads(1)
ERRORS = {"int8": 0.02, "uint4": 0.15}
SHARES = {"int8": 0.52, "uint4": 0.33}


@pytest.fixture
def shape() -> Shape:
    """Return klein's transformer, as small as it can be quantised."""
    return shapes("klein")["transformer"].changed(
        num_layers=1,
        num_single_layers=2,
        num_attention_heads=2,
        joint_attention_dim=256,
        in_channels=16,
    )


def made(shape: Shape) -> torch.nn.Module:
    torch.manual_seed(0)
    network: torch.nn.Module = build(shape, "cpu")
    return network


def painted(network: torch.nn.Module) -> torch.Tensor:
    torch.manual_seed(1)
    ids = torch.zeros(1, 16, 4)
    ids[0, :, 1] = torch.arange(16)
    with torch.no_grad():
        (out,) = network(
            hidden_states=torch.randn(1, 16, 16),
            encoder_hidden_states=torch.randn(1, 8, 256),
            timestep=torch.tensor([0.5]),
            img_ids=ids,
            txt_ids=torch.zeros(1, 8, 4),
            guidance=None,
            return_dict=False,
        )
    assert isinstance(out, torch.Tensor)
    return out


def size(network: torch.nn.Module) -> int:
    return sum(weight.numel() * weight.element_size() for weight in network.parameters())


@pytest.mark.parametrize("kind", ["int8", "uint4"])
def test_bytes_shrink_and_pictures_stay_close(shape: Shape, kind: Kind) -> None:
    whole = painted(network := made(shape))
    before = sum(size(block) for block in blocks(network)) / 2  # as half precision has them
    outside = size(network) - 2 * before
    layers = len(linear_layers(network))
    small = quantised(network, kind)
    assert size(small) - outside < SHARES[kind] * before
    error = (painted(small) - whole).norm() / whole.norm()
    assert 0 < error < ERRORS[kind]
    assert layers == 12 + 2 * 2  # of the double block, and of each single one


def test_none_changes_nothing(shape: Shape) -> None:
    network = made(shape)
    whole = painted(network)
    assert quantised(network, "none") is network
    assert torch.equal(painted(network), whole)


@pytest.mark.parametrize("kind", ["int8", "uint4"])
def test_files_are_quantised_as_they_are_read(tmp_path: Path, shape: Shape, kind: Kind) -> None:
    network = made(shape)
    tensors = network.state_dict()
    names = sorted(tensors)
    files = [tmp_path / f"{piece}.safetensors" for piece in range(3)]
    for piece, path in enumerate(files):
        save_file({name: tensors[name] for name in names[piece::3]}, path)
    read = result_of(load(shape, files, torch.float32, "cpu", kind))
    torch.testing.assert_close(painted(read), painted(quantised(network, kind)))
    assert not any(weight.is_meta for weight in read.parameters())
    assert sum(load(shape, files, torch.float32, "cpu", kind)) == sum(
        tensor.nbytes for tensor in tensors.values()
    )
    again = result_of(load(shape, files, torch.float32, "cpu", kind))
    assert torch.equal(painted(again), painted(read))


def test_an_embedding_keeps_its_type() -> None:
    shape = shapes("klein")["text_encoder"].changed(
        vocab_size=64,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
    )
    small = quantised(made(shape), "uint4")
    assert small.lm_head.weight is small.model.embed_tokens.weight
    tokens = torch.arange(6)[None]
    with torch.no_grad():
        states = small(tokens, output_hidden_states=True).hidden_states
    assert len(states) == 3
    assert all(bool(state.isfinite().all()) for state in states)


def test_the_planner_counts_what_quantising_leaves() -> None:
    for painter, part in (("klein", "transformer"), ("qwen-edit", "transformer")):
        whole, half, quarter = (
            network_bytes(painter, part, kind) for kind in ("none", "int8", "uint4")
        )
        assert 0.5 < half / whole < 0.53
        assert 0.31 < quarter / whole < 0.36
