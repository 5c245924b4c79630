"""Doctor, packs and shortcuts: what they tell, with the real engine's facts."""

import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.engine.engine import Engine
from app.window.actions import ACTIONS
from app.window.doctor_page import DoctorPage
from app.window.packs_page import PacksPage
from app.window.shortcuts_page import ShortcutsPage
from app.window.theme import Theme
from inference.protocol import Verify

PATIENCE = 60_000  # milliseconds


@pytest.fixture
def engine(qapp: QApplication) -> Iterator[Engine]:
    engine = Engine(lambda: Client(sys.executable))
    yield engine
    engine.close()


def test_the_doctor_tells_facts_without_the_persons_name(
    engine: Engine, qtbot: QtBot, tmp_path: Path
) -> None:
    page = DoctorPage(engine, Path.home() / "Documents" / "Interstep", Theme())
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: "Processor cores" in page.text, timeout=PATIENCE)
    assert f"Python: {sys.version.split()[0]}" in page.text
    assert "GB free" in page.text
    assert str(Path.home()) not in page.text
    copy = next(b for b in page.findChildren(QPushButton) if b.text() == "Copy to clipboard")
    copy.click()
    assert QGuiApplication.clipboard().text() == page.text
    assert getpass.getuser() not in page.text or len(getpass.getuser()) < 3


def test_a_page_closes_on_escape(engine: Engine, qtbot: QtBot) -> None:
    page = ShortcutsPage(Theme())
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page, Qt.Key.Key_Escape)


def test_all_shortcuts_are_listed_and_found(qtbot: QtBot) -> None:
    page = ShortcutsPage(Theme())
    qtbot.addWidget(page)
    page.show()
    shown = [label for label in page.findChildren(QLabel) if label.property("role") == "keys"]
    assert len(shown) == len([spec for spec in ACTIONS if spec.shortcut])
    page.search.setText("undo")
    assert [label.text() for label in shown if label.isVisible()] == ["Ctrl+Z"]


@pytest.mark.usefixtures("starter_gguf")
def test_packs_say_what_they_are_and_can_be_checked(engine: Engine, qtbot: QtBot) -> None:
    page = PacksPage(engine, Theme())
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: "starter" in page._cards, timeout=PATIENCE)
    card = page._cards["starter"]
    words = " ".join(label.text() for label in card.findChildren(QLabel))
    assert "98 MB" in words
    assert "Apache-2.0" in words
    asked: list[object] = []
    card.wanted.connect(asked.append)
    next(b for b in card.findChildren(QPushButton) if b.text() == "Check").click()
    assert isinstance(asked[0], Verify)
    qtbot.waitUntil(lambda: page._cards["starter"] is not card, timeout=PATIENCE)
    qtbot.waitUntil(lambda: engine.state == "ready", timeout=PATIENCE)


def test_a_page_that_is_gone_hears_no_more(engine: Engine, qtbot: QtBot) -> None:
    page = DoctorPage(engine, Path.home(), Theme())
    page.deleteLater()
    qtbot.waitUntil(lambda: engine.state == "ready", timeout=PATIENCE)
