"""The library as the window shows it follows the folder, whoever changes it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from small_library import EGG, RED, TEA, fill, store

from app.editing import library_watch
from app.editing.background import Background
from app.editing.library_watch import LibraryWatch
from app.tutorial.file import TutorialFile
from app.tutorial.library import TRASH, Library


@pytest.fixture
def watch(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LibraryWatch]:
    """A library of four files, not read yet, that looks at the folder soon after a change."""
    monkeypatch.setattr(library_watch, "PAUSE", 20)
    fill(tmp_path / "library")
    parent = QObject()
    background = Background(2, parent)
    library = Library(tmp_path / "library", tmp_path / "index.sqlite")
    yield LibraryWatch(library, background, parent)
    background.close()
    library.close()


def titles(watch: LibraryWatch) -> list[str]:
    return [card.title for card in watch.cards]


def refreshed(watch: LibraryWatch, qtbot: QtBot) -> LibraryWatch:
    """Return the library, read."""
    with qtbot.waitSignal(watch.progressed, check_params_cb=lambda _, total: total == 0):
        watch.refresh()
    return watch


def test_the_newest_comes_first_and_what_can_not_be_read_has_its_sentence(
    watch: LibraryWatch, qtbot: QtBot
) -> None:
    assert titles(refreshed(watch, qtbot)) == ["Brew tea", "Boil an egg", "Mend a tyre", "broken"]
    assert watch.cards[0].thumbnail is not None
    assert watch.cards[3].problem.endswith(".")
    assert watch.trashed == ()


def test_rows_come_while_a_large_library_is_read(
    watch: LibraryWatch, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_watch, "SLICE", 0.0)
    counts: list[int] = []
    shares: list[tuple[int, int]] = []
    watch.cards_changed.connect(lambda: counts.append(len(watch.cards)))
    watch.progressed.connect(lambda done, total: shares.append((done, total)))
    refreshed(watch, qtbot)
    assert counts == [1, 2, 3, 4]
    assert shares == [(1, 4), (2, 4), (3, 4), (4, 4), (0, 0)]


def test_what_another_program_does_shows_by_itself(watch: LibraryWatch, qtbot: QtBot) -> None:
    refreshed(watch, qtbot)
    folder = watch.library.folder
    store(folder / "elsewhere", TEA, RED)
    shutil.move(folder / "elsewhere" / "tea.interstep", folder / "copied.interstep")
    qtbot.waitUntil(lambda: len(watch.cards) == 5)
    (folder / "egg.interstep").unlink()
    qtbot.waitUntil(lambda: "Boil an egg" not in titles(watch))
    assert len(watch.cards) == 4


def test_a_folder_that_vanishes_is_empty_until_it_is_back(
    watch: LibraryWatch, qtbot: QtBot
) -> None:
    refreshed(watch, qtbot)
    folder = watch.library.folder
    folder.rename(folder.with_name("away"))
    qtbot.waitUntil(lambda: watch.cards == ())
    before = titles(watch)
    folder.with_name("away").rename(folder)
    qtbot.waitUntil(lambda: len(watch.cards) == 4)
    assert before == []
    assert "Boil an egg" in titles(watch)


def test_trash_offers_to_restore(watch: LibraryWatch, qtbot: QtBot) -> None:
    refreshed(watch, qtbot)
    with qtbot.waitSignal(watch.told) as told:
        watch.trash([watch.cards[1].path])
    _key, sentence, buttons, role = told.args
    assert (sentence, role) == ("Moved to the trash.", "info")
    qtbot.waitUntil(lambda: [card.title for card in watch.trashed] == ["Boil an egg"])
    assert "Boil an egg" not in titles(watch)
    ((name, restore),) = buttons
    assert name == "Restore"
    restore()
    qtbot.waitUntil(lambda: "Boil an egg" in titles(watch))
    assert watch.trashed == ()


def test_what_can_not_be_done_is_told_and_the_rest_is_done(
    watch: LibraryWatch, qtbot: QtBot
) -> None:
    refreshed(watch, qtbot)
    folder = watch.library.folder
    said: list[tuple[str, str]] = []
    watch.told.connect(lambda _key, sentence, _buttons, role: said.append((sentence, role)))
    with TutorialFile.open(folder / "tea.interstep"):
        watch.trash([folder / "tea.interstep", folder / "gone.interstep", folder / "egg.interstep"])
        qtbot.waitUntil(lambda: len(watch.trashed) == 1)
    assert said[0] == ("Moved to the trash.", "info")
    assert said[1][1] == "danger"
    assert "open elsewhere" in said[1][0]
    assert "Brew tea" in titles(watch)


def test_only_what_lies_in_the_trash_is_deleted_for_good(watch: LibraryWatch, qtbot: QtBot) -> None:
    folder = watch.library.folder
    trashed = watch.library.trash(folder / "egg.interstep")
    refreshed(watch, qtbot)
    with qtbot.waitSignal(watch.told, check_params_cb=lambda *told: told[3] == "danger"):
        watch.delete([trashed, folder / "tea.interstep", folder / TRASH / ".." / "tyre.interstep"])
    qtbot.waitUntil(lambda: watch.trashed == ())
    assert not trashed.exists()
    assert len(watch.cards) == 3


def test_another_title_is_saved_and_shown(watch: LibraryWatch, qtbot: QtBot) -> None:
    refreshed(watch, qtbot)
    path = watch.library.folder / "egg.interstep"
    watch.rename(path, "Boil two eggs")
    qtbot.waitUntil(lambda: "Boil two eggs" in titles(watch))
    with TutorialFile.read(path) as file:
        assert file.tutorial.steps == EGG.steps


def test_a_copy_has_its_own_file(watch: LibraryWatch, qtbot: QtBot) -> None:
    refreshed(watch, qtbot)
    watch.duplicate(watch.library.folder / "tea.interstep", "Brew tea (copy)")
    qtbot.waitUntil(lambda: sum(card.steps == 2 for card in watch.cards) == 2)
    (copy,) = (card for card in watch.cards if card.title == "Brew tea (copy)")
    with TutorialFile.read(copy.path) as file:
        assert file.take(RED.sha256).data == RED.data


def test_search_tells_what_was_found(watch: LibraryWatch, qtbot: QtBot) -> None:
    refreshed(watch, qtbot)
    with qtbot.waitSignal(watch.searched) as searched:
        watch.search("fresh wat")
    words, found = searched.args
    assert words == "fresh wat"
    assert [one.card.title for one in found] == ["Brew tea"]
