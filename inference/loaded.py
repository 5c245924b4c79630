"""A pack's writer in memory, and the card with all that a pack has on it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from inference.packs.ladder import BEGUN, WRITING, Ladder, SteppedDown, out_of_memory
from inference.packs.manifest import Manifest
from inference.packs.plan import Phase, Plan
from inference.packs.reports import PackError
from inference.painter.arbiter import Arbiter
from inference.protocol import Numbers

if TYPE_CHECKING:
    from inference.painter.pixels.assembling import CardPainter
    from inference.writer.model import Model
    from inference.writer.session import Session
    from inference.writer.states import Reader

T = TypeVar("T")
WRITER = ("writer", "eyes", "KV cache")  # what of a plan is a writer, which leaves as one


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

    def wake(self, plan: Plan) -> None:
        """Come back to memory, as much to the card's as the plan says."""
        self.model.layers = plan.layers
        self.model.wake()
        if self.session.eyes is not None:
            self.session.eyes.on_card = plan.eyes_on_card
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
    writer: the pack's own, which may read for the painter while another writes. told: what the
    person is still to hear of the writer's rungs.
    """

    arbiter: Arbiter
    ladder: Ladder
    manifest: Manifest
    bound: bool = False
    painter: "CardPainter | None" = None
    writer: Loaded | None = None
    reader: "Reader | None" = None
    told: list[str] = field(default_factory=list)

    def serves(self, numbers: Numbers | None) -> bool:
        """Whether its networks can paint with these numbers, or with any."""
        if numbers is None:
            return not self.bound
        plan, painter = self.arbiter.plan, self.painter
        if painter is not None and painter.dtype != numbers.dtype:
            return False
        return (plan.kind, plan.encoder) == (numbers.kind, numbers.encoder)

    def use_writer(
        self, phase: Phase, read: Callable[[Plan], Loaded], work: Callable[[Loaded], T]
    ) -> T:
        """Do a work with the writer, one rung lower each time the memory falls short of it.

        read: brings it to memory for the first time. Raises PackError at the end of the ladder; the
        writer then rests, and keeps what its context holds.
        """
        before, heard = self.arbiter.plan, len(self.told)
        steps = WRITING if self.writer is None else BEGUN
        run = self.ladder.run(before, lambda plan: self._attempt(plan, phase, read, work), steps)
        try:
            while True:
                self.told.append(next(run).message)
        except StopIteration as end:
            result: T = end.value
            return result
        except PackError:
            self.arbiter.plan = before
            del self.told[heard:]
            raise

    def _attempt(
        self,
        plan: Plan,
        phase: Phase,
        read: Callable[[Plan], Loaded],
        work: Callable[[Loaded], T],
    ) -> Generator[SteppedDown, None, T]:
        yield from ()
        arbiter = self.arbiter
        if arbiter.plan != plan:
            arbiter.plan, arbiter.phase = plan, None
        try:
            if arbiter.phase is not phase:
                arbiter.enter(phase)
            if self.writer is None:
                self.writer = read(plan)
            for part in plan.lies(phase):
                if part in WRITER:  # held first: half of it may be there when the memory ends
                    arbiter.hold(part, self.writer.rest)
            self.writer.wake(plan)
            return work(self.writer)
        except Exception as error:
            if out_of_memory(error):
                self._rest_writer()
            raise

    def _rest_writer(self) -> None:
        """Take it from the card, and before it the reader's context, which needs its model."""
        self.arbiter.phase = None
        for part in ("KV cache of the reader", *reversed(WRITER)):
            if part in self.arbiter.held:
                self.arbiter.release(part)
