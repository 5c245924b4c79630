"""How long a run will take: measured on this machine, or a guess that says so."""

from dataclasses import dataclass
from statistics import median
from typing import Protocol

KEPT = 20  # the newest measurements of each kind
PICTURES = 0.7  # a step: the share of the hand-written tutorials
PLANNED = 5  # steps, where the writer plans
# Seconds on two cores, as the README tells: a step's text by pack, a picture by the storyboard.
GUESSES = {"starter": 1.6, "laptop": 5.6, "picture": 0.1}


class Store(Protocol):
    """Where measurements are kept from one start to the next."""

    def get(self, name: str, default: list[float]) -> list[float]:
        """Return what is kept under the name, or the default."""

    def put(self, name: str, value: list[float]) -> None:
        """Keep a list under the name."""


@dataclass(frozen=True)
class Estimate:
    """How many pictures and how many seconds; measured: on this machine, else a guess."""

    pictures: int
    seconds: float
    measured: bool


class Timings:
    """Seconds that a step's text took by pack, and a picture."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, kind: str, seconds: float) -> None:
        """Keep a measurement; kind: a pack's id, or "picture"."""
        known = [*self._known(kind), max(round(seconds, 3), 0.001)]
        self._store.put(_name(kind), known[-KEPT:])

    def estimate(self, pack: str, steps: int, pictures: int) -> Estimate:
        """Return what so many steps and pictures will take; steps 0 for pictures alone."""
        kinds = [kind for kind, count in ((pack, steps), ("picture", pictures)) if count]
        seconds = {kind: self._seconds(kind) for kind in kinds}
        total = steps * seconds.get(pack, (0.0, True))[0]
        total += pictures * seconds.get("picture", (0.0, True))[0]
        return Estimate(pictures, total, all(measured for _, measured in seconds.values()))

    def _seconds(self, kind: str) -> tuple[float, bool]:
        known = self._known(kind)
        return (median(known), True) if known else (GUESSES.get(kind, GUESSES["laptop"]), False)

    def _known(self, kind: str) -> list[float]:
        kept = self._store.get(_name(kind), [])
        return [one for one in kept if isinstance(one, int | float) and one > 0]


def _name(kind: str) -> str:
    return f"seconds/{kind or 'best'}"  # no pack named: the best that this machine allows


def pictures_of(steps: int | None) -> int:
    """Return about how many pictures so many steps will get."""
    return round((steps or PLANNED) * PICTURES)
