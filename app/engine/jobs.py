"""What the author can ask of the engine, as values that wait in the tutorial's file.

A job names steps and pictures by id and holds no picture: its request is made when its turn comes,
from the tutorial as it then stands.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Literal

from app.tutorial.region import Region
from inference.protocol import ProtocolError, from_json, to_json

Neighbour = Literal["previous", "next", "anchor"]
NEIGHBOURS: tuple[Neighbour, ...] = ("previous", "next", "anchor")
SEEDS = 10**9


def new_seed() -> int:
    """Return a seed that nobody chose, from 0 to below SEEDS."""
    return secrets.randbelow(SEEDS)


@dataclass(frozen=True)
class Writing:
    """Write the tutorial of its prompt; `steps` as in protocol.Write.

    seeing: list first what the given photos show; the author mends that, then it goes on.
    """

    seed: int
    steps: int | None = None
    paint: bool = True
    seeing: bool = False


@dataclass(frozen=True)
class Continuing:
    """Write more steps behind the last one; `steps` and `instruction` as in protocol.Continue."""

    seed: int
    instruction: str = ""
    steps: int | None = None
    paint: bool = True


@dataclass(frozen=True)
class Changing:
    """Propose other words; step: the id of the one to change, empty for all."""

    seed: int
    instruction: str
    step: str = ""


@dataclass(frozen=True)
class Painting:
    """Paint one picture: a place that is there or, under a new id, one to make.

    again: the sha256 of the take to paint again from its recipe; all else is then unused. region:
    where a fix may change the take that is then chosen; everywhere without one.
    """

    seed: int
    step: str
    picture: str
    mode: Literal["new", "fix"] = "new"
    instruction: str = ""
    neighbours: tuple[Neighbour, ...] = NEIGHBOURS
    again: str = ""
    region: Region = ()


Job = Writing | Continuing | Changing | Painting
KINDS: dict[str, type[Job]] = {
    "writing": Writing,
    "continuing": Continuing,
    "changing": Changing,
    "painting": Painting,
}


def job_to_json(job: Job) -> dict[str, Any]:
    """Return the job as a JSON object."""
    (kind,) = (name for name, of in KINDS.items() if of is type(job))
    return {"job": kind, **to_json(job)}


def job_from_json(value: dict[str, Any]) -> Job:
    """Return the job of a JSON object; raises ProtocolError for any other."""
    fields = {name: field for name, field in value.items() if name != "job"}
    kind = KINDS.get(str(value.get("job")))
    if kind is None:
        raise ProtocolError(f"a job of an unknown kind: {value.get('job')!r}")
    job: Job = from_json(kind, fields)
    return job
