"""A way through every page of the studio, for tests that look at all that a person can see.

The tutorial is in Greek, so that whatever stands on the screen in Latin letters is the studio's.
"""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import fake_engine
from PySide6.QtCore import QCoreApplication, QRect, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.engine.jobs import Changing, Painting
from app.studio import Studio
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Callout, Look, LookEntry, Picture, Step, Tutorial
from app.tutorial.photos import photo
from app.window.pack_rows import PackRow
from app.window.picture_tools import FixPanel
from app.window.region_field import RegionField
from app.window.tutorial_view import TutorialView

FAKE = ("-P", str(Path(fake_engine.__file__).resolve()))
PATIENCE = 20_000  # milliseconds
AT_LEAST = 20  # built-in tutorials
QUIET = 15  # milliseconds between two looks at whether all is settled
PHOTOS = tuple(photo(fake_engine.png(n, "a photo"), "a photo") for n in (4, 5))
CACTUS = Tutorial(
    id="cactus",
    given=tuple(one.sha256 for one in PHOTOS),
    title="Μεταφυτεύω έναν κάκτο",
    summary="Περισσότερος χώρος στις ρίζες.",
    prompt="Πώς μεταφυτεύω έναν κάκτο;",
    language="el",
    materials=("γλάστρα", "χώμα"),
    tools=("μυστρί",),
    duration="20",
    look=Look(entries=(LookEntry("γλάστρα", ("πήλινη",), "κόκκινη"), LookEntry("μυστρί"))),
    tags=("κήπος",),
    steps=(
        Step(
            "s1",
            "Διάλεξε γλάστρα",
            "Δύο δάχτυλα **πιο μεγάλη**.\n\n- γλάστρα\n- χώμα",
            callouts=(Callout("tip", "Με τρύπα."), Callout("warning", "Αγκάθια!")),
            pictures=(Picture("p1", "Καφέ γλάστρα."), Picture("p2", "Ένας κάκτος.")),
            duration="5",
            note="Ξανακοίτα το.",
            draft=True,
        ),
        Step("s2", "Βγάλε τον κάκτο", "Φόρα γάντια.", checked=True),
        Step("s3", "Πότισε", "", pictures=(Picture("p3", not_needed=True),)),
    ),
)
RENAMED = LookEntry("δοχείο", ("πήλινη",), "μπλε")


class Tour:
    """A studio with the fake engine and a tutorial that has everything a tutorial can have."""

    def __init__(self, application: QApplication, qtbot: QtBot, folder: Path) -> None:
        self._qtbot = qtbot
        self._folder = folder / "library"
        self._folder.mkdir()
        client = partial(Client, sys.executable, FAKE)
        self.studio = Studio(application, folder / "settings", self._folder, make_client=client)
        self.window = self.studio.window
        self.window.resize(1280, 800)
        self.window.show()
        self.window.activateWindow()
        self.settle()

    def close(self) -> None:
        """Close the window, which ends the engine."""
        self.window.close()
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
        """Let the studio work until nothing is to be done and nothing moves any more."""
        before, now = None, self._places()
        while before != now:
            self._qtbot.wait(QUIET)
            self.until(lambda: not self.studio.is_busy)
            before, now = now, self._places()

    def _places(self) -> list[QRect]:
        return [widget.geometry() for widget in visible(self.window)]

    def open_tutorial(self, tutorial: Tutorial = CACTUS) -> None:
        """Put a tutorial into the library and open it."""
        path = self._folder / f"{tutorial.id}.interstep"
        TutorialFile.create(path, tutorial, PHOTOS).close()
        self.studio.open_path(path)
        self.until(lambda: self.studio.view is not None)
        self.until(lambda: not self.view.page.is_building)
        self.settle()

    def paint(self) -> None:
        """Have the first picture painted twice and then made stale."""
        opened, runs = self.view.workplace.opened, self.view.workplace.runs
        runs.add(Painting(7, "s1", "p1"), Painting(8, "s1", "p1"))
        self.until(lambda: runs.current is None and not runs.waiting)
        described = edits.set_picture(opened.tutorial, "s1", "p1", "description", "Δύο γλάστρες.")
        opened.edit(described)
        self.until(lambda: "p1" in opened.stale)
        self.settle()

    # ------------------------------------------------------------ the pages

    def pages(self) -> Iterator[str]:
        """Show every page in turn and tell its name; it is left again before the next."""
        self.until(lambda: len(self.studio.start_page.built_in.cards) > AT_LEAST)
        yield "start"
        self.open_own_text()
        yield "own text"
        self.open_tutorial()
        self.paint()
        for number, name in enumerate(("tutorial", "picture", "look")):
            self.view.page.go_to("s1", "p1" if name == "picture" else "")
            self.view.inspector.tabs.setCurrentIndex(number)
            self.settle()
            yield name
        self.studio.tell("Ένα μήνυμα.", "warning")
        for name, show in self.covers.items():
            show()
            self.settle()
            yield name
            self.leave()
            self.settle()

    @property
    def covers(self) -> dict[str, Callable[[], object]]:
        """What opens each pane and page that Escape closes, while a tutorial is open."""
        perform, view, pane = self.studio.perform, self.view, self.studio.library_pane
        at_side = ("find", "history", "outline", "export")
        over = ("table", "packs", "doctor", "shortcuts", "about", "reader")
        return {
            **{name: partial(perform, name) for name in (*at_side, *over)},
            "rename": partial(view.inspector.look.rename_requested.emit, 0, RENAMED),
            "trash": pane.trash_view_requested.emit,
            "export many": partial(pane.export_requested.emit, [view.workplace.opened.path]),
            "proposal": partial(view.prompt.job_requested.emit, Changing(7, "πιο σύντομα")),
            "compare": partial(self.at_the_picture, "compare"),
            "zoom": partial(self.at_the_picture, "zoom_picture"),
            "given photo": view.page.head.photos.photos[0].click,
            "fix": partial(self.at_the_picture, "fix"),
            "region": self.mark_a_region,
        }

    def mark_a_region(self) -> None:
        """Ask for a fix of a part, as with a pack that paints pixels."""
        pack = PackRow("klein", "Klein", True, 1, "klein", default=True)
        self.view.workplace.picture_states.set_packs([pack])
        self.at_the_picture("fix")
        (region,) = self.window.findChildren(RegionField)
        region.mark()

    def open_own_text(self) -> None:
        """Open the page for the author's own text from the start page."""
        words = QCoreApplication.translate("StartPage", "Start from my own text")
        buttons = self.studio.start_page.findChildren(QPushButton)
        next(button for button in buttons if button.text() == words).click()

    def at_the_picture(self, action: str) -> None:
        """Do an action at the first picture."""
        self.view.page.go_to("s1", "p1")
        self.studio.perform(action)

    def leave(self) -> None:
        """Leave what `covers` opened, as its button does."""
        rename, side = self.view.inspector.rename, self.window.side.currentWidget()
        fixing = self.window.findChildren(FixPanel)
        covers = (rename, *fixing, side, self.window.centre.currentWidget())
        cover = next(one for one in covers if one is not None and hasattr(one, "closed"))
        cover.closed.emit()


def visible(window: QWidget) -> list[QWidget]:
    """Return all widgets that can be seen, the window itself included."""
    return [one for one in (window, *window.findChildren(QWidget)) if one.isVisible()]


def controls(window: QWidget) -> list[QWidget]:
    """Return what Tab should reach."""
    return [
        one
        for one in visible(window)
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.isEnabled()
        and one.focusProxy() is None
        and not isinstance(one.parent(), QAbstractSpinBox | QComboBox)
    ]
