"""Run by torchrun: trains a tiny painter, or a tiny writer, with DDP and then with FSDP.

two_processes.py painter|writer FOLDER
"""

import os
import sys
import time
from pathlib import Path

import tiny_llama
import tiny_samples
import torch
from accelerate import Accelerator, FullyShardedDataParallelPlugin
from accelerate.state import AcceleratorState, PartialState
from accelerate.utils import DistributedType
from torch import Tensor, nn

from inference.tuning import stage2, training
from inference.tuning.dialogues import Dialogue
from inference.tuning.samples import Batch, Packer
from inference.tuning.training import Schedule, train
from inference.tuning.tuned import LoraShape, TunedWriter, read_base

SCHEDULE = Schedule(steps=4, learning_rate=1e-2, ema=0.5)


class Cut(Exception):
    pass


def use_fsdp(accelerator: Accelerator) -> None:
    """Have shards on CPUs: accelerate itself takes them for cards' alone, PyTorch does not."""
    plugin = FullyShardedDataParallelPlugin(
        fsdp_version=2, auto_wrap_policy="NO_WRAP", cpu_ram_efficient_loading=False
    )
    if accelerator.mixed_precision != "no":
        plugin.set_mixed_precision(accelerator.mixed_precision)
    accelerator.state.fsdp_plugin = plugin
    for state in (PartialState, AcceleratorState):
        state._shared_state["distributed_type"] = DistributedType.FSDP


def trained(folder: Path, cut_at: int = -1) -> Tensor:
    """Return a painter's averaged weights, whole and the same ones in both processes.

    A process has a sample without text in every other step, the other one then has none.
    """
    accelerator = Accelerator(cpu=True)
    process = accelerator.process_index
    codec = tiny_samples.codec()
    packer, painter = Packer(codec), tiny_samples.painter(codec)
    torch.manual_seed(process)

    def batch(step: int) -> Batch:
        if step == cut_at:
            raise Cut
        return tiny_samples.batch(packer, step, process)

    return agreed(accelerator, train(accelerator, painter, batch, SCHEDULE, folder))


def agreed(accelerator: Accelerator, module: nn.Module) -> Tensor:
    """Return what was trained, of which both processes must have the same."""
    learnt = [part.detach().flatten() for part in module.parameters() if part.requires_grad]
    one, other = accelerator.gather(torch.cat(learnt)[None])
    assert torch.isfinite(one).all()
    assert torch.equal(one, other)
    return one


def tuned(folder: Path, file: Path) -> tuple[Tensor, Tensor]:
    """Return a writer's adapter and row before and after stage 1's training."""
    accelerator = Accelerator(cpu=True, mixed_precision="bf16")
    process = accelerator.process_index
    torch.manual_seed(0)
    writer = TunedWriter(read_base(file), 5, LoraShape(2, 4, 0.0))
    before = agreed(accelerator, writer)

    def batch(step: int) -> list[Dialogue]:
        tokens = tuple(range(10 + process, 40 + step))
        return [Dialogue(tokens, (0.0,) * 5 + (1.0,) * (len(tokens) - 5))]

    return before, agreed(accelerator, train(accelerator, writer, batch, Schedule(3, 1e-2), folder))


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


def writers(folder: Path) -> None:
    """Train the writer with both."""
    accelerator = Accelerator(cpu=True, mixed_precision="bf16")
    file = folder / f"{accelerator.process_index}.gguf"
    own = {k: part for k, part in tiny_llama.weights().items() if k != "output.weight"}
    tiny_llama.write_gguf(file, own)
    before, whole = tuned(folder / "ddp", file)
    use_fsdp(accelerator)
    _, sharded = tuned(folder / "fsdp", file)
    assert (sharded - whole).norm() < 0.2 * (whole - before).norm()


def painters(folder: Path) -> None:
    """Train the painter with both, cut and gone on with."""
    training.CHECKPOINT = 0.0  # after every step
    accelerator = Accelerator(cpu=True)
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


def main() -> None:
    torch.set_num_threads(1)
    what, folder = sys.argv[1], Path(sys.argv[2])
    {"painter": painters, "writer": writers}[what](folder)
    assert PartialState().num_processes == 2
    PartialState().wait_for_everyone()
    print("both")
    sys.stdout.flush()
    os._exit(0)  # libraries of two processes that end at once have aborted in their last moments


main()
