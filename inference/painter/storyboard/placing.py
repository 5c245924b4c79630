"""A reading, a seed and the neighbours' scenes as a scene: background, row, hand, action mark."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from assets.sprites.library import Library
from assets.sprites.scene import PICTURE, Placed, Scene
from inference.painter.geometry import Ruler, moved, overlap, point, put, rounded
from inference.painter.storyboard.grouping import Group, hangs, lip
from inference.painter.storyboard.reading import Reading
from inference.painter.storyboard.row import stand
from inference.painter.storyboard.things import Neighbour

_MARK = 0.19
_HAND = 0.42

_PLACES = {
    "cooking": ("kitchen", "tabletop"), "garden": ("garden", "outdoors"),
    "pets": ("living room", "garden"), "repair": ("workshop", "garage"),
    "clothes": ("laundry", "bedroom"), "crafts": ("desk", "tabletop"),
    "transport": ("garage", "street"), "home": ("living room", "plain"),
    "nature": ("outdoors", "garden"), "people": ("living room", "plain"),
    "care": ("bathroom", "bedroom"),
}  # fmt: skip
_OWN_PLACES = {
    "bathtub": "bathroom", "shower": "bathroom", "sink": "bathroom", "toilet": "bathroom",
    "tap": "bathroom", "soap": "bathroom", "tent": "outdoors", "campfire": "outdoors",
    "backpack": "outdoors", "sleeping bag": "outdoors", "hiking boot": "outdoors",
    "compass": "outdoors", "map": "outdoors", "boat": "outdoors", "fishing rod": "outdoors",
    "bed": "bedroom", "pillow": "bedroom", "dish soap": "kitchen", "suitcase": "bedroom",
    "bus": "street", "train": "street", "dishwasher": "kitchen", "needle": "tabletop",
    "litter box": "living room", "fish tank": "living room",
    "thread": "tabletop", "button": "tabletop", "binoculars": "outdoors", "washing machine":
    "laundry", "bird feeder": "garden", "water bottle": "outdoors", "first aid kit": "outdoors",
    "log": "outdoors", "sewing machine": "tabletop", "shoe": "living room", "plunger": "bathroom",
    "snowman": "outdoors", "mailbox": "street", "ring": "bedroom", "watch": "bedroom",
    "necklace": "bedroom", "wallet": "living room", "bow tie": "bedroom", "toothbrush": "bathroom",
}  # fmt: skip


def arrange(
    reading: Reading, neighbours: Sequence[Neighbour], seed: int, drawings: Library
) -> Scene:
    """Return the scene of a reading; another seed gives another composition of the same things."""
    random = Random(seed)
    ruler = Ruler(drawings)
    side = 1 if seed % 2 == 0 else -1
    background = _background(reading, random, drawings)
    ground = 0.85 if background is None else drawings[background].base[1] / PICTURE
    row = stand(reading, neighbours, side, ground, random, ruler)
    return _scene(reading, row, background, side, ruler)


def _background(reading: Reading, random: Random, drawings: Library) -> str | None:
    thing = reading.things[reading.subject]
    chain = [thing.sprite.name]
    if thing.other is not None and thing.relation in ("in", "on", "out"):
        chain.append(reading.things[thing.other].sprite.name)
    names = [_OWN_PLACES[name] for name in (*chain, *reading.about) if name in _OWN_PLACES]
    if reading.domain == "pets" and (reading.bathing or "bathroom" in names):
        names.insert(0, "bathroom")
    choice = random.choice(_PLACES.get(reading.domain, ("plain",)))
    wanted = (reading.background, names[0] if names else None, choice, "tabletop", "kitchen")
    return next((name for name in wanted if name is not None and name in drawings), None)


def _scene(
    reading: Reading, row: list[Group], background: str | None, side: int, ruler: Ruler
) -> Scene:
    """Return the scene of the standing groups with the hand and the action mark."""
    placed = {k: p for g in row for k, p in g.placed.items()}
    inside = {k: holder for g in row for k, holder in g.inside.items()}
    order = sorted(placed)
    index = {k: position for position, k in enumerate(order)}
    sprites = []
    for k in order:
        holder = inside.get(k)
        sprites.append(
            replace(
                rounded(_facing(reading, placed, k, ruler)),
                layer=_depth(reading, k) if holder is None else 0,
                inside=None if holder is None else index[_outermost(holder, inside)],
            )
        )
    hand = reading.hand
    if hand is not None and hand.holds in placed:
        sprites.append(rounded(_hand(reading, placed, side, ruler)))
    if reading.mark is not None and reading.mark_at in placed:
        sprites.append(rounded(_mark(reading, placed, sprites, side, ruler)))
    return Scene(background, tuple(sprites))


def _depth(reading: Reading, k: int) -> int:
    """Return how many things a thing hangs on, one on another."""
    depth = 0
    thing = reading.things[k]
    while hangs(thing) and thing.relation != "copy" and thing.other is not None and depth < 5:
        depth, thing = depth + 1, reading.things[thing.other]
    return depth


def _facing(reading: Reading, placed: dict[int, Placed], k: int, ruler: Ruler) -> Placed:
    """Return a person turned to the subject; drawings of people look to the right."""
    subject = placed[reading.subject]
    if reading.things[k].sprite.domain != "people" or k == reading.subject:
        return placed[k]
    turned = replace(placed[k], flip=subject.x < placed[k].x)
    return moved(turned, ruler.box(placed[k])[0] - ruler.box(turned)[0], 0.0)


def _outermost(holder: int, inside: dict[int, int]) -> int:
    while holder in inside:
        holder = inside[holder]
    return holder


def _hand(reading: Reading, placed: dict[int, Placed], side: int, ruler: Ruler) -> Placed:
    """Return the hand with its finger tips at the grip of what it holds."""
    hand = reading.hand
    assert hand is not None
    assert hand.holds is not None
    held = placed[hand.holds]
    grip = point(held, ruler.sprite(held).grip)
    size = min(max(0.66 * ruler.side(held), 0.3), _HAND)
    new = Placed(hand.sprite.name, hand.state, 0.5, 0.5, size, hand.tint, flip=side < 0, layer=3)
    best = put(new, hand.sprite.tip or (70.0, 70.0), grip)
    if ruler.box(best)[3] > 1.06:  # the arm may leave the picture a little, not more
        turned = replace(new, rotation=-40.0 * side)
        return put(turned, hand.sprite.tip or (70.0, 70.0), grip)
    return best


def _mark(
    reading: Reading,
    placed: dict[int, Placed],
    sprites: list[Placed],
    side: int,
    ruler: Ruler,
) -> Placed:
    """Return the action mark beside what it is about, where it hides the least."""
    assert reading.mark is not None
    new = Placed(reading.mark.name, reading.mark.default_state, 0.5, 0.5, _MARK, layer=4)
    x0, y0, x1, y1 = ruler.box(placed[reading.mark_at])
    half = _MARK / 2
    middle = (x0 + x1) / 2
    spots = [
        (middle, y0 - half),
        (x0 if side > 0 else x1, y0 - half * 0.7),
        (x0 - half if side > 0 else x1 + half, (y0 + y1) / 2),
        (x0 - half if side > 0 else x1 + half, y0 + half),
        (x1 + half if side > 0 else x0 - half, y0 + half),
        (x1 + half if side > 0 else x0 - half, (y0 + y1) / 2),
        (middle, y0 - 2.2 * half),
    ]
    tools = [
        k
        for k, t in enumerate(reading.things)
        if t.relation in ("at", "over", "pour") and k in placed
    ]
    for k in tools:
        tip = ruler.sprite(placed[k]).tip
        if reading.things[k].relation == "pour":
            x, y = point(placed[k], lip(ruler.sprite(placed[k])))
            return replace(new, x=x, y=y + half, flip=side > 0)
        if tip is not None:
            x, y = point(placed[k], tip)
            if reading.things[k].relation == "over":
                return replace(new, x=x, y=y + half, flip=side > 0)
            spots.insert(0, (x - half * 0.2 * side, y + half * 0.9))
            spots.insert(1, (x - 1.15 * half * side, y - half * 0.3))
    boxes = [ruler.box(p) for p in sprites]

    def hidden(spot: tuple[float, float]) -> float:
        x, y = min(max(spot[0], 0.11), 0.89), min(max(spot[1], 0.11), 0.89)
        mine = (x - half * 0.8, y - half * 0.8, x + half * 0.8, y + half * 0.8)
        away = abs(x - spot[0]) + abs(y - spot[1])
        return sum(overlap(mine, box) for box in boxes) + 0.2 * away

    best = min(enumerate(spots), key=lambda item: (round(hidden(item[1]), 3), item[0]))[1]
    return replace(new, x=min(max(best[0], 0.11), 0.89), y=min(max(best[1], 0.11), 0.89))
