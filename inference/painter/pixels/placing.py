"""Brings a painter's networks to the card and takes them away again, as the plan says."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from inference.packs.plan import Phase
from inference.painter.arbiter import Arbiter
from inference.painter.pixels.networks import blocks, put
from inference.painter.pixels.painter import Stage

# Which of the plan's parts each stage works with.
AT_WORK: Mapping[Stage, str] = {
    "read": "text encoder",
    "see": "VAE",
    "paint": "transformer",
    "decode": "VAE",
}


class Placing:
    """Told before each stage of a picture. networks: by the plan's names of them."""

    def __init__(self, arbiter: Arbiter, networks: Mapping[str, Any], device: torch.device) -> None:
        self._arbiter = arbiter
        self._networks = networks
        self._device = device
        self._streams = False

    def __call__(self, stage: Stage) -> None:
        """Make the card ready for a stage; raises CardFull."""
        arbiter = self._arbiter
        phase = Phase.ENCODE if stage == "read" else Phase.PAINT
        if arbiter.phase is not phase:
            arbiter.enter(phase)
        part = AT_WORK[stage]
        if part not in self._networks:
            return  # the writer reads, and comes by itself
        stays = arbiter.plan.lies(phase)
        for other in self._networks.keys() - {part, *stays}:
            self._take(other)
        # Held first: half of it may be there when the memory ends.
        arbiter.hold(part, lambda: self._take(part))
        if part == "transformer" and arbiter.plan.residency == "one block":
            self._stream(self._networks[part])
        else:
            self._networks[part].to(self._device)

    def _take(self, part: str) -> None:
        self._networks[part].to("cpu")

    def _stream(self, network: Any) -> None:
        """Bring what stands outside the blocks, which come one by one, each for its call."""
        if not self._streams:
            for block in blocks(network):
                Visiting(block, self._device)
            self._streams = True
        inside = {id(module) for block in blocks(network) for module in block.modules()}
        for module in network.modules():
            if id(module) not in inside:
                module._apply(lambda tensor: tensor.to(self._device), recurse=False)


class Visiting:
    """Lets a block's weights be on the device while it is called; nothing is copied back.

    diffusers' group offload brings all else when the network's own forward is called, which a
    family that goes through the blocks itself never does, and copies each block back.
    """

    def __init__(self, block: Any, device: torch.device) -> None:
        self._device = device
        self._home: dict[str, Tensor] = {}
        block._compiled_call_impl = None  # it was compiled for weights that stay
        block.register_forward_pre_hook(self._come)
        block.register_forward_hook(self._go, always_call=True)

    def _come(self, block: Any, _given: Any) -> None:
        self._home = dict(chain(block.named_parameters(), block.named_buffers()))
        for name, tensor in self._home.items():
            put(block, name, tensor.to(self._device))

    def _go(self, block: Any, _given: Any, _made: Any) -> None:
        for name, tensor in self._home.items():
            put(block, name, tensor)
        self._home = {}
