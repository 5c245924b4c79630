"""Reading an .interstep file row by row: what can't be read is named, the rest opens."""

import hashlib
import json
import math
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from sqlite_utils import Database

from app.tutorial.model import Picture, Step, Take, Tutorial, new_id
from inference.protocol import from_json, to_json

T = TypeVar("T")
# what parsing a hostile row can raise; ProtocolError and JSONDecodeError are ValueErrors
UNREADABLE = (ValueError, TypeError, RecursionError, OverflowError, sqlite3.DatabaseError)
TAKE_COLUMNS = ("sha256", "media_type", "width", "height", "data", "recipe", "source", "origin")


@dataclass(frozen=True)
class Run:
    """How far a request to the engine came: its JSON, the ids of what it finished, its state."""

    request: dict[str, Any]
    finished: tuple[str, ...] = ()
    state: Literal["running", "stopped", "done"] = "running"


@dataclass(frozen=True)
class Bad:
    """A row that can't be read."""

    table: str
    rowid: int
    reason: str


@dataclass
class Found:
    """What a file holds, as far as it could be read.

    rows: position and JSON of each step as they stand on disk; fields: the tutorial's own JSON;
    torn: a page of the database itself can't be read, so nothing may be written into it.
    """

    tutorial: Tutorial = field(default_factory=lambda: Tutorial(new_id()))
    fields: str = ""
    rows: dict[str, tuple[int, str]] = field(default_factory=dict)
    takes: list[str] = field(default_factory=list)
    run: Run | None = None
    bad: list[Bad] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    torn: bool = False


def dumps(value: Any) -> str:
    """Return a value as JSON; raises ValueError for a number that isn't finite."""
    return json.dumps(to_json(value), allow_nan=False, separators=(",", ":"))


def parse(kind: type[T], text: object) -> T:
    """Return the value of a JSON text; raises one of UNREADABLE."""
    if not isinstance(text, str):
        raise ValueError("not text")
    return from_json(kind, json.loads(text, parse_float=_finite, parse_constant=_finite))


def take_of(row: tuple[Any, ...]) -> Take:
    """Return the take of TAKE_COLUMNS; raises one of UNREADABLE, also for a wrong hash."""
    values = dict(zip(TAKE_COLUMNS, row, strict=True))
    for column in ("recipe", "source"):
        values[column] = parse(dict, values[column])
    take = from_json(Take, values)
    check_take(take)
    return take


def check_take(take: Take) -> None:
    """Raise ValueError unless the take's bytes match its hash and it has a size."""
    if hashlib.sha256(take.data).hexdigest() != take.sha256:
        raise ValueError("its bytes do not match its name")
    if take.width < 1 or take.height < 1:
        raise ValueError("it has no size")


def load(db: Database) -> Found:
    """Return what the file holds; never raises for a row, only for an unreadable schema."""
    found = Found(torn=not _is_whole(db))
    _load_takes(db, found)
    _load_own(db, found)
    _load_steps(db, found)
    found.tutorial, missing = without_absent(found.tutorial, found.takes)
    found.problems += missing
    return found


def named_takes(tutorial: Tutorial) -> set[str]:
    """Return the takes that the tutorial offers, shows or was given."""
    names = [*tutorial.given, tutorial.anchor, tutorial.cover]
    for step in tutorial.steps:
        for picture in step.pictures:
            names += [*picture.takes, picture.chosen]
    return {name for name in names if name is not None}


def without_absent(tutorial: Tutorial, takes: Collection[str]) -> tuple[Tutorial, list[str]]:
    """Return the tutorial without the takes that are not there, and a sentence for each."""
    absent = named_takes(tutorial) - set(takes)
    if not absent:
        return tutorial, []
    problems = []
    steps = []
    for number, step in enumerate(tutorial.steps, 1):
        pictures = tuple(_without(picture, absent) for picture in step.pictures)
        lost = {sha for pic in step.pictures for sha in (*pic.takes, pic.chosen)} & absent
        problems += [
            f"A picture of step {number} “{step.title}” is missing or damaged and was left out."
            for _ in lost
        ]
        steps.append(replace(step, pictures=pictures))
    own = absent & {*tutorial.given, tutorial.anchor, tutorial.cover}
    problems += ["A picture of the tutorial itself is missing or damaged and was left out."] * len(
        own
    )
    kept = replace(
        tutorial,
        given=tuple(sha for sha in tutorial.given if sha not in absent),
        anchor=None if tutorial.anchor in absent else tutorial.anchor,
        cover=None if tutorial.cover in absent else tutorial.cover,
        steps=tuple(steps),
    )
    return kept, problems


def _without(picture: Picture, absent: Collection[str]) -> Picture:
    return replace(
        picture,
        takes=tuple(sha for sha in picture.takes if sha not in absent),
        chosen=None if picture.chosen in absent else picture.chosen,
    )


def _is_whole(db: Database) -> bool:
    # e.g. a copy made without its journal after kill -9 in the middle of a commit
    try:
        return bool(db.execute("pragma quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


def _rowids(db: Database, table: str, found: Found) -> Iterator[int]:
    # ordered by rowid, so that SQLite walks the table itself and gives what precedes a bad page
    try:
        for (rowid,) in db.execute(f"select rowid from [{table}] order by rowid"):
            yield rowid
    except sqlite3.DatabaseError:
        found.torn = True


def _row(db: Database, table: str, columns: tuple[str, ...], rowid: int) -> tuple[Any, ...]:
    query = f"select {', '.join(columns)} from [{table}] where rowid = ?"
    row: tuple[Any, ...] = db.execute(query, [rowid]).fetchone()
    return row


def _set_aside(found: Found, table: str, rowid: int, error: Exception, sentence: str) -> None:
    found.torn |= getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT
    found.bad.append(Bad(table, rowid, str(error)[:500]))
    found.problems.append(sentence)


def _load_takes(db: Database, found: Found) -> None:
    for rowid in _rowids(db, "takes", found):
        try:
            take = take_of(_row(db, "takes", TAKE_COLUMNS, rowid))
            if take.sha256 in found.takes:
                raise ValueError("it is there twice")
        except UNREADABLE as error:
            sentence = f"The stored picture number {rowid} is damaged and was set aside."
            _set_aside(found, "takes", rowid, error, sentence)
        else:
            found.takes.append(take.sha256)


def _load_own(db: Database, found: Found) -> None:
    for rowid in _rowids(db, "tutorial", found):
        try:
            (fields,) = _row(db, "tutorial", ("fields",), rowid)
            found.tutorial = replace(parse(Tutorial, fields), steps=())
            found.fields = fields
        except UNREADABLE as error:
            sentence = "The tutorial's title, summary and lists are damaged and were set aside."
            _set_aside(found, "tutorial", rowid, error, sentence)
    for rowid in _rowids(db, "run", found):
        try:
            found.run = parse(Run, _row(db, "run", ("fields",), rowid)[0])
        except UNREADABLE as error:
            sentence = "The note on the last run is damaged and was set aside."
            _set_aside(found, "run", rowid, error, sentence)


def _load_steps(db: Database, found: Found) -> None:
    steps: list[tuple[int, Step]] = []
    for number, rowid in enumerate(_rowids(db, "steps", found), 1):
        try:
            step_id, position, fields = _row(db, "steps", ("id", "position", "fields"), rowid)
            step = parse(Step, fields)
            if step.id != step_id or step_id in found.rows or type(position) is not int:
                raise ValueError("its id or place is wrong")
        except UNREADABLE as error:
            sentence = f"A step (row {number}) is damaged and was set aside."
            _set_aside(found, "steps", rowid, error, sentence)
        else:
            found.rows[step_id] = (position, fields)
            steps.append((position, step))
    steps.sort(key=lambda placed: placed[0])
    found.tutorial = replace(found.tutorial, steps=tuple(step for _, step in steps))
