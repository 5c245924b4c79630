"""The library's index: cards and a full-text search in one SQLite database.

All of it can be read again from the tutorials. So a damaged, foreign or missing index is made anew
without a word, in memory where the disk takes none.
"""

import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from app.tutorial.card import Card, Words

T = TypeVar("T")

FORMAT = 1  # raise it when a card or the words say something new
BUSY_SECONDS = 5.0
MAX_WORDS = 32  # of a search; SQLite's own limit is higher
EXCERPT = 16  # words
WEIGHTS = (8, 4, 1, 1, 2, 4)  # of a hit in title, summary, steps, callouts, things, tags
DAMAGED = (sqlite3.Error, OSError, ValueError, TypeError)  # what a foreign index can raise

OPEN, CLOSE = "\ue000", "\ue001"  # around a hit, taken out of every text before
EDGE = "\u200b"  # ends a word and can't be seen; Chinese and Japanese have no spaces
_TAKEN_OUT = str.maketrans({"\0": " ", OPEN: None, CLOSE: None, EDGE: None})
_SPACELESS = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

TABLES = f"""
begin;
create table cards (
    id integer primary key, path blob unique, size integer, mtime_ns integer,
    card text, thumbnail blob
);
create virtual table texts using fts5 (
    {", ".join(Words._fields)}, tokenize = 'unicode61 remove_diacritics 2'
);
pragma user_version = {FORMAT:d};
commit;
"""
SEARCH = f"""
select path, card, thumbnail, snippet(texts, -1, '{OPEN}', '{CLOSE}', '…', {EXCERPT:d})
from texts join cards on cards.id = texts.rowid
where texts match ? order by bm25(texts, {", ".join(map(str, WEIGHTS))}), cards.id
"""


class Stamp(NamedTuple):
    """What tells that a file has changed: its size in bytes and its time in nanoseconds."""

    size: int
    mtime_ns: int


class Index:
    """Usable from any thread; emptied: it was made anew and knows nothing of before."""

    def __init__(self, path: Path) -> None:
        self.emptied = False
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def stamps(self) -> dict[Path, Stamp | None]:
        """Return all files with the stamp of their last reading; None for one to read again."""

        def stamps(db: sqlite3.Connection) -> dict[Path, Stamp | None]:
            rows = db.execute("select path, size, mtime_ns from cards").fetchall()
            return {
                _path(path): None if size is None else Stamp(size, time)
                for path, size, time in rows
            }

        return self._do(stamps)

    def cards(self) -> tuple[Card, ...]:
        """Return all cards."""
        query = "select path, card, thumbnail from cards order by id"
        return self._do(lambda db: tuple(_card(*row) for row in db.execute(query)))

    def card(self, path: Path) -> Card | None:
        """Return the card of a file, or None."""
        query = "select path, card, thumbnail from cards where path = ?"

        def card(db: sqlite3.Connection) -> Card | None:
            row = db.execute(query, [os.fsencode(path)]).fetchone()
            return _card(*row) if row else None

        return self._do(card)

    def put(self, card: Card, words: Words, stamp: Stamp | None) -> None:
        """Keep a card in place of the file's last one; stamp None: read the file again."""
        values = asdict(replace(card, thumbnail=None))
        del values["path"], values["thumbnail"]
        size, mtime_ns = stamp or (None, None)
        row = (os.fsencode(card.path), size, mtime_ns, json.dumps(values), card.thumbnail)
        texts = [_searchable(text) for text in words]

        def put(db: sqlite3.Connection) -> None:
            db.execute("begin")
            _drop(db, card.path)
            insert = "insert into cards (path, size, mtime_ns, card, thumbnail) values (?,?,?,?,?)"
            rowid = db.execute(insert, row).lastrowid
            marks = ", ".join("?" * len(texts))
            db.execute(
                f"insert into texts (rowid, {', '.join(Words._fields)}) values (?, {marks})",
                [rowid, *texts],
            )
            db.execute("commit")

        self._do(put)

    def drop(self, path: Path) -> None:
        """Forget a file."""

        def drop(db: sqlite3.Connection) -> None:
            db.execute("begin")
            _drop(db, path)
            db.execute("commit")

        self._do(drop)

    def search(self, words: str) -> list[tuple[Card, str]]:
        """Return the cards that hold all the words, best first, each with an excerpt.

        In the excerpt OPEN and CLOSE stand around each hit. The last word may be a beginning.
        """
        query = _query(words)
        if not query:
            return []

        def search(db: sqlite3.Connection) -> list[tuple[Card, str]]:
            rows = db.execute(SEARCH, [query])
            return [(_card(*row), _readable(excerpt)) for *row, excerpt in rows]

        return self._do(search)

    def close(self) -> None:
        """Free the database; the next call opens it again."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = None

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            for opened in (self._as_it_is, self._anew):
                with suppress(*DAMAGED):
                    return work(opened())
            return work(self._in_memory())

    def _as_it_is(self) -> sqlite3.Connection:
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = _opened(self._path)
        return self._db

    def _anew(self) -> sqlite3.Connection:
        self._close()
        self.emptied = True
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return self._as_it_is()

    def _in_memory(self) -> sqlite3.Connection:
        self._close()
        self.emptied = True
        self._db = _opened(":memory:")
        return self._db


def _opened(path: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        db.execute("pragma trusted_schema = off")
        db.execute("pragma journal_mode = wal")  # sound after a power cut without waiting for disks
        db.execute("pragma synchronous = normal")
        if db.execute("pragma user_version").fetchone() != (FORMAT,):
            db.executescript(TABLES)  # fails, as it should, on tables of another format
        return db
    except BaseException:
        db.close()
        raise


def _drop(db: sqlite3.Connection, path: Path) -> None:
    of_path = "(select id from cards where path = ?)"
    db.execute(f"delete from texts where rowid = {of_path}", [os.fsencode(path)])
    db.execute("delete from cards where path = ?", [os.fsencode(path)])


def _path(stored: bytes) -> Path:
    return Path(os.fsdecode(stored))


def _card(path: bytes, card: str, thumbnail: bytes | None) -> Card:
    values: dict[str, Any] = json.loads(card)
    values["tags"] = tuple(values["tags"])
    return Card(path=_path(path), thumbnail=thumbnail, **values)


def _searchable(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode().translate(_TAKEN_OUT)
    return _SPACELESS.sub(rf"{EDGE}\g<0>{EDGE}", plain)


def _readable(excerpt: str) -> str:
    return excerpt.replace(EDGE, "").replace("\n", " ")


def _query(words: str) -> str:
    """Return the words as SQLite's full-text search takes them, each in quotes."""
    known = [
        word for word in _searchable(words).split() if any(letter.isalnum() for letter in word)
    ]
    quoted = ['"' + word.replace('"', '""') + '"' for word in known[:MAX_WORDS]]
    return " ".join(quoted) + "*" if quoted else ""
