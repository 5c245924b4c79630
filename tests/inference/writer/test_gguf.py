"""Damaged model files. llama.cpp loads them in a child, for it could take the tests with it."""

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.writer.errors import WriterError
from inference.writer.gguf import GgufError, read_header
from inference.writer.model import Model

LOAD = """\
import sys
from pathlib import Path
from inference.writer.errors import WriterError
from inference.writer.model import Model
from inference.writer.session import Session
for line in sys.stdin:
    try:
        model = Model(Path(line.strip()))
        session = Session(model, 256, threads=1)
        for _ in session.prefill([model.tokenize("the tea") or [1]]):
            pass
        print("loaded", len(model.pieces))
    except WriterError as error:
        print(error.message)
"""
END = 6400  # bytes of the tiny file before its tensors


@pytest.fixture(scope="module")
def whole(tiny_gguf: Path) -> bytes:
    return tiny_gguf.read_bytes()


def flipped(data: bytes, position: int, bit: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1 :]


def loads(folder: Path, files: Iterable[bytes]) -> list[str]:
    """What a child says of each file; fails if it died."""
    paths = []
    for number, data in enumerate(files):
        paths.append(folder / f"{number}.gguf")
        paths[-1].write_bytes(data)
    told = subprocess.run(
        [sys.executable, "-c", LOAD],
        input="\n".join(map(str, paths)),
        env={**os.environ, "GGML_NO_BACKTRACE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    said = told.stdout.splitlines()
    assert told.returncode == 0, f"{paths[len(said)].name}: {told.stderr[-400:]}"
    assert len(said) == len(paths)
    return said


def test_header_tells_of_the_model(tiny_gguf: Path) -> None:
    header = read_header(tiny_gguf)
    assert header.version == 3
    assert len(header.tensors) == 30
    assert header.metadata["general.architecture"] == "llama"
    assert header.metadata["llama.block_count"] == 3
    assert "tokenizer.ggml.tokens" not in header.metadata  # long arrays are passed over


@pytest.mark.parametrize("data", [b"", b"G", b"# A tutorial\n", b"\x00" * 99, b"GGUF" * 30])
def test_what_is_no_gguf_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(data)
    with pytest.raises(GgufError):
        read_header(path)
    with pytest.raises(WriterError, match=r"model\.gguf can't be used: .") as error:
        Model(path)
    assert "packs install" in error.value.hint


def test_absent_and_unreadable_files_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.gguf", tmp_path):
        with pytest.raises(WriterError, match="can't be used"):
            Model(path)


def test_every_truncated_header_is_refused(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "cut.gguf"
    for length in range(0, END, 37):
        path.write_bytes(whole[:length])
        with pytest.raises(GgufError):
            read_header(path)


def test_truncated_tensors_are_refused(tmp_path: Path, whole: bytes) -> None:
    lengths = [END, END + 40_000, len(whole) // 2, len(whole) - 9000, len(whole) - 1]
    for said in loads(tmp_path, (whole[:length] for length in lengths)):
        assert re.search("can't be used|can't read", said), said


@given(st.integers(0, END), st.integers(0, 7))
def test_a_flipped_header_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, position: int, bit: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.gguf"
    path.write_bytes(flipped(whole, position, bit))
    with suppress(GgufError):
        assert len(read_header(path).tensors) == 30


def test_flipped_files_load_or_are_refused(tmp_path: Path, whole: bytes) -> None:
    choice = random.Random(0)
    heads = [flipped(whole, choice.randrange(END), choice.randrange(8)) for _ in range(500)]
    tensors = [
        flipped(whole, choice.randrange(END, len(whole)), choice.randrange(8)) for _ in range(12)
    ]
    said = loads(tmp_path, [*heads, *tensors])
    assert set(said[500:]) == {"loaded 261"}
    assert len(set(said)) > 5


@pytest.mark.parametrize("folder", ["Größe 模型 ☕ e\u0301", "x" * 200, "模" * 60])
def test_any_path_loads(tmp_path: Path, whole: bytes, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir()
    path = place / f"{'w' * 195}.gguf"
    path.write_bytes(whole)
    model = Model(path)
    assert len(model.pieces) == 261
    model.close()


def test_what_would_end_the_process_is_refused(tmp_path: Path, whole: bytes) -> None:
    """Found by flipping every bit of the header: llama.cpp answers these with an abort."""
    layers = whole.index(b"llama.block_count") + len("llama.block_count") + 4
    heads = whole.index(b"head_count_kv") + len("head_count_kv") + 4
    epsilon = whole.index(b"rms_epsilon") + len("rms_epsilon") + 4
    token = whole.index(b"A", whole.index(b"tokenizer.ggml.tokens") + 30)
    said = loads(
        tmp_path,
        [
            flipped(whole, layers + 1, 4),
            flipped(whole, heads + 3, 0),
            flipped(whole, epsilon + 3, 7),
            flipped(whole, token, 1),
        ],
    )
    assert "block_count of 4099" in said[0]
    assert "head_count_kv of 16777218" in said[1]
    assert "epsilon of -" in said[2]
    assert "a token of its vocabulary stands there twice" in said[3]
