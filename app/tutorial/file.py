"""One .interstep file: a tutorial and all of its takes in one SQLite database.

Synchronous; the caller owns the thread. A save is one transaction with a rollback journal, so
each save is on disk whole or not at all when save() returns. Opening writes nothing.
"""

import os
import time as clock
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout
from sqlite_utils import Database

from app.tutorial import reading, schema, snapshots
from app.tutorial.errors import TutorialError, damaged, elsewhere, protected, sentences
from app.tutorial.model import Take, Tutorial
from app.tutorial.reading import TAKE_COLUMNS, UNREADABLE, Found, Run


@dataclass(frozen=True)
class TakeInfo:
    """A take without its bytes; size is their number."""

    sha256: str
    media_type: str
    width: int
    height: int
    size: int
    recipe: dict[str, Any]
    source: dict[str, Any]
    origin: str


class TutorialFile:
    """An open .interstep file; made by create() or open(), ended by close() or `with`.

    problems: a sentence for each thing that was not as it should be when it was opened.
    """

    def __init__(
        self,
        path: Path,
        db: Database,
        lock: FileLock | None,
        found: Found,
        refusal: TutorialError | None,
    ) -> None:
        self.path = path
        self.problems = tuple(found.problems)
        self._db = db
        self._lock = lock
        self._found = found
        self._refusal = refusal

    @property
    def tutorial(self) -> Tutorial:
        """As last saved or read."""
        return self._found.tutorial

    @property
    def run(self) -> Run | None:
        """The last run noted, or None."""
        return self._found.run

    @property
    def read_only(self) -> bool:
        """Whether nothing can be saved here; problems then says why."""
        return self._refusal is not None

    @classmethod
    def create(cls, path: Path, tutorial: Tutorial, takes: Iterable[Take] = ()) -> Self:
        """Return a new file that holds the tutorial; raises TutorialError if the path exists."""
        return cls._created(path, lambda file: file._write(tutorial, takes, {}, None))

    @classmethod
    def _created(cls, path: Path, fill: Callable[[Self], Found]) -> Self:
        path = path.absolute()
        if len(os.fsencode(path.name)) > schema.MAX_NAME:
            raise TutorialError(f"the name “{path.name}” is too long", "choose a shorter name")
        with sentences(path):
            path.open("xb").close()  # refuses an existing file, also one made this very moment
        path = path.resolve()
        with ExitStack() as undo:
            undo.callback(path.unlink, missing_ok=True)
            lock = _locked(path)
            undo.callback(_unlock, path, lock)
            with sentences(path):
                db = schema.connect(path, writable=True)
                undo.callback(db.close)
                file = cls(path, db, lock, Found(), None)
                with db.atomic():
                    schema.migrate(db, 0)
                    found = fill(file)
                file._found = found
            undo.pop_all()
        return file

    @classmethod
    def open(cls, path: Path, *, must_write: bool = False) -> Self:
        """Return the file, read-only where it can't be locked or written, unless must_write.

        Raises TutorialError, a sentence, for what is no readable Interstep file.
        """
        with sentences(path):
            path = path.resolve()
            version = schema.read_header(path)
        lock: FileLock | None = None
        refusal: TutorialError | None = None
        try:
            lock = _locked(path)
        except TutorialError as error:
            if must_write:
                raise
            refusal = error
        try:
            with sentences(path):
                file = cls._opened(path, version, lock, refusal)
            if must_write and file._refusal:
                file._db.close()
                raise file._refusal
            return file
        except BaseException:
            _unlock(path, lock)
            raise

    @classmethod
    def _opened(
        cls, path: Path, version: int, lock: FileLock | None, refusal: TutorialError | None
    ) -> Self:
        db = schema.connect(path, writable=refusal is None)
        try:
            schema.check_tables(db, version, path)
            if version < len(schema.MIGRATIONS):
                if refusal:
                    raise refusal
                with db.atomic():
                    schema.migrate(db, version)
            found = reading.load(db)
        except BaseException:
            db.close()
            raise
        if found.torn:
            refusal = refusal or damaged(path)
        if refusal:
            found.problems.insert(0, f"Nothing can be saved here: {refusal}.")
        return cls(path, db, lock, found, refusal)

    def save(
        self,
        tutorial: Tutorial,
        takes: Iterable[Take] = (),
        chunks: Mapping[str, str] | None = None,
        run: Run | None = None,
    ) -> None:
        """Save in one transaction; on disk when it returns.

        takes and chunks are added, run replaces the last one where given. Raises TutorialError
        and then has changed nothing, so the same call can be made again.
        """
        with self._saving():
            found = self._write(tutorial, takes, chunks or {}, run)
        self._found = found

    def take(self, sha256: str) -> Take:
        """Return a take; raises TutorialError when it is absent or damaged."""
        query = f"select {', '.join(TAKE_COLUMNS)} from takes where sha256 = ?"
        with sentences(self.path):
            row = self._db.execute(query, [sha256]).fetchone()
        try:
            if row:
                return reading.take_of(row)
        except UNREADABLE as error:
            raise _lost_take(self.path) from error
        raise _lost_take(self.path)

    def takes(self) -> tuple[TakeInfo, ...]:
        """Return every readable take, oldest first, without its bytes."""
        infos = (self._info(sha256) for sha256 in self._found.takes)
        return tuple(info for info in infos if info is not None)

    def trash(self) -> tuple[TakeInfo, ...]:
        """Return the takes that the tutorial neither offers nor names."""
        named = reading.named_takes(self.tutorial)
        return tuple(info for info in self.takes() if info.sha256 not in named)

    def chunk(self, name: str) -> str | None:
        """Return the text of a context chunk by its hash, or None."""
        with sentences(self.path):
            row = self._db.execute("select content from chunks where hash = ?", [name]).fetchone()
        return row[0] if row and isinstance(row[0], str) else None

    def snapshot(self, now: float | None = None) -> None:
        """Keep the tutorial as last saved under the time `now` (seconds); thins older ones."""
        now = clock.time() if now is None else now
        with self._saving():
            row = {"time": now, "fields": reading.dumps(self.tutorial)}
            self._db.table("snapshots").insert(row, replace=True)
            times = self._times()
            for time in set(times) - snapshots.kept(times, now):
                self._db.table("snapshots").delete_where("time = ?", [time])

    def snapshots(self) -> tuple[float, ...]:
        """Return the times (seconds) of the snapshots, newest first."""
        with sentences(self.path):
            return tuple(reversed(self._times()))

    def read_snapshot(self, time: float) -> Tutorial:
        """Return the tutorial as it was; raises TutorialError when it can't be read."""
        with sentences(self.path):
            query = "select fields from snapshots where time = ?"
            row = self._db.execute(query, [time]).fetchone()
        try:
            old = reading.parse(Tutorial, row[0] if row else None)
        except UNREADABLE as error:
            raise TutorialError("this earlier state can't be read", "choose another one") from error
        return reading.without_absent(old, self._found.takes)[0]

    def copy_to(self, path: Path) -> None:
        """Write all that can be read into a new file; raises TutorialError if the path exists."""
        takes = (self.take(sha) for sha in self._found.takes)
        tables = {table: self._readable_rows(table) for table in ("chunks", "snapshots")}

        def fill(copy: TutorialFile) -> Found:
            for table, rows in tables.items():
                copy._db.table(table).insert_all(rows)
            return copy._write(self.tutorial, takes, {}, self.run)

        TutorialFile._created(path, fill).close()

    def close(self) -> None:
        """Free the file for others; a second call does nothing."""
        self._db.close()
        _unlock(self.path, self._lock)
        self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _saving(self) -> Iterator[None]:
        if self._refusal:
            raise self._refusal
        with sentences(self.path), self._db.atomic():
            self._set_bad_aside()
            yield
        self._found.bad = []

    def _set_bad_aside(self) -> None:
        for bad in self._found.bad:
            table = self._db.table(bad.table)
            for column in table.columns_dict:
                # copied inside SQLite, since Python may be unable to read the value
                self._db.execute(
                    "insert into quarantine (place, row, field, value, reason) "
                    f"select ?, rowid, ?, [{column}], ? from [{bad.table}] where rowid = ?",
                    [bad.table, column, bad.reason, bad.rowid],
                )
            table.delete_where("rowid = ?", [bad.rowid])

    def _write(
        self,
        tutorial: Tutorial,
        takes: Iterable[Take],
        chunks: Mapping[str, str],
        run: Run | None,
    ) -> Found:
        """Write what changed, images before the rows that name them; return what then stands."""
        before = self._found
        known = self._add_takes(takes)
        if reading.named_takes(tutorial) - set(known):
            raise TutorialError("a step names a picture that is not stored", "save the picture too")
        for name, content in chunks.items():
            self._db.table("chunks").insert({"hash": name, "content": content}, ignore=True)
        rows = {step.id: (n, _json(step)) for n, step in enumerate(tutorial.steps)}
        if len(rows) != len(tutorial.steps):
            raise TutorialError("two steps have the same id", "delete one of them")
        for step_id in before.rows.keys() - rows.keys():
            self._db.table("steps").delete_where("id = ?", [step_id])
        for step_id, (position, fields) in rows.items():
            if before.rows.get(step_id) != (position, fields):
                row = {"id": step_id, "position": position, "fields": fields}
                self._db.table("steps").insert(row, replace=True)
        fields = _json(replace(tutorial, steps=()))
        if fields != before.fields:
            self._db.table("tutorial").insert({"id": 1, "fields": fields}, replace=True)
        if run and run != before.run:
            self._db.table("run").insert({"id": 1, "fields": _json(run)}, replace=True)
        return Found(tutorial, fields, rows, known, run or before.run)

    def _add_takes(self, takes: Iterable[Take]) -> list[str]:
        known = list(self._found.takes)
        for take in takes:
            try:
                reading.check_take(take)
            except ValueError as error:
                sentence = f"a picture was not saved, since {error}"
                raise TutorialError(sentence, "add it again") from error
            if take.sha256 not in known:
                row = {name: getattr(take, name) for name in TAKE_COLUMNS}
                row |= {"recipe": _json(take.recipe), "source": _json(take.source)}
                self._db.table("takes").insert(row)
                known.append(take.sha256)
        return known

    def _info(self, sha256: str) -> TakeInfo | None:
        columns = [*(name for name in TAKE_COLUMNS if name != "data"), "length(data) as size"]
        query = f"select {', '.join(columns)} from takes where sha256 = ?"
        with sentences(self.path):
            rows = list(self._db.query(query, [sha256]))
        if len(rows) != 1:  # a damaged index hides what the table has
            return None
        (row,) = rows
        values = {name: reading.parse(dict, row[name]) for name in ("recipe", "source")}
        return TakeInfo(**row | values)

    def _times(self) -> list[float]:
        query = "select time from snapshots where typeof(time) = 'real' order by time"
        return [time for (time,) in self._db.execute(query)]

    def _readable_rows(self, table: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        with suppress(*UNREADABLE):
            rows.extend(self._db.query(f"select * from [{table}] order by rowid"))
        return rows


def _json(value: Any) -> str:
    try:
        return reading.dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise TutorialError(
            f"a value can't be saved ({error})", "undo the last change and save again"
        ) from error


def _lost_take(path: Path) -> TutorialError:
    return TutorialError(
        f"a picture is missing from “{path.name}” or damaged", "choose another, or paint it again"
    )


def _lock_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _locked(path: Path) -> FileLock:
    """Return the lock, held until _unlock or the end of the process; raises TutorialError."""
    if not os.access(path, os.W_OK):
        raise protected(path)
    lock = FileLock(_lock_path(path), thread_local=False)
    with sentences(path):
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise elsewhere(path) from error
    return lock


def _unlock(path: Path, lock: FileLock | None) -> None:
    if lock is None:
        return
    # Deleted while held: an opener that waits sees that its file is gone and makes a new one.
    # Windows can't delete an open file; filelock does it there on release.
    with suppress(OSError):
        _lock_path(path).unlink()
    lock.release()
