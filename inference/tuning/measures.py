"""What a painted scene gets right: recall, precision, states, actions, persistence, obedience. Pure.

Things are counted as sets of drawing names. Hands, people, signs and backgrounds count only where
they are labelled. All counts are summed over pictures before they are divided (micro averages).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

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


def count_edit(tally: Tally, kind: str, before: Scene, wanted: Scene, painted: Scene) -> None:
    """Count one edit: whether it is done, and whether all else stayed as it was."""
    untouched = [p for p in before.sprites if any(same(p, other, 1.0) for other in wanted.sprites)]
    stayed = [p for p in untouched if any(same(p, other, NEAR) for other in painted.sprites)]
    tally.add("persistence", len(stayed), len(untouched))
    obeyed = int(done(kind, before, wanted, painted))
    tally.add("edit_obedience", obeyed, 1)
    tally.add(f"edit_{kind}", obeyed, 1)


def same(one: Placed, other: Placed, near: float) -> bool:
    """Whether two pictures show the same thing: name, state, tint, and about the same place."""
    return (
        (one.name, one.state, one.tint) == (other.name, other.state, other.tint)
        and abs(one.x - other.x) < near
        and abs(one.y - other.y) < near
    )


def done(kind: str, before: Scene, wanted: Scene, painted: Scene) -> bool:
    """Whether a painted scene has what an edit changes."""
    old, new, got = (_things(scene, kind) for scene in (before, wanted, painted))
    return all(got[key] >= new[key] for key in new - old) and all(
        got[key] <= new[key] for key in old - new
    )


def _things(scene: Scene, kind: str) -> Counter[tuple[object, ...]]:
    """Return the scene's things as far as an edit of this kind is about them."""
    if kind == "recolour":
        return Counter((p.name, p.tint) for p in scene.sprites)
    if kind == "state":
        return Counter((p.name, p.state) for p in scene.sprites)
    if kind == "move":
        return Counter((p.name, p.inside is not None) for p in scene.sprites)
    return Counter((p.name,) for p in scene.sprites)


def distinct(scenes: Sequence[Scene]) -> bool:
    """Whether no two pictures of a tutorial show the same things in the same way."""
    seen = [
        (scene.background, sorted((p.name, p.state, p.tint or "") for p in scene.sprites))
        for scene in scenes
    ]
    return all(one not in seen[:k] for k, one in enumerate(seen))
