"""The things of a picture: what each mention is drawn as, in what state, hung on what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assets.sprites.library import SIZES, TINTS, Sprite
from assets.sprites.scene import Placed, Scene
from inference.lexicon import PARTS, TINT_WORDS, word_set
from inference.painter.naming import is_tool, key, state_for
from inference.painter.storyboard.parsing import Mention, Parsed
from inference.painter.storyboard.states import (
    between,
    described_state,
    led_to,
    looked_state,
    told_state,
)
from inference.phrases import base_form

_SIDES = ("previous", "anchor", "next")  # whose appearance wins
LIQUIDS = word_set(
    """water milk soup tea coffee juice oil sauce broth stock paint cream liquid vinegar wine dye
    suds foam lemonade smoothie"""
)
STILL = word_set("hold show sit stand lie have be rest lean keep contain place set use")
POURING = word_set("pour water drizzle sprinkle add ladle tip empty")
LID = "lid"
# A closed thing opens when something is in it, a folded one unfolds when something is on it.
_YIELDING = {"in": ("closed", "open"), "out": ("closed", "open"), "on": ("folded", "flat")}


@dataclass(frozen=True)
class Neighbour:
    """A picture of a nearby step that this one must fit."""

    role: Literal["previous", "next", "anchor"]
    scene: Scene


@dataclass(frozen=True)
class Thing:
    """A drawing in the picture, and how it hangs on another thing (index `other`).

    `relation` is in, on, out (being taken out), over, pour (tilted over it), cover (its lid),
    at (a tool at work on it), copy, under or beside.
    A copy (the second of three eggs) stands beside the first, its `other`. `scale` is the size
    that the text asks for beside the usual one.
    """

    sprite: Sprite
    state: str
    tint: str | None
    relation: str | None = None
    other: int | None = None
    scale: float = 1.0


def by_role(neighbours: Sequence[Neighbour]) -> list[Neighbour]:
    """Return the neighbours in the order in which their appearance wins."""
    return sorted(neighbours, key=lambda neighbour: _SIDES.index(neighbour.role))


def things_of(
    shown: Parsed, told: Parsed, neighbours: Sequence[Neighbour]
) -> tuple[list[Thing], dict[int, int]]:
    """Return the things to draw and, for each mention that is drawn, its thing."""
    things: list[Thing] = []
    place: dict[int, int] = {}
    hands_only = all(m.role in ("hand", "nothing", "place") for m in shown.mentions)
    for i, mention in enumerate(shown.mentions):
        if _is_content(i, shown, things, place) or _is_poured(i, shown):
            continue
        if _is_seen_in_another(i, shown, place):
            continue
        sprite = mention.sprite
        drawn = mention.role in ("thing", "person") or (hands_only and mention.role == "hand")
        if sprite is None or not drawn:
            continue
        again = _mentioned_before(mention, things)
        if again is not None:
            place[i] = again
            if any(word in TINT_WORDS for word in mention.words):  # "The pot is green."
                things[again] = replace(things[again], tint=mention.tint)
            continue
        described = described_state(i, shown)
        kept = _kept(sprite, neighbours, sum(t.sprite == sprite for t in things))
        thing = Thing(
            sprite=sprite,
            state=between(
                sprite,
                described or told_state(sprite, told) or looked_state(mention),
                described,
                kept,
            ),
            tint=mention.tint or next((p.tint for p in kept if p.tint in TINTS), None),
            scale=_scale(mention),
        )
        relation, other = _relation(i, shown, things, place)
        place[i] = len(things)
        things.append(replace(thing, relation=relation, other=other))
        hung = relation in ("in", "on", "over", "at", "out", "pour")
        copy = things[-1] if hung else replace(thing, relation="copy", other=place[i])
        things += [copy] * (min(_count(mention), 3) - 1)
    for i in range(len(shown.mentions) - 1):
        link = shown.mentions[i + 1].link
        part = shown.mentions[i].role == "nothing" and link in (("of", i), ("part", i))
        if (part or _is_poured(i, shown)) and i + 1 in place:
            place[i] = place[i + 1]
    things = _yielding(_settings(things, shown, place))
    _place_poured(shown, place)
    return things, place


def _yielding(things: list[Thing]) -> list[Thing]:
    """Return the things, a closed one with something in it opened, a folded one spread."""
    for thing in tuple(things):
        if thing.other is None or thing.relation not in _YIELDING:
            continue
        before, after = _YIELDING[thing.relation]
        holder = things[thing.other]
        if holder.state == before and after in holder.sprite.states:
            things[thing.other] = replace(holder, state=after)
    return things


def _place_poured(shown: Parsed, place: dict[int, int]) -> None:
    """Let the pan stand for the batter of "pours batter into a pan", which can't be drawn."""
    for event in shown.events:
        if event.verb in POURING and event.object is not None and event.object not in place:
            for i, mention in enumerate(shown.mentions):
                link, at = mention.link or ("", -1)
                if link in ("in", "on", "over", "to") and at == event.object and i in place:
                    place[event.object] = place[i]


def _mentioned_before(mention: Mention, things: list[Thing]) -> int | None:
    """Return the thing that "the pot" means when a pot was named before."""
    if mention.phrase.determiner not in ("the", "its", "this", "that", "their", "his", "her"):
        return None
    same = [i for i, thing in enumerate(things) if thing.sprite == mention.sprite]
    return same[-1] if same else None


def _count(mention: Mention) -> int:
    if "pair" in mention.phrase.adjectives:
        return 2 if _single(mention) else 1
    if mention.phrase.quantity:
        return mention.phrase.quantity
    pair = mention.sprite is not None and key(mention.sprite.names[0])[-1:] != (
        mention.phrase.words[-1],
    )
    return 2 if mention.phrase.plural and pair and _single(mention) else 1


def _single(mention: Mention) -> bool:
    """Whether the drawing shows one such thing, so that a plural asks for more of it."""
    assert mention.sprite is not None
    last = [name.split()[-1] for name in mention.sprite.names]
    return all(word == base_form(word) for word in last)


def _scale(mention: Mention) -> float:
    small = any(w in ("small", "smaller", "little", "tiny", "mini") for w in mention.words)
    large = any(w in ("large", "larger", "big", "bigger", "huge", "tall") for w in mention.words)
    return 0.84 if small else 1.16 if large else 1.0


def _is_content(i: int, shown: Parsed, things: list[Thing], place: dict[int, int]) -> bool:
    """Whether a state of its container shows this mention: "a pot with soil"; sets that state."""
    mention = shown.mentions[i]
    if mention.link is None or mention.link[0] not in ("with", "of", "and", "out"):
        return False
    if mention.link[0] == "out":
        return _is_source(i, shown, place)
    holder = place.get(mention.link[1])
    if holder is None:
        return False
    if things[holder].sprite.inside is None or mention.phrase.head in PARTS:
        if not _is_part(mention, holder, things):
            return False
        place[i] = holder
        return True
    sprite, liquid = things[holder].sprite, mention.phrase.head in LIQUIDS
    by_noun = state_for(sprite, mention.phrase.head)
    doing = [
        e
        for e in shown.events
        if not e.negated and (e.actor == i if e.object is None else e.object == i)
    ]
    known = (*(state_for(sprite, w) for w in mention.words), *(led_to(sprite, e) for e in doing))
    state = next((s for s in known if s is not None), by_noun)
    if state is None and liquid and "full" in sprite.states:
        state = "full"
    if state is None:
        return False
    things[holder] = replace(things[holder], state=state)
    if by_noun is None and not liquid:
        return False
    place[i] = holder
    return True


def _is_part(mention: Mention, holder: int, things: list[Thing]) -> bool:
    """Whether this is the tyre of "a bicycle with a flat tyre": the bicycle is drawn flat."""
    if mention.link is None or mention.link[0] != "with":
        return False
    sprite = things[holder].sprite
    words = (*mention.words, mention.phrase.head)
    state = next((s for word in words if (s := state_for(sprite, word))), None)
    if state is None:
        return False
    things[holder] = replace(things[holder], state=state)
    return True


def _is_source(i: int, shown: Parsed, place: dict[int, int]) -> bool:
    """Whether this is the bottle of "milk from a bottle": the milk is drawn in it."""
    mention = shown.mentions[i]
    if mention.role != "unknown" or mention.link is None or mention.link[1] not in place:
        return False
    place[i] = place[mention.link[1]]
    return True


def _is_seen_in_another(i: int, shown: Parsed, place: dict[int, int]) -> bool:
    """Whether the picture of another thing shows this one.

    The soup of "soup in a pot" fills the pot, the water of "a cat in water" wets the cat, the
    patch of "a patch on an inner tube" is drawn with the tube.
    """
    mention = shown.mentions[i]
    if mention.sprite is not None and mention.sprite.name == "water" and mention.link is not None:
        link, at = mention.link
        if link == "in" and at in place:
            place[i] = place[at]
            return True
    if i + 1 >= len(shown.mentions) or mention.sprite is None:
        return False
    holder = shown.mentions[i + 1]
    if holder.sprite is None or holder.link not in (("in", i), ("on", i)):
        return False
    if holder.sprite.inside is not None:
        poured = any(e.verb in POURING and e.object == i for e in shown.events)
        return mention.phrase.head in LIQUIDS and not poured
    kin = holder.sprite.domain == mention.sprite.domain
    shown_by = state_for(holder.sprite, mention.phrase.head) is not None
    return mention.sprite.size <= SIZES["tiny"] and kin and shown_by


def _is_poured(i: int, shown: Parsed) -> bool:
    """Whether this is the water of "pours water from a can": the can stands for it."""
    if shown.mentions[i].phrase.head not in LIQUIDS or i + 1 >= len(shown.mentions):
        return False
    source = shown.mentions[i + 1]
    return source.link == ("out", i) and source.sprite is not None


def _kept(sprite: Sprite, neighbours: Sequence[Neighbour], copy: int) -> list[Placed]:
    """Return this sprite as placed by the neighbours: previous first, then anchor, then next."""
    found = []
    for role in _SIDES:
        for neighbour in neighbours:
            if neighbour.role == role:
                same = [p for p in neighbour.scene.sprites if p.name == sprite.name]
                found += same[copy : copy + 1]
    return found


def _relation(
    i: int, shown: Parsed, things: list[Thing], place: dict[int, int]
) -> tuple[str | None, int | None]:
    """Return how this mention hangs on a thing named before it."""
    mention = shown.mentions[i]
    if mention.link is None:
        return None, None
    link, at = mention.link
    other = place.get(at)
    if other is None or mention.role == "person" or things[other].sprite.domain == "people":
        return None, None
    holder = things[other]
    if link in ("with", "and") and mention.sprite is not None and mention.sprite.name == LID:
        pot = other if holder.sprite.inside is not None else holder.other
        if pot is not None and things[pot].sprite.inside is not None:
            return "cover", pot  # "a pot with a lid", "a bowl of eggs covered with a lid"
    if link == "above it":
        return "over", other
    if link == "and":
        return holder.relation if holder.relation in ("in", "on") else "beside", holder.other
    if link == "with" and mention.sprite is not None:
        works = any(e.verb not in STILL and not e.negated for e in shown.events)
        target = any(e.object == at and e.verb not in STILL for e in shown.events)
        if is_tool(mention.sprite) and works and (target or holder.sprite.inside is None):
            return None, None  # an instrument: acting.py finds what it works on
        if holder.sprite.inside is not None:
            return "in", other
        if holder.sprite.on is not None:
            return "on", other
        worn = holder.sprite.domain == mention.sprite.domain == "clothes"
        if worn and mention.sprite.size < 0.8 * holder.sprite.size:
            return "on", other
    if link == "of" and holder.sprite.inside is not None:
        return "in", other
    if link == "of" and holder.sprite.on is not None:
        return "on", other
    return None, None


def _settings(things: list[Thing], shown: Parsed, place: dict[int, int]) -> list[Thing]:
    """Return the things with what they are in, on, over: "an egg in a bowl" hangs the egg."""
    for i, mention in enumerate(shown.mentions):
        setting = place.get(i)
        if mention.link is None or setting is None:
            continue
        link, at = mention.link
        if link == "under" and at in place and is_tool(things[setting].sprite):
            # "a shirt under an iron": the iron is over the shirt
            if things[setting].other is None:
                things[setting] = replace(things[setting], relation="over", other=place[at])
            continue
        if link not in ("in", "on", "over", "out", "at", "to"):
            continue
        if at not in place and link in ("in", "on", "to"):
            # "stirs soup in a pot", "presses a patch on a tube": the holder's state shows it
            sprite, head = things[setting].sprite, shown.mentions[at].phrase.head
            state = state_for(sprite, head)
            if state is None and head in LIQUIDS:
                full = sprite.inside is not None and "full" in sprite.states
                state = "full" if full else things[setting].state
            if state is not None:
                things[setting] = replace(things[setting], state=state)
                place[at] = setting
            continue
        if shown.mentions[at].phrase.start < 2 and _fronted(shown, at):
            setting, link, at = place.get(at, setting), link, i
        for figure in _figures(at, shown, place, things):
            bearer = things[figure].other
            if things[figure].relation == "in" and bearer is not None and link != "in":
                figure = bearer  # "a pot of pasta on the stove": the pot is on it
            thing = things[figure]
            free = thing.relation in (None, "copy", "beside")
            if figure == setting or not free or things[setting].other == figure:
                continue
            things[figure] = _hung(thing, link, setting, things[setting], shown)
    return things


def _fronted(shown: Parsed, at: int) -> bool:
    start = shown.mentions[at].phrase.start
    return start == 1 and shown.words[0].kind == "prep"


def _figures(at: int, shown: Parsed, place: dict[int, int], things: list[Thing]) -> list[int]:
    """Return the things that a preposition speaks of: the last one named and its partners."""
    found: list[int] = []
    while True:
        tool = shown.mentions[at].link
        if tool is not None and tool[0] == "with" and tool[1] in place:
            at = tool[1]  # "cuts a tomato with a knife on a board": the tomato is on the board
        if at in place:
            found.append(place[at])
            found += [
                k for k, t in enumerate(things) if (t.relation, t.other) == ("copy", found[-1])
            ]
        link = shown.mentions[at].link
        if link is None or link[0] != "and":
            return found
        at = link[1]


def _hung(thing: Thing, link: str, setting: int, holder: Thing, shown: Parsed) -> Thing:
    """Return the thing hung by the nearest relation that the holder's drawing offers."""
    tool, sprite = is_tool(thing.sprite), holder.sprite
    pours = thing.sprite.tip is not None or thing.sprite.inside is not None
    pouring = any(e.verb in POURING and not e.negated for e in shown.events)
    smaller = thing.sprite.size < 0.8 * sprite.size
    if thing.sprite.name == LID and sprite.inside is not None:
        link = "cover" if link in ("on", "in", "to", "at") else "over"
    elif pours and pouring and link in ("in", "on", "over", "to", "at"):
        link = "pour" if thing.sprite.tip is None else "over"
    elif link in ("in", "on") and sprite.on is not None:
        link = "on" if sprite.inside is None else link
    elif link == "in" and sprite.inside is None:
        link = "at" if tool else "on" if smaller else "beside"
    elif link == "on" and tool:
        link = "at"
    elif link == "on" and sprite.inside is not None and sprite.domain == "cooking":
        link = "in"
    elif link == "out" and sprite.inside is None:
        link = "on" if sprite.size >= 1 else "over"
    elif link in ("to", "at"):
        link = "at" if tool else "beside"
    return replace(thing, relation=link, other=setting)
