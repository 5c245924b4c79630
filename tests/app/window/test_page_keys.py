"""The way of the keys through the page: arrows and Tab, whenever its steps were made."""

from collections.abc import Callable

import pytest
from page_on_screen import key, page_on_screen, view
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.tutorial.model import Step, Tutorial
from app.window.page import Page
from app.window.text_field import TextField
from app.window.workplace import Workplace

KEY = Qt.Key


@pytest.fixture
def page(workplace: Workplace, qtbot: QtBot) -> Page:
    return page_on_screen(workplace, qtbot)


def test_arrows_go_through_all_fields(page: Page) -> None:
    page.head.title.setFocus()
    seen: list[TextField] = []
    for _ in range(40):
        widget = QApplication.focusWidget()
        if isinstance(widget, TextField) and widget not in seen:
            seen.append(widget)
        key(page, KEY.Key_Down)
    fields = [field for step in page.tutorial.steps for field in page.views[step.id].fields]
    head = page.head
    assert seen == [head.title, head.summary, head.needs, head.tags, *fields]
    page.go_to("s1", field="title")
    key(page, KEY.Key_Up)
    assert head.tags.hasFocus()


def test_tab_goes_from_text_to_picture_to_the_next_step(page: Page) -> None:
    page.go_to("s2", field="title")
    s2, s3 = view(page, "s2"), view(page, "s3")
    order = []
    while not s3.title.hasFocus():
        order.append(QApplication.focusWidget())
        key(page, KEY.Key_Tab)
    picture = s2.pictures["p2"]
    assert order[:3] == [s2.title, s2.body, picture]
    assert all(picture.isAncestorOf(one) for one in order[3:])  # its buttons


def test_tab_follows_what_came_later(page: Page) -> None:
    page.handlers["add_step"]()  # at the end
    page.go_to("s1", field="body")
    page.handlers["add_step"]()
    page.go_to("s1", field="body")
    page.handlers["tip"]()
    page.go_to("s1", field="body")
    page.handlers["step_time"]()
    assert len([step.id for step in page.tutorial.steps]) == 5
    tab_goes_through_all(page)


def tab_goes_through_all(page: Page) -> None:
    """Tab from the head to the button below the last step, through each field in its order."""
    page.head.fields[-1].setFocus()
    order: list[QWidget] = []
    fields = [field for step in page.tutorial.steps for field in view(page, step.id).fields]
    while len(order) <= len(fields):
        focused = QApplication.focusWidget()
        order += [focused] if isinstance(focused, TextField) else []
        key(page, KEY.Key_Tab)
    assert order == [page.head.fields[-1], *fields]
    while not isinstance(button := QApplication.focusWidget(), QPushButton):
        key(page, KEY.Key_Tab)
    assert button.text() == "Add a step"


def test_tab_goes_through_steps_whose_widgets_were_made_in_any_order(
    make_workplace: Callable[..., Workplace], qtbot: QtBot
) -> None:
    many = tuple(Step(f"s{n}", f"Step {n}", "Do it. " * 40) for n in range(40))
    page = page_on_screen(make_workplace(Tutorial("t", steps=many)), qtbot, built=False)
    for one in ("s30", "s31", "s25", "s32"):
        page.view_of(one)
    assert "s20" not in page.views
    qtbot.waitUntil(lambda: not page.is_building)
    tab_goes_through_all(page)
