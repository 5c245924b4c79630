"""Stage 1: instruction tuning of the writer; context-alignment data stays out of it.

Source: DuoGen, section 4.2 (stage 1).
"""

import json
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from accelerate.utils import set_seed
from torch import Tensor
from torch.nn.functional import cross_entropy

from assets.corpus import Example, corpus
from inference.packs.manifest import shipped
from inference.protocol import Json
from inference.tuning.adapter import write_tuned
from inference.tuning.dialogues import Dialogue, alone, dialogue, picture_choices, split
from inference.tuning.fingerprint import claim
from inference.tuning.shuffling import chosen
from inference.tuning.training import Schedule, accelerated, train
from inference.tuning.tuned import LoraShape, TunedWriter, read_base
from inference.tuning.writers import hash_of, stock_file
from inference.wire import from_json, to_json
from inference.writer.dialogue import Turns
from inference.writer.model import Model
from inference.writer.prompt import begin_of_vision, chat_format


@dataclass(frozen=True)
class Config:
    """One run of stage 1. batch: dialogues a step and process; folder: where it is kept."""

    pack: str
    seed: int
    batch: int
    folder: str
    lora: LoraShape
    schedule: Schedule


def run(path: Path) -> None:
    """Train as the config file says, or go on where a run was cut; write what was learnt.

    report.json in the run's folder has the held-out measures before and after.
    """
    config = from_json(Config, tomllib.loads(path.read_text(encoding="utf-8")))
    manifest = shipped(config.pack)
    file = stock_file(manifest)
    model = Model(file)
    bov = begin_of_vision(model, manifest.begin_of_vision)
    turns = Turns(model, chat_format(model, manifest.chat_format), bov)
    examples, unseen = split(corpus())
    accelerator = accelerated("bf16")
    set_seed(config.seed)
    writer = TunedWriter(read_base(file), bov, config.lora)
    folder = Path(config.folder)
    before = folder / "before.json"
    with accelerator.main_process_first():
        claim(folder, _made_from(config, file))
    if accelerator.is_main_process and not before.exists():
        before.write_text(json.dumps(measured(writer, turns, unseen)), encoding="utf-8")

    def batch(step: int) -> list[Dialogue]:
        process, processes = accelerator.process_index, accelerator.num_processes
        picked = chosen(step, config.batch, len(examples), config.seed, process, processes)
        random = Random(f"{config.seed}/{step}/{process}")
        return [
            dialogue(examples[i], [*examples[:i], *examples[i + 1 :]], turns, random)
            for i in picked
        ]

    trained = train(accelerator, writer, batch, config.schedule, folder)
    assert isinstance(trained, TunedWriter)
    if accelerator.is_main_process:
        write_tuned(folder, trained, config.lora, file)
        report = {
            "before": json.loads(before.read_text(encoding="utf-8")),
            "after": measured(trained, turns, unseen),
        }
        (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
        print(json.dumps(report))


def _made_from(config: Config, file: Path) -> Json:
    """Return the fingerprint of a run: all that decides what its weights become."""
    told = to_json(config)
    for name in ("pack", "folder"):
        del told[name]  # of these only what lies there matters
    return {**told, "writer": hash_of([file])}


@torch.no_grad()
def measured(writer: TunedWriter, turns: Turns, unseen: Sequence[Example]) -> dict[str, float]:
    """Return the perplexity of unseen answers, and how well pictures are chosen.

    The choice is what follows a body: a picture line that ends in `<BOV>`, or none. Its balanced
    accuracy is the mean of the shares that are right among steps with and without; always and
    never have 0.5.
    """
    writer.eval()
    device = writer.row.device
    losses: list[Tensor] = []
    right: dict[bool, list[bool]] = {True: [], False: []}
    for example in unseen:
        asked = alone(example, turns)
        tokens = torch.tensor(asked.tokens, device=device)
        everywhere = torch.ones(len(tokens) - 1, dtype=torch.bool, device=device)
        with torch.autocast(device.type, torch.bfloat16):
            logits = writer.logits(tokens[:-1], everywhere)
        answered = torch.tensor(asked.weights[1:], device=device) > 0
        losses.append(cross_entropy(logits[answered], tokens[1:][answered], reduction="none"))
        for choice in picture_choices(example, turns):
            behind = logits[len(choice.tokens) - 1]
            picture = bool(behind[choice.picture] > behind[choice.none])
            right[choice.pictured].append(picture == choice.pictured)
    writer.train()
    shares = {pictured: sum(found) / len(found) for pictured, found in right.items()}
    return {
        "perplexity": math.exp(float(torch.cat(losses).mean())),
        "bov_balanced_accuracy": (shares[True] + shares[False]) / 2,
        "bov_with": shares[True],
        "bov_without": shares[False],
        "steps": sum(map(len, right.values())),
    }
