"""The loop that both stages share: steps, learning rate, moving average, checkpoints.

Every batch is a pure function of the seed, the step and the process, so a run that was cut goes on
as if it had not been. The same code runs on a CPU, on CUDA and under torchrun (accelerate: DDP, or
FSDP2 on cards, as its environment says).
"""

import copy
import json
import math
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import InitProcessGroupKwargs, send_to_device
from torch import Tensor, nn
from torch.distributed.tensor import DTensor

CHECKPOINT = 300.0  # seconds
LOG = 20  # steps
OLD = ".old"  # the checkpoint before, while it is replaced
PATIENCE = timedelta(hours=12)  # of the processes that wait while the first one prepares


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

    batch(step) makes this process' batch, which is moved to where the module is. Checkpoints lie in
    `folder`; one that is there is gone on from. Logs to folder/log.jsonl: step, loss (mean of the
    last LOG steps), seconds.
    """
    average = Average(module, schedule.ema, accelerator.device)  # FSDP cuts the module into shards
    optimizer = torch.optim.AdamW(
        _own(module), schedule.learning_rate, weight_decay=schedule.weight_decay
    )
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, schedule))
    trained, optimizer = accelerator.prepare(module, optimizer)
    own = _own(trained)
    accelerator.register_for_checkpointing(scheduler)
    if schedule.ema:
        accelerator.register_for_checkpointing(average)
    checkpoint = folder / "checkpoint"
    if (found := _newest(checkpoint)) is not None:
        accelerator.load_state(str(found))
    trained.train()
    saved = started = time.monotonic()
    losses: list[float] = []
    for step in range(scheduler.last_epoch, schedule.steps):
        loss = trained(send_to_device(batch(step), accelerator.device))
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(own, schedule.clip)
        optimizer.step()
        optimizer.zero_grad()
        scheduler.step()
        if schedule.ema:
            average.update(own)
        losses.append(float(loss.detach()))
        if len(losses) == LOG or step + 1 == schedule.steps:
            _log(accelerator, folder, step + 1, losses, time.monotonic() - started)
            losses = []
        if time.monotonic() - saved > CHECKPOINT or step + 1 == schedule.steps:
            save(accelerator, checkpoint)
            saved = time.monotonic()
    if not schedule.ema:
        average.update(own)
    return average.module


class Average(nn.Module):
    """The moving average of a module's weights; with a decay of 0, its latest weights.

    Whole in every process, whatever shards the module itself is cut into.
    """

    def __init__(self, module: nn.Module, decay: float, device: torch.device) -> None:
        super().__init__()
        self.module = copy.deepcopy(module).to(device)
        self._decay = decay
        self.count: Tensor
        self.register_buffer("count", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def update(self, weights: Sequence[Tensor]) -> None:
        """Take in the trained weights after a step; the first ones are taken as they are."""
        decay = self._decay if self.count else 0.0
        for kept, now in zip(_own(self.module), weights, strict=True):
            kept.lerp_(now.full_tensor() if isinstance(now, DTensor) else now, 1 - decay)
        self.count += 1


def accelerated(mixed_precision: str = "no") -> Accelerator:
    """Return what the processes of a run share."""
    patient = InitProcessGroupKwargs(timeout=PATIENCE)
    return Accelerator(mixed_precision=mixed_precision, kwargs_handlers=[patient])


def _own(module: nn.Module) -> list[nn.Parameter]:
    """Return what is trained: of frozen parameters there may be many."""
    return [parameter for parameter in module.parameters() if parameter.requires_grad]


def _newest(checkpoint: Path) -> Path | None:
    """Return the checkpoint to go on from: the old one, where a kill came before the new one."""
    for found in (checkpoint, checkpoint.with_suffix(OLD)):
        if found.is_dir():
            return found
    return None


def save(accelerator: Accelerator, checkpoint: Path) -> None:
    """Write a checkpoint beside the old one, then put it in its place."""
    fresh, old = checkpoint.with_suffix(".new"), checkpoint.with_suffix(OLD)
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
