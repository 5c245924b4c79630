"""A tiny random llama: its weights, the GGUF that holds them, and its forward pass in numpy."""

from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

WIDTH, LAYERS, HEADS, KV_HEADS, INNER = 64, 3, 4, 2, 96
HEAD = WIDTH // HEADS
CONTEXT = 2048
EPSILON, ROPE_BASE = 1e-5, 10000.0
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>")


def alphabet() -> list[str]:
    """The 256 bytes as gpt2's vocabularies spell them, in the order of the bytes."""
    shown = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = iter(range(256, 512))
    return [chr(byte if byte in shown else next(hidden)) for byte in range(256)]


VOCABULARY = [*alphabet(), "th", *SPECIAL]


def weights(seed: int = 0) -> dict[str, Array]:
    """Random weights by their GGUF names; matrices are (out, in)."""
    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int, deviation: float = 0.15) -> Array:
        return random.normal(0, deviation, (rows, columns)).astype(np.float32)

    def norm() -> Array:
        return random.uniform(0.5, 1.5, WIDTH).astype(np.float32)

    tensors = {
        "token_embd.weight": matrix(len(VOCABULARY), WIDTH),
        "output_norm.weight": norm(),
        # Logits that differ as much as a trained model's.
        "output.weight": matrix(len(VOCABULARY), WIDTH, 0.6),
    }
    for layer in range(LAYERS):
        shapes = {
            "attn_q": (WIDTH, WIDTH),
            "attn_k": (KV_HEADS * HEAD, WIDTH),
            "attn_v": (KV_HEADS * HEAD, WIDTH),
            "attn_output": (WIDTH, WIDTH),
            "ffn_gate": (INNER, WIDTH),
            "ffn_up": (INNER, WIDTH),
            "ffn_down": (WIDTH, INNER),
        }
        for name in ("attn_norm", "ffn_norm"):
            tensors[f"blk.{layer}.{name}.weight"] = norm()
        for name, (rows, columns) in shapes.items():
            tensors[f"blk.{layer}.{name}.weight"] = matrix(rows, columns)
    return tensors


def write_gguf(path: Path, tensors: dict[str, Array]) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_vocab_size(len(VOCABULARY))
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_file_type(0)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(VOCABULARY)
    ordinary = len(VOCABULARY) - len(SPECIAL)
    normal, control = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL
    writer.add_token_types([normal] * ordinary + [control] * len(SPECIAL))
    writer.add_token_merges(["t h"])
    writer.add_bos_token_id(VOCABULARY.index("<|endoftext|>"))
    writer.add_eos_token_id(VOCABULARY.index("<|im_end|>"))
    writer.add_add_bos_token(False)
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def states(tensors: dict[str, Array], tokens: list[int]) -> Array:
    """The output of every layer, (tokens, layers, width), computed in double precision."""
    x = tensors["token_embd.weight"][tokens].astype(np.float64)
    outputs = []
    for layer in range(LAYERS):
        w = {
            name: tensors[f"blk.{layer}.{name}.weight"].astype(np.float64)
            for name in "attn_norm attn_q attn_k attn_v attn_output ffn_norm ffn_gate ffn_up "
            "ffn_down".split()
        }
        h = _normed(x, w["attn_norm"])
        q = _turned((h @ w["attn_q"].T).reshape(-1, HEADS, HEAD))
        k = _turned((h @ w["attn_k"].T).reshape(-1, KV_HEADS, HEAD))
        v = (h @ w["attn_v"].T).reshape(-1, KV_HEADS, HEAD)
        k, v = (np.repeat(part, HEADS // KV_HEADS, axis=1) for part in (k, v))
        scores = np.einsum("ihd,jhd->hij", q, k) / np.sqrt(HEAD)
        scores += np.triu(np.full(scores.shape[1:], -np.inf), 1)
        attention = np.exp(scores - scores.max(-1, keepdims=True))
        attention /= attention.sum(-1, keepdims=True)
        x = x + np.einsum("hij,jhd->ihd", attention, v).reshape(-1, WIDTH) @ w["attn_output"].T
        h = _normed(x, w["ffn_norm"])
        gate = h @ w["ffn_gate"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w["ffn_up"].T)) @ w["ffn_down"].T
        outputs.append(x)
    return np.stack(outputs, 1).astype(np.float32)


def _normed(x: npt.NDArray[np.float64], weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(x / np.sqrt((x**2).mean(-1, keepdims=True) + EPSILON) * weight)


def _turned(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Rotary positions; llama pairs each even channel with the next."""
    angles = np.arange(len(x))[:, None] * ROPE_BASE ** (-np.arange(0, HEAD, 2) / HEAD)
    turn = np.exp(1j * angles)[:, None]
    turned = (x[..., 0::2] + 1j * x[..., 1::2]) * turn
    return np.stack([turned.real, turned.imag], -1).reshape(x.shape)
