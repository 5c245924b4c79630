"""The reader: pages, keys, pictures, and that it changes and loads nothing."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot
from small_library import digest, painted

from app.editing.open_tutorial import OpenTutorial
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Callout, Mark, Picture, Step, Tutorial
from app.window.images import Images
from app.window.reader import Reader
from app.window.reader_pictures import drawn
from app.window.workplace import Workplace

RED, BLUE = painted("red"), painted("blue", (80, 160))
Make = Callable[..., Workplace]


def tutorial(*steps: Step) -> Tutorial:
    return Tutorial(
        "cactus",
        title="Repot a cactus",
        summary="Give it room.",
        materials=("clay pot",),
        tools=("trowel",),
        duration="20 minutes",
        steps=steps
        or (
            Step("s1", "Pick a pot", "A **wide** one.", (Callout("tip", "Ask first."),)),
            Step("s2", "Ease it out", "Slowly.", pictures=(shown(RED.sha256),)),
            Step("s3", "Water", "After a week."),
        ),
    )


def shown(sha256: str, **values: object) -> Picture:
    return replace(Picture("p", takes=(sha256,), chosen=sha256), **values)  # type: ignore[arg-type]


@pytest.fixture
def reader(make_workplace: Make, qtbot: QtBot) -> Reader:
    """The reader of three steps on screen."""
    return opened(make_workplace(tutorial(), (RED, BLUE)), qtbot)


def opened(workplace: Workplace, qtbot: QtBot) -> Reader:
    reader = Reader(workplace)
    qtbot.addWidget(reader)
    reader.resize(1000, 640)
    reader.show()
    qtbot.waitActive(reader)
    reader.setFocus()
    return reader


def words(reader: Reader) -> str:
    return reader.pages.text.toPlainText()


def test_the_head_comes_first_with_what_you_need(reader: Reader) -> None:
    said = words(reader)
    for part in ("Repot a cactus", "Give it room.", "clay pot", "trowel", "20 minutes"):
        assert part in said
    assert reader.pages.position.text() == "What you need"
    assert not reader.pages.previous.isEnabled()


def test_keys_turn_the_pages(reader: Reader, qtbot: QtBot) -> None:
    pages = reader.pages
    for key, page in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Space, 2),
        (Qt.Key.Key_PageDown, 3),
        (Qt.Key.Key_Right, 3),
        (Qt.Key.Key_Left, 2),
        (Qt.Key.Key_PageUp, 1),
        (Qt.Key.Key_End, 3),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 0),
    ):
        qtbot.keyClick(pages, key)
        assert pages.page == page
    pages.text.setFocus()
    qtbot.keyClick(pages.text, Qt.Key.Key_Right)
    assert pages.page == 1
    assert pages.position.text() == "Step 1 of 3"
    with qtbot.waitSignal(reader.closed):
        qtbot.keyClick(pages.text, Qt.Key.Key_Escape)


def test_buttons_and_dots_turn_the_pages(reader: Reader, qtbot: QtBot) -> None:
    pages = reader.pages
    pages.next.setFocus()
    qtbot.keyClick(pages.next, Qt.Key.Key_Space)
    assert pages.page == 1
    pages.previous.click()
    assert pages.page == 0
    beside = pages.dots.rect().center() + QPoint(5, 0)  # the third of four dots
    qtbot.mouseClick(pages.dots, Qt.MouseButton.LeftButton, pos=beside)
    assert pages.page == 2


def test_each_page_is_said(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(tutorial(), (RED, BLUE))
    reader = opened(workplace, qtbot)
    with qtbot.waitSignal(workplace.announcer.announced) as said:
        reader.pages.go(1)
    assert said.args[0].startswith("Step 1 of 3. Pick a pot")
    assert "Tip: Ask first." in said.args[0]


def test_space_scrolls_long_words_before_it_turns_the_page(
    make_workplace: Make, qtbot: QtBot
) -> None:
    long = Step("s", "Long", "\n\n".join(f"Paragraph {n} of many." for n in range(80)))
    reader = opened(make_workplace(tutorial(long, Step("t", "End"))), qtbot)
    reader.pages.go(1)
    presses = 0
    while reader.pages.page == 1:
        qtbot.keyClick(reader.pages, Qt.Key.Key_Space)
        presses += 1
    assert presses > 3
    bar = reader.pages.text.verticalScrollBar()
    reader.pages.go(-1)
    assert bar.value() == 0


def test_pictures_are_shown_as_large_as_there_is_room(reader: Reader, qtbot: QtBot) -> None:
    reader.pages.show_page(2)
    qtbot.waitUntil(lambda: len(reader.pages.pictures.images) == 1)
    image = reader.pages.pictures.grab().toImage()
    middle = image.pixelColor(image.width() // 2, image.height() // 2)
    assert middle.name() == "#ff0000"
    assert reader.pages.pictures.accessibleName() == "Picture without alt text"


def test_what_a_mark_covers_is_covered_here_too() -> None:
    over = Mark("redaction", 0.0, 0.0, 0.5, 1.0)
    image = drawn(shown(RED.sha256, marks=(over,)), RED)
    assert image is not None
    assert image.pixelColor(10, 40).name() == "#000000"
    assert image.pixelColor(110, 40).name() == "#ff0000"


def test_a_picture_that_can_not_be_read_leaves_its_place(
    make_workplace: Make, qtbot: QtBot
) -> None:
    broken = replace(RED, data=b"nonsense", sha256=hashlib.sha256(b"nonsense").hexdigest())
    step = Step("s", "One", pictures=(shown(broken.sha256),))
    workplace = make_workplace(tutorial(step), (broken,))
    reader = opened(workplace, qtbot)
    reader.pages.go(1)
    qtbot.waitUntil(lambda: not workplace.background.is_busy)
    assert reader.pages.pictures.images == []
    assert not reader.grab().isNull()


HOSTILE = """<img src="http://127.0.0.1:9/x.png"> <script>alert(1)</script>

![alt](file:///etc/passwd) ![two](http://127.0.0.1:9/y.png)

[click](javascript:alert(1)) [file](file:///etc/passwd) [good](https://example.org)
"""


def test_nothing_is_loaded_whatever_the_words_say(make_workplace: Make, qtbot: QtBot) -> None:
    evil = tutorial(Step("s", HOSTILE, HOSTILE, (Callout("warning", HOSTILE),)))
    reader = opened(make_workplace(replace(evil, title=HOSTILE, tools=(HOSTILE,))), qtbot)
    for page in (0, 1):
        reader.pages.show_page(page)
        document = reader.pages.text.document()
        formats = [one.type() for one in document.allFormats()]
        images = [one for one in document.allFormats() if one.isImageFormat()]
        assert formats
        assert images == []
        links = {
            one.toCharFormat().anchorHref() for one in document.allFormats() if one.isCharFormat()
        }
        assert links - {"", "https://example.org"} == set()
    assert "<script>alert(1)</script>" in words(reader)
    kind = QTextDocument.ResourceType.ImageResource
    assert reader.pages.text.loadResource(kind, QUrl("file:///etc/passwd")) is None


def test_reading_changes_nothing_on_disk(
    make_workplace: Make, tmp_path: Path, qtbot: QtBot
) -> None:
    workplace = make_workplace(tutorial(), (RED, BLUE))
    path = workplace.opened.path
    workplace.opened.close()
    before = digest(tmp_path)
    again = anew(workplace, path)
    reader = opened(again, qtbot)
    for _ in range(4):
        qtbot.keyClick(reader.pages, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: not again.background.is_busy)
    reader.toggle_full_screen()
    reader.toggle_full_screen()
    assert again.opened.close()
    assert digest(tmp_path) == before


def anew(workplace: Workplace, path: Path) -> Workplace:
    """Return the workplace with its file opened anew."""
    opened = OpenTutorial(TutorialFile.open(path))
    return replace(workplace, opened=opened, images=Images(opened, workplace.background))


def test_a_tutorial_open_elsewhere_can_be_read(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(tutorial(), (RED, BLUE))
    second = anew(workplace, workplace.opened.path)
    assert second.opened.read_only
    reader = opened(second, qtbot)
    reader.pages.show_page(2)
    qtbot.waitUntil(lambda: len(reader.pages.pictures.images) == 1)
    assert second.opened.close()


def test_the_page_follows_its_step(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(tutorial(), (RED, BLUE))
    reader, tell = opened(workplace, qtbot), workplace.opened
    reader.pages.show_page(2)
    tell.edit(edits.insert_step(tell.tutorial, Step("new", "First of all"), 0))
    assert reader.pages.position.text() == "Step 3 of 4"
    assert "Ease it out" in words(reader)
    tell.edit(edits.set_step(tell.tutorial, "s2", "body", "Very slowly."))
    assert "Very slowly." in words(reader)
    tell.edit(edits.delete_step(tell.tutorial, "s2"))
    assert reader.pages.position.text() == "Step 3 of 3"
    for step in tell.tutorial.steps:
        tell.edit(edits.delete_step(tell.tutorial, step.id))
    assert reader.pages.page == 0
    assert not reader.pages.next.isEnabled()


def test_full_screen_and_back(reader: Reader, qtbot: QtBot) -> None:
    reader.pages.go(1)
    qtbot.keyClick(reader.pages, Qt.Key.Key_F11)
    assert reader.is_full_screen
    assert reader.pages.isFullScreen()
    qtbot.keyClick(reader.pages, Qt.Key.Key_Right)
    qtbot.keyClick(reader.pages, Qt.Key.Key_Escape)
    assert not reader.is_full_screen
    assert reader.pages.isVisible()
    assert reader.pages.parent() is reader
    assert reader.pages.page == 2
    with qtbot.waitSignal(reader.closed):
        qtbot.keyClick(reader.pages, Qt.Key.Key_Escape)


def test_many_steps_and_a_picture_that_is_not_needed(make_workplace: Make, qtbot: QtBot) -> None:
    unneeded = shown(RED.sha256, not_needed=True)
    steps = tuple(Step(f"s{n}", f"Step {n}", pictures=(unneeded,)) for n in range(200))
    reader = opened(make_workplace(tutorial(*steps), (RED,)), qtbot)
    reader.pages.show_page(10**6)
    assert reader.pages.position.text() == "Step 200 of 200"
    assert not reader.pages.pictures.isVisible()
    bar = reader.pages.dots
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().center())
    assert 90 < reader.pages.page < 110
    assert not reader.grab().isNull()


def test_every_control_has_a_name(reader: Reader) -> None:
    for widget in reader.findChildren(QAbstractButton):
        assert widget.accessibleName() or widget.text()
        assert widget.toolTip()
    for widget in (reader, reader.pages, reader.pages.text, reader.pages.dots):
        assert widget.accessibleName()
