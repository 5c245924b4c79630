"""What is tried when the card's memory does not suffice after all, one rung at a time.

Every rung changes the plan as little as it can; the seed stays, so a rung that touches neither
sizes nor references gives the picture that was asked for. The rung that worked is remembered.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from inference.packs.plan import (
    ANEW,
    CONTEXT,
    QUARTERS,
    REFERENCE_SIZES,
    RESIDENCIES,
    SIZES,
    SMALL_CONTEXT,
    Plan,
)
from inference.packs.reports import PackError

T = TypeVar("T")
E = TypeVar("E")

# What llama.cpp, cuBLAS and torch say when an allocation fails.
FAILURES = (
    "out of memory",
    "not enough memory",
    "failed to allocate",
    "alloc_failed",
    "unable to allocate",
)
MAX_FILE = 1 << 16  # bytes of the file of what worked


class CardFull(PackError):
    """The card has less free memory than the next phase needs; the message says how much."""


@dataclass(frozen=True)
class Rung:
    """A step down: step returns a lesser plan, or None where there is nothing left to lessen."""

    name: str
    sentence: str
    step: Callable[[Plan], Plan | None]


@dataclass(frozen=True)
class SteppedDown:
    """One sentence for the person: what is done now that memory was short."""

    rung: str
    message: str


def _next(values: tuple[Any, ...], value: Any) -> Any:
    """Return the value after this one, None after the last."""
    lesser = values[values.index(value) + 1 :] if value in values else ()
    return lesser[0] if lesser else None


def _smaller_references(plan: Plan) -> Plan | None:
    size = _next(REFERENCE_SIZES, plan.reference_size) if plan.references else None
    return replace(plan, reference_size=size) if size else None


def _fewer_references(plan: Plan) -> Plan | None:
    return replace(plan, references=plan.references // 2) if plan.references else None


def _residency(wanted: str) -> Callable[[Plan], Plan | None]:
    def step(plan: Plan) -> Plan | None:
        lower = _next(RESIDENCIES, plan.residency)
        return replace(plan, residency=lower) if lower == wanted else None

    return step


def _smaller_picture(plan: Plan) -> Plan | None:
    size = next((size for size in SIZES if size < plan.size), None)
    return replace(plan, size=size) if size else None


def _eyes_off_card(plan: Plan) -> Plan | None:
    there = plan.eyes_on_card and plan.pack.vision is not None
    return replace(plan, eyes_on_card=False) if there else None


def _fewer_layers(plan: Plan) -> Plan | None:
    return replace(plan, quarters=plan.quarters - 1) if plan.quarters > 1 else None


def _smaller_context(plan: Plan) -> Plan | None:
    fewer_pictures = plan.pack.vision is not None and plan.context > SMALL_CONTEXT
    return replace(plan, context=SMALL_CONTEXT) if fewer_pictures else None


def _no_layers(plan: Plan) -> Plan | None:
    return replace(plan, quarters=0) if plan.quarters else None


AGAIN = Rung("again", "what was left over is freed, and it is tried again", lambda plan: plan)
SWAP = Rung("swap", "writer and painter take turns on the card", _residency("swap"))
RUNGS = (
    AGAIN,
    Rung(
        "tiling",
        "the picture is put together from tiles",
        lambda plan: None if plan.tiling else replace(plan, tiling=True),
    ),
    Rung("smaller references", "the other pictures are looked at smaller", _smaller_references),
    Rung("fewer references", "fewer of the other pictures are looked at", _fewer_references),
    SWAP,
    Rung(
        "one network",
        "each network comes to the card when it works, which is slower",
        _residency("one network"),
    ),
    Rung(
        "one block",
        "the painter comes to the card block by block, which is slow",
        _residency("one block"),
    ),
    Rung("smaller picture", "the picture is painted smaller", _smaller_picture),
)

# Those that only say where things lie: the same numbers come out.
EXACT = tuple(rung for rung in RUNGS if rung.name in ("again", *RESIDENCIES))

# Those of the writer: slower ones before the one that changes what it is asked.
WRITING = (
    AGAIN,
    SWAP,
    Rung("eyes", "the processor looks at pictures, which is slower", _eyes_off_card),
    Rung("fewer layers", "the processor helps to write, which is slower", _fewer_layers),
    Rung("smaller context", "the writer looks back at fewer pictures", _smaller_context),
    Rung("processor", "the processor alone writes, which is slow", _no_layers),
)
# Those for a writer that has begun: its context holds what is written.
BEGUN = tuple(rung for rung in WRITING if rung.name != "smaller context")
# What of a plan they change, and what of a remembered one they take.
PLACES = ("residency", "quarters", "eyes_on_card", "context")


def rungs(plan: Plan, steps: tuple[Rung, ...] = RUNGS) -> Iterator[tuple[Rung, Plan]]:
    """Yield the rungs below a plan in order, each with the plan that stands on it."""
    for rung in steps:
        while (lower := rung.step(plan)) is not None:
            yield rung, lower
            if lower == plan:
                break
            plan = lower


def out_of_memory(error: BaseException) -> bool:
    """Whether an error means that an allocation failed, of torch, llama.cpp or our own check."""
    if isinstance(error, CardFull | MemoryError):
        return True
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return True
    message = f"{error} {getattr(error, 'hint', '')}".lower()
    return any(words in message for words in FAILURES)


class Ladder:
    """Runs attempts on one card; remembers in a folder what had to be lessened there.

    card: its name; empty: frees what no tensor uses any more.
    """

    def __init__(self, folder: Path, card: str, empty: Callable[[], None]) -> None:
        self._path = folder / "worked.json"
        self._card = card
        self._empty = empty

    def run(
        self,
        plan: Plan,
        attempt: Callable[[Plan], Generator[E, None, T]],
        steps: tuple[Rung, ...] = RUNGS,
    ) -> Generator[E | SteppedDown, None, T]:
        """Yield what the attempt yields and return its result, one rung lower after each failure.

        steps: EXACT leaves a picture's numbers as they are, and so do the writer's. Raises
        PackError when the last rung failed too; other errors pass.
        """
        lesser = self.lessened(plan)
        if steps is not RUNGS:
            placed: dict[str, Any] = {name: getattr(lesser, name) for name in PLACES}
            lesser = replace(plan, **placed)
        first = plan = lesser
        lower = rungs(first, steps)
        while True:
            try:
                result = yield from attempt(plan)
            except Exception as error:
                if not out_of_memory(error):
                    raise
                traceback.clear_frames(error.__traceback__)  # they hold tensors
            else:
                self._remember(first, plan)
                return result
            self._empty()
            below = next(lower, None)
            if below is None and steps is EXACT:
                raise PackError(
                    f"The memory of {self._card} does not suffice to paint this picture as it was.",
                    f"Close other programs that use the card. {ANEW}",
                )
            if below is None:
                raise PackError(
                    f"The memory of {self._card} does not suffice for {plan.pack.name}.",
                    "Close other programs that use the card, or choose a smaller pack",
                )
            rung, plan = below
            yield SteppedDown(rung.name, f"The card's memory was short: {rung.sentence}.")

    def lessened(self, plan: Plan) -> Plan:
        """Return the plan with what had to be lessened here before."""
        known = self._read().get(self._card, {})
        found = known.get(plan.pack.id) if isinstance(known, dict) else None
        return _lower_of(plan, found) if isinstance(found, dict) else plan

    def _remember(self, first: Plan, worked: Plan) -> None:
        names = (*PLACES, "tiling", "size", "references", "reference_size")
        changed = {
            name: getattr(worked, name)
            for name in names
            if getattr(worked, name) != getattr(first, name)
        }
        if not changed:
            return
        table = self._read()
        known = table.get(self._card)
        packs = known if isinstance(known, dict) else {}
        before = packs.get(worked.pack.id)
        merged = {**(before if isinstance(before, dict) else {}), **changed}
        table[self._card] = {**packs, worked.pack.id: merged}
        draft = self._path.with_suffix(".draft")
        with suppress(OSError):  # a full disk must not cost the picture that is there
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(table, indent=2), encoding="utf-8")
            os.replace(draft, self._path)

    def _read(self) -> dict[str, Any]:
        """Return what is remembered; what is damaged counts as nothing."""
        try:
            if self._path.stat().st_size > MAX_FILE:
                return {}
            table = json.loads(self._path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return table if isinstance(table, dict) else {}


def _lower_of(plan: Plan, known: Mapping[str, Any]) -> Plan:
    """Return the plan lessened to known values; a value that no plan can have is passed over."""
    residency = known.get("residency")
    if residency in RESIDENCIES and RESIDENCIES.index(residency) > RESIDENCIES.index(
        plan.residency
    ):
        plan = replace(plan, residency=residency)
    if known.get("tiling") is True:
        plan = replace(plan, tiling=True)
    if known.get("eyes_on_card") is False:
        plan = replace(plan, eyes_on_card=False)
    for name, values in (
        ("size", SIZES),
        ("references", range(plan.references)),
        ("reference_size", REFERENCE_SIZES),
        ("quarters", range(QUARTERS)),
        ("context", (SMALL_CONTEXT, CONTEXT)),
    ):
        value = known.get(name)
        if type(value) is int and value in values and value < getattr(plan, name):
            changed: dict[str, Any] = {name: value}
            plan = replace(plan, **changed)
    return plan
