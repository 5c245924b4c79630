"""What stage 1 learnt, in the files that llama.cpp loads: a GGUF LoRA, and a row of the embedding.

A GGUF LoRA on tied embeddings aborts llama.cpp, so the row of `<BOV>` is put into the model's own
file when the pack is installed: the same bytes as quantising the whole tensor would give.
Source: llama.cpp, convert_lora_to_gguf.py (names, permutation); GGUF specification (blocks).
"""

import base64
import hashlib
import json
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt
from safetensors.torch import save_file

from inference.packs.manifest import read_manifest
from inference.tuning.tuned import MODULES, LoraShape, TunedWriter

Array = npt.NDArray[np.float32]

NAMES = dict(
    zip(
        MODULES,
        ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"),
        strict=True,
    )
)
EMBEDDING = "token_embd.weight"
ADAPTER = "writer.lora.gguf"
PATCHED = "writer.gguf"
TUNED = "writer.safetensors"
PATCH = "patch.json"


def write_tuned(folder: Path, writer: TunedWriter, lora: LoraShape, model: Path) -> None:
    """Write all that stage 1 learnt: for llama.cpp, for torch, and the patch for installing.

    model: the pack's own GGUF, of which a patched copy is made for the training to go on with.
    """
    learnt = {
        name: parameter.detach().cpu().contiguous()
        for name, parameter in writer.named_parameters()
        if parameter.requires_grad
    }
    save_file(learnt, folder / TUNED)
    write_lora(folder / ADAPTER, writer, lora)
    offset, data = row_patch(model, writer.begin_of_vision, writer.row.detach().cpu().numpy())
    patched = bytearray(model.read_bytes())
    patched[offset : offset + len(data)] = data
    (folder / PATCHED).write_bytes(patched)
    patch = {
        "offset": offset,
        "data": base64.b64encode(data).decode("ascii"),
        "before": hashlib.sha256(model.read_bytes()).hexdigest(),
        "after": hashlib.sha256(patched).hexdigest(),
    }
    (folder / PATCH).write_text(json.dumps(patch, indent=1) + "\n", encoding="utf-8")


def patch_manifests(packs: Path, run: Path) -> None:
    """Write the patch of a run of stage 1 into the manifests of the packs that use its adapter.

    packs: the folder of the manifests. Raises ValueError, and changes none, where a manifest's file
    is another one than that which the run began with.
    """
    patch = json.loads((run / PATCH).read_text(encoding="utf-8"))
    after = patch.pop("after")
    manifests = {
        path: json.loads(path.read_text(encoding="utf-8")) for path in packs.glob("*.json")
    }
    for path, manifest in manifests.items():
        for part in ("writer", "reader"):
            item = manifest[part]
            if item.get("adapter") != ADAPTER:
                continue
            if getattr(read_manifest(manifest), part).fetched() != patch["before"]:
                raise ValueError(f"{path.name}: its {part} is not the file that was trained")
            item |= {"sha256": after, "patch": patch}
        read_manifest(manifest)
    for path, manifest in manifests.items():
        path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_lora(path: Path, writer: TunedWriter, lora: LoraShape) -> None:
    """Write the adapter as GGUF, half precision."""
    config = writer.base.config
    file = gguf.GGUFWriter(path, "llama")
    file.add_string("general.type", "adapter")
    file.add_string("adapter.type", "lora")
    file.add_float32("adapter.lora.alpha", lora.alpha)
    for layer, block in enumerate(writer.base.model.layers):
        for module, name in NAMES.items():
            part = block.self_attn if name.startswith("attn") else block.mlp
            tuned = getattr(part, module)
            a = tuned.lora_A["default"].weight.detach().cpu().float().numpy()
            b = tuned.lora_B["default"].weight.detach().cpu().float().numpy()
            if module == "q_proj":
                b = interleaved(b, config.num_attention_heads)
            elif module == "k_proj":
                b = interleaved(b, config.num_key_value_heads)
            for kind, weights in (("a", a), ("b", b)):
                tensor = f"blk.{layer}.{name}.weight.lora_{kind}"
                file.add_tensor(tensor, np.ascontiguousarray(weights.astype(np.float16)))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def interleaved(rows: Array, heads: int) -> Array:
    """Return the rows of queries or keys in llama.cpp's order: a head's halves interleaved."""
    split = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return np.asarray(split.swapaxes(1, 2).reshape(rows.shape))


def row_patch(model: Path, token: int, row: Array) -> tuple[int, bytes]:
    """Return where the embedding row of a token lies in the model's file, and its new bytes."""
    reader = gguf.GGUFReader(model)
    tensor = next(tensor for tensor in reader.tensors if tensor.name == EMBEDDING)
    data = gguf.quants.quantize(row[None], tensor.tensor_type).tobytes()
    return int(tensor.data_offset) + token * len(data), data
