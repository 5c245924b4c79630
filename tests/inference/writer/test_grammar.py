import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.writer.fields import Field, FieldWriter
from inference.writer.grammar import TutorialGrammar
from inference.writer.model import Model
from inference.writer.prompt import begin_of_vision, chat_format
from inference.writer.sampling import Grammar, Sampling
from inference.writer.session import Session

RANDOM = Sampling(temperature=1.5, top_p=1.0)  # of a random model: any text that is allowed
# What may stand in any field: no control characters, Markdown, turn markers, list signs or ends.
TEXT = r"[^\x00-\x1f\x7f-\x9f#*<>|`{}\[\]\\_:;@&=~^$!?.]"
LATIN = r"(?![^\n]*[\u0250-\u2012\u2015-\u2018\u201e-\U0010ffff])"
START = "[A-Z\u00c0-\u00de]"
SENTENCE = rf"{START}{TEXT}{{8,200}}[.!]"
DESCRIPTION = rf"{START}{TEXT}{{12,150}}\."
FIELDS = {
    "title": rf"{START}(?:(?!,){TEXT}){{5,59}}\n",
    "summary": rf"{START}{TEXT}{{20,160}}\.\n",
    "heading": rf"{START}(?:(?![,()]){TEXT}){{5,55}}\.?\n",
    "materials": rf"(?:(?![,()]){TEXT}){{3,41}}(?:, (?:(?![,()]){TEXT}){{3,41}}){{1,7}}\n",
    "step": rf"{SENTENCE}(?: {SENTENCE}){{0,2}}(?:\nPicture: {DESCRIPTION}|\n\n)",
    "description": DESCRIPTION,
}
ENDS: dict[str, Callable[[str], bool]] = {
    name: lambda text: text.endswith("\n") for name in ("title", "summary", "heading", "materials")
} | {"step": lambda text: text.endswith("\n\n"), "description": lambda text: False}


@pytest.fixture(scope="module")
def session(tiny: Model) -> Iterator[Session]:
    session = Session(tiny, 2048, threads=1)
    yield session
    session.close()


def written(session: Session, gbnf: str, seed: int, ended: Callable[[str], bool]) -> Field:
    bov = begin_of_vision(session.model)
    for _ in session.prefill([[seed + 1]]):
        pass
    fields = FieldWriter(session, lambda text, piece: True)

    def stop(field: Field) -> bool:
        return field.last == bov or ended(field.text)

    *_, field = fields.write(gbnf, RANDOM, [seed], stop)
    return field


@pytest.mark.parametrize("name", FIELDS)
def test_a_random_model_keeps_the_bounds_of_every_field(session: Session, name: str) -> None:
    grammar = TutorialGrammar(begin_of_vision(session.model), latin=True)
    for seed in range(4):
        text = written(session, getattr(grammar, name)(), seed, ENDS[name]).text
        assert re.fullmatch(f"(?s:{LATIN}{FIELDS[name]})", text), text


def test_a_random_model_ends_a_step_in_both_ways(session: Session) -> None:
    bov = begin_of_vision(session.model)
    gbnf = TutorialGrammar(bov, latin=True).step()
    steps = [written(session, gbnf, seed, ENDS["step"]) for seed in range(8)]
    assert {step.last == bov for step in steps} == {True, False}
    for step in steps:
        assert (step.last == bov) == ("\nPicture: " in step.text)


def test_other_scripts_begin_and_go_on_in_their_own(tiny: Model) -> None:
    def fits(latin: bool, text: str) -> bool:
        grammar = Grammar(tiny, TutorialGrammar(1, latin=latin).title())
        try:
            for token in tiny.tokenize(text):
                if not grammar.allows(token):
                    return False
                grammar.accept(token)
            return True
        finally:
            grammar.close()

    for title in ("如何泡一壶好茶呢\n", "Как заварить чай\n", "كيف تصنع الشاي\n"):
        assert fits(False, title)
        assert not fits(True, title)
    for title in ("Faire le thé\n", "Über den Tee\n", "Brew the tea\n"):
        assert fits(True, title)
        assert fits(False, title)
    for title in ("brew the tea\n", "Brew\n", "Brew `the` tea\n", "Brew\x1bthe tea\n"):
        assert not fits(True, title)
        assert not fits(False, title)


def test_begin_of_vision_is_allowed_by_id_alone(tiny: Model) -> None:
    bov = begin_of_vision(tiny)
    assert bov == tiny.token("<|vision_start|>")
    grammar = Grammar(tiny, TutorialGrammar(bov, latin=True).step())

    def accepts(text: str) -> None:
        for token in tiny.tokenize(text):
            assert grammar.allows(token), text
            grammar.accept(token)

    accepts("Boil the water.")
    assert not grammar.allows(bov)
    accepts("\nPicture: A pot of water boils")
    assert not grammar.allows(bov)
    accepts(".")
    assert grammar.allows(bov)
    assert not grammar.allows(tiny.tokenize("<|vision_start|>")[0])
    grammar.close()


special = st.sampled_from(["<|vision_start|>", "<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|"])


@given(st.lists(st.one_of(special, st.text(max_size=5))).map("".join))
def test_no_text_of_a_person_becomes_a_special_token(tiny: Model, text: str) -> None:
    tokens = tiny.tokenize(text)
    assert not any(tiny.is_control(token) for token in tokens)
    said = b"".join(tiny.pieces[token] for token in tokens)
    assert said.decode() == text.encode("utf-8", "replace").decode()


def test_turn_markers_are_tokens_in_our_own_text(tiny: Model) -> None:
    chat = chat_format(tiny)
    assert chat.name == "chatml"
    first = tiny.tokenize(chat.user, special=True)[0]
    assert tiny.is_control(first)
    assert tiny.is_end(tiny.tokenize(chat.end, special=True)[0])
