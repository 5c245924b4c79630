"""A pack's writer in memory, and the card with all that a pack has on it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inference.packs.manifest import Manifest
from inference.painter.arbiter import Arbiter
from inference.protocol import Numbers

if TYPE_CHECKING:
    from inference.painter.pixels.assembling import CardPainter
    from inference.writer.model import Model
    from inference.writer.session import Session
    from inference.writer.states import Reader


@dataclass
class Loaded:
    """A pack's writer in memory."""

    manifest: Manifest
    model: "Model"
    session: "Session"

    def rest(self) -> None:
        """Leave memory; the session keeps what it holds, and wakes all when it is used again."""
        self.session.rest()
        if self.session.eyes is not None:
            self.session.eyes.close()
        self.model.rest()

    def wake(self) -> None:
        """Come back to memory."""
        self.model.wake()
        if self.session.eyes is not None:
            self.session.eyes.wake()
        self.session.wake()

    def close(self) -> None:
        """Free the contexts, then the weights."""
        self.session.close()
        if self.session.eyes is not None:
            self.session.eyes.close()
        self.model.close()


@dataclass
class OnCard:
    """The card at work: who has it, and the painter of the pack for which it was planned.

    bound: it was planned for a picture to be painted again, otherwise than it would have been.
    writer: the pack's own, which may read for the painter while another writes.
    """

    arbiter: Arbiter
    manifest: Manifest
    bound: bool = False
    painter: "CardPainter | None" = None
    writer: Loaded | None = None
    reader: "Reader | None" = None

    def serves(self, numbers: Numbers | None) -> bool:
        """Whether its networks can paint with these numbers, or with any."""
        if numbers is None:
            return not self.bound
        plan, painter = self.arbiter.plan, self.painter
        if painter is not None and painter.dtype != numbers.dtype:
            return False
        return (plan.kind, plan.encoder) == (numbers.kind, numbers.encoder)

    def hold_writer(self) -> None:
        """Note all that the writer has on the card; it leaves as one."""
        assert self.writer is not None
        for part in ("writer", "eyes", "KV cache"):
            self.arbiter.hold(part, self.writer.rest)
