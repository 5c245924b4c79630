"""Who has the card: what is freed at each change of phase, and when the card is too full."""

import sys

import pytest

from inference.packs.ladder import CardFull
from inference.packs.manifest import shipped
from inference.packs.plan import Phase, Plan, plan
from inference.painter.arbiter import Arbiter, empty_caches

GIB = 2**30


def planned(pack: str, memory: int) -> Plan:
    manifest = shipped(pack)
    return plan(manifest, memory * GIB, memory * GIB)


class Card:
    """A card of so many bytes, on which the parts of a plan are loaded and freed."""

    def __init__(self, made: Plan, memory: int) -> None:
        self.memory = memory * GIB
        self.lying: dict[str, int] = {}
        self.emptied = 0
        self.arbiter = Arbiter(made, self.free, self.empty)

    def free(self) -> int:
        return self.memory - sum(self.lying.values())

    def empty(self) -> None:
        self.emptied += 1

    def work(self, phase: Phase) -> None:
        """Enter a phase and load what it lacks, as an engine does."""
        self.arbiter.enter(phase)
        for part in self.arbiter.plan.parts:
            if phase in part.phases and part.name not in self.arbiter.held:
                self.lying[part.name] = part.bytes
                self.arbiter.hold(part.name, lambda name=part.name: self.lying.pop(name))


ROUND = (Phase.WRITE, Phase.ENCODE, Phase.PAINT, Phase.SCORE, Phase.WRITE, Phase.PAINT)


@pytest.mark.parametrize(("pack", "memory"), [("klein-8", 8), ("klein-24", 24), ("cosmos-12", 12)])
def test_a_phase_has_what_the_plan_says_and_no_more(pack: str, memory: int) -> None:
    made = planned(pack, memory)
    card = Card(made, memory)
    for count, phase in enumerate(ROUND, 1):
        card.work(phase)
        assert card.arbiter.phase is phase
        assert set(made.lies(phase)) <= set(card.lying) == set(card.arbiter.held)
        staying = {part.name for part in made.parts if set(Phase) == set(part.phases)}
        assert set(card.lying) == set(made.lies(phase)) | (staying & set(card.lying))
        assert sum(card.lying.values()) <= made.bytes(phase)
        assert card.emptied == count


def test_what_stays_is_loaded_once() -> None:
    card = Card(planned("klein-24", 24), 24)
    card.work(Phase.WRITE)
    before = card.lying.copy()
    assert card.arbiter.bytes == sum(before.values())
    card.work(Phase.PAINT)
    card.work(Phase.WRITE)
    assert card.lying == before


def test_a_card_that_another_program_filled_is_told_before_loading() -> None:
    made = planned("klein-8", 8)
    card = Card(made, 8)
    card.work(Phase.WRITE)
    card.memory = 4 * GIB
    with pytest.raises(CardFull, match=r"are needed on the card and 4\.3 GB are free"):
        card.work(Phase.PAINT)
    assert card.lying == {}  # freed all the same


def test_another_plan_may_come_between_phases() -> None:
    card = Card(planned("klein-24", 24), 24)
    card.work(Phase.WRITE)
    card.arbiter.plan = planned("klein-24", 16)
    assert card.arbiter.plan.residency == "swap"
    card.work(Phase.PAINT)
    assert set(card.lying) == {"transformer", "VAE"}


def test_emptying_imports_nothing() -> None:
    before = set(sys.modules)
    empty_caches()
    assert set(sys.modules) == before
