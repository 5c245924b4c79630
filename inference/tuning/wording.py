"""Says a scene line in words, in many ways: the captions and instructions of the alignment data.

Things are called by any of their drawing's names, states by any word that leads to them. What is
said is what is drawn; the order and the grammar vary.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from assets.corpus.scene_lines import SceneLine, SceneThing
from assets.sprites.library import Library, Sprite
from inference.lexicon import VERBS
from inference.painter.captions import named, plural

PREPOSITIONS = {
    "in": ("in", "inside", "in"),
    "on": ("on", "on top of", "on", "resting on"),
    "out of": ("lifted out of", "coming out of", "taken out of"),
    "over": ("over", "above", "held over"),
    "under": ("under", "below", "beneath"),
    "beside": ("beside", "next to", "near", "by", "alongside"),
    "at": ("at", "against", "touching", "working on"),
    "covers": ("covering", "on top of", "over"),
    "pours into": ("pouring into", "tipped over", "emptied into"),
}
PLACES = {
    "kitchen": ("in a kitchen", "on the kitchen counter", "on a worktop"),
    "tabletop": ("on a table", "on the tabletop"),
    "bathroom": ("in a bathroom",),
    "garden": ("in a garden", "on the lawn"),
    "workshop": ("in a workshop", "on the workbench"),
    "street": ("on a street", "by the road"),
    "living room": ("in a living room",),
    "laundry": ("in a laundry room",),
    "desk": ("on a desk",),
    "outdoors": ("outdoors", "outside"),
    "garage": ("in a garage",),
    "bedroom": ("in a bedroom",),
}
HOLDING = ("holds", "grips", "is holding", "keeps hold of", "has hold of")
HANDY = ("open", "holding", "pinching", "pressing", "flat")  # told by what the hand does
FILLERS = (
    "Take your time.",
    "This takes about five minutes.",
    "Do it slowly and without force.",
    "It should feel firm.",
    "Check the result before going on.",
    "Two or three times is enough.",
    "That keeps everything clean.",
    "Leave enough room around it.",
    "It is easier than it looks.",
    "Stop as soon as it is even.",
)
NEEDS = ("Get {} ready.", "You need {}.", "Fetch {}.", "Set out {}.", "Start with {}.", "Use {}.")


class Wording:
    """Words for one document; random chooses among them."""

    def __init__(self, random: Random, drawings: Library) -> None:
        self._random = random
        self._drawings = drawings
        self._called: dict[str, str] = {}

    def name(self, sprite: str) -> str:
        """Return one of the sprite's names, mostly the same again within a document."""
        names = self._drawings[sprite].names
        if sprite not in self._called or self._random.random() < 0.2:
            first = self._random.random() < 0.45
            self._called[sprite] = names[0] if first else self._random.choice(names)
        return self._called[sprite]

    def thing(self, thing: SceneThing, article: str = "a") -> str:
        """Return a noun phrase: "two sliced tomatoes", "the red cup"."""
        sprite = self._drawings[thing.name]
        if sprite.domain == "people" and thing.state in HANDY:
            thing = replace(thing, state=sprite.default_state)
        called = replace(sprite, names=(self.name(thing.name), *sprite.names))
        tint = thing.tint
        phrase = named(called, thing.state, tint, thing.count)
        if article == "the" and phrase.split(" ")[0] in ("a", "an"):
            phrase = "the " + phrase.split(" ", 1)[1]
        return phrase

    def enumeration(self, things: Sequence[SceneThing]) -> str:
        """Return the phrases of things as an enumeration."""
        parts = [self.thing(thing) for thing in things]
        return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

    def description(self, line: SceneLine) -> str:
        """Return one sentence that tells everything a line shows."""
        clauses = [
            self._clause(line, thing)
            for thing in self._ordered(line)
            if not (thing.name in ("hand", "hands") and self._holds(line, thing))
        ]
        mark = next((thing for thing in line.things if thing.mark), None)
        joined = self._joined(clauses)
        if mark is not None and self._random.random() < 0.7:
            joined += f", {self._doing(mark)}"
        places = PLACES.get(line.background or "", ())
        if places:
            place = self._random.choice(places)
            ahead = self._random.random() < 0.3
            joined = f"{place}, {joined}" if ahead else f"{joined} {place}"
        return f"{joined[:1].upper()}{joined[1:]}."

    def _ordered(self, line: SceneLine) -> list[SceneThing]:
        """Return the things in any order in which each comes after the one that it hangs on."""
        waiting = {k: thing for k, thing in enumerate(line.things) if not thing.mark}
        told: list[SceneThing] = []
        while waiting:
            ready = [k for k, thing in waiting.items() if thing.other not in waiting]
            told.append(waiting.pop(self._random.choice(ready)))
        return told

    def _holds(self, line: SceneLine, hand: SceneThing) -> bool:
        return any(t.link == "holds" and t.other is not None and line.things[t.other] is hand
                   for t in line.things)  # fmt: skip

    def _clause(self, line: SceneLine, thing: SceneThing) -> str:
        phrase = self.thing(thing)
        if thing.link is None or thing.other is None:
            return phrase
        other = line.things[thing.other]
        if thing.link == "holds":
            who = self.thing(other)
            if self._random.random() < 0.35:
                return f"{phrase} {self._random.choice(('in', 'held by'))} {who}"
            return f"{who} {self._random.choice(HOLDING)} {phrase}"
        word = self._random.choice(PREPOSITIONS[thing.link])
        again = replace(other, state=self._drawings[other.name].default_state, count=1, tint=None)
        return f"{phrase} {word} {self.thing(again, 'the')}"

    def _joined(self, clauses: Sequence[str]) -> str:
        """Return the clauses as one sentence; what is told of a thing later is left out before."""
        if len(clauses) == 1:
            return clauses[0]
        joints = (", ", " and ", " with ", " beside ", ", then ")
        text = clauses[0]
        for clause in clauses[1:]:
            text += self._random.choice(joints) + clause
        return text

    def _doing(self, mark: SceneThing) -> str:
        names = self._drawings[mark.name].names
        return self._random.choice(names) if self._random.random() < 0.5 else f"to {names[0]}"

    def needed(self, line: SceneLine) -> str:
        """Return an instruction that names the things without their relations."""
        shown = [thing for thing in self._ordered(line) if thing.link != "holds"]
        return self._random.choice(NEEDS).format(self.enumeration(shown))

    def filler(self) -> str:
        """Return a sentence that shows nothing."""
        return self._random.choice(FILLERS)

    def action(self, mark: SceneThing, at: SceneThing | None) -> str:
        """Return an instruction for an action mark: "Stir the soup."."""
        names = [n for n in self._drawings[mark.name].names if n.split(" ")[0] in VERBS]
        verb = self._random.choice(names or [mark.name])
        what = "it"
        if at is not None:
            bare = replace(at, count=1, state=self._drawings[at.name].default_state)
            what = self.thing(bare, "the")
        if " " in verb and verb.split(" ")[-1] in ("up", "down", "off", "out", "over", "in"):
            first, last = verb.rsplit(" ", 1)
            return f"{first.capitalize()} {what} {last}."
        return f"{verb.capitalize()} {what}."


def said(text: str, sprite: Sprite, other: Sprite) -> str:
    """Return the text with every name of the sprite turned into the other's name."""
    names = sorted(sprite.names, key=len, reverse=True)
    forms = dict.fromkeys((name.lower() for name in names), other.names[0])
    forms |= {plural(name).lower(): plural(other.names[0]) for name in names}
    pattern = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))

    def turned(match: re.Match[str]) -> str:
        article, word = match["article"] or "", match["word"]
        new = forms[word.lower()]
        if word[:1].isupper():
            new = new[:1].upper() + new[1:]
        if article.strip().lower() in ("a", "an"):
            vowel = new[:1].lower() in "aeiou"
            article = article[0] + "n " if vowel else article[0] + " "
        return article + new

    return re.sub(
        rf"(?P<article>\b[Aa]n? )?\b(?P<word>{pattern})\b", turned, text, flags=re.IGNORECASE
    )
