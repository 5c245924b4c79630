"""A transformer that comes to the card block by block, with "meta" in the card's place."""

from collections.abc import Sequence
from shutil import which
from typing import Any

import pytest
import torch
from test_assembling import Moves
from tiny_networks import tiny_cosmos, tiny_klein, tiny_qwen_image
from torch import Tensor, nn
from torch._dynamo.utils import counters
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from inference.packs.manifest import shipped
from inference.packs.plan import Phase, plan
from inference.painter.arbiter import Arbiter
from inference.painter.pixels.cosmos import CLEAN, projected, velocity
from inference.painter.pixels.networks import blocks, compiled, quantised
from inference.painter.pixels.placing import Placing

GIB = 2**30
META, CPU = torch.device("meta"), torch.device("cpu")
KINDS = ("klein", "qwen-edit", "cosmos")


class Block(nn.Module):
    """A class of its own, for torch compiles none of torch's."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(256, 256)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.layer(x)
        return made


class Rooted(nn.Module):
    """A network with a weight of its own, beside its blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(256))
        self.register_buffer("scale", torch.rand(256))
        self.transformer_blocks = nn.ModuleList(Block() for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        x = x * self.scale + self.places
        for block in self.transformer_blocks:
            x = block(x)
        return x


def made(kind: str, folder: Any) -> Any:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    match kind:
        case "klein":
            return tiny_klein(folder).transformer
        case "qwen-edit":
            return tiny_qwen_image()[0]
        case "cosmos":
            return tiny_cosmos()[0]
    return Rooted()


@torch.no_grad()
def called(kind: str, network: Any, device: torch.device) -> Tensor:
    """Return what a family gets of its network."""
    generator = torch.Generator().manual_seed(3)

    def some(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).to(device)

    half = torch.full((1,), 0.5, device=device)
    if kind == "klein":
        ids = torch.zeros(1, 12, 4, device=device)
        found = network(
            hidden_states=some(1, 12, 16), encoder_hidden_states=some(1, 5, 48), timestep=half,
            img_ids=ids, txt_ids=ids[:, :5], guidance=None, return_dict=False,
        )[0]  # fmt: skip
    elif kind == "qwen-edit":
        found = network(
            hidden_states=some(1, 12, 16), encoder_hidden_states=some(1, 5, 16), timestep=half,
            encoder_hidden_states_mask=None, img_shapes=[[(1, 3, 4)]], return_dict=False,
        )[0]  # fmt: skip
    elif kind == "cosmos":
        frame, x, text = (
            some(1, 16, 1, 4, 6),
            some(1, 16, 1, 6, 8),
            projected(network, some(1, 5, 24), device),
        )
        found = velocity(network, [(-1, frame, CLEAN), (0, x, 0.5)], text)
    else:
        found = network(some(2, 256))
    assert isinstance(found, Tensor)
    return found


def placed(network: Any, device: torch.device) -> tuple[Placing, Arbiter]:
    carded = shipped("qwen-edit-24")
    streamed = plan(carded, 12 * GIB, 24 * GIB)
    assert streamed.residency == "one block"
    arbiter = Arbiter(streamed, Moves())
    placing = Placing(arbiter, {"transformer": network}, device)
    placing("paint")
    return placing, arbiter


def tensors(*modules: Any) -> list[Tensor]:
    return [t for m in modules for t in (*m.parameters(), *m.buffers())]


class OnCard(TorchDispatchMode):
    """Counts the blocks that are on the card; lets no operation reach for what is not there."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self._blocks = blocks(network)
        self.most = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        if func not in (torch.ops.aten._to_copy.default, torch.ops.aten.detach.default):
            leaves = tree_leaves((args, kwargs))
            away = [t for t in leaves if isinstance(t, Tensor) and t.ndim and not t.is_meta]
            assert not away or all(not t.is_meta for t in leaves if isinstance(t, Tensor)), func
        there = [block for block in self._blocks if any(t.is_meta for t in tensors(block))]
        self.most = max(self.most, len(there))
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("kind", [*KINDS, "rooted"])
def test_each_block_is_there_for_its_call_and_all_else_stays(kind: str, tmp_path: Any) -> None:
    network = made(kind, tmp_path)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    inside = {id(tensor) for tensor in tensors(*blocks(network))}
    placed(network, META)
    assert all(t.is_meta == (id(t) not in inside) for t in tensors(network))
    with OnCard(network) as seen:
        assert called(kind, network, META).is_meta
    assert seen.most == 1
    for name, tensor in network.state_dict().items():
        assert tensor.is_meta or torch.equal(tensor, before[name])
    assert sum(not tensor.is_meta for tensor in tensors(network)) == len(inside) > 0


@pytest.mark.parametrize("kind", [*KINDS, "rooted"])
def test_the_picture_is_that_of_a_network_that_stays(kind: str, tmp_path: Any) -> None:
    network = made(kind, tmp_path)
    resident = called(kind, network, CPU)
    placing, arbiter = placed(network, CPU)
    placing("paint")  # a second picture: nothing is hooked twice
    assert torch.equal(called(kind, network, CPU), resident)
    assert "transformer" in arbiter.held
    arbiter.enter(Phase.WRITE)
    assert arbiter.held == ()
    assert torch.equal(called(kind, network, CPU), resident)


def test_a_quantised_block_visits_too() -> None:
    network = quantised(made("rooted", None).requires_grad_(False), "int8")
    assert any(tensor.dtype is torch.int8 for tensor in tensors(*blocks(network)))
    resident = called("rooted", network, CPU)
    placed(network, CPU)
    assert torch.equal(called("rooted", network, CPU), resident)


@pytest.mark.skipif(not which("c++"), reason="nothing compiles here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_compiled_blocks_give_the_same_and_visit_as_they_were() -> None:
    network = made("rooted", None)
    plain = called("rooted", network, CPU)
    assert compiled(network, CPU)
    torch.testing.assert_close(called("rooted", network, CPU), plain)
    assert counters["stats"]["unique_graphs"] > 0
    block = network.transformer_blocks[0]
    assert block._compiled_call_impl is not None
    placed(network, CPU)
    assert block._compiled_call_impl is None
    assert torch.equal(called("rooted", network, CPU), plain)


def test_a_block_that_fails_goes_home() -> None:
    network = made("rooted", None)
    placed(network, META)
    with pytest.raises(RuntimeError):
        network.transformer_blocks[1](torch.zeros(2, 5, device=META))
    assert not any(tensor.is_meta for tensor in tensors(*blocks(network)))
