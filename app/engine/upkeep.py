"""What is being done with the packs of this machine; it goes on while no page shows it."""

import time
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.engine.engine import Engine
from app.tutorial.model import new_id
from inference.protocol import (
    LAST_EVENTS,
    Cancelled,
    Event,
    Failed,
    Found,
    Install,
    Notice,
    Probe,
    Progress,
    Remove,
    Verify,
)

PackRequest = Install | Verify | Remove
SOON = 2.0  # seconds of measuring before a time left is told


@dataclass(frozen=True)
class Work:
    """What is under way, and how far: bytes done of total for `what`, since some second on."""

    request: PackRequest
    what: str = ""
    done: int = 0
    total: int = 0
    since: float = 0.0
    done_then: int = 0

    def after(self, event: Progress, now: float) -> "Work":
        """Return the work as an event tells it; now in seconds."""
        same = (event.what, event.total) == (self.what, self.total)
        since, done_then = (self.since, self.done_then) if same else (now, event.done)
        return Work(self.request, event.what, event.done, event.total, since, done_then)

    def seconds_left(self, now: float) -> float | None:
        """Return how long it still takes as measured so far, None while that is unknown."""
        passed, fetched = now - self.since, self.done - self.done_then
        if not self.total or fetched <= 0 or passed < SOON:
            return None
        return passed * (self.total - self.done) / fetched


@dataclass(frozen=True)
class Outcome:
    """How the last request about a pack ended, in a sentence; it may be empty."""

    sentence: str
    failed: bool = False


class Upkeep(QObject):
    """Asks an engine about packs, one request at a time.

    facts: what a Probe found last, empty before. work: what is under way, or None. outcomes: by
    the pack's id, "" for a writer of the person's own. told: sentences of the last request, such as
    what it is about to fetch. trouble: why nothing can be found out, or empty.
    facts_changed(), work_changed(): look at them. packs_changed(): a request has ended.
    """

    facts_changed = Signal()
    work_changed = Signal()
    packs_changed = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self.facts: dict[str, Any] = {}
        self.trouble = ""
        self.work: Work | None = None
        self.outcomes: dict[str, Outcome] = {}
        self.told: list[str] = []
        self._looking = False

    def look(self) -> None:
        """Find out anew what is there."""
        if not self._looking:
            self._looking = True
            self.engine.ask(Probe(new_id()), self._hear_facts, self)

    def begin(self, request: PackRequest) -> None:
        """Begin a request, unless one is under way."""
        if self.work is not None:
            return
        self.work = Work(request)
        self.outcomes.pop(request.pack, None)
        self.told = []
        self.work_changed.emit()
        self.engine.ask(request, self._hear, self)

    def refuse(self, sentence: str) -> None:
        """Tell beside the writer of the person's own why nothing was begun."""
        self.outcomes[""] = Outcome(sentence, failed=True)
        self.work_changed.emit()

    def stop(self) -> None:
        """Stop what is under way; what was fetched stays for the next time."""
        if self.work is not None:
            self.engine.cancel(self.work.request.id)

    def start_again(self) -> None:
        """Start the engine although it stopped too often, and look."""
        self.engine.start_again()
        self.look()

    def _hear_facts(self, event: Event) -> None:
        if isinstance(event, Found):
            self.facts, self.trouble = event.facts, ""
        elif isinstance(event, Failed):
            self.trouble = _sentence(event)
        if isinstance(event, LAST_EVENTS):
            self._looking = False
        if isinstance(event, Found | Failed):
            self.facts_changed.emit()

    def _hear(self, event: Event) -> None:
        if self.work is None:
            return
        if isinstance(event, Progress) and event.unit == "bytes":
            self.work = self.work.after(event, time.monotonic())
        elif isinstance(event, Notice):
            self.told.append(event.message)
        if not isinstance(event, LAST_EVENTS):
            self.work_changed.emit()
            return
        request, self.work = self.work.request, None
        self.outcomes[request.pack] = self._outcome(request, event)
        self.work_changed.emit()
        self.packs_changed.emit()
        self.look()

    def _outcome(self, request: PackRequest, event: Event) -> Outcome:
        if isinstance(event, Failed):
            return Outcome(_sentence(event), failed=True)
        if isinstance(event, Cancelled):
            if isinstance(request, Install) and request.pack:
                return Outcome(self.tr("Paused. What was fetched is kept."))
            return Outcome(self.tr("Stopped."))
        told = " ".join(self.told)
        match request:
            case Install():
                return Outcome(told or self.tr("Installed; every file was checked."))
            case Verify():
                return Outcome(told or self.tr("Every file is whole."))
            case Remove():
                return Outcome(told or self.tr("Removed."))


def _sentence(failed: Failed) -> str:
    message = f"{failed.message[:1].upper()}{failed.message[1:]}".rstrip(".")
    hint = failed.hint.rstrip(".")
    return f"{message}. {hint}." if hint else f"{message}."
