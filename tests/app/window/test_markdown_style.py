"""Markdown on the page looks like what it means; its marks take no room but under the caret."""

import pytest
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.window.body_field import BodyField
from app.window.markdown_keys import Typed, callout_begun, entered, linked, listed, wrapped
from app.window.markdown_style import NOTHING, link_at
from app.window.theme import Theme


def look(field: BodyField, part: str) -> QTextCharFormat:
    """Return the format of the first character of a part of the first paragraph."""
    at = field.text.index(part)
    for span in field.document().firstBlock().layout().formats():
        if span.start <= at < span.start + span.length:
            return QTextCharFormat(span.format)
    return QTextCharFormat()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def field(window: QWidget) -> BodyField:
    field = BodyField(Theme(window), "", window)
    field.show()
    window.activateWindow()
    return field


def test_what_the_marks_mean(field: BodyField) -> None:
    field.show_text("Some **bold**, *slanted*, `code` and [words](https://a.org) plain")
    assert look(field, "bold").fontWeight() > look(field, "plain").fontWeight()
    assert look(field, "slanted").fontItalic()
    assert look(field, "code").fontFixedPitch()
    assert look(field, "words").fontUnderline()
    assert look(field, "plain") == QTextCharFormat()


def test_bold_in_italic_is_both(field: BodyField) -> None:
    field.show_text("**bold *and slanted* too**")
    both = look(field, "and")
    assert both.fontItalic()
    assert both.fontWeight() == look(field, "bold").fontWeight()


@pytest.mark.parametrize(
    "text", ["snake_case_name", "2 * 3 * 4", "a ** b ** c", "`**no**`", "[a](b c)", "**", "*"]
)
def test_what_is_no_mark_stays(field: BodyField, text: str) -> None:
    field.show_text(text)
    spans = field.document().firstBlock().layout().formats()
    assert not any(span.format.fontWeight() > 400 or span.format.fontItalic() for span in spans)


def test_marks_take_room_only_under_the_caret(field: BodyField, qtbot: QtBot) -> None:
    field.show_text("see [it](https://example.org/a/long/address)\nnext **one**")
    field.height_for(2000)
    field.select(len(field.text), len(field.text))
    squeezed = field.document().firstBlock().layout().lineAt(0).naturalTextWidth()
    assert look(field, "](").fontPointSize() == pytest.approx(NOTHING)
    field.setFocus()
    field.select(1, 1)
    shown = field.document().firstBlock().layout().lineAt(0).naturalTextWidth()
    assert shown > 3 * squeezed
    field.select(len(field.text), len(field.text))
    assert field.document().firstBlock().layout().lineAt(0).naturalTextWidth() == squeezed


@pytest.mark.parametrize(
    ("address", "opens"),
    [
        ("https://a.org", True),
        ("http://a.org", True),
        ("mailto:me@a.org", True),
        ("javascript:x", False),
        ("file:///etc", False),
    ],
)
def test_only_web_and_mail_addresses_are_links(address: str, opens: bool) -> None:
    text = f"see [it]({address})"
    assert link_at(text, 6) == (address if opens else "")
    assert link_at(text, 1) == ""


@pytest.mark.parametrize(
    ("typed", "mark", "after"),
    [
        (Typed("a pot b", 2, 5), "**", Typed("a **pot** b", 4, 7)),
        (Typed("a **pot** b", 4, 7), "**", Typed("a pot b", 2, 5)),
        (Typed("a **pot** b", 2, 9), "**", Typed("a pot b", 2, 5)),
        (Typed("a pot b", 3, 3), "*", Typed("a *pot* b", 3, 6)),
        (Typed("a **pot** b", 4, 7), "*", Typed("a ***pot*** b", 5, 8)),
        (Typed("a pot  b", 1, 6), "`", Typed("a `pot`  b", 3, 6)),
        (Typed("", 0, 0), "**", Typed("****", 2, 2)),
    ],
)
def test_marks_go_around_words_and_away_again(typed: Typed, mark: str, after: Typed) -> None:
    assert wrapped(typed, mark) == after


def test_a_link_takes_its_address_next() -> None:
    assert linked(Typed("a pot", 2, 5)) == Typed("a [pot]()", 8, 8)
    assert linked(Typed("a ", 2, 2)) == Typed("a []()", 3, 3)


def test_lists_and_back() -> None:
    items = listed(Typed("a\nb", 0, 3), numbered=True)
    assert items.text == "1. a\n2. b"
    assert listed(items, numbered=False).text == "1. a\n- b"  # the caret is in the last one
    assert listed(Typed("- a\n- b", 0, 7), numbered=False).text == "a\nb"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a", "a\n\n"),
        ("9. a", "9. a\n10. "),
        ("2) a", "2) a\n3) "),
        ("* a", "* a\n* "),
        ("- a\n- ", "- a\n"),
        ("a\n\n", None),
        ("", None),
    ],
)
def test_enter_at_the_end(text: str, after: str | None) -> None:
    typed = entered(Typed(text, len(text), len(text)))
    assert (typed.text if typed else None) == after


@pytest.mark.parametrize("text", ["> Tip: x", ">> tip: ", "a > tip: ", "> hint: ", "> tip:"])
def test_what_begins_no_callout(text: str) -> None:
    assert callout_begun(Typed(text, len(text), len(text))) is None


def test_a_callout_begins_between_lines() -> None:
    typed = Typed("a\n> warning: \nb", 13, 13)
    assert callout_begun(typed) == (Typed("a\nb", 1, 1), "warning")
