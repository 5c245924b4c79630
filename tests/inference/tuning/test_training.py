"""The training loop: it learns, goes on where it was cut, and runs in two processes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from inference.tuning.shuffling import chosen
from inference.tuning.training import Schedule, train

SCHEDULE = Schedule(steps=30, learning_rate=0.5, ema=0.9)


class Line(nn.Module):
    """Fits y = 3 x - 1; forward is the loss."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.map = nn.Linear(1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return ((self.map(x) - (3 * x - 1)) ** 2).mean()


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


def test_every_sample_comes_once_an_epoch() -> None:
    seen = [
        index
        for step in range(6)
        for process in range(2)
        for index in chosen(step, 2, 12, 7, process, 2)
    ]
    assert sorted(seen[:12]) == sorted(seen[12:]) == list(range(12))
    assert seen[:12] != seen[12:]


SCRIPT = """
import os
import sys
from pathlib import Path
import torch
from accelerate import Accelerator
sys.path.insert(0, {tests!r})
from test_training import SCHEDULE, Line, batch
from inference.tuning.training import train
torch.set_num_threads(1)
accelerator = Accelerator(cpu=True)
assert accelerator.num_processes == 2
process = accelerator.process_index
last = train(accelerator, Line(), lambda step: batch(step, process), SCHEDULE, Path({folder!r}))
rows = accelerator.gather(torch.cat([p.detach().flatten() for p in last.parameters()])[None])
assert torch.equal(rows[0], rows[1])
if accelerator.is_main_process:
    print("loss", float(last(batch(999))))
accelerator.wait_for_everyone()
accelerator.end_training()
sys.stdout.flush()
os._exit(0)  # libraries of two processes that end at once have aborted in their last moments
"""


def test_two_processes_train_one_model(tmp_path: Path) -> None:
    script = tmp_path / "two.py"
    tests = str(Path(__file__).parent)
    script.write_text(SCRIPT.format(tests=tests, folder=str(tmp_path / "run")))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "torch.distributed.run",
            "--standalone",
            "--nproc-per-node=2",
            script,
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-9000:]
    assert float(done.stdout.split()[-1]) < 0.5
