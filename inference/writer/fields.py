"""Writes one field: samples tokens by a grammar until the field ends."""

from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from inference.writer.model import Model
from inference.writer.sampling import SPAN, Grammar, Sampling, choose
from inference.writer.session import Session

RECENT = 64  # tokens that the repeat penalty looks back on


@dataclass
class Field:
    """A field being written: its text so far, and its last token.

    closing: the writer would rather have ended its turn than go on with the last token. forced:
    the grammar ended the field where the writer would have gone on.
    """

    text: str = ""
    last: int = -1
    closing: bool = False
    forced: bool = False


class FieldWriter:
    """Samples fields from one session; allows(text, piece) may refuse a piece of text."""

    def __init__(self, session: Session, allows: Callable[[str, str], bool]) -> None:
        self._session = session
        self._allows = allows

    def write(
        self,
        gbnf: str,
        sampling: Sampling,
        seed: list[int],
        stop: Callable[[Field], bool],
        bias: Mapping[int, float] | None = None,
    ) -> Iterator[Field]:
        """Yield the growing field after each token, until `stop` says that it has ended.

        seed: numbers that name this field and try, so that one field's choices never move
        another's. bias: nats added to single tokens. The ending token is evaluated too.
        """
        model = self._session.model
        field = Field()
        random = np.random.default_rng(seed)
        grammar = Grammar(model, gbnf)
        tokens: list[int] = []
        data = bytearray()
        ended = False
        try:
            while not ended:
                logits = self._session.logits
                token = choose(
                    logits,
                    sampling,
                    random,
                    set(tokens[-RECENT:]),
                    bias or {},
                    lambda token: self._may_follow(model, field.text, data, token),
                    grammar,
                )
                field.closing = model.is_end(int(logits.argmax()))
                field.forced = bool(logits[token] < logits.max() - SPAN)
                grammar.accept(token)
                tokens.append(token)
                data.extend(model.pieces[token])
                # A character may lie across two tokens: its first half is not text yet.
                field.text = data.decode("utf-8", "ignore")
                field.last = token
                ended = stop(field)
                self._session.accept(token)
                yield field
        finally:
            grammar.close()

    def _may_follow(self, model: Model, text: str, data: bytearray, token: int) -> bool:
        if model.is_end(token):
            return False
        try:  # llama.cpp's grammar takes bytes for characters that no decoder takes
            getincrementaldecoder("utf-8")().decode(data + model.pieces[token])
        except UnicodeDecodeError:
            return False
        # Half a character must not look like nothing: a guard would let it through.
        return self._allows(text, model.pieces[token].decode("utf-8", "replace"))
