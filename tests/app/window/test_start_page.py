"""The start page: the prompt and its choices, other ways to begin, what is built in, the pack."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import packless_engine
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.editing.background import Background
from app.editing.settings import Settings
from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.estimates import Timings
from app.engine.upkeep import Upkeep
from app.tutorial.model import Making, new_id
from app.window.built_in_cards import FIRST, searched
from app.window.own_text_page import OwnTextPage
from app.window.start_page import StartPage
from app.window.theme import Theme
from assets.corpus import corpus
from inference.protocol import Verify

PROGRAM = str(Path(packless_engine.__file__).resolve())
CTRL = Qt.KeyboardModifier.ControlModifier

Make = Callable[..., StartPage]


@pytest.fixture
def engine(qapp: QApplication, tmp_path: Path) -> Iterator[Engine]:
    """An engine that says of packs what the file "engine" tells it."""
    engine = Engine(lambda: Client(sys.executable, ("-P", PROGRAM, str(tmp_path / "engine"))))
    yield engine
    engine.close()


@pytest.fixture
def upkeep(engine: Engine) -> Upkeep:
    return Upkeep(engine, engine)


@pytest.fixture
def make_page(upkeep: Upkeep, tmp_path: Path) -> Iterator[Make]:
    """Return a function that makes a start page; the script says how its engine goes on."""
    window = QWidget()
    theme = Theme(window)
    background = Background(2, window)

    def make(script: str = "installed") -> StartPage:
        (tmp_path / "engine").write_text(script)
        page = StartPage(upkeep, theme, background, Settings(tmp_path))
        page.setParent(window)
        page.resize(1000, 700)
        return page

    yield make
    background.close()
    window.deleteLater()


def show(page: StartPage, qtbot: QtBot) -> None:
    window = page.parentWidget()
    assert window is not None
    window.resize(page.size())
    window.show()
    qtbot.waitUntil(lambda: len(page.built_in.cards) == FIRST)


def press(page: StartPage, name: str) -> None:
    next(one for one in page.findChildren(QPushButton) if one.text() == name).click()


# ---------------------------------------------------------------- the prompt


def test_ctrl_enter_writes_what_was_typed(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    assert not page.card.write.isEnabled()
    qtbot.keyClicks(page.card.field, "How do I repot a cactus?")
    with qtbot.waitSignal(page.write_requested) as asked:
        qtbot.keyClick(page.card.field, Qt.Key.Key_Return, CTRL)
    assert asked.args is not None
    prompt, making, photos, seed = asked.args
    assert (prompt, making, photos) == ("How do I repot a cactus?", Making(), [])
    assert 0 <= seed < 10**9


@pytest.mark.parametrize(
    ("answer", "pack"), [("Use Laptop", "laptop"), ("Keep Starter", "starter")]
)
def test_a_better_pack_is_for_new_tutorials_if_asked(
    make_page: Make, qtbot: QtBot, tmp_path: Path, answer: str, pack: str
) -> None:
    Settings(tmp_path).put("packs/new", "starter")
    page = make_page("a better one")
    show(page, qtbot)
    page.card.field.setPlainText("Boil an egg")
    written: list[str] = []
    page.write_requested.connect(lambda _prompt, making, *_: written.append(making.pack))
    qtbot.waitUntil(page.offer.keep.isVisible)
    assert "Laptop is installed now. Use it for new tutorials?" in page.offer.words.text()
    qtbot.mouseClick(page.card.write, Qt.MouseButton.LeftButton)
    press(page, answer)
    assert page.offer.isHidden()
    qtbot.waitUntil(page.card.write.isEnabled)
    qtbot.mouseClick(page.card.write, Qt.MouseButton.LeftButton)
    assert written == ["starter", pack]


def test_a_double_click_writes_once(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    asked: list[str] = []
    page.write_requested.connect(lambda prompt, *_: asked.append(prompt))
    page.card.field.setPlainText("Boil an egg")
    for _ in range(3):
        qtbot.mouseClick(page.card.write, Qt.MouseButton.LeftButton)
    assert asked == ["Boil an egg"]


def test_enter_alone_is_a_new_line_and_the_field_grows(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    low = page.card.field.height()
    page.card.field.setFocus()
    qtbot.keyClicks(page.card.field, "one")
    qtbot.keyClick(page.card.field, Qt.Key.Key_Return)
    qtbot.keyClicks(page.card.field, "two")
    assert page.card.field.text == "one\ntwo"
    assert page.card.field.height() > low
    page.card.field.setPlainText("a line\n" * 100)
    assert page.card.field.height() < low * 10


def test_the_choices_go_into_making_and_the_estimate(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    qtbot.waitUntil(lambda: page.card.pack.text().startswith("Starter pack"))
    assert page.card.estimate.text() == "about 8 s, 4 pictures (a guess)"
    choose(page.card.steps, "3 steps")
    choose(page.card.paint, "Text first")
    assert page.card.making == Making(steps=3, paint=False)
    assert page.card.steps.accessibleName() == "Number of steps: 3 steps"
    assert page.card.estimate.text() == "about 5 s (a guess)"


def choose(button: QPushButton, words: str) -> None:
    menu = button.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == words).trigger()


def test_a_measured_estimate_is_no_guess(make_page: Make, tmp_path: Path) -> None:
    timings = Timings(Settings(tmp_path))
    timings.note("", 20.0)
    timings.note("picture", 5.0)
    assert make_page().card.estimate.text() == "about 2 min, 4 pictures"


def test_photos_come_as_chips_and_can_be_taken_out(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    paths = [Path("/photos/pot.jpg"), Path("/photos/cactus.png")]
    page.card.add_photos([*paths, paths[0]])
    chips = [one for one in page.card.findChildren(QToolButton) if one.isVisible()]
    assert [chip.text() for chip in chips] == ["pot.jpg", "cactus.png"]
    chips[0].click()
    page.card.field.setPlainText("Repot it")
    with qtbot.waitSignal(page.write_requested) as asked:
        page.card.write.click()
    assert asked.args is not None
    assert asked.args[2] == [paths[1]]


def test_focus_selects_what_stands_there(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    page.card.field.setPlainText("Boil an egg")
    page.take_focus()
    qtbot.keyClicks(page.card.field, "Sow herbs")
    assert page.card.field.text == "Sow herbs"


# ---------------------------------------------------------------- other ways


def test_own_text_is_given_and_escape_goes_back(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    press(page, "Start from my own text")
    own = page.currentWidget()
    assert isinstance(own, OwnTextPage)
    assert not own.make.isEnabled()
    own.field.setPlainText("First crack the egg.\n\nThen fry it.")
    with qtbot.waitSignal(page.text_given) as given:
        own.make.click()
    assert given.args == ["First crack the egg.\n\nThen fry it."]
    qtbot.keyClick(own, Qt.Key.Key_Escape)
    assert page.currentWidget() is not own


def test_an_empty_tutorial_can_be_asked_for(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    with qtbot.waitSignal(page.empty_requested):
        press(page, "Empty tutorial")


# ---------------------------------------------------------------- what is built in


def test_a_built_in_tutorial_is_chosen_by_keyboard(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    card = page.built_in.cards[0]
    assert card.accessibleName().endswith(", built-in")
    assert "steps" in card.accessibleDescription()
    card.setFocus()
    with qtbot.waitSignal(page.builtin_chosen) as chosen:
        qtbot.keyClick(card, Qt.Key.Key_Space)
    assert chosen.args is not None
    name = chosen.args[0]
    assert name == name.lower()
    assert " " not in name


def test_the_first_cards_are_one_of_each_domain(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    lines = [card.accessibleDescription().split(" ")[0] for card in page.built_in.cards[:8]]
    assert len(set(lines)) == 8


def test_covers_are_drawn_only_for_cards_that_are_seen(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    first, last = page.built_in.cards[0], page.built_in.cards[-1]
    qtbot.waitUntil(lambda: first.has_cover)
    assert not last.has_cover


def seen(page: StartPage) -> list[str]:
    return [card.accessibleName() for card in page.built_in.cards if not card.isHidden()]


def test_the_search_filters_and_says_when_there_is_nothing(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    first = seen(page)
    page.search.setText("cactus pot")
    fitting = [one for one in corpus() if {"cactus", "pot"} <= set(searched(one).split())]
    qtbot.waitUntil(lambda: len(seen(page)) >= len(fitting) > 0)
    assert all("cactus" in name.lower() or name in first for name in seen(page))
    page.search.setText("quantum")
    assert seen(page) == []
    assert page.built_in.nothing.isVisible()
    page.search.clear()
    assert seen(page) == first
    assert page.built_in.nothing.isHidden()


def test_all_of_them_are_shown_when_asked_for(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    show(page, qtbot)
    count = len(corpus())
    assert page.built_in.more.text() == f"Show all {count}"
    page.built_in.more.click()
    assert QApplication.focusWidget() in page.built_in.cards[FIRST:]
    qtbot.waitUntil(lambda: len(seen(page)) == count, timeout=60_000)
    assert page.built_in.more.isHidden()
    page.search.setText("a")
    assert len(seen(page)) == FIRST


def test_nothing_is_read_and_no_engine_started_before_it_is_seen(
    make_page: Make, engine: Engine, qtbot: QtBot
) -> None:
    page = make_page()
    assert page.built_in.cards == []
    assert engine.state == "off"
    show(page, qtbot)
    qtbot.waitUntil(lambda: engine.state != "off")


# ---------------------------------------------------------------- the pack


def test_a_missing_pack_is_offered_with_its_size_and_got(make_page: Make, qtbot: QtBot) -> None:
    page = make_page("")
    show(page, qtbot)
    qtbot.waitUntil(page.offer.isVisible)
    assert page.offer.get.text() == "Get the starter pack, 98 MB"
    page.card.field.setPlainText("Boil an egg")
    assert not page.card.write.isEnabled()
    assert "pack" in page.card.write.toolTip()
    page.offer.get.click()
    qtbot.waitUntil(lambda: "MB of 98 MB" in page.offer.words.text())
    assert page.offer.stop.isVisible()
    qtbot.waitUntil(page.card.write.isEnabled)
    assert not page.offer.isVisible()


def test_getting_it_can_be_stopped(make_page: Make, qtbot: QtBot) -> None:
    page = make_page("")
    show(page, qtbot)
    qtbot.waitUntil(page.offer.isVisible)
    page.offer.get.click()
    qtbot.waitUntil(lambda: "of 98 MB" in page.offer.words.text())
    page.offer.stop.click()
    qtbot.waitUntil(page.offer.get.isVisible)
    assert page.offer.get.text() == "Get the starter pack, 98 MB"
    assert not page.offer.progress.isVisible()


def test_other_work_with_packs_is_not_said_to_be_the_offer(
    make_page: Make, upkeep: Upkeep, qtbot: QtBot
) -> None:
    page = make_page("")
    show(page, qtbot)
    qtbot.waitUntil(page.offer.isVisible)
    upkeep.begin(Verify(new_id(), "laptop"))
    assert page.offer.get.isVisible()
    assert not page.offer.get.isEnabled()
    assert not page.offer.stop.isVisible()
    qtbot.waitUntil(page.offer.get.isEnabled)


def test_a_failure_says_what_to_do_and_can_be_tried_again(make_page: Make, qtbot: QtBot) -> None:
    page = make_page("no network")
    show(page, qtbot)
    qtbot.waitUntil(page.offer.isVisible)
    page.offer.get.click()
    qtbot.waitUntil(lambda: page.offer.get.text() == "Try again")
    assert page.offer.words.text() == "Nothing answers. Look at the network."


def test_a_missing_writer_program_is_told_with_its_command(make_page: Make, qtbot: QtBot) -> None:
    page = make_page("no llama.cpp")
    show(page, qtbot)
    qtbot.waitUntil(page.offer.isVisible)
    assert f"type {packless_engine.COMMAND} in a terminal" in page.offer.words.text()
    assert not page.offer.get.isVisible()


def test_a_small_window_cuts_nothing_off(make_page: Make, qtbot: QtBot) -> None:
    page = make_page()
    page.resize(620, 560)
    show(page, qtbot)
    qtbot.wait(50)
    for button in page.findChildren(QPushButton):
        if button.isVisible():
            right = button.mapTo(page, button.rect().topRight()).x()
            assert right < page.width(), button.text()
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
