"""Networks of the real classes at tiny size, with seeded random weights and our own vocabulary."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from inference.packs.manifest import Network, Source, Weights
from inference.packs.store import Store
from inference.painter.pixels.networks import Shape, build, shapes

SPECIALS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>",
    "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>", "<think>", "</think>",
)  # fmt: skip
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.content is string %}{{ m.content }}"
    "{% else %}{% for c in m.content %}{{ c.text }}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tiny_tokenizer(folder: Path):
    """Return a tokenizer of bytes with Qwen's special tokens."""
    from transformers import Qwen2TokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(letters)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIALS])
    path = folder / "tokenizer.json"
    tokenizer.save(str(path))
    return Qwen2TokenizerFast(
        tokenizer_file=str(path),
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=TEMPLATE,
    )


def tiny_klein(folder: Path, *, seed: int = 0, layers: int = 4):
    """Return a Flux2KleinPipeline. layers: of its text encoder."""
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinPipeline,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = tiny_tokenizer(folder)
    torch.manual_seed(seed)
    transformer = Flux2Transformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=2, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=48, timestep_guidance_channels=256,
        axes_dims_rope=(4, 4, 4, 4), guidance_embeds=False,
    )  # fmt: skip
    reader = Qwen3ForCausalLM(
        Qwen3Config(
            intermediate_size=16, hidden_size=16, num_hidden_layers=layers, num_attention_heads=2,
            num_key_value_heads=2, vocab_size=len(tokenizer), max_position_embeddings=512,
            head_dim=8,
        )
    )  # fmt: skip
    vae = AutoencoderKLFlux2(
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 4, 8), layers_per_block=1, latent_channels=4, norm_num_groups=1,
        use_quant_conv=False, use_post_quant_conv=False,
    )  # fmt: skip
    for part in (transformer, reader, vae):
        part.eval()
    pipeline = Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=reader,
        tokenizer=tokenizer,
        transformer=transformer,
        is_distilled=True,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def tiny_cosmos(*, text: int = 24, seed: int = 0):
    """Return a CosmosTransformer3DModel, an AutoencoderKLWan and our scheduler.

    text: channels of a token's states.
    """
    from diffusers import AutoencoderKLWan, CosmosTransformer3DModel

    torch.manual_seed(seed)
    transformer = CosmosTransformer3DModel(
        in_channels=17, out_channels=16, num_attention_heads=2, attention_head_dim=16,
        num_layers=2, mlp_ratio=2, text_embed_dim=32, adaln_lora_dim=4, max_size=(8, 32, 32),
        patch_size=(1, 2, 2), rope_scale=(1.0, 3.0, 3.0), concat_padding_mask=True,
        extra_pos_embed_type=None, use_crossattn_projection=True, crossattn_proj_in_channels=text,
        encoder_hidden_states_channels=32,
    )  # fmt: skip
    vae = AutoencoderKLWan(
        base_dim=3, z_dim=16, dim_mult=[1, 1, 1, 1], num_res_blocks=1,
        temperal_downsample=[False, True, True],
    )  # fmt: skip
    return transformer.eval(), vae.eval(), build(shapes("cosmos")["scheduler"])


def tiny_qwen_image(*, text: int = 16, seed: int = 0):
    """Return a QwenImageTransformer2DModel, an AutoencoderKLQwenImage and our scheduler."""
    from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel

    torch.manual_seed(seed)
    transformer = QwenImageTransformer2DModel(
        patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16,
        num_attention_heads=3, joint_attention_dim=text, guidance_embeds=False,
        axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    vae = AutoencoderKLQwenImage(
        base_dim=8, z_dim=4, dim_mult=[1, 2, 4], num_res_blocks=1,
        temperal_downsample=[False, True], latents_mean=[0.1, 0.0, -0.1, 0.2],
        latents_std=[1.0, 0.9, 1.1, 1.2],
    )  # fmt: skip
    return transformer.eval(), vae.eval(), build(shapes("qwen-edit")["scheduler"])


PARTS = ("transformer", "vae", "text_encoder")
Stored = tuple[tuple[Network, ...], dict[str, Shape]]


def stored(store: Store, path: Path) -> Weights:
    """Put a file in the place that a pack manager gives it."""
    data = path.read_bytes()
    source = Source("hub", "tests/tiny", path.name, "main")
    item = Weights(path.name, len(data), hashlib.sha256(data).hexdigest(), "MIT", (source,))
    place = store.place(item)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, place)
    return item


def stored_klein(store: Store, folder: Path, *, layers: int = 4) -> Stored:
    """Put a tiny klein's files in their places; return the networks and their shapes."""
    pipeline = tiny_klein(folder, layers=layers)
    networks, shaped = _stored(store, folder, {part: getattr(pipeline, part) for part in PARTS})
    networks += (Network("tokenizer", (stored(store, folder / "tokenizer.json"),)),)
    shaped["scheduler"] = Shape("FlowMatchEulerDiscreteScheduler", {"use_dynamic_shifting": True})
    return networks, shaped


def stored_qwen_edit(store: Store, folder: Path, *, text: int) -> Stored:
    """Put a tiny Qwen-Image-Edit's files in their places, a LoRA among them."""
    transformer, vae, _ = tiny_qwen_image(text=text)
    networks, shaped = _stored(store, folder, {"transformer": transformer, "vae": vae})
    layer = "transformer_blocks.0.attn.to_out.0"
    rows, columns = transformer.get_submodule(layer).weight.shape
    lora = folder / "lora.safetensors"
    save_file(
        {f"{layer}.lora_down.weight": torch.randn(2, columns),
         f"{layer}.lora_up.weight": torch.randn(rows, 2)}, str(lora)
    )  # fmt: skip
    networks += (Network("lora", (stored(store, lora),)),)
    return networks, {**shaped, "scheduler": shapes("qwen-edit")["scheduler"]}


def stored_cosmos(store: Store, folder: Path, *, text: int) -> Stored:
    """Put a tiny Cosmos' files in their places. text: channels of a token's states."""
    transformer, vae, _ = tiny_cosmos(text=text)
    networks, shaped = _stored(store, folder, {"transformer": transformer, "vae": vae})
    return networks, {**shaped, "scheduler": shapes("cosmos")["scheduler"]}


def _stored(store: Store, folder: Path, parts: dict[str, Any]) -> Stored:
    networks, shaped = [], {}
    for part, network in parts.items():
        path = folder / f"{part}.safetensors"
        save_file({k: v.contiguous() for k, v in network.state_dict().items()}, str(path))
        networks.append(Network(part, (stored(store, path),)))
        shaped[part] = Shape(type(network).__name__, config_of(network))
    return tuple(networks), shaped


def config_of(network) -> dict[str, object]:
    """Return what a network's constructor was given."""
    if hasattr(network.config, "to_diff_dict"):
        names = (
            "vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads"
            " num_key_value_heads head_dim max_position_embeddings"
        )
        return {name: getattr(network.config, name) for name in names.split()}
    return {name: value for name, value in network.config.items() if not name.startswith("_")}
