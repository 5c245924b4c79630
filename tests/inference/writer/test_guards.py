import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inference.writer.guards import RunGuard, runs, words

LENGTH = 4
WORDS = ("fill", "the", "pot", "the pots", "don't", "Pour", "ÄRGER", "2nd", "pot's")
sentence = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
# Pieces as vocabularies have them: word beginnings with their space, ends, marks, whole words.
PIECES = (
    *(" fill", " f", "ill", " the", "the", " th", "e", " pot", "s", "'", "'s", " don", "'t", " Po"),
    *("ur", ", ", ". ", " \u00c4R", "GER", " 2", "nd", "\n", " ", "-", " P", "OT", ""),
)


@given(st.lists(sentence, min_size=1, max_size=3), st.lists(st.sampled_from(PIECES), max_size=90))
@example(["fill the pot's the pots"], [" fill", " the", " pot", "'", "s", " the", " pot", "s"])
def test_no_forbidden_run_is_ever_written(forbidden: list[str], pieces: list[str]) -> None:
    guard = RunGuard(LENGTH)
    guard.forbid(forbidden)
    text = ""
    for piece in pieces:
        if guard.allows(text, piece):
            text += piece
    for told in forbidden:
        assert not runs(text, LENGTH) & runs(told, LENGTH), text


@given(st.lists(sentence, min_size=1, max_size=2), st.lists(st.integers(1, 5), min_size=1))
def test_a_text_is_never_copied_however_it_is_cut(forbidden: list[str], cuts: list[int]) -> None:
    guard = RunGuard(LENGTH)
    guard.forbid(forbidden)
    text, sizes = "", itertools.cycle(cuts)
    for word in re.findall(r" ?[^ ]+", " ".join(forbidden)):  # no vocabulary joins words
        while word:
            piece, word = word[: (size := next(sizes))], word[size:]
            if guard.allows(text, piece):
                text += piece
    for told in forbidden:
        assert not runs(text, LENGTH) & runs(told, LENGTH), text


@given(sentence, sentence)
def test_what_shares_no_run_is_never_refused(forbidden: str, told: str) -> None:
    """Written word by word, refusal means that a run would have been completed."""
    guard = RunGuard(LENGTH)
    guard.forbid([forbidden])
    text = ""
    for word in told.split(" "):
        piece = f" {word}" if text else word
        ends = {run[-1] for run in runs(forbidden, LENGTH) if run[:-1] == ran(text)}
        begun = words(word)[0] if words(word) else ""
        assert guard.allows(text, piece) == (not any(end.startswith(begun) for end in ends))
        text += piece


def ran(text: str) -> tuple[str, ...]:
    return tuple(words(text)[1 - LENGTH :])


@pytest.mark.parametrize("piece", [" pot", " p", " po", "-p", " Pot", " P"])
def test_a_run_is_refused_where_its_last_word_begins(piece: str) -> None:
    guard = RunGuard(LENGTH)
    guard.forbid(["Fill the big pot."])
    assert not guard.allows("Now fill the big", piece)
    assert guard.allows("Now fill a big", piece)


def test_a_run_may_go_on_with_another_word() -> None:
    guard = RunGuard(LENGTH)
    guard.forbid(["fill the big pot"])
    assert guard.allows("fill the big", " bowl")
    assert guard.allows("fill the big", "gest")
    assert guard.allows("fill the big", ", ")
    assert guard.allows("fill the big", " pottery")


def test_words_and_runs() -> None:
    assert words("Don\u2019t stop: 2 eggs, it's_fine!") == [
        "don\u2019t",
        "stop",
        "2",
        "eggs",
        "it's",
        "fine",
    ]
    assert runs("a b c", 2) == {("a", "b"), ("b", "c")}
    assert runs("a b c", 4) == set()
