"""Both stages from their commands, at tiny size: what is exported paints as what was trained."""

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import tiny_llama
import torch
from accelerate.state import AcceleratorState
from tiny_llama import Array

from assets.corpus import Example, corpus
from assets.corpus.kinds import held_out
from assets.corpus.scene_lines import read_scene_line
from assets.sprites.library import Library, library
from assets.sprites.scene import to_svg
from inference.packs.manifest import shipped
from inference.painter.duogen.weights import DuoGen
from inference.tuning import preparing, stage1, stage2, writers
from inference.tuning.__main__ import main
from inference.tuning.documents import Document
from inference.tuning.embedding import embed
from inference.tuning.samples import Sample
from inference.tuning.stage2 import Samples, prepare, read_config
from inference.tuning.states import features as features_of
from inference.tuning.states import read_basis
from inference.tuning.writers import tuned_writer
from inference.writer.states import Reader

STAGE1 = """
pack = "tiny"
seed = 0
batch = 1
folder = "runs/stage1"
lora = { rank = 2, alpha = 4 }
schedule = { steps = 2, learning_rate = 1e-3 }
"""
STAGE2 = """
pack = "tiny"
writer = "runs/stage1"
data = "runs/data"
folder = "runs/stage2"
export = "runs/weights"
seed = 0
batch = 2
instruction = 0.5
corpus = 0.5
amounts = { variants = 1, made_up = 6, basis = 16, sprite_width = 8, state_width = 4 }
network = { context = 24, width = 32, depth = 1, heads = 2 }
schedule = { steps = 3, learning_rate = 1e-3, ema = 0.5 }
sampler = { denoising_steps = 2, guidance_scale = 1.5 }
"""


def examples() -> list[Example]:
    """Six short tutorials to learn from and a held-out one, three steps each."""
    unseen = held_out()
    every = [replace(one, steps=one.steps[:3]) for one in corpus()]
    shortest = sorted(every, key=lambda one: sum(len(step.body) for step in one.steps))
    pictured = [one for one in shortest if 0 < sum(bool(step.scene) for step in one.steps) < 3]
    learnt = [one for one in pictured if one.name not in unseen][:6]
    return [*learnt, next(one for one in pictured if one.name in unseen)]


def few(drawings: Library, given: list[Example]) -> Library:
    """The drawings that these tutorials show, and some more."""
    lines = [read_scene_line(step.scene, drawings) for one in given for step in one.steps
             if step.scene]  # fmt: skip
    shown = {thing.name for line in lines for thing in line.things}
    wanted = shown | {"box", "hand", "hands"} | {line.background for line in lines}
    every = drawings.of()
    return Library([one for k, one in enumerate(every) if one.name in wanted or k % 8 == 0])


@pytest.fixture(scope="module")
def drawings() -> Library:
    return few(library(), examples())


@pytest.fixture(scope="module")
def place(
    tiny_weights: dict[str, Array], drawings: Library, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A folder in which both stages have run, with a tiny writer for the starter's."""
    folder = tmp_path_factory.mktemp("stages")
    tied = folder / "tied.gguf"
    own = {name: part for name, part in tiny_weights.items() if name != "output.weight"}
    tiny_llama.write_gguf(tied, own)
    starter = shipped("starter")
    tiny = replace(starter, id="tiny", chat_format="", begin_of_vision="")
    (folder / "stage1.toml").write_text(STAGE1)
    (folder / "stage2.toml").write_text(STAGE2)
    few_examples = examples()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.setattr(preparing, "UNDRAWABLE", 0)
        for module in (stage1, writers):
            patched.setattr(module, "shipped", lambda _pack: tiny)
            patched.setattr(module, "stock_file", lambda _manifest: tied)
        for module in (stage1, stage2):
            patched.setattr(module, "corpus", lambda: few_examples)
        patched.setattr(stage2, "library", lambda: drawings)
        patched.setenv("ACCELERATE_USE_CPU", "true")
        assert command("stage1") == command("stage2") == 0
        yield folder


def command(name: str, config: str = "") -> int:
    """Run one command as a person does, in a process that never ran another."""
    AcceleratorState._reset_state(reset_partial_state=True)
    config = config or ("stage1.toml" if name == "stage1" else "stage2.toml")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["tuning", name, "--config", config])
        patched.setattr("warnings.warn", lambda *_args, **_kwargs: None)  # the exporter's own
        return main()


def test_stage1_tells_what_it_reached(place: Path) -> None:
    report = json.loads((place / "runs/stage1/report.json").read_text())
    assert report["before"]["perplexity"] != report["after"]["perplexity"]
    assert 0 <= report["after"]["bov_balanced_accuracy"] <= 1


def test_the_exported_painter_is_the_trained_one(place: Path, drawings: Library) -> None:
    """Export needs neither the states nor llama.cpp."""
    states = place / "runs/data/states"
    shutil.move(states, place / "elsewhere")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writers, "Model", None)
        assert command("export") == 0
    shutil.move(place / "elsewhere", states)
    config = read_config(place / "stage2.toml")
    model = tuned_writer(config.pack, config.writer).model
    weights = DuoGen(place / "runs/weights", drawings, threads=1)
    chunks = ["How do I boil an egg?", "Put the egg into the pot.\nPicture: An egg in a pot."]
    learnt = torch.load(place / "runs/stage2/painter.pt", weights_only=True)
    reader = Reader(model, 1)
    basis = read_basis(place / "runs/data/basis.npz")
    for full, states in zip(features_of(reader, chunks), reader.states(chunks), strict=True):
        linear = (learnt[f"connector.linear.{part}"] for part in ("weight", "bias"))
        want = torch.nn.functional.gelu(
            torch.nn.functional.linear(torch.from_numpy(basis(full)), *linear)
        )
        np.testing.assert_allclose(weights.told(states), want.numpy(), atol=0.02)
    context = [weights.told(states) for states in reader.states(chunks)]
    pictures = list(weights.paint(context, 1, [], seed=3))
    assert len(pictures) == 2
    assert to_svg(pictures[-1], drawings).startswith("<svg")
    assert (place / "runs/weights/writer.lora.gguf").is_file()


def test_a_run_goes_on_where_it_ended(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    painter = (place / "runs/stage2/painter.pt").read_bytes()
    log = (place / "runs/stage2/log.jsonl").read_text()
    states = (place / "runs/data/states/features.f16").read_bytes()
    assert command("stage2") == 0
    assert (place / "runs/stage2/painter.pt").read_bytes() == painter
    assert (place / "runs/stage2/log.jsonl").read_text() == log
    assert (place / "runs/data/states/features.f16").read_bytes() == states


class Seen(Samples):
    """Tells which documents it draws."""

    def drawn(self, number: int, document: Document, random: Random) -> Sample:
        self.seen = {*getattr(self, "seen", set()), number}
        return super().drawn(number, document, random)


def test_less_text_is_a_sample_of_all_kinds(place: Path, drawings: Library) -> None:
    config = replace(read_config(place / "stage2.toml"), instruction=1.0)
    prepared = prepare(config, drawings)
    tutorials = [k for k, one in enumerate(prepared.documents) if one.kind == "instruction"]
    assert 4 <= len(tutorials) <= 6
    chosen = []
    for seed in (0, 1, 2, 0):
        samples = Seen(replace(config, seed=seed), prepared)
        for step in range(20):
            samples.batch(step, 0)
        chosen.append(samples.seen)
    half = round(len(tutorials) / 2)
    assert all(len(seen) == half for seen in chosen)
    assert chosen[0] == chosen[3]
    assert set().union(*chosen) - set(tutorials[:half])


def test_a_batch_depends_on_seed_step_and_process_alone(place: Path, drawings: Library) -> None:
    config = read_config(place / "stage2.toml")
    prepared = prepare(config, drawings)
    one, other = (Samples(config, prepared) for _ in range(2))
    other.batch(0, 0)
    assert torch.equal(one.batch(4, 1).features, other.batch(4, 1).features)
    for elsewhere in (one.batch(5, 1), one.batch(4, 0)):
        same = elsewhere.features.shape == one.batch(4, 1).features.shape
        assert not same or not torch.equal(elsewhere.features, one.batch(4, 1).features)


def test_a_name_lies_nearest_to_its_own_drawing(drawings: Library) -> None:
    """Mostly, in a sentence that was not among those that it was learnt from."""
    random = np.random.default_rng(0)
    words: dict[str, Array] = {}

    def features(text: str) -> Array:
        for word in text.split():
            words.setdefault(word, random.standard_normal(200).astype(np.float32))
        return np.sum([words[word] for word in text.split()], 0)[None]

    rows, first = embed(drawings, features, 48, 8)
    assert first.maps.shape == (56, 200)
    np.testing.assert_allclose((rows.sprites**2).mean(1), 1, atol=1e-4)
    right = []
    for sprite in drawings.of():
        for name in sprite.names:
            seen = features(f"There stands the {name}") @ first.maps.T + first.offset
            nearest = np.argmax(rows.sprites @ seen[0, :48])
            right.append(rows.names[nearest] == sprite.name)
    assert sum(right) / len(right) > 0.6  # one of 89 by chance


@pytest.mark.parametrize(
    ("name", "old", "new", "folder", "reason"),
    [
        ("stage1", "rank = 2", "rank = 3", "runs/stage1", "other lora"),
        ("stage2", "sprite_width = 8", "sprite_width = 7", "runs/data", "other sprite_width"),
        ("stage2", 'writer = "runs/stage1"', 'writer = ""', "runs/data", "other writer"),
        ("stage2", "batch = 2", "batch = 3", "runs/stage2", "other batch"),
        ("export", "depth = 1", "depth = 2", "runs/stage2", "other network"),
    ],
)
def test_what_was_made_from_something_else_is_refused(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    old: str,
    new: str,
    folder: str,
    reason: str,
) -> None:
    text = (place / f"{'stage1' if name == 'stage1' else 'stage2'}.toml").read_text()
    assert old in text
    (place / "other.toml").write_text(text.replace(old, new))
    assert command(name, "other.toml") == 1
    told = capsys.readouterr().err
    assert f"{folder} was made with {reason}" in told
    assert "delete it, or name another folder" in told


@pytest.mark.parametrize("name", ["data", "stage2"])
def test_a_folder_that_tells_nothing_is_refused(
    place: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    mark = place / "runs" / name / "fingerprint.json"
    text = mark.read_text()
    for damaged in (None, text[:20], "[]"):
        mark.unlink()
        if damaged is not None:
            mark.write_text(damaged)
        assert command("stage2") == 1
        assert f"runs/{name} does not tell what it was made from" in capsys.readouterr().err
        mark.write_text(text)


def test_another_library_is_refused(
    place: Path, drawings: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stage2, "library", lambda: Library(drawings.of()[:-1]))
        assert command("export") == 1
    assert "other library" in capsys.readouterr().err
