"""Printing: a page of its own in a private folder, opened by the system."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.window.printing import Printing
from app.window.workplace import Workplace


class Browser(QObject):
    """Opens what the system is asked to open."""

    opened = Signal(str)

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.emit(url.toLocalFile())


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    QDesktopServices.setUrlHandler("file", browser, "open")
    yield browser
    QDesktopServices.unsetUrlHandler("file")


def printed(printing: Printing, browser: Browser, qtbot: QtBot) -> Path:
    with qtbot.waitSignal(browser.opened) as opened:
        printing.open_page()
    (name,) = opened.args or []
    return Path(name)


def test_the_page_is_opened_and_asks_to_print(
    workplace: Workplace, browser: Browser, qtbot: QtBot
) -> None:
    page = printed(Printing(workplace), browser, qtbot)
    text = page.read_text("utf-8")
    assert "Ease the cactus out" in text
    assert "print()" in text
    assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700
    assert [path.name for path in page.parent.iterdir()] == [page.name]


def test_it_is_printed_as_it_stands(workplace: Workplace, browser: Browser, qtbot: QtBot) -> None:
    printing, opened = Printing(workplace), workplace.opened
    first = printed(printing, browser, qtbot)
    opened.edit(edits.set_field(opened.tutorial, "title", "Typed just now"), typing=True)
    assert printed(printing, browser, qtbot) == first
    assert "Typed just now" in first.read_text("utf-8")


def test_the_page_outlives_its_tutorial(
    workplace: Workplace, browser: Browser, qtbot: QtBot
) -> None:
    printing = Printing(workplace)
    page = printed(printing, browser, qtbot)
    printing.deleteLater()
    qtbot.wait(1)
    assert page.is_file()


def test_it_says_when_the_page_can_not_be_written(workplace: Workplace, qtbot: QtBot) -> None:
    printing = Printing(workplace)
    with qtbot.waitSignal(printing.failed) as failed:
        printing._folder = workplace.opened.path / "no folder"
        printing.open_page()
    (sentence,) = failed.args or []
    assert str(sentence).endswith(".")


PROGRAM = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.window.printing import _new_folder
application = QApplication([])
folder = _new_folder()
print(folder, folder.is_dir())
QTimer.singleShot(0, application.quit)
application.exec()
"""


def test_the_folder_goes_with_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-W", "error", "-c", PROGRAM],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).resolve().parents[3],
        env={
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
        },
    )
    assert done.returncode == 0, done.stderr
    folder, there = done.stdout.split()
    assert there == "True"
    assert not Path(folder).exists()
