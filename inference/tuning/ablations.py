"""What each ingredient of stage 2 is worth: small runs at one budget, each without one of them.

All layers or the last one alone; with stage 1 or the untuned writer; with the pictures around or
without; the whole corpus or a quarter of it; guidance on or off. Three seeds of the whole show what
chance does.
They tell what helps at this size and budget, not what the shipped weights reach.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from torch import Tensor

from assets.corpus import corpus
from assets.sprites.library import Library, library
from inference.painter.drawing import Drawing, Sketch
from inference.painter.duogen.painter import Nano
from inference.painter.duogen.weights import DuoGen
from inference.protocol import Json, PaintInput
from inference.tuning.dialogues import split
from inference.tuning.documents import Document
from inference.tuning.evaluate import MEASURES, evaluate, read_prompts
from inference.tuning.fingerprint import claim
from inference.tuning.preparing import BASIS, data_made_from, documents
from inference.tuning.reading import TorchReader
from inference.tuning.samples import Sample
from inference.tuning.stage2 import Config, Samples, learn, prepare, read_config, write
from inference.tuning.states import Basis, fit
from inference.tuning.writers import Tuned, tuned_writer
from inference.writer.states import Reader

FILES = ("held_out", "starter", "edits")
PICTURES = 120  # of each file
SEEDS = 3
CORPUS = 0.25  # what is left of it in the run with less text
LAST = 512  # directions of the last layer alone, which has 576 channels
TEXTS = 50  # documents that its basis is computed from


@dataclass(frozen=True)
class Variant:
    """One run. last: reads the last layer alone; blind: never sees a picture around."""

    name: str
    config: Config
    last: bool = False
    blind: bool = False


class Blind(Samples):
    """Samples without any picture around the one to be painted."""

    def drawn(self, number: int, document: Document, random: Random) -> Sample:
        """Return one sample of a document."""
        return replace(super().drawn(number, document, random), frames=())


class BlindNano(Nano):
    """Paints as if there were no picture around."""

    def draw(self, given: PaintInput) -> Iterator[Sketch | Drawing]:
        """Yield as Nano does."""
        return super().draw(replace(given, conditions=()))


def run(path: Path, prompts: Path) -> Iterator[Json]:
    """Train and measure each variant, or go on where a run was cut; yield each one's figures.

    prompts: the folder of the labelled texts. report.jsonl in the run's folder keeps the figures.
    """
    whole = read_config(path)
    folder = Path(whole.folder)
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "report.jsonl"
    lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    done: dict[str, Json] = {found["variant"]: found for found in map(json.loads, lines)}
    drawings = library()
    for variant in variants(whole):
        if variant.name not in done:
            painter = _trained(variant, whole.seed, drawings)
            done[variant.name] = {"variant": variant.name, **_figures(painter, prompts, drawings)}
            with report.open("a", encoding="utf-8") as file:
                file.write(json.dumps(done[variant.name]) + "\n")
        yield done[variant.name]


def variants(whole: Config) -> list[Variant]:
    """Return the runs: the whole with each seed, then without one ingredient each."""

    def named(name: str, config: Config = whole) -> Config:
        folder = f"{whole.folder}/{name}"
        return replace(config, folder=folder, export=f"{folder}/weights")

    data = f"{whole.folder}/data"
    seeds = [named(f"seed {seed}", replace(whole, seed=whole.seed + seed)) for seed in range(SEEDS)]
    unguided = replace(seeds[0], sampler=replace(whole.sampler, guidance_scale=1.0))
    last = replace(whole, data=f"{data}/last layer", amounts=replace(whole.amounts, basis=LAST))
    return [
        *(Variant(Path(config.folder).name, config) for config in seeds),
        Variant("no guidance", replace(unguided, export=f"{whole.folder}/no guidance")),
        Variant("no pictures around", named("no pictures around"), blind=True),
        Variant("less text", named("less text", replace(whole, corpus=CORPUS))),
        Variant("last layer", named("last layer", last), last=True),
        Variant(
            "no stage 1", named("no stage 1", replace(whole, data=f"{data}/untuned", writer=""))
        ),
    ]


def _trained(variant: Variant, seed: int, drawings: Library) -> Nano:
    """Return the variant's painter. seed: of the documents, the same ones for all variants."""
    config = variant.config
    writer = tuned_writer(config.pack, config.writer)
    if variant.last:
        see_last_layer(config, writer, drawings)
    prepared = prepare(replace(config, seed=seed), drawings)
    samples = (Blind if variant.blind else Samples)(config, prepared)
    write(config, prepared, learn(config, prepared, samples))
    weights = DuoGen(Path(config.export), drawings, threads=2)
    reader = Reader(writer.model, 2, keep=weights.told)
    return (BlindNano if variant.blind else Nano)(weights, reader.states, drawings)


def see_last_layer(config: Config, writer: Tuned, drawings: Library) -> None:
    """Write a basis that is blind to all layers but the last, where prepare() finds it."""
    path = Path(config.data) / BASIS
    if path.exists():
        return
    claim(path.parent, data_made_from(writer.files, config.amounts, drawings))
    examples, _ = split(corpus())
    found = documents(examples, config.amounts, drawings, config.seed)
    tokens = [[writer.model.tokenize(chunk) for chunk in one.chunks] for one in found[:TEXTS]]
    layers = writer.model.n_layers

    def last(features: Tensor) -> Tensor:
        return features[:, -(features.shape[1] // layers) :]

    basis = fit(TorchReader(*writer.torch()).features(tokens, last), config.amounts.basis)
    others = (layers - 1) * basis.directions.shape[1]
    directions = np.pad(basis.directions, ((0, 0), (others, 0)))
    Basis(directions, np.pad(basis.mean, (others, 0))).save(path)


def _figures(painter: Nano, prompts: Path, drawings: Library) -> dict[str, Json]:
    """Return the measures of each file of labelled texts."""
    found: dict[str, Json] = {}
    for name in FILES:
        given = read_prompts(prompts / f"{name}.jsonl", drawings)[:PICTURES]
        *_, report = evaluate(given, painter, drawings)
        found[name] = {one: report[one] for one in MEASURES if report[one] is not None}
    return found
