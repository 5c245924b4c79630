"""Shapes of the painters' networks: full size on the meta device, tiny ones filled from files."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from drained import result_of
from huggingface_hub import split_torch_state_dict_into_shards
from safetensors.torch import save_file

from inference.packs.manifest import Manifest, Network, catalogue
from inference.painter.drawing import PainterError
from inference.painter.pixels.networks import Shape, build, load, read_shapes, shapes

torch.set_num_threads(1)
NAMES = ("klein", "qwen-edit", "cosmos")
BILLIONS = {"klein": 3.88, "qwen-edit": 20.43, "cosmos": 2.06}  # parameters of the transformers
CODES = {torch.bfloat16: "BF16", torch.float32: "F32", torch.int64: "I64"}
TINY_VAE = {
    "down_block_types": ["DownEncoderBlock2D"] * 2,
    "up_block_types": ["UpDecoderBlock2D"] * 2,
    "block_out_channels": [4, 8],
    "layers_per_block": 1,
    "latent_channels": 4,
    "norm_num_groups": 1,
}
TINY_TEXT = {
    "vocab_size": 64,
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
}


def file_size(tensors: dict[str, torch.Tensor], dtype: torch.dtype) -> int:
    """Return the bytes of a safetensors file, as its format orders and pads the header."""
    kinds = {k: dtype if t.is_floating_point() else t.dtype for k, t in tensors.items()}
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name in sorted(tensors, key=lambda name: (-kinds[name].itemsize, name)):
        tensor, start = tensors[name], end
        end += tensor.numel() * kinds[name].itemsize
        header[name] = {
            "dtype": CODES[kinds[name]],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    length = len(json.dumps(header, separators=(",", ":")))
    return 8 + -(-length // 8) * 8 + end


def networks() -> list[tuple[Manifest, Network]]:
    found = {
        network.files[0].sources: (manifest, network)
        for manifest in catalogue()
        for network in manifest.networks
        if network.part in ("transformer", "vae", "text_encoder")
    }
    return list(found.values())


@pytest.mark.parametrize("name", NAMES)
def test_transformers_have_the_published_number_of_parameters(name: str) -> None:
    network = build(shapes(name)["transformer"])
    count = sum(parameter.numel() for parameter in network.parameters())
    assert round(count / 1e9, 2) == BILLIONS[name]
    assert all(parameter.is_meta for parameter in network.parameters())


@pytest.mark.parametrize(
    ("manifest", "network"), networks(), ids=lambda v: getattr(v, "part", getattr(v, "id", ""))
)
def test_the_sizes_in_manifests_are_those_of_the_shapes(
    manifest: Manifest, network: Network
) -> None:
    tensors = build(shapes(manifest.painter)[network.part]).state_dict()
    tensors.pop("lm_head.weight", None)  # tied to the embedding, as all our text encoders'
    wide = manifest.painter == "cosmos" and network.part == "vae"  # its conversion keeps float32
    dtype = torch.float32 if wide else torch.bfloat16
    halves = {
        name: tensor.to(dtype) if tensor.is_floating_point() else tensor
        for name, tensor in tensors.items()
    }
    limit = "5GB" if network.part == "text_encoder" else "10GB"
    shards = split_torch_state_dict_into_shards(halves, max_shard_size=limit)
    names = shards.filename_to_tensors.values()
    expected = [file_size({name: halves[name] for name in shard}, dtype) for shard in names]
    assert [item.size for item in network.files] == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_a_painter_can_be_made(name: str) -> None:
    for part, shape in shapes(name).items():
        assert type(build(shape)).__name__ == shape.kind, part


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ([], "not an object"),
        ({"vae": {"class": "AutoModel", "config": {}}}, "'AutoModel' is not known"),
        ({"vae": {"class": "AutoencoderKLWan"}}, "just a class and a config"),
        ({"vae": {"class": "AutoencoderKLWan", "config": []}}, "config is not an object"),
        *(
            ({"t": {"class": "Qwen3ForCausalLM", "config": config}}, "is not allowed")
            for config in (
                {"auto_map": {}},
                {"_attn_implementation": "x/y"},
                {"_attn_implementation_internal": "x/y"},
                {"rope_parameters": [{"custom_pipeline": "x"}]},
                {"quantization_config": {}},
            )
        ),
    ],
)
def test_shapes_that_choose_code_are_refused(value: object, sentence: str) -> None:
    with pytest.raises(PainterError, match=sentence):
        read_shapes(value)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(PainterError, match="AutoencoderKLWan knows no depth"):
        build(shapes("cosmos")["vae"].changed(depth=3))


# ---------------------------------------------------------------- files


@pytest.fixture
def vae() -> Shape:
    return shapes("klein")["vae"].changed(**TINY_VAE)


def written(folder: Path, tensors: dict[str, torch.Tensor], pieces: int = 1) -> list[Path]:
    names = sorted(tensors)
    paths = []
    for piece in range(pieces):
        paths.append(folder / f"model-{piece + 1:05}-of-{pieces:05}.safetensors")
        save_file({name: tensors[name] for name in names[piece::pieces]}, paths[-1])
    return paths


def test_a_network_comes_back_from_its_files(tmp_path: Path, vae: Shape) -> None:
    torch.manual_seed(0)
    made = build(vae, "cpu")
    again = result_of(load(vae, written(tmp_path, made.state_dict(), 3), torch.float32, "cpu"))
    picture = torch.randn(1, 3, 16, 16)
    with torch.no_grad():
        assert torch.equal(again(picture).sample, made(picture).sample)
    half = result_of(load(vae, written(tmp_path, made.state_dict()), torch.bfloat16, "cpu"))
    kinds = {tensor.dtype for tensor in half.state_dict().values()}
    assert kinds == {torch.bfloat16, torch.int64}
    assert not any(parameter.requires_grad for parameter in half.parameters())


def test_a_tied_weight_need_not_stand_in_the_files(tmp_path: Path) -> None:
    shape = shapes("klein")["text_encoder"].changed(**TINY_TEXT)
    torch.manual_seed(0)
    made = build(shape, "cpu")
    tensors = made.state_dict()
    del tensors["lm_head.weight"]
    again = result_of(load(shape, written(tmp_path, tensors, 2), torch.float32, "cpu"))
    tokens = torch.arange(5)[None]
    with torch.no_grad():
        assert torch.equal(again(tokens).logits, made(tokens).logits)


def spoilt(tensors: dict[str, Any], how: str) -> dict[str, torch.Tensor]:
    if how == "missing":
        tensors.pop("encoder.conv_in.bias")
    elif how == "more":
        tensors["encoder.extra"] = torch.zeros(1)
    elif how == "kind":
        tensors["encoder.conv_in.bias"] = torch.zeros(4, dtype=torch.int8)
    else:
        tensors["encoder.conv_in.bias"] = torch.zeros(3)
    return tensors


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("missing", "not whole: encoder.conv_in.bias is missing"),
        ("more", "its tensor encoder.extra is none of AutoencoderKLFlux2"),
        ("kind", r"encoder.conv_in.bias holds torch.int8"),
        ("shape", r"encoder.conv_in.bias has the shape \(3,\), not \(4,\)"),
    ],
)
def test_files_that_do_not_fit_are_refused(
    tmp_path: Path, vae: Shape, how: str, sentence: str
) -> None:
    tensors = spoilt(build(vae, "cpu").state_dict(), how)
    with pytest.raises(PainterError, match=sentence):
        result_of(load(vae, written(tmp_path, tensors), torch.float32, "cpu"))


def test_damaged_and_doubled_files_are_refused(tmp_path: Path, vae: Shape) -> None:
    (path,) = written(tmp_path, build(vae, "cpu").state_dict())
    with pytest.raises(PainterError, match="stands there twice"):
        result_of(load(vae, [path, path], torch.float32, "cpu"))
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(PainterError, match="can't be read"):
        result_of(load(vae, [path], torch.float32, "cpu"))
    with pytest.raises(PainterError, match="can't be read"):
        result_of(load(vae, [tmp_path / "none.safetensors"], torch.float32, "cpu"))
