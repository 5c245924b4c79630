"""Damaged eyes are refused before libmtmd sees them; a child tries those that are not."""

import os
import random
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest
import tiny_eyes
from tiny_eyes import Seer

from inference.writer.gguf import BLOCKS, GgufError, Header, read_header
from inference.writer.mmproj import _qwen_shapes, _Sizes, check_eyes

LOOK = """\
import sys
from pathlib import Path
from PIL import Image
from inference.writer.errors import WriterError
from inference.writer.model import Model
from inference.writer.vision import Eyes
model = Model(Path(sys.argv[1]))
for line in sys.stdin:
    try:
        eyes = Eyes(model, Path(line.strip()), threads=1)
        eyes.see(Image.new("RGB", (100, 60), "teal"))
        eyes.close()
        print("saw", flush=True)
    except WriterError as error:
        print("refused", error.message, flush=True)
"""
INTERESTING = (0, 1, 2, 0x7F, 0x80, 0xFF)


def deaths(model: Path, paths: list[Path]) -> list[Path]:
    """Return the files at which a process that looks through them ends."""
    return [path for path, said in tried(model, paths).items() if not said]


def tried(model: Path, paths: list[Path]) -> dict[Path, str]:
    """Return what a process that looks through each file says of it, empty where it ends."""
    all_said = {}
    while paths:
        told = subprocess.run(
            [sys.executable, "-c", LOOK, str(model)],
            input="\n".join(map(str, paths)),
            env=os.environ | {"GGML_NO_BACKTRACE": "1"},
            capture_output=True,
            text=True,
            timeout=200,
        )
        said = [*told.stdout.splitlines(), ""]
        all_said |= dict(zip(paths, said, strict=False))
        paths = paths[len(said) :]
    return all_said


def mutated(data: bytes, end: int, rng: random.Random) -> bytes:
    """Return the bytes with damage, mostly in the header, which is `end` bytes long."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 3))):
        place = rng.randrange(4, len(data) if rng.random() < 0.1 else end)
        changed[place] = rng.choice((*INTERESTING, changed[place] ^ 1 << rng.randrange(8)))
    return bytes(changed)


def test_no_mutated_eyes_end_a_process(seer: Seer, tmp_path: Path) -> None:
    whole, header = seer.path.read_bytes(), read_header(seer.path)
    rng, let_in = random.Random(3), []
    for number in range(500):
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(mutated(whole, len(whole) - header.data, rng))
        try:
            check_eyes(path, seer.model.header)
        except GgufError:
            continue
        let_in.append(path)
    assert let_in, "harmless damage is let in"
    assert deaths(seer.model.path, let_in) == []


def written(path: Path, seer: Seer, **odd: int) -> Path:
    """Write the eyes again with other numbers in the header."""
    data = bytearray(seer.path.read_bytes())
    for name, value in odd.items():
        key = f"clip.vision.{name.replace('__', '.')}".encode()
        at = data.index(key) + len(key) + 4
        data[at : at + 4] = struct.pack("<I", value)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "odd",
    [
        {"image_size": 0},
        {"image_size": 1 << 20},
        {"patch_size": 0},
        {"patch_size": 28},
        {"block_count": 3},
        {"block_count": 5},
        {"embedding_length": 64},
        {"attention__head_count": 0},
        {"attention__head_count": 3},
        {"attention__head_count": 16},
        {"feed_forward_length": 32},
        {"projection_dim": 40},
        {"spatial_merge_size": 1},
    ],
)
def test_numbers_that_are_not_those_of_the_tensors(
    seer: Seer, tmp_path: Path, odd: dict[str, int]
) -> None:
    with pytest.raises(GgufError, match=r"can't be right|not those of its header|not all there"):
        check_eyes(written(tmp_path / "odd.gguf", seer, **odd), seer.model.header)


def test_sound_eyes_are_let_in(seer: Seer) -> None:
    check_eyes(seer.path, seer.model.header)


def test_eyes_of_another_writer(seer: Seer) -> None:
    header = seer.model.header
    wider = {f"{seer.kind}.embedding_length": 81}
    deeper = {f"{seer.kind}.n_deepstack_layers": 3}
    for other in (wider, deeper, {"general.architecture": "llama"}):
        metadata = header.metadata | other
        with pytest.raises(GgufError, match="belongs to another writer"):
            check_eyes(seer.path, replace(header, metadata=metadata))


def test_a_writer_is_no_eyes(seer: Seer) -> None:
    with pytest.raises(GgufError, match="holds no eyes"):
        check_eyes(seer.model.path, seer.model.header)


def test_an_unknown_projector_is_named(seer: Seer, tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(seer.path.read_bytes().replace(b"vl_merger", b"xl_merger"))
    with pytest.raises(GgufError, match=r"the projector 'qwen.*xl_merger' are not known"):
        check_eyes(path, seer.model.header)


# ---------------------------------------------------------------- eyes of other kinds


@pytest.mark.parametrize("swapped", [False, True])
def test_eyes_of_qwen2_vl(tiny_qwen2: Seer, tmp_path: Path, swapped: bool) -> None:
    """Its header tells the writer's width as the length of its own feed-forward layers."""
    eyes = gguf.GGUFWriter(path := tmp_path / "eyes.gguf", "clip")
    _numbers(eyes, "qwen2vl_merger", inner=80)
    shapes = dict(_qwen_shapes("qwen2vl_merger", _Sizes(32, 64, 2, 2, 16, 64, 80), set(), 1))
    names = {"ffn_up": "ffn_down", "ffn_down": "ffn_up"} if swapped else {}
    for name, shape in shapes.items():
        spelt = re.sub("ffn_up|ffn_down", lambda found: names.get(found[0], found[0]), name)
        eyes.add_tensor(spelt, np.full(shape[::-1], 0.01, np.float32))
    _write(eyes)
    check_eyes(path, tiny_qwen2.model.header)
    assert tried(tiny_qwen2.model.path, [path]) == {path: "saw"}


@pytest.fixture(scope="module")
def tiny_qwen2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seer]:
    seer = tiny_eyes.seer("qwen2vl", tmp_path_factory.mktemp("qwen2"))
    yield seer
    seer.close()


def plain(path: Path, width: int = 32, inner: int = 64, **odd: tuple[int, ...]) -> Path:
    """Write what all vision transformers share, of two blocks."""
    writer = gguf.GGUFWriter(path, "clip")
    _numbers(writer, "gemma3", inner=64)
    shapes = {"v.patch_embd.weight": (width, 3, 16, 16)}
    for block in ("v.blk.0.", "v.blk.1."):
        shapes |= {block + "ln1.weight": (width,), block + "ln2.weight": (width,)}
        shapes |= {block + "ffn_up.weight": (inner, width)}
        shapes |= {block + "ffn_down.weight": (width, inner)}
    for name, shape in (
        shapes | {key.replace("__", "."): value for key, value in odd.items()}
    ).items():
        if shape:
            writer.add_tensor(name, np.ones(shape, np.float32))
    _write(writer)
    return path


def _numbers(writer: gguf.GGUFWriter, projector: str, inner: int) -> None:
    writer.add_clip_has_vision_encoder(True)
    writer.add_string(gguf.Keys.Clip.PROJECTOR_TYPE, projector)
    writer.add_vision_image_size(64)
    writer.add_vision_patch_size(16)
    writer.add_vision_embedding_length(32)
    writer.add_vision_feed_forward_length(inner)
    writer.add_vision_block_count(2)
    writer.add_vision_head_count(2)
    writer.add_vision_projection_dim(80)
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_image_mean([0.5] * 3)
    writer.add_vision_image_std([0.5] * 3)


def _write(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_of_other_eyes_what_all_share_is_checked(tmp_path: Path, writer_header: Header) -> None:
    check_eyes(plain(tmp_path / "sound.gguf"), writer_header)
    for odd in ({"v__blk__1__ln1__weight": ()}, {"v__blk__2__ln1__weight": (32,)}):
        with pytest.raises(GgufError, match="not all there, or not alike"):
            check_eyes(plain(tmp_path / "odd.gguf", **odd), writer_header)
    for sizes in ({"inner": 96}, {"width": 64}):
        with pytest.raises(GgufError, match="not those of its header"):
            check_eyes(plain(tmp_path / "odd.gguf", **sizes), writer_header)


@pytest.fixture
def writer_header(tiny_gguf: Path) -> Header:
    return read_header(tiny_gguf)


def test_sizes_of_types_are_ggmls() -> None:
    known = {kind.value: size for kind, size in gguf.GGML_QUANT_SIZES.items()}
    assert {kind: known[kind] for kind in BLOCKS} == BLOCKS
