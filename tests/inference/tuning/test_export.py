"""A painter exported as ONNX paints as torch does, and refuses weights that don't fit."""

import hashlib
import json
import math
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from assets.sprites.library import Library, library
from assets.sprites.scene import Scene, to_svg
from inference.painter.connector import Connector, concatenated, unfolded
from inference.painter.drawing import PainterError
from inference.painter.duogen.codec import SLOTS, Embeddings, SpriteCodec
from inference.painter.duogen.transformer import Shape, Transformer
from inference.painter.duogen.weights import Array, DuoGen, Frame
from inference.tuning.export import ReadBy, write_painter
from inference.tuning.objective import Painter, Sampler, sample
from inference.tuning.samples import Packer, Sample

LAYERS, WIDTH = 3, 16
STARTER = Path(str(files("assets") / "starter"))


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


@pytest.fixture(scope="module")
def embeddings(drawings: Library) -> Embeddings:
    rng = np.random.default_rng(0)
    names = tuple(sprite.name for sprite in drawings.of())
    states = tuple((name, state) for name in names for state in drawings[name].states)
    return Embeddings(
        names,
        rng.standard_normal((len(names), 24)).astype(np.float16).astype(np.float32),
        states,
        rng.standard_normal((len(states), 8)).astype(np.float16).astype(np.float32),
    )


@pytest.fixture(scope="module")
def nets(embeddings: Embeddings, drawings: Library) -> tuple[Connector, Transformer]:
    """Random, but with weights that half precision holds exactly."""
    torch.manual_seed(0)
    channels = SpriteCodec(embeddings, drawings).channels
    connector = Connector(LAYERS * WIDTH, 24)
    transformer = Transformer(Shape(channels, 24, 32, 2, 2))
    for net in (connector, transformer):
        for parameter in net.parameters():
            torch.nn.init.normal_(parameter, std=0.2)
            parameter.data = parameter.data.half().float()
    transformer.slot_out.bias.data[-1] = 8.0  # most slots are there
    return connector.eval(), transformer.eval()


@pytest.fixture(scope="module")
def weights(
    nets: tuple[Connector, Transformer],
    embeddings: Embeddings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("painter")
    reader = tmp_path_factory.mktemp("reader")
    (reader / "reader.gguf").write_bytes(b"reader")
    (reader / "adapter.gguf").write_bytes(b"adapter")
    read_by = ReadBy(LAYERS, reader / "reader.gguf", reader / "adapter.gguf")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warnings.warn", lambda *_args, **_kwargs: None)  # the exporter's own
        write_painter(folder, *nets, read_by, embeddings, Sampler(4, 2.0))
    return folder


@pytest.fixture(scope="module")
def painter(weights: Path, drawings: Library) -> DuoGen:
    return DuoGen(weights, drawings, threads=1)


def states_of(tokens: int, seed: int) -> Array:
    states = np.random.default_rng(seed).standard_normal((tokens, LAYERS, WIDTH))
    return states.astype(np.float32)


def painted(painter: DuoGen, frames: list[Frame], chunks: list[int], seed: int = 3) -> list[Scene]:
    context = [painter.told(states_of(tokens, k)) for k, tokens in enumerate(chunks)]
    return list(painter.paint(context, len(chunks) - 1, frames, seed))


def test_the_connector_is_torchs(painter: DuoGen, nets: tuple[Connector, Transformer]) -> None:
    states = states_of(9, 0)
    with torch.no_grad():
        want = nets[0](concatenated(torch.from_numpy(states)))
    np.testing.assert_allclose(painter.told(states), want.numpy(), atol=1e-5)


def test_a_connector_learnt_in_a_basis_is_the_same_function() -> None:
    torch.manual_seed(1)
    basis, mean, features = torch.randn(6, 20), torch.randn(20), torch.randn(5, 20)
    learnt = Connector(6, 4)
    want = learnt((features - mean) @ basis.T)
    torch.testing.assert_close(unfolded(learnt, basis, mean)(features), want, atol=1e-5, rtol=1e-5)


def test_a_picture_is_torchs(
    painter: DuoGen,
    nets: tuple[Connector, Transformer],
    embeddings: Embeddings,
    drawings: Library,
) -> None:
    """The whole sampling, guidance and conditioning frames included."""
    before = painted(painter, [], [4])[-1]
    frames = [Frame(-2, Scene("kitchen")), Frame(-1, before), Frame(1, Scene("garden"))]
    scene = painted(painter, frames, [5, 7])[-1]
    want = by_torch(nets, SpriteCodec(embeddings, drawings), frames, [5, 7])
    assert scene.background == want.background
    assert len(scene.sprites) == len(want.sprites) > 1
    for one, other in zip(scene.sprites, want.sprites, strict=True):
        assert (one.x, one.y, one.size) == pytest.approx((other.x, other.y, other.size), abs=0.02)
        assert abs(one.rotation - other.rotation) <= 2
        same = replace(one, x=other.x, y=other.y, size=other.size, rotation=other.rotation)
        assert same == other


def by_torch(
    nets: tuple[Connector, Transformer], codec: SpriteCodec, frames: list[Frame], chunks: list[int]
) -> Scene:
    """As painted(), by the sampler of the training."""
    connector, transformer = nets
    trained = Painter(LAYERS * WIDTH, transformer.shape, codec)
    trained.connector, trained.transformer = connector, transformer
    features = [
        concatenated(torch.from_numpy(states_of(tokens, k))).numpy()
        for k, tokens in enumerate(chunks)
    ]
    around = tuple((frame.time, frame.scene) for frame in frames)
    given = Sample(0, around, 0, Scene(None), len(chunks), len(chunks) - 1)
    packer = Packer(codec)
    batch, untold = (packer.pack([given], [told]) for told in (features, features[:-1]))
    noise = np.random.default_rng(3).standard_normal((SLOTS, codec.channels)).astype(np.float32)
    sampled = sample(trained, batch, untold, Sampler(4, 2.0), torch.from_numpy(noise))
    return codec.decode(sampled[0].numpy())


def test_the_settings_name_what_the_weights_were_trained_with(painter: DuoGen) -> None:
    settings = painter.settings
    assert settings.reader == hashlib.sha256(b"reader").hexdigest()
    assert settings.adapter == hashlib.sha256(b"adapter").hexdigest()
    assert (settings.layers, settings.states, settings.denoising_steps) == (LAYERS, WIDTH, 4)


def test_the_same_seed_paints_the_same(painter: DuoGen) -> None:
    assert painted(painter, [], [4, 6]) == painted(painter, [], [4, 6])
    assert painted(painter, [], [4, 6])[-1] != painted(painter, [], [4, 6], seed=4)[-1]


def test_without_noise_the_seed_changes_nothing(painter: DuoGen) -> None:
    context = [painter.told(states_of(4, 0))]
    first, second = ([*painter.paint(context, 0, [], s, temperature=0.0)] for s in (3, 4))
    assert first == second


def test_there_is_a_preview_a_denoising_step(painter: DuoGen) -> None:
    assert len(painted(painter, [], [4])) == 4


def test_hard_input(painter: DuoGen, drawings: Library) -> None:
    scene = painted(painter, [], [4])[-1]
    for frames, chunks in (
        ([Frame(k - 60, scene) for k in range(60)], [5, 3]),  # sixty pictures
        ([], [0, 0]),  # no text
        ([], [6000]),  # about 20,000 characters
    ):
        assert to_svg(painted(painter, frames, chunks)[-1], drawings).startswith("<svg")


@pytest.mark.parametrize("name", ["connector.onnx", "denoise.onnx", "keys.onnx", "sprites.npz"])
def test_a_damaged_file_is_refused(
    weights: Path, drawings: Library, tmp_path: Path, name: str
) -> None:
    folder = Path(shutil.copytree(weights, tmp_path / "painter"))
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(PainterError, match=name):
        painted(DuoGen(folder, drawings, 1), [], [4])
    trust(folder, name)
    with pytest.raises(PainterError, match=f"{name} can't be used"):
        painted(DuoGen(folder, drawings, 1), [], [4])


def trust(folder: Path, name: str) -> None:
    """Make painter.json name a file as it is now."""
    settings = json.loads((folder / "painter.json").read_text())
    settings["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "painter.json").write_text(json.dumps(settings))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("channels", 7, "channels"),
        ("version", 99, "version"),
        ("layers", "three", r"painter\.json"),
        ("layers", LAYERS - 1, r"connector\.onnx"),
        ("layers", 0, "layers = 0"),
        ("states", WIDTH + 1, r"connector\.onnx"),
        ("context", 12, r"sprites\.npz"),
        ("denoising_steps", 0, "denoising_steps = 0"),
        ("denoising_steps", 10**9, "denoising_steps"),
        ("guidance_scale", math.nan, "guidance_scale = nan"),
        ("shift", -3.0, "shift"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    weights: Path, drawings: Library, tmp_path: Path, field: str, value: object, message: str
) -> None:
    folder = Path(shutil.copytree(weights, tmp_path / "painter"))
    settings = json.loads((folder / "painter.json").read_text())
    (folder / "painter.json").write_text(json.dumps(settings | {field: value}))
    with pytest.raises(PainterError, match=message):
        painted(DuoGen(folder, drawings, 1), [], [4])
    (folder / "painter.json").unlink()
    with pytest.raises(PainterError, match=r"painter\.json"):
        DuoGen(folder, drawings, 1)


def test_drawings_that_do_not_fit_are_refused(
    weights: Path, drawings: Library, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(weights, tmp_path / "painter"))
    with np.load(folder / "sprites.npz") as arrays:
        whole = dict(arrays)
    for changed in (
        {"names": whole["names"][:-1]},
        {"state_rows": np.full_like(whole["state_rows"], np.nan)},
        {"nothing": whole["nothing"][:-1]},
        {"sprites": np.full(whole["sprites"].shape, "egg")},
    ):
        np.savez(folder / "sprites.npz", **(whole | changed))
        trust(folder, "sprites.npz")
        with pytest.raises(PainterError, match=r"sprites\.npz"):
            DuoGen(folder, drawings, 1)


def test_graphs_of_different_painters_are_refused(
    weights: Path, drawings: Library, tmp_path: Path
) -> None:
    """Each file is whole, and painter.json names it."""
    folder = Path(shutil.copytree(weights, tmp_path / "painter"))
    shutil.copyfile(STARTER / "keys.onnx", folder / "keys.onnx")
    trust(folder, "keys.onnx")
    with pytest.raises(PainterError, match=r"keys\.onnx and painter\.json do not fit"):
        painted(DuoGen(folder, drawings, 1), [], [4])


def test_weights_that_are_no_numbers_are_refused(
    weights: Path, drawings: Library, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(weights, tmp_path / "painter"))
    graph = onnx.load(folder / "denoise.onnx")
    largest = max(graph.graph.initializer, key=lambda one: len(one.raw_data))
    largest.raw_data = b"\xff" * len(largest.raw_data)
    onnx.save(graph, folder / "denoise.onnx")
    trust(folder, "denoise.onnx")
    with pytest.raises(PainterError, match=r"denoise\.onnx gives what is no number"):
        painted(DuoGen(folder, drawings, 1), [], [4])
