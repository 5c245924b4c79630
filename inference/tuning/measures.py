"""What a painted scene gets right: things, states, actions, what stays and what changes. Pure.

Things are counted as sets of drawing names. Hands, people, signs and backgrounds count only where
they are labelled. All counts are summed over pictures before they are divided (micro averages).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import hypot

from assets.corpus.scene_lines import SceneLine
from assets.sprites.library import Library
from assets.sprites.scene import Placed, Scene

NEAR = 0.12  # of the picture's side: so far off, a thing still stands where it stood


@dataclass(frozen=True)
class Label:
    """What a picture shall show. states: those that are told, by thing."""

    objects: frozenset[str]
    states: dict[str, str] = field(default_factory=dict)
    actions: frozenset[str] = frozenset()


def label_of(line: SceneLine, drawings: Library) -> Label:
    """Return what a scene line tells; default states are not told."""
    things = [thing for thing in line.things if not thing.mark]
    return Label(
        objects=frozenset(t.name for t in things if drawings[t.name].domain != "people"),
        states={
            t.name: t.state
            for t in things
            if drawings[t.name].domain != "people" and t.state != drawings[t.name].default_state
        },
        actions=frozenset(thing.name for thing in line.things if thing.mark),
    )


def shown(scene: Scene, drawings: Library, *domains: str) -> set[str]:
    """Return the names of the scene's things; of these domains only where some are given."""
    beside = ("people", "actions", "backgrounds")
    return {
        placed.name
        for placed in scene.sprites
        if placed.name in drawings
        and (
            drawings[placed.name].domain in domains
            if domains
            else drawings[placed.name].domain not in beside
        )
    }


@dataclass
class Tally:
    """Counts by name: found and all of each measure."""

    found: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)

    def add(self, measure: str, found: int, of: int) -> None:
        """Count `found` of `of` under a measure."""
        self.found[measure] += found
        self.of[measure] += of

    def shares(self) -> dict[str, float]:
        """Return each measure as a share, of those that counted anything."""
        return {name: self.found[name] / of for name, of in self.of.items() if of}


def count_picture(
    tally: Tally, scene: Scene, label: Label, drawings: Library, rare: frozenset[str]
) -> None:
    """Count one picture against its label; rare: things whose recall is told apart."""
    things = shown(scene, drawings) | (shown(scene, drawings, "people") & label.objects)
    hit = things & label.objects
    tally.add("object_recall", len(hit - rare), len(label.objects - rare))
    tally.add("object_recall_rare", len(hit & rare), len(label.objects & rare))
    tally.add("object_recall_all", len(hit), len(label.objects))
    tally.add("object_precision", len(hit), len(things))
    states = {(placed.name, placed.state) for placed in scene.sprites}
    tally.add("state_recall", len(states & set(label.states.items())), len(label.states))
    signs = shown(scene, drawings, "actions")
    tally.add("action_recall", len(signs & label.actions), len(label.actions))
    tally.add("action_precision", len(signs & label.actions), len(signs))


def count_edit(
    tally: Tally, kind: str, before: Scene, wanted: Scene, painted: Scene, drawings: Library
) -> None:
    """Count one edit: whether it is done, and whether all else stayed as it was."""
    stays, changes, shows = (seen(scene, drawings) for scene in (before, wanted, painted))
    untouched = [p for p in stays if any(same(p, other) for other in changes)]
    tally.add("persistence", _kept(untouched, shows), len(untouched))
    obeyed = int(done(kind, stays, changes, shows))
    tally.add("edit_obedience", obeyed, 1)
    tally.add(f"edit_{kind}", obeyed, 1)


def count_redraw(
    tally: Tally,
    suffix: str,
    before: Scene,
    after: Scene,
    wanted: Scene | None,
    painted: Scene,
    drawings: Library,
) -> None:
    """Count what both neighbours show alike: a picture between them should show it too.

    Of a wanted scene, count also what it shows like the next picture alone: only who sees that one
    can know where it stands.
    """
    first, last, shows = (seen(scene, drawings) for scene in (before, after, painted))
    shared = [p for p in last if any(same(p, other) for other in first)]
    tally.add(f"redraw_consistency{suffix}", _kept(shared, shows), len(shared))
    if wanted is not None:
        new = [p for p in last if not any(same(p, other) for other in first)]
        coming = [p for p in seen(wanted, drawings) if any(same(p, other) for other in new)]
        tally.add(f"redraw_coming{suffix}", _kept(coming, shows), len(coming))


def _kept(things: Sequence[Placed], shows: Sequence[Placed]) -> int:
    return sum(any(same(p, other) for other in shows) for p in things)


def seen(scene: Scene, drawings: Library) -> list[Placed]:
    """Return the placed sprites, each with the tint that is seen of it."""
    return [
        replace(p, tint=(p.tint or drawings[p.name].tint) if drawings[p.name].tint else None)
        for p in scene.sprites
        if p.name in drawings
    ]


def same(one: Placed, other: Placed) -> bool:
    """Whether two pictures show the same thing: name, state, tint, and about the same place."""
    alike = (one.name, one.state, one.tint) == (other.name, other.state, other.tint)
    return alike and dist(one, other) < NEAR


def dist(one: Placed, other: Placed) -> float:
    """Return how far two sprites lie apart, of the picture's side."""
    return hypot(one.x - other.x, one.y - other.y)


def done(
    kind: str, before: Sequence[Placed], wanted: Sequence[Placed], painted: Sequence[Placed]
) -> bool:
    """Whether a painted picture has what an edit changes."""
    if kind == "move":
        return _moved(before, wanted, painted)
    old, new, got = (Counter(_about(p, kind) for p in scene) for scene in (before, wanted, painted))
    return all(got[key] >= new[key] for key in new - old) and all(
        got[key] <= new[key] for key in old - new
    )


def _about(placed: Placed, kind: str) -> tuple[str | None, ...]:
    """Return what of a thing an edit of this kind is about."""
    if kind == "recolour":
        return placed.name, placed.tint
    return (placed.name, placed.state) if kind == "state" else (placed.name,)


def _moved(before: Sequence[Placed], wanted: Sequence[Placed], painted: Sequence[Placed]) -> bool:
    """Whether the thing that moves farthest is nearer to its new place than to its old one."""
    pairs = [(p, q) for p in before for q in wanted if p.name == q.name]
    if not pairs:
        return False
    old, new = max(pairs, key=lambda pair: dist(*pair))
    found = [p for p in painted if p.name == old.name]
    return any(dist(p, new) < dist(p, old) for p in found)


def distinct(scenes: Sequence[Scene]) -> bool:
    """Whether no two pictures of a tutorial show the same things in the same way."""
    seen = [
        (scene.background, sorted((p.name, p.state, p.tint or "") for p in scene.sprites))
        for scene in scenes
    ]
    return all(one not in seen[:k] for k, one in enumerate(seen))
