"""Which pictures are stale, and why. Derived from the recipes, never stored.

A picture is stale only if, since the recipe of its chosen take, (a) its step's text or its
description changed beyond case, space and punctuation, (b) the look of an object that it shows
changed, or palette, style or camera did, (c) a neighbour in the recipe shows another take now.
Earlier steps' text makes nothing stale. An imported take has no recipe and is never stale.
"""

import hashlib
import json
import string
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from app.tutorial.edits import Edit, chained, set_picture
from app.tutorial.mentions import mentioned
from app.tutorial.model import Look, Picture, Step, Tutorial
from inference.protocol import ProtocolError, from_json, to_json

Recipe = Mapping[str, Any]
Recipes = Mapping[str, Recipe]  # by the sha256 of their takes
Reason = Literal[
    "text", "description", "look", "palette", "style", "camera", "neighbour", "anchor"
]  # fmt: skip

_ATMOSPHERE: tuple[Literal["palette", "style", "camera"], ...] = ("palette", "style", "camera")


@dataclass(frozen=True)
class Stale:
    """Why a picture is stale.

    what: the object's name for "look", the number of the neighbour's step for "neighbour".
    """

    reason: Reason
    what: str = ""


@dataclass(frozen=True)
class _Origin:
    """A picture in which a take is or was offered; number: of its step, from 1."""

    picture: str
    chosen: str | None
    number: int


@dataclass(frozen=True)
class _Around:
    """What the rules look at outside a picture's own step.

    differences: how the look differs from that of a recipe, by the recipe's, as far as asked.
    """

    look: Look
    look_json: Any
    anchor: str | None
    origins: dict[str, tuple[_Origin, ...]]
    differences: dict[str, "_Difference"]


@dataclass(frozen=True)
class _Difference:
    """What differs between two looks: names, each with its entry's; palette, style, camera."""

    names: tuple[tuple[str, str], ...]
    atmosphere: tuple[Reason, ...]


def stale(tutorial: Tutorial, recipes: Recipes) -> Mapping[str, Stale]:
    """Return the stale pictures by id; one that the author keeps as it is isn't among them."""
    return Staleness().stale(tutorial, recipes)


class Staleness:
    """Finds the stale pictures again and again, and looks only at what changed since."""

    def __init__(self) -> None:
        self._tutorial = Tutorial("")
        self._around = _around(self._tutorial)
        self._known: dict[str, _Known] = {}
        self._found: Mapping[str, Stale] = {}

    def stale(self, tutorial: Tutorial, recipes: Recipes) -> Mapping[str, Stale]:
        """Return the stale pictures by id.

        A recipe must be there before a picture shows its take, and must not change.
        """
        before, self._tutorial = self._tutorial, tutorial
        if tutorial is before:
            return self._found
        grown = _grown_steps(before, tutorial)
        if grown is None or (before.look, before.anchor) != (tutorial.look, tutorial.anchor):
            self._around, self._known = _around(tutorial), {}
            concerned = list(tutorial.steps)
        else:
            touched = _touched(self._around.origins, grown)
            for picture in (p for _, old, _ in grown if old is not None for p in old.pictures):
                self._known.pop(picture.id, None)
            seeing = (one.step for one in self._known.values() if one.sees & touched)
            concerned = [*(step for _, _, step in grown), *(seeing if touched else ())]
        for step, picture, recipe in _painted(concerned, recipes):
            found = _verdict(step, picture, recipe, self._around)
            sees = frozenset(sha256 for _, sha256 in _conditions(recipe))
            self._known[picture.id] = _Known(step, sees, found)
        known = self._known.items()
        self._found = {name: one.found for name, one in known if one.found is not None}
        return self._found


@dataclass(frozen=True)
class _Known:
    """What was found for a picture of this step whose recipe sees these takes."""

    step: Step
    sees: frozenset[str]
    found: Stale | None


def _grown_steps(before: Tutorial, after: Tutorial) -> list[tuple[int, Step | None, Step]] | None:
    """Return the steps that changed or came behind, by number; None when others moved or went."""
    pairs = enumerate(zip_longest(before.steps, after.steps), 1)
    grown = [(number, old, new) for number, (old, new) in pairs if old is not new]
    kept = all(new is not None and (old is None or old.id == new.id) for _, old, new in grown)
    return grown if kept else None


def _touched(
    origins: dict[str, tuple[_Origin, ...]], grown: Iterable[tuple[int, Step | None, Step]]
) -> set[str]:
    """Bring the origins up to date with these steps; return the takes whose origins changed."""
    touched = set()
    for number, old, new in grown:
        was = [] if old is None else list(_offers(number, old))
        now = list(_offers(number, new))
        if was == now:
            continue
        for sha256, origin in was:
            origins[sha256] = tuple(o for o in origins[sha256] if o != origin)
        for sha256, origin in now:
            all_of_it = (*origins.get(sha256, ()), origin)
            origins[sha256] = tuple(sorted(all_of_it, key=lambda one: one.number))
        touched |= {sha256 for sha256, _ in (*was, *now)}
    return touched


def keep_as_is(tutorial: Tutorial, pictures: Collection[str], recipes: Recipes) -> Edit:
    """Keep pictures as they are: none is stale until something that concerns it changes again."""
    around = _around(tutorial)
    entries = []
    for step, picture, recipe in _painted(tutorial.steps, recipes):
        if picture.id in pictures:
            state = _state(step, picture, recipe, around)
            tutorial, entry = set_picture(tutorial, step.id, picture.id, "kept", state)
            entries.append(entry)
    return tutorial, chained(entries)


def showing(tutorial: Tutorial, names: Collection[str], recipes: Recipes) -> set[str]:
    """Return the ids of the painted pictures that show an object of one of these names."""
    return {
        picture.id
        for _, picture, recipe in _painted(tutorial.steps, recipes)
        if mentioned(names, _shown(picture, recipe))
    }


def _painted(steps: Iterable[Step], recipes: Recipes) -> Iterator[tuple[Step, Picture, Recipe]]:
    """Yield the pictures that show a painted take, with its recipe."""
    for step in steps:
        for picture in step.pictures:
            recipe = recipes.get(picture.chosen) if picture.chosen else None
            if recipe and not picture.not_needed:
                yield step, picture, recipe


def _around(tutorial: Tutorial) -> _Around:
    origins: dict[str, tuple[_Origin, ...]] = {}
    for number, step in enumerate(tutorial.steps, 1):
        for sha256, origin in _offers(number, step):
            origins[sha256] = (*origins.get(sha256, ()), origin)
    return _Around(tutorial.look, to_json(tutorial.look), tutorial.anchor, origins, {})


def _offers(number: int, step: Step) -> Iterator[tuple[str, _Origin]]:
    """Yield the takes that a step's pictures offer or offered, each with its origin."""
    for picture in step.pictures:
        origin = _Origin(picture.id, picture.chosen, number)
        for sha256 in dict.fromkeys((*picture.takes, *picture.withdrawn)):
            yield sha256, origin


def _verdict(step: Step, picture: Picture, recipe: Recipe, around: _Around) -> Stale | None:
    found = next(_reasons(step, picture, recipe, around), None)
    if found and picture.kept and picture.kept == _state(step, picture, recipe, around):
        return None
    return found


def _reasons(step: Step, picture: Picture, recipe: Recipe, around: _Around) -> Iterator[Stale]:
    """Yield why the picture is stale; the look first, since it tells most after a rename."""
    if recipe.get("look") != around.look_json:
        yield from _look_reasons(picture, recipe, around)
    if _differs(recipe.get("heading"), step.title) or _differs(recipe.get("body"), step.body):
        yield Stale("text")
    if _differs(recipe.get("description"), picture.description):
        yield Stale("description")
    for role, sha256 in _conditions(recipe):
        if role == "anchor" and around.anchor not in (None, sha256, picture.chosen):
            yield Stale("anchor")
        elif role in ("previous", "next"):
            origins = _origins(sha256, picture, around)
            shown = [origin for origin in origins if origin.chosen is not None]
            if shown and all(origin.chosen != sha256 for origin in shown):
                yield Stale("neighbour", str(shown[0].number))


def _look_reasons(picture: Picture, recipe: Recipe, around: _Around) -> Iterator[Stale]:
    look = recipe.get("look", {})
    key = repr(look)  # most recipes of a tutorial hold one of a few looks
    if key not in around.differences:
        around.differences[key] = _difference(look, around.look)
    difference = around.differences[key]
    shown = _shown(picture, recipe) if difference.names else ""
    for name, entry_name in difference.names:
        if mentioned((name,), shown):
            yield Stale("look", entry_name)
    for field in difference.atmosphere:
        yield Stale(field)


def _difference(look_json: object, now: Look) -> _Difference:
    try:
        before = from_json(Look, look_json)
    except ProtocolError:  # damaged, or from another version: nothing to compare with
        return _Difference((), ())
    old, new = _said(before), _said(now)
    names = [new[key] for key in new if key not in old]
    names += [old[key] for key in old if key not in new]
    changed = (f for f in _ATMOSPHERE if _differs(getattr(before, f), getattr(now, f)))
    return _Difference(tuple(names), tuple(changed))


def _said(look: Look) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return what the look says of each name, beyond writing: the name and its entry's name."""
    return {
        (_bare(name), _bare(entry.name), _bare(entry.appearance)): (name, entry.name)
        for entry in look.entries
        for name in (entry.name, *entry.other_names)
    }


def _state(step: Step, picture: Picture, recipe: Recipe, around: _Around) -> str:
    """Return the sha256 of all that the rules look at for a picture and its chosen take."""
    shown = _shown(picture, recipe)
    conditions = _conditions(recipe)
    anchored = any(role == "anchor" for role, _ in conditions)
    state = [
        picture.chosen,
        *map(_bare, (step.title, step.body, picture.description)),
        *(_bare(getattr(around.look, field)) for field in _ATMOSPHERE),
        [key for key, (name, _) in _said(around.look).items() if mentioned((name,), shown)],
        [
            [origin.chosen for origin in _origins(sha256, picture, around)]
            for role, sha256 in conditions
            if role in ("previous", "next")
        ],
        around.anchor if anchored else None,
    ]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()


def _origins(sha256: str, picture: Picture, around: _Around) -> Iterable[_Origin]:
    """Return the other pictures from which a condition came."""
    return [o for o in around.origins.get(sha256, ()) if o.picture != picture.id]


def _conditions(recipe: Recipe) -> list[tuple[str, str]]:
    """Return role and sha256 of each condition; the recipe comes from a file, and may be wrong."""
    conditions = recipe.get("conditions")
    pairs = (
        (condition.get("role"), condition.get("sha256"))
        for condition in (conditions if isinstance(conditions, list | tuple) else ())
        if isinstance(condition, Mapping)
    )
    return [(r, s) for r, s in pairs if isinstance(r, str) and isinstance(s, str)]


def _shown(picture: Picture, recipe: Recipe) -> str:
    """Return the text that tells what a picture shows."""
    painted = recipe.get("description")
    own = (picture.description, picture.alt_text)
    return "\n".join((painted, *own) if isinstance(painted, str) else own)


def _differs(before: object, now: str) -> bool:
    return isinstance(before, str) and before != now and _bare(before) != _bare(now)


def _bare(text: str) -> str:
    """Return a text without case, space and punctuation, which only keep numbers apart: 1.5, 15."""
    kept: list[str] = []
    apart = False
    for character in unicodedata.normalize("NFC", text).casefold():
        if not _counts(character):
            apart = True
            continue
        if apart and character.isdigit() and kept and kept[-1].isdigit():
            kept.append(" ")
        kept.append(character)
        apart = False
    return "".join(kept)


def _counts(character: str) -> bool:
    if character.isalnum():
        return True
    return character not in string.punctuation and unicodedata.category(character)[0] not in "PZC"
