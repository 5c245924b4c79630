"""The tables of an .interstep file, and how a connection to one is opened.

The file may come from anywhere. So its header is read by us before SQLite sees it, and its schema
must be word for word the one we write: no view, trigger, check or generated column can run.
"""

import os
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

from app.tutorial.database import Database
from app.tutorial.errors import TutorialError, damaged

APPLICATION_ID = 0x49535450  # "ISTP"
MAX_VALUE = 128 * 2**20  # bytes in one value: an imported photo has at most 100 MB
BUSY_SECONDS = 5.0
MAX_NAME = 247  # bytes; SQLite adds "-journal" to it, and most file systems stop at 255

TABLES = (
    "create table tutorial (id integer primary key, fields text not null)",
    "create table steps (id text primary key, position integer not null, fields text not null)",
    (
        "create table takes (sha256 text primary key, media_type text not null,"
        " width integer not null, height integer not null, data blob not null,"
        " recipe text not null, source text not null, origin text not null)"
    ),
    "create table chunks (hash text primary key, content text not null)",
    "create table run (id integer primary key, fields text not null)",
    "create table snapshots (time real primary key, fields text not null)",
    "create table quarantine (place text, row integer, field text, value, reason text)",
)


def _first(db: Database) -> None:
    for table in TABLES:
        db.execute(table)


# user_version n means that the first n of these have run
MIGRATIONS: tuple[Callable[[Database], None], ...] = (_first,)


def migrate(db: Database, version: int) -> None:
    """Bring the schema from `version` to the newest, inside the caller's transaction."""
    for migration in MIGRATIONS[version:]:
        migration(db)
    db.execute(f"pragma application_id = {APPLICATION_ID:d}")
    db.execute(f"pragma user_version = {len(MIGRATIONS):d}")


def read_header(path: Path) -> int:
    """Return the file's schema version; raises TutorialError for what is no Interstep file."""
    if not path.is_file():
        if path.exists():
            raise TutorialError(f"“{path}” is not a file", "choose an .interstep file")
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        header = file.read(100)
        size = os.fstat(file.fileno()).st_size
    if not header:
        raise TutorialError(f"“{path.name}” is empty", "choose another file, or an older copy")
    stranger = TutorialError(f"“{path.name}” is not an Interstep tutorial", "choose another file")
    if not header.startswith(b"SQLite format 3\0"):
        raise stranger
    if len(header) < 100:
        raise damaged(path)
    page_size, write_version, read_version = struct.unpack_from(">HBB", header, 16)
    (pages,) = struct.unpack_from(">I", header, 28)
    (version,) = struct.unpack_from(">i", header, 60)
    (application_id,) = struct.unpack_from(">i", header, 68)
    if application_id != APPLICATION_ID or version < 1:
        raise stranger
    if version > len(MIGRATIONS):
        raise TutorialError(
            f"“{path.name}” was made by a newer version of Interstep",
            "update Interstep to open it",
        )
    if (write_version, read_version) != (1, 1):  # a write-ahead log would need files beside it
        raise stranger
    # Between two pages of a commit the file may be short; its journal then tells SQLite so.
    journal = path.with_name(path.name + "-journal")
    if size < pages * (65536 if page_size == 1 else page_size) and not journal.exists():
        raise damaged(path)
    return int(version)


def connect(path: Path, *, writable: bool) -> Database:
    """Return a connection to an existing file; usable from one thread at a time, any of them."""
    uri = f"{path.as_uri()}?mode={'rw' if writable else 'ro'}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in (
            "trusted_schema = off",
            "cell_size_check = on",
            "synchronous = full",
            # A file copied without its journal is torn only if a kill fell between two page writes,
            # so no page is written before the commit.
            "cache_spill = off",
            # A file that is passed on tells nothing of what was deleted from it.
            "secure_delete = on",
        ):
            connection.execute(f"pragma {pragma}")
        return Database(connection, recursive_triggers=False, execute_plugins=False)
    except BaseException:
        connection.close()
        raise


def pack(db: Database) -> None:
    """Write the file anew, without the copies that SQLite leaves behind where it moves rows.

    Numbers of rows may change. A kill leaves the file as it was before or as it is then.
    """
    db.conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)  # of its own: it fills another one first
    try:
        db.execute("vacuum")
    finally:
        db.conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


def check_tables(db: Database, version: int, path: Path) -> None:
    """Raise TutorialError unless the file has exactly the tables of that schema version."""
    plain = Database(sqlite3.connect(":memory:"), recursive_triggers=False, execute_plugins=False)
    try:
        for migration in MIGRATIONS[:version]:
            migration(plain)
        expected = _tables(plain)
    finally:
        plain.close()
    if _tables(db) != expected:
        raise TutorialError(
            f"“{path.name}” holds tables that Interstep did not make", "choose another file"
        )


def _tables(db: Database) -> set[tuple[object, ...]]:
    return set(db.execute("select type, name, tbl_name, sql from sqlite_master"))
