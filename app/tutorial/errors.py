"""The one error of a tutorial and its pictures, as sentences for a person."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


class TutorialError(Exception):
    """What could not be done with a tutorial or a picture; hint says what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}: {hint}")
        self.message = message
        self.hint = hint


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn what the disk and SQLite raise about the file into a TutorialError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _of_sqlite(error, path) from error
    except UnicodeDecodeError as error:  # of an error text that quotes a damaged page
        raise damaged(path) from error
    except OSError as error:
        raise _of_system(error, path) from error


def elsewhere(path: Path) -> TutorialError:
    """Return the error for a file that another process or window writes."""
    return TutorialError(
        f"“{path.name}” is open elsewhere", "close it there, or work on a copy of it"
    )


def changed(path: Path) -> TutorialError:
    """Return the error for a file that is no longer the one that was read or saved here."""
    if not path.exists():
        return TutorialError(
            f"“{path.name}” was moved or deleted by another program", "save a copy"
        )
    return TutorialError(
        f"“{path.name}” was changed by another program", "save a copy, or open it again"
    )


def protected(path: Path) -> TutorialError:
    """Return the error for a file or folder that may only be read."""
    return TutorialError(
        f"“{path.name}” can't be written: it or its folder “{path.parent}” is read-only",
        "choose another folder, or work on a copy there",
    )


def damaged(path: Path) -> TutorialError:
    """Return the error for a database that SQLite can't read."""
    return TutorialError(
        f"“{path.name}” is damaged or cut short",
        f"open a copy of it, or put “{path.name}-journal” beside it if you have one",
    )


def _full(path: Path) -> TutorialError:
    return TutorialError(
        f"the disk is full, so “{path.name}” was not saved", "free some space and save again"
    )


def _unusable(path: Path, why: object) -> TutorialError:
    return TutorialError(
        f"“{path.name}” can't be read or written ({why})",
        "check the disk and the folder, or choose another folder",
    )


def _of_sqlite(error: sqlite3.Error, path: Path) -> TutorialError:
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:
        return TutorialError(
            f"“{path.name}” was left in the middle of a save",
            "open it where it can be written, and it is put right",
        )
    match code & 0xFF:  # the low byte names the kind
        case sqlite3.SQLITE_FULL:
            return _full(path)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return elsewhere(path)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return protected(path)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path)
        case sqlite3.SQLITE_TOOBIG:
            return TutorialError(
                f"a picture or text is too large for “{path.name}”", "make it smaller"
            )
    return _unusable(path, error)


def _of_system(error: OSError, path: Path) -> TutorialError:
    if isinstance(error, FileNotFoundError):
        return TutorialError(f"“{path}” does not exist", "check its name and folder")
    if isinstance(error, FileExistsError):
        return TutorialError(f"“{path}” exists already", "choose another name")
    if error.errno == errno.ENAMETOOLONG:
        return TutorialError(f"the name “{path.name}” is too long", "choose a shorter name")
    if error.errno in FULL:
        return _full(path)
    if error.errno in DENIED:
        return protected(path)
    return _unusable(path, error.strerror or error)
