"""Makes Redraw requests: from the tutorial as it stands, or from a take's recipe."""

from collections.abc import Collection
from dataclasses import fields
from typing import Literal

from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Tutorial, new_id
from inference.protocol import (
    Condition,
    GivenStep,
    PaintInput,
    ProtocolError,
    Redraw,
    from_json,
)

Neighbour = Literal["previous", "next", "anchor"]
NEIGHBOURS: tuple[Neighbour, ...] = ("previous", "next", "anchor")


def redraw(
    file: TutorialFile,
    step: Step,
    seed: int,
    mode: Literal["new", "fix"] = "new",
    instruction: str = "",
    neighbours: Collection[Neighbour] = NEIGHBOURS,
) -> Redraw:
    """Return the request for a step's first picture; raises TutorialError when it has none to fix.

    A step without a picture gets one.
    """
    tutorial = file.tutorial
    picture = step.pictures[0] if step.pictures else Picture(new_id())
    conditions = _conditions(file, tutorial, picture, step, neighbours)
    if mode == "fix":
        if picture.chosen is None:
            raise TutorialError(
                "this step has no picture to fix", "draw one first, with --mode new"
            )
        conditions.append(Condition("present", picture.chosen, file.take(picture.chosen).source))
    position = tutorial.steps.index(step) + 1
    return Redraw(
        id=new_id(),
        step=step.id,
        picture=picture.id,
        paint=PaintInput(
            title=tutorial.title,
            heading=step.title,
            body=step.body,
            description=picture.description,
            chunks=(),
            conditions=tuple(conditions),
            seed=seed,
            mode=mode,
            instruction=instruction,
        ),
        prompt=tutorial.prompt,
        steps=tuple(given_step(before) for before in tutorial.steps[:position]),
    )


def again(file: TutorialFile, step: str, picture: str, sha256: str) -> Redraw:
    """Return the request that paints a take again from its recipe, byte for byte.

    Raises TutorialError when a text or picture that the recipe names is not in the file.
    """
    recipe = file.take(sha256).recipe
    try:
        known = {
            "chunks": [file.chunk(str(name)) for name in recipe["chunks"]],
            "conditions": [
                condition | {"source": file.take(str(condition["sha256"])).source}
                for condition in recipe["conditions"]
            ],
        }
        paint = from_json(
            PaintInput, {field.name: recipe[field.name] for field in fields(PaintInput)} | known
        )
    except (KeyError, TypeError, ProtocolError) as error:
        raise TutorialError(
            "this picture has no recipe to paint it again", "redraw it as new"
        ) from error
    return Redraw(new_id(), step, picture, paint)


def _conditions(
    file: TutorialFile,
    tutorial: Tutorial,
    picture: Picture,
    step: Step,
    neighbours: Collection[Neighbour],
) -> list[Condition]:
    """Return the chosen takes nearest to the step on either side, and the anchor."""
    position = tutorial.steps.index(step)
    sides: dict[Neighbour, str | None] = {
        "previous": _first_chosen(tutorial.steps[:position][::-1]),
        "next": _first_chosen(tutorial.steps[position + 1 :]),
        "anchor": tutorial.anchor if tutorial.anchor != picture.chosen else None,
    }
    return [
        Condition(role, sha256, file.take(sha256).source)
        for role, sha256 in sides.items()
        if role in neighbours and sha256 is not None
    ]


def _first_chosen(steps: tuple[Step, ...]) -> str | None:
    chosen = (picture.chosen for step in steps for picture in step.pictures)
    return next((sha256 for sha256 in chosen if sha256 is not None), None)


def given_step(step: Step) -> GivenStep:
    """Return a step's text as the engine takes it, with its first picture."""
    picture = step.pictures[0] if step.pictures else Picture("")
    return GivenStep(step.id, step.title, step.body, picture.description, picture.id)
