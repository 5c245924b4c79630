"""Ablations: each run lacks one ingredient and nothing else."""

from dataclasses import fields, replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import tiny_llama
from tiny_llama import Array

from assets.sprites.library import library
from assets.sprites.scene import Placed, Scene
from inference.tuning import stage2
from inference.tuning.ablations import Blind, see_last_layer, variants
from inference.tuning.documents import Document, Shown
from inference.tuning.preparing import Amounts
from inference.tuning.stage2 import Config, read_config
from inference.tuning.states import read_basis
from inference.tuning.writers import Tuned
from inference.writer.model import Model

CONFIG = Path(stage2.__file__).with_name("configs") / "ablations.toml"


@pytest.fixture(scope="module")
def whole() -> Config:
    return read_config(CONFIG)


def test_every_run_lacks_one_ingredient(whole: Config) -> None:
    lacking = {}
    for variant in variants(whole):
        changed = {
            one.name
            for one in fields(Config)
            if getattr(variant.config, one.name) != getattr(whole, one.name)
        }
        lacking[variant.name] = changed - {"folder", "export"}
    assert lacking == {
        "seed 0": set(),
        "seed 1": {"seed"},
        "seed 2": {"seed"},
        "no guidance": {"sampler"},
        "no pictures around": set(),
        "less text": {"corpus"},
        "last layer": {"data", "amounts"},
        "no stage 1": {"data", "writer"},
    }
    assert [v.name for v in variants(whole) if v.blind] == ["no pictures around"]
    assert [v.name for v in variants(whole) if v.last] == ["last layer"]


def test_no_run_overwrites_another(whole: Config) -> None:
    found = variants(whole)
    assert len({variant.config.export for variant in found}) == len(found)
    trained = {variant.config.folder for variant in found if variant.name != "no guidance"}
    assert len(trained) == len(found) - 1
    assert {v.config.folder for v in found if v.name in ("seed 0", "no guidance")} < trained


def test_a_blind_run_sees_no_picture() -> None:
    scene = Scene("kitchen", (Placed("egg", "whole", 0.5, 0.7, 0.3),))
    document = Document("instruction", ("", "a", "b"), (Shown(1, scene), Shown(2, scene)))
    samples = object.__new__(Blind)
    drawn = [samples.drawn(0, document, Random(seed)) for seed in range(30)]
    assert {sample.time for sample in drawn} == {0, 1}
    assert not any(sample.frames for sample in drawn)


def test_the_last_layer_alone_is_seen(
    whole: Config, tiny_weights: dict[str, Array], tmp_path: Path
) -> None:
    tied = tmp_path / "tied.gguf"
    own = {name: part for name, part in tiny_weights.items() if name != "output.weight"}
    tiny_llama.write_gguf(tied, own)
    writer = Tuned(Model(tied), tied, 5, None)
    amounts = Amounts(variants=0, made_up=12, basis=8, sprite_width=4, state_width=4)
    config = replace(whole, data=str(tmp_path / "data"), amounts=amounts)
    see_last_layer(config, writer, library())
    basis = read_basis(tmp_path / "data" / "basis.npz")
    width = writer.model.width
    assert basis.directions.shape == (8, writer.model.n_layers * width)
    assert not basis.directions[:, :-width].any()
    other = np.random.default_rng(0).standard_normal(basis.directions.shape[1]).astype(np.float32)
    same = other.copy()
    same[:-width] = 0
    np.testing.assert_array_equal(basis(other[None]), basis(same[None]))
    assert np.abs(basis(other[None])).max() > 0
