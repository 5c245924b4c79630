"""Undo and redo of an open tutorial."""

from dataclasses import dataclass

from app.tutorial.edits import Edit
from app.tutorial.forgetting import entry_without, without
from app.tutorial.model import Tutorial
from app.tutorial.undo import Entry, Left, merge, redo, undo

PAUSE = 1.0  # seconds without typing, after which more typing is an entry of its own


@dataclass(frozen=True)
class Undone:
    """What undo or redo made: the tutorial, the entry it took, what it left alone."""

    tutorial: Tutorial
    entry: Entry
    left: tuple[Left, ...]


class History:
    """An open tutorial's value, with the entries that undo and redo take next."""

    def __init__(self, tutorial: Tutorial) -> None:
        self.tutorial = tutorial
        self._done: list[Entry] = []
        # each with the tutorial that undo left and the one that it found
        self._undone: list[tuple[Entry, Tutorial, Tutorial]] = []
        self._typed: float | None = None  # when the last entry was typed, in seconds

    @property
    def can_undo(self) -> bool:
        """Whether undo has an entry to take."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether redo has an entry to take."""
        return bool(self._undone)

    def edit(self, made: Edit, *, typing: bool = False, now: float = 0.0) -> None:
        """Take over an edit of this tutorial; nothing is left to redo then.

        Typing in one field merges into one entry until it pauses; now is in seconds.
        """
        tutorial, entry = made
        if not entry.changes:
            return
        self.tutorial = tutorial
        goes_on = typing and self._typed is not None and now - self._typed <= PAUSE
        if goes_on and _fields(entry) <= _fields(self._done[-1]):
            entry = merge((self._done.pop(), entry))
        self.push(entry)
        self._typed = now if typing and entry.changes else None

    def take_over(self, tutorial: Tutorial) -> None:
        """Take over what a run wrote; its entry is pushed when it ends."""
        self.tutorial = tutorial

    def push(self, entry: Entry) -> None:
        """Put an entry that the tutorial already has on top; an empty one is left out."""
        self._typed = None
        if entry.changes:
            self._done.append(entry)
            self._undone.clear()

    def forget(self, sha256: str) -> None:
        """Make it as if a take had never been there; all else can still be undone."""
        self.tutorial = without(self.tutorial, {sha256})
        rest = (entry_without(entry, {sha256}) for entry in self._done)
        self._done = [entry for entry in rest if entry.changes]
        self._undone.clear()
        self._typed = None

    def undo(self) -> Undone | None:
        """Revert the last entry, as far as nobody changed the same since; None without one."""
        if not self._done:
            return None
        entry = self._done.pop()
        found = self.tutorial
        self._typed = None
        self.tutorial, left = undo(found, entry)
        self._undone.append((entry, self.tutorial, found))
        return Undone(self.tutorial, entry, left)

    def redo(self) -> Undone | None:
        """Write the entry undone last again; None without one.

        Where nothing was written since, this gives just what undo found: a step of a run that the
        author deleted before does not come back.
        """
        if not self._undone:
            return None
        entry, undone, found = self._undone.pop()
        self._done.append(entry)
        self._typed = None
        as_undone = self.tutorial is undone
        self.tutorial, left = (found, ()) if as_undone else redo(self.tutorial, entry)
        return Undone(self.tutorial, entry, left)


def _fields(entry: Entry) -> set[tuple[str, str, str]]:
    """Return what an entry writes; that the text is no draft any more goes without saying."""
    return {
        (change.step, change.picture, change.field)
        for change in entry.changes
        if change.field != "draft"
    }
