"""A scene line as a scene: the storyboard's way of placing things, without its reading of text.

This is what a picture of the corpus looks like, and what a painter learns to make.
"""

from collections.abc import Sequence
from dataclasses import replace

from assets.corpus.scene_lines import SceneLine, SceneThing
from assets.sprites.library import Library, Sprite
from assets.sprites.scene import Placed, Scene
from inference.painter.geometry import Ruler, overlap, scaled
from inference.painter.geometry import moved as shifted
from inference.painter.naming import is_tool
from inference.painter.storyboard.acting import Hand
from inference.painter.storyboard.placing import arrange
from inference.painter.storyboard.reading import Reading
from inference.painter.storyboard.things import Neighbour, Thing
from inference.tuning.measures import dist

RELATIONS = {"out of": "out", "covers": "cover", "pours into": "pour"}  # the others are the same
HANDS = ("hand", "hands")
CROWDED = 0.02  # of the picture's area


def picture_of(
    line: SceneLine, neighbours: Sequence[Neighbour], seed: int, drawings: Library
) -> Scene:
    """Return the scene that a line tells; another seed composes the same things otherwise."""
    return arrange(_reading(line, drawings), neighbours, seed, drawings)


def settled(
    scene: Scene, line: SceneLine, before: Scene, earlier: SceneLine, ruler: Ruler
) -> Scene | None:
    """Return the scene with all that hangs as it did in the picture before where it was there.

    What is new stays beside what it hangs on. None where it would become crowded.
    """
    hangs, hung = _hanging(line), _hanging(earlier)
    left = list(before.sprites)
    kept: dict[int, Placed] = {}
    for k, placed in enumerate(scene.sprites):
        same = (old for old in left if old.name == placed.name)
        old = next((o for o in same if (o.inside is None) == (placed.inside is None)), None)
        if old is not None and hangs.get(placed.name, "") == hung.get(placed.name):
            left.remove(old)
            place = {name: getattr(old, name) for name in ("x", "y", "size", "rotation", "flip")}
            kept[k] = replace(placed, **place)
    if not kept:
        return scene
    moved = tuple(kept.get(k) or _along(k, scene, hangs, kept) for k in range(len(scene.sprites)))
    if _crowd(moved, ruler) > _crowd(scene.sprites, ruler) + CROWDED:
        return None
    return replace(scene, sprites=moved)


def _hanging(line: SceneLine) -> dict[str, str]:
    """Return for each thing, hands and marks aside, how it hangs on what."""
    work = next((f"{t.name} {t.other}" for t in line.things if t.mark), "")
    found = {}
    for thing in line.things:
        other = "" if thing.other is None else line.things[thing.other].name
        if thing.link == "holds":
            found[thing.name] = found[other] = f"held {work}"
        elif not thing.mark and thing.name not in HANDS:
            loose = thing.link in (None, "beside", "under")
            found.setdefault(thing.name, "" if loose else f"{thing.link} {other}")
    return found


def _along(k: int, scene: Scene, hangs: dict[str, str], kept: dict[int, Placed]) -> Placed:
    """Return a sprite moved as the kept one that it hangs on was moved, if it hangs on any."""
    placed = scene.sprites[k]
    if placed.inside is None and hangs.get(placed.name) == "":
        return placed
    near = min(kept, key=lambda i: dist(scene.sprites[i], placed))
    at = placed.inside if placed.inside in kept else near
    old, new = scene.sprites[at], kept[at]
    grown = scaled(placed, new.size / old.size, (old.x, old.y))
    return shifted(grown, new.x - old.x, new.y - old.y)


def _crowd(sprites: Sequence[Placed], ruler: Ruler) -> float:
    """Return the area in which things that stand free hide each other."""
    free = [
        ruler.box(placed)
        for placed in sprites
        if placed.inside is None and ruler.sprite(placed).domain not in ("people", "actions")
    ]
    return sum(overlap(one, other) for k, one in enumerate(free) for other in free[:k])


class _Builder:
    """Takes the things of a line over, one after the other."""

    def __init__(self, line: SceneLine, drawings: Library) -> None:
        self._line = line
        self._drawings = drawings
        self._places: dict[int, int] = {}  # of the line's things among these
        self.things: list[Thing] = []
        self.hand: Hand | None = None
        self.mark: tuple[Sprite, int | None] | None = None

    def take(self, index: int, one: SceneThing) -> None:
        """Take one thing, hand or mark over."""
        sprite = self._drawings[one.name]
        other = None if one.other is None else self._places.get(one.other)
        if one.mark:
            self.mark = self.mark or (sprite, other)
        elif one.name in HANDS and (self._has_things or one.link is not None):
            self.hand = self.hand or Hand(sprite, one.state, one.tint, other)
        elif one.link == "holds" and other is None:
            self._add(index, one, None, None)
            if self.hand is not None:
                held = len(self.things) - 1
                self.hand = Hand(self.hand.sprite, self.hand.state, self.hand.tint, held)
        else:
            held_by = one.link == "holds"
            relation = "on" if held_by else RELATIONS.get(one.link or "", one.link)
            self._add(index, one, relation, other)

    @property
    def _has_things(self) -> bool:
        return any(not one.mark and one.name not in HANDS for one in self._line.things)

    def _add(self, index: int, one: SceneThing, relation: str | None, other: int | None) -> None:
        self._places[index] = len(self.things)
        sprite = self._drawings[one.name]
        first = len(self.things)
        self.things.append(Thing(sprite, one.state, one.tint, relation, other))
        for _ in range(one.count - 1):
            near = relation if relation in ("in", "on", "out") else "copy"
            self.things.append(
                Thing(sprite, one.state, one.tint, near, other if near == relation else first)
            )

    def work(self) -> None:
        """Put what is held to work at what the mark is drawn at: a tool there, a jug tilted."""
        if self.hand is None or self.hand.holds is None or self.mark is None:
            return
        (mark, at), held = self.mark, self.hand.holds
        thing = self.things[held]
        if at is None or at == held or thing.relation is not None:
            return
        pours, tool = mark.name == "pour", is_tool(thing.sprite)
        if pours or tool:
            relation = "over" if pours and tool else "pour" if pours else "at"
            self.things[held] = replace(thing, relation=relation, other=at)


def _reading(line: SceneLine, drawings: Library) -> Reading:
    builder = _Builder(line, drawings)
    for index, one in enumerate(line.things):
        builder.take(index, one)
    builder.work()
    things, hand, mark = builder.things, builder.hand, builder.mark
    subject = next((k for k, t in enumerate(things) if t.sprite.domain != "people"), 0)
    if hand is not None and hand.holds is None:
        hand = Hand(hand.sprite, hand.state, hand.tint, subject)
    return Reading(
        things=tuple(things),
        subject=subject,
        hand=hand,
        mark=mark[0] if mark else None,
        mark_at=subject if mark is None or mark[1] is None else mark[1],
        background=line.background,
        domain=things[subject].sprite.domain,
        about=(),
        bathing=False,
        missing=(),
    )
