"""The whole way of a person, through real widgets, with the real engine of the starter pack.

Once by mouse and keys, once by the keyboard alone, checking names and announcements.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.studio import Studio
from app.tutorial.file import TutorialFile
from app.tutorial.undo import picture_by_id
from app.window.text_field import TextField

pytestmark = [pytest.mark.usefixtures("starter_gguf"), pytest.mark.timeout(300)]
PATIENCE = 120_000  # milliseconds
PROMPT = "How do I repot a cactus?"


@pytest.fixture
def studio(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Studio]:
    (tmp_path / "library").mkdir()
    studio = Studio(qapp, tmp_path / "settings", tmp_path / "library")
    studio.settings.put("pack", "starter")
    studio.window.resize(1280, 800)
    studio.window.show()
    studio.window.activateWindow()
    qtbot.waitUntil(studio.window.isActiveWindow)
    yield studio
    studio.window.close()
    studio.deleteLater()


def press(keys: str) -> None:
    """Press keys where the focus is, as a person does."""
    focused = QApplication.focusWidget()
    assert focused is not None
    combination = QKeySequence(keys)[0]
    QTest.keyClick(focused, combination.key(), combination.keyboardModifiers())


def write(text: str) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, text)


def name_of_focus() -> str:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused.accessibleName()


def until(qtbot: QtBot, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done, timeout=PATIENCE)


def test_prompt_stream_edit_redraw_undo_export(
    studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    card = studio.start_page.card
    card.field.setFocus()
    QTest.keyClicks(card.field, PROMPT)
    until(qtbot, lambda: card.write.isEnabled())
    QTest.mouseClick(card.write, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: studio.view is not None)
    view = studio.view
    assert view is not None
    opened, runs, page = view.workplace.opened, view.workplace.runs, view.page
    ended: list[str] = []
    runs.job_ended.connect(lambda one: ended.append(one.state))
    until(qtbot, lambda: len(opened.tutorial.steps) >= 1)  # streaming: the page can be edited
    first = opened.tutorial.steps[0]
    title = page.view_of(first.id).title  # type: ignore[union-attr]
    title.setFocus()
    assert title.hasFocus()
    title.select(len(title.text), len(title.text))
    QTest.keyClicks(title, " with care")
    until(qtbot, lambda: bool(ended))
    assert ended == ["done"]
    assert opened.tutorial.steps[0].title == f"{first.title} with care"
    assert title.hasFocus()
    painted = [
        (step.id, picture.id, picture.chosen)
        for step in opened.tutorial.steps
        for picture in step.pictures
        if picture.chosen
    ]
    assert painted
    step, picture, take = painted[0]
    page.go_to(step, picture)
    press("Ctrl+R")
    until(qtbot, lambda: len(ended) == 2)
    place = picture_by_id(opened.tutorial, step, picture)
    assert place is not None
    assert take in place.takes
    assert len(place.takes) == 2
    assert place.chosen != take
    press("Ctrl+Z")
    place = picture_by_id(opened.tutorial, step, picture)
    assert place is not None
    assert place.chosen == take
    press("Ctrl+E")
    export = next(
        button
        for button in studio.window.side.findChildren(QPushButton)
        if button.text() == "Export" and button.isVisible()
    )
    QTest.mouseClick(export, Qt.MouseButton.LeftButton)
    out = opened.path.with_suffix(".html")
    until(qtbot, out.exists)
    assert "with care" in out.read_text("utf-8")
    until(qtbot, lambda: opened.saved)
    with TutorialFile.open(opened.path) as file:
        assert file.tutorial == opened.tutorial
        assert len(file.infos()) == len(painted) + 1


def test_by_the_keyboard_alone(studio: Studio, qtbot: QtBot) -> None:
    said: list[str] = []
    studio.announcer.announced.connect(said.append)
    studio.start_page.take_focus()
    assert name_of_focus()
    write(PROMPT)
    press("Ctrl+Return")
    until(qtbot, lambda: studio.view is not None)
    view = studio.view
    assert view is not None
    runs, opened = view.workplace.runs, view.workplace.opened
    until(qtbot, lambda: runs.current is None and bool(opened.tutorial.steps))
    assert len([sentence for sentence in said if "tep" in sentence]) >= len(opened.tutorial.steps)
    view.page.head.title.setFocus()
    names = []
    for _ in range(12):
        press("Tab")
        names.append(name_of_focus())
    assert "" not in names
    assert any(name.startswith("Step 1 of") for name in names)
    while not isinstance(QApplication.focusWidget(), TextField):
        press("Tab")
    before = opened.tutorial
    write("Mind your hands. ")
    assert opened.tutorial != before
    press("Ctrl+Z")
    assert opened.tutorial == before
    panes = set()
    for _ in range(5):
        press("F6")
        panes.add(pane_of(studio, QApplication.focusWidget()))
    assert {"library", "bg", "inspector"} <= panes


def pane_of(studio: Studio, widget: QWidget | None) -> str:
    window = studio.window
    for pane in (window.top, window.library, window.centre, window.side, window.foot):
        if widget is not None and pane.isAncestorOf(widget):
            return pane.objectName()
    return ""


def test_every_control_has_a_name(studio: Studio, qtbot: QtBot) -> None:
    studio.new_tutorials.from_builtin("repot-a-cactus")
    until(qtbot, lambda: studio.view is not None and not studio.is_busy)
    for page in ("start", "tutorial", "packs", "doctor", "shortcuts", "table"):
        if page == "start":
            shown: QWidget = studio.start_page
        elif page == "tutorial":
            shown = studio.window
        else:
            studio.perform(page)
            until(qtbot, lambda: not studio.is_busy)
            shown = studio.window
        unnamed = [
            f"{type(widget).__name__} {widget.objectName()}"
            for widget in shown.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and not isinstance(widget.parent(), QAbstractScrollArea)
            and not (widget.accessibleName() or getattr(widget, "text", lambda: "")())
        ]
        assert unnamed == [], page


def test_the_studio_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from app.studio import Studio\n"
        "application, place = QApplication([]), Path(sys.argv[1])\n"
        "studio = Studio(application, place / 'settings', place)\n"
        "studio.window.show(); studio.new_tutorials.from_builtin('repot-a-cactus')\n"
        "while studio.view is None: application.processEvents()\n"
        "for page in ('packs', 'doctor', 'table', 'reader', 'export', 'find', 'history'):\n"
        "    studio.perform(page); application.processEvents()\n"
        "print(*sys.modules, sep='\\n'); sys.stdout.flush(); os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines())
    assert "app.window.page" in loaded
    assert {"torch", "llama_cpp", "onnxruntime", "diffusers", "transformers"} & loaded == set()
