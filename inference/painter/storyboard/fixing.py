"""An instruction in plain words as a changed scene; what it doesn't name stays exactly as it is."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from assets.sprites.library import Library, Sprite
from assets.sprites.scene import Placed, Scene, mirrored
from inference.lexicon import TINT_WORDS, word_set
from inference.painter.captions import hanging, named
from inference.painter.drawing import CannotFix
from inference.painter.geometry import Ruler, framed, moved, point, put, rounded, scaled
from inference.painter.naming import HANDS, Context, Names, names_of, state_for
from inference.painter.storyboard.asking import asked
from inference.painter.storyboard.grouping import hung
from inference.painter.storyboard.parsing import Mention, Parsed, parse
from inference.painter.storyboard.reading import MOST
from inference.painter.storyboard.things import Thing

_CAN = (
    "I can add, remove, replace, colour, move, resize or flip a thing, change its state, "
    'or change the background, such as "make the bucket blue" or "open the box".'
)
_REMOVE = re.compile(r"^(?:remove|delete|erase|drop|omit|hide|get rid of|take (?:away|out|off))\b")
_ADD = re.compile(r"^(?:add|put|place|insert|include|draw|show)\b")
_REPLACE = re.compile(
    r"^(?:replace|swap|exchange|substitute|change)\b(.+?)\b(?:with|by|for|into|to)\b(.+)"
)
_OUT = re.compile(r"^take\b.+\bout of\b")
_MOVE = re.compile(r"\b(left|right|up|down|higher|lower)\b")
_MOVES = word_set("move shift push nudge slide bring drag")
_BIGGER = re.compile(r"\b(?:bigger|larger|enlarge|grow|taller)\b")
_SMALLER = re.compile(r"\b(?:smaller|shrink|tinier|reduce)\b")
_FLIP = re.compile(r"^(?:flip|mirror)\b")
_WHOLE = re.compile(r"\b(?:picture|scene|everything|image|all)\b|^(?:flip|mirror)(?: it)?$")
_MARKS = re.compile(r"\b(?:arrow|sign|mark|symbol)s?\b")
_STEP = 0.12  # of the picture's side, how far a thing is moved
_GROWTH = 1.3


@dataclass(frozen=True)
class _Desk:
    """What a fix works with."""

    drawings: Library
    names: Names
    ruler: Ruler
    random: Random


def fixed(scene: Scene, instruction: str, seed: int, drawings: Library) -> Scene:
    """Return the scene changed as told; raises CannotFix when a part can't be followed."""
    desk = _Desk(drawings, names_of(drawings), Ruler(drawings), Random(seed))
    parts = asked(instruction)
    strange = next((p.name for p in scene.sprites if p.name not in drawings), None)
    if strange is not None:
        raise CannotFix(f"This library has no drawing of the {strange} in this picture.")
    if not parts:
        raise CannotFix(_CAN)
    for part in parts[:10]:
        scene = _one(scene, part, desk)
    return scene


def _one(scene: Scene, text: str, desk: _Desk) -> Scene:
    parsed = parse(text, desk.names, _context(scene, desk))
    if _FLIP.search(text):
        if _WHOLE.search(text):
            return mirrored(scene)
        return _changed(scene, _targets(scene, parsed, text, desk), _flipped)
    if _REMOVE.search(text) or text.startswith(("no ", "without ")):
        return _without(scene, set(_targets(scene, parsed, text, desk)))
    if (place := _background(parsed, text)) is not None:
        return replace(scene, background=place)
    match = _REPLACE.search(text)
    if match is not None and (new := _sprite(match[2], scene, desk)) is not None:
        return _replaced(scene, match[1], new, desk)
    if _ADD.search(text):
        return _added(scene, parsed, text, desk)
    if _OUT.search(text):
        return _set_apart(scene, _targets(scene, parsed, text, desk), desk)
    words = text.split()
    if words[0] in _MOVES and (direction := _MOVE.search(text)):
        return _moved(scene, _targets(scene, parsed, text, desk), direction[1], text, desk)
    if _BIGGER.search(text) or _SMALLER.search(text):
        factor = _GROWTH if _BIGGER.search(text) else 1 / _GROWTH
        return _grown(scene, _targets(scene, parsed, text, desk), factor, desk)
    return _recoloured_or_restated(scene, parsed, text, desk)


def _context(scene: Scene, desk: _Desk) -> Context:
    seen = [p.name for p in scene.sprites if p.name in desk.drawings]
    return Context(Counter(desk.drawings[name].domain for name in seen), frozenset(seen))


def _changed(scene: Scene, at: list[int], change: Callable[[Placed], Placed]) -> Scene:
    return replace(
        scene,
        sprites=tuple(change(p) if k in at else p for k, p in enumerate(scene.sprites)),
    )


def _flipped(placed: Placed) -> Placed:
    return replace(placed, flip=not placed.flip, rotation=-placed.rotation)


# ---------------------------------------------------------------- which sprite is meant


def _targets(scene: Scene, parsed: Parsed, text: str, desk: _Desk) -> list[int]:
    """Return the indices that the text names; raises CannotFix when none is in the picture."""
    for mention in parsed.mentions:
        found = _named(scene, mention, text)
        if found:
            return found
    if _MARKS.search(text):
        marks = [k for k, p in enumerate(scene.sprites) if _domain(p, desk) == "actions"]
        if marks:
            return marks
    solid = [k for k, p in enumerate(scene.sprites) if _domain(p, desk) != "actions"]
    if re.search(r"\b(?:it|them)\b", text) and len(solid) == 1:
        return solid
    unknown = next((" ".join(m.phrase.words) for m in parsed.mentions), None)
    if unknown is None:
        raise CannotFix(_CAN)
    raise CannotFix(f"There is no {unknown} in this picture. {_CAN}")


def _domain(placed: Placed, desk: _Desk) -> str:
    return desk.drawings[placed.name].domain if placed.name in desk.drawings else ""


def _named(scene: Scene, mention: Mention, text: str) -> list[int]:
    if mention.sprite is None:
        return []
    wanted = HANDS if mention.role == "hand" else (mention.sprite.name,)
    found = [k for k, p in enumerate(scene.sprites) if p.name in wanted]
    if len(found) < 2:
        return found
    exact = [
        k
        for k in found
        if (p := scene.sprites[k]).tint in mention.words
        or state_for(mention.sprite, *mention.words) == p.state
    ]
    found = exact or found
    if mention.phrase.plural or mention.phrase.determiner in ("all", "both", "every"):
        return found
    if "left" in mention.words or re.search(r"\bon the left\b|\bleft (?:one|hand)\b", text):
        return [min(found, key=lambda k: scene.sprites[k].x)]
    if "right" in mention.words or re.search(r"\bon the right\b", text):
        return [max(found, key=lambda k: scene.sprites[k].x)]
    return found[:1]


def _sprite(text: str, scene: Scene, desk: _Desk) -> tuple[Sprite, Mention] | None:
    """Return the drawing that a fragment names, with its mention."""
    parsed = parse(text.strip(), desk.names, _context(scene, desk))
    for mention in parsed.mentions:
        if mention.sprite is not None and mention.role != "place":
            return mention.sprite, mention
    return None


def _background(parsed: Parsed, text: str) -> str | None:
    place = next((m for m in parsed.mentions if m.role == "place"), None)
    if place is None or place.sprite is None:
        return None
    others = any(m.role in ("thing", "hand", "person") for m in parsed.mentions)
    return place.sprite.name if "background" in text or not others else None


# ---------------------------------------------------------------- the changes


def _without(scene: Scene, gone: set[int]) -> Scene:
    """Return the scene without these; what was inside them stays where it is."""
    kept = [k for k in range(len(scene.sprites)) if k not in gone]
    new = {old: position for position, old in enumerate(kept)}
    sprites = tuple(
        replace(p, inside=None if p.inside is None else new.get(p.inside))
        for p in (scene.sprites[k] for k in kept)
    )
    return replace(scene, sprites=sprites)


def _replaced(scene: Scene, old: str, new: tuple[Sprite, Mention], desk: _Desk) -> Scene:
    parsed = parse(old.strip(), desk.names, _context(scene, desk))
    sprite, mention = new

    def change(placed: Placed) -> Placed:
        before = desk.drawings[placed.name]
        size = placed.size * (sprite.size / before.size) ** 0.55
        state = state_for(sprite, *mention.words) or sprite.default_state
        tint = mention.tint if sprite.tint else None
        fresh = replace(placed, name=sprite.name, state=state, tint=tint, size=size, rotation=0.0)
        return framed(put(fresh, sprite.base, point(placed, before.base)), desk.ruler)

    return _changed(scene, _targets(scene, parsed, old, desk), change)


def _added(scene: Scene, parsed: Parsed, text: str, desk: _Desk) -> Scene:
    mention = next((m for m in parsed.mentions if m.role != "nothing"), None)
    there = _named(scene, mention, text) if mention is not None else []
    if there and mention and mention.phrase.determiner == "the" and len(parsed.mentions) > 1:
        return _rehung(scene, there[0], parsed, desk)
    if len(scene.sprites) >= MOST:
        raise CannotFix(f"This picture has {MOST} things already: remove one of them first.")
    mark = _mark(text, desk)
    if mention is None or mention.sprite is None:
        if mark is not None:
            new = Placed(mark.name, mark.default_state, 0.5, 0.12, 0.19, layer=4)
            return replace(scene, sprites=(*scene.sprites, new))
        what = " ".join(mention.phrase.words) if mention is not None else "that"
        raise CannotFix(f"There is no drawing for {what}. {_CAN}")
    sprite = mention.sprite
    state = state_for(sprite, *mention.words) or sprite.default_state
    thing = Thing(sprite, state, mention.tint if sprite.tint else None)
    count = min(mention.phrase.quantity or 1, MOST - len(scene.sprites))
    for _ in range(count):
        scene = _with_one(scene, thing, parsed, desk)
    return scene


def _rehung(scene: Scene, k: int, parsed: Parsed, desk: _Desk) -> Scene:
    """Return the scene with a thing that it has already put in or on another: "put the …"."""
    old = scene.sprites[k]
    thing = Thing(desk.drawings[old.name], old.state, old.tint)
    new = _with_one(scene, thing, parsed, desk).sprites[-1]
    holder = next((h for m in parsed.mentions[1:] for h in _named(scene, m, "")), None)
    if holder is None or holder == k or k in _group(scene, [holder], desk):
        raise CannotFix(_CAN)
    return _changed(scene, [k], lambda _: new)


def _set_apart(scene: Scene, at: list[int], desk: _Desk) -> Scene:
    """Return the scene with things beside what they were in or on, in the free space."""
    for k in at:
        old = scene.sprites[k]
        thing = Thing(desk.drawings[old.name], old.state, old.tint)
        apart = _in_free_space(_without(scene, {k}), thing, desk)
        scene = replace(scene, sprites=(*scene.sprites[:k], apart, *scene.sprites[k + 1 :]))
    return scene


def _mark(text: str, desk: _Desk) -> Sprite | None:
    for word in text.split()[1:]:
        found = desk.names.actions.get((word,))
        if found:
            return found[0]
    for (name, *rest), found in desk.names.actions.items():
        if name == "move" and rest and rest[0] in text and _MARKS.search(text):
            return found[0]
    return None


def _with_one(scene: Scene, thing: Thing, parsed: Parsed, desk: _Desk) -> Scene:
    """Return the scene with one more thing: in or on what the text says, else in the free space."""
    for mention in parsed.mentions[1:]:
        link = mention.link[0] if mention.link else None
        for holder in _named(scene, mention, "") if link in ("in", "on", "over", "with") else ():
            return _with_hung(scene, thing, link or "on", holder, desk)
    if thing.sprite.name in HANDS:
        return _with_hand(scene, thing, desk)
    placed = _in_free_space(scene, thing, desk)
    return replace(scene, sprites=(*scene.sprites, placed))


def _with_hung(scene: Scene, thing: Thing, link: str, holder: int, desk: _Desk) -> Scene:
    base = scene.sprites[holder]
    offers = desk.drawings[base.name]
    relation = "in" if offers.inside is not None and link != "over" else "on"
    placed = hung(thing, "over" if link == "over" else relation, base, desk.ruler)
    others = sum(p.inside == holder for p in scene.sprites)
    placed = moved(placed, (0.16 if others % 2 else -0.16) * base.size * (others > 0), 0.0)
    inside = base.inside if base.inside is not None else holder
    placed = replace(
        placed,
        inside=inside if relation == "in" and link != "over" else None,
        layer=0 if relation == "in" and link != "over" else base.layer + 1,
    )
    return replace(scene, sprites=(*scene.sprites, rounded(placed)))


def _with_hand(scene: Scene, thing: Thing, desk: _Desk) -> Scene:
    solid = [p for p in scene.sprites if _domain(p, desk) not in ("actions", "")]
    if not solid:
        return replace(scene, sprites=(*scene.sprites, _in_free_space(scene, thing, desk)))
    held = max(solid, key=lambda p: desk.ruler.side(p) * (1.5 if desk.drawings[p.name].tip else 1))
    state = "holding" if "holding" in thing.sprite.states else thing.state
    hand = Placed(thing.sprite.name, state, 0.5, 0.5, 0.4, thing.tint, layer=3)
    grip = point(held, desk.drawings[held.name].grip)
    placed = put(hand, thing.sprite.tip or (70.0, 70.0), grip)
    return replace(scene, sprites=(*scene.sprites, rounded(placed)))


def _in_free_space(scene: Scene, thing: Thing, desk: _Desk) -> Placed:
    """Return the thing on the ground in the widest free stretch of the row."""
    ground = 0.85
    if scene.background is not None and scene.background in desk.drawings:
        ground = desk.drawings[scene.background].base[1] / 768
    edges = sorted((b[0], b[2]) for b in (desk.ruler.box(p) for p in scene.sprites))
    free, left = [], 0.03
    for start, end in [*edges, (0.97, 1.0)]:
        free.append((start - left - 0.02, left + 0.01))
        left = max(left, end)
    width, start = max(free)
    fresh = Placed(thing.sprite.name, thing.state, 0.5, 0.5, 0.5, tint=thing.tint)
    box = desk.ruler.box(fresh)
    wanted = 0.5 * min(1.0, (thing.sprite.size / 0.9) ** 0.6)
    size = min(wanted, 0.5 * width / (box[2] - box[0]))
    if size < 0.1:
        # no gap in the row: small, in front, at the side that the seed picks
        size, start, width = 0.2, desk.random.choice((0.02, 0.74)), 0.24
        ground = min(ground + 0.1, 0.97)
    fresh = replace(fresh, size=size)
    box = desk.ruler.box(fresh)
    x = start + width / 2 - (box[0] + box[2]) / 2
    y = ground - point(fresh, thing.sprite.base)[1]
    return rounded(moved(fresh, x, y))


def _moved(scene: Scene, at: list[int], direction: str, text: str, desk: _Desk) -> Scene:
    step = _STEP * (0.5 if re.search(r"\b(?:bit|little|slightly)\b", text) else 1.0)
    step *= 2.0 if re.search(r"\b(?:lot|far|much)\b", text) else 1.0
    dx, dy = {
        "left": (-step, 0.0), "right": (step, 0.0), "up": (0.0, -step), "higher": (0.0, -step),
        "down": (0.0, step), "lower": (0.0, step),
    }[direction]  # fmt: skip
    group = _group(scene, at, desk)
    boxes = [desk.ruler.box(scene.sprites[k]) for k in at]
    dx = min(max(dx, min(-min(b[0] for b in boxes), 0.0)), max(1 - max(b[2] for b in boxes), 0.0))
    dy = min(max(dy, min(-min(b[1] for b in boxes), 0.0)), max(1 - max(b[3] for b in boxes), 0.0))
    return _changed(scene, group, lambda p: rounded(moved(p, dx, dy)))


def _group(scene: Scene, at: list[int], desk: _Desk) -> list[int]:
    """Return these and all that hangs on them: a pot moves with its plant."""
    group = list(at)
    on = hanging(scene, desk.ruler)
    for _ in scene.sprites:
        group += [k for k, holder in on.items() if holder in group and k not in group]
    return group


def _grown(scene: Scene, at: list[int], factor: float, desk: _Desk) -> Scene:
    for k in at:
        placed = scene.sprites[k]
        size = min(max(placed.size * factor, 0.08), 1.2)
        origin = point(placed, desk.drawings[placed.name].base)
        group, by = _group(scene, [k], desk), size / placed.size
        sprites = tuple(
            rounded(scaled(p, by, origin)) if i in group else p for i, p in enumerate(scene.sprites)
        )
        scene = replace(scene, sprites=sprites)
    return scene


def _recoloured_or_restated(scene: Scene, parsed: Parsed, text: str, desk: _Desk) -> Scene:
    at = _targets(scene, parsed, text, desk)
    sprite = desk.drawings[scene.sprites[at[0]].name]
    words = [w.base for w in parsed.words if w.kind not in ("det", "stop")]
    pairs = [*pairwise(words), *zip(words, words[2:], strict=False)]
    tint = next((TINT_WORDS[word] for word in reversed(words) if word in TINT_WORDS), None)
    state = next((s for pair in pairs if (s := _exact(sprite, pair))), None)
    named_words = {word for name in sprite.names for word in name.casefold().split()}
    single = [w for w in reversed(words) if w not in named_words or w in sprite.states]
    state = state or next((s for word in single if (s := state_for(sprite, word))), None)
    if tint is not None and state is None:
        if sprite.tint is None:
            noun = named(sprite, sprite.default_state, None).split(" ", 1)[1]
            raise CannotFix(f"The {noun} has no part that takes a colour. {_CAN}")
        return _changed(scene, at, lambda p: replace(p, tint=tint))
    if state is None:
        states = ", ".join(sprite.states)
        raise CannotFix(f"The {sprite.names[0]} can be: {states}. {_CAN}")
    return _changed(scene, at, lambda p: replace(p, state=state, tint=tint or p.tint))


def _exact(sprite: Sprite, pair: tuple[str, str]) -> str | None:
    for state, leading in sprite.states.items():
        if " ".join(pair) in leading:
            return state
    return None
