"""Makes Redraw requests: from the tutorial as it stands, or from a take's recipe."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Literal

from app.engine.jobs import NEIGHBOURS, Neighbour
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Take, Tutorial, new_id
from app.tutorial.photos import for_painter
from app.tutorial.region import Region, mask_of
from inference.protocol import (
    Condition,
    GivenStep,
    PaintInput,
    ProtocolError,
    Redraw,
    from_json,
    to_json,
)

MOST_PIXELS = 4  # pictures that bring their pixels along; no painter sees more
Role = Literal["previous", "next", "anchor", "present"]


def redraw(
    file: TutorialFile,
    step: Step,
    seed: int,
    mode: Literal["new", "fix"] = "new",
    instruction: str = "",
    neighbours: Collection[Neighbour] = NEIGHBOURS,
    picture_id: str = "",
    region: Region = (),
) -> Redraw:
    """Return the request for a picture of a step, the first one unless told; a new id makes one.

    region: where a fix may change the picture; everywhere without one.

    Raises TutorialError when there is no picture to fix.
    """
    tutorial = file.tutorial
    new = Picture(picture_id or new_id())
    there = [one for one in step.pictures if picture_id in ("", one.id)]
    picture = there[0] if there else new
    conditions = _conditions(file, step, picture, neighbours)
    mask = None
    if mode == "fix":
        if picture.chosen is None:
            raise TutorialError(
                "this step has no picture to fix", "draw one first, with --mode new"
            )
        present = file.take(picture.chosen)
        conditions.append(_condition("present", present))
        seen = conditions[-1].image or present
        mask = mask_of(region, seen.width, seen.height) if region else None
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
            mask=mask,
            look=tutorial.look,
            options=tutorial.making.options,
        ),
        prompt=tutorial.prompt,
        steps=tuple(given_step(before) for before in tutorial.steps[:position]),
        pack=tutorial.making.pack,
    )


def again(file: TutorialFile, step: str, picture: str, sha256: str) -> Redraw:
    """Return the request that paints a take again from its recipe, byte for byte.

    A recipe of a painter on a card brings its numbers along, which the engine keeps or refuses.
    Raises TutorialError when a text or picture that the recipe names is not in the file.
    """
    recipe = file.take(sha256).recipe
    try:
        known = {
            "chunks": [file.chunk(str(name)) for name in recipe["chunks"]],
            "conditions": [
                to_json(_condition(one["role"], file.take(str(one["sha256"]))))
                for one in recipe["conditions"]
            ],
        }
        told = {f.name: recipe[f.name] for f in fields(PaintInput) if f.name in recipe}
        paint = from_json(PaintInput, told | known)
    except (KeyError, TypeError, ProtocolError) as error:
        raise TutorialError(
            "this picture has no recipe to paint it again", "redraw it as new"
        ) from error
    return Redraw(new_id(), step, picture, paint, pack=str(recipe.get("pack", "")))


def sees(
    tutorial: Tutorial, step: Step, picture: Picture, neighbours: Collection[Neighbour] = NEIGHBOURS
) -> dict[Neighbour, str]:
    """Return the takes that a picture would be conditioned on, by their role.

    The chosen takes nearest to it on either side, and the anchor.
    """
    steps = tutorial.steps
    position = next(n for n, one in enumerate(steps) if one.id == step.id)
    own = [one.id for one in step.pictures]
    place = own.index(picture.id) if picture.id in own else len(own)
    before = [p for one in steps[:position] for p in one.pictures] + list(step.pictures[:place])
    after = [
        *step.pictures[place + 1 :],
        *(p for one in steps[position + 1 :] for p in one.pictures),
    ]
    sides: dict[Neighbour, str | None] = {
        "previous": _first_chosen(before[::-1]),
        "next": _first_chosen(after),
        "anchor": tutorial.anchor if tutorial.anchor != picture.chosen else None,
    }
    return {role: sha for role, sha in sides.items() if role in neighbours and sha is not None}


def conditions_before(file: TutorialFile, position: int) -> tuple[Condition, ...]:
    """Return the chosen takes of the steps before a position, nearest first."""
    pictures = [p for step in file.tutorial.steps[:position] for p in step.pictures]
    chosen = [picture.chosen for picture in pictures[::-1] if picture.chosen is not None]
    near = [_condition("previous", file.take(sha256)) for sha256 in chosen[:MOST_PIXELS]]
    far = [Condition("previous", one, file.take(one).source) for one in chosen[MOST_PIXELS:]]
    return (*near, *far)


def _conditions(
    file: TutorialFile, step: Step, picture: Picture, neighbours: Collection[Neighbour]
) -> list[Condition]:
    seen = sees(file.tutorial, step, picture, neighbours)
    return [_condition(role, file.take(sha256)) for role, sha256 in seen.items()]


def _condition(role: Role, take: Take) -> Condition:
    """Return a take as a condition; without a scene only its pixels tell what it shows."""
    pixels = None if "scene" in take.source else for_painter(take)
    return Condition(role, take.sha256, take.source, pixels)


def _first_chosen(pictures: Sequence[Picture]) -> str | None:
    chosen = (picture.chosen for picture in pictures)
    return next((sha256 for sha256 in chosen if sha256 is not None), None)


def given_step(step: Step) -> GivenStep:
    """Return a step's text as the engine takes it, with its first picture."""
    picture = step.pictures[0] if step.pictures else Picture("")
    return GivenStep(step.id, step.title, step.body, picture.description, picture.id)
