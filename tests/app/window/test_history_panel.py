"""The history through its widgets, and moments in words."""

import pytest
from PySide6.QtCore import QDateTime, QLocale, Qt
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.tutorial.model import Step
from app.tutorial.restoring import Difference
from app.window.history_panel import HistoryPanel, difference_words
from app.window.moments import ago_words, clock_words, moment_of
from app.window.workplace import Workplace


@pytest.fixture
def panel(workplace: Workplace, qtbot: QtBot) -> HistoryPanel:
    panel = HistoryPanel(workplace)
    qtbot.addWidget(panel)
    panel.resize(260, 700)
    panel.show()
    return panel


def keep(panel: HistoryPanel, qtbot: QtBot) -> None:
    count = panel.list.count()
    panel.keep.click()
    qtbot.waitUntil(lambda: panel.list.count() > count)


def choose(panel: HistoryPanel, row: int, qtbot: QtBot) -> None:
    panel.list.setCurrentRow(row)
    qtbot.waitUntil(panel.restore.isVisible)


def test_without_snapshots_it_says_so(panel: HistoryPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(panel.empty.isVisible)
    assert not panel.list.isVisible()
    assert not panel.restore.isVisible()


def test_a_state_is_kept_shown_and_restored(
    panel: HistoryPanel, workplace: Workplace, qtbot: QtBot
) -> None:
    opened = workplace.opened
    keep(panel, qtbot)
    kept = opened.tutorial
    assert panel.list.item(0).text().startswith("Today ")
    assert panel.list.item(0).text().endswith(" · just now")
    opened.edit(edits.set_step(opened.tutorial, "s3", "body", "Wait for <b>rain</b>."))
    opened.edit(edits.delete_step(opened.tutorial, "s1"))
    choose(panel, 0, qtbot)
    assert panel.differs.text() == "Compared with now: 1 step more, step 3 reworded."
    text = panel.text.toPlainText()
    assert "Choose a **clay pot** two fingers wider" in text
    assert "Wait for <b>rain</b>" in text
    changed = opened.tutorial
    panel.restore.click()
    qtbot.waitUntil(lambda: opened.tutorial == kept)
    qtbot.waitUntil(lambda: panel.list.count() == 2)  # what was there before is kept as well
    opened.undo()
    assert opened.tutorial == changed


def test_the_comparison_follows_the_tutorial(
    panel: HistoryPanel, workplace: Workplace, qtbot: QtBot
) -> None:
    keep(panel, qtbot)
    choose(panel, 0, qtbot)
    assert panel.differs.text() == "The same as now."
    assert not panel.restore.isEnabled()
    opened = workplace.opened
    opened.edit(edits.insert_step(opened.tutorial, Step("s9", "Enjoy"), 3))
    qtbot.waitUntil(lambda: panel.differs.text() == "Compared with now: 1 step less.")
    assert "Goes: Enjoy" in panel.text.toPlainText()
    assert panel.restore.isEnabled()


def test_a_closed_panel_takes_no_answer(panel: HistoryPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(panel.empty.isVisible)
    panel.keep.click()
    with qtbot.waitSignal(panel.closed):
        qtbot.keyClick(panel, Qt.Key.Key_Escape)
    qtbot.wait(50)
    assert panel.list.count() == 0


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Difference(), ""),
        (Difference(more=2, reworded=(3,), repictured=(5,)),
         "2 steps more, step 3 reworded, another picture in step 5"),
        (Difference(fewer=2, moved=True, reworded=(1, 4), repictured=(2, 3)),
         "2 steps less, another order, steps 1, 4 reworded, other pictures in steps 2, 3"),
        (Difference(head=True), "other words in the head or the look"),
    ],
)  # fmt: skip
def test_a_difference_is_told_in_words(found: Difference, words: str) -> None:
    assert difference_words(found) == words


@pytest.mark.parametrize(
    ("moment", "clock", "ago"),
    [
        ("2026-11-20T10:42:30", "Today 10:42", "just now"),
        ("2026-11-20T10:03:00", "Today 10:03", "40 min ago"),
        ("2026-11-20T00:43:00", "Today 00:43", "10 h ago"),
        ("2026-11-19T23:43:00", "Yesterday 23:43", "11 h ago"),
        ("2026-11-19T09:00:00", "Yesterday 09:00", "1 day ago"),
        ("2026-11-16T09:00:00", "Monday 09:00", "4 days ago"),
        ("2026-11-01T09:00:00", "1 Nov 2026 09:00", "19 days ago"),
    ],
)
def test_a_moment_is_told_by_the_clock_and_by_its_age(moment: str, clock: str, ago: str) -> None:
    now = QDateTime.fromString("2026-11-20T10:43:00", Qt.DateFormat.ISODate)
    then = QDateTime.fromString(moment, Qt.DateFormat.ISODate)
    QLocale.setDefault(QLocale("en_GB"))
    try:
        told = clock_words(then, now)
    finally:
        QLocale.setDefault(QLocale.system())
    assert told == clock.replace("1 Nov 2026", "01/11/2026")
    assert ago_words(then, now) == ago


def test_a_moment_comes_from_seconds() -> None:
    assert moment_of(1.5).toMSecsSinceEpoch() == 1500
