"""The training data: what it tells is what it shows, and the held-out part stays out."""

from random import Random

import pytest

from assets.corpus import Example, corpus
from assets.corpus.kinds import held_out
from assets.sprites.library import Library, library
from inference.tuning.alignment import EDITS, made_up, undrawable
from inference.tuning.dialogues import split
from inference.tuning.documents import Document
from inference.tuning.measures import done, seen
from inference.tuning.preparing import Amounts, documents, undrawable_texts
from inference.tuning.tutorials import varied, wordings

HELD_OUT = held_out()


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return corpus()


def chains(drawings: Library) -> list[Document]:
    return [made_up(Random(seed), drawings) for seed in range(150)]


def test_a_document_is_the_same_from_the_same_seed(
    drawings: Library, examples: list[Example]
) -> None:
    said = wordings()
    assert made_up(Random(5), drawings) == made_up(Random(5), drawings)
    one, other = (varied(examples[9], said, drawings, Random(2)) for _ in range(2))
    assert one == other


def test_edits_change_what_they_say(drawings: Library) -> None:
    kinds_of_edits = set()
    for document in chains(drawings):
        for before, after in zip(document.pictures, document.pictures[1:], strict=False):
            assert after.edit in EDITS
            assert before.scene != after.scene, document.chunks
            old, new = seen(before.scene, drawings), seen(after.scene, drawings)
            assert done(after.edit, old, new, new)
            assert not done(after.edit, old, new, old)
            kinds_of_edits.add(after.edit)
    assert kinds_of_edits == set(EDITS)


def test_an_edit_leaves_most_of_a_picture_where_it_is(drawings: Library) -> None:
    kept = total = 0
    for document in chains(drawings):
        for before, after in zip(document.pictures, document.pictures[1:], strict=False):
            if after.edit in ("recolour", "state"):
                places = {(p.name, round(p.x, 1)) for p in after.scene.sprites}
                kept += sum((p.name, round(p.x, 1)) in places for p in before.scene.sprites)
                total += len(before.scene.sprites)
    assert kept > 0.8 * total


def test_a_varied_tutorial_shows_as_many_pictures_as_steps_tell(
    drawings: Library, examples: list[Example]
) -> None:
    said = wordings()
    for number, example in enumerate(examples[::5]):
        document = varied(example, said, drawings, Random(number))
        told = [k for k, chunk in enumerate(document.chunks) if "\nPicture: " in chunk]
        assert told == [shown.chunk for shown in document.pictures if not shown.given]


def test_every_picture_has_three_other_wordings(examples: list[Example]) -> None:
    said = wordings()
    for example in examples:
        for number, step in enumerate(example.steps, 1):
            told = said[example.name].get(str(number), [])
            assert len(told) == (3 if step.description else 0), f"{example.name} {number}"
            assert step.description not in told


def test_no_held_out_text_is_learned_from(drawings: Library, examples: list[Example]) -> None:
    train, unseen_ones = split(examples)
    assert {example.name for example in unseen_ones} == HELD_OUT
    found = documents(train, Amounts(1, 20, 64, 24, 8), drawings, 0)
    told = "".join(chunk for document in found for chunk in document.chunks)
    said = wordings()
    for example in unseen_ones:
        for number, step in enumerate(example.steps, 1):
            assert step.body not in told
            told_so = [step.description, *said[example.name].get(str(number), [])]
            assert not any(words and words in told for words in told_so)
    unseen = {str(text["text"]) for text in undrawable_texts()["held_out"]}  # type: ignore[index]
    assert not any(text in told for text in unseen)
    assert all(any(not shown.given for shown in one.pictures) for one in found)


def test_what_can_not_be_drawn_has_an_empty_picture(drawings: Library) -> None:
    document = undrawable("A hand tunes a violin.", drawings, Random(1))
    assert "violin" in document.chunks[-1]
    assert document.pictures[-1].scene.sprites == ()
