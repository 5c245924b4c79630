"""The row of groups on the ground: how large each is and where it stands.

The subject's group comes first: large enough, in the middle third. Groups that a neighbour shows
stay where they were, unless that breaks a rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from assets.sprites.library import Box
from inference.painter.geometry import Ruler, around, overlap, point
from inference.painter.naming import is_tool
from inference.painter.storyboard.grouping import Group, group, hangs
from inference.painter.storyboard.reading import Reading
from inference.painter.storyboard.things import Neighbour, by_role

LEAST = 0.42  # of the picture's side: what the subject's larger side covers at least
_SKY = ("sun", "moon", "cloud", "star", "wind", "snowflake")  # what never stands on the ground
_ITSELF = 0.3  # the least for a tool that is the subject, without what it works on
_THIRD = 0.655  # the middle third ends here, a little inside
_EDGE = 0.04  # kept free at the picture's border
_GAP = 0.035  # between groups
_SMALLEST = 0.15  # the larger side of any other group
_WIDEST = 0.42
_FULL = {1: 0.68, 2: 0.54, 3: 0.46}  # the subject's larger side, by the number of groups


def stand(
    reading: Reading,
    neighbours: Sequence[Neighbour],
    side: int,
    ground: float,
    random: Random,
    ruler: Ruler,
) -> list[Group]:
    """Return the groups standing on the ground; `side` is the hand's: 1 right, -1 left."""
    loose = [k for k, thing in enumerate(reading.things) if not hangs(thing)]
    borne = {thing.other for thing in reading.things} | {reading.subject}
    high = [k for k in loose if reading.things[k].sprite.name in _SKY and k not in borne]
    roots = [k for k in loose if k not in high]
    pins = _pins(reading, roots, neighbours)
    groups = [
        _roomy(reading, root, _looks_left(reading, root, pins, side, random), side, ground, ruler)
        for root in roots
    ]
    own = next(g for g in groups if reading.subject in g.placed)
    row = _kept_row(reading, groups, own, pins, ground, ruler)
    if row is None:
        row = _free_row(reading, groups, own, pins, side, ground, random, ruler)
    sky = [group(reading.things, k, False, side, ruler).grown(0.22) for k in high]
    at = [0.5 - side * (0.36 - 0.24 * n) for n in range(len(sky))]
    return row + [g.shifted(x, 0.27) for g, x in zip(sky, at, strict=True)]


def _looks_left(
    reading: Reading, root: int, pins: dict[int, "_Pin"], side: int, random: Random
) -> bool:
    """Whether the root is drawn mirrored: as a neighbour has it, else as the seed has it."""
    drawn = random.random() < 0.5
    if root in pins:
        return pins[root].flip
    sprite = reading.things[root].sprite
    turns = sprite.domain in ("pets", "transport") or is_tool(sprite)
    return turns and (side < 0 or drawn) and sprite.domain != "people"


def _roomy(
    reading: Reading, root: int, flip: bool, side: int, ground: float, ruler: Ruler
) -> Group:
    """Return the group of a root, the subject in it enlarged until all fits round it."""
    things = list(reading.things)
    subject = things[reading.subject]
    for boost in (1.0, 1.25, 1.6, 2.0, 2.5):
        things[reading.subject] = replace(subject, scale=subject.scale * boost)
        g = group(tuple(things), root, flip, side, ruler)
        if reading.subject not in g.placed:
            break
        x0, y0, x1, y1 = g.box(ruler)
        own = _subject_box(reading, g, ruler)
        centre = (own[0] + own[2]) / 2
        least = _least(reading, g, ruler)
        wide = max(x1 - centre, centre - x0) * least < _THIRD - _EDGE / 2
        if (y1 - y0) * least < ground - 0.06 and wide:
            break
    return g


@dataclass(frozen=True)
class _Pin:
    """Where a neighbour has a group's root: the x of its base, its size, whether it is mirrored."""

    x: float
    size: float
    flip: bool


def _pins(reading: Reading, roots: list[int], neighbours: Sequence[Neighbour]) -> dict[int, _Pin]:
    """Return the pin of each root that stands on the ground of a neighbour's scene too."""
    pins: dict[int, _Pin] = {}
    taken: set[tuple[int, int]] = set()
    for root in roots:
        sprite = reading.things[root].sprite
        for n, neighbour in enumerate(by_role(neighbours)):
            standing = [
                (k, p)
                for k, p in enumerate(neighbour.scene.sprites)
                if p.name == sprite.name
                and p.inside is None
                and (n, k) not in taken
                and not p.rotation
            ]
            if standing:
                k, p = standing[0]
                taken.add((n, k))
                pins[root] = _Pin(point(p, sprite.base)[0], p.size, p.flip)
                break
    return pins


def _subject_box(reading: Reading, g: Group, ruler: Ruler) -> Box:
    """Return the box of the subject with what it stands in or on."""
    chain = [reading.subject]
    while (other := reading.things[chain[-1]].other) in g.placed and other not in chain:
        if other is None or not hangs(reading.things[chain[-1]]):
            break
        chain.append(other)
    copies = [k for k, t in enumerate(reading.things) if t.relation == "copy" and t.other in chain]
    return around([ruler.box(g.placed[k]) for k in (*chain, *copies) if k in g.placed])


def _large_side(reading: Reading, g: Group, ruler: Ruler) -> float:
    """Return the larger side of the subject with what it stands in."""
    x0, y0, x1, y1 = _subject_box(reading, g, ruler)
    subject = g.placed[reading.subject]
    alone = reading.things[reading.subject].other not in g.placed
    return ruler.side(subject) if subject.rotation and alone else max(x1 - x0, y1 - y0)


def _least(reading: Reading, g: Group, ruler: Ruler) -> float:
    """Return by how much the group must grow for its subject to be large enough."""
    itself = ruler.side(g.placed[reading.subject])
    working = reading.things[reading.subject].relation in ("at", "over")
    alone = _ITSELF / itself if working else 0.0
    return max(LEAST / _large_side(reading, g, ruler), alone)


def _kept_row(
    reading: Reading,
    groups: list[Group],
    own: Group,
    pins: dict[int, _Pin],
    ground: float,
    ruler: Ruler,
) -> list[Group] | None:
    """Return the groups with the pinned ones where they were; None when that breaks a rule."""
    if own.root not in pins:
        return None
    fixed: list[Group] = []
    for g in groups:
        if g.root in pins:
            pin = pins[g.root]
            new = g.grown(pin.size)
            if g.root == own.root:
                new = new.grown(max(1.0, _least(reading, new, ruler)))
            fixed.append(new.shifted(pin.x, ground))
    boxes = [g.box(ruler) for g in fixed]
    subject = next(g for g in fixed if g.root == own.root)
    x0, _, x1, _ = _subject_box(reading, subject, ruler)
    if not 1 / 3 <= (x0 + x1) / 2 <= 2 / 3 or _least(reading, subject, ruler) > 1.02:
        return None
    inside = all(b[0] > 0.0 and b[2] < 1.0 and b[1] > 0.0 for b in boxes)
    apart = all(overlap(a, b) < 1e-4 for i, a in enumerate(boxes) for b in boxes[:i])
    if not inside or not apart:
        return None
    for g in groups:
        if g.root not in pins:
            squeezed = _squeezed_in(g, boxes, reading, subject, ground, ruler)
            if squeezed is None:
                return None
            fixed.append(squeezed)
            boxes.append(squeezed.box(ruler))
    return fixed


def _squeezed_in(
    g: Group, boxes: list[Box], reading: Reading, own: Group, ground: float, ruler: Ruler
) -> Group | None:
    """Return a group stood in the widest free stretch of the row; None when it is too narrow."""
    edges = sorted((b[0], b[2]) for b in boxes)
    free, left = [], _EDGE
    for start, end in [*edges, (1 - _EDGE, 1.0)]:
        free.append((start - _GAP - left, left))
        left = max(left, end + _GAP)
    width, start = max(free)
    wanted = g.grown(_beside(reading, g, own, own.placed[own.root].size))
    box = wanted.box(ruler)
    fit = min(1.0, width / (box[2] - box[0]))
    if max(box[2] - box[0], box[3] - box[1]) * fit < _SMALLEST:
        return None
    wanted = wanted.grown(fit)
    box = wanted.box(ruler)
    return wanted.shifted(start + width / 2 - (box[0] + box[2]) / 2, ground)


def _beside(reading: Reading, g: Group, own: Group, size: float) -> float:
    """Return the size of a group's root beside the subject's root of this size."""
    this, subject = reading.things[g.root], reading.things[own.root]
    ratio: float = (this.sprite.size / subject.sprite.size) ** 0.55
    ratio *= this.scale / subject.scale
    least = 0.62 if this.sprite.domain == "people" else 0.0
    return max(min(size * ratio, 0.66), least)


def _free_row(
    reading: Reading,
    groups: list[Group],
    own: Group,
    pins: dict[int, _Pin],
    side: int,
    ground: float,
    random: Random,
    ruler: Ruler,
) -> list[Group]:
    """Return the groups in a row of their own, large, the subject's in the middle third."""
    busy = reading.hand is not None or reading.mark is not None
    target = _FULL.get(len(groups), LEAST + 0.02)
    target *= random.uniform(0.86, 1.0)
    unit = target / _large_side(reading, own, ruler)
    high = own.box(ruler)
    limit = (ground - (0.14 if busy else 0.08)) / (high[3] - high[1])
    unit = max(min(unit, limit), _least(reading, own, ruler))
    size = own.placed[own.root].size * unit
    order = _order(reading, groups, own, pins, side, random)
    varied = {g.root: random.uniform(0.88, 1.04) for g in groups}
    while True:
        sizes = {g.root: _beside(reading, g, own, size) * varied[g.root] for g in order}
        sizes[own.root] = size
        row = _fitted(reading, order, own, sizes, ruler)
        if row is not None or len(order) == 1:
            break
        order.remove(next(g for g in reversed(order) if g.root != own.root))
    if row is None:
        row = [own.grown(_least(reading, own, ruler))]
    return _spread(reading, row, own.root, side, ground, random, ruler)


def _order(
    reading: Reading,
    groups: list[Group],
    own: Group,
    pins: dict[int, _Pin],
    side: int,
    random: Random,
) -> list[Group]:
    """Return the groups from left to right: as the neighbours had them, the held one outside."""
    others = [g for g in groups if g is not own]
    if own.root in pins and all(g.root in pins for g in others):
        return sorted(groups, key=lambda g: pins[g.root].x)
    random.shuffle(others)
    people = [g for g in others if reading.things[g.root].sprite.domain == "people"]
    others = people + [g for g in others if g not in people]
    held = reading.hand.holds if reading.hand else None
    row = [*others[0::2][::-1], own, *others[1::2]]
    if held is not None:
        grip = next((g for g in row if held in g.placed), own)
        row = [g for g in row if g is not grip] + [grip]
        if len(row) > 2 and grip is not own:
            row = [g for g in row if g is not own and g is not grip] + [own, grip]
    return row if side > 0 else row[::-1]


def _fitted(
    reading: Reading, order: list[Group], own: Group, sizes: dict[int, float], ruler: Ruler
) -> list[Group] | None:
    """Return the groups grown so that the row fits; the subject shrinks last. None: no way."""
    room = 1 - 2 * _EDGE - _GAP * (len(order) - 1)
    position = next(k for k, g in enumerate(order) if g.root == own.root)
    grown = {g.root: g.grown(sizes[g.root]) for g in order}
    for g in order:
        box = grown[g.root].box(ruler)
        if g.root != own.root and box[2] - box[0] > _WIDEST:
            grown[g.root] = grown[g.root].grown(_WIDEST / (box[2] - box[0]))
    widths = {root: (b := g.box(ruler))[2] - b[0] for root, g in grown.items()}
    others = sum(width for root, width in widths.items() if root != own.root)
    if others + widths[own.root] > room:
        least = _least(reading, grown[own.root], ruler)
        shrink = min(1.0, max(least, room / (others + widths[own.root])))
        grown[own.root] = grown[own.root].grown(shrink)
        rest = room - widths[own.root] * shrink
        if others and rest / others < 1.0:
            for g in order:
                if g.root != own.root:
                    grown[g.root] = grown[g.root].grown(max(rest, 0.001) / others)
    half = (grown[own.root].box(ruler)[2] - grown[own.root].box(ruler)[0]) / 2
    for flank in (order[:position], order[position + 1 :]):
        # so much is free beside a subject in the middle third
        free = _THIRD - _EDGE - half - _GAP * len(flank)
        taken = sum((b := grown[g.root].box(ruler))[2] - b[0] for g in flank)
        for g in flank:
            grown[g.root] = grown[g.root].grown(min(1.0, max(free, 0.001) / taken))
    for g in order:
        box = grown[g.root].box(ruler)
        if g.root != own.root and max(box[2] - box[0], box[3] - box[1]) < _SMALLEST:
            return None
    if sum((b := g.box(ruler))[2] - b[0] for g in grown.values()) > room + 0.02:
        return None
    return [grown[g.root] for g in order]


def _spread(
    reading: Reading,
    row: list[Group],
    own: int,
    side: int,
    ground: float,
    random: Random,
    ruler: Ruler,
) -> list[Group]:
    """Stand the groups on the ground with even gaps, a little off the middle."""
    boxes = [g.box(ruler) for g in row]
    total = sum(b[2] - b[0] for b in boxes)
    gap = min(0.08, (1 - 2 * _EDGE - total) / (len(row) + 1))
    x = (1 - total - gap * (len(row) - 1)) / 2
    standing = []
    for g, box in zip(row, boxes, strict=True):
        standing.append(g.shifted(x - box[0], ground))
        x += box[2] - box[0] + gap
    subject = next(g for g in standing if g.root == own)
    x0, _, x1, _ = _subject_box(reading, subject, ruler)
    outer = around([g.box(ruler) for g in standing])
    centre = (x0 + x1) / 2
    drift = 0.02 + 0.09 * random.random()
    toward = -side if reading.hand else random.choice((-1, 1))
    wanted = min(max(centre + drift * toward, 0.37), 0.63) - centre
    shift = min(max(wanted, _EDGE / 2 - outer[0]), 1 - _EDGE / 2 - outer[2])
    shift = min(max(shift, 1 - _THIRD - centre), _THIRD - centre)
    return [g.shifted(shift, 0.0) for g in standing]
