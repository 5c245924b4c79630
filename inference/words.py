"""English words for rules: normal form, base form, and what each word of a text is.

No statistics and no dictionary: closed word lists (lexicon.py), endings, and the two neighbours
of a word. Everything is linear in the text.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from inference.lexicon import (
    ADJECTIVES,
    ADVERBS,
    AUXILIARIES,
    CONJUNCTIONS,
    COUNTS,
    DETERMINERS,
    MEASURES,
    NOUN_VERBS,
    POSTURES,
    PREPOSITIONS,
    PRONOUNS,
    VERBS,
    word_set,
)

LONGEST = 4000  # characters that rules read of any text; what follows is ignored

Kind = Literal[
    "det", "count", "prep", "conj", "pron", "aux", "adv", "adj", "noun", "verb", "part", "stop"
]

_IRREGULAR = {
    "knives": "knife", "loaves": "loaf", "leaves": "leaf", "shelves": "shelf", "halves": "half",
    "wolves": "wolf", "scarves": "scarf", "lives": "life", "wives": "wife", "calves": "calf",
    "thieves": "thief", "hooves": "hoof", "feet": "foot", "teeth": "tooth", "mice": "mouse",
    "geese": "goose", "children": "child", "men": "man", "women": "woman", "people": "person",
    "cacti": "cactus", "fungi": "fungus", "radii": "radius", "cookies": "cookie", "movies": "movie",
    "brownies": "brownie", "hoodies": "hoodie", "smoothies": "smoothie", "ties": "tie",
    "pies": "pie", "dies": "die", "lies": "lie", "shoes": "shoe", "toes": "toe", "hoes": "hoe",
    "canoes": "canoe", "does": "do", "goes": "go", "buses": "bus", "gases": "gas", "axes": "axe",
    "lenses": "lens", "has": "have", "had": "have", "is": "be", "are": "be", "was": "be",
    "were": "be", "been": "be", "did": "do", "done": "do", "went": "go", "gone": "go",
    "drove": "drive", "driven": "drive", "broke": "break", "broken": "break", "held": "hold",
    "hung": "hang", "bent": "bend", "bound": "bind", "built": "build", "burnt": "burn",
    "bought": "buy", "brought": "bring", "caught": "catch", "chose": "choose", "chosen": "choose",
    "drew": "draw", "drawn": "draw", "dug": "dig", "fed": "feed", "fell": "fall", "fallen": "fall",
    "felt": "feel", "found": "find", "froze": "freeze", "frozen": "freeze", "gave": "give",
    "given": "give", "grew": "grow", "grown": "grow", "hid": "hide", "hidden": "hide",
    "kept": "keep", "knelt": "kneel", "laid": "lay", "left": "leave", "led": "lead", "lit": "light",
    "made": "make", "melted": "melt", "molten": "melt", "put": "put", "ran": "run", "rode": "ride",
    "sat": "sit", "sawn": "saw", "sewn": "sew", "shook": "shake", "shaken": "shake",
    "slid": "slide", "sown": "sow", "spun": "spin", "stood": "stand", "stuck": "stick",
    "swam": "swim", "swum": "swim", "swept": "sweep", "taken": "take", "took": "take",
    "taught": "teach", "threw": "throw", "thrown": "throw", "tore": "tear", "torn": "tear",
    "wore": "wear", "worn": "wear", "wound": "wind", "woven": "weave", "written": "write",
    "wrote": "write", "tied": "tie", "tying": "tie", "lying": "lie", "dying": "die", "died": "die",
    "dyed": "dye", "dyeing": "dye", "lay": "lay", "cleaner": "cleaner", "bathed": "bathe",
    "bathing": "bathe", "sliced": "slice", "glasses": "glass", "pasted": "paste", "rose": "rose",
    "tasted": "taste", "changed": "change", "changing": "change", "arranged": "arrange",
    "arranging": "arrange", "need": "need", "seed": "seed", "weed": "weed", "bed": "bed",
    "red": "red", "shed": "shed", "sled": "sled", "thread": "thread", "bread": "bread",
    "unwound": "unwind", "undid": "undo", "undone": "undo", "frying": "fry", "canoeing": "canoe",
    "bleed": "bleed", "speed": "speed", "reed": "reed", "hundred": "hundred", "using": "use",
    "used": "use", "tongs": "tongs", "closed": "close", "news": "news", "series": "series",
    "species": "species", "always": "always", "this": "this", "its": "its", "his": "his",
    "lens": "lens", "gas": "gas", "yes": "yes", "us": "us", "as": "as", "plus": "plus",
    "canvas": "canvas", "potatoes": "potato", "tomatoes": "tomato", "heroes": "hero",
    "pinned": "pin", "added": "add", "adding": "add", "spilled": "spill", "rolled": "roll",
    "freed": "free", "agreed": "agree", "ironed": "iron", "peas": "pea", "bias": "bias",
}  # fmt: skip

# Nouns in -ing and -ed: no verb stands behind them.
_NOT_INFLECTED = word_set(
    """thing something anything everything nothing string ring king wing spring sling sting swing
    bring sing cling fling ping morning evening ceiling pudding wedding clothing lightning during
    earring bed shed seed weed feed need speed reed hundred wicked naked sacred indeed"""
)

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|[.,;:!?()\[\]\n\u2013\u2014]")
_APOSTROPHE = re.compile(r"['\u2019](?:s\b)?")
_POSSESSIVE = re.compile(r"[^i]['\u2019]s$|s['\u2019]$")  # "cat's", not "it's"
_VOWELS = "aeiou"


@dataclass(frozen=True)
class Word:
    """One word or stop of a text: as written in lower case, its base form, and what it is there.

    `part` is a participle after its noun ("bread sliced thin"); before it, it is an `adj`.
    """

    text: str
    base: str
    kind: Kind


def normalise(text: str) -> str:
    """Return the first LONGEST characters casefolded: letters and digits, single spaces.

    Possessive 's and apostrophes vanish: "What's a car's oil?" is "what a car oil".
    """
    return " ".join(plain(token) for token in _tokens(text) if token[0].isalnum())


def plain(token: str) -> str:
    """Return a word without possessive 's and apostrophes."""
    return _APOSTROPHE.sub("", token)


def base_form(word: str) -> str:
    """Return the singular of a noun or the base form of a verb, in lower case."""
    word = word.casefold()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _NOT_INFLECTED or len(word) < 4:
        return word
    if word.endswith("ied") or word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("ing"):
        stem = _stem(word[:-3])
        return stem if stem in VERBS else word
    if word.endswith("ed") and any(c in "aeiouy" for c in word[:-2]):
        return _stem(word[:-2]) if not word.endswith("eed") else word
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def tag(text: str, compounds: Collection[tuple[str, ...]] = ()) -> list[Word]:
    """Return the words and stops of a text, each with what it is there.

    `compounds` are base forms of known names of two and more words: their words are nouns.
    """
    written = _tokens(text)
    tokens = [plain(token) or token for token in written]
    bases = [base_form(token) for token in tokens]
    fixed = _compound_positions(bases, compounds)
    words: list[Word] = []
    singular = False  # inside a phrase that "a" or "one" opened
    for i, token in enumerate(tokens):
        following = _listed(tokens[i + 1]) if i + 1 < len(tokens) else "stop"
        if i + 1 < len(tokens) and tokens[i + 1] in _PARTICLES:
            following = "adv"  # "set up a tent"
        kind: Kind | None = "noun" if i in fixed else _listed(token)
        if token == "can" and words and words[-1].kind in ("det", "adj", "count"):
            kind = "noun"  # "an open can of paint"
        if kind in (None, "adj") and i and _POSSESSIVE.search(written[i - 1]):
            kind = kind or "noun"
        elif kind is None or kind == "adj" or (kind == "adv" and bases[i] in VERBS):
            kind = _open(token, bases[i], words, following, singular)
            if kind == "verb" and bases[i] in NOUN_VERBS and _stands(tokens, bases, i + 1):
                kind = "noun"  # "water runs from a tap"
        if kind in ("det", "count"):
            singular = token in ("a", "an", "one", "each", "another")
        elif kind not in ("adj", "noun"):
            singular = False
        words.append(Word(token, bases[i], kind))
    return words


def _tokens(text: str) -> list[str]:
    """Return words, apostrophes included, and stops."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST].casefold()
    text = text.replace("close-up", "closeup").replace("close up of", "closeup of")
    return _TOKEN.findall(text)


def _stem(stem: str) -> str:
    """Undo what -ed and -ing did to a verb: chopp -> chop, slic -> slice, fill -> fill."""
    if stem in VERBS and stem + "e" not in VERBS:
        return stem
    if stem + "e" in VERBS:
        return stem + "e"
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lszfe":
        return stem[:-1]
    if len(stem) > 3 and stem[-2:] == "ll" and stem[:-1] in VERBS:
        return stem[:-1]
    if stem.endswith(("c", "v", "z", "u", "rg", "dg", "s")) and not stem.endswith("ss"):
        return stem + "e"
    if len(stem) > 2 and stem[-1] == "l" and stem[-2] in "bcdfgkptz":
        return stem + "e"
    consonants = stem[-1] not in _VOWELS + "wxy" and stem[-2:-1] in tuple(_VOWELS)
    if consonants and len(stem) in (3, 4) and stem[-3] not in _VOWELS:
        return stem + "e"
    return stem


def _compound_positions(bases: list[str], compounds: Collection[tuple[str, ...]]) -> set[int]:
    found: set[int] = set()
    starts: dict[str, list[tuple[str, ...]]] = {}
    for name in compounds:
        starts.setdefault(name[0], []).append(name)
    for i, base in enumerate(bases):
        for name in starts.get(base, ()):
            if tuple(bases[i : i + len(name)]) == name:
                found.update(range(i, i + len(name)))
    return found


def _listed(token: str) -> Kind | None:
    """Return what a closed-class word is; None for a word that may be a noun or a verb."""
    if not token[0].isalnum():
        return "stop"
    if token.isdecimal() or token in COUNTS:
        return "count"
    if token in DETERMINERS:
        return "det"
    if token in PREPOSITIONS:
        return "prep"
    if token in CONJUNCTIONS:
        return "conj"
    if token in PRONOUNS:
        return "pron"
    if token in AUXILIARIES:
        return "aux"
    if token in ADVERBS or (token.endswith("ly") and len(token) > 4 and token not in _LY_NOUNS):
        return "adv"
    return "adj" if token in ADJECTIVES else None


_LY_NOUNS = word_set("jelly belly family lily fly ally butterfly supply reply assembly")
_PARTICLES = word_set("up down off away apart")
_DOERS = word_set("hand person child man woman dog cat")
_FRUIT = word_set("orange peach plum")
_OBJECT: tuple[Kind | None, ...] = ("det", "pron", "count")


def _open(token: str, base: str, before: list[Word], following: Kind | None, one: bool) -> Kind:
    """Return what an open-class word is between what stands before it and what follows."""
    previous = before[-1] if before else None
    start = _opens_clause(before)
    after_noun = previous is not None and previous.kind == "noun"
    verb = base in VERBS or base in POSTURES
    if token.endswith("ing") and token != base:
        return _present(previous, start, following)
    if verb and base != token and (token.endswith("ed") or not token.endswith("s")):
        return _participle(token, previous, start, following)
    if not verb and token.endswith("ed") and token != base:
        return _participle(token, previous, start, following)
    if token in _FRUIT and previous is not None and previous.kind in _OBJECT:
        return "adj" if following in (None, "adj", "noun") else "noun"  # "an orange on a plate"
    if token in ADJECTIVES:
        return "verb" if verb and start and following in (*_OBJECT, None, "noun") else "adj"
    if token != base and token.endswith("s"):
        if after_noun and (following in _OBJECT or (one and base not in MEASURES)):
            return "verb"
        doer = previous is not None and previous.base in _DOERS
        if after_noun and verb and (doer or base in POSTURES):
            return "verb"
        spoken = after_noun and verb and (base not in NOUN_VERBS or following in ("adv", "aux"))
        joined = previous is not None and previous.kind in ("conj", "pron", "adv")
        return "verb" if spoken or (joined and verb and following in _OBJECT) else "noun"
    if not verb:
        # "repot the cactus": a word in a verb's place, before its object
        return "verb" if start and following == "det" and not after_noun else "noun"
    if start or (previous is not None and previous.kind in ("pron", "aux")):
        bare = base in NOUN_VERBS and following in ("stop", "conj", "prep", "aux", None)
        commanded = previous is None or previous.kind in ("stop", "adv", "prep", "aux", "pron")
        if bare and following in ("aux", "prep") and previous is None:
            return "noun"
        return "verb" if not bare or (commanded and following != "stop") else "noun"
    if after_noun and base in POSTURES and following in ("prep", "adv", "stop", "adj"):
        return "verb"
    plural = after_noun and previous is not None and previous.text != previous.base
    return "verb" if plural and following in (*_OBJECT, "prep", "adj", None) else "noun"


def _stands(tokens: list[str], bases: list[str], i: int) -> bool:
    """Whether the word here says what a thing does by itself: "runs", "lies"."""
    return i < len(tokens) and tokens[i].endswith("s") and bases[i] in POSTURES


def _opens_clause(before: list[Word]) -> bool:
    """Whether a verb in base form would stand here: "…, then carefully cut", "to cut"."""
    for word in reversed(before):
        if word.kind == "adv":
            continue
        if word.kind == "prep":
            return word.text in ("to", "by", "after", "before", "while", "without", "for")
        return word.kind in ("stop", "conj")
    return True


def _present(previous: Word | None, start: bool, following: Kind | None) -> Kind:
    """Return what an -ing word is: "cutting the", "running water", "a knife cutting"."""
    if previous is None or start:
        return "verb"
    if previous.kind in ("noun", "aux", "pron", "part"):
        return "verb"
    if previous.kind == "prep" and following in (*_OBJECT, "stop"):
        return "verb"
    return "adj" if following in (None, "adj") else "noun"


def _participle(token: str, previous: Word | None, start: bool, following: Kind | None) -> Kind:
    """Return what a past form is: "a cut tomato", "a tomato cut in half", "it was cut"."""
    if previous is not None and previous.kind in ("noun", "aux", "pron", "part"):
        return "part"
    if start and following in _OBJECT:
        return "verb"
    return "adj" if following in (None, "adj", "count") else "part"
