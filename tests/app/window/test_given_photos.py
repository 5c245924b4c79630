"""The photos that the writer was given stand in the head of the page, and open large."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import cactus
from picture_desk import BLUE, GREEN, RED, photo
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.tutorial.model import Take
from app.window.given_photos import GivenPhoto
from app.window.page import Page
from app.window.workplace import Workplace
from app.window.zoom_view import ZoomPane, given_seen

Make = Callable[..., Page]
TALL, WIDE = photo("white", 20, 400), photo("black", 400, 20)


@pytest.fixture
def make_page(make_workplace: Callable[..., Workplace], qtbot: QtBot) -> Make:
    """Return a function that shows the page of a tutorial begun from these photos."""

    def make(*given: Take, width: int = 900) -> Page:
        tutorial = replace(cactus(), given=tuple(take.sha256 for take in given))
        page = Page(make_workplace(tutorial, {take.sha256: take for take in given}.values()))
        qtbot.addWidget(page)
        page.resize(width, 900)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        qtbot.waitUntil(lambda: not page.is_building)
        return page

    return make


def photos(page: Page) -> list[GivenPhoto]:
    return page.head.photos.photos


def middle(photo: GivenPhoto) -> QColor:
    return photo.grab().toImage().pixelColor(photo.rect().center())


def test_without_photos_there_is_no_row(make_page: Make) -> None:
    page = make_page()
    assert photos(page) == []
    assert not page.head.photos.isVisible()
    without = page.head.height()
    assert make_page(RED).head.height() > without


def test_each_photo_is_shown_and_has_a_name(make_page: Make, qtbot: QtBot) -> None:
    page = make_page(RED, BLUE, RED)
    assert [one.accessibleName() for one in photos(page)] == [
        "Photo 1 of 2, given to the writer",
        "Photo 2 of 2, given to the writer",
    ], "one that was given twice is one"
    for one, colour in zip(photos(page), ("red", "blue"), strict=True):
        assert one.isVisible()
        assert one.height() == 72
        qtbot.waitUntil(lambda one=one, colour=colour: middle(one) == QColor(colour))


def test_a_photo_keeps_its_shape_within_limits(make_page: Make) -> None:
    sizes = [one.size().toTuple() for one in photos(make_page(RED, GREEN, TALL, WIDE))]
    assert sizes == [(144, 72), (72, 72), (43, 72), (144, 72)]


def test_they_stand_below_what_you_need_and_before_the_first_step(make_page: Make) -> None:
    page = make_page(RED, BLUE)
    row, needs = page.head.photos.geometry(), page.head.needs.geometry()
    assert row.top() > needs.bottom()
    assert row.left() == needs.left()
    assert page.head.geometry().bottom() < page.views["s1"].y()
    assert row.bottom() <= page.head.rect().bottom()


@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.0])
@pytest.mark.parametrize("width", [430, 900])
def test_what_has_no_room_stands_in_the_next_line(
    make_page: Make, qtbot: QtBot, zoom: float, width: int
) -> None:
    many = [photo(colour, 40, 20) for colour in ("red", "blue", "lime", "white", "black")]
    page = make_page(*many, width=width)
    page.workplace.theme.use(zoom=zoom)
    qtbot.waitUntil(lambda: photos(page)[0].height() == round(72 * zoom))
    row = page.head.photos
    boxes = [one.geometry() for one in photos(page)]
    assert all(row.rect().contains(box) for box in boxes)
    assert page.head.rect().contains(row.geometry())
    assert not any(box.intersects(other) for box in boxes for other in boxes if other is not box)
    assert len({box.top() for box in boxes}) > 1


def test_tab_goes_through_them_behind_what_you_need(make_page: Make) -> None:
    page = make_page(RED, BLUE)
    page.head.needs.setFocus()
    order = []
    for _ in range(3):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget())
    assert order == [*photos(page), page.head.time]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_and_clicks_open_it(make_page: Make, qtbot: QtBot, key: Qt.Key) -> None:
    page = make_page(RED, BLUE)
    with qtbot.waitSignal(page.head.photos.opened) as told:
        QTest.keyClick(photos(page)[1], key)
    assert told.args == [BLUE.sha256]
    with qtbot.waitSignal(page.head.photos.opened) as told:
        QTest.mouseClick(photos(page)[0], Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert told.args == [RED.sha256]


def test_the_row_follows_undo(make_page: Make) -> None:
    page = make_page(RED, BLUE)
    opened = page.workplace.opened
    opened.edit(edits.set_field(opened.tutorial, "given", (BLUE.sha256,)))
    assert [one.accessibleName() for one in photos(page)] == ["Photo 1 of 1, given to the writer"]
    opened.undo()
    assert [one.sha256 for one in photos(page)] == [RED.sha256, BLUE.sha256]


def test_zoomed_it_says_which_it_is_and_closes_when_it_is_gone(
    make_page: Make, qtbot: QtBot
) -> None:
    workplace = make_page(RED, BLUE).workplace
    pane = ZoomPane(workplace, given_seen(BLUE.sha256))
    qtbot.addWidget(pane)
    pane.show()
    qtbot.waitUntil(lambda: pane.scale.text().endswith("%"))
    assert pane.canvas.accessibleDescription() == "Photo 2 of 2, given to the writer"
    tutorial = workplace.opened.tutorial
    with qtbot.waitSignal(pane.closed):
        workplace.opened.edit(edits.set_field(tutorial, "given", (RED.sha256,)))


def test_one_that_cannot_be_read_says_so(make_page: Make, qtbot: QtBot) -> None:
    data = b"\x89PNG and nothing behind it"
    broken = replace(RED, data=data, sha256=hashlib.sha256(data).hexdigest())
    page = make_page(broken)
    qtbot.waitUntil(lambda: page.workplace.images.is_lost(broken.sha256))
    pane = ZoomPane(page.workplace, given_seen(broken.sha256))
    qtbot.addWidget(pane)
    qtbot.waitUntil(lambda: pane.scale.text() == "This photo can't be read.")
