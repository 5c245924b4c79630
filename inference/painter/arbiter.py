"""Who has the card: one phase at a time, with only what the plan lets lie there.

Two allocators share the card, llama.cpp's and torch's, and neither knows of the other: before a
phase begins, what it does not need is freed for both, and the driver is asked what is free.
"""

import gc
import sys
from collections.abc import Callable

from inference.packs.ladder import CardFull
from inference.packs.plan import Phase, Plan
from inference.packs.reports import in_words


def empty_caches() -> None:
    """Give the driver back what no tensor uses any more; imports nothing."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


class Arbiter:
    """Keeps account of the parts on the card, by the names of Plan.parts.

    free: bytes that the driver has free now. plan may be exchanged between phases.
    """

    def __init__(
        self, plan: Plan, free: Callable[[], int], empty: Callable[[], None] = empty_caches
    ) -> None:
        self.plan = plan
        self.phase: Phase | None = None
        self._free = free
        self._empty = empty
        self._held: dict[str, Callable[[], None]] = {}

    @property
    def held(self) -> tuple[str, ...]:
        """The parts that are on the card, in the order in which they came."""
        return tuple(self._held)

    @property
    def bytes(self) -> int:
        """The bytes that they take there, as planned."""
        return sum(map(self.plan.bytes_of, self._held))

    def hold(self, part: str, release: Callable[[], None]) -> None:
        """Note that a part is on the card; release takes it away."""
        self._held[part] = release

    def enter(self, phase: Phase) -> None:
        """Begin a phase: free what it has no place for; raises CardFull when the rest won't fit."""
        stays = self.plan.lies(phase)
        # The last that came goes first: a reader's context before its model.
        for part in [part for part in reversed(self._held) if part not in stays]:
            self.release(part)
        self._empty()
        lacking = sum(
            part.bytes
            for part in self.plan.parts
            if phase in part.phases and part.name not in self._held
        )
        needed = lacking + max((work for _, work in self.plan.work(phase)), default=0)
        if (free := self._free()) < needed:
            raise CardFull(
                f"{in_words(needed)} are needed on the card and {in_words(free)} are free.",
                "Close other programs that use the card, or use the starter pack: --pack starter",
            )
        self.phase = phase

    def release(self, part: str) -> None:
        """Take a part that is held away from the card."""
        self._held[part]()
        del self._held[part]
