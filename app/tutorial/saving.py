"""Writing an .interstep file row by row, inside the caller's transaction: only what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.tutorial import reading
from app.tutorial.database import Database
from app.tutorial.errors import TutorialError
from app.tutorial.forgetting import without
from app.tutorial.model import Take, Tutorial
from app.tutorial.reading import RUN_ROW, TAKE_COLUMNS, Contents, Run, StepRow, TakeInfo


def write(
    db: Database,
    before: Contents,
    tutorial: Tutorial,
    takes: Iterable[Take] = (),
    chunks: Mapping[str, str] | None = None,
    run: Run | None = None,
    queue: tuple[dict[str, Any], ...] | None = None,
) -> Contents:
    """Write what differs from `before`, takes before the rows that name them.

    Returns what then stands. Raises TutorialError; the caller's transaction then undoes all.
    """
    known = _add_takes(db, before.takes, takes)
    if reading.named_takes(tutorial) - known.keys() - before.lost:
        raise TutorialError("a step names a picture that is not stored", "save the picture too")
    for name, content in (chunks or {}).items():
        db.table("chunks").insert({"hash": name, "content": content}, ignore=True)
    rows = _write_steps(db, before.rows, tutorial)
    own = as_json(replace(tutorial, steps=()))
    if own != before.fields:
        db.table("tutorial").insert({"id": 1, "fields": own}, replace=True)
    if run and run != before.run:
        db.table("run").insert({"id": RUN_ROW, "fields": as_json(run)}, replace=True)
    if queue is not None and queue != before.queue:
        db.table("run").delete_where("id <> ?", [RUN_ROW])
        for place, job in enumerate(queue, RUN_ROW + 1):
            db.table("run").insert({"id": place, "fields": as_json(job)})
    return Contents(
        tutorial,
        own,
        rows,
        known,
        lost=before.lost - known.keys(),
        run=run or before.run,
        queue=before.queue if queue is None else queue,
    )


def delete_take(db: Database, before: Contents, sha256: str) -> Contents:
    """Delete a take, a damaged one that was set aside too, with all that names it.

    Returns what then stands; the tutorial may name it until it is saved without it.
    """
    db.table("takes").delete_where("sha256 = ?", [sha256])
    aside = "place = 'takes' and field = 'sha256' and value = ?"
    rows = f"select row from quarantine where {aside}"
    db.table("quarantine").delete_where(f"place = 'takes' and row in ({rows})", [sha256])
    run = before.run
    if run is not None and sha256 in as_json(run):  # a request keeps what it showed the painter
        db.table("run").delete_where("id = ?", [RUN_ROW])
        run = None
    takes = {name: info for name, info in before.takes.items() if name != sha256}
    rest = replace(before, takes=takes, lost=before.lost | {sha256}, run=run)
    return write(db, rest, without(before.tutorial, {sha256}))


def set_aside(db: Database, contents: Contents) -> None:
    """Move the rows that can't be read into the table `quarantine`."""
    for bad in contents.bad:
        table = db.table(bad.table)
        for column in table.columns_dict:
            # copied inside SQLite, since Python may be unable to read the value
            db.execute(
                "insert into quarantine (place, row, field, value, reason) "
                f"select ?, rowid, ?, [{column}], ? from [{bad.table}] where rowid = ?",
                [bad.table, column, bad.reason, bad.rowid],
            )
        table.delete_where("rowid = ?", [bad.rowid])


def as_json(value: Any) -> str:
    """Return a value as JSON; raises TutorialError for what JSON can't hold."""
    try:
        return reading.dumps(value)
    except (ValueError, TypeError, RecursionError) as error:
        raise TutorialError(
            f"a value can't be saved ({error})", "undo the last change and save again"
        ) from error


def _add_takes(
    db: Database, before: Mapping[str, TakeInfo], takes: Iterable[Take]
) -> dict[str, TakeInfo]:
    known = dict(before)
    for take in takes:
        try:
            reading.check_take(take)
        except ValueError as error:
            raise TutorialError(
                f"a picture was not saved, since {error}", "add it again"
            ) from error
        if take.sha256 not in known:
            row = {name: getattr(take, name) for name in TAKE_COLUMNS}
            row |= {"recipe": as_json(take.recipe), "source": as_json(take.source)}
            db.table("takes").insert(row)
            known[take.sha256] = reading.without_bytes(take)
    return known


def _write_steps(
    db: Database, before: Mapping[str, StepRow], tutorial: Tutorial
) -> dict[str, StepRow]:
    rows = {}
    for position, step in enumerate(tutorial.steps):
        old = before.get(step.id)
        # of 500 steps a keystroke changes one; making JSON of all would take most of a save
        own = old.fields if old and old.step is step else as_json(step)
        rows[step.id] = StepRow(position, own, step)
    if len(rows) != len(tutorial.steps):
        raise TutorialError("two steps have the same id", "delete one of them")
    for step_id in before.keys() - rows.keys():
        db.table("steps").delete_where("id = ?", [step_id])
    for step_id, row in rows.items():
        old = before.get(step_id)
        if old is None or old[:2] != row[:2]:
            written = {"id": step_id, "position": row.position, "fields": row.fields}
            db.table("steps").insert(written, replace=True)
    return rows
