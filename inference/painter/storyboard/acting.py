"""What is done in a picture: the hand and what it holds, the tool at work, the action mark."""

from dataclasses import dataclass, replace

from assets.sprites.library import SIZES, Library, Sprite
from assets.sprites.scene import Scene
from inference.lexicon import word_set
from inference.painter.naming import Names, is_tool, state_for
from inference.painter.storyboard.parsing import Event, Mention, Parsed
from inference.painter.storyboard.things import POURING, STILL, Thing

_HOLDING = word_set("hold grip grab take keep carry grasp clutch cradle pick lift")


@dataclass(frozen=True)
class Hand:
    """A hand or a pair of hands, and the thing that it holds or touches."""

    sprite: Sprite
    state: str
    tint: str | None
    holds: int | None


def hand_of(shown: Parsed, place: dict[int, int], drawings: Library) -> Hand | None:
    """Return the hand that the description asks for, and what it holds."""
    named = [i for i, m in enumerate(shown.mentions) if m.role == "hand"]
    person = any(m.role == "person" for m in shown.mentions)
    if person and not (named and _acts(named[0], shown, place)):
        return None
    holding = [e for e in shown.events if e.verb in _HOLDING and e.object in place]
    if not named and not (holding and holding[0].actor is None):
        return None
    if not place or all(shown.mentions[i].role == "hand" for i in place):
        return None  # the hands are the picture
    mention = shown.mentions[named[0]] if named else None
    both = mention is not None and mention.phrase.plural and "hands" in drawings
    sprite = drawings["hands" if both else "hand"]
    tool = _instrument(shown, place)
    acting = [e for e in shown.events if e.object in place and not e.negated]
    verbs = [e for e in acting if e.actor is None or shown.mentions[e.actor].role == "hand"]
    holds = tool
    if holds is None and verbs:
        holds = place[verbs[0].object] if verbs[0].object is not None else None
    if holds is None:
        # "a treat in a hand", then "a hand with a treat"
        at = mention.link[1] if mention is not None and mention.link is not None else -1
        held = [place[at]] if at in place and shown.mentions[at].role == "thing" else []
        held += [place[i] for i, m in enumerate(shown.mentions) if _in_hand(m, named, i, place)]
        things = (k for i, k in place.items() if shown.mentions[i].role != "person")
        holds = held[0] if held else next(things, None)
    if holds is None:
        return None
    verb = "hold" if tool is not None else next((e.verb for e in verbs), "hold")
    words = mention.words if mention is not None else ()
    state = state_for(sprite, verb) or next((s for w in words if (s := state_for(sprite, w))), None)
    fallback = "holding" if "holding" in sprite.states else sprite.default_state
    tint = mention.tint if mention is not None else None
    return Hand(sprite, state or fallback, tint, holds)


def _acts(hand: int, shown: Parsed, place: dict[int, int]) -> bool:
    """Whether a person's hand does something of its own or holds something."""
    link, at = shown.mentions[hand].link or ("", -1)
    holding = link in ("in", "on", "out") and at in place
    return holding or any(e.actor == hand for e in shown.events)


def _in_hand(mention: Mention, hands: list[int], i: int, place: dict[int, int]) -> bool:
    return i in place and mention.link is not None and mention.link[1] in hands


def _instrument(shown: Parsed, place: dict[int, int]) -> int | None:
    """Return the tool of "cuts a tomato with a knife"."""
    for i, mention in enumerate(shown.mentions):
        if (
            _is_tool(mention)
            and i in place
            and mention.link is not None
            and mention.link[0] == "with"
        ):
            at = mention.link[1]
            if any(e.object == at and e.verb not in STILL for e in shown.events):
                return place[i]
            if shown.mentions[at].link is not None and shown.events:
                return place[i]
    return None


def tool_at_work(
    things: list[Thing],
    hand: Hand | None,
    shown: Parsed,
    told: Parsed,
    place: dict[int, int],
    drawings: Library,
) -> tuple[list[Thing], Hand | None]:
    """Put the tool in use at what it works on; a hand holds it where the text handles it."""
    tools = {place[i]: i for i, m in enumerate(shown.mentions) if i in place and _is_tool(m)}
    for thing, i in tools.items():
        if things[thing].relation is not None:
            continue
        target = _worked_on(i, shown, place)
        if target is None and hand is not None and hand.holds == thing:
            target = _only_other(things, thing)
            target = target if shown.mentions[i].link != ("and", 0) and _busy(shown) else None
        if target is None and hand is None:
            target = _told_target(things[thing].sprite, told, things)
            person = any(m.role == "person" for m in shown.mentions)
            if target is not None and "hand" in drawings and not person:
                hand = Hand(drawings["hand"], "holding", None, thing)
        if target is not None and target != thing and things[target].other != thing:
            pour = any(e.verb in ("pour", "water", "drizzle") for e in shown.events)
            link = "over" if pour else "at"
            state = _working_state(things[thing], shown)
            things[thing] = replace(things[thing], relation=link, other=target, state=state)
    return things, hand


def _working_state(tool: Thing, shown: Parsed) -> str:
    """Return the state in which a tool works: scissors that cut are open, a lit match lights."""
    if tool.state != tool.sprite.default_state:
        return tool.state
    states = (state_for(tool.sprite, e.verb, "with") for e in shown.events if not e.negated)
    return next((state for state in states if state is not None), tool.state)


def carried(things: list[Thing], shown: Parsed, place: dict[int, int]) -> list[Thing]:
    """Put what a person carries or holds into the person's arms; a tool stands beside."""
    for event in shown.events:
        if event.verb not in _HOLDING or event.object not in place or event.actor not in place:
            continue
        if event.object is None or event.actor is None or event.negated:
            continue
        thing, by = place[event.object], place[event.actor]
        person, held = things[by].sprite, things[thing]
        free = held.relation in (None, "beside") and held.sprite.size < 1
        if person.name == "person" and person.on is not None and free and not is_tool(held.sprite):
            if things[by].state == person.default_state:
                things[by] = replace(things[by], state="carrying")
            things[thing] = replace(held, relation="on", other=by)
    return things


def pouring_of(
    shown: Parsed, place: dict[int, int], things: list[Thing], scenes: list[Scene], names: Names
) -> tuple[Thing | None, int | None]:
    """Return the bowl that is poured from, and into what, when no drawing stands for its content.

    The bowl of "pours the mixture into a pan" is a full one of the first scene before it.
    """
    for event in shown.events:
        poured = event.object is not None and shown.mentions[event.object].role != "thing"
        if event.verb not in POURING or event.negated or not poured:
            continue
        at = place.get(event.object) if event.object is not None else None
        if at is None or any(t.other == at and t.relation in ("over", "pour") for t in things):
            continue
        drawn = {sprite.name: sprite for found in names.objects.values() for sprite in found}
        for placed in scenes[0].sprites if scenes else ():
            sprite = drawn.get(placed.name)
            if sprite is None or sprite.inside is None or sprite.size > SIZES["medium"]:
                continue
            full = placed.state in sprite.states and placed.state != sprite.default_state
            if full and sprite != things[at].sprite:
                return Thing(sprite, placed.state, placed.tint, "pour", at), at
        return None, at
    return None, None


def _is_tool(mention: Mention) -> bool:
    return mention.sprite is not None and is_tool(mention.sprite)


def _busy(shown: Parsed) -> bool:
    return any(event.verb not in STILL for event in shown.events)


def _worked_on(tool: int, shown: Parsed, place: dict[int, int]) -> int | None:
    """Return the object of "a knife cuts a tomato" and of "cuts a tomato with a knife"."""
    link = shown.mentions[tool].link
    for event in shown.events:
        if event.verb in STILL or event.negated or event.object is None:
            continue
        by = event.actor == tool or (link is not None and link[0] == "with")
        if by and event.object != tool and event.object in place:
            return place[event.object]
    return None


def _only_other(things: list[Thing], thing: int) -> int | None:
    free = [k for k, t in enumerate(things) if k != thing and t.sprite.domain != "people"]
    return free[0] if len(free) == 1 else None


def _told_target(tool: Sprite, told: Parsed, things: list[Thing]) -> int | None:
    """Return what the step's own text works on with this tool, when the picture shows it."""
    for mention in told.mentions:
        if mention.sprite != tool or mention.link is None or mention.link[0] != "with":
            continue
        for event in told.events:
            if event.object is None or event.negated or event.verb in STILL:
                continue
            target = told.mentions[event.object].sprite
            same = [k for k, t in enumerate(things) if t.sprite == target and target != tool]
            if same and event.object <= mention.link[1]:
                return same[0]
    return None


def mark_of(
    shown: Parsed, told: Parsed, things: list[Thing], place: dict[int, int], names: Names
) -> tuple[Sprite | None, int | None]:
    """Return the action mark of the main verb, and the thing that it is drawn at."""
    acts = any(e.verb not in STILL and not e.negated for e in shown.events)
    for parsed in (shown,) if acts else (told,):
        for event in parsed.events:
            if event.negated or event.verb in STILL:
                continue
            found = names.actions.get((event.verb, event.particle))
            if found is None and event.particle not in ("on", "off"):
                found = names.actions.get((event.verb,))
            at = _acted_on(event, parsed, things, place if parsed is shown else None)
            if found and at is not None:
                return found[0], at
    return None, None


def _acted_on(
    event: Event, parsed: Parsed, things: list[Thing], place: dict[int, int] | None
) -> int | None:
    for mention in (event.object, event.actor):
        if mention is None:
            continue
        if place is not None:
            if mention in place:
                return place[mention]
            continue
        sprite = parsed.mentions[mention].sprite
        same = [k for k, thing in enumerate(things) if thing.sprite == sprite]
        if same:
            return same[0]
    return None
