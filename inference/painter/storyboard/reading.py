"""What a picture shows: a step's text and its description as things, a hand, an action, a place.

The description rules. The step's own text fills in what the description leaves open, and the
neighbours' scenes what both leave open. Nothing here knows where a thing stands in the picture.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assets.sprites.library import Library, Sprite
from assets.sprites.scene import Scene
from inference.lexicon import ABSTRACT, NEGATIONS, PARTS, VERBS
from inference.painter.drawing import NoDrawing
from inference.painter.naming import Context, Names, names_of
from inference.painter.storyboard.acting import (
    Hand,
    carried,
    hand_of,
    mark_of,
    pouring_of,
    tool_at_work,
)
from inference.painter.storyboard.dressing import dressed
from inference.painter.storyboard.parsing import Parsed, domains, parse
from inference.painter.storyboard.things import LIQUIDS, Neighbour, Thing, by_role, things_of
from inference.protocol import Look

MOST = 5  # sprites in a picture beside the background


@dataclass(frozen=True)
class StepText:
    """A step as the reader of the tutorial sees it, and its tutorial's title."""

    title: str
    heading: str
    body: str


@dataclass(frozen=True)
class Reading:
    """All that a picture shows; `subject` and `mark_at` are indices into things.

    `domain`, `about` (the drawings that the tutorial's title names) and `bathing` (whether it is
    about a bath) say where it may happen.
    """

    things: tuple[Thing, ...]
    subject: int
    hand: Hand | None
    mark: Sprite | None
    mark_at: int
    background: str | None
    domain: str
    about: tuple[str, ...]
    bathing: bool
    missing: tuple[str, ...]


def read(
    step: StepText,
    description: str,
    neighbours: Sequence[Neighbour],
    drawings: Library,
    look: Look = Look(),
) -> Reading:
    """Return what the picture shows; raises NoDrawing when its subject can't be drawn."""
    names = names_of(drawings)
    scenes = [neighbour.scene for neighbour in by_role(neighbours)]
    text = f"{step.heading}.\n{step.body}"
    context = _context(step, description, scenes, names, drawings)
    shown = dressed(parse(description, names, context), look)
    told = parse(text, names, context)
    titled = parse(step.title, names, context)
    first = _subject(shown)
    things, place = things_of(shown, told, neighbours)
    if first not in place:
        raise NoDrawing(" ".join(shown.mentions[first].phrase.words))
    subject = place[first]
    hand = hand_of(shown, place, drawings)
    things, hand = tool_at_work(things, hand, shown, told, place, drawings)
    things = carried(things, shown, place)
    source, into = pouring_of(shown, place, things, scenes, names)
    if source is not None:
        hand = Hand(drawings["hand"], "holding", None, len(things))
        things.append(source)
    elif into is not None and hand is not None and hand.holds == into:
        hand = None  # nothing to hold is named: the mark alone says it
    mark, mark_at = mark_of(shown, told, things, place, names)
    background = _place(shown) or next((s.background for s in scenes if s.background), None)
    missing = dict.fromkeys(
        m.phrase.words[-1]
        for i, m in enumerate(shown.mentions)
        if m.role == "unknown" and i not in place and m.phrase.head not in LIQUIDS | PARTS
    )
    things = _grounded(things)
    return _bounded(
        Reading(
            things=tuple(things),
            subject=subject,
            hand=hand,
            mark=mark,
            mark_at=subject if mark_at is None else mark_at,
            background=background or _place(told, told=True),
            domain=_domain(context, things[subject].sprite),
            about=tuple(m.sprite.name for m in titled.mentions if m.sprite is not None),
            bathing=_bathes(titled) or _bathes(shown),
            missing=tuple(missing),
        )
    )


def _bathes(parsed: Parsed) -> bool:
    """Whether a text is about a bath: washing, shampoo, a tub."""
    bath = ("bathe", "wash", "shampoo", "lather", "rinse", "bath")
    named = (m.sprite.name for m in parsed.mentions if m.sprite is not None)
    return any(e.verb in bath for e in parsed.events) or any(
        word in name for name in named for word in ("bath", "shampoo", "shower")
    )


def _grounded(things: list[Thing]) -> list[Thing]:
    """Return the things, none of which hangs on itself by way of others."""
    for k in range(len(things)):
        above, other = {k}, things[k].other
        while other is not None and other not in above:
            above.add(other)
            other = things[other].other
        if other is not None:
            things[k] = replace(things[k], relation=None, other=None)
    return things


def _domain(context: Context, subject: Sprite) -> str:
    """Return the domain that step and title are most about; the subject's where they are silent."""
    votes = {
        d: n for d, n in context.domains.items() if d not in ("people", "nature", "actions", "")
    }
    votes[subject.domain] = votes.get(subject.domain, 0) + 2
    return max(votes, key=lambda domain: (votes[domain], domain))


def _context(
    step: StepText, description: str, scenes: list[Scene], names: Names, drawings: Library
) -> Context:
    votes: Counter[str] = Counter()
    for text, weight in ((description, 3), (step.title, 8), (step.heading, 1), (step.body, 1)):
        for domain, count in domains(text, names).items():
            votes[domain] += weight * count
    seen = frozenset(p.name for scene in scenes for p in scene.sprites)
    votes.update(drawings[name].domain for name in seen if name in drawings)
    return Context(votes, seen)


def _subject(shown: Parsed) -> int:
    """Return the first mention that the description is about; raises NoDrawing without one."""
    about = [i for i, m in enumerate(shown.mentions) if m.role in ("thing", "unknown")]
    for i in about:
        # "On a board, slices of tomato": what opens a sentence with a preposition is its setting
        start = shown.mentions[i].phrase.start
        opening = start == 1 and shown.words[0].kind == "prep" and len(about) > 1
        if not opening:
            return i
    people = [i for i, m in enumerate(shown.mentions) if m.role in ("person", "hand")]
    if people:
        return people[0]
    nouns = [w for w in shown.words if w.kind == "noun" and w.base not in ABSTRACT | VERBS]
    raise NoDrawing(nouns[0].text if nouns else "this")


def _place(parsed: Parsed, told: bool = False) -> str | None:
    """Return the background that the text names; "not in the kitchen" names none.

    A step's own text names one only after a preposition: "leave room" is no room.
    """
    for mention in parsed.mentions:
        before = parsed.words[max(0, mention.phrase.start - 2) : mention.phrase.start]
        if told and (not before or before[-1].kind != "prep" or len(mention.phrase.words) > 2):
            continue
        if mention.role == "place" and not any(w.text in NEGATIONS for w in before):
            assert mention.sprite is not None
            return mention.sprite.name
    if any(word.text in ("outdoors", "outside") and word.kind == "adv" for word in parsed.words):
        return "outdoors"
    return None


def _bounded(reading: Reading) -> Reading:
    """Return the reading with at most MOST sprites: the subject, what bears it, tools, the rest."""
    things = reading.things
    bearer = things[reading.subject].other
    held = reading.hand.holds if reading.hand else None
    first = [reading.subject, bearer, held, things[held].other if held is not None else None]
    hung = [k for k, t in enumerate(things) if t.other == reading.subject]
    ranked = [k for k in (*first, *hung, *range(len(things))) if k is not None]
    room = MOST - (reading.hand is not None)
    kept = sorted(list(dict.fromkeys(ranked))[:room])
    new = {old: position for position, old in enumerate(kept)}
    chosen = []
    for old in kept:
        other = things[old].other
        there = other is not None and other in new
        chosen.append(
            replace(
                things[old],
                other=new[other] if there and other is not None else None,
                relation=things[old].relation if there else None,
            )
        )
    mark = reading.mark if len(kept) + (reading.hand is not None) < MOST else None
    hand = reading.hand
    if hand is not None and hand.holds is not None:
        hand = replace(hand, holds=new.get(hand.holds))
    return replace(
        reading,
        things=tuple(chosen),
        subject=new[reading.subject],
        hand=hand,
        mark=mark if reading.mark_at in new else None,
        mark_at=new.get(reading.mark_at, new[reading.subject]),
    )
