"""A LoRA in the weights of a tiny network: as diffusers fuses it, in every spelling, or refused."""

from pathlib import Path

import pytest
import torch
from drained import result_of
from safetensors.torch import save_file
from torch import Tensor

from inference.painter.drawing import PainterError
from inference.painter.pixels.lora import Lora
from inference.painter.pixels.networks import Kind, Shape, build, load, quantised, shapes

RANK, WIDTH, ALPHA = 4, 48, 2.0
LAYERS = (
    "transformer_blocks.0.attn.to_q",
    "transformer_blocks.0.attn.to_out.0",
    "transformer_blocks.1.img_mlp.net.2",
)
SPELLINGS = {"down": ("lora_down", "lora_up"), "A": ("lora_A", "lora_B")}
Tensors = dict[str, Tensor]


@pytest.fixture(scope="module")
def shape() -> Shape:
    """Qwen-Image-Edit's transformer, as small as it can be quantised."""
    torch.set_num_threads(1)
    return shapes("qwen-edit")["transformer"].changed(
        in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16,
        num_attention_heads=3, joint_attention_dim=16, axes_dims_rope=[8, 4, 4],
    )  # fmt: skip


@pytest.fixture
def network(shape: Shape) -> torch.nn.Module:
    torch.manual_seed(0)
    made: torch.nn.Module = build(shape, "cpu")
    return made


@pytest.fixture
def weights(network: torch.nn.Module, tmp_path: Path) -> list[Path]:
    return [written(tmp_path / "weights.safetensors", dict(network.state_dict()))]


def written(path: Path, tensors: Tensors) -> Path:
    save_file({name: tensor.clone() for name, tensor in tensors.items()}, path)
    return path


def pairs(network: torch.nn.Module, spelling: str, prefix: str = "") -> Tensors:
    generator = torch.Generator().manual_seed(1)
    down, up = SPELLINGS[spelling]
    found = {}
    for layer in LAYERS:
        rows, columns = network.get_submodule(layer).weight.shape  # type: ignore[misc, union-attr]
        found[f"{prefix}{layer}.{down}.weight"] = torch.randn(RANK, columns, generator=generator)
        found[f"{prefix}{layer}.{up}.weight"] = torch.randn(rows, RANK, generator=generator)
    return found


def alphas(prefix: str = "") -> Tensors:
    return {f"{prefix}{layer}.alpha": torch.tensor(ALPHA) for layer in LAYERS}


def read(shape: Shape, weights: list[Path], lora: Path, kind: Kind = "none") -> torch.nn.Module:
    loading = load(shape, weights, torch.float32, "cpu", kind, Lora(lora))
    network: torch.nn.Module = result_of(loading)
    return network


def assert_equal(one: torch.nn.Module, other: Tensors, **how: float) -> None:
    mine = one.state_dict()
    assert mine.keys() == other.keys()
    for name, tensor in other.items():
        torch.testing.assert_close(mine[name], tensor, **how)


@pytest.mark.parametrize("prefix", ["", "transformer.", "diffusion_model."])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_weights_get_what_both_matrices_make(
    shape: Shape, network, weights, tmp_path: Path, spelling: str, prefix: str
) -> None:
    given = pairs(network, spelling, prefix)
    lora = written(tmp_path / "lora.safetensors", given | alphas(prefix))
    wanted = dict(network.state_dict())
    down, up = SPELLINGS[spelling]
    for layer in LAYERS:
        a, b = (given[f"{prefix}{layer}.{one}.weight"] for one in (down, up))
        wanted[f"{layer}.weight"] = wanted[f"{layer}.weight"] + ALPHA / RANK * (b @ a)
    merged = read(shape, weights, lora)
    assert_equal(merged, wanted, atol=1e-5, rtol=0)
    changed = {n for n, t in merged.state_dict().items() if not t.equal(network.state_dict()[n])}
    assert changed == {f"{layer}.weight" for layer in LAYERS}


@pytest.mark.parametrize(
    ("spelling", "prefix"), [("down", ""), ("down", "diffusion_model."), ("A", "transformer.")]
)
def test_it_is_fused_as_the_stock_pipeline_fuses_it(
    shape: Shape, network, weights, tmp_path: Path, spelling: str, prefix: str
) -> None:
    from diffusers import QwenImageEditPlusPipeline

    given = pairs(network, spelling, prefix)
    given |= alphas(prefix) if spelling == "down" else {}  # with the other they are all the rank
    lora = written(tmp_path / "lora.safetensors", given)
    ours = read(shape, weights, lora)
    pipeline = QwenImageEditPlusPipeline(None, None, None, None, None, network)
    pipeline.load_lora_weights(str(tmp_path), weight_name=lora.name)
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    assert_equal(ours, network.state_dict(), atol=1e-5, rtol=0)


def test_it_is_merged_before_the_weights_are_quantised(
    shape: Shape, network, weights, tmp_path: Path
) -> None:
    lora = written(tmp_path / "lora.safetensors", pairs(network, "down"))
    small = read(shape, weights, lora, "int8")
    after = quantised(read(shape, weights, lora), "int8")
    plain = quantised(network, "int8").state_dict()
    assert_equal(small, after.state_dict(), atol=0, rtol=0)
    assert any(not tensor.equal(plain[name]) for name, tensor in small.state_dict().items())


def spoilt(tensors: Tensors, how: str) -> Tensors:
    layer = LAYERS[1]
    down, up = f"{layer}.lora_down.weight", f"{layer}.lora_up.weight"
    match how:
        case "half":
            del tensors[up]
        case "empty":
            tensors = {f"{layer}.alpha": torch.tensor(1.0)}
        case "stranger":
            tensors["proj_out.diff"] = torch.zeros(3)
        case "vector":
            tensors[down] = tensors[down].flatten()
        case "alpha":
            tensors[f"{layer}.alpha"] = torch.ones(2)
        case "narrow":
            tensors[down] = tensors[down][:, 1:]
        case "rank":
            tensors[down] = tensors[down][1:]
        case "unused":
            tensors |= {f"another.{name}": tensors[name] for name in (down, up)}
    return tensors


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("half", "“lora.safetensors” holds no whole LoRA"),
        ("empty", "“lora.safetensors” holds no whole LoRA"),
        ("stranger", "holds proj_out.diff, which is of no LoRA"),
        ("vector", f"holds {LAYERS[1]}.lora_down.weight, which is of no LoRA"),
        ("alpha", f"holds {LAYERS[1]}.alpha, which is of no LoRA"),
        ("narrow", f"does not fit the layer {LAYERS[1]}"),
        ("rank", f"does not fit the layer {LAYERS[1]}"),
        ("unused", f"is for another network: none has another.{LAYERS[1]}"),
    ],
)
def test_what_does_not_fit_is_refused(
    shape: Shape, network, weights, tmp_path: Path, how: str, sentence: str
) -> None:
    lora = written(tmp_path / "lora.safetensors", spoilt(pairs(network, "down"), how))
    with pytest.raises(PainterError, match=sentence):
        read(shape, weights, lora)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lora.safetensors"
    path.write_bytes(b"no tensors")
    with pytest.raises(PainterError, match=r"“lora\.safetensors” can't be read"):
        Lora(path)
