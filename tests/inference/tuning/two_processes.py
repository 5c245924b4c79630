"""Run by torchrun: trains a tiny painter with DDP, then with FSDP; cut and gone on with, in both.

A process has a sample without text in every other step, the other one then has none.
"""

import os
import sys
import time
from pathlib import Path

import tiny_samples
import torch
from accelerate import Accelerator, FullyShardedDataParallelPlugin
from accelerate.state import AcceleratorState, PartialState
from accelerate.utils import DistributedType
from torch import Tensor

from inference.tuning import stage2, training
from inference.tuning.samples import Batch, Packer
from inference.tuning.training import Schedule, train

SCHEDULE = Schedule(steps=4, learning_rate=1e-2, ema=0.5)


class Cut(Exception):
    pass


def use_fsdp(accelerator: Accelerator) -> None:
    """Have shards on CPUs: accelerate itself takes them for cards' alone, PyTorch does not."""
    accelerator.state.fsdp_plugin = FullyShardedDataParallelPlugin(
        fsdp_version=2, auto_wrap_policy="NO_WRAP", cpu_ram_efficient_loading=False
    )
    for state in (PartialState, AcceleratorState):
        state._shared_state["distributed_type"] = DistributedType.FSDP


def trained(folder: Path, cut_at: int = -1) -> Tensor:
    """Return the averaged weights, whole and the same ones in both processes."""
    accelerator = Accelerator(cpu=True)
    process = accelerator.process_index
    codec = tiny_samples.codec()
    packer, painter = Packer(codec), tiny_samples.painter(codec)
    torch.manual_seed(process)

    def batch(step: int) -> Batch:
        if step == cut_at:
            raise Cut
        return tiny_samples.batch(packer, step, process)

    last = train(accelerator, painter, batch, SCHEDULE, folder)
    weights = torch.cat([part.detach().flatten() for part in last.parameters()])
    one, other = accelerator.gather(weights[None])
    assert torch.isfinite(one).all()
    assert torch.equal(one, other)
    return one


def resumed(folder: Path) -> Tensor:
    """Return the weights of a run that is cut behind its second step and gone on with."""
    try:
        trained(folder, cut_at=2)
    except Cut:
        return trained(folder)
    raise AssertionError


def prepared_once(folder: Path, process: int) -> None:
    """Run stage 2 with a slow preparation: the second process finds all that the first makes."""
    made = folder / "made"

    def prepare(*_: object) -> None:
        if process == 0:
            time.sleep(1)
            made.touch()
        assert made.exists()

    stage2.prepare = prepare
    stage2.Samples = stage2.learn = lambda *_: None
    stage2.run(Path(stage2.__file__).with_name("configs") / "stage2.toml")
    assert made.exists()


def main() -> None:
    torch.set_num_threads(1)
    training.CHECKPOINT = 0.0  # after every step
    folder = Path(sys.argv[1])
    accelerator = Accelerator(cpu=True)
    assert accelerator.num_processes == 2
    prepared_once(folder, accelerator.process_index)
    whole = trained(folder / "ddp")
    assert torch.equal(resumed(folder / "ddp cut"), whole)
    use_fsdp(accelerator)
    assert accelerator.is_fsdp2
    sharded = trained(folder / "fsdp")
    assert (folder / "fsdp/checkpoint/pytorch_model_fsdp_0").is_dir()
    # Adam makes much of a last bit where a gradient is next to nothing.
    torch.testing.assert_close(sharded, whole, atol=2e-3, rtol=0)
    torch.testing.assert_close(resumed(folder / "fsdp cut"), sharded, atol=1e-6, rtol=0)
    accelerator.wait_for_everyone()
    accelerator.end_training()
    print("both")
    sys.stdout.flush()
    os._exit(0)  # libraries of two processes that end at once have aborted in their last moments


main()
