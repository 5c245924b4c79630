"""The corpus's tree: every tutorial is of one kind, and the held-out part is of a fair size."""

from collections import Counter

from assets.corpus import corpus
from assets.corpus.kinds import kinds

KINDS = kinds()


def test_every_tutorial_is_of_one_kind_of_its_domain() -> None:
    owned = Counter((kind.domain, name) for kind in KINDS for name in kind.tutorials)
    assert owned == Counter((example.domain, example.name) for example in corpus())


def test_there_are_as_many_as_the_paper_has() -> None:
    assert len({kind.domain for kind in KINDS}) == 8
    assert len(KINDS) >= 151
    assert len({(kind.domain, kind.name) for kind in KINDS}) == len(KINDS)
    assert [kind.name for kind in KINDS if len(kind.tutorials) < 2] == []


def test_every_domain_has_kinds_to_train_on_and_kinds_that_are_held_out() -> None:
    sides = Counter((kind.domain, kind.held_out) for kind in KINDS)
    assert len(sides) == 16
    share = sum(kind.held_out for kind in KINDS) / len(KINDS)
    assert 0.12 < share < 0.28
