"""What is painted when a person asks for it: jobs, in the order in which they are to be done."""

from collections.abc import Callable, Iterator

from app.engine.jobs import SEEDS, Painting, new_seed
from app.tutorial.model import Picture, Step, Tutorial, step_by_id
from app.tutorial.region import Region
from app.tutorial.undo import picture_by_id
from app.window.workplace import Workplace


def seed_of(tutorial: Tutorial, number: int = 0) -> int:
    """Return the seed of the next painting, or of the number-th from now of several."""
    locked = tutorial.making.seed
    return new_seed() if locked is None else locked + number


def paint(workplace: Workplace, step: str, picture: str, takes: int = 1) -> None:
    """Paint a picture, there already or to be made under this new id; several takes of it."""
    tutorial = workplace.opened.tutorial
    seen = workplace.picture_states.neighbours(picture)
    seeds = [seed_of(tutorial, number) for number in range(takes)]
    workplace.runs.add(*(Painting(seed, step, picture, neighbours=seen) for seed in seeds))


def fix(
    workplace: Workplace, step: str, picture: str, instruction: str, region: Region = ()
) -> None:
    """Paint the chosen take again, changed as the instruction says, in the region or everywhere."""
    seed = seed_of(workplace.opened.tutorial)
    seen = workplace.picture_states.neighbours(picture)
    workplace.runs.add(Painting(seed, step, picture, "fix", instruction, seen, region=region))


def paint_again(workplace: Workplace, step: str, picture: str, sha256: str) -> None:
    """Paint a take again from its recipe; it comes out the same, byte for byte."""
    workplace.runs.add(Painting(0, step, picture, again=sha256))


def missing(workplace: Workplace) -> tuple[Painting, ...]:
    """Return a job for each picture that shows nothing and that nobody paints yet."""
    return tuple(
        _job(workplace, step, picture)
        for step, picture in _places(workplace, lambda picture: picture.chosen is None)
    )


def refreshing(workplace: Workplace) -> tuple[Painting, ...]:
    """Return a job for each stale picture that nobody paints yet.

    A later one sees the fresh takes before it, since requests are made when their turn comes.
    """
    stale = workplace.opened.stale
    return tuple(
        _job(workplace, step, picture, fresh_seed(workplace, picture))
        for step, picture in _places(workplace, lambda picture: picture.id in stale)
    )


def refresh(workplace: Workplace, step: str, picture: str) -> None:
    """Paint a stale picture anew."""
    shown = picture_by_id(workplace.opened.tutorial, step, picture)
    owner = step_by_id(workplace.opened.tutorial, step)
    if shown is not None and owner is not None:
        workplace.runs.add(_job(workplace, owner, shown, fresh_seed(workplace, shown)))


def fresh_seed(workplace: Workplace, picture: Picture) -> int:
    """Return the seed to refresh a picture with: its own, so that only what changed moves."""
    tutorial = workplace.opened.tutorial
    recipe = workplace.opened.recipes.get(picture.chosen or "", {})
    seed = recipe.get("seed")
    own = seed if isinstance(seed, int) and 0 <= seed < SEEDS else new_seed()
    return own if tutorial.making.seed is None else tutorial.making.seed


def _job(workplace: Workplace, step: Step, picture: Picture, seed: int | None = None) -> Painting:
    seed = seed_of(workplace.opened.tutorial) if seed is None else seed
    seen = workplace.picture_states.neighbours(picture.id)
    return Painting(seed, step.id, picture.id, neighbours=seen)


def _places(
    workplace: Workplace, wanted: Callable[[Picture], bool]
) -> Iterator[tuple[Step, Picture]]:
    """Yield the wanted pictures that are needed and nobody paints, in the tutorial's order."""
    for step in workplace.opened.tutorial.steps:
        for picture in step.pictures:
            if not wanted(picture) or picture.not_needed:
                continue
            if workplace.picture_states.work(picture.id) is None:
                yield step, picture
