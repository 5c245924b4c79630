"""A folder of tutorials: what it holds, what it says, and its trash.

Only regular files of the folder itself and of its trash count: no links, no folders in it. Their
bytes may come from anywhere; a file that can't be read is listed with the reason.
"""

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from app.tutorial.card import Card, read_card
from app.tutorial.errors import TutorialError, sentences
from app.tutorial.file import TutorialFile
from app.tutorial.file_names import SUFFIX, free_name, stem_for
from app.tutorial.index import CLOSE, OPEN, Index, Stamp
from app.tutorial.locking import locked, unlock
from app.tutorial.model import new_id

T = TypeVar("T")
TRASH = "Trash"


@dataclass(frozen=True)
class Refreshed:
    """A file that is new, changed or gone (card None): the `done`-th of `total` such files."""

    path: Path
    card: Card | None
    done: int
    total: int


@dataclass(frozen=True)
class Found:
    """A tutorial that holds the words: ranges are the hits in the excerpt, as start and end."""

    card: Card
    excerpt: str
    ranges: tuple[tuple[int, int], ...]


class Library:
    """The tutorials of one folder; `index` is the database kept of them, derived and disposable.

    Usable from any thread.
    """

    def __init__(self, folder: Path, index: Path) -> None:
        self.folder = Path(os.path.abspath(folder))
        self._trash = self.folder / TRASH
        self._index = Index(index)

    def refresh(self) -> Iterator[Refreshed]:
        """Read the files that changed since they were last read, newest first, telling each.

        Yields nothing when nothing changed. Stopping half way keeps what was read.
        """
        known = self._index.stamps()
        self._index.emptied = False
        files = _files(self.folder) | _files(self._trash)
        gone = [path for path in known if path not in files]
        due = [path for path, stamp in files.items() if known.get(path) != stamp]
        due.sort(key=lambda path: files[path].mtime_ns, reverse=True)
        total = len(gone) + len(due)
        for done, path in enumerate(gone, 1):
            self._index.drop(path)
            yield Refreshed(path, None, done, total)
        for done, path in enumerate(due, len(gone) + 1):
            stamp, before = files[path], self._index.card(path)
            card, words = read_card(path, stamp.mtime_ns / 1e9, before)
            # What can't be read now may be readable soon without a new stamp, as when another
            # program lets go of it.
            self._index.put(card, words, stamp if card.id else None)
            if card != before:
                yield Refreshed(path, card, done, total)

    def entries(self) -> tuple[Card, ...]:
        """Return the tutorials as of the last refresh()."""
        return tuple(card for card in self._told(self._index.cards) if not self._in_trash(card))

    def trashed(self) -> tuple[Card, ...]:
        """Return the tutorials in the trash as of the last refresh()."""
        return tuple(card for card in self._told(self._index.cards) if self._in_trash(card))

    def search(self, words: str) -> tuple[Found, ...]:
        """Return the tutorials that hold all the words, best first.

        Case and accents don't count; the last word may be the beginning of one.
        """
        hits = self._told(lambda: self._index.search(words))
        return tuple(_found(card, text) for card, text in hits if not self._in_trash(card))

    def free_path(self, title: str) -> Path:
        """Return where a new tutorial of that title can lie."""
        return self.folder / free_name(stem_for(title), _names(self.folder))

    def duplicate(self, path: Path, title: str) -> Path:
        """Copy a tutorial under a new title, as it was last saved; raises TutorialError."""
        copy = self.free_path(title)
        with TutorialFile.read(path) as file:
            file.copy_to(copy, replace(file.tutorial, id=new_id(), title=title))
        return copy

    def trash(self, path: Path) -> Path:
        """Move a tutorial into the trash and return where it lies now.

        Raises TutorialError, as for one that is open.
        """
        return self._moved(path, self.folder, self._trash)

    def restore(self, path: Path) -> Path:
        """Move a tutorial from the trash back into the folder; raises TutorialError."""
        return self._moved(path, self._trash, self.folder)

    def rename(self, path: Path, title: str) -> None:
        """Save a tutorial under another title; the file keeps its name. Raises TutorialError."""
        with TutorialFile.open(path, must_write=True) as file:
            file.save(replace(file.tutorial, title=title))

    def delete(self, path: Path) -> None:
        """Delete a tutorial of the trash for good; raises TutorialError."""
        _check_folder(path, self._trash)
        lock = locked(path)
        try:
            with sentences(path):
                path.unlink()
                _journal(path).unlink(missing_ok=True)
        finally:
            unlock(path, lock)

    def close(self) -> None:
        """Free the index; the library can still be used and opens it again."""
        self._index.close()

    def _told(self, ask: Callable[[], T]) -> T:
        answer = ask()
        if self._index.emptied:  # found damaged just now
            deque(self.refresh(), maxlen=0)
            answer = ask()
        return answer

    def _in_trash(self, card: Card) -> bool:
        return card.path.parent == self._trash

    def _moved(self, path: Path, source: Path, target: Path) -> Path:
        _check_folder(path, source)
        with sentences(target):
            target.mkdir(exist_ok=True)
        lock = locked(path)
        try:
            with sentences(path):
                return _put_into(target, path)
        finally:
            unlock(path, lock)


def _check_folder(path: Path, folder: Path) -> None:
    if path.parent != folder:
        raise TutorialError(f"“{path.name}” does not lie in “{folder}”", "choose another one")
    with sentences(path):
        path.lstat()


def _journal(path: Path) -> Path:
    return path.with_name(f"{path.name}-journal")


def _put_into(folder: Path, path: Path) -> Path:
    free = folder / free_name(path.stem, _names(folder))
    free.open("xb").close()  # so that no other program takes the name meanwhile
    try:
        os.replace(path, free)
    except OSError:
        free.unlink()
        raise
    if _journal(path).exists():
        os.replace(_journal(path), _journal(free))
    return free


def _files(folder: Path) -> dict[Path, Stamp]:
    files = {}
    for name in _names(folder):
        path = folder / name
        if name.lower().endswith(SUFFIX) and not name.startswith("."):
            try:
                found = path.lstat()
            except OSError:  # gone meanwhile
                continue
            if stat.S_ISREG(found.st_mode):
                files[path] = Stamp(found.st_size, found.st_mtime_ns)
    return files


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # not there yet, or closed to us
        return []


def _found(card: Card, marked: str) -> Found:
    text, ranges = "", []
    for part in marked.split(OPEN):
        hit, closed, rest = part.rpartition(CLOSE)
        if closed:
            ranges.append((len(text), len(text) + len(hit)))
        text += hit + rest
    return Found(card, text, tuple(ranges))
