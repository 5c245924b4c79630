"""A text as mentions and events: which drawings it names, how they are linked, what is done.

It knows the library's names but nothing of pictures; reading.py decides what is shown.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from assets.sprites.library import Sprite
from inference.lexicon import (
    ABSTRACT,
    MATERIALS,
    MEASURES,
    NEGATIONS,
    PARTS,
    TINT_WORDS,
    VIEWS,
    word_set,
)
from inference.painter.naming import HANDS, Context, Names, candidates, settle
from inference.phrases import Phrase, phrases
from inference.words import Word, tag

Role = Literal["thing", "hand", "person", "place", "unknown", "nothing"]

_LINKS = {
    "in": "in", "into": "in", "inside": "in", "within": "in", "on": "on", "onto": "on",
    "upon": "on", "atop": "on", "over": "over", "above": "over", "under": "under",
    "underneath": "under", "below": "under", "beneath": "under", "with": "with",
    "from": "out", "off": "out", "of": "of", "through": "at", "around": "at", "against": "at",
    "across": "at", "along": "at", "to": "to", "toward": "to", "towards": "to", "at": "at",
    "by": "beside", "beside": "beside", "near": "beside", "behind": "beside", "for": "for",
    "between": "beside", "alongside": "beside", "using": "with", "round": "at",
}  # fmt: skip
_PHRASES_OF: dict[tuple[str, ...], str] = {
    ("out", "of"): "out", ("top", "of"): "on", ("next", "to"): "beside", ("front", "of"): "beside",
    ("full", "of"): "with", ("filled", "with"): "with", ("close", "to"): "beside",
}  # fmt: skip
_PARTICLES = word_set("on off up down out in away apart over back")
_PHRASAL = word_set(
    """turn switch put plug screw take pull cut pick clip zip hang fill sew tie peel roll lift blow
    set wash wipe rinse brush strip open close flip pour push slide"""
)


@dataclass(frozen=True)
class Mention:
    """A thing named in a text. `link` is how it hangs on an earlier or later mention by index.

    `words` are the base forms that may name its state: adjectives, measures, participles.
    `appearance` are the base forms by which the tutorial's look tells how it appears.
    """

    phrase: Phrase
    role: Role
    sprite: Sprite | None
    words: tuple[str, ...]
    tint: str | None
    link: tuple[str, int] | None = None
    appearance: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """A verb with the mentions that do it and undergo it; `particle` is "on" in "turn it on"."""

    verb: str
    particle: str
    actor: int | None
    object: int | None
    negated: bool
    at: int


@dataclass(frozen=True)
class Parsed:
    """What the rules found in a text."""

    words: tuple[Word, ...]
    mentions: tuple[Mention, ...]
    events: tuple[Event, ...]


def domains(text: str, names: Names) -> Counter[str]:
    """Return how many phrases of a text name a thing of each domain without doubt."""
    words = tag(text, names.compounds)
    votes: Counter[str] = Counter()
    for phrase in phrases(words):
        found, _ = candidates(words, phrase, names.objects)
        if len({sprite.domain for sprite in found}) == 1:
            votes[found[0].domain] += 1
        elif not found:
            places, _ = candidates(words, phrase, names.places)
            votes.update(_PLACE_DOMAINS.get(place.name, "") for place in places[:1])
    return votes


_PLACE_DOMAINS = {
    "kitchen": "cooking", "garden": "garden", "workshop": "repair", "garage": "transport",
    "street": "transport", "laundry": "clothes", "laundry room": "clothes", "bathroom": "home",
    "outdoors": "transport", "desk": "crafts",
}  # fmt: skip


def parse(text: str, names: Names, context: Context) -> Parsed:
    """Return the mentions and events of a text."""
    words = tag(text, names.compounds)
    mentions = [_mention(words, phrase, names, context) for phrase in phrases(words)]
    mentions = [_linked(words, mentions, index) for index in range(len(mentions))]
    for index in range(len(mentions) - 1):
        if _is_part(mentions[index], mentions[index + 1], index):
            part, whole = mentions[index : index + 2]
            mentions[index] = replace(part, role="nothing", sprite=None)
            # a part of the whole stands for it; what the part hung on, the whole hangs on
            mentions[index + 1] = replace(whole, link=part.link or ("part", index))
    for index, mention in enumerate(mentions):
        # "at a hole in a wall": what can't be drawn passes its link on
        before = mentions[mention.link[1]] if mention.link else None
        if before is not None and before.role == "nothing" and before.link is not None:
            mentions[index] = replace(mention, link=before.link)
    events = _events(words, mentions)
    for event in events:
        if event.verb == "press" and event.object is not None:
            pressed = mentions[event.object]
            if pressed.sprite is not None and pressed.sprite.name == "button":
                mentions[event.object] = replace(pressed, role="unknown", sprite=None)
    return Parsed(tuple(words), tuple(mentions), tuple(events))


def _mention(words: list[Word], phrase: Phrase, names: Names, context: Context) -> Mention:
    found, named_from = candidates(words, phrase, names.objects)
    places, _ = candidates(words, phrase, names.places)
    sprite: Sprite | None = None
    role: Role
    if places and (not found or _after_place_word(words, phrase)):
        sprite, role = places[0], "place"
    elif found:
        sprite = settle(found, phrase, names, context)
        role = "thing"
        if sprite.name in HANDS:
            role = "hand"
        elif sprite.name in ("person", "child", "baby"):
            role = "person"
    else:
        lone = len(phrase.words) == 1 and phrase.head in MATERIALS
        known = phrase.head in ABSTRACT or phrase.head in VIEWS or not phrase.head.isalpha()
        role = "nothing" if known or lone or len(phrase.head) < 2 else "unknown"
    apart = words[phrase.start : min(named_from, phrase.end - 1)]
    described = tuple(w.base for w in apart if w.kind in ("adj", "noun"))
    described += tuple(a for a in phrase.adjectives if a in MEASURES)
    described += _adjectives_after(words, phrase)
    tints = (TINT_WORDS.get(word) for word in described)
    return Mention(phrase, role, sprite, described, next((t for t in tints if t), None))


def _after_place_word(words: list[Word], phrase: Phrase) -> bool:
    before = words[phrase.start - 1].text if phrase.start else ""
    return before in ("on", "in", "at", "onto", "inside", "across", "outside", "through")


def _adjectives_after(words: list[Word], phrase: Phrase) -> tuple[str, ...]:
    """Return "open" of "the box is open" and of "a box open on the table"."""
    found: list[str] = []
    for position in range(phrase.end, len(words)):
        word = words[position]
        if word.kind in ("adj", "part") or (found and word.text in ("on", "off", "up")):
            found.append(word.base)
        elif word.text in ("on", "off") and _ends(words, position + 1):
            found.append(word.text)
        elif word.kind not in ("aux", "adv"):
            break
    return tuple(found)


def _ends(words: list[Word], position: int) -> bool:
    return position >= len(words) or words[position].kind in ("stop", "conj")


def _linked(words: list[Word], mentions: list[Mention], index: int) -> Mention:
    """Return the mention with its link: to the one before it, or to one that opened the clause."""
    mention = mentions[index]
    previous = mentions[index - 1] if index else None
    gap = words[previous.phrase.end if previous else 0 : mention.phrase.start]
    if previous is None or any(w.text in ".!?;" for w in gap):
        return mention
    after = words[mention.phrase.end : mention.phrase.end + 3]
    if (
        len(after) > 1
        and after[-1].kind in ("pron", "stop")
        and any(w.kind == "pron" for w in after)
    ):
        # "with a can above it"
        if after[0].text in ("above", "over"):
            return replace(mention, link=("above it", index - 1))
        if after[0].text in ("beside", "near", "next", "under", "below", "behind"):
            return replace(mention, link=("beside", index - 1))
    relation = _relation(gap, previous.role in ("hand", "person"))
    before = words[: previous.phrase.start]
    if relation is None and not any(w.kind == "verb" for w in gap):
        opening = before[-1].text if before else ""
        fronted = _opens(words, previous.phrase.start - 1)
        if opening in _LINKS and fronted:
            return replace(mention, link=(_LINKS[opening], index - 1))
        if gap and all(w.text in (",", "and", "or", "plus") for w in gap):
            return replace(mention, link=("and", index - 1))
    return replace(mention, link=(relation, index - 1)) if relation else mention


def _is_part(part: Mention, whole: Mention, index: int) -> bool:
    """Whether the first is drawn with the second: "the hem of a shirt", "a button on a printer"."""
    if whole.sprite is None or whole.role != "thing" or part.role not in ("thing", "unknown"):
        return False
    if whole.link is not None and whole.link[0] in ("on", "at") and whole.link[1] == index:
        strange = part.sprite is not None and part.sprite.domain != whole.sprite.domain
        return part.phrase.head in PARTS and strange and whole.sprite.on is None
    if whole.link != ("of", index):
        return False
    if part.phrase.determiner in ("a", "an") and part.phrase.head not in PARTS:
        return False
    return part.sprite is None or part.sprite.domain != whole.sprite.domain


def _opens(words: list[Word], position: int) -> bool:
    """Whether the word at this position is the first of its sentence."""
    return position <= 0 or words[position - 1].text in ".!?;\n"


def _relation(gap: list[Word], by_hand: bool) -> str | None:
    """Return the relation that the words between two phrases express."""
    texts = [word.text for word in gap]
    if by_hand and len(texts) == 2 and texts[1] in _PARTICLES and gap[0].base in _PHRASAL:
        return None  # "turns on a lamp"
    for end in range(len(texts), 0, -1):
        if (relation := _PHRASES_OF.get(tuple(texts[max(0, end - 2) : end]))) is not None:
            return relation
        if texts[end - 1] in _LINKS:
            return _LINKS[texts[end - 1]]
        if gap[end - 1].kind == "verb":
            return "with" if gap[end - 1].base in ("contain", "have") else None
    return None


def _events(words: list[Word], mentions: list[Mention]) -> list[Event]:
    events: list[Event] = []
    for at, word in enumerate(words):
        if word.kind == "part" or (word.kind == "verb" and word.base not in ("be", "have")):
            events.append(_event(words, mentions, at, events[-1] if events else None))
    # "wash and dry the cup": the first verb shares the second one's object
    for i in range(len(events) - 2, -1, -1):
        first, second = events[i], events[i + 1]
        joined = second.at == first.at + 2 and words[first.at + 1].kind in ("conj", "stop")
        if first.object is None and joined:
            events[i] = replace(first, object=second.object)
    return events


def _event(words: list[Word], mentions: list[Mention], at: int, last: Event | None) -> Event:
    word = words[at]
    before = [i for i, m in enumerate(mentions) if m.phrase.end <= at]
    clause = at
    while clause > 0 and words[clause - 1].kind != "stop":
        clause -= 1
    negated = any(w.text in NEGATIONS for w in words[clause:at])
    in_clause = [i for i in before if mentions[i].phrase.start >= clause]
    if word.kind == "part":
        undergoing = in_clause[-1] if in_clause else None
        return Event(word.base, "", None, undergoing, negated, at)
    joined = at > 0 and words[at - 1].kind == "conj" and last is not None
    actor = in_clause[-1] if in_clause else None
    if joined and last is not None:
        actor = last.actor
    object_, particle = _object(words, mentions, at, before)
    return Event(word.base, particle, actor, object_, negated, at)


def _object(
    words: list[Word], mentions: list[Mention], at: int, before: list[int]
) -> tuple[int | None, str]:
    """Return the mention right after a verb, or the one that "it" means; and the particle."""
    i, particle = at + 1, ""
    phrasal = words[at].base in _PHRASAL
    while i < len(words):
        starting = next((k for k, m in enumerate(mentions) if m.phrase.start == i), None)
        if starting is not None:
            end = mentions[starting].phrase.end
            if not particle and phrasal and end < len(words) and words[end].text in _PARTICLES:
                particle = words[end].text if _ends(words, end + 1) else ""
            return starting, particle
        if words[i].kind == "pron":
            things = [k for k in before if mentions[k].role == "thing"]
            if phrasal and i + 1 < len(words) and words[i + 1].text in _PARTICLES:
                alone = _ends(words, i + 2) or words[at].base in ("turn", "switch")
                particle = particle or (words[i + 1].text if alone else "")
            return (things[-1] if things else None), particle
        if words[i].text in _PARTICLES and phrasal and not particle:
            particle = words[i].text
        elif words[i].kind != "adv":
            break
        i += 1
    return None, particle
