"""The writer of a pack as stage 1 left it: for llama.cpp, and as torch's modules."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import LlamaForCausalLM

from inference.packs.install import install
from inference.packs.manifest import Manifest, shipped
from inference.packs.store import Store
from inference.tuning.adapter import ADAPTER, PATCHED, TUNED
from inference.tuning.tuned import LoraShape, TunedWriter, read_base
from inference.writer.gguf import read_header
from inference.writer.model import Model
from inference.writer.prompt import begin_of_vision

STOCK = Path("runs/packs")


@dataclass(frozen=True)
class Tuned:
    """model: for llama.cpp, with the adapter; folder: of stage 1's run, None for the bare one."""

    model: Model
    file: Path
    begin_of_vision: int
    folder: Path | None

    @property
    def files(self) -> list[Path]:
        """What its states depend on: the model's file, and its adapter where it has one."""
        return _files(self.file, self.folder)

    def torch(self) -> tuple[LlamaForCausalLM, Callable[[Tensor], Tensor]]:
        """Return the torch model and its embedding of tokens."""
        base = read_base(self.file)
        if self.folder is None:
            embedding = base.get_input_embeddings()
            return base, lambda tokens: embedding(tokens)
        learnt = load_file(self.folder / TUNED)
        rank = next(len(part) for name, part in learnt.items() if "lora_A" in name)
        alpha = read_header(self.folder / ADAPTER).metadata["adapter.lora.alpha"]
        writer = TunedWriter(base, self.begin_of_vision, LoraShape(rank, round(alpha)))
        writer.load_state_dict(learnt, strict=False)
        writer.eval().to(torch.bfloat16)
        return writer.base, writer.embedded


def stock_file(manifest: Manifest) -> Path:
    """Return a pack's reader as its sources have it, before any training; fetched if need be."""
    reader = manifest.reader
    stock = replace(reader, sha256=reader.fetched(), patch=None, adapter="")
    store = Store(STOCK)
    if store.missing(pack := replace(manifest, writer=stock, reader=stock)):
        for _ in install(store, pack):
            pass
    return store.path(stock)


def tuned_writer(pack: str, folder: str) -> Tuned:
    """Return the writer of a pack, tuned by the run of stage 1 in this folder, "" for none."""
    manifest = shipped(pack)
    file = stock_file(manifest)
    tuned = Path(folder) if folder else None
    model = Model(*_files(file, tuned))
    bov = begin_of_vision(model, manifest.begin_of_vision)
    return Tuned(model, file, bov, tuned)


def writer_files(pack: str, folder: str) -> list[Path]:
    """Return the `files` of tuned_writer() without loading them."""
    return _files(stock_file(shipped(pack)), Path(folder) if folder else None)


def layers_of(files: Sequence[Path]) -> int:
    """Return how many layers a writer of these files has."""
    metadata = read_header(files[0]).metadata
    return int(metadata[f"{metadata['general.architecture']}.block_count"])


def hash_of(files: Sequence[Path]) -> str:
    """Return the sha256 of the files' own."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _files(stock: Path, tuned: Path | None) -> list[Path]:
    return [stock] if tuned is None else [tuned / PATCHED, tuned / ADAPTER]
