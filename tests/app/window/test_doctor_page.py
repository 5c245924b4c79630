"""The doctor: facts of this computer and the real engine, for the person and for the clipboard."""

import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.upkeep import Upkeep
from app.window.doctor_facts import Line, anonymous, as_text, lines
from app.window.doctor_page import DoctorPage
from app.window.theme import Theme
from inference.mending import CPU, pip

PATIENCE = 60_000  # milliseconds


@pytest.fixture
def upkeep(qapp: QApplication) -> Iterator[Upkeep]:
    engine = Engine(lambda: Client(sys.executable))
    yield Upkeep(engine, engine)
    engine.close()


@pytest.fixture
def page(upkeep: Upkeep, qtbot: QtBot) -> DoctorPage:
    page = DoctorPage(upkeep.engine, upkeep, Path.home() / "Documents" / "Interstep", Theme())
    qtbot.addWidget(page)
    page.show()
    return page


def lines_of(upkeep: Upkeep) -> dict[str, Line]:
    return {line.name: line for line in lines(upkeep.engine, upkeep, Path.home())}


def test_it_tells_of_this_computer_and_the_engine(page: DoctorPage, qtbot: QtBot) -> None:
    assert f"Python: {sys.version.split()[0]}" in page.text
    assert "Packs: asking the engine… (!)" in page.text
    qtbot.waitUntil(lambda: "Processor cores" in page.text, timeout=PATIENCE)
    # The answer comes before its end, until which the engine is at work.
    qtbot.waitUntil(lambda: "Engine: ready" in page.text, timeout=PATIENCE)
    for fact in ("Interstep: 0.", "Qt: 6.", "GB free", "Writer: llama.cpp 0.", "Engine: ready"):
        assert fact in page.text, fact
    shown = {label.text() for label in page.findChildren(QLabel)}
    assert str(Path.home() / "Documents" / "Interstep") in shown


def test_what_is_copied_names_neither_person_nor_folders(page: DoctorPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "Processor cores" in page.text, timeout=PATIENCE)
    page.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert copied == page.text
    assert str(Path.home()) not in copied
    assert "Library: ~" in copied
    assert getpass.getuser() not in copied.replace("/", " ").split()


def test_what_is_missing_has_its_command(upkeep: Upkeep, page: DoctorPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(upkeep.facts), timeout=PATIENCE)
    upkeep.facts = upkeep.facts | {"llama_cpp": None, "packs": []}
    upkeep.facts_changed.emit()
    assert lines_of(upkeep)["Writer"].state == "bad"
    assert lines_of(upkeep)["Packs"].state == "look"
    (copy,) = (
        one
        for one in page.findChildren(QPushButton)
        if one.accessibleName().startswith("Copy the command")
    )
    copy.click()
    assert QGuiApplication.clipboard().text() == pip(f"install {CPU}")


def test_a_card_is_told_with_what_mends_its_libraries(upkeep: Upkeep) -> None:
    assert "Card" not in lines_of(upkeep)  # the engine was not asked yet
    nothing = {"driver": "", "cuda": "", "name": "", "total": 0, "free": 0}
    upkeep.facts = {"card": nothing, "runtime": []}
    assert "no NVIDIA driver answers" in lines_of(upkeep)["Card"].fact
    mends = {"name": "torch", "state": "2.9 is built for CPUs", "good": False, "command": "mend it"}
    good = {"name": "NVIDIA driver", "state": "580, for CUDA 13.0", "good": True, "command": ""}
    card = nothing | {"driver": "580", "name": "RTX 4090", "total": 24 * 10**9, "free": 20 * 10**9}
    upkeep.facts = {"card": card, "runtime": [good, mends]}
    told = lines_of(upkeep)
    assert told["Card"].fact == "RTX 4090: 20.0 GB free of 24.0 GB"
    assert (told["NVIDIA driver"].state, told["NVIDIA driver"].mend) == ("good", "")
    assert (told["torch"].state, told["torch"].mend) == ("look", "mend it")
    upkeep.facts = {"card": card | {"name": "", "total": 0, "free": 0}, "runtime": [good]}
    assert lines_of(upkeep)["Card"].fact == "none answers its driver"


def test_an_engine_that_stopped_too_often_is_started_again(
    upkeep: Upkeep, page: DoctorPage, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: upkeep.engine.state == "ready", timeout=PATIENCE)
    assert not page.start_again.isVisible()
    upkeep.engine.close()
    upkeep.engine.state = "broken"
    page.check()
    assert "stopped too often" in lines_of(upkeep)["Engine"].fact
    assert lines_of(upkeep)["Packs"].state == "bad"
    page.start_again.click()
    qtbot.waitUntil(lambda: upkeep.engine.state == "ready", timeout=PATIENCE)
    qtbot.waitUntil(lambda: "(!!)" not in page.text, timeout=PATIENCE)
    assert not page.start_again.isVisible()


def test_a_page_that_is_gone_hears_no_more(upkeep: Upkeep, qtbot: QtBot) -> None:
    page = DoctorPage(upkeep.engine, upkeep, Path.home(), Theme())
    page.deleteLater()
    qtbot.waitUntil(lambda: bool(upkeep.facts), timeout=PATIENCE)
    assert not isValid(page)


def test_a_library_that_is_not_there_yet_has_a_disk(upkeep: Upkeep, tmp_path: Path) -> None:
    found = lines(upkeep.engine, upkeep, tmp_path / "not" / "yet")
    assert any(line.name == "Disk" and "free" in line.fact for line in found)


def test_a_library_whose_disk_can_not_be_seen_is_told(upkeep: Upkeep, tmp_path: Path) -> None:
    """Such as an unplugged drive of Windows; here a name that no disk takes."""
    facts = lines(upkeep.engine, upkeep, tmp_path / ("long" * 100) / "library")
    (disk,) = (line for line in facts if line.name == "Disk")
    assert (disk.state, "disk is not there" in disk.fact) == ("bad", True)


def test_the_painters_are_those_that_can_be_used_now(upkeep: Upkeep) -> None:
    def told(**facts: object) -> str:
        upkeep.facts = facts
        return lines_of(upkeep)["Painter"].fact

    starter = {"id": "starter", "name": "Starter", "ready": True, "painter": "storyboard"}
    klein = {"name": "Klein", "ready": True, "painter": "klein", "card": 8, "runtime": []}
    assert (
        told(onnxruntime=None) == "the storyboard, built in; DuoGen, once ONNX Runtime is installed"
    )
    assert told(onnxruntime="1.22") == (
        "the storyboard, built in; DuoGen, once the starter pack is installed"
    )
    assert told(onnxruntime="1.22", packs=[starter]) == "the storyboard, built in; DuoGen"
    assert told(onnxruntime="1.22", packs=[klein, starter]).endswith("; DuoGen; Klein")
    lacking = klein | {"runtime": [{"name": "torch"}]}
    assert told(onnxruntime="1.22", packs=[lacking, starter]).endswith("; DuoGen")


# ---------------------------------------------------------------- without the person


def test_states_are_marked_in_the_text() -> None:
    facts = [Line("g", "One", "fine"), Line("g", "Two", "odd", "look"), Line("g", "3", "no", "bad")]
    assert as_text(facts) == "One: fine\nTwo: odd (!)\n3: no (!!)\n"


@pytest.mark.parametrize(
    ("text", "home", "user", "told"),
    [
        ("/home/al/Tutorials", "/home/al", "al", "~/Tutorials"),
        ("a local palace", "/home/al", "al", "a local palace"),
        ("/mnt/al/x, al's", "/home/al", "al", "/mnt/…/x, …'s"),
        ("/srv/x", "/", "", "/srv/x"),
        ("/home/a.b+c/x a.b+c", "/home/a.b+c", "a.b+c", "~/x …"),
    ],
)
def test_names_and_folders_are_left_out(text: str, home: str, user: str, told: str) -> None:
    assert anonymous(text, Path(home), user) == told


@given(st.text(), st.from_regex(r"[a-z][a-z0-9.+-]{0,11}", fullmatch=True), st.text())
def test_a_home_folder_is_never_told(before: str, user: str, after: str) -> None:
    home = Path("/home") / user
    assert str(home) not in anonymous(f"{before}{home}/{after}", home, user)
