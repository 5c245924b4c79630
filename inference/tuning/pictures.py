"""A scene line as a scene: the storyboard's way of placing things, without its reading of text.

This is what a picture of the corpus looks like, and what a painter learns to make.
"""

from collections.abc import Sequence
from dataclasses import replace

from assets.corpus.scene_lines import SceneLine, SceneThing
from assets.sprites.library import Library, Sprite
from assets.sprites.scene import Scene
from inference.painter.acting import Hand
from inference.painter.naming import is_tool
from inference.painter.placing import arrange
from inference.painter.reading import Reading
from inference.painter.things import Neighbour, Thing

RELATIONS = {"out of": "out", "covers": "cover", "pours into": "pour"}  # the others are the same
HANDS = ("hand", "hands")


def picture_of(
    line: SceneLine, neighbours: Sequence[Neighbour], seed: int, drawings: Library
) -> Scene:
    """Return the scene that a line tells; another seed composes the same things otherwise."""
    return arrange(_reading(line, drawings), neighbours, seed, drawings)


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
