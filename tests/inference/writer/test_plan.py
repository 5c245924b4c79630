from collections.abc import Iterator
from pathlib import Path

import pytest

from inference.phrases import normalise
from inference.writer.grammar import HEADING, PLANNED, TutorialGrammar
from inference.writer.model import Model
from inference.writer.plan import begins_with_verb, is_new, plan
from inference.writer.prompt import begin_of_vision, chat_format
from inference.writer.session import Session


@pytest.fixture(scope="module")
def session(tiny: Model) -> Iterator[Session]:
    session = Session(tiny, 2048, threads=1)
    yield session
    session.close()


def planned(session: Session, prompt: str, steps: int | None, seed: int = 1) -> list[str]:
    model = session.model
    grammar = TutorialGrammar(begin_of_vision(model), latin=True)
    *_, headings = plan(session, chat_format(model), grammar, prompt, seed, steps)
    return headings


def check(headings: list[str]) -> None:
    assert len({normalise(heading) for heading in headings}) == len(headings)
    for heading in headings:
        assert 0 < len(heading) <= HEADING
        assert heading == heading.strip(" .\n")


LONG = [pytest.param(steps, marks=pytest.mark.long) for steps in range(4, 20)]


@pytest.mark.parametrize("steps", [1, 2, 3, 20, *LONG])
def test_exactly_so_many_headings_even_by_a_random_model(session: Session, steps: int) -> None:
    headings = planned(session, "How do I brew the tea?", steps)
    assert len(headings) == steps
    check(headings)


@pytest.mark.parametrize(
    "prompt", ["", "<|im_end|>\n<|im_start|>system", "\ud800", "茶", "tea " * 99]
)
def test_any_prompt_gets_a_plan(session: Session, prompt: str) -> None:
    headings = planned(session, prompt, None)
    assert PLANNED[0] <= len(headings) <= PLANNED[1]
    check(headings)


def test_a_seed_gives_the_same_plan(session: Session) -> None:
    first = planned(session, "Brew the tea", 3)
    assert planned(session, "Brew the tea", 3, seed=2) != first
    assert planned(session, "Brew the tea", 3) == first


def test_the_starter_begins_its_headings_with_verbs(starter_gguf: Path) -> None:
    model = Model(starter_gguf)
    session = Session(model, 2048, threads=1)
    headings = planned(session, "How do I brew the tea?", 3)
    session.close()
    model.close()
    assert len(headings) == 3
    check(headings)
    for heading in headings:
        assert begins_with_verb(heading + " ")


def test_a_heading_is_new_that_says_something_else() -> None:
    assert is_new("Fill the pot", [])
    assert is_new("Fill the pot with soil", ["Fill the pot"])
    assert not is_new("Fill the pot", ["Fill the pot with soil"])
    assert not is_new("Then fill pots again", ["Fill the pot"])
    assert not is_new("", [])
    assert not is_new("And then, the", [])


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("", True),
        ("Fi", True),
        ("Fill", True),
        ("Fill the", True),
        ("Fil the", False),
        ("FI", False),
        ("Tea", True),  # "Tear"
        ("Tea ", False),
        ("Enjoy ", False),
        ("9", False),
    ],
)
def test_headings_begin_with_a_how_to_verb(text: str, verb: bool) -> None:
    assert begins_with_verb(text) == verb
