"""A step's own text as one description: the drawable things it handles and what is done to them."""

from assets.sprites.library import Library
from inference.lexicon import MASS, word_set
from inference.painter.naming import Context, names_of
from inference.painter.parsing import Event, Mention, Parsed, domains, parse
from inference.phrases import base_form

_UNSEEN = word_set(
    """choose decide know learn consider think remember check note notice understand plan expect
    enjoy need want buy avoid ask call compare find get make let see wait stop repeat start continue
    begin finish allow practice practise read use have like try mean help"""
)
_STILL = word_set("leave keep rest cool dry soak stand sit wait store simmer")
_JOINING = word_set(
    """in into inside on onto over above under with and beside near against through around from of
    next to on top of out of"""
) | {"next to", "on top of", "out of", "off"}
_FEW = 3  # things in a drafted description


def describe_step(heading: str, body: str, drawings: Library) -> str | None:
    """Return a description drafted from a step's text; None when there is nothing to see in it."""
    names = names_of(drawings)
    text = f"{heading}.\n{body}"
    parsed = parse(text, names, Context(domains(text, names), frozenset()))
    drafts = [
        _sentence(event, parsed)
        for event in parsed.events
        if not event.negated
        and event.object is not None
        and event.verb not in _UNSEEN
        and parsed.words[event.at].kind == "verb"
        and _is_thing(parsed.mentions[event.object])
    ]
    if drafts:
        most = max(count for _, count in drafts)
        return next(sentence for sentence, count in drafts if count == most)
    seen = [m for m in parsed.mentions if _is_thing(m)]
    if parsed.events or not seen:
        return None
    things = list(dict.fromkeys(_noun(m, parsed) for m in seen))[:2]
    return _capital(" next to ".join(things))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _is_thing(mention: Mention) -> bool:
    return mention.role == "thing"


def _sentence(event: Event, parsed: Parsed) -> tuple[str, int]:
    """Return the sentence of an event, and how many things it names."""
    assert event.object is not None
    text = _noun(parsed.mentions[event.object], parsed)
    if event.verb not in _STILL:
        particle = f" {event.particle}" if event.particle else ""
        text = f"a hand {_third_person(event.verb)}{particle} {text}"
    count = 1
    for i in range(event.object + 1, len(parsed.mentions)):
        mention = parsed.mentions[i]
        gap = parsed.words[parsed.mentions[i - 1].phrase.end : mention.phrase.start]
        if any(w.kind == "stop" or w.kind == "verb" for w in gap) or count == _FEW:
            break
        joining = " ".join(w.text for w in gap if w.kind in ("prep", "conj"))
        if not _is_thing(mention) or joining not in _JOINING:
            break
        text += f" {joining} {_noun(mention, parsed)}"
        count += 1
    return _capital(text), count


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
