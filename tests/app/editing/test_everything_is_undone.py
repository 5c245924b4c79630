"""An author's random day: edits, takes, a run's events, undo and redo, closing and opening.

Undo gives the identical tutorial back, no take goes missing, and no word that the author wrote.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import fake_engine
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from random_edits import GONE, MADE, TYPED, Hand, a_take, confirmed_alt

from app.editing.open_tutorial import OpenTutorial
from app.engine.run import RequestRun
from app.tutorial import edits
from app.tutorial.edits import Edit
from app.tutorial.file import TutorialFile
from app.tutorial.model import Callout, Look, LookEntry, Picture, Step, Take, Tutorial
from app.tutorial.reading import named_takes
from app.tutorial.undo import ITSELF, Entry, Left, picture_by_id
from inference.protocol import (
    Cancelled,
    Continue,
    Event,
    Failed,
    Finished,
    PaintFinished,
    PaintInput,
    PaintStarted,
    Redraw,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
    image,
    to_json,
)

Key = tuple[str, str, str]
Actions = list[tuple[str, int, int, int]]
LASTS: tuple[Event, ...] = (Finished("r"), Cancelled("r"), Failed("r", "engine", "it died"))


def beginning() -> tuple[Tutorial, list[Take]]:
    """Return a tutorial to begin with, and its takes."""
    look = Look((LookEntry("terracotta pot", ("planter",), "orange, round"), LookEntry("glove")))
    recipe = {"description": "The planter.", "look": to_json(look), "body": "A terracotta pot."}
    takes = [a_take(n, {**recipe, "seed": n}) for n in (20, 21)]
    names = tuple(take.sha256 for take in takes)
    painted = Picture("a-p", "The planter.", takes=names, chosen=names[0])
    steps = (
        Step("a", "Pick a pot", "A terracotta pot.", pictures=(painted,)),
        Step("b", "Tip it", "Wear gloves.", (Callout("tip", "Wrap it."),), draft=True),
        Step("c", "Plant it", "One.\n\nTwo.", pictures=(Picture("c-p"), Picture("c-q"))),
        Step("d", "Water", draft=True),
    )
    return Tutorial("t", look=look, tools=("terracotta pot",), steps=steps), takes


def written(tutorial: Tutorial) -> dict[Key, Any]:
    """Return what an author may have written, by step, picture and field; nothing empty."""
    found: dict[Key, Any] = {}
    for name in ("title", "summary", "materials", "tools"):
        found["", "", name] = getattr(tutorial, name)
    for step in tutorial.steps:
        for name in ("title", "body", "note", "callouts"):
            found[step.id, "", name] = getattr(step, name)
        for picture in step.pictures:
            found[step.id, picture.id, "description"] = picture.description
            if picture.alt_confirmed:  # any other is a draft, which the next take replaces
                found[step.id, picture.id, "alt_text"] = picture.alt_text
    return {key: value for key, value in found.items() if value}


def writes(entry: Entry, key: Key) -> bool:
    """Whether an entry writes this value, or the step or picture in which it stands."""
    step, picture, field = key
    fields = (field, "alt_confirmed") if field == "alt_text" else (field,)
    return any(
        change.step == step
        and (
            (change.field == ITSELF and change.picture in ("", picture))
            or (change.picture == picture and change.field in fields)
        )
        for change in entry.changes
    )


class Day:
    """One tutorial in a real file, and all that happens to it.

    tangled: the author did something in the middle of what one run wrote, so that undo may have
    to leave something alone.
    """

    def __init__(self, path: Path, qtbot: QtBot) -> None:
        TutorialFile.create(path, *beginning()).close()
        self.path, self._qtbot = path, qtbot
        self.mine: dict[Key, Any] = {}  # what the author wrote and nobody undid
        self.takes: set[str] = set()
        self.opened = OpenTutorial(TutorialFile.open(path))
        self.hand = Hand(self.opened)
        self._begin()

    def _begin(self) -> None:
        self.opened.reverted.connect(self._hear)
        self.hand.opened = self.opened
        self.start = self.tutorial
        self.run: RequestRun | None = None
        self.of_runs: list[Entry] = []
        self.tangled = False
        self.heard: tuple[tuple[Left, ...], Entry] | None = None

    def _hear(self, left: tuple[Left, ...], entry: Entry) -> None:
        self.heard = (left, entry)

    @property
    def tutorial(self) -> Tutorial:
        return self.opened.tutorial

    @property
    def amid_a_run(self) -> bool:
        """Whether a run wrote something that isn't on the undo stack yet."""
        return self.run is not None and bool(self.run.entry.changes)

    def look(self) -> None:
        """Look whether the tutorial and its takes are sound."""
        ids = [step.id for step in self.tutorial.steps]
        assert len(ids) == len(set(ids))
        for picture in (picture for step in self.tutorial.steps for picture in step.pictures):
            assert picture.chosen in (None, *picture.takes)
            assert len(picture.takes) == len(set(picture.takes))
        assert named_takes(self.tutorial) <= self.opened.infos.keys()
        assert self.takes <= self.opened.infos.keys(), "a take is gone"
        self.takes = set(self.opened.infos)
        assert self.opened.failure is None

    # ------------------------------------------------------------ the author

    def edit(self, n: int, k: int, which: int) -> None:
        make = MADE[which % len(MADE)]
        self._edit(make(self.hand, n, k))

    def type(self, n: int, k: int, which: int) -> None:
        make = TYPED[which % len(TYPED)]
        for _ in range(1 + which % 3):
            self._edit(make(self.hand, n, k), typing=True)

    def meddle(self, n: int, k: int, _which: int) -> None:
        """Write or choose where the run has just written."""
        if self.run is None or not self.run.entry.changes:
            return
        changes = self.run.entry.changes
        change, words = changes[n % len(changes)], self.hand.words(k)
        place = (change.step, change.picture)
        if change.field == "chosen":
            taken = self.hand.offered(place, k) if k % 2 else None
            self._edit(edits.choose_take(self.tutorial, *place, taken))
        elif change.picture:
            self._edit(confirmed_alt(self.tutorial, place, words), typing=True)
        elif change.step:
            self._edit(edits.set_step(self.tutorial, change.step, "body", words), typing=True)
        else:
            value = (words,) if change.field == "materials" else words
            made = edits.set_field(self.tutorial, cast("edits.TutorialField", change.field), value)
            self._edit(made, typing=True)

    def _edit(self, made: Edit, *, typing: bool = False) -> None:
        before = written(self.tutorial)
        self.tangled |= self.amid_a_run and bool(made[1].changes)
        self.opened.edit(made, typing=typing)
        after = written(self.tutorial)
        for key in before.keys() | after.keys():
            if key not in after:
                self.mine.pop(key, None)
            elif before.get(key) != after[key]:
                self.mine[key] = after[key]

    # ------------------------------------------------------------ the engine

    def engine(self, n: int, k: int, which: int) -> None:
        if self.run is None:
            self._start_run(n, k)
            return
        act = (self._stream, self._finish_step, self._paint, self._paint, self._end)
        act[which % len(act)](n, k)

    def _start_run(self, n: int, k: int) -> None:
        request: Write | Continue | Redraw
        given = PaintInput("", "", "", "thing", (), (), n)
        match k % 4:
            case 0:
                request = Write("r", "", "How?", n)
            case 1:
                request = Continue("r", "", "How?", n, "", ())
            case 2:
                request = Redraw("r", *self.hand.place(n), given)
            case _:
                request = Redraw("r", self.hand.step(n), self.hand.name(), given)
        self.run = RequestRun(self.opened, request)
        self.run.begin()

    def _tell(self, event: Event) -> None:
        """Let the run take an event in; nothing that the author wrote changes."""
        assert self.run is not None
        self.run.apply(event)
        after = written(self.tutorial)
        assert {key: after.get(key) for key in self.mine} == self.mine

    def _stream(self, n: int, k: int) -> None:
        fields: tuple[Any, ...] = ("title", "summary", "materials")
        step = self.hand.name()
        self._tell(TextDelta("r", "", fields[k % 3], 0, f"{step}\nthing"[: n + 2]))
        self._tell(StepStarted("r", step))
        self._tell(TextDelta("r", step, "body", 0, "Do it."))

    def _finish_step(self, n: int, k: int) -> None:
        there = k % 4 == 0 and self.tutorial.steps
        step = self.hand.step(n % GONE) if there else self.hand.name()
        picture = self.hand.name() if n % 2 else ""
        told = "the planter" if n % 3 else ""
        self._tell(StepFinished("r", step, "S", "A terracotta pot.", told, picture, n % 3 > 0))

    def _paint(self, n: int, k: int) -> None:
        place, makes = self.hand.place(n), getattr(self.run, "_makes", "")
        if k % 5 == 0 and makes:
            place = (self.hand.step(n), makes)
        if k % 3:
            self._tell(PaintStarted("r", *place))
        if k % 4 == 1:
            self.edit(n, k, n + k)
        shown = picture_by_id(self.tutorial, *place)
        seen = {"role": "previous", "sha256": self.hand.take(k)}
        recipe: dict[str, Any] = {
            "painter": "fake",
            "description": shown.description if shown else "",
            "look": to_json(self.tutorial.look),
            "conditions": [seen] if k % 2 else [],
            "seed": k,
        }
        taken = image(a_take(k, recipe).data, fake_engine.SIDE, fake_engine.SIDE)
        self._tell(PaintFinished("r", *place, taken, {}, recipe, {f"c{k}": "text"}, f"A {k}."))

    def _end(self, n: int, _k: int) -> None:
        self._tell(LASTS[n % 3])
        assert self.run is not None
        self.opened.push(self.run.entry)
        self.of_runs.append(self.run.entry)
        self.run = None

    # ------------------------------------------------------------ undo and redo

    def _revert(self, way: Callable[[OpenTutorial], None]) -> None:
        """Undo or redo: that writes what its entry names, and a run's nothing of the author's."""
        self.tangled |= self.amid_a_run
        self.heard = None
        way(self.opened)
        if self.heard is None:
            return
        left, entry = self.heard
        by_run = any(entry is one for one in self.of_runs)
        after = written(self.tutorial)
        for key, value in self.mine.items():
            if by_run or not writes(entry, key):
                assert after.get(key) == value, key
        self.mine = {key: value for key, value in self.mine.items() if after.get(key) == value}
        assert self.tangled or left == ()

    def undo(self, n: int, _k: int, _which: int) -> None:
        for _ in range(n % 4):
            self._revert(OpenTutorial.undo)

    def redo(self, n: int, _k: int, _which: int) -> None:
        for _ in range(n % 4):
            self._revert(OpenTutorial.redo)

    def undo_and_redo(self, _n: int, _k: int, _which: int) -> None:
        before = self.tutorial
        if self.opened.can_undo:
            self._revert(OpenTutorial.undo)
            self._revert(OpenTutorial.redo)
        assert self.tutorial == before

    def undo_all(self, _n: int, _k: int, _which: int) -> None:
        """Undo all since the file was opened, and redo it."""
        if self.amid_a_run:
            return
        before, count = self.tutorial, 0
        while self.opened.can_undo:
            self._revert(OpenTutorial.undo)
            count += 1
        assert self.tangled or self.tutorial == self.start
        for _ in range(count):
            self._revert(OpenTutorial.redo)
        assert self.tutorial == before

    # ------------------------------------------------------------ the disk

    def save(self, _n: int, _k: int, _which: int) -> None:
        self.opened.ask(lambda _file: None)
        self._qtbot.waitUntil(lambda: self.opened.saved)
        with TutorialFile.read(self.path) as file:
            assert file.tutorial == self.tutorial
            assert file.infos() == self.opened.infos
            assert file.problems == ()

    def reopen(self, n: int, _k: int, _which: int) -> None:
        if n % 3:  # seldom, since nothing can be undone then
            return
        before, infos = self.tutorial, dict(self.opened.infos)
        assert self.opened.close()
        self.opened = OpenTutorial(TutorialFile.open(self.path))
        self._begin()
        assert self.tutorial == before
        assert self.opened.infos == infos
        assert self.opened.problems == ()


@contextmanager
def a_day(path: Path, qtbot: QtBot) -> Iterator[Day]:
    day = Day(path, qtbot)
    try:
        yield day
    finally:
        assert day.opened.close()
        path.unlink()


HAPPENINGS = (
    *("type", "edit", "edit", "edit", *["engine"] * 4, "meddle", "meddle"),
    *("undo", "redo", "undo_and_redo", "undo_all", "save", "reopen"),
)
NUMBERS = st.integers(0, GONE)
ACTIONS = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), NUMBERS, NUMBERS, st.integers(0, 99)),
    min_size=50,
    max_size=50,
)
SLOW_AND_LARGE = list(HealthCheck)
TO_SHRINK = 900  # seconds that a failure may take to become short


def live(path: Path, qtbot: QtBot, actions: Actions) -> None:
    with a_day(path, qtbot) as day:
        for happening, n, k, which in actions:
            getattr(day, happening)(n, k, which)
            day.look()


@pytest.mark.timeout(TO_SHRINK)
@settings(max_examples=30, deadline=None, suppress_health_check=SLOW_AND_LARGE)
@given(actions=ACTIONS)
def test_everything_is_undone_and_nothing_is_lost(
    tmp_path: Path, qtbot: QtBot, actions: Actions
) -> None:
    live(tmp_path / "day.interstep", qtbot, actions)


@pytest.mark.long
@pytest.mark.timeout(TO_SHRINK)
@settings(max_examples=300, deadline=None, suppress_health_check=SLOW_AND_LARGE)
@given(actions=ACTIONS)
def test_nothing_is_lost_on_many_days(tmp_path: Path, qtbot: QtBot, actions: Actions) -> None:
    live(tmp_path / "day.interstep", qtbot, actions)
