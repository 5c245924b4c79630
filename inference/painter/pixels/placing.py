"""Brings a painter's networks to the card and takes them away again, as the plan says."""

from collections.abc import Mapping
from typing import Any

import torch

from inference.packs.plan import Phase
from inference.painter.arbiter import Arbiter
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
        if part == "transformer" and arbiter.plan.residency == "one block":
            self._stream(self._networks[part])
        else:
            self._bring(part)

    def _bring(self, part: str) -> None:
        # Held first: half of it may be there when the memory ends.
        self._arbiter.hold(part, lambda: self._take(part))
        self._networks[part].to(self._device)

    def _take(self, part: str) -> None:
        if part != "transformer" or not self._streams:
            self._networks[part].to("cpu")

    def _stream(self, network: Any) -> None:
        """Let the blocks come one by one; from then on the network looks after itself."""
        if not self._streams:
            network.enable_group_offload(
                onload_device=self._device,
                offload_device=torch.device("cpu"),
                offload_type="block_level",
                num_blocks_per_group=1,
            )
            # What stands outside the blocks stays: a family may go through the blocks itself, and
            # the network's own forward, on which that hangs, is then never called.
            network._diffusers_hook.remove_hook("group_offloading", recurse=False)
            for child in network.children():
                if not isinstance(child, torch.nn.ModuleList):
                    child.to(self._device)
            self._streams = True
