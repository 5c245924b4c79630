"""Cosmos' guard: the person's own package, whose place a small one takes here."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants

from inference.mending import pip
from inference.packs.estimates import GUARD
from inference.packs.reports import PackError
from inference.painter.pixels.guarding import guard

PACKAGE = """
from huggingface_hub import snapshot_download

class CosmosSafetyChecker:
    def __init__(self):
        self.files = snapshot_download("someone/guard")
"""
COMMIT = "0" * 40


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The addresses that a hub was asked for; with the package and an empty cache."""
    heard: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    sys.modules.pop("cosmos_guardrail", None)
    package = tmp_path / "packages" / "cosmos_guardrail.py"
    package.parent.mkdir()
    package.write_text(PACKAGE)
    monkeypatch.syspath_prepend(package.parent)
    yield heard
    sys.modules.pop("cosmos_guardrail", None)
    server.shutdown()
    server.server_close()


def test_files_that_are_absent_are_not_fetched(asked: list[str]) -> None:
    with pytest.raises(PackError, match="whose files are not whole here") as caught:
        guard()
    assert "cosmos_guardrail import" in caught.value.hint
    assert asked == []
    assert not constants.HF_HUB_OFFLINE


def test_files_that_are_there_are_read_without_asking(asked: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "hub" / "models--someone--guard"
    (folder / "snapshots" / COMMIT).mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(COMMIT)
    assert Path(guard().files).name == COMMIT  # type: ignore[attr-defined]
    assert asked == []


def test_without_the_package_there_is_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cosmos_guardrail", None)  # as if it were not installed
    with pytest.raises(PackError, match="which is not installed here") as caught:
        guard()
    assert caught.value.hint == f"Install it: {pip('install cosmos-guardrail')}"


def test_its_size_is_that_of_its_networks() -> None:
    from transformers import (
        LlamaConfig,
        LlamaForCausalLM,
        SiglipConfig,
        SiglipModel,
        SiglipTextConfig,
        SiglipVisionConfig,
    )

    wide = {"hidden_size": 1152, "intermediate_size": 4304}
    deep = {"num_hidden_layers": 27, "num_attention_heads": 16}
    sees = SiglipVisionConfig(image_size=384, patch_size=14, **wide, **deep)
    reads = SiglipTextConfig(**wide, **deep, bos_token_id=1, eos_token_id=1)
    judge = LlamaConfig(
        vocab_size=128256,
        hidden_size=4096,
        intermediate_size=14336,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=8,
    )
    with torch.device("meta"):
        networks = {
            "Llama-Guard-3-8B": LlamaForCausalLM(judge),
            "siglip-so400m-patch14-384": SiglipModel(
                SiglipConfig(text_config=reads.to_dict(), vision_config=sees.to_dict())
            ),
        }
    for name, network in networks.items():
        assert GUARD[name][0] == sum(weight.numel() for weight in network.parameters())
