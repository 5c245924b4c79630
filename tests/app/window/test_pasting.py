"""A paste: what it brings, and where it goes."""

import base64
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tutorial.errors import TutorialError
from app.tutorial.model import MAX_PICTURES, Picture, Step, Take, Tutorial
from app.tutorial.photos import photo
from app.tutorial.undo import undo
from app.window.clipping import Clipping, Pasted, clipping, give_takes, insert_pasted, read
from app.window.page import Page
from app.window.pasting import paste
from app.window.workplace import Workplace


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(out, "PNG")
    return out.getvalue()


def take(colour: str) -> Take:
    return photo(png(colour), colour)


def tutorial(*steps: Step) -> Tutorial:
    return Tutorial("t", steps=steps)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("One line.", False),
        ("Two lines\nof one paragraph.", False),
        ("One.\n\nTwo.", True),
        ("1. One\n2. Two", True),
        ("- One", False),
        ("", False),
    ],
)
def test_what_is_several_steps(text: str, steps: bool) -> None:
    assert Clipping(text).has_steps is steps


def test_words_win_over_an_image_of_them() -> None:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    assert Clipping(image=image).has_pictures
    assert not Clipping("a\tb", "<table></table>", image).has_pictures
    assert Clipping("a", '<img src="data:image/png;base64,AA">').has_pictures


def test_a_clipping_holds_what_the_clipboard_does(tmp_path: Path) -> None:
    source = QMimeData()
    source.setText("a\r\nb")
    source.setUrls([QUrl.fromLocalFile(str(tmp_path / "x.png")), QUrl("https://a.org/y.png")])
    assert clipping(source) == Clipping("a\nb", files=(tmp_path / "x.png",))
    picture = QMimeData()
    picture.setImageData(QImage(4, 3, QImage.Format.Format_RGB32))
    held = clipping(picture).image
    assert held is not None
    assert (held.width(), held.height()) == (4, 3)


def test_text_becomes_steps_and_no_word_is_lost() -> None:
    text = "Repot\n\nFor beginners.\n\n1. Pick a pot.\n2. Fill it with soil."
    pasted = read(Clipping(text))
    words = " ".join(f"{step.title} {step.body}" for step in pasted.steps)
    for word in ("Repot", "For beginners", "Pick a pot", "Fill it with soil"):
        assert words.count(word) == 1


def test_html_with_a_picture_becomes_steps_with_pictures() -> None:
    red = base64.b64encode(png("red")).decode()
    html = (
        "<ol><li>Dig a hole.</li></ol>"
        f'<img src="data:image/png;base64,{red}" alt="a hole"><ol><li>Fill it.</li></ol>'
        '<img src="https://a.org/far.png">'
    )
    pasted = read(Clipping("Dig a hole.\n\nFill it.", html))
    assert [t.data for t in pasted.takes] == [png("red")]
    (picture,) = [picture for step in pasted.steps for picture in step.pictures]
    assert (picture.alt_text, picture.chosen) == ("a hole", pasted.takes[0].sha256)
    assert "clipped-" not in "".join(step.body for step in pasted.steps)
    assert len(pasted.notices) == 1
    assert "addresses" in pasted.notices[0]


def test_a_picture_that_is_none_is_told_of() -> None:
    broken = base64.b64encode(b"no picture").decode()
    pasted = read(
        Clipping("x", f'<p>One.</p><img src="data:image/png;base64,{broken}"><p>Two.</p>')
    )
    assert pasted.takes == ()
    assert len(pasted.notices) == 1
    assert all(not step.pictures and "clipped-" not in step.body for step in pasted.steps)


def test_an_image_of_the_clipboard_is_a_take() -> None:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(0xFF0000)
    (one,) = read(Clipping(image=image)).takes
    assert (one.width, one.height, one.media_type) == (4, 3, "image/png")


def test_files_are_takes_and_one_that_is_none_is_told_of(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(png("blue"))
    bad.write_text("no picture")
    pasted = read(Clipping(files=(good, bad)))
    assert [t.data for t in pasted.takes] == [png("blue")]
    assert len(pasted.notices) == 1
    with pytest.raises(TutorialError):
        read(Clipping(files=(bad,)))


def test_steps_take_the_place_of_an_empty_step() -> None:
    before = tutorial(Step("a", "A"), Step("b"), Step("c", "C"))
    pasted = Pasted((Step("x", "X"), Step("y", "Y")), materials=("soil",))
    after, entry = insert_pasted(before, pasted, "b")
    assert [step.id for step in after.steps] == ["a", "x", "y", "c"]
    assert after.materials == ("soil",)
    assert undo(after, entry) == (before, ())


def test_steps_stand_behind_a_step_with_text() -> None:
    before = tutorial(Step("a", "A"), Step("c", "C"))
    after, entry = insert_pasted(before, Pasted((Step("x", "X"),)), "a")
    assert [step.id for step in after.steps] == ["a", "x", "c"]
    assert undo(after, entry) == (before, ())


def test_takes_fill_the_picture_named_then_blank_ones_then_new_ones() -> None:
    shown = Picture("p", takes=("old",), chosen="old")
    before = tutorial(Step("a", pictures=(shown, Picture("q", "a description"))))
    takes = tuple(map(take, ("red", "green", "blue", "white")))
    after, entry = give_takes(before, "a", "p", takes)
    first, second, third = after.steps[0].pictures
    assert first == replace(shown, takes=("old", takes[0].sha256), chosen=takes[0].sha256)
    assert (second.id, second.chosen) == ("q", takes[1].sha256)
    assert third.takes == (takes[2].sha256, takes[3].sha256)
    assert len(after.steps[0].pictures) == MAX_PICTURES
    assert undo(after, entry) == (before, ())


def test_takes_for_a_step_that_is_gone_go_nowhere() -> None:
    before = tutorial(Step("a"))
    assert give_takes(before, "gone", "", (take("red"),))[0] == before


def test_a_paste_is_one_undo(workplace: Workplace, qtbot: QtBot) -> None:
    before, told = workplace.opened.tutorial, list[str]()
    data = QMimeData()
    data.setText("1. Dig.\n2. Plant.")
    paste(workplace, "s1", data, told.append)
    qtbot.waitUntil(lambda: len(workplace.opened.tutorial.steps) == 5)
    assert [step.title for step in workplace.opened.tutorial.steps][1:3] == ["Dig", "Plant"]
    workplace.opened.undo()
    assert workplace.opened.tutorial == before
    assert told == []


def test_a_pasted_image_is_a_take_of_a_new_picture(workplace: Workplace, qtbot: QtBot) -> None:
    before, told = workplace.opened.tutorial, list[str]()
    data = QMimeData()
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(0x00FF00)
    data.setImageData(image)
    paste(workplace, "s1", data, told.append)
    qtbot.waitUntil(lambda: bool(workplace.opened.tutorial.steps[0].pictures))
    (picture,) = workplace.opened.tutorial.steps[0].pictures
    assert picture.chosen in workplace.opened.infos
    workplace.opened.undo()
    assert workplace.opened.tutorial == before


def test_a_file_that_is_no_picture_is_told_of(
    workplace: Workplace, qtbot: QtBot, tmp_path: Path
) -> None:
    told = list[str]()
    path = tmp_path / "notes.txt"
    path.write_text("no picture")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    paste(workplace, "s1", data, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert "notes.txt" in told[0]


def test_an_image_dropped_on_a_step_is_its_picture(
    workplace: Workplace, qtbot: QtBot, tmp_path: Path
) -> None:
    page = Page(workplace)
    qtbot.addWidget(page)
    page.show()
    path = tmp_path / "dog.png"
    path.write_bytes(png("red"))
    view = page.view_of("s1")
    assert view is not None
    for dropped, taken in ((tmp_path / "notes.txt", False), (path, True)):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(dropped))])
        where = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
        enter = QDragEnterEvent(QPoint(90, 20), *where, Qt.KeyboardModifier.NoModifier)
        enter.ignore()
        QApplication.sendEvent(view, enter)
        assert enter.isAccepted() is taken
    drop = QDropEvent(QPointF(90, 20), *where, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, drop)
    qtbot.waitUntil(lambda: bool(view.pictures))
    assert workplace.opened.tutorial.steps[0].pictures[0].chosen == photo(png("red"), "").sha256
