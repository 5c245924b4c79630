"""The library as the window shows it: read on a thread, kept up with the folder, and changed.

Every change goes to the disk off the GUI thread and comes back as a refresh.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from app.editing.background import Background
from app.tutorial.card import Card
from app.tutorial.errors import TutorialError
from app.tutorial.library import TRASH, Library, Refreshed

T = TypeVar("T")

PAUSE = 1000  # milliseconds after the last change of the folder
SLICE = 0.4  # seconds of reading after which what was read is shown
KEY = "library"  # of the messages


@dataclass(frozen=True)
class _Slice:
    """What the library holds by now; rest: the reading that is left, or None."""

    cards: tuple[Card, ...]
    trashed: tuple[Card, ...]
    done: int
    total: int
    rest: Iterator[Refreshed] | None


class LibraryWatch(QObject):
    """The cards of a library, newest first.

    cards_changed(): cards or trashed are others. progressed(done, total): of the files being read;
    0 of 0 at the end. searched(words, tuple of Found). told(key, sentence, buttons, role): as a
    message bar shows it.
    """

    cards_changed = Signal()
    progressed = Signal(int, int)
    searched = Signal(str, object)
    told = Signal(str, str, object, str)

    def __init__(self, library: Library, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self.library = library
        self.cards: tuple[Card, ...] = ()
        self.trashed: tuple[Card, ...] = ()
        self._background = background
        self._reading = False
        self._again = False
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._wait)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self.refresh)

    def refresh(self) -> None:
        """Read what changed in the folder; what is read shows as it comes."""
        self._timer.stop()
        if self._reading:
            self._again = True
            return
        self._reading, self._again = True, False
        self._watch()
        self._read(None)

    def search(self, words: str) -> None:
        """Search the full text; searched tells what was found."""
        self._background.run(
            lambda: self.library.search(words), lambda found: self.searched.emit(words, found)
        )

    # ------------------------------------------------------------ changes

    def trash(self, paths: Iterable[Path]) -> None:
        """Move tutorials to the trash and offer to restore them."""

        def done(moved: Sequence[Path]) -> None:
            one, many = self.tr("Moved to the trash."), self.tr("{n} tutorials moved to the trash.")
            text = one if len(moved) == 1 else many.format(n=len(moved))
            restore = partial(self.restore, tuple(moved))
            self.told.emit(KEY, text, [(self.tr("Restore"), restore)], "info")

        self._change(self.library.trash, paths, done)

    def restore(self, paths: Iterable[Path]) -> None:
        """Move tutorials out of the trash, back into the library."""

        def done(moved: Sequence[Path]) -> None:
            one, many = self.tr("Restored."), self.tr("{n} tutorials restored.")
            text = one if len(moved) == 1 else many.format(n=len(moved))
            self.told.emit(KEY, text, [], "info")

        self._change(self.library.restore, paths, done)

    def delete(self, paths: Iterable[Path]) -> None:
        """Delete tutorials of the trash for good."""

        def done(deleted: Sequence[None]) -> None:
            one, many = self.tr("Deleted for good."), self.tr("{n} tutorials deleted for good.")
            text = one if len(deleted) == 1 else many.format(n=len(deleted))
            self.told.emit(KEY, text, [], "info")

        self._change(self.library.delete, paths, done)

    def duplicate(self, path: Path, title: str) -> None:
        """Copy a tutorial under a new title."""
        self._change(lambda one: self.library.duplicate(one, title), [path])

    def rename(self, path: Path, title: str) -> None:
        """Give a tutorial that is not open another title."""
        self._change(lambda one: self.library.rename(one, title), [path])

    def _change(
        self,
        change: Callable[[Path], T],
        paths: Iterable[Path],
        then: Callable[[list[T]], None] | None = None,
    ) -> None:
        """Do the same to each path; what can't be done is told, the rest is done."""
        due = tuple(paths)

        def work() -> tuple[list[T], list[TutorialError]]:
            done: list[T] = []
            errors: list[TutorialError] = []
            for path in due:
                try:
                    done.append(change(path))
                except TutorialError as error:
                    errors.append(error)
            return done, errors

        def told(result: tuple[list[T], list[TutorialError]]) -> None:
            done, errors = result
            if done and then is not None:
                then(done)
            if errors:
                self.told.emit(f"{KEY}-error", f"{errors[0]}.", [], "danger")
            self.refresh()

        self._background.run(work, told)

    # ------------------------------------------------------------ reading

    def _read(self, rest: Iterator[Refreshed] | None) -> None:
        known = bool(self.cards or self.trashed)
        self._background.run(lambda: self._slice(rest, known=known), self._show)

    def _slice(self, rest: Iterator[Refreshed] | None, *, known: bool) -> _Slice:
        """Read for a while; the first time, tell what the index knows before anything is read."""
        reading = iter(self.library.refresh()) if rest is None else rest
        end = time.monotonic() + (SLICE if known or rest is not None else 0)
        done = total = 0
        more: Iterator[Refreshed] | None = None
        for one in reading:
            done, total = one.done, one.total
            if time.monotonic() >= end:
                more = reading
                break
        return _Slice(self.library.entries(), self.library.trashed(), done, total, more)

    def _show(self, part: _Slice) -> None:
        cards, trashed = _newest_first(part.cards), _newest_first(part.trashed)
        if (cards, trashed) != (self.cards, self.trashed):
            self.cards, self.trashed = cards, trashed
            self.cards_changed.emit()
        if part.rest is not None:
            self.progressed.emit(part.done, part.total)
            self._read(part.rest)
            return
        self.progressed.emit(0, 0)
        self._reading = False
        self._watch()
        if self._again:
            self.refresh()

    # ------------------------------------------------------------ the folder

    def _wait(self) -> None:
        # Each change begins the pause anew: who types saves twice a second, and reading a large
        # tutorial as often would be felt.
        self._timer.start()

    def _watch(self) -> None:
        """Watch the folder, its trash, and what it lies in: no folder tells that it moved."""
        folder = self.library.folder
        above = next((one for one in folder.parents if one.is_dir()), folder)
        wanted = {str(one) for one in (above, folder, folder / TRASH) if one.is_dir()}
        watched = set(self._watcher.directories())
        if watched - wanted:
            self._watcher.removePaths(sorted(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(sorted(wanted - watched))


def _newest_first(cards: Iterable[Card]) -> tuple[Card, ...]:
    return tuple(sorted(cards, key=lambda card: (-card.modified, card.path.name)))
