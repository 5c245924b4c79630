"""What the author may want to see to before an export; nothing of it forbids one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from app.tutorial.model import Picture, Step, Tutorial
from app.tutorial.staleness import Recipes, Stale, stale

Kind = Literal["empty_step", "rough_draft", "no_picture", "stale", "alt_unconfirmed"]


@dataclass(frozen=True)
class Finding:
    """One thing to see to. step, picture: ids, picture "" for the step itself; number: from 1."""

    kind: Kind
    step: str
    picture: str
    number: int


def preflight(tutorial: Tutorial, recipes: Recipes) -> tuple[Finding, ...]:
    """Return the findings in reading order. recipes: by the sha256 of their takes."""
    old = stale(tutorial, recipes)
    return tuple(
        finding
        for number, step in enumerate(tutorial.steps, 1)
        for finding in _of_step(number, step, old)
    )


def _of_step(number: int, step: Step, old: Mapping[str, Stale]) -> Iterator[Finding]:
    shown = [picture for picture in step.pictures if not picture.not_needed]
    if not (step.title.strip() or step.body.strip() or step.callouts or shown):
        yield Finding("empty_step", step.id, "", number)
    elif step.draft:
        yield Finding("rough_draft", step.id, "", number)
    for picture in shown:
        for kind in _of_picture(picture, old):
            yield Finding(kind, step.id, picture.id, number)


def _of_picture(picture: Picture, old: Mapping[str, Stale]) -> Iterator[Kind]:
    if picture.chosen is None:
        yield "no_picture"
        return
    if picture.id in old:
        yield "stale"
    if not picture.alt_confirmed or not picture.alt_text.strip():
        yield "alt_unconfirmed"
