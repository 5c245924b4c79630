"""Every edit that an author can make of a tutorial, chosen by two numbers."""

import json
from typing import Any

import fake_engine

from app.editing.open_tutorial import OpenTutorial
from app.tutorial import edits
from app.tutorial.edits import Edit, chained
from app.tutorial.finding import find, replace_hits
from app.tutorial.joining import Merged, Refusal, merge_steps, merge_with_previous, split_step
from app.tutorial.model import CALLOUTS, Callout, LookEntry, Mark, Picture, Step, Take, Tutorial
from app.tutorial.renaming import rename, rename_hits
from app.tutorial.staleness import keep_as_is
from app.tutorial.undo import Entry, picture_by_id
from app.window.clipping import Pasted, give_takes, insert_pasted
from inference.protocol import image

PHRASES = ("{}", "A terracotta pot, {}.", "{}\n\n- planters\n", "", " ")
TEXTS: tuple[edits.StepField, ...] = ("title", "body", "note")
GONE = 19  # a number that stands for a step or picture that isn't there


def a_take(seed: int, recipe: dict[str, Any] | None = None) -> Take:
    """Return a take; without a recipe it is the author's own image."""
    side = fake_engine.SIDE
    shown = image(fake_engine.png(seed, json.dumps(recipe)), side, side)
    return Take(shown.sha256, "image/png", side, side, shown.data(), recipe or {}, {})


class Hand:
    """Finds by number what there is in an open tutorial, and words that were never there."""

    def __init__(self, opened: OpenTutorial) -> None:
        self.opened = opened
        self._counter = 0

    @property
    def tutorial(self) -> Tutorial:
        """As it stands."""
        return self.opened.tutorial

    def name(self) -> str:
        """Return an id, or a word, that was never there."""
        self._counter += 1
        return f"n{self._counter}"

    def words(self, n: int) -> str:
        """Return a text that was never there, or an empty one."""
        return PHRASES[n % len(PHRASES)].format(self.name())

    def step(self, n: int) -> str:
        """Return the id of a step."""
        ids = [step.id for step in self.tutorial.steps]
        return ids[n % len(ids)] if ids and n != GONE else "gone"

    def place(self, n: int) -> tuple[str, str]:
        """Return the ids of a step and of its picture."""
        ids = [(step.id, picture.id) for step in self.tutorial.steps for picture in step.pictures]
        return ids[n % len(ids)] if ids and n != GONE else (self.step(n), "gone")

    def take(self, n: int) -> str:
        """Return a take of the file."""
        return sorted(self.opened.infos)[n % len(self.opened.infos)]

    def offered(self, place: tuple[str, str], n: int) -> str:
        """Return a take that a picture offers, or any."""
        picture = picture_by_id(self.tutorial, *place)
        takes = picture.takes if picture else ()
        return takes[n % len(takes)] if takes else self.take(n)


# ---------------------------------------------------------------- texts and fields


def type_in_a_step(hand: Hand, n: int, k: int) -> Edit:
    return edits.set_step(hand.tutorial, hand.step(n), TEXTS[k % len(TEXTS)], hand.words(k))


def type_in_the_head(hand: Hand, n: int, k: int) -> Edit:
    return edits.set_field(hand.tutorial, "title" if k % 2 else "summary", hand.words(n))


def describe(hand: Hand, n: int, k: int) -> Edit:
    return edits.set_picture(hand.tutorial, *hand.place(n), "description", hand.words(k))


def tell_in_words(hand: Hand, n: int, k: int) -> Edit:
    return confirmed_alt(hand.tutorial, hand.place(n), hand.words(k))


def confirmed_alt(tutorial: Tutorial, place: tuple[str, str], words: str) -> Edit:
    """Tell what a picture shows, as typing in its field does."""
    tutorial, told = edits.set_picture(tutorial, *place, "alt_text", words)
    tutorial, confirmed = edits.set_picture(tutorial, *place, "alt_confirmed", True)
    return tutorial, chained((told, confirmed))


def list_things(hand: Hand, n: int, k: int) -> Edit:
    things = (hand.name(), "planter")[: k % 3]
    return edits.set_field(hand.tutorial, "tools" if n % 2 else "materials", things)


def set_callouts(hand: Hand, n: int, k: int) -> Edit:
    callouts = (Callout(CALLOUTS[n % 4], hand.name()),)[: k % 3]
    return edits.set_step(hand.tutorial, hand.step(n), "callouts", callouts)


def check(hand: Hand, n: int, k: int) -> Edit:
    return edits.set_step(hand.tutorial, hand.step(n), "checked", k % 2 == 0)


def draw_a_mark(hand: Hand, n: int, k: int) -> Edit:
    marks = (Mark("label", 0.1, 0.2, 0.3, k / GONE, hand.name()),)
    return edits.set_picture(hand.tutorial, *hand.place(n), "marks", marks)


def need_no_picture(hand: Hand, n: int, k: int) -> Edit:
    return edits.set_picture(hand.tutorial, *hand.place(n), "not_needed", k % 2 == 0)


def use_a_take(hand: Hand, n: int, k: int) -> Edit:
    taken = hand.take(n) if n % 3 else None
    return edits.set_field(hand.tutorial, "cover" if k % 2 else "anchor", taken)


def replace_words(hand: Hand, n: int, k: int) -> Edit:
    hits = find(hand.tutorial, "pot")[n % 3 :: 1 + k % 2]
    return replace_hits(hand.tutorial, hits, f"pot {hand.name()}")


def rename_an_object(hand: Hand, n: int, k: int) -> Edit:
    other = ("planter",) if k % 3 else ()
    new = LookEntry(f"blue pot {hand.name()}", other, "blue, round")
    hits = rename_hits(hand.tutorial, n % 3, new)[k % 2 :]
    return rename(hand.tutorial, n % 3, new, hits, hand.opened.recipes)


def keep_stale_pictures(hand: Hand, _n: int, _k: int) -> Edit:
    return keep_as_is(hand.tutorial, hand.opened.stale.keys(), hand.opened.recipes)


# ---------------------------------------------------------------- steps


def insert_step(hand: Hand, n: int, k: int) -> Edit:
    return edits.insert_step(hand.tutorial, Step(hand.name(), hand.words(k)), n)


def delete_step(hand: Hand, n: int, _k: int) -> Edit:
    return edits.delete_step(hand.tutorial, hand.step(n))


def delete_steps(hand: Hand, n: int, k: int) -> Edit:
    return edits.delete_steps(hand.tutorial, (hand.step(n), hand.step(k)))


def move_step(hand: Hand, n: int, k: int) -> Edit:
    return edits.move_step(hand.tutorial, hand.step(n), k // 3)


def move_steps(hand: Hand, n: int, k: int) -> Edit:
    several = (hand.step(n), hand.step(k))
    return edits.move_steps(hand.tutorial, several, (n + k) // 5)


def duplicate_step(hand: Hand, n: int, _k: int) -> Edit:
    return edits.duplicate_step(hand.tutorial, hand.step(n), hand.name())


def paste_steps(hand: Hand, n: int, k: int) -> Edit:
    own = a_take(k)
    hand.opened.add_takes([own])
    shown = Picture(hand.name(), takes=(own.sha256,), chosen=own.sha256)
    steps = (Step(hand.name(), pictures=(shown,)), Step(hand.name(), body=hand.name()))
    pasted = Pasted(steps, materials=(hand.name(),))
    return insert_pasted(hand.tutorial, pasted, hand.step(n))


def split(hand: Hand, n: int, k: int) -> Edit:
    return split_step(hand.tutorial, hand.step(n), k, hand.name())


def backspace(hand: Hand, n: int, _k: int) -> Edit:
    return _joined(hand, merge_with_previous(hand.tutorial, hand.step(n)))


def merge_with_above(hand: Hand, n: int, _k: int) -> Edit:
    return _joined(hand, merge_steps(hand.tutorial, hand.step(n)))


def _joined(hand: Hand, result: Merged | Refusal) -> Edit:
    return result.edit if isinstance(result, Merged) else (hand.tutorial, Entry())


# ---------------------------------------------------------------- pictures and takes


def insert_picture(hand: Hand, n: int, k: int) -> Edit:
    picture = Picture(hand.name(), hand.words(k))
    return edits.insert_picture(hand.tutorial, hand.step(n), picture)


def delete_picture(hand: Hand, n: int, _k: int) -> Edit:
    return edits.delete_picture(hand.tutorial, *hand.place(n))


def import_takes(hand: Hand, n: int, k: int) -> Edit:
    several = [a_take(k % 5), a_take(k)][: 1 + n % 2]
    hand.opened.add_takes(several)
    return give_takes(hand.tutorial, *hand.place(n), several)


def choose_take(hand: Hand, n: int, k: int) -> Edit:
    place = hand.place(n)
    chosen = hand.offered(place, k) if k % 4 else None
    return edits.choose_take(hand.tutorial, *place, chosen)


def star_take(hand: Hand, n: int, k: int) -> Edit:
    place = hand.place(n)
    return edits.star_take(hand.tutorial, *place, hand.offered(place, k), k % 3 > 0)


def withdraw_take(hand: Hand, n: int, k: int) -> Edit:
    place = hand.place(n)
    return edits.withdraw_take(hand.tutorial, *place, hand.offered(place, k))


def restore_take(hand: Hand, n: int, k: int) -> Edit:
    return edits.restore_take(hand.tutorial, *hand.place(n), hand.take(k))


TYPED = (type_in_a_step, type_in_the_head, describe, tell_in_words, list_things)
MADE = (
    set_callouts, check, draw_a_mark, need_no_picture, use_a_take, replace_words,
    rename_an_object, keep_stale_pictures, insert_step, delete_step, delete_steps, move_step,
    move_steps, duplicate_step, paste_steps, split, backspace, merge_with_above, insert_picture,
    delete_picture, import_takes, choose_take, star_take, withdraw_take, restore_take,
)  # fmt: skip
