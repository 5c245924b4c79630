"""The tuned writer as a reader in torch: many short texts at once, where llama.cpp takes one.

The same weights, dequantised, with the same adapter; what differs is rounding (llama.cpp also
quantises the activations). Made-up documents are read so; the corpus itself, whose texts are like
those that the painter will see, is read by llama.cpp.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from inference.painter.connector import concatenated

TOKENS = 4096  # of one batch, padding included

Chunks = Sequence[Sequence[int]]


class TorchReader:
    """All layers' outputs of a llama; base: with its adapter merged or injected, or bare."""

    def __init__(self, base: LlamaForCausalLM, embedded: Callable[[Tensor], Tensor]) -> None:
        self._model = base.model
        self._embedded = embedded
        self._taken: list[Tensor] = []
        for layer in base.model.layers:
            layer.register_forward_hook(self._take)

    def _take(self, _layer: nn.Module, _given: object, output: Tensor | tuple[Tensor, ...]) -> None:
        self._taken.append(output if isinstance(output, Tensor) else output[0])

    @torch.no_grad()
    def features(
        self, documents: Sequence[Chunks], make: Callable[[Tensor], Tensor]
    ) -> Iterator[list[Tensor]]:
        """Yield for each document what make() makes of its features (n, full), one a chunk."""
        start = 0
        while start < len(documents):
            end, longest = start, 0
            while end < len(documents):
                longest = max(longest, sum(map(len, documents[end])), 1)
                if end > start and longest * (end - start + 1) > TOKENS:
                    break
                end += 1
            yield from self._batch(documents[start:end], make)
            start = end

    def _batch(
        self, documents: Sequence[Chunks], make: Callable[[Tensor], Tensor]
    ) -> Iterator[list[Tensor]]:
        tokens = [[token for chunk in document for token in chunk] for document in documents]
        longest = max(1, *map(len, tokens))
        # Attention is causal: what is padded behind a text changes nothing in it.
        padded = torch.tensor([[*text, *[0] * (longest - len(text))] for text in tokens])
        self._taken = []
        self._model(inputs_embeds=self._embedded(padded), use_cache=False)
        for k, document in enumerate(documents):
            states = torch.stack([layer[k, : len(tokens[k])] for layer in self._taken], 1)
            made = make(concatenated(states))
            yield list(made.split([len(chunk) for chunk in document]))
