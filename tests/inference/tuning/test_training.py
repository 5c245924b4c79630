"""The training loop: it learns, goes on where it was cut, and runs in two processes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
import tiny_samples
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from inference.tuning.samples import Batch, Packer
from inference.tuning.shuffling import chosen
from inference.tuning.training import Schedule, train

SCHEDULE = Schedule(steps=30, learning_rate=0.5, ema=0.9)


class Line(nn.Module):
    """Fits y = 3 x - 1 to noisy y, as the stages draw noise too; forward is the loss."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.map = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        noisy = 3 * x - 1 + 0.1 * torch.randn_like(x)
        return ((self.map(x) - noisy) ** 2).mean()


def batch(step: int, process: int = 0) -> Tensor:
    return torch.randn(8, 1, generator=torch.Generator().manual_seed(100 * step + process))


class Cut(Exception):
    pass


def fitted(folder: Path, cut_at: int = -1) -> nn.Module:
    def cut(step: int) -> Tensor:
        if step == cut_at:
            raise Cut
        return batch(step)

    return train(Accelerator(cpu=True), Line(), cut, SCHEDULE, folder)


def test_it_learns_and_logs(tmp_path: Path) -> None:
    last = fitted(tmp_path)
    assert float(last(batch(999)).detach()) < 0.5
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [20, 30]
    assert lines[-1]["loss"] < lines[0]["loss"]


def test_a_run_that_was_cut_ends_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fitted(tmp_path / "whole")
    monkeypatch.setattr("inference.tuning.training.CHECKPOINT", 0.0)  # after every step
    with pytest.raises(Cut):
        fitted(tmp_path / "cut", cut_at=13)
    resumed = fitted(tmp_path / "cut")
    for one, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_kill_between_two_renames_loses_nothing(tmp_path: Path) -> None:
    whole = fitted(tmp_path)
    checkpoint = tmp_path / "checkpoint"
    shutil.copytree(checkpoint, tmp_path / "checkpoint.new")
    checkpoint.rename(tmp_path / "checkpoint.old")
    seen: list[int] = []
    again = train(Accelerator(cpu=True), Line(), spied(seen), replace(SCHEDULE, steps=32), tmp_path)
    assert seen == [30, 31]
    assert not torch.equal(again.map.weight, whole.map.weight)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint", "log.jsonl"]


def spied(seen: list[int]) -> Callable[[int], Tensor]:
    def made(step: int) -> Tensor:
        seen.append(step)
        return batch(step)

    return made


class Elsewhere(nn.Module):
    """Tells on which devices the tensors of its first batch lie, and ends the run."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))
        self.seen: set[str] = set()

    def forward(self, given: Batch) -> Tensor:
        parts = (getattr(given, one.name) for one in fields(given))
        self.seen = {part.device.type for part in parts if isinstance(part, Tensor)}
        raise Cut


def test_a_batch_is_moved_to_where_the_module_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device without arithmetic stands for a card."""
    accelerator = Accelerator(cpu=True, device_placement=False)
    monkeypatch.setattr(Accelerator, "device", torch.device("meta"))
    module = Elsewhere()
    packer = Packer(tiny_samples.codec())
    with pytest.raises(Cut):
        train(accelerator, module, lambda _: tiny_samples.batch(packer, 0), SCHEDULE, tmp_path)
    assert module.seen == {"meta"}


def test_every_sample_comes_once_an_epoch() -> None:
    seen = [
        index
        for step in range(6)
        for process in range(2)
        for index in chosen(step, 2, 12, 7, process, 2)
    ]
    assert sorted(seen[:12]) == sorted(seen[12:]) == list(range(12))
    assert seen[:12] != seen[12:]


@pytest.mark.parametrize("what", ["painter", "writer"])
def test_two_processes_train_one_model(tmp_path: Path, what: str) -> None:
    """With DDP and with FSDP."""
    script = Path(__file__).with_name("two_processes.py")
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    done = subprocess.run(
        [sys.executable, *launcher, script, what, tmp_path],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, sys.path))},
    )
    assert done.returncode == 0, done.stderr[-9000:]
    assert done.stdout.count("both") == 2
    for name in ("ddp", "fsdp"):
        lines = (tmp_path / name / "log.jsonl").read_text().splitlines()
        assert [json.loads(line)["step"] for line in lines] == [4 if what == "painter" else 3]
