"""Tags and difficulty in the head of the page."""

import pytest
from page_on_screen import key, page_on_screen
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.window.page import Page
from app.window.workplace import Workplace


@pytest.fixture
def page(workplace: Workplace, qtbot: QtBot) -> Page:
    return page_on_screen(workplace, qtbot)


def test_they_are_typed_and_undone(page: Page, qtbot: QtBot) -> None:
    head, opened = page.head, page.workplace.opened
    qtbot.keyClicks(head.tags, "garden, ")
    assert head.tags.text == "garden, ", "what is being typed stays"
    qtbot.keyClicks(head.tags, "spring,garden")
    assert opened.tutorial.tags == ("garden", "spring")
    qtbot.keyClicks(head.difficulty, "easy")
    assert opened.tutorial.difficulty == "easy"
    while opened.can_undo:
        opened.undo()
    assert (opened.tutorial.tags, opened.tutorial.difficulty) == ((), "")
    assert (head.tags.text, head.difficulty.text) == ("", "")
    assert head.tags.placeholderText()
    assert head.difficulty.placeholderText()


def test_they_follow_what_changes_elsewhere(page: Page, qtbot: QtBot) -> None:
    opened = page.workplace.opened
    opened.edit(edits.set_field(opened.tutorial, "tags", ("pots", "cactus")))
    opened.edit(edits.set_field(opened.tutorial, "difficulty", "for beginners of all ages"))
    head = page.head
    assert (head.tags.text, head.difficulty.text) == ("pots, cactus", "for beginners of all ages")
    qtbot.waitUntil(lambda: head.difficulty.height() > head.tags.height())  # it wraps
    qtbot.waitUntil(lambda: not page.place_soon.isActive())
    boxes = [field.geometry() for field in head.fields]
    assert all(head.rect().contains(box) for box in boxes)
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)
    assert head.difficulty.geometry().right() == head.time.geometry().right()
    page.go_to("", field="tags")
    assert head.tags.hasFocus()


def test_a_click_beside_the_tags_and_enter_in_them(page: Page, qtbot: QtBot) -> None:
    head = page.head
    place = head.tags.geometry().center()
    place.setX(4)
    qtbot.mouseClick(head, Qt.MouseButton.LeftButton, pos=place)
    assert head.tags.hasFocus()
    key(page, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.views["s1"].title
