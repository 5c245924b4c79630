"""Context-alignment data: made-up pictures with captions, and chains of edits of them.

A picture to start with, told in one sentence; then an instruction a picture (add, remove, replace,
move, recolour, change of state), perhaps with the new picture told again. Nobody would write so;
it teaches the painter words and obedience, and never goes into stage 1.
Source: DuoGen, section 3.2 (image generation and editing data).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from assets.corpus.scene_lines import Link, SceneLine, SceneThing
from assets.sprites.library import TINTS, Library, Sprite
from assets.sprites.scene import Scene
from inference.context import step_chunk
from inference.lexicon import VERBS
from inference.painter.geometry import Ruler
from inference.painter.naming import is_tool
from inference.painter.storyboard.things import Neighbour
from inference.tuning.documents import Document, Shown
from inference.tuning.measures import done, seen
from inference.tuning.pictures import picture_of, settled
from inference.tuning.wording import Wording, said

# Tried with these weights: few pictures admit a move or a change of state.
EDITS = {"add": 1, "remove": 1, "replace": 1, "recolour": 1, "move": 5, "state": 4}
LONGEST = 4  # pictures of a chain
FIRST_TIMES = 20  # tries to find an edit that the picture admits
DOMAINS = ("cooking", "garden", "pets", "repair", "clothes", "crafts", "transport", "home",
           "nature", "care")  # fmt: skip
ADDING = ("Add {}.", "Put {} there too.", "Now place {} with it.", "Bring {}.", "Set down {}.")
REMOVING = ("Take {} away.", "Remove {}.", "Put {} aside.", "{} is no longer needed.",
            "Clear {} away.")  # fmt: skip
REPLACING = ("Replace {} with {}.", "Use {1} instead of {0}.", "Swap {} for {}.",
             "Exchange {} for {}.")  # fmt: skip
COLOURING = ("Paint {} {}.", "Make {} {}.", "Colour {} {}.", "Turn {} {}.", "Dye {} {}.")
LEAVING = ("Take {} out of {}.", "Lift {} from {}.", "Move {} away from {}.")
ENTERING = ("Put {} {} {}.", "Move {} {} {}.", "Lay {} {} {}.", "Place {} {} {}.")


def made_up(random: Random, drawings: Library) -> Document:
    """Return one document of one to LONGEST pictures."""
    maker = _Maker(random, drawings)
    line = maker.line()
    wording = Wording(random, drawings)
    seed = random.randrange(1 << 30)
    scene, ruler = picture_of(line, (), seed, drawings), Ruler(drawings)
    chunks = [maker.request(wording, line), maker.told(1, wording, line)]
    pictures = [Shown(1, scene)]
    for _ in range(random.choice((0, 1, 2, 2, LONGEST - 1, LONGEST - 1))):
        edited = maker.edited(line, wording)
        if edited is None:
            break
        earlier, (kind, line, text) = line, edited
        before, scene = scene, picture_of(line, [Neighbour("previous", scene)], seed, drawings)
        kept = settled(scene, line, before, earlier, ruler)
        if kept is None:
            break  # too full: all would be composed anew, and nothing in the text says so
        scene = kept
        old, new = seen(before, drawings), seen(scene, drawings)
        if done(kind, old, new, old) or not done(kind, old, new, new):
            break  # too full to show it
        described = wording.description(line) if random.random() < 0.4 else ""
        body = f"{text} {wording.filler()}" if random.random() < 0.4 else text
        heading = text.rstrip(".") if random.random() < 0.3 else random.choice(("Go on", "Next"))
        chunks.append(step_chunk(len(chunks), heading, body, described))
        pictures.append(Shown(len(chunks) - 1, scene, kind))
    return Document("alignment", tuple(chunks), tuple(pictures))


def undrawable(text: str, drawings: Library, random: Random) -> Document:
    """Return a document about something that the library lacks: its picture is empty."""
    wording = Wording(random, drawings)
    heading = random.choice((text.rstrip("."), "Begin", "Go on", "Next", wording.filler()[:-1]))
    sentences = [wording.filler() for _ in range(random.randint(0, 2))]
    told = random.random() < 0.3
    if told or not sentences:
        sentences.append(text)
    body = " ".join(sentences)
    chunk = step_chunk(random.choice((1, 1, 2, 3)), heading, body, "" if told else text)
    return Document("alignment", ("", chunk), (Shown(1, Scene(None)),))


def unknown(
    document: Document, nouns: Sequence[str], drawings: Library, random: Random
) -> Document:
    """Return the first picture of a made-up document with its things turned into unknown ones."""
    shown = document.pictures[0]
    chunk = document.chunks[shown.chunk]
    for name in dict.fromkeys(placed.name for placed in shown.scene.sprites):
        if drawings[name].domain not in ("people", "actions"):
            sprite = drawings[name]
            chunk = said(chunk, sprite, replace(sprite, names=(random.choice(nouns),)))
    return Document("alignment", ("", chunk), (Shown(shown.chunk, Scene(None)),))


class _Maker:
    """Makes lines and edits of lines."""

    def __init__(self, random: Random, drawings: Library) -> None:
        self._random = random
        self._drawings = drawings
        self._domain = random.choice(DOMAINS)

    def _some(self, fits: Callable[[Sprite], bool] = lambda sprite: True) -> Sprite | None:
        """Return a drawing that fits, mostly one of this document's domain."""
        near = self._random.random() < 0.6
        domains = (self._domain,) if near else DOMAINS
        found = [sprite for sprite in self._drawings.of(*domains) if fits(sprite)]
        return self._random.choice(found) if found else None

    def _thing(self, sprite: Sprite, link: Link | None = None, other: int | None = None,
               count: int = 1) -> SceneThing:  # fmt: skip
        states = list(sprite.states)
        state = states[0] if self._random.random() < 0.4 else self._random.choice(states)
        tinted = sprite.tint is not None and self._random.random() < 0.45
        tint = self._random.choice(list(TINTS)) if tinted else None
        return SceneThing(sprite.name, state, tint, count, link, other)

    def line(self) -> SceneLine:
        """Return a background with one to three things, perhaps a hand at work or an action."""
        things: list[SceneThing] = []
        self._start(things)
        if self._random.random() < 0.35 and len(things) < 4:
            beside = self._some()
            if beside is not None and all(t.name != beside.name for t in things):
                things.append(self._thing(beside, "beside", 0))
        places = [sprite.name for sprite in self._drawings.of("backgrounds")]
        # Where no place is named, the picture is where such things mostly are.
        place = self._random.choice(places) if self._random.random() < 0.5 else None
        return SceneLine(place, tuple(self._with_mark(things)))

    def _start(self, things: list[SceneThing]) -> None:
        first = self._some() or self._drawings["box"]
        shape = self._random.random()
        holder = self._some(lambda s: s.inside is not None or s.on is not None)
        if shape < 0.3 and holder is not None:
            things.append(self._thing(holder))
            link: Link = "in" if holder.inside is not None else "on"
            small = self._some(lambda s: s.size <= 0.8 * holder.size and s.name != holder.name)
            if small is not None:
                count = self._random.choice((1, 1, 1, 2, 3)) if small.size < 0.6 else 1
                things.append(self._thing(small, link, 0, count))
        elif shape < 0.6:
            self._start_with_hand(things, first)
        elif shape < 0.68:
            person = self._random.choice(("person", "child"))
            if person in self._drawings:
                things.append(self._thing(self._drawings[person]))
                things.append(self._thing(first, "beside", 0))
        else:
            count = self._random.choice((2, 3)) if self._random.random() < 0.12 else 1
            things.append(self._thing(first, count=count))

    def _start_with_hand(self, things: list[SceneThing], first: Sprite) -> None:
        hand = self._drawings["hand" if self._random.random() < 0.85 else "hands"]
        states = [s for s in ("holding", "pinching", "holding") if s in hand.states]
        held = SceneThing(hand.name, self._random.choice(states))
        tool = self._some(is_tool) if self._random.random() < 0.6 else None
        if tool is None or tool.name == first.name:
            things += [held, self._thing(first, "holds", 0)]
        else:
            things += [self._thing(first), held, self._thing(tool, "holds", 1)]

    def _with_mark(self, things: list[SceneThing]) -> list[SceneThing]:
        if self._random.random() < 0.3:
            mark = self._random.choice(self._drawings.of("actions"))
            at = [k for k, t in enumerate(things) if t.name not in ("hand", "hands")]
            if at:
                other = self._random.choice(at)
                things = [*things, SceneThing(mark.name, mark.default_state, None, 1, "at", other,
                                              mark=True)]  # fmt: skip
        return things

    def request(self, wording: Wording, line: SceneLine) -> str:
        """Return what stands in the prompt's place: nothing, or a few words."""
        if self._random.random() < 0.5:
            return ""
        subject = self._random.choice([t for t in line.things if not t.mark])
        asked = ("How do I use {}?", "Show {}.", "Work with {}", "A tutorial about {}")
        return self._random.choice(asked).format(wording.thing(subject))

    def told(self, number: int, wording: Wording, line: SceneLine) -> str:
        """Return the chunk of a first picture: told in its description, its body, or both."""
        description = wording.description(line)
        mark = next((t for t in line.things if t.mark), None)
        at = line.things[mark.other] if mark is not None and mark.other is not None else None
        sentences = []
        if self._random.random() < 0.5:
            sentences.append(wording.needed(line))
        if mark is not None:
            sentences.append(wording.action(mark, at))
        if self._random.random() < 0.4 or not sentences:
            sentences.append(wording.filler())
        only_text = self._random.random() < 0.12
        if only_text:
            sentences.append(description)
        heading = sentences[0].rstrip(".") if self._random.random() < 0.4 else "Begin"
        return step_chunk(number, heading, " ".join(sentences), "" if only_text else description)

    def edited(self, line: SceneLine, wording: Wording) -> tuple[str, SceneLine, str] | None:
        """Return the kind of an edit, the line after it and the instruction; None: no way."""
        for _ in range(FIRST_TIMES):
            [kind] = self._random.choices(list(EDITS), list(EDITS.values()))
            changed = getattr(self, f"_{kind}")(line, wording)
            if changed is not None:
                return kind, *changed
        return None

    def _free(self, line: SceneLine) -> list[int]:
        """Return the things on which nothing hangs and that are in no hand, marks left out."""
        used = {t.other for t in line.things}
        return [k for k, t in enumerate(line.things) if k not in used and not t.mark
                and t.link != "holds" and t.name not in ("hand", "hands")]  # fmt: skip

    def _add(self, line: SceneLine, wording: Wording) -> tuple[SceneLine, str] | None:
        shown = [t for t in line.things if not t.mark]
        new = self._some(lambda s: all(s.name != t.name for t in line.things))
        if new is None or sum(t.count for t in shown) > 3:
            return None
        link: Link = "beside"
        thing = self._thing(new, link, 0)
        into = [k for k, t in enumerate(line.things)
                if self._drawings[t.name].inside is not None
                and new.size <= 0.8 * self._drawings[t.name].size]  # fmt: skip
        text = self._random.choice(ADDING).format(wording.thing(thing))
        if into and self._random.random() < 0.6:
            k = self._random.choice(into)
            thing = replace(thing, link="in", other=k)
            text = self._random.choice(ENTERING).format(
                wording.thing(thing), self._random.choice(("in", "into", "inside")),
                wording.thing(line.things[k], "the"))  # fmt: skip
        return _inserted(line, thing), text

    def _remove(self, line: SceneLine, wording: Wording) -> tuple[SceneLine, str] | None:
        free = self._free(line)
        if len([t for t in line.things if not t.mark]) < 2 or not free:
            return None
        k = self._random.choice(free)
        phrase = wording.thing(line.things[k], "the")
        return without(line, k), _sentence(self._random.choice(REMOVING).format(phrase))

    def _replace(self, line: SceneLine, wording: Wording) -> tuple[SceneLine, str] | None:
        free = self._free(line)
        new = self._some(lambda s: all(s.name != t.name for t in line.things))
        if not free or new is None:
            return None
        k = self._random.choice(free)
        old = line.things[k]
        if old.link in ("in", "on") and old.other is not None:
            bearer = self._drawings[line.things[old.other].name]
            if new.size > 0.8 * bearer.size:
                return None
        thing = self._thing(new, old.link, old.other, 1)
        form = self._random.choice(REPLACING)
        return _changed(line, k, thing), form.format(
            wording.thing(old, "the"), wording.thing(thing)
        )

    def _move(self, line: SceneLine, wording: Wording) -> tuple[SceneLine, str] | None:
        free = self._free(line)
        if not free:
            return None
        k = self._random.choice(free)
        thing = line.things[k]
        phrase = wording.thing(thing, "the")
        if thing.link in ("in", "on") and thing.other is not None:
            form = self._random.choice(LEAVING)
            text = form.format(phrase, wording.thing(line.things[thing.other], "the"))
            return _changed(line, k, replace(thing, link="beside")), text
        sprite = self._drawings[thing.name]
        bearers = [i for i in range(k) if not line.things[i].mark
                   and self._drawings[line.things[i].name].inside is not None
                   and sprite.size <= 0.8 * self._drawings[line.things[i].name].size]  # fmt: skip
        if not bearers:
            return None
        at = self._random.choice(bearers)
        text = self._random.choice(ENTERING).format(
            phrase, self._random.choice(("in", "into", "inside")),
            wording.thing(line.things[at], "the"))  # fmt: skip
        return _changed(line, k, replace(thing, link="in", other=at)), text

    def _recolour(self, line: SceneLine, wording: Wording) -> tuple[SceneLine, str] | None:
        able = [k for k, t in enumerate(line.things)
                if not t.mark and t.name not in ("hand", "hands")
                and self._drawings[t.name].tint is not None]  # fmt: skip
        if not able:
            return None
        k = self._random.choice(able)
        thing = line.things[k]
        now = thing.tint or self._drawings[thing.name].tint
        tint = self._random.choice([tint for tint in TINTS if tint != now])
        phrase = wording.thing(thing, "the")
        text = _sentence(self._random.choice(COLOURING).format(phrase, tint))
        return _changed(line, k, replace(thing, tint=tint)), text

    def _state(self, line: SceneLine, wording: Wording) -> tuple[SceneLine, str] | None:
        able: list[tuple[int, str, str]] = []
        for k, thing in enumerate(line.things):
            if thing.mark or self._drawings[thing.name].domain == "people":
                continue
            for state, words in self._drawings[thing.name].states.items():
                verbs = [word for word in words if word.split(" ")[0] in VERBS]
                if state != thing.state:
                    able += [(k, state, verb) for verb in verbs]
        if not able:
            return None
        k, state, verb = self._random.choice(able)
        thing = line.things[k]
        bare = replace(thing, state=self._drawings[thing.name].default_state)
        first, _, rest = verb.partition(" ")
        text = " ".join(part for part in (first, wording.thing(bare, "the"), rest) if part)
        return _changed(line, k, replace(thing, state=state)), _sentence(f"{text}.")


def _inserted(line: SceneLine, thing: SceneThing) -> SceneLine:
    """Return the line with one thing more, before its mark."""
    marks = [t for t in line.things if t.mark]
    rest = [t for t in line.things if not t.mark]
    return SceneLine(line.background, (*rest, thing, *marks))


def _changed(line: SceneLine, k: int, thing: SceneThing) -> SceneLine:
    return SceneLine(line.background, (*line.things[:k], thing, *line.things[k + 1 :]))


def without(line: SceneLine, k: int) -> SceneLine:
    """Return the line without one thing; what hung on it hangs on nothing."""
    things: Sequence[SceneThing] = [t for i, t in enumerate(line.things) if i != k]
    moved = []
    for thing in things:
        other = thing.other
        if other == k:
            thing = replace(thing, link=None, other=None)
        elif other is not None and other > k:
            thing = replace(thing, other=other - 1)
        moved.append(thing)
    return SceneLine(line.background, tuple(moved))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
