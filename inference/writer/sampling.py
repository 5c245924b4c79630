"""Chooses the next token: candidates near the best, penalties, the grammar, text guards.

Unusual: the grammar is asked about the one token that was sampled. Only when it and every other
candidate are refused is the grammar applied to the whole vocabulary, which is slow.
"""

import ctypes
import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

import llama_cpp
import numpy as np
import numpy.typing as npt

from inference.writer.errors import WriterError
from inference.writer.model import Model

SPAN = 9.0  # nats below the best logit within which a token is a candidate at all
MOST = 64  # candidates kept


@dataclass(frozen=True)
class Sampling:
    """temperature 0 takes the most probable token; top_p is the share of probability kept."""

    temperature: float = 0.7
    top_p: float = 0.9
    repeat_penalty: float = 1.1


class Grammar:
    """A GBNF grammar being followed. Source of the syntax: llama.cpp, grammars/README.md.

    The model may rest and wake meanwhile: its vocabulary then lies elsewhere, and llama.cpp's
    sampler, which has a bare pointer to it, is made anew and told what was accepted.
    """

    def __init__(self, model: Model, gbnf: str) -> None:
        self._model = model
        self._gbnf = gbnf.encode()
        self._accepted: list[int] = []
        self._vocab: Any = None
        self._made: Any = None
        self._one = (llama_cpp.llama_token_data * 1)()
        if not self._sampler:
            raise WriterError("the grammar can't be parsed")

    @property
    def _sampler(self) -> Any:
        if self._vocab != self._model.vocab:
            self.close()
            self._vocab = self._model.vocab
            made = llama_cpp.llama_sampler_init_grammar(self._vocab, self._gbnf, b"root")
            self._made = made
            for token in self._accepted:
                llama_cpp.llama_sampler_accept(made, token)
        return self._made

    def allows(self, token: int) -> bool:
        """Whether the text so far may go on with this token."""
        self._one[0] = llama_cpp.llama_token_data(id=token, logit=1.0, p=0.0)
        array = llama_cpp.llama_token_data_array(data=self._one, size=1, selected=-1, sorted=False)
        llama_cpp.llama_sampler_apply(self._sampler, ctypes.byref(array))
        return self._one[0].logit > float("-inf")

    def accept(self, token: int) -> None:
        """Go on with an allowed token."""
        llama_cpp.llama_sampler_accept(self._sampler, token)
        self._accepted.append(token)

    def allowed(self, tokens: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Return those of the tokens that may come next."""
        data = (llama_cpp.llama_token_data * len(tokens))()
        for i, token in enumerate(tokens):
            data[i] = llama_cpp.llama_token_data(id=int(token), logit=1.0, p=0.0)
        array = llama_cpp.llama_token_data_array(
            data=data, size=len(tokens), selected=-1, sorted=False
        )
        llama_cpp.llama_sampler_apply(self._sampler, ctypes.byref(array))
        kept = [data[i].id for i in range(array.size) if data[i].logit > float("-inf")]
        return np.array(kept, np.intp)

    def close(self) -> None:
        """Free the grammar."""
        if self._made:
            llama_cpp.llama_sampler_free(self._made)
            self._made = None


def choose(
    logits: npt.NDArray[np.float32],
    sampling: Sampling,
    random: np.random.Generator,
    recent: Container[int],
    bias: Mapping[int, float],
    allows: Callable[[int], bool],
    grammar: Grammar,
) -> int:
    """Return the next token id, one that the grammar and `allows` accept.

    logits: (n_vocab,) float32. recent: tokens made less likely by repeat_penalty. bias: nats
    added to single tokens.
    """
    order = _candidates(logits)
    while len(order):
        index = _draw(logits, order, sampling, random, recent, bias)
        token = int(order[index])
        if allows(token) and grammar.allows(token):
            return token
        order = np.delete(order, index)
    rest = grammar.allowed(np.arange(len(logits)))
    if not len(rest):
        raise WriterError("the grammar allows no token here")
    best = rest[np.argsort(-logits[rest], kind="stable")]
    return int(next((token for token in best if allows(int(token))), best[0]))


def _candidates(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    near = np.flatnonzero(logits > logits.max() - SPAN)
    if len(near) > 4 * MOST:
        near = near[np.argpartition(-logits[near], MOST)[:MOST]]
    return near[np.argsort(-logits[near], kind="stable")][:MOST]


def _draw(
    logits: npt.NDArray[np.float32],
    order: npt.NDArray[np.intp],
    sampling: Sampling,
    random: np.random.Generator,
    recent: Container[int],
    bias: Mapping[int, float],
) -> int:
    """Return the index in `order` of the token drawn."""
    if sampling.temperature == 0:
        return 0
    penalty = math.log(sampling.repeat_penalty)
    scores = logits[order].astype(np.float64)
    scores += [
        bias.get(token, 0.0) - (penalty if token in recent else 0.0) for token in order.tolist()
    ]
    ranked = np.argsort(-scores, kind="stable")
    weights = np.exp((scores[ranked] - scores[ranked[0]]) / sampling.temperature)
    sums = np.cumsum(weights)
    kept = int(np.searchsorted(sums, sampling.top_p * sums[-1])) + 1
    drawn = int(np.searchsorted(sums[:kept], random.random() * sums[min(kept, len(sums)) - 1]))
    return int(ranked[min(drawn, kept - 1)])
