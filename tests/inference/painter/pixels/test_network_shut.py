"""An engine process that writes and paints with a pack for a card asks no network for anything."""

import os
import pickle
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from engine_process import EngineProcess
from test_klein import GIVEN
from tiny_eyes import Seer
from tiny_networks import stored, stored_klein

from inference.offline import OWN, SHUT, own, shut
from inference.packs.manifest import shipped
from inference.packs.sources import child
from inference.packs.store import Store
from inference.protocol import (
    Finished,
    PaintFinished,
    PaintOptions,
    Redraw,
    StepFinished,
    Write,
)

# What a person may have set for other programs.
OPEN = {
    "HF_HUB_OFFLINE": "0",
    "DIFFUSERS_TRUST_REMOTE_KERNELS": "1",
    "DIFFUSERS_ATTN_BACKEND": "flash_hub",
}
ENGINE = """
import os, pickle, sys
from functools import partial
def closed(event, arguments):
    asked = arguments[0] if event in ("socket.getaddrinfo", "socket.gethostbyname") else ""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        asked = arguments[1][0]
    if asked and asked not in ("127.0.0.1", "::1", "localhost"):
        sys.stderr.write(f"asked for {asked}")
        end(3)
end = os._exit
sys.addaudithook(closed)
def report(code):
    from diffusers.utils import constants as diffusers
    from huggingface_hub import constants as hub
    from transformers.integrations import hub_kernels as transformers
    sys.stderr.write(f"\\n{hub.HF_HUB_OFFLINE} {diffusers.DIFFUSERS_TRUST_REMOTE_KERNELS} ")
    sys.stderr.write(f"{diffusers.DIFFUSERS_ATTN_BACKEND} {transformers._kernels_enabled}")
    sys.stderr.flush()
    end(code)
os._exit = report
from inference import __main__ as program, engine
from inference.packs.card import Card
from inference.packs.store import Store
with open(sys.argv[1], "rb") as file:
    shaped = pickle.load(file)
def made(store):
    import torch
    from inference.painter.pixels import assembling
    torch.set_num_threads(1)
    assembling.shapes = lambda _painter: shaped
    card = Card("a card", 24 * 10**9, 23 * 10**9, (8, 6))
    return real(store, lambda: card, lambda _manifest: None)
real, engine.Engine = engine.Engine, made
program.main()
"""


def test_writing_and_painting_ask_no_network(
    seer: Seer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seer.kind != "qwen3vl":
        pytest.skip("these packs write with Qwen3-VL")
    torch.set_num_threads(1)
    store = Store(tmp_path / "packs")
    networks, shaped = stored_klein(store, tmp_path, layers=28)
    writer, vision = stored(store, seer.model.path), stored(store, seer.path)
    carded = shipped("klein-8")
    store.write_record(
        replace(carded, id="tiny", writer=writer, reader=writer, vision=vision, networks=networks)
    )
    shapes = tmp_path / "shapes"
    shapes.write_bytes(pickle.dumps(shaped))
    options = PaintOptions(256, denoising_steps=1)
    for name, value in OPEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("INTERSTEP_PACKS", str(store.folder))
    with tempfile.TemporaryFile() as complaints:
        with EngineProcess((sys.executable, "-c", ENGINE, str(shapes)), complaints) as process:
            process.ready()
            process.send(Write("w", "tiny", "Wash a dog", 3, steps=1, options=options))
            wrote = process.until_end("w")
            given = replace(GIVEN, options=options)
            process.send(Redraw("r", "s", "p", given, pack="tiny"))
            painted = process.until_end("r")
            process.end()
        complaints.seek(0)
        told = complaints.read().decode()
    assert process.code == 0, told
    assert told.splitlines()[-1] == "True False native False", told
    assert wrote[-1] == Finished("w")
    assert painted[-1] == Finished("r")
    assert any(isinstance(event, StepFinished) for event in wrote)
    assert any(isinstance(event, PaintFinished) for event in painted)


def test_what_fetches_has_the_persons_own_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SHUT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(OWN + name, raising=False)
    before = dict(os.environ) | OPEN
    for name, value in OPEN.items():
        monkeypatch.setenv(name, value)
    environment = dict(os.environ)
    shut(environment)
    assert {name: environment[name] for name in SHUT} == SHUT
    shut(environment)  # an engine that an engine started
    assert own(environment) == own(before) == before
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    place = tmp_path / "told"
    script = f"import os; open({str(place)!r}, 'w').write(repr(dict(os.environ)))"
    with closing(child(["-c", script], tmp_path / "folder", 20, 1 << 20)) as sizes:
        assert all(isinstance(size, int) for size in sizes)
    told = place.read_text()
    assert "'HF_HUB_OFFLINE': '0'" in told
    assert "USE_HUB_KERNELS" not in told
    assert OWN not in told
