"""Tiny random models with eyes: one torch module, and the two GGUF files that hold its weights.

Source of keys and names: llama.cpp's converters of Qwen2.5-VL and Qwen3-VL.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from tokenizers.pre_tokenizers import ByteLevel

from inference.writer.model import Model
from inference.writer.vision import Eyes

LAYERS, WIDTH, HEADS, KV_HEADS, HEAD, INNER, CONTEXT = 5, 80, 5, 1, 16, 96, 16384
SECTIONS = [4, 2, 2]  # rotary channels that tell time, row and column
EPSILON, ROPE_BASE = 1e-6, 1e6
V_WIDTH, V_HEADS, V_INNER = 32, 2, 64
SPECIAL = (
    "<|endoftext|> <|im_start|> <|im_end|> <|vision_start|> <|vision_end|> <|image_pad|> "
    "<|video_pad|>"
).split()
VOCABULARY = [*sorted(ByteLevel.alphabet()), "th", *SPECIAL]
MEAN, DEVIATION = [0.48, 0.46, 0.41], [0.27, 0.26, 0.28]
SEEDS = {"qwen2vl": 7, "qwen3vl": 1}  # with which both write of pictures
KINDS = tuple(SEEDS)
PATCH = {"qwen2vl": 14, "qwen3vl": 16}  # pixels a side; 2 x 2 patches make a token
DEEP = [0, 1]  # layers of Qwen3-VL's eyes that go into the text's first layers


@dataclass(frozen=True)
class Seer:
    """A tiny model with eyes: the torch module, and the same weights in llama.cpp."""

    kind: str
    network: Any
    model: Model
    eyes: Eyes
    path: Path  # of the eyes

    def close(self) -> None:
        self.eyes.close()
        self.model.close()


def seer(kind: str, folder: Path) -> Seer:
    made = network(kind)
    text, eyes = folder / "text.gguf", folder / "eyes.gguf"
    write_text(text, kind, made)
    write_eyes(eyes, kind, made)
    model = Model(text)
    return Seer(kind, made, model, Eyes(model, eyes, threads=1), eyes)


def network(kind: str) -> Any:
    """The torch module with fixed random weights, in single precision."""
    torch.set_num_threads(1)
    import transformers as hf

    configuration, architecture = (
        (hf.Qwen3VLConfig, hf.Qwen3VLForConditionalGeneration)
        if kind == "qwen3vl"
        else (hf.Qwen2_5_VLConfig, hf.Qwen2_5_VLForConditionalGeneration)
    )
    made = architecture(configuration(**_configured(kind)))
    generator = torch.Generator().manual_seed(SEEDS[kind])
    for name, weight in made.named_parameters():
        if "norm" in name and weight.ndim == 1 and name.endswith("weight"):
            torch.nn.init.uniform_(weight, 0.5, 1.5, generator=generator)
        else:
            deviation = 0.6 if name == "lm_head.weight" else 0.08
            torch.nn.init.normal_(weight, std=deviation, generator=generator)
    return made.eval().float()


def _configured(kind: str) -> dict[str, Any]:
    rope = {"rope_type": "default", "rope_theta": ROPE_BASE, "mrope_section": SECTIONS}
    text: dict[str, Any] = {
        "vocab_size": len(VOCABULARY),
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KV_HEADS,
        "max_position_embeddings": CONTEXT,
        "rms_norm_eps": EPSILON,
        "rope_parameters": rope,
        "bos_token_id": None,
        "eos_token_id": None,
    }
    vision: dict[str, Any] = {
        "depth": 4,
        "hidden_size": V_WIDTH,
        "intermediate_size": V_INNER,
        "num_heads": V_HEADS,
        "patch_size": PATCH[kind],
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": WIDTH,
    }
    if kind == "qwen3vl":
        text |= {"head_dim": HEAD, "rope_parameters": {**rope, "mrope_interleaved": True}}
        vision |= {"num_position_embeddings": 64, "deepstack_visual_indexes": DEEP}
    else:
        vision |= {"window_size": 112, "fullatt_block_indexes": [1, 3]}
    marks = ("image_pad", "video_pad", "vision_start", "vision_end")
    return {
        "text_config": text,
        "vision_config": vision,
        "tie_word_embeddings": False,
        **{
            f"{mark.removesuffix('_pad')}_token_id": VOCABULARY.index(f"<|{mark}|>")
            for mark in marks
        },
    }


def write_text(path: Path, kind: str, made: Any) -> None:
    writer = gguf.GGUFWriter(path, kind)
    writer.add_name("tiny")
    writer.add_vocab_size(len(VOCABULARY))
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_rope_dimension_sections([*SECTIONS, 0])
    if kind == "qwen3vl":
        writer.add_key_length(HEAD)
        writer.add_value_length(HEAD)
        writer.add_num_deepstack_layers(len(DEEP))
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
    _write(writer, _text_tensors(made))


def _text_tensors(made: Any) -> Iterator[tuple[str, torch.Tensor]]:
    language = made.model.language_model
    yield "token_embd.weight", language.embed_tokens.weight
    yield "output_norm.weight", language.norm.weight
    yield "output.weight", made.lm_head.weight
    names = {
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    for number, layer in enumerate(language.layers):
        for name, weight in layer.named_parameters():
            part, _, kind = name.rpartition(".")
            yield f"blk.{number}.{names[part]}.{kind}", weight


def write_eyes(path: Path, kind: str, made: Any) -> None:
    vision = made.config.vision_config
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_file_type(0)
    writer.add_clip_has_vision_encoder(True)
    projector = "qwen3vl_merger" if kind == "qwen3vl" else "qwen2.5vl_merger"
    writer.add_string(gguf.Keys.Clip.PROJECTOR_TYPE, projector)
    writer.add_vision_image_size(128)
    writer.add_vision_patch_size(vision.patch_size)
    writer.add_vision_embedding_length(V_WIDTH)
    writer.add_vision_feed_forward_length(V_INNER)
    writer.add_vision_block_count(vision.depth)
    writer.add_vision_head_count(V_HEADS)
    writer.add_vision_projection_dim(WIDTH)
    writer.add_vision_attention_layernorm_eps(1e-6)
    writer.add_vision_image_mean(MEAN)
    writer.add_vision_image_std(DEVIATION)
    writer.add_vision_spatial_merge_size(2)
    if kind == "qwen3vl":
        writer.add_vision_use_gelu(True)
        writer.add_vision_is_deepstack_layers([layer in DEEP for layer in range(vision.depth)])
        _write(writer, _eyes_of_qwen3(made.model.visual))
    else:
        writer.add_vision_use_silu(True)
        writer.add_vision_n_wa_pattern(2)
        writer.add_vision_window_size(vision.window_size)
        _write(writer, _eyes_of_qwen2(made.model.visual))


def _eyes_of_qwen3(visual: Any) -> Iterator[tuple[str, torch.Tensor]]:
    weights = visual.state_dict()
    yield from _patches(weights)
    yield "v.patch_embd.bias", weights["patch_embed.proj.bias"]
    yield "v.position_embd.weight", weights["pos_embed.weight"]
    names = {
        "norm1": "ln1",
        "norm2": "ln2",
        "attn.qkv": "attn_qkv",
        "attn.proj": "attn_out",
        "mlp.linear_fc1": "ffn_up",
        "mlp.linear_fc2": "ffn_down",
    }
    yield from _blocks(visual, names)
    mergers = [("merger", {"norm": "v.post_ln", "linear_fc1": "mm.0", "linear_fc2": "mm.2"})]
    for place, layer in enumerate(DEEP):
        deep = {"norm": "norm", "linear_fc1": "fc1", "linear_fc2": "fc2"}
        spelt = {name: f"v.deepstack.{layer}.{part}" for name, part in deep.items()}
        mergers.append((f"deepstack_merger_list.{place}", spelt))
    for where, parts in mergers:
        for name, spelt in parts.items():
            for kind in ("weight", "bias"):
                yield f"{spelt}.{kind}", weights[f"{where}.{name}.{kind}"]


def _eyes_of_qwen2(visual: Any) -> Iterator[tuple[str, torch.Tensor]]:
    weights = visual.state_dict()
    yield from _patches(weights)
    names = {
        "norm1": "ln1",
        "norm2": "ln2",
        "attn.proj": "attn_out",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    yield from _blocks(visual, names)
    yield "v.post_ln.weight", weights["merger.ln_q.weight"]
    for place in (0, 2):
        for kind in ("weight", "bias"):
            yield f"mm.{place}.{kind}", weights[f"merger.mlp.{place}.{kind}"]


def _patches(weights: dict[str, torch.Tensor]) -> Iterator[tuple[str, torch.Tensor]]:
    """The kernel over two moments of time as two kernels over one."""
    kernel = weights["patch_embed.proj.weight"]
    yield "v.patch_embd.weight", kernel[:, :, 0]
    yield "v.patch_embd.weight.1", kernel[:, :, 1]


def _blocks(visual: Any, names: dict[str, str]) -> Iterator[tuple[str, torch.Tensor]]:
    for number, block in enumerate(visual.blocks):
        for name, weight in block.named_parameters():
            part, _, kind = name.rpartition(".")
            if part in names:
                yield f"v.blk.{number}.{names[part]}.{kind}", weight
            else:
                for letter, third in zip("qkv", weight.chunk(3), strict=True):
                    yield f"v.blk.{number}.attn_{letter}.{kind}", third


def _write(writer: gguf.GGUFWriter, tensors: Iterator[tuple[str, torch.Tensor]]) -> None:
    for name, tensor in tensors:
        writer.add_tensor(name, np.ascontiguousarray(tensor.detach().float().numpy()))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
