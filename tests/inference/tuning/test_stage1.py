"""Stage 1 at tiny size: what it trains is what llama.cpp runs."""

from itertools import chain
from pathlib import Path
from random import Random

import numpy as np
import pytest
import tiny_llama
import torch
from tiny_llama import Array

from assets.corpus import Example, corpus
from inference.packs.manifest import shipped
from inference.tuning.adapter import ADAPTER, PATCHED, write_tuned
from inference.tuning.dialogues import (
    BARE,
    PICTURED,
    alone,
    asking,
    dialogue,
    picture_choices,
)
from inference.tuning.tuned import LoraShape, TunedWriter, read_base
from inference.writer.dialogue import Turns
from inference.writer.errors import WriterError
from inference.writer.model import Model
from inference.writer.prompt import begin_of_vision, chat_format
from inference.writer.session import Session
from inference.writer.tutorial import answer_of

APART = 3.0  # nats


@pytest.fixture(scope="module")
def tied(tiny_weights: dict[str, Array], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny llama whose output rows are its input rows."""
    path = tmp_path_factory.mktemp("tied") / "tied.gguf"
    own = {name: part for name, part in tiny_weights.items() if name != "output.weight"}
    tiny_llama.write_gguf(path, own)
    return path


@pytest.fixture(scope="module")
def model(tied: Path) -> Model:
    return Model(tied)


@pytest.fixture(scope="module")
def turns(model: Model) -> Turns:
    return Turns(model, chat_format(model), begin_of_vision(model))


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return corpus()


def tuned(tied: Path, token: int) -> TunedWriter:
    """The tiny writer with an adapter and a row that are anything but zero."""
    torch.manual_seed(0)
    writer = TunedWriter(read_base(tied), token, LoraShape(rank=4, alpha=8, dropout=0.0))
    for name, parameter in writer.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    writer.row.data += 0.3 * torch.randn_like(writer.row)
    return writer.float().eval()


def logits(model: Model, tokens: list[int]) -> Array:
    session = Session(model, 1024, 1)
    for _ in session.prefill([tokens]):
        pass
    found = session.logits.copy()
    session.close()
    return found


def test_llama_runs_what_was_trained(tied: Path, model: Model, tmp_path: Path) -> None:
    token = begin_of_vision(model)
    writer = tuned(tied, token)
    write_tuned(tmp_path, writer, LoraShape(rank=4, alpha=8, dropout=0.0), tied)
    tokens = [
        *model.tokenize("Boil the egg for seven minutes."),
        token,
        *model.tokenize("Peel it."),
    ]
    last = torch.zeros(len(tokens), dtype=torch.bool)
    last[-1] = True
    with torch.no_grad():
        want = writer.logits(torch.tensor(tokens), last)[0].numpy()
    both = Model(tmp_path / PATCHED, tmp_path / ADAPTER)
    got = logits(both, tokens)
    # llama.cpp keeps keys and values in half precision.
    np.testing.assert_allclose(got, want, atol=0.05 * want.std())
    assert np.abs(logits(model, tokens) - want).max() > want.std()  # the bare one is another
    only_row = logits(Model(tmp_path / PATCHED), tokens)
    assert np.abs(only_row - want).max() > 0.1 * want.std()


def test_the_patch_is_one_row(tied: Path, model: Model, tmp_path: Path) -> None:
    token = begin_of_vision(model)
    write_tuned(tmp_path, tuned(tied, token), LoraShape(rank=4, alpha=8), tied)
    before = np.frombuffer(tied.read_bytes(), np.uint8)
    after = np.frombuffer((tmp_path / PATCHED).read_bytes(), np.uint8)
    changed = np.flatnonzero(before != after)
    assert len(before) == len(after)
    assert changed.max() - changed.min() < 4 * tiny_llama.WIDTH


def test_a_foreign_adapter_is_refused(tied: Path, starter_gguf: Path, tmp_path: Path) -> None:
    write_tuned(tmp_path, tuned(tied, 5), LoraShape(rank=4, alpha=8), tied)
    with pytest.raises(WriterError, match="not one for"):
        Model(starter_gguf, tmp_path / ADAPTER)
    (tmp_path / "cut.gguf").write_bytes((tmp_path / ADAPTER).read_bytes()[:200])
    with pytest.raises(WriterError, match=r"cut\.gguf"):
        Model(tied, tmp_path / "cut.gguf")


def test_answers_are_in_the_loss_and_questions_are_not(
    model: Model, turns: Turns, examples: list[Example]
) -> None:
    for seed in range(30):
        example = examples[seed]
        one = dialogue(example, examples[100:140], turns, Random(seed))
        assert len(one.tokens) == len(one.weights)
        told = b"".join(
            model.pieces[t] for t, own in zip(one.tokens, one.weights, strict=True) if own
        ).decode()
        assert example.steps[-1].title in told
        assert all(other.steps[0].body not in told for other in examples[100:140])
        assert "\nSteps:\n" not in told
        assert "List the" not in told


def test_begin_of_vision_stands_behind_every_picture_line(
    model: Model, turns: Turns, examples: list[Example]
) -> None:
    bov = begin_of_vision(model)
    for example in examples[:20]:
        one = alone(example, turns)
        pictures = sum(bool(step.description) for step in example.steps)
        learnt = [t for t, own in zip(one.tokens, one.weights, strict=True) if own]
        assert learnt.count(bov) == one.tokens.count(bov) == pictures


def test_its_logit_leaves_those_of_the_other_spares(
    starter_gguf: Path, examples: list[Example]
) -> None:
    """In the starter: behind a picture line `<BOV>` comes first, far before any other spare token.

    `<|im_end|>`, whose row was nearly the same, is no spare: it comes second.
    """
    manifest = shipped("starter")
    starter = Model(starter_gguf, manifest.writer.adapter_path())
    bov = begin_of_vision(starter, manifest.begin_of_vision)
    spoken = Turns(starter, chat_format(starter, manifest.chat_format), bov)
    tokens = list(alone(examples[0], spoken).tokens)
    got = logits(starter, tokens[: tokens.index(bov)])
    control = [token for token in range(starter.n_vocab) if starter.is_control(token)]
    spares = [token for token in control if token not in tokens]
    assert len(spares) > 10
    assert got.argmax() == bov
    assert got[bov] - max(got[token] for token in spares) > APART


def test_the_choice_of_a_picture_weighs_more(
    model: Model, turns: Turns, examples: list[Example]
) -> None:
    for example in examples[:20]:
        one = alone(example, turns)
        heavy = {k: weight for k, weight in enumerate(one.weights) if weight > 1}
        wanted = {
            len(choice.tokens): PICTURED if choice.pictured else BARE
            for choice in picture_choices(example, turns)
        }
        assert heavy == wanted


def test_a_choice_stands_behind_each_body(
    model: Model, turns: Turns, examples: list[Example]
) -> None:
    for example in examples[:20]:
        choices = picture_choices(example, turns)
        whole = list(alone(example, turns).tokens)
        assert [c.pictured for c in choices] == [bool(s.description) for s in example.steps]
        for choice, step in zip(choices, example.steps, strict=True):
            assert whole[: len(choice.tokens)] == list(choice.tokens)
            follows = whole[len(choice.tokens)]
            assert follows == (choice.picture if choice.pictured else choice.none)
            told = b"".join(model.pieces[t] for t in choice.tokens).decode()
            assert step.body[-15:-1] in told[-40:]


def test_the_writer_reads_an_example_as_it_learnt_it(turns: Turns, examples: list[Example]) -> None:
    """An example in the context and a training answer are the same tokens."""
    learnt = alone(examples[3], turns)
    shown = [*turns.opening(), *chain.from_iterable(turns.answer(answer_of(examples[3])))]
    assert list(learnt.tokens[-len(shown) :]) == shown


def test_requests_are_worded_in_many_ways() -> None:
    asked = {asking("Fry an egg", Random(seed)) for seed in range(60)}
    assert len(asked) > 8
    assert all("ry an egg" in one for one in asked)
