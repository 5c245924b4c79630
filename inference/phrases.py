"""Noun phrases and the subject of a request, by rules.

`normalise` and `base_form` are offered here too: callers of rules need one import.
"""

import re
from dataclasses import dataclass

from inference.lexicon import ABSTRACT, COUNTS, MEASURES, VIEWS, word_set
from inference.words import LONGEST, Word, base_form, normalise, plain, tag

__all__ = [
    "Phrase",
    "Word",
    "base_form",
    "names",
    "normalise",
    "noun_phrases",
    "phrases",
    "subject",
]

_LEAD_IN = re.compile(
    r"^(?:(?:please|hi|hello|hey|ok|so|can|could|would|will|you|i|we|want|need|like|i'd|id|let's|lets|just|"
    r"help|teach|show|tell|give|write|make|create|explain|learn|let|to|me|us|my|kids?|a|an|the|"
    r"some|good|short|simple|easy|quick|illustrated|complete|full|beginners?|tutorial|guide|"
    r"instructions?|lesson|step by step|steps?|manual|recipe|for|on|about|of|how|what|is|what's|"
    r"whats|are|which|way|ways|best|easiest|right|correct|proper|quickest|fastest|safest|do|does|should|"
    r"must|one|someone|anyone|your|know|basics|art|doing|tips|people|person|properly)\s+)+"
)
_ASKED = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_PARTICLES = word_set("up down on off out in away back over apart together")
_CONTAINERS = word_set("cup glass mug bowl jar bottle pot plate pan jug box bucket")


@dataclass(frozen=True)
class Phrase:
    """A noun phrase: "two blue plant pots" has head pot, quantity 2, adjective blue.

    `words` are the nouns as written; `head` is the base form of the last one. `adjectives` are
    base forms and hold the measure of "a slice of lemon" too. `start` and `end` are positions
    in the tagged words. `quantity` is None when the text gives no number; `plural` says how the
    head is written.
    """

    words: tuple[str, ...]
    head: str
    determiner: str | None
    quantity: int | None
    adjectives: tuple[str, ...]
    start: int
    end: int
    plural: bool = False


def noun_phrases(text: str) -> list[Phrase]:
    """Return the noun phrases of a text in order; "a piece of bread" is one, about bread."""
    return phrases(tag(text))


def phrases(words: list[Word]) -> list[Phrase]:
    """Return the noun phrases of tagged words."""
    found: list[Phrase] = []
    i = 0
    while i < len(words):
        phrase = _phrase(words, i)
        if phrase is None:
            i += 1
            continue
        if found and _is_part_of(words, found[-1], phrase):
            phrase = _merged(found.pop(), phrase)
        found.append(phrase)
        i = phrase.end
    return found


def _phrase(words: list[Word], start: int) -> Phrase | None:
    """Return the phrase that starts exactly here: determiners, numbers, adjectives, nouns."""
    i = start
    determiner: str | None = None
    quantity: int | None = None
    adjectives: list[str] = []
    while i < len(words) and words[i].kind in ("det", "count", "adj", "adv"):
        word = words[i]
        if word.kind == "det":
            if i > start and words[i - 1].kind == "adj":
                return None
            determiner = word.text
        elif word.kind == "count":
            quantity = COUNTS.get(word.text) or int(word.text[:3] or 1)
        elif word.kind == "adj":
            adjectives.append(word.base if word.text not in ("left",) else word.text)
        elif i == start:
            return None
        i += 1
        if word.kind == "count" and i < len(words) and words[i].text == "of":
            i += 1  # "a couple of eggs"
    first = i
    while i < len(words) and words[i].kind == "noun":
        i += 1
    if i == first:
        return None
    nouns = words[first:i]
    head = nouns[-1]
    plural = head.text != head.base
    if determiner in ("a", "an"):
        quantity = quantity or 1
    texts = tuple(word.text for word in nouns)
    return Phrase(texts, head.base, determiner, quantity, tuple(adjectives), start, i, plural)


def _is_part_of(words: list[Word], first: Phrase, second: Phrase) -> bool:
    joined = first.end == second.start - 1 and words[first.end].text == "of"
    return joined and (first.head in MEASURES or first.head in VIEWS)


def _merged(measure: Phrase, thing: Phrase) -> Phrase:
    adjectives = (*measure.adjectives, measure.head, *thing.adjectives)
    quantity = thing.quantity if measure.head in VIEWS else measure.quantity
    return Phrase(
        words=thing.words,
        head=thing.head,
        determiner=measure.determiner,
        quantity=quantity,
        adjectives=adjectives,
        start=measure.start,
        end=thing.end,
        plural=thing.plural,
    )


def subject(prompt: str) -> str:
    """Return what a request is about, as written: "How do I repot a cactus?" -> "cactus".

    A request without a noun gives its verb ("how to swim" -> "swim"); one without a word, "".
    """
    line = prompt.strip()[:LONGEST].split("\n")[0].replace("\u2019", "'").casefold()
    text = " ".join(_ASKED.findall(line))
    lead = _LEAD_IN.match(text + " ")
    rest = text[lead.end() :] if lead else text
    if not rest:
        return plain(text.rsplit(" ", 1)[-1])
    words = rest.split()
    asked = lead is not None and re.search(r"\b(?:how|to|i|you|way)\s+$", lead[0]) is not None
    tagged = tag(rest)
    verb = tagged[0].kind == "verb" or (asked and len(words) > 1)
    if verb and len(words) == 1:
        return base_form(words[0])
    first = 1 if verb else 0
    while first < len(words) - 1 and words[first] in _PARTICLES:
        first += 1
    about = _about(" ".join(words[first:]))
    return about or (base_form(words[0]) if verb else words[-1])


def _about(rest: str) -> str:
    """Return the nouns of the first phrase without its adjectives; "a cup of tea" gives tea."""
    words = tag("the " + rest) if rest else []
    found = phrases(words)
    if not found:
        return ""
    first = found[0]
    held = len(found) > 1 and found[1].start == first.end + 1 and words[first.end].text == "of"
    if held and (first.head in _CONTAINERS or first.head in ABSTRACT):
        return " ".join(found[1].words)
    return " ".join(found[0].words)


def names(text: str, subject: str) -> bool:
    """Whether a text has the subject's head word in any inflection."""
    head = base_form(subject.split()[-1].casefold()) if subject.split() else ""
    return any(base_form(word) == head for word in normalise(text).split())
