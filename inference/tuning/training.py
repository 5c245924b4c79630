"""The loop that both stages share: steps, learning rate, moving average, checkpoints.

Every batch is a pure function of the seed, the step and the process, so a run that was cut goes on
as if it had not been. The same code runs on a CPU, on CUDA and under torchrun (accelerate: DDP or
FSDP, as its environment says).
"""

import json
import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

CHECKPOINT = 300.0  # seconds
LOG = 20  # steps


@dataclass(frozen=True)
class Schedule:
    """learning_rate is the highest, after `warmup` of all steps; it ends at a cosine's zero.

    ema: decay of the moving average of the weights; 0 for none.
    """

    steps: int
    learning_rate: float
    warmup: float = 0.05
    weight_decay: float = 0.01
    clip: float = 1.0
    ema: float = 0.0


def train(
    accelerator: Accelerator,
    module: nn.Module,
    batch: Callable[[int], Any],
    schedule: Schedule,
    folder: Path,
) -> nn.Module:
    """Train the module, whose forward returns the loss of a batch; return the (averaged) module.

    batch(step) makes this process' batch. Checkpoints lie in `folder`; one that is there is gone on
    from. Logs to folder/log.jsonl: step, loss (mean of the last LOG steps), seconds.
    """
    # Not a parameter of the module's own that is frozen: of those there may be many.
    own = [p for p in module.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(own, schedule.learning_rate, weight_decay=schedule.weight_decay)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, schedule))
    trained, optimizer = accelerator.prepare(module, optimizer)
    average = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(schedule.ema))
    accelerator.register_for_checkpointing(scheduler)
    if schedule.ema:
        accelerator.register_for_checkpointing(average)
    checkpoint = folder / "checkpoint"
    if checkpoint.is_dir():
        accelerator.load_state(str(checkpoint))
    trained.train()
    saved = started = time.monotonic()
    losses: list[float] = []
    for step in range(scheduler.last_epoch, schedule.steps):
        loss = trained(batch(step))
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(own, schedule.clip)
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()
        if schedule.ema:
            average.update_parameters(accelerator.unwrap_model(trained))
        losses.append(float(loss.detach()))
        if len(losses) == LOG or step + 1 == schedule.steps:
            _log(accelerator, folder, step + 1, losses, time.monotonic() - started)
            losses = []
        if time.monotonic() - saved > CHECKPOINT or step + 1 == schedule.steps:
            save(accelerator, checkpoint)
            saved = time.monotonic()
    last: nn.Module = average.module if schedule.ema else accelerator.unwrap_model(trained)
    return last


def save(accelerator: Accelerator, checkpoint: Path) -> None:
    """Write a checkpoint beside the old one, then put it in its place."""
    fresh, old = checkpoint.with_suffix(".new"), checkpoint.with_suffix(".old")
    accelerator.save_state(str(fresh))
    accelerator.wait_for_everyone()  # each process writes a file of its own there
    if accelerator.is_main_process:
        if checkpoint.exists():
            shutil.rmtree(old, ignore_errors=True)
            checkpoint.rename(old)
        fresh.rename(checkpoint)
        shutil.rmtree(old, ignore_errors=True)
    accelerator.wait_for_everyone()


def _rate(step: int, schedule: Schedule) -> float:
    warm = max(1.0, schedule.warmup * schedule.steps)
    if step < warm:
        return (step + 1) / warm
    done = (step - warm) / max(1.0, schedule.steps - warm)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _log(
    accelerator: Accelerator, folder: Path, step: int, losses: list[float], seconds: float
) -> None:
    if accelerator.is_main_process:
        line = {"step": step, "loss": sum(losses) / len(losses), "seconds": round(seconds, 1)}
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
