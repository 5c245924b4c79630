"""The writer with what stage 1 trains: a LoRA, and the embedding row of `<BOV>`.

The base is the pack's own quantised GGUF, dequantised, so that the adapter is right for the weights
that llama.cpp runs. Spare rows of the vocabulary are nearly equal to each other and to
`<|im_end|>`; that of `<BOV>` is trained as input and as output row of the tied embedding.
Source: DuoGen, section 4.2 (stage 1); LoRA: Hu et al., 2021.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import GgufConfig, LlamaForCausalLM

from inference.tuning.dialogues import Dialogue

MODULES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


@dataclass(frozen=True)
class LoraShape:
    """rank of the adapter; its output is scaled by alpha / rank."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05


class TunedWriter(nn.Module):
    """The frozen writer with a LoRA and a row of its own for `<BOV>`; forward is the loss."""

    def __init__(self, base: LlamaForCausalLM, begin_of_vision: int, lora: LoraShape) -> None:
        super().__init__()
        base.requires_grad_(False)
        rows: Any = base.get_input_embeddings().weight
        self.row = nn.Parameter(rows[begin_of_vision].detach().float().clone())
        config = LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            target_modules=list(MODULES),
        )
        self.base: Any = inject_adapter_in_model(config, base)
        self.begin_of_vision = begin_of_vision
        for parameter in self.base.parameters():
            if parameter.requires_grad:
                parameter.data = parameter.data.float()

    def forward(self, dialogues: Sequence[Dialogue]) -> Tensor:
        """Return the mean loss in nats over all answered tokens of the dialogues, weighted."""
        device = self.row.device
        losses, weights = [], []
        for dialogue in dialogues:
            tokens = torch.tensor(dialogue.tokens, device=device)
            weight = torch.tensor(dialogue.weights[1:], device=device)
            answered = weight > 0
            logits = self.logits(tokens[:-1], answered)
            losses.append(cross_entropy(logits, tokens[1:][answered], reduction="none"))
            weights.append(weight[answered])
        weight = torch.cat(weights)
        return (weight * torch.cat(losses)).sum() / weight.sum()

    def embedded(self, tokens: Tensor) -> Tensor:
        """Return the input rows of tokens, (..., width), that of `<BOV>` its own."""
        embedded: Tensor = self.base.get_input_embeddings()(tokens)
        is_bov = (tokens == self.begin_of_vision)[..., None]
        return torch.where(is_bov, self.row.to(embedded.dtype), embedded)

    def logits(self, tokens: Tensor, wanted: Tensor) -> Tensor:
        """Return the logits behind the wanted tokens, (n_wanted, n_vocab) float32."""
        embedding = self.base.get_input_embeddings()
        embedded = self.embedded(tokens[None])
        states = self.base.model(inputs_embeds=embedded, use_cache=False).last_hidden_state
        states = states[0][wanted]
        logits = (states @ embedding.weight.T).float()
        own = (states.float() @ self.row.float())[:, None]
        before, after = logits.split(
            [self.begin_of_vision, logits.shape[1] - self.begin_of_vision], dim=1
        )
        return torch.cat([before, own, after[:, 1:]], dim=1)


def read_base(path: Path) -> LlamaForCausalLM:
    """Return the GGUF's weights dequantised, rounded to bfloat16."""
    return LlamaForCausalLM.from_pretrained(
        path.parent,
        gguf_file=path.name,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
        local_files_only=True,
    )
