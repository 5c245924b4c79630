"""The bars above the page: they come, give way, go, and take no height when there is none."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.window.message_bar import Message, MessageBar
from app.window.theme import Theme


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[MessageBar]:
    """A message bar above a page, as in the window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 400)
    bar = MessageBar(Theme(window))
    rows = QVBoxLayout(window)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(bar)
    rows.addWidget(QWidget(), 1)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield bar
    window.close()


def messages(bar: MessageBar) -> list[Message]:
    return [one for one in bar.findChildren(Message) if one.isVisible()]


def test_without_messages_it_takes_no_height(bar: MessageBar) -> None:
    assert not bar.isVisible()
    bar.show_message("one", "Something happened.", [])
    assert bar.isVisible()
    bar.remove("one")
    assert not bar.isVisible()


def test_a_message_is_told_with_its_role_and_name(bar: MessageBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.message_shown) as told:
        bar.show_message("one", "The disk is full.", [], "danger")
    assert told.args == ["The disk is full."]
    (message,) = messages(bar)
    assert message.accessibleName() == "The disk is full."
    assert message.property("kind") == "danger"


def test_it_grows_so_that_all_words_have_room(bar: MessageBar, qtbot: QtBot) -> None:
    words = "This is what the writer sees in your photos, at “You need”. Mend it, then go on."
    bar.show_message("one", words, [("Write it", lambda: None), ("Stop", lambda: None)])
    bar.window().resize(320, 400)
    (message,) = messages(bar)
    label = next(one for one in message.findChildren(QLabel) if one.text() == words)
    qtbot.waitUntil(lambda: label.heightForWidth(label.width()) <= label.height())
    assert message.height() > 60
    assert (bar.y(), message.y()) == (0, 0)


def test_the_same_key_gives_way_in_its_place(bar: MessageBar) -> None:
    for key in ("one", "two"):
        bar.show_message(key, f"This is {key}.", [])
    bar.show_message("one", "This is one again.", [], "warning")
    assert bar.texts == {"two": "This is two.", "one": "This is one again."}
    ordered = sorted(messages(bar), key=lambda message: message.y())
    assert [message.text for message in ordered] == ["This is one again.", "This is two."]


def test_the_very_same_message_is_not_told_twice(bar: MessageBar) -> None:
    told: list[str] = []
    pressed: list[str] = []
    bar.message_shown.connect(told.append)
    bar.show_message("one", "Not saved.", [("Save a copy…", lambda: pressed.append("old"))])
    bar.show_message("one", "Not saved.", [("Save a copy…", lambda: pressed.append("new"))])
    assert told == ["Not saved."]
    (button,) = messages(bar)[0].findChildren(QPushButton)
    button.click()
    assert pressed == ["new"]


def test_its_buttons_act_and_its_cross_closes_it(bar: MessageBar, qtbot: QtBot) -> None:
    pressed: list[str] = []
    buttons = [(name, lambda name=name: pressed.append(name)) for name in ("Continue", "Leave")]
    bar.show_message("one", "Stopped at step 4 of 7.", buttons)
    for button in messages(bar)[0].findChildren(QPushButton):
        qtbot.keyClick(button, Qt.Key.Key_Space)
    assert pressed == ["Continue", "Leave"]
    (cross,) = messages(bar)[0].findChildren(QToolButton)
    assert cross.accessibleName() == "Close this message"
    qtbot.keyClick(cross, Qt.Key.Key_Space)
    assert bar.texts == {}


def test_a_message_that_must_stay_has_no_cross(bar: MessageBar) -> None:
    bar.show_message("one", "Not saved.", [], closable=False)
    (cross,) = messages(bar)[0].findChildren(QToolButton)
    assert not cross.isVisible()


def test_a_long_sentence_wraps_and_is_no_markup(bar: MessageBar, qtbot: QtBot) -> None:
    bar.show_message("one", "Short.", [])
    qtbot.waitUntil(lambda: bar.height() > 0)
    slim = bar.height()
    bar.show_message("one", "<b>a file</b> " * 40, [])
    label = next(one for one in messages(bar)[0].findChildren(QLabel) if one.text())
    assert label.text().startswith("<b>a file</b>")
    assert label.textFormat() == Qt.TextFormat.PlainText
    qtbot.waitUntil(lambda: bar.height() > slim)


def test_clear_takes_all_away(bar: MessageBar) -> None:
    for key in ("one", "two"):
        bar.show_message(key, f"This is {key}.", [], closable=False)
    bar.clear()
    assert bar.texts == {}
    assert not bar.isVisible()


def test_escape_closes_what_can_be_closed(bar: MessageBar) -> None:
    left: list[str] = []
    go = [("Go", lambda: None)]
    bar.show_message("one", "It can be closed.", go)
    bar.show_message("two", "It can't.", go, closable=False)
    bar.show_message("three", "It is asked.", go, leave=lambda: left.append("three"))
    for key in ("one", "two", "three"):
        bar.take_focus(key)
        focused = QApplication.focusWidget()
        assert isinstance(focused, QPushButton)
        QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert (list(bar.texts), left) == (["two", "three"], ["three"])


def test_tab_goes_through_the_buttons_and_then_to_close(bar: MessageBar) -> None:
    bar.show_message("one", "Both?", [("Go", lambda: None), ("Leave", lambda: None)])
    bar.take_focus("one")
    names = []
    for _ in range(3):
        focused = QApplication.focusWidget()
        assert isinstance(focused, QAbstractButton)
        names.append(focused.text() or focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert names == ["Go", "Leave", "Close this message"]
