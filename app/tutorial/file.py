"""One .interstep file: a tutorial and all of its takes in one SQLite database.

Synchronous; the caller owns the thread. A save is one transaction with a rollback journal, so
each save is on disk whole or not at all when save() returns. Opening writes nothing.
"""

import os
import time as clock
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock

from app.tutorial import reading, saving, schema, snapshots
from app.tutorial.database import Database
from app.tutorial.errors import TutorialError, changed, damaged, sentences
from app.tutorial.locking import locked, unlock
from app.tutorial.model import Take, Tutorial
from app.tutorial.reading import TAKE_COLUMNS, UNREADABLE, Bad, Contents, Run
from app.tutorial.reading import TakeInfo as TakeInfo


class TutorialFile:
    """An open .interstep file; made by create() or open(), ended by close() or `with`.

    problems: a sentence for each thing that was not as it should be when it was opened.
    Usable from one thread at a time, any of them.
    """

    def __init__(
        self,
        path: Path,
        db: Database,
        lock: FileLock | None,
        contents: Contents,
        refusal: TutorialError | None,
    ) -> None:
        self.path = path
        self.problems = tuple(contents.problems)
        self._db = db
        self._lock = lock
        self._contents = contents
        self._refusal = refusal
        self._seen = self._mark()

    @property
    def tutorial(self) -> Tutorial:
        """As last saved or read."""
        return self._contents.tutorial

    @property
    def run(self) -> Run | None:
        """The last run noted, or None."""
        return self._contents.run

    @property
    def queue(self) -> tuple[dict[str, Any], ...]:
        """The jobs that wait, as JSON objects, in order."""
        return self._contents.queue

    @property
    def read_only(self) -> bool:
        """Whether nothing can be saved here; problems then says why."""
        return self._refusal is not None

    @classmethod
    def create(cls, path: Path, tutorial: Tutorial, takes: Iterable[Take] = ()) -> Self:
        """Return a new file that holds the tutorial; raises TutorialError if the path exists."""
        return cls._created(path, lambda db: saving.write(db, Contents(), tutorial, takes))

    @classmethod
    def _created(cls, path: Path, fill: Callable[[Database], Contents]) -> Self:
        path = path.absolute()
        if len(os.fsencode(path.name)) > schema.MAX_NAME:
            raise TutorialError(f"the name “{path.name}” is too long", "choose a shorter name")
        with sentences(path):
            path.open("xb").close()  # refuses an existing file, also one made this very moment
        path = path.resolve()
        with ExitStack() as undo:
            undo.callback(path.unlink, missing_ok=True)
            lock = locked(path)
            undo.callback(unlock, path, lock)
            with sentences(path):
                db = schema.connect(path, writable=True)
                undo.callback(db.close)
                with db.atomic():
                    schema.migrate(db, 0)
                    contents = fill(db)
                file = cls(path, db, lock, contents, None)
            undo.pop_all()
        return file

    @classmethod
    def open(cls, path: Path, *, must_write: bool = False) -> Self:
        """Return the file, read-only where it can't be locked or written, unless must_write.

        Raises TutorialError, a sentence, for what is no readable Interstep file.
        """
        path, version = _located(path)
        lock: FileLock | None = None
        refusal: TutorialError | None = None
        try:
            lock = locked(path)
        except TutorialError as error:
            if must_write:
                raise
            refusal = error
        try:
            file = cls._opened(path, version, lock, refusal)
            if file._refusal:
                if must_write:
                    file._db.close()
                    raise file._refusal
                file.problems = (f"Nothing can be saved here: {file._refusal}.", *file.problems)
            return file
        except BaseException:
            unlock(path, lock)
            raise

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the file to look into only: nobody is kept from it and nothing changes on disk.

        Raises TutorialError, also where only open() could put the file right.
        """
        path, version = _located(path)
        if version < len(schema.MIGRATIONS):
            raise TutorialError(
                f"“{path.name}” was made by an older version of Interstep", "open it once"
            )
        refusal = TutorialError(f"“{path.name}” is only being read", "open it to change it")
        return cls._opened(path, version, None, refusal)

    @classmethod
    def _opened(
        cls, path: Path, version: int, lock: FileLock | None, refusal: TutorialError | None
    ) -> Self:
        with sentences(path):
            db = schema.connect(path, writable=refusal is None)
            try:
                schema.check_tables(db, version, path)
                if version < len(schema.MIGRATIONS):
                    if refusal:
                        raise refusal
                    with db.atomic():
                        schema.migrate(db, version)
                contents = reading.load(db)
                if contents.torn:
                    refusal = refusal or damaged(path)
                return cls(path, db, lock, contents, refusal)
            except BaseException:
                db.close()
                raise

    def save(
        self,
        tutorial: Tutorial,
        takes: Iterable[Take] = (),
        chunks: Mapping[str, str] | None = None,
        run: Run | None = None,
        queue: tuple[dict[str, Any], ...] | None = None,
    ) -> None:
        """Save in one transaction; on disk when it returns.

        takes and chunks are added, run and queue replace the last ones where given. Raises
        TutorialError and then has changed nothing, so the same call can be made again.
        """
        with self._saving():
            contents = saving.write(self._db, self._contents, tutorial, takes, chunks, run, queue)
        self._contents = contents

    def changed_elsewhere(self) -> bool:
        """Return whether another program changed, replaced, moved or deleted the file.

        Then nothing can be saved here any more.
        """
        return self._mark() != self._seen

    def take(self, sha256: str) -> Take:
        """Return a take; raises TutorialError when it is absent or damaged."""
        query = f"select rowid, {', '.join(TAKE_COLUMNS)} from takes where sha256 = ?"
        with sentences(self.path):
            row = self._db.execute(query, [sha256]).fetchone()
        try:
            if row:
                return reading.take_of(row[1:])
        except UNREADABLE as error:
            self._lose(sha256, Bad("takes", row[0], str(error)))
        raise TutorialError(
            f"a picture is missing from “{self.path.name}” or damaged",
            "choose another, or paint it again",
        )

    def whole_takes(self) -> dict[str, Take]:
        """Return the takes that the tutorial names, but for those that are damaged."""
        whole = {}
        for sha256 in sorted(reading.named_takes(self.tutorial)):
            with suppress(TutorialError):
                whole[sha256] = self.take(sha256)
        return whole

    def takes(self) -> tuple[TakeInfo, ...]:
        """Return every readable take, oldest first, without its bytes."""
        return tuple(self._contents.takes.values())

    def infos(self) -> dict[str, TakeInfo]:
        """Return every readable take by its sha256, without its bytes."""
        return dict(self._contents.takes)

    def check_takes(self, names: Collection[str] | None = None) -> tuple[str, ...]:
        """Return those of the takes, or of all, that are damaged; the next save sets them aside.

        Reads all of their bytes, so that a large file is better checked some takes at a time.
        """
        broken = []
        there = self._contents.takes
        for sha256 in [*there] if names is None else [name for name in names if name in there]:
            try:
                self.take(sha256)
            except TutorialError:
                broken.append(sha256)
        return tuple(broken)

    def delete_take(self, sha256: str) -> None:
        """Delete a take for good, with all that names it; then no byte of it is in the file.

        Raises TutorialError and then has changed nothing. Until it is saved without the take, a
        tutorial may still name it.
        """
        with self._saving():
            pass  # damaged rows are set aside by their numbers, which packing may change
        with sentences(self.path):
            schema.pack(self._db)  # first: where the disk is too full for it, the take still stands
        with self._saving():
            contents = saving.delete_take(self._db, self._contents, sha256)
        self._contents = contents
        with suppress(TutorialError), sentences(self.path):
            schema.pack(self._db)  # gives the room back

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
        return reading.without_absent(old, self._contents.takes)[0]

    def copy_to(
        self, path: Path, tutorial: Tutorial | None = None, takes: Iterable[Take] = ()
    ) -> None:
        """Write all that can be read into a new file; raises TutorialError if the path exists.

        tutorial: as it stands by now, with the takes that only it names, instead of the saved one.
        """
        new = {take.sha256: take for take in takes}
        whole = self._contents.takes.keys() - self.check_takes()
        stored = (self.take(sha256) for sha256 in self._contents.takes if sha256 in whole)
        tables = {table: self._readable_rows(table) for table in ("chunks", "snapshots")}
        kept, _ = reading.without_absent(tutorial or self.tutorial, whole | new.keys())

        def fill(db: Database) -> Contents:
            for table, rows in tables.items():
                db.table(table).insert_all(rows)
            every = chain(stored, new.values())
            return saving.write(db, Contents(), kept, every, run=self.run, queue=self.queue)

        TutorialFile._created(path, fill).close()

    def close(self) -> None:
        """Free the file for others; a second call does nothing."""
        self._db.close()
        unlock(self.path, self._lock)
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
            # inside the transaction, so that no other program can commit between this and ours
            if self.changed_elsewhere():
                raise changed(self.path)
            saving.set_aside(self._db, self._contents)
            yield
        self._contents.bad = []

    def _mark(self) -> tuple[int | None, ...]:
        """Return what changes when another program writes the file or puts another in its place."""
        with sentences(self.path):
            (version,) = self._db.execute("pragma data_version").fetchone()
            try:
                stat = self.path.stat()
            except FileNotFoundError:
                return (version,)
            return version, stat.st_dev, stat.st_ino

    def _lose(self, sha256: str, bad: Bad) -> None:
        if self._contents.takes.pop(sha256, None):
            self._contents.lost |= {sha256}
            self._contents.bad.append(bad)

    def _times(self) -> list[float]:
        query = "select time from snapshots where typeof(time) = 'real' order by time"
        return [time for (time,) in self._db.execute(query)]

    def _readable_rows(self, table: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        with suppress(*UNREADABLE):
            rows.extend(self._db.query(f"select * from [{table}] order by rowid"))
        return rows


def _located(path: Path) -> tuple[Path, int]:
    """Return where the file really is, and its schema version."""
    with sentences(path):
        path = path.resolve()
        return path, schema.read_header(path)
