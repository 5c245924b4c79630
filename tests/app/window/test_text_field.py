"""The fields of the page: the text is the tutorial's string, and nothing else moves the caret."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QAction, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.window.body_field import BodyField
from app.window.text_field import LineField, RightField, TextField
from app.window.theme import Theme

KEY, MOD = Qt.Key, Qt.KeyboardModifier
TEXTS = st.text(alphabet="ab *_`[]()#>-1.\n\u00a0\U0001f335\u2028é", max_size=60)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(500, 400)
    window.show()
    window.activateWindow()
    return window


@pytest.fixture
def body(window: QWidget) -> BodyField:
    field = BodyField(Theme(window), "How", window)
    field.resize(300, 200)
    field.show()
    field.setFocus()
    return field


def pasted(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS, TEXTS)
def test_the_text_is_kept_byte_for_byte(body: BodyField, one: str, other: str) -> None:
    told: list[str] = []
    body.text_edited.connect(told.append)
    for text in (one, other):
        body.show_text(text)
        assert body.text == text
    body.text_edited.disconnect(told.append)
    assert told == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.booleans(), st.booleans())
def test_the_selection_stays_on_its_words(
    body: BodyField, before: str, change: str, after: str, in_front: bool, at_once: bool
) -> None:
    """What changes in front of it or behind it, near or far, leaves it where it is."""
    body.show_text(f"{before}|{after}")
    body.select(len(before), len(before) + 1)
    if in_front:
        before = before + change if at_once else change + before
    else:
        after = change + after if at_once else after + change
    body.show_text(f"{before}|{after}")
    assert body.text[body.typed.start : body.typed.end] == "|"


def test_words_that_come_behind_the_caret_leave_it(body: BodyField) -> None:
    body.show_text("ab")
    body.select(2, 2)
    body.show_text("abcd")
    assert (body.typed.start, body.typed.end) == (2, 2)
    body.select(3, 1)
    body.show_text("abcdef")
    assert (body.textCursor().anchor(), body.textCursor().position()) == (3, 1)


def test_line_ends_of_any_kind_are_shown_once(body: BodyField) -> None:
    body.show_text("a\r\nb\rc\u2029d")
    assert body.text == "a\nb\nc\nd"
    body.select(0, 0)
    heights: list[bool] = []
    body.height_changed.connect(lambda: heights.append(True))
    body.show_text("a\r\nb\rc\u2029d")
    assert heights == []


def test_typing_is_told_and_showing_is_not(body: BodyField, qtbot: QtBot) -> None:
    told: list[str] = []
    body.text_edited.connect(told.append)
    qtbot.keyClicks(body, "Hi")
    body.show_text("Hi you")
    assert told == ["H", "Hi"]


def test_the_height_follows_the_text(body: BodyField) -> None:
    low = body.height_for(300)
    told: list[bool] = []
    body.height_changed.connect(lambda: told.append(True))
    body.show_text("word " * 60)
    assert told
    high = body.height_for(300)
    assert high > 3 * low
    assert body.height_for(150) > high


@pytest.mark.parametrize("name", ["Undo", "Redo"])
def test_undo_and_redo_go_to_the_actions(
    window: QWidget, body: BodyField, qtbot: QtBot, name: str
) -> None:
    action = QAction(window)
    action.setShortcut(QKeySequence(QKeySequence.StandardKey[name]))
    window.addAction(action)
    done: list[bool] = []
    action.triggered.connect(lambda: done.append(True))
    keys = action.shortcut()[0]
    qtbot.keyClick(body, keys.key(), keys.keyboardModifiers())
    assert done == [True]


# ---------------------------------------------------------------- keys


def test_enter_makes_paragraphs_items_and_a_step(body: BodyField, qtbot: QtBot) -> None:
    wanted: list[bool] = []
    body.step_wanted.connect(lambda: wanted.append(True))
    qtbot.keyClicks(body, "Dig.")
    qtbot.keyClick(body, KEY.Key_Return)
    assert body.text == "Dig.\n\n"
    qtbot.keyClicks(body, "- soil")
    qtbot.keyClick(body, KEY.Key_Return)
    assert body.text == "Dig.\n\n- soil\n- "
    qtbot.keyClick(body, KEY.Key_Return)
    assert body.text == "Dig.\n\n- soil\n"
    qtbot.keyClick(body, KEY.Key_Return)
    assert body.text == "Dig.\n\n- soil"
    assert wanted == [True]
    qtbot.keyClick(body, KEY.Key_Return, MOD.ShiftModifier)
    assert body.text == "Dig.\n\n- soil\n"


def test_backspace_at_the_start_joins(body: BodyField, qtbot: QtBot) -> None:
    joined: list[bool] = []
    body.joined.connect(lambda: joined.append(True))
    body.show_text("ab")
    body.select(0, 0)
    qtbot.keyClick(body, KEY.Key_Backspace)
    assert joined == [True]
    body.select(0, 1)
    qtbot.keyClick(body, KEY.Key_Backspace)
    assert (body.text, joined) == ("b", [True])


def test_arrows_leave_at_the_edges_and_select_all_twice_goes_beyond(
    body: BodyField, qtbot: QtBot
) -> None:
    left: list[int] = []
    extended: list[int] = []
    body.left_by.connect(left.append)
    body.extended_by.connect(extended.append)
    body.show_text("one\ntwo")
    body.select(0, 0)
    qtbot.keyClick(body, KEY.Key_Down)
    assert left == []
    qtbot.keyClick(body, KEY.Key_Down)
    qtbot.keyClick(body, KEY.Key_Down, MOD.ShiftModifier)
    body.select(0, 0)
    qtbot.keyClick(body, KEY.Key_Up)
    assert (left, extended) == ([1, -1], [1])
    qtbot.keyClick(body, KEY.Key_A, MOD.ControlModifier)
    assert (body.typed.start, body.typed.end, extended) == (0, 7, [1])
    qtbot.keyClick(body, KEY.Key_A, MOD.ControlModifier)
    assert extended == [1, 0]


def test_a_callout_is_typed(body: BodyField, qtbot: QtBot) -> None:
    kinds: list[str] = []
    body.callout_wanted.connect(kinds.append)
    body.show_text("Dig.\n\n")
    body.select(6, 6)
    qtbot.keyClicks(body, "> Caution: ")
    assert (body.text, kinds) == ("Dig.", ["caution"])
    qtbot.keyClicks(body, " > tip: no")
    assert kinds == ["caution"]


def test_a_title_is_one_line(window: QWidget, qtbot: QtBot) -> None:
    field = LineField(Theme(window), "heading", "Title", window)
    entered: list[bool] = []
    field.entered.connect(lambda: entered.append(True))
    qtbot.keyClicks(field, "Dig")
    qtbot.keyClick(field, KEY.Key_Return)
    assert (field.text, entered) == ("Dig", [True])
    field.insertFromMimeData(pasted("\na\n  hole "))
    assert field.text == "Diga hole"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("bold", "a **pot**"),
        ("italic", "a *pot*"),
        ("code", "a `pot`"),
        ("link", "a [pot]()"),
        ("bullets", "- a pot"),
        ("numbers", "1. a pot"),
    ],
)
def test_formats(body: BodyField, kind: str, text: str) -> None:
    body.show_text("a pot")
    body.select(2, 5)
    body.format(kind)
    assert body.text == text


# ---------------------------------------------------------------- paste


def test_words_are_pasted_as_they_are(body: BodyField) -> None:
    body.insertFromMimeData(pasted("a\r\nb\u00a0\n\n1. c\n2. d"))
    assert body.text == "a\nb\u00a0\n\n1. c\n2. d"


def test_rich_text_comes_as_its_words(body: BodyField) -> None:
    data = pasted("bold")
    data.setHtml("<b>bold</b>")
    body.insertFromMimeData(data)
    assert body.text == "bold"


def test_pictures_files_and_steps_go_to_the_page(body: BodyField, qtbot: QtBot) -> None:
    given: list[QMimeData] = []
    body.pasted.connect(given.append)
    image, file, steps = QMimeData(), QMimeData(), pasted("One.\n\nTwo.")
    image.setImageData(QImage(2, 2, QImage.Format.Format_RGB32))
    file.setUrls([QUrl.fromLocalFile("/x.png")])
    for data in (image, file):
        body.insertFromMimeData(data)
    body.takes_steps = True
    body.insertFromMimeData(steps)
    assert given == [image, file, steps]
    assert body.text == ""
    QApplication.clipboard().setText("One")
    both = MOD.ControlModifier | MOD.ShiftModifier
    qtbot.keyClick(body, KEY.Key_V, both)
    assert (len(given), body.text) == (4, "")


def test_a_web_address_is_pasted_as_text(body: BodyField) -> None:
    data = pasted("https://a.org/x")
    data.setUrls([QUrl("https://a.org/x")])
    body.insertFromMimeData(data)
    assert body.text == "https://a.org/x"


def test_tab_goes_on(window: QWidget, body: BodyField, qtbot: QtBot) -> None:
    other = TextField(Theme(window), "control", "", window)
    other.show()
    qtbot.keyClick(body, KEY.Key_Tab)
    assert other.hasFocus()
    assert body.text == ""


@pytest.mark.parametrize("text", ["", "20 min"])
def test_a_field_at_the_right_has_its_placeholder_there_too(window: QWidget, text: str) -> None:
    field = RightField(Theme(window), "control", "time", window, "muted")
    field.resize(200, 40)
    field.show_text(text)
    field.show()
    drawn = field.grab().toImage()
    ground = drawn.pixel(0, 0)
    inked = [
        x
        for x in range(drawn.width())
        if any(drawn.pixel(x, y) != ground for y in range(drawn.height()))
    ]
    assert 195 < inked[-1] < 200
    assert inked[0] > 100
