from hypothesis import given
from hypothesis import strategies as st

from app.tutorial.diffing import Piece, accept, differences
from app.tutorial.model import Step, Tutorial
from app.tutorial.undo import Entry, undo

TEXTS = st.text() | st.lists(st.sampled_from(["the", " ", "pot", ".", "\n\n", "a", "é"])).map(
    "".join
)
START = Tutorial("t", steps=(Step("s", "Fill", "Fill the pot."),))


@given(TEXTS, TEXTS)
def test_the_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_equal_texts_are_one_piece(text: str) -> None:
    assert differences(text, text) == ((Piece("same", text),) if text else ())


def test_a_difference_is_shown_in_whole_words() -> None:
    assert differences("Fill the big pot, then wait.", "Fill a jar, then wait!") == (
        Piece("same", "Fill"),
        Piece("gone", " the big pot"),
        Piece("new", " a jar"),
        Piece("same", ", then wait"),
        Piece("gone", "."),
        Piece("new", "!"),
    )


def test_a_very_long_text_has_pieces_too() -> None:
    before = "a b " * 20_000
    pieces = differences(before, f"{before}c")
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before


def test_an_accepted_proposal_is_one_edit() -> None:
    tutorial, entry = accept(
        START, "s", "Fill it", "Add soil.", "Fill", "Fill the pot.", draft=True
    )
    assert tutorial.steps[0] == Step("s", "Fill it", "Add soil.", draft=True)
    assert undo(tutorial, entry) == (START, ())


def test_a_proposal_for_text_that_changed_since_is_left() -> None:
    for seen in (("Fill", "Fill the"), ("Fil", "Fill the pot.")):
        assert accept(START, "s", "A", "B", *seen, draft=False) == (START, Entry())
    assert accept(START, "gone", "A", "B", "Fill", "Fill the pot.", draft=False)[1] == Entry()


def test_a_proposal_that_changes_nothing_makes_no_draft() -> None:
    same = ("Fill", "Fill the pot.")
    assert accept(START, "s", *same, *same, draft=True) == (START, Entry())
