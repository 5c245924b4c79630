"""A whole tutorial on the clipboard, made off the GUI thread."""

from collections.abc import Callable

import pytest
from plain_takes import square
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.tutorial.model import Picture, Step, Tutorial
from app.window.copying import Copying
from app.window.workplace import Workplace

TAKE = square(40)
PICTURE = Picture("p1", alt_text="A pot", takes=(TAKE.sha256,), chosen=TAKE.sha256)
TUTORIAL = Tutorial(
    "t", title="Repot a cactus", steps=(Step("s1", "Pick", "A **pot**.", pictures=(PICTURE,)),)
)
Make = Callable[..., Workplace]


def copied(workplace: Workplace, action: str, qtbot: QtBot) -> str:
    """Do the action and return what was told."""
    copying = Copying(workplace)
    with qtbot.waitSignal(copying.told) as told:
        copying.handlers[action]()
    (sentence,) = told.args or []
    return str(sentence)


def test_markdown_is_plain_text_alone(make_workplace: Make, qtbot: QtBot) -> None:
    told = copied(make_workplace(TUTORIAL, [TAKE]), "copy_markdown", qtbot)
    data = QGuiApplication.clipboard().mimeData()
    assert not data.hasHtml()
    assert data.text().startswith("# Repot a cactus\n")
    assert "A **pot**." in data.text()
    assert "data:image/" in data.text()
    assert told == "The tutorial is on the clipboard as Markdown."


def test_rich_text_brings_its_pictures_and_plain_text(make_workplace: Make, qtbot: QtBot) -> None:
    told = copied(make_workplace(TUTORIAL, [TAKE]), "copy_rich", qtbot)
    data = QGuiApplication.clipboard().mimeData()
    assert "<strong>pot</strong>" in data.html()
    assert "data:image/" in data.html()
    assert "A **pot**." in data.text()
    assert told == "The tutorial is on the clipboard, with its pictures."


@pytest.mark.parametrize("action", ["copy_markdown", "copy_rich"])
def test_what_was_just_typed_is_copied_too(action: str, make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(TUTORIAL, [TAKE])
    opened = workplace.opened
    opened.edit(edits.set_step(opened.tutorial, "s1", "body", "Typed just now."), typing=True)
    copied(workplace, action, qtbot)
    assert "Typed just now." in QGuiApplication.clipboard().mimeData().text()
