"""Everything in the studio has a name, is reached by the keyboard, and is said when it happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractAnimation, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from studio_tour import Tour, controls

from app.engine.jobs import Continuing
from app.tutorial.model import Tutorial
from app.window.outline import Outline

MOST = 300  # presses of Tab: more than any page has controls
Role = QAccessible.Role


@pytest.fixture
def tour(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Tour]:
    tour = Tour(qapp, qtbot, tmp_path)
    yield tour
    tour.close()


def name(widget: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(widget)
    return widget.accessibleName() or interface.text(QAccessible.Text.Name)


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} {name(widget)!r}"


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focused(), key, modifier)


def went_round(key: Qt.Key) -> list[QWidget]:
    """Press the key until the focus is where it began, and return what was reached."""
    start = focused()
    reached = [start]
    for _ in range(MOST):
        press(key)
        if focused() is start:
            return reached
        reached.append(focused())
    raise AssertionError(f"from {described(start)} the focus never comes back")


def is_new_window(widget: QWidget) -> bool:
    return widget.isWindow() and not isinstance(widget, QMenu)


class Windows(QObject):
    """Notes every window that is shown, were it for a moment: it would take the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            self.shown += [described(watched)] if is_new_window(watched) else []
        return False


def test_every_control_has_a_name_and_a_role(tour: Tour) -> None:
    wrong = set()
    for page in tour.pages():
        for widget in controls(tour.window):
            role = QAccessible.queryAccessibleInterface(widget).role()
            if not name(widget).strip() or role in (Role.NoRole, Role.Client):
                wrong.add(f"{page}: {described(widget)} is {role.name}")
    assert wrong == set()


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab], ids=["Tab", "Shift+Tab"])
def test_the_keyboard_reaches_everything_and_comes_round(tour: Tour, key: Qt.Key) -> None:
    missed = {}
    for page in tour.pages():
        wanted = {described(one): one for one in controls(tour.window) if stays(tour, one)}
        reached = went_round(key)
        left = [
            words
            for words, one in wanted.items()
            if isValid(one) and one.isVisible() and one not in reached
        ]
        if left:
            missed[page] = left
    assert missed == {}


def stays(tour: Tour, widget: QWidget) -> bool:
    """Whether a control is there wherever the focus is: the inspector follows it to pictures."""
    view = tour.studio.view
    return view is None or not view.inspector.picture.isAncestorOf(widget)


def test_no_page_opens_a_window_of_its_own(tour: Tour, qapp: QApplication) -> None:
    windows = Windows()
    qapp.installEventFilter(windows)
    for page in tour.pages():
        assert windows.shown == [], page
    qapp.removeEventFilter(windows)


def test_escape_closes_every_pane_and_the_focus_goes_back(tour: Tour) -> None:
    tour.open_tutorial()
    tour.paint()
    at_the_picture = ("compare", "zoom", "fix", "region")
    for page, show in tour.covers.items():
        if page == "rename":  # opens beside what is typed and leaves the focus there
            continue
        tour.view.page.go_to(*(("s1", "p1") if page in at_the_picture else ("s2",)))
        before = focused()
        show()
        tour.settle()
        assert focused() is not before, page
        press(Qt.Key.Key_Escape)
        assert focused() is before, page
        tour.settle()


def test_escape_leaves_the_own_text_page_for_the_prompt(tour: Tour) -> None:
    prompt = focused()
    assert name(prompt)
    tour.open_own_text()
    assert focused() is not prompt
    press(Qt.Key.Key_Escape)
    assert focused() is prompt


def test_f6_goes_through_the_panes_and_back_to_the_caret(tour: Tour) -> None:
    tour.open_tutorial()
    tour.view.page.go_to("s2")
    caret = focused()
    window = tour.window
    tour.view.workplace.runs.add(Continuing(7, "slow"))
    tour.until(lambda: bool(controls(window.foot)))
    panes = (window.top, window.library, window.centre, window.side, window.foot)
    there = [pane for pane in panes if controls(pane)]
    assert window.foot in there
    passed = []
    for _ in there:
        press(Qt.Key.Key_F6)
        passed.append(next(pane for pane in panes if pane.isAncestorOf(focused())))
    assert set(passed) == set(there)
    assert focused() is caret
    press(Qt.Key.Key_F6)
    press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert focused() is caret
    tour.view.workplace.runs.stop()
    tour.settle()


def test_a_run_is_said_once_a_step_and_a_picture(tour: Tour) -> None:
    said: list[str] = []
    tour.studio.announcer.announced.connect(said.append)
    tour.open_tutorial(Tutorial("new", prompt="σούπα"))
    tour.view.workplace.runs.add(Continuing(7, "", 2))
    tour.until(lambda: len(tour.view.workplace.opened.tutorial.steps) == 2)
    tour.settle()
    assert sorted(said) == [
        "Step 1 is written: Step 1",
        "Step 2 is written: Step 2",
        "The picture of step 1 is painted.",
        "The picture of step 2 is painted.",
    ]


def test_a_failure_and_a_stop_are_said(tour: Tour) -> None:
    said: list[str] = []
    tour.studio.announcer.announced.connect(said.append)
    tour.open_tutorial()
    runs = tour.view.workplace.runs
    runs.add(Continuing(7, "out of memory"))
    tour.until(lambda: bool(said))
    assert "not enough memory" in said[0]
    said.clear()
    runs.add(Continuing(7, "slow"))
    tour.until(lambda: runs.current is not None)
    tour.studio.perform("stop")
    tour.until(lambda: runs.current is None)
    assert len(said) == 1
    assert "topped" in said[0]


def test_a_step_that_is_moved_says_where_it_is_now(tour: Tour) -> None:
    said: list[str] = []
    tour.studio.announcer.announced.connect(said.append)
    tour.open_tutorial()
    tour.view.page.go_to("s2")
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [step.id for step in tour.view.workplace.opened.tutorial.steps] == ["s1", "s3", "s2"]
    assert len(said) == 1
    assert "3 of 3" in said[0]


def test_the_outline_tells_each_step_in_words(tour: Tour) -> None:
    tour.open_tutorial()
    tour.paint()
    tour.studio.perform("outline")
    (outline,) = tour.window.findChildren(Outline)
    rows = QAccessible.queryAccessibleInterface(outline.list)
    told = [rows.child(n).text(QAccessible.Text.Name) for n in range(rows.childCount())]
    assert told[0].startswith("Step 1 of 3, Διάλεξε γλάστρα, picture stale")
    assert told[1].startswith("Step 2 of 3, Βγάλε τον κάκτο")


def test_nothing_moves_by_itself_where_motion_is_reduced(tour: Tour, qapp: QApplication) -> None:
    tour.studio.theme.reduced_motion = True
    moving = set()
    for page in tour.pages():
        for parent in (qapp, tour.window):
            for animation in parent.findChildren(QAbstractAnimation):
                if animation.state() == QAbstractAnimation.State.Running:
                    moving.add(f"{page}: {animation}")
    assert moving == set()
