"""Which drawings a phrase may mean, and which one it means beside the other things named."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assets.sprites.library import SIDE, Library, Sprite
from inference.lexicon import MEASURES, PEOPLE
from inference.phrases import Phrase, base_form, normalise
from inference.words import Word

Key = tuple[str, ...]  # the base forms of a name's words

HANDS = ("hand", "hands")
# What things stand on, and the background whose ground line it is.
_STANDS_ON = {
    "table": "tabletop", "bench": "workshop", "workbench": "workshop", "floor": "living room",
    "carpet": "living room", "ground": "garden", "path": "garden", "grass": "garden",
}  # fmt: skip
_NOT_THINGS = ("actions", "backgrounds")


def key(name: str) -> Key:
    """Return the base forms of a name's words."""
    return tuple(base_form(word) for word in normalise(name).split())


@dataclass(frozen=True)
class Names:
    """The library's words: objects and people, places (backgrounds) and actions by name."""

    objects: dict[Key, tuple[Sprite, ...]]
    places: dict[Key, tuple[Sprite, ...]]
    actions: dict[Key, tuple[Sprite, ...]]

    @property
    def compounds(self) -> list[Key]:
        """Names of two and more nouns: the tagger takes their words for nouns."""
        every = (name for names in (self.objects, self.places) for name in names)
        return [name for name in every if len(name) > 1 and "of" not in name]


@lru_cache(maxsize=4)
def names_of(drawings: Library) -> Names:
    """Return the library's names; a sprite whose name comes first in its file is listed first."""
    everything = drawings.of()
    places = _by_name(s for s in everything if s.domain == "backgrounds")
    for word, background in _STANDS_ON.items():
        if background in drawings:
            places.setdefault((word,), (drawings[background],))
    objects = _by_name(s for s in everything if s.domain not in _NOT_THINGS)
    if "person" in drawings:
        objects |= {(word,): (drawings["person"],) for word in PEOPLE if (word,) not in objects}
    return Names(
        objects=objects,
        places=places,
        actions=_by_name(s for s in everything if s.domain == "actions"),
    )


def _by_name(sprites: Iterable[Sprite]) -> dict[Key, tuple[Sprite, ...]]:
    ranked: dict[Key, list[tuple[int, str, Sprite]]] = {}
    for sprite in sprites:
        for rank, name in enumerate(dict.fromkeys(key(n) for n in (*sprite.names, sprite.name))):
            if name:
                ranked.setdefault(name, []).append((rank, sprite.name, sprite))
    return {
        name: tuple(sprite for _, _, sprite in sorted(found, key=lambda item: item[:2]))
        for name, found in ranked.items()
    }


@dataclass(frozen=True)
class Context:
    """What settles an ambiguous name: how often each domain was named, and drawings in sight."""

    domains: Counter[str]
    seen: frozenset[str]


def candidates(
    words: list[Word], phrase: Phrase, named: dict[Key, tuple[Sprite, ...]]
) -> tuple[tuple[Sprite, ...], int]:
    """Return the sprites of the longest name that ends the phrase, and where that name starts.

    Without one: no sprite, and where the phrase ends. "Cheese pieces" are cheese.
    """
    ends = [phrase.end]
    if len(phrase.words) > 1 and phrase.head in MEASURES:
        ends.append(phrase.end - 1)
    for end in ends:
        for start in range(max(phrase.start, end - 5), end):
            found = named.get(tuple(word.base for word in words[start:end]))
            if found:
                return found, start
    return (), phrase.end


def settle(found: tuple[Sprite, ...], phrase: Phrase, names: Names, context: Context) -> Sprite:
    """Return the candidate that fits what else is named; the first of equals."""
    modifiers = Counter(
        sprite.domain
        for word in phrase.words[:-1]
        for sprite in names.objects.get((base_form(word),), ())
    )

    def fitness(sprite: Sprite) -> float:
        seen = 10.0 if sprite.name in context.seen else 0.0
        return seen + context.domains[sprite.domain] + 3 * modifiers[sprite.domain]

    return max(enumerate(found), key=lambda item: (fitness(item[1]), -item[0]))[1]


def is_tool(sprite: Sprite) -> bool:
    """Whether it works with its tip: a knife, a cloth or a watering can, not a candle or a nail."""
    bears = sprite.on is not None and "flat" not in sprite.states
    if sprite.tip is None or bears:
        return False
    across, up = abs(sprite.tip[0] - sprite.grip[0]), sprite.grip[1] - sprite.tip[1]
    bottle = up > across and abs(sprite.grip[0] - SIDE / 2) <= 15
    return across >= 25 and not bottle


def state_for(sprite: Sprite, *words: str) -> str | None:
    """Return the sprite's state that these words lead to, each word or all of them together.

    Words are base forms; None when no state knows them.
    """
    wanted = {(word,) for word in words} | {words}
    for state, leading in sprite.states.items():
        if any(key(name) in wanted for name in (state, *leading)):
            return state
    return None
