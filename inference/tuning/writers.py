"""The writer of a pack as stage 1 left it: for llama.cpp, and as torch's modules."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import LlamaForCausalLM

from inference.packs.install import install
from inference.packs.manifest import Manifest, catalogue
from inference.packs.store import Store
from inference.tuning.adapter import ADAPTER, PATCHED, TUNED
from inference.tuning.tuned import Lora, TunedWriter, read_base
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

    def torch(self) -> tuple[LlamaForCausalLM, Callable[[Tensor], Tensor]]:
        """Return the torch model and its embedding of tokens."""
        base = read_base(self.file)
        if self.folder is None:
            embedding = base.get_input_embeddings()
            return base, lambda tokens: embedding(tokens)
        writer = TunedWriter(base, self.begin_of_vision, Lora())
        writer.load_state_dict(load_file(self.folder / TUNED), strict=False)
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
    manifest = next(manifest for manifest in catalogue() if manifest.id == pack)
    file = stock_file(manifest)
    tuned = Path(folder) if folder else None
    model = Model(tuned / PATCHED, tuned / ADAPTER) if tuned else Model(file)
    bov = begin_of_vision(model, manifest.begin_of_vision)
    return Tuned(model, file, bov, tuned)
