"""A way through every page of the studio, for tests that look at all that a person can see.

The tutorial is in Greek, so that whatever stands on the screen in Latin letters is the studio's.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_engine
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.engine.jobs import Changing, Painting
from app.studio import Studio
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Callout, Look, LookEntry, Picture, Step, Tutorial
from app.window.tutorial_view import TutorialView

FAKE = ("-P", str(Path(fake_engine.__file__).resolve()))
PATIENCE = 20_000  # milliseconds
QUIET = 20  # milliseconds between two looks at whether all is settled
CACTUS = Tutorial(
    id="cactus",
    title="Μεταφυτεύω έναν κάκτο",
    summary="Περισσότερος χώρος για τις ρίζες.",
    prompt="Πώς μεταφυτεύω έναν κάκτο;",
    language="el",
    materials=("γλάστρα", "χώμα"),
    tools=("μυστρί",),
    duration="20",
    look=Look(entries=(LookEntry("γλάστρα", ("πήλινη",), "κόκκινη"), LookEntry("μυστρί"))),
    steps=(
        Step(
            "s1",
            "Διάλεξε γλάστρα",
            "Δύο δάχτυλα **πιο μεγάλη**.\n\n- γλάστρα\n- χώμα",
            callouts=(Callout("tip", "Με τρύπα."), Callout("warning", "Αγκάθια!")),
            pictures=(Picture("p1", "Μια γλάστρα."), Picture("p2", "Ένας κάκτος.")),
            duration="5",
            note="Ξανακοίτα το.",
            draft=True,
        ),
        Step("s2", "Βγάλε τον κάκτο", "Φόρα γάντια.", checked=True),
        Step("s3", "Πότισε", "", pictures=(Picture("p3", not_needed=True),)),
    ),
)


class Tour:
    """One studio with the fake engine and a tutorial that has everything a tutorial can have."""

    def __init__(self, application: QApplication, qtbot: QtBot, folder: Path) -> None:
        self._qtbot = qtbot
        self._folder = folder / "library"
        self._folder.mkdir()
        make = lambda: Client(sys.executable, FAKE)  # noqa: E731
        self.studio = Studio(application, folder / "settings", self._folder, make_client=make)
        self.studio.window.resize(1280, 800)
        self.studio.window.show()
        self.studio.window.activateWindow()
        self.settle()

    def close(self) -> None:
        """Close the window, which ends the engine."""
        self.studio.window.close()
        self.studio.deleteLater()

    @property
    def view(self) -> TutorialView:
        """What is on screen while a tutorial is open."""
        assert self.studio.view is not None
        return self.studio.view

    def until(self, done: Callable[[], bool]) -> None:
        """Let the studio work until this holds."""
        self._qtbot.waitUntil(done, timeout=PATIENCE)

    def settle(self) -> None:
        """Let the studio work until nothing is to be done any more."""
        for _ in range(3):
            self._qtbot.wait(QUIET)
            self.until(lambda: not self.studio.is_busy)

    def open_tutorial(self, tutorial: Tutorial = CACTUS, name: str = "cactus") -> None:
        """Put a tutorial into the library and open it."""
        path = self._folder / f"{name}.interstep"
        TutorialFile.create(path, tutorial).close()
        self.studio.open_path(path)
        self.until(lambda: self.studio.view is not None)
        self.until(lambda: not self.view.page.is_building)
        self.settle()

    def paint(self) -> None:
        """Have the first picture painted twice and then made stale."""
        opened, runs = self.view.workplace.opened, self.view.workplace.runs
        runs.add(Painting(7, "s1", "p1"), Painting(8, "s1", "p1"))
        self.until(lambda: runs.current is None and not runs.waiting)
        opened.edit(edits.set_picture(opened.tutorial, "s1", "p1", description="Δύο γλάστρες."))
        self.until(lambda: "p1" in opened.stale)
        self.settle()

    # ------------------------------------------------------------ the pages

    def pages(self) -> Iterator[str]:
        """Show every page in turn and tell its name; it is taken away before the next."""
        yield from self._before_a_tutorial()
        self.open_tutorial()
        self.paint()
        yield from self._of_the_tutorial()
        yield from self._at_the_side()
        yield from self._over_the_page()
        yield from self._of_the_studio()

    def _before_a_tutorial(self) -> Iterator[str]:
        start = self.studio.start_page
        self.until(lambda: bool(start.built_in.findChildren(QWidget)))
        yield "start"
        click(start, 1 + texts(start).index("offer-own-text") if False else 0)
        yield "own text"


def texts(widget: QWidget) -> list[str]:
    """Return the texts of the buttons."""
    return [button.text() for button in widget.findChildren(QPushButton)]
