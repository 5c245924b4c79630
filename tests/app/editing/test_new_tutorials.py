"""New tutorials in the library: each way to begin makes a whole file, or a sentence."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editing.background import Background
from app.editing.new_tutorials import NewTutorials
from app.engine.jobs import Writing
from app.tutorial.file import TutorialFile
from app.tutorial.library import Library
from app.tutorial.model import Making, Tutorial
from assets.corpus import corpus

Begin = Callable[[], None]


class Desk:
    """A library of its own, and what was heard."""

    def __init__(self, new: NewTutorials, folder: Path, qtbot: QtBot) -> None:
        self.new = new
        self.folder = folder
        self.notices: list[str] = []
        self._qtbot = qtbot
        new.noticed.connect(self.notices.append)

    def made(self, begin: Begin) -> tuple[Path, object, Tutorial]:
        """Return the file made, the job to begin with, and what the file holds."""
        with self._qtbot.waitSignal(self.new.made) as made:
            begin()
        path, job = made.args or (Path(), None)
        assert path.parent == self.folder
        with TutorialFile.read(path) as file:
            assert file.problems == ()
            return path, job, file.tutorial

    def failed(self, begin: Begin) -> str:
        """Return the sentence; nothing was made."""
        with self._qtbot.waitSignal(self.new.failed) as failed:
            begin()
        assert list(self.folder.glob("*")) == []
        (sentence,) = failed.args or []
        assert str(sentence).endswith(".")
        return str(sentence)


@pytest.fixture
def desk(qapp: QApplication, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    owner = QObject()
    background = Background(2, owner)
    folder = tmp_path / "not there yet"
    library = Library(folder, tmp_path / "index.sqlite")
    yield Desk(NewTutorials(library, background, owner), folder, qtbot)
    background.close()


def photo(path: Path, colour: int = 0) -> Path:
    Image.new("RGB", (9, 7), (colour, 0, 0)).save(path)
    return path


def test_a_prompt_begins_a_tutorial_and_its_writing(desk: Desk, tmp_path: Path) -> None:
    making = Making(steps=3, paint=False)
    given = [photo(tmp_path / "mine.png")]
    path, job, tutorial = desk.made(lambda: desk.new.from_prompt("Cook: soup?", making, given, 7))
    assert job == Writing(7, 3, False, seeing=True), "it begins with a look at the photo"
    assert (tutorial.prompt, tutorial.making, tutorial.steps) == ("Cook: soup?", making, ())
    assert len(tutorial.given) == 1
    assert path.name == "Cook soup.interstep"
    with TutorialFile.read(path) as file:
        assert file.take(tutorial.given[0]).width == 9


def test_an_empty_tutorial_has_one_step(desk: Desk) -> None:
    path, job, tutorial = desk.made(desk.new.empty)
    assert job is None
    assert [step.title for step in tutorial.steps] == [""]
    assert path.stem == "Untitled tutorial"
    again, _, _ = desk.made(desk.new.empty)
    assert again.stem == "Untitled tutorial 2"


def test_a_text_becomes_steps(desk: Desk) -> None:
    text = "# Tea\n\n1. Boil water.\n2. Pour it.\n"
    path, job, tutorial = desk.made(lambda: desk.new.from_text(text))
    assert (path.stem, job, tutorial.title, len(tutorial.steps)) == ("Tea", None, "Tea", 2)


def test_a_built_in_tutorial_is_copied_and_labelled(desk: Desk) -> None:
    example = corpus()[0]
    _, job, tutorial = desk.made(lambda: desk.new.from_builtin(example.name))
    assert (tutorial.title, tutorial.tags, job) == (example.title, ("built-in",), None)
    assert [step.title for step in tutorial.steps] == [step.title for step in example.steps]
    assert not tutorial.draft


def test_a_text_file_comes_with_its_pictures(desk: Desk, tmp_path: Path) -> None:
    photo(tmp_path / "pot.png")
    file = tmp_path / "tea.md"
    file.write_text("# Tea\n\n## Boil\n\n![A pot](pot.png)\n\n![Gone](gone.png)\n")
    _, _, tutorial = desk.made(lambda: desk.new.from_file(file))
    assert len(tutorial.steps[0].pictures[0].takes) == 1
    assert any("gone.png" in notice for notice in desk.notices)


def test_each_photo_becomes_a_step(desk: Desk, tmp_path: Path) -> None:
    photos = [photo(tmp_path / f"{n}.png", n) for n in range(3)]
    _, _, tutorial = desk.made(lambda: desk.new.from_photos(photos))
    chosen = [step.pictures[0].chosen for step in tutorial.steps]
    assert len(set(chosen)) == 3
    assert desk.notices == []


def test_a_photo_that_can_not_be_read_keeps_none_back(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG broken")
    photos = [broken, photo(tmp_path / "good.png")]
    _, _, tutorial = desk.made(lambda: desk.new.from_photos(photos))
    assert len(tutorial.steps) == 1
    (notice,) = desk.notices
    assert "broken.png" in notice
    assert notice.endswith(".")


def test_what_can_not_be_read_is_a_sentence(desk: Desk, tmp_path: Path) -> None:
    assert "does not exist" in desk.failed(lambda: desk.new.from_file(tmp_path / "gone.md"))
    gone = tmp_path / "gone.png"
    making = Making()
    assert "gone.png" in desk.failed(lambda: desk.new.from_prompt("x", making, [gone], 1))
    assert "choose others" in desk.failed(lambda: desk.new.from_photos([gone]))


def test_a_library_that_can_not_be_made_is_a_sentence(desk: Desk, qtbot: QtBot) -> None:
    desk.folder.write_text("in the way")
    with qtbot.waitSignal(desk.new.failed) as failed:
        desk.new.empty()
    (sentence,) = failed.args or []
    assert desk.folder.name in str(sentence)


def test_every_new_tutorial_keeps_the_pack_that_new_ones_are_made_with(
    desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    in_use = ["laptop"]
    background = Background(2, desk.new)
    library = Library(desk.folder, tmp_path / "index.sqlite")
    named = Desk(NewTutorials(library, background, desk.new, lambda: in_use[0]), desk.folder, qtbot)
    ways: list[Begin] = [
        named.new.empty,
        lambda: named.new.from_text("# Tea\n\n1. Boil water.\n"),
        lambda: named.new.from_builtin(corpus()[0].name),
        lambda: named.new.from_photos([photo(tmp_path / "mine.png")]),
        lambda: named.new.from_prompt("Soup", Making(), [], 1),
    ]
    paths = [named.made(begin)[0] for begin in ways]
    in_use[0] = "klein-8"  # a better one came, and is used for new ones
    for path in paths:
        with TutorialFile.read(path) as file:
            assert file.tutorial.making.pack == "laptop"
    _, _, new = named.made(lambda: named.new.from_prompt("Soup", Making(pack="starter"), [], 1))
    assert new.making.pack == "starter", "the author chose it for this one"
    background.close()
