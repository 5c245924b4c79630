from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.writer.errors import WriterError
from inference.writer.model import Model
from inference.writer.sampling import Grammar, Sampling, choose

A, B, C = (ord(letter) for letter in "abc")
GREEDY = Sampling(temperature=0)


@pytest.fixture
def letters(tiny: Model) -> Iterator[Grammar]:
    grammar = Grammar(tiny, "root ::= [abc]+")
    yield grammar
    grammar.close()


def logits(tiny: Model, **best: float) -> npt.NDArray[np.float32]:
    values = np.zeros(tiny.n_vocab, np.float32)
    for letter, value in best.items():
        values[ord(letter)] = value
    return values


def pick(
    values: npt.NDArray[np.float32],
    grammar: Grammar,
    sampling: Sampling = GREEDY,
    seed: int = 0,
    recent: tuple[int, ...] = (),
    bias: dict[int, float] | None = None,
    allows: Callable[[int], bool] = lambda token: True,
) -> int:
    random = np.random.default_rng(seed)
    return choose(values, sampling, random, recent, bias or {}, allows, grammar)


def test_the_most_probable_token_that_the_grammar_allows(tiny: Model, letters: Grammar) -> None:
    assert pick(logits(tiny, z=9, b=5, a=4), letters) == B
    assert pick(logits(tiny, z=9, b=5, a=4), letters, allows=lambda token: token != B) == A


def test_far_beyond_the_candidates_the_best_allowed_token(tiny: Model, letters: Grammar) -> None:
    values = logits(tiny, z=90, c=2, a=1)
    assert pick(values, letters) == C
    assert pick(values, letters, allows=lambda token: token != C) == A
    assert pick(values, letters, allows=lambda token: False) == C  # the grammar outranks guards


def test_a_seed_gives_the_same_choices(tiny: Model, letters: Grammar) -> None:
    values = logits(tiny, a=5, b=5, c=5)
    warm = Sampling(temperature=1.0, top_p=1.0)
    chosen = [pick(values, letters, warm, seed) for seed in range(60)]
    assert chosen == [pick(values, letters, warm, seed) for seed in range(60)]
    assert set(chosen) == {A, B, C}


def test_top_p_penalty_and_bias_weigh_the_candidates(tiny: Model, letters: Grammar) -> None:
    values = logits(tiny, a=5, b=4.9)
    narrow = Sampling(temperature=0.1, top_p=0.5, repeat_penalty=2.0)
    assert {pick(values, letters, narrow, seed) for seed in range(20)} == {A}
    assert {pick(values, letters, narrow, seed, recent=(A,)) for seed in range(20)} == {B}
    assert {pick(values, letters, narrow, seed, bias={B: 1.0}) for seed in range(20)} == {B}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_logits_of_damaged_weights_still_follow_the_grammar(
    tiny: Model, letters: Grammar, value: float
) -> None:
    values = np.full(tiny.n_vocab, value, np.float32)
    assert pick(values, letters, Sampling()) in (A, B, C)


@settings(max_examples=20, deadline=None)
@given(st.text(st.sampled_from("abé茶\n"), max_size=6), st.integers(0, 99))
def test_one_token_and_the_whole_vocabulary_agree(tiny: Model, text: str, seed: int) -> None:
    """What is asked of the single token is what the grammar says of all."""
    grammar = Grammar(tiny, "root ::= [a-z\u00e9\u8336]* [\\n]*")
    for token in tiny.tokenize(text):
        if not grammar.allows(token):
            break
        grammar.accept(token)
    allowed = set(grammar.allowed(np.arange(tiny.n_vocab)).tolist())
    assert allowed == {token for token in range(tiny.n_vocab) if grammar.allows(token)}
    grammar.close()


@pytest.mark.parametrize("gbnf", ["root ::= [", "other ::= [a]", 'root ::= nothing "a"'])
def test_a_grammar_that_can_not_be_parsed_is_refused(tiny: Model, gbnf: str) -> None:
    with pytest.raises(WriterError, match="can't be parsed"):
        Grammar(tiny, gbnf)
