"""A page in an active window of its own, for tests that use its real widgets."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window.page import Page
from app.window.step_view import StepView
from app.window.workplace import Workplace

NONE = Qt.KeyboardModifier.NoModifier


def page_on_screen(
    workplace: Workplace, qtbot: QtBot, height: int = 600, *, built: bool = True
) -> Page:
    """Return the page of an open tutorial; built: once every step has its widget."""
    page = Page(workplace)
    qtbot.addWidget(page)
    page.resize(800, height)
    page.show()
    with qtbot.waitActive(page):
        page.activateWindow()
    if built:
        qtbot.waitUntil(lambda: not page.is_building)
    return page


def steps(page: Page) -> list[str]:
    return [step.id for step in page.tutorial.steps]


def view(page: Page, step_id: str) -> StepView:
    found = page.view_of(step_id)
    assert found is not None
    return found


def key(page: Page, name: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the focus is."""
    QTest.keyClick(QApplication.focusWidget() or page, name, modifiers)
