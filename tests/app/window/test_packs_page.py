"""The packs' page: cards that follow the facts, work that goes on without the page."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import packless_engine
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.upkeep import Upkeep
from app.tutorial.model import new_id
from app.window.pack_card import PackCard
from app.window.pack_work import PackWork
from app.window.packs_page import PacksPage
from app.window.sizes import done_of, gigabytes
from app.window.theme import Theme
from inference.protocol import Install, Probe, Verify

PATIENCE = 60_000  # milliseconds
OWN = "Use files that I have…"
Make = Callable[..., Upkeep]


@pytest.fixture
def make_upkeep(qapp: QApplication, tmp_path: Path) -> Iterator[Make]:
    """Return a function that starts an engine: the real one, or a script of packless_engine."""
    engines: list[Engine] = []

    def make(script: str | None = None) -> Upkeep:
        state = tmp_path / "state"
        state.write_text(script or "")
        packless = ("-P", str(Path(packless_engine.__file__).resolve()), str(state))
        program = Client(sys.executable) if script is None else Client(sys.executable, packless)
        engines.append(Engine(lambda: program))
        return Upkeep(engines[-1], engines[-1])

    yield make
    for engine in engines:
        engine.close()


def shown(upkeep: Upkeep, qtbot: QtBot) -> PacksPage:
    page = PacksPage(upkeep, Theme())
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    qtbot.waitUntil(lambda: bool(page.cards), timeout=PATIENCE)
    qtbot.waitUntil(lambda: all(card.isVisible() for card in page.cards.values()))
    return page


def buttons(widget: QWidget) -> dict[str, QPushButton]:
    return {one.text(): one for one in widget.findChildren(QPushButton) if one.isVisible()}


def words(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def work_of(card: PackCard) -> PackWork:
    (work,) = card.findChildren(PackWork)
    return work


def finished(upkeep: Upkeep, qtbot: QtBot) -> None:
    with qtbot.waitSignals([upkeep.packs_changed, upkeep.facts_changed], timeout=PATIENCE):
        pass


# ---------------------------------------------------------------- the real engine


@pytest.mark.usefixtures("starter_gguf")
def test_a_card_says_what_a_pack_is_and_checks_it(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep()
    page = shown(upkeep, qtbot)
    card = page.cards["starter"]
    for word in ("Starter", "98 MB", "Apache-2.0", "Installed", "English", "can't see pictures"):
        assert word in words(card), word
    assert set(buttons(card)) == {"Check", "Remove…"}
    assert buttons(card)["Check"].accessibleName() == "Check: Starter"
    assert card.accessibleName().startswith("Starter. ")
    buttons(card)["Check"].click()
    finished(upkeep, qtbot)
    assert "is whole" in words(card)


# ---------------------------------------------------------------- what can be done


def test_a_pack_is_installed_with_its_size_told_before(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    page = shown(upkeep, qtbot)
    card = page.cards["starter"]
    assert "Best for this computer" in words(card)
    assert "Not installed" in words(card)
    assert set(buttons(card)) == {"Install: 98 MB to fetch", OWN}
    assert "Wants 1.0 GB of free memory; 8.0 GB are free." in words(card)
    assert "Wants 1.0 GB" in card.accessibleName()
    install = card.install
    install.click()
    work = work_of(card)
    assert not install.isEnabled()
    assert not page.own.isEnabled()
    qtbot.waitUntil(lambda: 0 < work.bar.value() < work.bar.maximum(), timeout=PATIENCE)
    assert "Fetching starter.gguf: " in work.words.text()
    assert " of 98 MB" in work.words.text()
    finished(upkeep, qtbot)
    assert set(buttons(card)) == {"Check", "Remove…"}
    assert "every file was checked" in words(card)
    assert page.own.isEnabled()


def test_it_can_be_paused_and_gone_on_with(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    page = shown(upkeep, qtbot)
    card = page.cards["starter"]
    buttons(card)["Install: 98 MB to fetch"].click()
    qtbot.waitUntil(lambda: work_of(card).bar.value() > 500, timeout=PATIENCE)
    buttons(card)["Pause"].click()
    finished(upkeep, qtbot)
    assert "Paused. What was fetched is kept." in words(card)
    buttons(card)["Go on: 58 MB left"].click()
    finished(upkeep, qtbot)
    assert "every file was checked" in words(card)


def test_files_that_are_there_are_taken_instead(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    page = shown(upkeep, qtbot)
    card = page.cards["starter"]
    card.take_files([])
    assert upkeep.work is None
    card.take_files(["/a/one.gguf", "/a/two.whl"])
    assert upkeep.work is not None
    given = Install(upkeep.work.request.id, "starter", ("/a/one.gguf", "/a/two.whl"))
    assert upkeep.work.request == given
    finished(upkeep, qtbot)
    assert OWN not in buttons(card)


def test_the_files_unfold_with_their_sha256(make_upkeep: Make, qtbot: QtBot) -> None:
    page = shown(make_upkeep(""), qtbot)
    card = page.cards["starter"]
    assert "5a" * 32 not in words(card)
    assert card.details.fold.accessibleName() == "Details: Starter"
    card.details.fold.click()
    assert "starter.gguf · 98 MB\n" + "5a" * 32 in words(card)
    card.details.show_files([{"name": "b.gguf", "size": 2e9, "sha256": ""}, 5], "B")
    assert "b.gguf · 2.0 GB\nsha256 to be asked of the hub" in words(card)
    card.details.fold.click()
    assert "b.gguf" not in words(card)


def test_an_error_is_a_sentence_on_the_card(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("no network")
    page = shown(upkeep, qtbot)
    card = page.cards["starter"]
    buttons(card)["Install: 98 MB to fetch"].click()
    finished(upkeep, qtbot)
    assert work_of(card).failure.isVisible()
    assert work_of(card).failure.text() == "Nothing answers. Look at the network."


def test_removing_asks_once_on_the_card(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("installed")
    page = shown(upkeep, qtbot)
    page.activateWindow()
    card = page.cards["starter"]
    buttons(card)["Remove…"].click()
    assert "frees up to 98 MB" in words(card)
    assert set(buttons(card)) == {"Remove", "Keep"}
    assert page.focusWidget() is card.no
    QTest.keyClick(card.no, Qt.Key.Key_Space)
    assert upkeep.work is None
    assert page.focusWidget() is card.remove
    buttons(card)["Remove…"].click()
    buttons(card)["Remove"].click()
    assert upkeep.work is not None
    finished(upkeep, qtbot)
    assert "Not installed" in words(card)
    assert "Removed." in words(card)


def test_a_download_that_was_given_up_can_be_discarded(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("begun")
    page = shown(upkeep, qtbot)
    card = page.cards["starter"]
    assert "Not installed: 40 MB of it are fetched" in words(card)
    assert set(buttons(card)) == {"Go on: 58 MB left", OWN, "Discard the download…"}
    assert card.remove.accessibleName() == "Discard the download…: Starter"
    buttons(card)["Discard the download…"].click()
    assert "Discard what was fetched of Starter? It frees 40 MB." in words(card)
    buttons(card)["Discard"].click()
    finished(upkeep, qtbot)
    assert set(buttons(card)) == {"Install: 98 MB to fetch", OWN}
    assert "fetched" not in card.told.text()


def test_the_work_goes_on_while_the_page_is_closed(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    first = PacksPage(upkeep, Theme())
    qtbot.waitUntil(lambda: "starter" in first.cards, timeout=PATIENCE)
    upkeep.begin(Install(new_id(), "starter"))
    qtbot.waitUntil(lambda: upkeep.work is not None and upkeep.work.done > 0, timeout=PATIENCE)
    first.deleteLater()
    QTest.qWait(1)
    again = shown(upkeep, qtbot)  # what was found before is there at once
    work = work_of(again.cards["starter"])
    assert work.bar.isVisible()
    assert buttons(work)["Pause"].isEnabled()
    finished(upkeep, qtbot)
    assert "Installed" in words(again.cards["starter"])


def test_a_writer_of_ones_own_is_told_of_beside_its_button(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep()
    page = PacksPage(upkeep, Theme())
    qtbot.addWidget(page)
    page.show()
    upkeep.begin(Install(new_id(), "", (), "/nowhere/own.gguf"))
    with qtbot.waitSignal(upkeep.packs_changed, timeout=PATIENCE):
        pass
    assert upkeep.outcomes[""].failed
    assert upkeep.outcomes[""].sentence in words(page)


def test_a_writer_of_ones_own_comes_with_its_eyes(make_upkeep: Make, qtbot: QtBot) -> None:
    upkeep = make_upkeep("")
    page = shown(upkeep, qtbot)
    page.take_own(["/a/writer.gguf", "/a/mmproj.gguf"])
    work = upkeep.work
    assert work is not None
    own = Install(work.request.id, "", (), "/a/writer.gguf", eyes="/a/mmproj.gguf")
    assert work.request == own
    finished(upkeep, qtbot)
    page.take_own(["/a/writer.gguf"])
    work = upkeep.work
    assert work is not None
    assert work.request == Install(work.request.id, "", (), "/a/writer.gguf")
    finished(upkeep, qtbot)
    page.take_own(["1", "2", "3"])
    assert upkeep.work is None
    assert "Choose one writer, and at most its mmproj" in words(page)


# ---------------------------------------------------------------- packs for a card

KLEIN = {
    "id": "klein",
    "name": "Klein",
    "download": 8 * 10**9,
    "size": 8 * 10**9,
    "card": 8 * 10**9,
    "gated": "https://example.org/LICENCE",
    "accepted": False,
    "runtime": [],
}


def klein(make_upkeep: Make, qtbot: QtBot, **facts: Any) -> PackCard:
    card = PackCard(make_upkeep(""), "klein", Theme())
    qtbot.addWidget(card)
    card.show_pack(KLEIN | facts, best=False)
    card.show()
    return card


def test_what_the_runtime_lacks_comes_before_the_weights(make_upkeep: Make, qtbot: QtBot) -> None:
    lack = {"name": "torch", "state": "is built for CPUs", "good": False, "command": "mend torch"}
    card = klein(make_upkeep, qtbot, runtime=[lack])
    ticks = card.ticks
    assert ticks.runtime.text() == "Runtime: torch is built for CPUs"
    assert ticks.weights.text() == "Weights: 8.0 GB to fetch"
    assert ticks.runtime.y() < ticks.command.y() < ticks.weights.y()
    assert not card.install.isEnabled()
    ticks.copy.click()
    assert QApplication.clipboard().text() == "mend torch"
    card.show_pack(KLEIN | {"ready": True, "installed": "2026-11-22T18:00:00+00:00"}, best=False)
    assert (ticks.runtime.text(), ticks.weights.text()) == (
        "Runtime: ready",
        "Weights: there; last read and compared on 2026-11-22",
    )
    card.show_pack(KLEIN | {"download": 0}, best=False)  # another pack has fetched them
    assert ticks.weights.text() == "Weights: there by size; installing reads and compares them"
    assert card.install.text() == "Install"
    assert not ticks.copy.isVisible()
    card.show_pack(KLEIN | {"card": 0}, best=False)
    assert not ticks.isVisible()


def test_a_licence_is_asked_for_before_the_first_install(make_upkeep: Make, qtbot: QtBot) -> None:
    card = klein(make_upkeep, qtbot)
    card.activateWindow()
    card.install.click()
    assert set(buttons(card)) == {"I accept it: install", "Not now"}
    assert "Klein is for those who accept its licence. Read it: https://exa" in words(card)
    assert card.focusWidget() is card.not_now
    card.not_now.click()
    assert card.install.isVisible()
    card.take_files(["/a/klein.safetensors"])
    card.accept.click()
    work = card.upkeep.work
    assert work is not None
    files = ("/a/klein.safetensors",)
    assert work.request == Install(work.request.id, "klein", files, accepted=True)
    finished(card.upkeep, qtbot)
    card.show_pack(KLEIN | {"accepted": True}, best=False)
    card.install.click()
    work = card.upkeep.work
    assert work is not None
    assert work.request == Install(work.request.id, "klein")
    finished(card.upkeep, qtbot)


# ---------------------------------------------------------------- what goes wrong


def test_before_an_answer_it_says_that_it_asks(make_upkeep: Make, qtbot: QtBot) -> None:
    page = PacksPage(make_upkeep(""), Theme())
    qtbot.addWidget(page)
    page.show()
    assert page.message.text() == "Asking the engine…"
    qtbot.waitUntil(lambda: not page.message.isVisible(), timeout=PATIENCE)


def test_an_engine_that_stopped_too_often_can_be_started_again(
    make_upkeep: Make, qtbot: QtBot
) -> None:
    upkeep = make_upkeep("")
    upkeep.engine.state = "broken"
    page = PacksPage(upkeep, Theme())
    qtbot.addWidget(page)
    page.show()
    assert "stopped too often" in page.message.text()
    buttons(page)["Start it again"].click()
    qtbot.waitUntil(lambda: bool(page.cards), timeout=PATIENCE)
    qtbot.waitUntil(lambda: all(card.isVisible() for card in page.cards.values()))
    assert not page.again.isVisible()
    assert not page.message.isVisible()


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"name": None, "size": None, "download": None, "languages": [3], "writer": "x"},
        {"name": "<b>bold</b>", "summary": "<img src=x>", "ready": True, "installed": 1.5},
        {"installed": 1.5, "writer": {"licence": "MIT"}, "reader": {"licence": "MIT"}},
    ],
)
def test_odd_facts_make_a_card_of_plain_text(
    odd: dict[str, Any], make_upkeep: Make, qtbot: QtBot
) -> None:
    card = PackCard(make_upkeep(""), "odd", Theme())
    qtbot.addWidget(card)
    card.show_pack(odd, best=False)
    card.show()
    assert card.name.text() in (odd.get("name"), "odd")
    assert card.name.textFormat() == Qt.TextFormat.PlainText
    assert card.told.text().count("MIT") <= 1
    assert buttons(card)


def test_another_page_may_ask_meanwhile(make_upkeep: Make, qtbot: QtBot) -> None:
    """A card is only told of its own pack's requests."""
    upkeep = make_upkeep("")
    page = shown(upkeep, qtbot)
    card = page.cards["starter"]
    upkeep.begin(Verify(new_id(), "another"))
    assert not work_of(card).isVisible()
    assert not card.install.isEnabled()
    upkeep.engine.ask(Probe(new_id()), lambda _event: None)
    finished(upkeep, qtbot)
    assert not work_of(card).isVisible()
    assert card.install.isEnabled()


def test_sizes_in_words() -> None:
    assert gigabytes(98_000_000) == "98 MB"
    assert gigabytes(1_080_000_000) == "1.1 GB"
    assert done_of(412e6, 980e6) == ("412", "980 MB")
    assert done_of(412e6, 1080e6) == ("0.4", "1.1 GB")
