"""Reading an .interstep file row by row: what can't be read is named, the rest opens.

The bytes of a take are checked against its hash when they are read, not when the file is opened.
"""

import hashlib
import json
import math
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, NamedTuple, TypeVar

from app.tutorial.database import Database
from app.tutorial.forgetting import without
from app.tutorial.model import Step, Take, Tutorial, new_id
from inference.protocol import from_json, to_json

T = TypeVar("T")
# what parsing a hostile row can raise; ProtocolError and JSONDecodeError are ValueErrors
UNREADABLE = (ValueError, TypeError, RecursionError, OverflowError, sqlite3.DatabaseError)
TAKE_COLUMNS = ("sha256", "media_type", "width", "height", "data", "recipe", "source", "origin")
RUN_ROW = 1  # of the run table; the queue follows it
SIZE = "iif(typeof(data) = 'blob', length(data), null)"
INFO_COLUMNS = ("sha256", "media_type", "width", "height", SIZE, "recipe", "source", "origin")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


_JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


@dataclass(frozen=True)
class TakeInfo:
    """A take without its bytes; size is their number."""

    sha256: str
    media_type: Literal["image/png", "image/jpeg", "image/webp"]
    width: int
    height: int
    size: int
    recipe: dict[str, Any]
    source: dict[str, Any]
    origin: str


@dataclass(frozen=True)
class Run:
    """How far a request to the engine came: its JSON, the ids of what it finished, its state.

    planned: how many steps the writer plans, or 0 where it has not told.
    """

    request: dict[str, Any]
    finished: tuple[str, ...] = ()
    state: Literal["running", "stopped", "done"] = "running"
    planned: int = 0


@dataclass(frozen=True)
class Bad:
    """A row that can't be read."""

    table: str
    rowid: int
    reason: str


class StepRow(NamedTuple):
    """A step as it stands on disk: its position and its JSON, and the step they say."""

    position: int
    fields: str
    step: Step


@dataclass
class Contents:
    """What a file holds, as far as it could be read.

    fields: the tutorial's own JSON; rows: by the step's id; takes: oldest first; lost: takes found
    damaged later, which the tutorial may still name; torn: a page of the database itself can't be
    read, so nothing may be written into it.
    """

    tutorial: Tutorial = field(default_factory=lambda: Tutorial(new_id()))
    fields: str = ""
    rows: dict[str, StepRow] = field(default_factory=dict)
    takes: dict[str, TakeInfo] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    run: Run | None = None
    queue: tuple[dict[str, Any], ...] = ()
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
    return from_json(kind, _JSON.decode(text))


def take_of(row: tuple[Any, ...]) -> Take:
    """Return the take of TAKE_COLUMNS; raises one of UNREADABLE, also for a wrong hash."""
    take = from_json(Take, dict(zip(TAKE_COLUMNS, _parsed(row), strict=True)))
    check_take(take)
    return take


def info_of(row: tuple[Any, ...]) -> TakeInfo:
    """Return the take of INFO_COLUMNS; raises one of UNREADABLE."""
    names = (field.name for field in fields(TakeInfo))
    info = from_json(TakeInfo, dict(zip(names, _parsed(row), strict=True)))
    check_size(info)
    return info


def _parsed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    *values, recipe, source, origin = row
    return (*values, parse(dict, recipe), parse(dict, source), origin)


def without_bytes(take: Take) -> TakeInfo:
    """Return what is known of a take without its bytes."""
    names = (field.name for field in fields(TakeInfo) if field.name != "size")
    return TakeInfo(size=len(take.data), **{name: getattr(take, name) for name in names})


def check_take(take: Take) -> None:
    """Raise ValueError unless the take's bytes match its hash and it has a size."""
    if hashlib.sha256(take.data).hexdigest() != take.sha256:
        raise ValueError("its bytes do not match its name")
    check_size(take)


def check_size(take: Take | TakeInfo) -> None:
    """Raise ValueError unless the take has a size in pixels."""
    if take.width < 1 or take.height < 1:
        raise ValueError("it has no size")


def load(db: Database) -> Contents:
    """Return what the file holds; never raises for a row, only for an unreadable schema."""
    contents = Contents(torn=not _is_whole(db))
    _load_takes(db, contents)
    _load_own(db, contents)
    _load_run(db, contents)
    _load_steps(db, contents)
    contents.tutorial, missing = without_absent(contents.tutorial, contents.takes)
    contents.problems += missing
    return contents


def named_takes(tutorial: Tutorial) -> set[str]:
    """Return the takes that the tutorial offers, shows or was given."""
    names = [*tutorial.given, tutorial.anchor, tutorial.cover]
    for step in tutorial.steps:
        for picture in step.pictures:
            names += [*picture.takes, picture.chosen]
    return {name for name in names if name is not None}


def without_absent(tutorial: Tutorial, takes: Collection[str]) -> tuple[Tutorial, list[str]]:
    """Return the tutorial without the takes that are not there, and a sentence for each.

    A withdrawn take is gone from its picture already, so that its loss needs no sentence.
    """
    pictures = [picture for step in tutorial.steps for picture in step.pictures]
    withdrawn = {sha for picture in pictures for sha in picture.withdrawn}
    absent = (named_takes(tutorial) | withdrawn) - set(takes)
    if not absent:
        return tutorial, []
    problems = [
        f"A picture of step {number} “{step.title}” is missing or damaged and was left out."
        for number, step in enumerate(tutorial.steps, 1)
        for _ in {sha for pic in step.pictures for sha in (*pic.takes, pic.chosen)} & absent
    ]
    own = absent & {*tutorial.given, tutorial.anchor, tutorial.cover}
    problems += ["A picture of the tutorial itself is missing or damaged and was left out."] * len(
        own
    )
    return without(tutorial, absent), problems


def _is_whole(db: Database) -> bool:
    # e.g. a copy made without its journal after kill -9 in the middle of a commit
    try:
        return bool(db.execute("pragma quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _rowids(db: Database, table: str, contents: Contents) -> Iterator[int]:
    # ordered by rowid, so that SQLite walks the table itself and gives what precedes a bad page
    try:
        for (rowid,) in db.execute(f"select rowid from [{table}] order by rowid"):
            yield rowid
    except sqlite3.DatabaseError:
        contents.torn = True


def _row(db: Database, table: str, columns: tuple[str, ...], rowid: int) -> tuple[Any, ...]:
    query = f"select {', '.join(columns)} from [{table}] where rowid = ?"
    row: tuple[Any, ...] = db.execute(query, [rowid]).fetchone()
    return row


def _set_aside(contents: Contents, table: str, rowid: int, error: Exception, sentence: str) -> None:
    contents.torn |= getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT
    contents.bad.append(Bad(table, rowid, str(error)[:500]))
    contents.problems.append(sentence)


def _load_takes(db: Database, contents: Contents) -> None:
    for rowid in _rowids(db, "takes", contents):
        try:
            info = info_of(_row(db, "takes", INFO_COLUMNS, rowid))
            if info.sha256 in contents.takes:
                raise ValueError("it is there twice")
        except UNREADABLE as error:
            sentence = f"The stored picture number {rowid} is damaged and was set aside."
            _set_aside(contents, "takes", rowid, error, sentence)
        else:
            contents.takes[info.sha256] = info


def _load_own(db: Database, contents: Contents) -> None:
    for rowid in _rowids(db, "tutorial", contents):
        try:
            (own,) = _row(db, "tutorial", ("fields",), rowid)
            contents.tutorial = replace(parse(Tutorial, own), steps=())
            contents.fields = own
        except UNREADABLE as error:
            sentence = "The tutorial's title, summary and lists are damaged and were set aside."
            _set_aside(contents, "tutorial", rowid, error, sentence)


def _load_run(db: Database, contents: Contents) -> None:
    for rowid in _rowids(db, "run", contents):
        try:
            (note,) = _row(db, "run", ("fields",), rowid)
            if rowid == RUN_ROW:
                contents.run = parse(Run, note)
            else:
                contents.queue += (parse(dict, note),)
        except UNREADABLE as error:
            what = "note on the last run" if rowid == RUN_ROW else "note on a waiting job"
            sentence = f"The {what} is damaged and was set aside."
            _set_aside(contents, "run", rowid, error, sentence)


def _load_steps(db: Database, contents: Contents) -> None:
    for number, rowid in enumerate(_rowids(db, "steps", contents), 1):
        try:
            step_id, position, own = _row(db, "steps", ("id", "position", "fields"), rowid)
            step = parse(Step, own)
            if step.id != step_id or step_id in contents.rows or type(position) is not int:
                raise ValueError("its id or place is wrong")
        except UNREADABLE as error:
            sentence = f"A step (row {number}) is damaged and was set aside."
            _set_aside(contents, "steps", rowid, error, sentence)
        else:
            contents.rows[step_id] = StepRow(position, own, step)
    rows = sorted(contents.rows.values(), key=lambda row: row.position)
    contents.tutorial = replace(contents.tutorial, steps=tuple(row.step for row in rows))
