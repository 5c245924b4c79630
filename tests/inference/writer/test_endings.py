import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.writer.endings import stutters, whole, whole_sentences

prose = st.lists(
    st.sampled_from(["Pour", "the", "water", "into", "a", "pot,", "and", "it", "boils.", "Wait!"]),
    min_size=1,
    max_size=60,
).map(" ".join)


def test_what_fits_is_kept() -> None:
    assert whole("Fill the", 20) == "Fill the"
    assert whole_sentences("Fill the pot. Wait!", 20) == "Fill the pot. Wait!"


def test_a_phrase_is_cut_where_it_can_end() -> None:
    assert whole("Fill the pot with the water of the", 24) == "Fill the pot"
    assert whole("Fill the pot, and the bowl too", 21) == "Fill the pot"
    assert whole("Stir it and pour", 12) == "Stir it"
    assert whole("Donaudampfschiff", 8) == "Donaudam"


def test_sentences_that_ran_on_are_left_out() -> None:
    long = "Stir, and stir, and stir, and stir, and stir."
    assert whole_sentences(f"Fill the pot. {long} Wait!", 30) == "Fill the pot. Wait!"
    assert whole_sentences(long, 30) == "Stir."


@given(prose, st.integers(5, 80))
def test_a_cut_phrase_is_a_beginning_within_its_limit(text: str, limit: int) -> None:
    cut = whole(text, limit)
    assert text.startswith(cut)
    assert cut
    assert len(cut) <= limit
    if cut != text:
        assert cut.split()[-1] not in ("the", "a", "and", "into") or " " not in cut


@given(prose, st.integers(20, 80))
def test_cut_sentences_end_as_sentences_do(text: str, limit: int) -> None:
    cut = whole_sentences(text, limit)
    assert cut.endswith((".", "!"))
    assert all(len(sentence) < limit for sentence in cut.replace("!", ".").split(". "))
    known = set(text.replace(".", " ").replace(",", " ").split())
    assert set(cut.replace(".", " ").replace(",", " ").split()) <= known


@pytest.mark.parametrize(
    "text",
    ["go on-x-x-x-x-x", "3) 3) 3) 3) 3) ", "zzzzz", "one two one two one two one two one two"],
)
def test_stutters_are_found(text: str) -> None:
    assert stutters(text) == (text.count("one two") == 0)


def test_prose_does_not_stutter() -> None:
    assert not stutters("")
    assert not stutters("Roll, fold and roll the dough again and again.")
