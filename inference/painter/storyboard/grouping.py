"""A thing with all that hangs on it, as one group: what is in it, on it, over it, at work on it.

A group is built around its root, which stands with its base at the origin and has size 1; so a
group grows and moves as one.
"""

from dataclasses import dataclass, replace
from math import atan2, degrees

from assets.sprites.library import SIDE, SIZES, Box, Point, Sprite
from assets.sprites.scene import Placed
from inference.painter.geometry import Ruler, around, moved, point, put, scaled
from inference.painter.storyboard.things import Thing

_TALL = 1.35  # how much wider than the mouth of its pot a plant may be
_FIXED = ("tap", "shower")  # what pours without being tilted
_AT_WORK_DOWN = (-0.6, 0.8)  # the direction in which a tool points that works from above


@dataclass(frozen=True)
class Group:
    """Placed sprites by thing; `inside` by thing: the container it is drawn in."""

    root: int
    placed: dict[int, Placed]
    inside: dict[int, int]

    def box(self, ruler: Ruler) -> Box:
        """Return the box around the whole group."""
        return around([ruler.box(placed) for placed in self.placed.values()])

    def grown(self, factor: float, origin: Point = (0.0, 0.0)) -> "Group":
        """Return the group grown about a point."""
        placed = {k: scaled(p, factor, origin) for k, p in self.placed.items()}
        return replace(self, placed=placed)

    def shifted(self, dx: float, dy: float) -> "Group":
        """Return the group moved."""
        return replace(self, placed={k: moved(p, dx, dy) for k, p in self.placed.items()})


def group(things: tuple[Thing, ...], root: int, flip: bool, side: int, ruler: Ruler) -> Group:
    """Return the group of a root, which `flip` mirrors.

    `side` is 1 when tools and hands come from the right, else -1.
    """
    thing = things[root]
    start = Placed(thing.sprite.name, thing.state, 0.0, 0.0, 1.0, tint=thing.tint, flip=flip)
    placed = {root: put(start, thing.sprite.base, (0.0, 0.0))}
    inside: dict[int, int] = {}
    waiting = [root]
    while waiting:
        holder = waiting.pop(0)
        for relation in ("copy", "in", "out", "on", "cover", "over", "pour", "at"):
            hung = [k for k, t in enumerate(things) if t.other == holder and t.relation == relation]
            hung = [k for k in hung if k not in placed]
            if not hung:
                continue
            new = _hang(relation, [things[k] for k in hung], placed[holder], side, ruler)
            placed.update(zip(hung, new, strict=True))
            if relation in ("in", "out") or (
                relation == "at" and ruler.sprite(placed[holder]).inside
            ):
                inside.update({k: holder for k in hung if holder not in inside})
            waiting += hung
    return Group(root, placed, inside)


def hung(thing: Thing, relation: str, holder: Placed, ruler: Ruler, side: int = 1) -> Placed:
    """Return one thing placed by its relation (in, on, out, over, at) to a placed holder."""
    return _hang(relation, [thing], holder, side, ruler)[0]


def hangs(thing: Thing) -> bool:
    """Whether the thing is placed by what it hangs on, not on the ground."""
    return thing.other is not None and thing.relation not in (None, "beside", "under")


def _hang(
    relation: str, things: list[Thing], holder: Placed, side: int, ruler: Ruler
) -> list[Placed]:
    match relation:
        case "copy":
            return _copies(things, holder, side, ruler)
        case "in":
            return _in(things, holder, side, ruler)
        case "out":
            return [_out(thing, holder, ruler) for thing in things]
        case "on":
            return _on(things, holder, ruler)
        case "cover":
            return [_cover(thing, holder, ruler) for thing in things]
        case "over":
            return [_over(thing, holder, side, ruler) for thing in things]
        case "pour":
            return [_tilted(thing, holder, side, ruler) for thing in things]
        case _:
            return [_at(thing, k, holder, side, ruler) for k, thing in enumerate(things)]


def _copies(things: list[Thing], holder: Placed, side: int, ruler: Ruler) -> list[Placed]:
    """Stand copies in a row beside the first, on the side away from the hand."""
    x0, _, x1, _ = ruler.box(holder)
    step = (x1 - x0) * 1.06
    return [
        moved(replace(holder, state=thing.state, tint=thing.tint), -side * step * (k + 1), 0.0)
        for k, thing in enumerate(things)
    ]


def _sized(thing: Thing, holder: Placed, ruler: Ruler, power: float = 0.6) -> Placed:
    """Return the thing at its size beside its holder, compressed so that both can be seen."""
    ratio = (thing.sprite.size / ruler.sprite(holder).size) ** power
    size = holder.size * ratio * thing.scale
    return Placed(thing.sprite.name, thing.state, 0.0, 0.0, size, tint=thing.tint)


def _mouth(holder: Placed, ruler: Ruler) -> Box:
    """Return the holder's inside as a box of the picture; its upper half without one."""
    inside = ruler.sprite(holder).inside or _upper(ruler.drawn(holder.name, holder.state))
    return _placed_box(holder, inside)


def _upper(box: Box) -> Box:
    x0, y0, x1, y1 = box
    return x0, y0, x1, (y0 + y1) / 2


def _placed_box(holder: Placed, box: Box) -> Box:
    a, b = point(holder, (box[0], box[1])), point(holder, (box[2], box[3]))
    return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])


def _in(things: list[Thing], holder: Placed, side: int, ruler: Ruler) -> list[Placed]:
    """Stand things in the mouth of a container, side by side; tools lean in it, tip down."""
    x0, y0, x1, y1 = _mouth(holder, ruler)
    tools = [k for k, t in enumerate(things) if _leans(t)]
    solid = [k for k in range(len(things)) if k not in tools]
    deep = ruler.sprite(holder).inside is not None and _is_front_open(ruler.sprite(holder).inside)
    room = (x1 - x0) / max(len(solid), 1) * (1.0 if len(solid) == 1 else 1.12)
    placed: dict[int, Placed] = {}
    for position, k in enumerate(solid):
        thing = things[k]
        new = _sized(thing, holder, ruler)
        bx0, by0, bx1, by1 = ruler.box(new)
        wide = _TALL if thing.sprite.domain == "garden" and not deep else 0.96
        fit = min(1.0, room * wide / (bx1 - bx0))
        if deep:
            fit = min(fit, (y1 - y0) * 0.94 / (by1 - by0))
        new = replace(new, size=new.size * fit)
        bx0, by0, bx1, by1 = ruler.box(new)
        bottom = y1 if deep else min(y1, y0 + 0.45 * (y1 - y0) + (by1 - by0) * 0.62)
        centre = x0 + (x1 - x0) * (position + 0.5) / len(solid)
        foot = y1 if (by1 - by0) > (y1 - y0) or deep else bottom
        new = moved(new, centre - (bx0 + bx1) / 2, foot - by1)
        placed[k] = new
    for position, k in enumerate(tools):
        target = (x0 + x1) / 2 + (position - (len(tools) - 1) / 2) * 0.2 * (x1 - x0)
        new = _pointing(_sized(things[k], holder, ruler), (-0.42 * side, 0.9), side, ruler)
        depth = y1 if ruler.sprite(holder).inside else (y0 + y1) / 2
        placed[k] = _tip_at(new, (target - side * 0.12 * (x1 - x0), depth), ruler)
    return [placed[k] for k in range(len(things))]


def _is_front_open(inside: Box | None) -> bool:
    """Whether one looks into it from the front, as into an oven, not down into a mouth."""
    return inside is not None and inside[1] >= 56 and inside[3] >= 120


def _leans(thing: Thing) -> bool:
    """Whether it is a tool that lies diagonally, so that it leans in a container tip down."""
    tip, grip = thing.sprite.tip, thing.sprite.grip
    if tip is None or (thing.sprite.inside is not None and thing.sprite.size > SIZES["small"]):
        return False
    return abs(tip[0] - grip[0]) > 40 and abs(tip[1] - grip[1]) > 40


def _out(thing: Thing, holder: Placed, ruler: Ruler) -> Placed:
    """Draw a thing half out of its container."""
    inside = _in([thing], holder, 1, ruler)[0]
    _, y0, _, y1 = ruler.box(inside)
    return moved(inside, 0.0, -0.42 * (y1 - y0))


def _on(things: list[Thing], holder: Placed, ruler: Ruler) -> list[Placed]:
    """Stand things on a surface; without one, lay them over the middle of the holder."""
    surface = ruler.sprite(holder).on
    if surface is None:
        return [_over_middle(t, holder, k, len(things), ruler) for k, t in enumerate(things)]
    x0, _, x1, y1 = _placed_box(holder, surface)
    wanted = [_sized(thing, holder, ruler) for thing in things]
    widths = [(box := ruler.box(p))[2] - box[0] for p in wanted]
    fit = min(1.0, (x1 - x0) * 1.05 / (sum(widths) * 1.08))
    gap = ((x1 - x0) - sum(widths) * fit) / (len(things) + 1)
    x = x0 + gap
    placed = []
    for new, width in zip(wanted, widths, strict=True):
        new = replace(new, size=new.size * fit)
        box = ruler.box(new)
        base = point(new, ruler.sprite(new).base)
        placed.append(moved(new, x - box[0], y1 - base[1]))
        x += width * fit + gap
    return placed


def _over_middle(thing: Thing, holder: Placed, k: int, count: int, ruler: Ruler) -> Placed:
    x0, y0, x1, y1 = ruler.box(holder)
    new = _sized(thing, holder, ruler)
    large = 0.8 * ruler.sprite(holder).size <= thing.sprite.size
    if thing.sprite.tip is None and large and ruler.sprite(holder).size < 1:
        # too large to lie on it like a button on a shirt: it stands on top
        base = point(new, thing.sprite.base)
        return moved(new, (x0 + x1) / 2 - base[0], y0 + 0.18 * (y1 - y0) - base[1])
    side = ruler.side(new)
    new = replace(new, size=new.size * min(1.0, 0.55 * max(x1 - x0, y1 - y0) / side))
    box = ruler.box(new)
    centre = x0 + (x1 - x0) * (k + 1) / (count + 1)
    return moved(new, centre - (box[0] + box[2]) / 2, (y0 + y1) / 2 - (box[1] + box[3]) / 2)


def _over(thing: Thing, holder: Placed, side: int, ruler: Ruler) -> Placed:
    """Hold a thing above; one with a spout is tilted so that it pours into the middle."""
    x0, y0, x1, _ = ruler.box(holder) if not ruler.sprite(holder).inside else _mouth(holder, ruler)
    new = _sized(thing, holder, ruler)
    gap = 0.24 * max(holder.size, thing.sprite.size * 0.8)
    tip, grip = thing.sprite.tip, thing.sprite.grip
    if tip is not None and _leans(thing) and thing.sprite.size < 0.75:
        new = _pointing(new, (_AT_WORK_DOWN[0] * side, _AT_WORK_DOWN[1]), side, ruler)
        return _tip_at(new, ((x0 + x1) / 2, y0 - 0.25 * gap), ruler)
    if tip is None or tip == thing.sprite.base:
        box = ruler.box(new)
        return moved(new, (x0 + x1) / 2 - (box[0] + box[2]) / 2, y0 - gap / 2 - box[3])
    if abs(tip[1] - grip[1]) < 0.6 * abs(tip[0] - grip[0]):
        tilted = 0.0 if thing.sprite.name in _FIXED else -22.0 * side
        new = replace(new, flip=(tip[0] > grip[0]) == (side > 0), rotation=tilted)
    else:
        new = _pointing(new, (-0.85 * side, 0.5), side, ruler)
    return _tip_at(new, ((x0 + x1) / 2 + 0.04 * side * holder.size, y0 - gap), ruler)


def _cover(thing: Thing, holder: Placed, ruler: Ruler) -> Placed:
    """Lay a lid on the mouth of a pot, a little wider than the mouth."""
    x0, _, x1, y1 = _mouth(holder, ruler)
    new = _sized(thing, holder, ruler)
    bx0, _, bx1, _ = ruler.box(new)
    new = replace(new, size=new.size * 1.22 * (x1 - x0) / (bx1 - bx0))
    return put(new, thing.sprite.base, ((x0 + x1) / 2, y1))


def _tilted(thing: Thing, holder: Placed, side: int, ruler: Ruler) -> Placed:
    """Hold a bowl or a cup over the middle of a thing, tilted so that it pours."""
    x0, y0, x1, _ = ruler.box(holder) if not ruler.sprite(holder).inside else _mouth(holder, ruler)
    new = replace(_sized(thing, holder, ruler), rotation=-50.0 * side)
    new = replace(new, flip=(thing.sprite.grip[0] < SIDE / 2) == (side > 0))
    where = ((x0 + x1) / 2, y0 - 0.12 * holder.size)
    return put(new, lip(thing.sprite), where)


def lip(sprite: Sprite) -> Point:
    """Return where a tilted container pours: the end of its mouth away from its grip."""
    x0, y0, x1, y1 = sprite.inside or (0.0, 0.0, SIDE, SIDE)
    beyond = 0.12 * (x1 - x0)
    return x1 + beyond if sprite.grip[0] < SIDE / 2 else x0 - beyond, y1 - 0.25 * (y1 - y0)


def _at(thing: Thing, nth: int, holder: Placed, side: int, ruler: Ruler) -> Placed:
    """Put a tool's working end where it works: in the mouth, or on the near side of the holder.

    The second tool at one holder works beside the first.
    """
    new = _sized(thing, holder, ruler, power=0.5)
    tip, grip = thing.sprite.tip, thing.sprite.grip
    x0, y0, x1, y1 = ruler.box(holder)
    if not _leans(thing):
        new = replace(new, size=new.size * min(1.0, 0.75 * max(x1 - x0, y1 - y0) / ruler.side(new)))
    if ruler.sprite(holder).inside is not None and _leans(thing):
        return _in([thing], holder, side, ruler)[0]
    if tip is None:
        return _over_middle(thing, holder, 0, 1, ruler)
    near = x1 if side > 0 else x0
    if abs(tip[1] - grip[1]) < 0.6 * abs(tip[0] - grip[0]):
        new = replace(new, flip=(tip[0] > grip[0]) == (side > 0))
        return _tip_at(new, (near - 0.3 * side * (x1 - x0), y0 + 0.4 * (y1 - y0)), ruler)
    new = _pointing(new, (_AT_WORK_DOWN[0] * side, _AT_WORK_DOWN[1]), side, ruler)
    aside = (0.1 - 0.4 * nth) * side * (x1 - x0)
    where = ((x0 + x1) / 2 + aside, y0 + (0.25 + 0.2 * nth) * (y1 - y0))
    return _tip_at(new, where, ruler)


def _pointing(placed: Placed, direction: Point, side: int, ruler: Ruler) -> Placed:
    """Return the tool turned so that it points from its grip to its tip in this direction."""
    sprite = ruler.sprite(placed)
    assert sprite.tip is not None
    new = replace(placed, flip=side < 0, rotation=0.0)
    tip, grip = point(new, sprite.tip), point(new, sprite.grip)
    natural = atan2(tip[1] - grip[1], tip[0] - grip[0])
    turn = degrees(atan2(direction[1], direction[0]) - natural)
    return replace(new, rotation=round((turn + 180) % 360 - 180, 1))


def _tip_at(placed: Placed, where: Point, ruler: Ruler) -> Placed:
    tip = ruler.sprite(placed).tip
    assert tip is not None
    return put(placed, tip, where)
