"""The engine bar: what runs, how far, what waits, Stop, and its silence when nothing runs."""

import sys
from collections.abc import Callable, Iterator

import pytest
from fake_engine import png
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.jobs import Changing, Painting, Writing
from app.tutorial.model import Tutorial
from app.window.engine_bar import EngineBar, rounded, small_image
from app.window.theme import Theme
from app.window.workplace import Workplace
from inference.protocol import Image, Progress, image

PREVIEWED = Painting(7, "s2", "p2", instruction="previews")


@pytest.fixture
def make_bar(qtbot: QtBot) -> Callable[[Workplace], EngineBar]:
    """Return a function that shows the bar of a workplace's engine."""

    def make(workplace: Workplace) -> EngineBar:
        engine = workplace.runs._engine
        bar = EngineBar(engine, workplace.theme, workplace.actions)
        workplace.actions["stop"].triggered.connect(workplace.runs.stop)
        qtbot.addWidget(bar)
        bar.resize(900, bar.height())
        bar.show()
        bar.follow(workplace.runs)
        return bar

    return make


@pytest.fixture
def broken() -> Iterator[Engine]:
    """An engine whose program ends at once."""
    engine = Engine(lambda: Client(sys.executable, ("-c", "raise SystemExit(3)")))
    yield engine
    engine.close()


def said(bar: EngineBar) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel) if label.isVisible()]


def shows(bar: EngineBar, words: str) -> Callable[[], bool]:
    return lambda: any(words in text for text in said(bar))


def button(bar: EngineBar, name: str) -> QPushButton:
    return next(one for one in bar.findChildren(QPushButton) if one.text() == name)


def waiting(bar: EngineBar) -> QToolButton:
    (found,) = bar.findChildren(QToolButton)
    return found


def test_idle_it_says_so_and_offers_no_stop(
    workplace: Workplace, make_bar: Callable[[Workplace], EngineBar]
) -> None:
    bar = make_bar(workplace)
    assert "The engine starts when it is needed" in said(bar)
    assert not button(bar, "Stop").isVisible()
    assert not workplace.actions["stop"].isEnabled()
    assert not waiting(bar).isVisible()


def test_a_picture_shows_its_passes_and_preview(
    workplace: Workplace, make_bar: Callable[[Workplace], EngineBar], qtbot: QtBot
) -> None:
    bar = make_bar(workplace)
    workplace.runs.add(PREVIEWED)
    qtbot.waitUntil(shows(bar, "pass 3 of 5"))
    assert "Painting step 2" in said(bar)
    (progress,) = bar.findChildren(QProgressBar)
    assert (progress.value(), progress.maximum()) == (3, 5)
    assert any(not label.pixmap().isNull() for label in bar.findChildren(QLabel))
    assert button(bar, "Stop").isVisible()
    qtbot.waitUntil(shows(bar, "Engine ready"))
    assert not progress.isVisible()
    assert not button(bar, "Stop").isVisible()


def test_what_is_loaded_is_counted_though_it_is_large(
    workplace: Workplace, make_bar: Callable[[Workplace], EngineBar]
) -> None:
    bar = make_bar(workplace)
    loading = Progress("1", "Loading the painter", 3 * 10**9, 24 * 10**9, "bytes")
    workplace.runs.progressed.emit(loading)
    assert {"Loading the painter", "3000 of 24000 MB"} <= set(said(bar))
    (progress,) = bar.findChildren(QProgressBar)
    assert (progress.value(), progress.maximum()) == (3000, 24000)


def test_writing_names_the_step(
    make_workplace: Callable[..., Workplace],
    make_bar: Callable[[Workplace], EngineBar],
    qtbot: QtBot,
) -> None:
    workplace = make_workplace(Tutorial("t", prompt="long"))
    bar = make_bar(workplace)
    workplace.runs.add(Writing(1))
    qtbot.waitUntil(shows(bar, "Writing step 2"))
    button(bar, "Stop").click()
    assert "Stopping" in said(bar)
    qtbot.waitUntil(shows(bar, "Engine ready"))
    assert 1 <= len(workplace.opened.tutorial.steps) < 12


def test_a_rewrite_is_named(
    workplace: Workplace, make_bar: Callable[[Workplace], EngineBar], qtbot: QtBot
) -> None:
    bar = make_bar(workplace)
    words: list[str] = []
    workplace.runs.text_streamed.connect(lambda _: words.extend(said(bar)))
    workplace.runs.add(Changing(1, "shorter", "s3"))
    qtbot.waitUntil(lambda: workplace.runs.current is None)
    assert "Rewriting step 3" in words


def test_what_waits_is_counted_and_can_be_taken_out(
    workplace: Workplace, make_bar: Callable[[Workplace], EngineBar], qtbot: QtBot
) -> None:
    bar = make_bar(workplace)
    workplace.runs.add(PREVIEWED, Painting(8, "s3", "p3"), Changing(9, "shorter"))
    assert waiting(bar).accessibleName() == "2 more waiting"
    menu = waiting(bar).menu()
    assert menu is not None
    menu.aboutToShow.emit()
    actions = menu.actions()
    assert [action.text() for action in actions] == [
        "Take out: Paint step 3",
        "Take out: Rewrite all steps",
    ]
    actions[0].trigger()
    assert waiting(bar).accessibleName() == "1 more waiting"
    assert workplace.runs.waiting == (Changing(9, "shorter"),)


def test_it_looks_at_the_memory_only_while_something_runs(
    workplace: Workplace, make_bar: Callable[[Workplace], EngineBar], qtbot: QtBot
) -> None:
    bar = make_bar(workplace)
    assert not bar.is_watching
    workplace.runs.add(PREVIEWED)
    qtbot.waitUntil(shows(bar, "Painting"))
    assert bar.is_watching
    qtbot.waitUntil(shows(bar, "Engine ready"))
    assert not bar.is_watching


def test_another_tutorial_is_followed_alone(
    make_workplace: Callable[..., Workplace],
    make_bar: Callable[[Workplace], EngineBar],
    qtbot: QtBot,
) -> None:
    first, second = make_workplace(), make_workplace()
    bar = make_bar(first)
    bar.follow(second.runs)
    first.runs.add(PREVIEWED)
    with qtbot.waitSignal(first.runs.job_ended):
        pass
    assert not button(bar, "Stop").isVisible()
    bar.follow(None)
    assert "Engine ready" in said(bar)


def test_an_engine_that_stops_too_often_can_be_started_again(
    broken: Engine, workplace: Workplace, qtbot: QtBot
) -> None:
    bar = EngineBar(broken, workplace.theme, workplace.actions)
    qtbot.addWidget(bar)
    bar.show()
    for _ in range(3):
        broken.start()
        with qtbot.waitSignal(broken.state_changed):
            pass
        qtbot.waitUntil(lambda: broken.state in ("off", "broken"))
    assert "The engine stopped too often" in said(bar)
    again = button(bar, "Start it again")
    assert again.isVisible()
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert "The engine is starting" in said(bar)


def test_a_preview_that_is_broken_or_big_is_left_out() -> None:
    good = image(png(3), 16, 16)
    small = small_image(good)
    assert small is not None
    assert small.size() == QSize(16, 16)
    assert small_image(image(b"no picture", 16, 16)) is None
    assert small_image(Image("0" * 64, 16, 16, good.base64)) is None
    assert small_image(image(png(3) + b"\0" * 70_000, 16, 16)) is None


def test_a_thumbnail_has_round_corners_and_is_covered() -> None:
    red = QImage(40, 40, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)
    drawn = rounded(red, QSize(36, 28), 6).toImage()
    assert drawn.pixelColor(0, 0).alpha() == 0
    assert drawn.pixelColor(18, 14) == Qt.GlobalColor.red
    assert drawn.pixelColor(18, 0).alpha() == 255


def test_it_is_44_pixels_high_at_zoom_1(workplace: Workplace, qtbot: QtBot) -> None:
    theme = Theme()
    bar = EngineBar(workplace.runs._engine, theme, workplace.actions)
    qtbot.addWidget(bar)
    assert bar.height() == 44
    theme.use(zoom=1.5)
    assert bar.height() == 66
