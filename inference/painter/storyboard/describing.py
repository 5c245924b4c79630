"""A step's own text as one description: the drawable things it handles and what is done to them."""

from collections import Counter

from assets.sprites.library import Library
from inference.lexicon import MASS, word_set
from inference.painter.naming import Context, names_of
from inference.painter.storyboard.parsing import Event, Mention, Parsed, domains, parse
from inference.phrases import base_form

_UNSEEN = word_set(
    """choose decide know learn consider think remember check note notice understand plan expect
    enjoy need want buy avoid ask call compare find get make let see wait stop repeat start continue
    begin finish allow practice practise read use have like try mean help"""
)
_STILL = word_set("leave keep rest cool dry soak stand sit wait store simmer")
_JOINING = word_set(
    """in into inside on onto over above under with and beside near against through around from of
    next to on top of out of ,"""
) | {"next to", "on top of", "out of", "off"}
_FEW = 4  # things in a drafted description


def describe_step(heading: str, body: str, drawings: Library) -> str | None:
    """Return a description drafted from a step's text; None when there is nothing to see in it."""
    parsed, votes = _parsed(heading, body, drawings)
    drafts = [_sentence(event, parsed) for event in parsed.events if _is_seen(event, parsed)]
    if drafts:
        # the drum of a washing machine is no thing of the step's own domain
        about = max(votes, key=lambda domain: votes[domain], default="")
        return max(drafts, key=lambda draft: (draft[2] in (about, ""), draft[1]))[0]
    seen = [m for m in parsed.mentions if _is_thing(m)]
    if parsed.events or not seen:
        return None
    things = list(dict.fromkeys(_noun(m, parsed) for m in seen))[:2]
    return _capital(" next to ".join(things))


def undrawn(heading: str, body: str, drawings: Library) -> str:
    """Return the first thing that a step handles or names and that has no drawing; else ""."""
    parsed, _ = _parsed(heading, body, drawings)
    handled = [parsed.mentions[e.object] for e in parsed.events if e.object is not None]
    named = handled if parsed.events else parsed.mentions
    lacking = (" ".join(m.phrase.words) for m in named if m.role == "unknown")
    return next(lacking, "")


def _parsed(heading: str, body: str, drawings: Library) -> tuple[Parsed, Counter[str]]:
    """Return a step's text as it is read, and the domains of its things."""
    names = names_of(drawings)
    text = f"{heading}.\n{body}"
    votes = domains(text, names)
    return parse(text, names, Context(votes, frozenset())), votes


def _is_seen(event: Event, parsed: Parsed) -> bool:
    """Whether a picture can show this: a thing or its part is handled, or poured on."""
    if event.negated or event.object is None or event.verb in _UNSEEN:
        return False
    if parsed.words[event.at].kind != "verb":
        return False
    if _is_thing(parsed.mentions[event.object]):
        return True
    into = parsed.mentions[event.object + 1 : event.object + 2]
    relations = ("part", "in", "over") if event.verb == "pour" else ("part",)
    return any(_is_thing(m) and m.link in [(r, event.object) for r in relations] for m in into)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _is_thing(mention: Mention) -> bool:
    return mention.role == "thing"


def _sentence(event: Event, parsed: Parsed) -> tuple[str, int, str]:
    """Return the sentence of an event, how many things it names, and its object's domain."""
    assert event.object is not None
    text = _noun(parsed.mentions[event.object], parsed)
    if event.verb not in _STILL:
        particle = f" {event.particle}" if event.particle else ""
        text = f"a hand {_third_person(event.verb)}{particle} {text}"
    count = 0 if _is_meant(event, parsed) else 1  # what is named counts for more than "it"
    end = max(event.at + 1, parsed.mentions[event.object].phrase.end)
    for i in range(event.object + 1, len(parsed.mentions)):
        mention = parsed.mentions[i]
        if mention.phrase.start < end:
            continue
        gap = parsed.words[end : mention.phrase.start]
        joining = " ".join(w.text for w in gap if w.kind in ("prep", "conj", "stop"))
        if any(w.kind == "verb" for w in gap) or count == _FEW:
            break
        if not _is_thing(mention) or joining not in _JOINING:
            break
        text += "," if joining == "," else f" {joining}"
        text += f" {_noun(mention, parsed)}"
        end = mention.phrase.end
        count += 1
    sprite = parsed.mentions[event.object].sprite
    return _capital(text), count, sprite.domain if sprite is not None else ""


def _is_meant(event: Event, parsed: Parsed) -> bool:
    """Whether the object is named before its verb: it is the "it" of "and cook it"."""
    assert event.object is not None
    return parsed.mentions[event.object].phrase.end <= event.at


def _noun(mention: Mention, parsed: Parsed) -> str:
    """Return the mention with an indefinite article: "the old clay pot" is "an old clay pot"."""
    phrase = mention.phrase
    words = list(parsed.words[phrase.start : phrase.end])
    while words and words[0].kind in ("det", "adv"):
        words.pop(0)
    text = " ".join(word.text for word in words)
    counted = bool(words) and words[0].kind == "count"
    if counted or (phrase.plural and phrase.head == base_form(phrase.words[-1])):
        return text
    if (phrase.determiner in (None, "some") and not phrase.plural) or phrase.head in MASS:
        return text
    return f"{'an' if text[:1] in 'aeiou' else 'a'} {text}"


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"
