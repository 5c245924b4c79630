"""The OS lock beside an .interstep file: who holds it may write, and it dies with its process."""

import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from app.tutorial.errors import elsewhere, protected, sentences


def locked(path: Path) -> FileLock:
    """Return the lock, held until unlock() or the end of the process; raises TutorialError."""
    if not os.access(path, os.W_OK):
        raise protected(path)
    lock = FileLock(_lock_path(path), thread_local=False)
    with sentences(path):
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise elsewhere(path) from error
    return lock


def unlock(path: Path, lock: FileLock | None) -> None:
    """Free the file for others."""
    if lock is None:
        return
    # Deleted while held: an opener that waits sees that its file is gone and makes a new one.
    # Windows can't delete an open file; filelock does it there on release.
    with suppress(OSError):
        _lock_path(path).unlink()
    lock.release()


def _lock_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")
