"""An open tutorial: what is changed is on disk, undone as one, and never lost when saving fails."""

import hashlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editing.background import Background
from app.editing.open_tutorial import OpenTutorial
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.model import Picture, Step, Take, Tutorial, step_by_id
from app.tutorial.reading import Run
from app.tutorial.undo import Entry

SOUP = Tutorial(
    "t",
    title="Soup",
    steps=(Step("s1", "Chop", "Chop.", draft=True), Step("s2", pictures=(Picture("p2"),))),
)


def square(colour: int) -> Take:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), (colour, 0, 0)).save(out, "PNG")
    data = out.getvalue()
    return Take(hashlib.sha256(data).hexdigest(), "image/png", 4, 4, data, {}, {})


@pytest.fixture
def opened(qapp: QApplication, tmp_path: Path) -> Iterator[OpenTutorial]:
    TutorialFile.create(tmp_path / "soup.interstep", SOUP).close()
    one = OpenTutorial(TutorialFile.open(tmp_path / "soup.interstep"))
    yield one
    one.abandon()


def on_disk(opened: OpenTutorial) -> Tutorial:
    with TutorialFile.open(opened.path) as file:  # read-only: the other holds the lock
        return file.tutorial


def type_title(opened: OpenTutorial, *titles: str) -> None:
    for title in titles:
        opened.edit(edits.set_step(opened.tutorial, "s1", "title", title), typing=True)


def test_typing_is_on_disk_soon_and_is_one_undo(opened: OpenTutorial, qtbot: QtBot) -> None:
    type_title(opened, "Cho", "Chop a", "Chop all")
    assert not opened.saved
    qtbot.waitUntil(lambda: opened.saved)
    assert on_disk(opened) == opened.tutorial
    assert opened.tutorial.steps[0].title == "Chop all"
    opened.undo()
    assert opened.tutorial == SOUP
    opened.redo()
    assert opened.tutorial.steps[0].title == "Chop all"


def test_unchanged_steps_stay_the_same_objects(opened: OpenTutorial) -> None:
    seen: list[tuple[Tutorial, Tutorial]] = []
    opened.tutorial_changed.connect(lambda before, after: seen.append((before, after)))
    type_title(opened, "Slice")
    ((before, after),) = seen
    assert before is SOUP or before == SOUP
    assert after.steps[1] is before.steps[1]
    assert after.steps[0] is not before.steps[0]


def test_a_take_can_be_read_as_soon_as_it_is_saved(opened: OpenTutorial, qtbot: QtBot) -> None:
    take, read = square(9), []
    tutorial, entry = edits.offer_take(opened.tutorial, "s2", "p2", take.sha256, instead_of=None)
    opened.save(tutorial, takes=[take], run=Run({"job": "painting"}))
    opened.push(entry)
    opened.take(take.sha256, read.append)
    qtbot.waitUntil(lambda: bool(read))
    assert read == [take]
    assert opened.infos[take.sha256].size == len(take.data)
    assert on_disk(opened).steps[1].pictures[0].chosen == take.sha256
    opened.undo()
    assert opened.tutorial == SOUP
    assert take.sha256 in opened.infos


def test_what_a_run_writes_leaves_the_undo_of_typing_alone(opened: OpenTutorial) -> None:
    type_title(opened, "Slice")
    tutorial, entry = edits.insert_step(opened.tutorial, Step("s3", "Boil"), 2)
    opened.save(tutorial)
    opened.edit(edits.set_step(opened.tutorial, "s2", "body", "Peel."))
    opened.push(entry)
    opened.undo()
    assert step_by_id(opened.tutorial, "s3") is None
    assert opened.tutorial.steps[1].body == "Peel."


def test_undo_tells_what_it_left_alone(opened: OpenTutorial, qtbot: QtBot) -> None:
    run = edits.set_step(opened.tutorial, "s1", "body", "Chop it small.", by_hand=False)
    opened.save(run[0])
    opened.edit(edits.set_step(opened.tutorial, "s1", "body", "Chop it large."))
    opened.push(run[1])
    with qtbot.waitSignal(opened.reverted) as reverted:
        opened.undo()
    left, entry = reverted.args
    assert [(one.step, one.field) for one in left] == [("s1", "body")]
    assert isinstance(entry, Entry)
    assert opened.tutorial.steps[0].body == "Chop it large."


def test_a_full_disk_loses_nothing_and_is_told(opened: OpenTutorial, qtbot: QtBot) -> None:
    limit = opened._file._db.execute("pragma page_count").fetchone()[0]
    opened.ask(lambda file: file._db.execute(f"pragma max_page_count = {limit}"))
    take = square(1)
    big = Take(**{**vars(take), "data": take.data + bytes(100_000)})
    big = Take(**{**vars(big), "sha256": hashlib.sha256(big.data).hexdigest()})
    opened.add_takes([big])
    type_title(opened, "Slice it")
    qtbot.waitUntil(lambda: opened.failure is not None)
    assert opened.failure is not None
    assert "full" in opened.failure.message
    assert opened.unsaved_since is not None
    assert not opened.saved
    read: list[Take] = []
    opened.take(big.sha256, read.append)
    qtbot.waitUntil(lambda: bool(read))  # what isn't on disk can still be seen
    assert not opened.close()  # so the studio asks
    copy = opened.path.with_name("copy.interstep")
    with qtbot.waitCallback() as copied:
        opened.save_copy(copy, copied)
    with TutorialFile.open(copy) as file:
        assert file.tutorial == opened.tutorial
        assert file.take(big.sha256) == big
    opened.ask(lambda file: file._db.execute("pragma max_page_count = 1000000"))
    type_title(opened, "Slice it thin")
    qtbot.waitUntil(lambda: opened.saved and opened.failure is None)
    assert on_disk(opened).steps[0].title == "Slice it thin"


def test_close_saves_what_was_typed_last(opened: OpenTutorial) -> None:
    type_title(opened, "Last words")
    path = opened.path
    assert opened.close()
    with TutorialFile.open(path) as file:
        assert not file.read_only
        assert file.tutorial.steps[0].title == "Last words"


def test_a_file_open_elsewhere_is_read_and_never_changed(
    opened: OpenTutorial, qtbot: QtBot
) -> None:
    second = OpenTutorial(TutorialFile.open(opened.path))
    assert second.read_only
    before = opened.path.read_bytes()
    type_title(second, "Mine")
    second.undo()
    assert second.tutorial == SOUP
    assert second.close()
    assert opened.path.read_bytes() == before


def test_jobs_run_in_order_on_one_other_thread(qapp: QApplication, qtbot: QtBot) -> None:
    background, came = Background(1), []
    names: list[str] = []
    for number in range(5):
        background.run(
            lambda n=number: (names.append(threading.current_thread().name), n)[1], came.append
        )
    qtbot.waitUntil(lambda: len(came) == 5)
    assert came == [0, 1, 2, 3, 4]
    assert len(set(names)) == 1
    assert names[0] != threading.current_thread().name
    background.close()


def test_an_error_comes_back_on_the_gui_thread(qapp: QApplication, qtbot: QtBot) -> None:
    background, errors = Background(1), []

    def fail() -> None:
        raise OSError("no")

    background.run(fail, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], OSError)
    background.close()
