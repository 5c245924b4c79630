"""The tutorial's look put on the things that a text names: their colours and states.

Only what an entry says of its object is drawn. Palette, style and camera are kept in the recipe
and drawn by no rule: every picture has our drawings' own style.
"""

from dataclasses import replace

from inference.lexicon import TINT_WORDS
from inference.painter.naming import Key, key
from inference.painter.storyboard.parsing import Mention, Parsed
from inference.protocol import Look


def dressed(parsed: Parsed, look: Look) -> Parsed:
    """Return the text with each thing in the look's appearance; a colour of its own stays.

    An entry speaks for a phrase that ends in one of its names: "pot" for "the old clay pots". The
    longest name wins.
    """
    appearances: dict[Key, Key] = {}
    for entry in look.entries:
        if appearance := key(entry.appearance):
            names = (key(name) for name in (entry.name, *entry.other_names))
            appearances |= {name: appearance for name in names if name}
    if not appearances:
        return parsed
    mentions = tuple(_dressed(mention, parsed, appearances) for mention in parsed.mentions)
    return replace(parsed, mentions=mentions)


def _dressed(mention: Mention, parsed: Parsed, appearances: dict[Key, Key]) -> Mention:
    phrase = tuple(word.base for word in parsed.words[mention.phrase.start : mention.phrase.end])
    endings = (phrase[start:] for start in range(len(phrase)))
    appearance = next((appearances[name] for name in endings if name in appearances), ())
    tints = (TINT_WORDS.get(word) for word in appearance)
    tint = mention.tint or next((tint for tint in tints if tint), None)
    return replace(mention, tint=tint, appearance=appearance)
