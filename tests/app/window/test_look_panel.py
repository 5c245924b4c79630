"""The look through its widgets: rows, and terracotta becoming blue in a painted tutorial."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import interstep
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editing.open_tutorial import OpenTutorial
from app.engine.client import Client
from app.engine.engine import Engine
from app.engine.runs import Runs
from app.tutorial import edits
from app.tutorial.file import TutorialFile
from app.tutorial.look_entries import set_entries
from app.tutorial.model import LookEntry, Tutorial
from app.window.images import Images
from app.window.inspector import Inspector
from app.window.look_row import LookRow
from app.window.workplace import Workplace

TEXT = """# Repot a plant

1. Stand the terracotta pot on the table. A terracotta pot lets the roots breathe.
2. Fill the watering can with water.
3. Put soil into the terracotta pot. Keep the terracotta potter away.
4. Water the plant. Terracotta pots dry out fast.
"""


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tutorial that the real storyboard painted; not to be changed."""
    folder = tmp_path_factory.mktemp("painted")
    (folder / "pot.txt").write_text(TEXT)
    made = interstep("write", "--from", "pot.txt", "-o", "pot.interstep", cwd=folder)
    assert made.code == 0, made.err
    return folder / "pot.interstep"


@pytest.fixture
def desk(workplace: Workplace, painted: Path, tmp_path: Path) -> Iterator[Workplace]:
    """That tutorial open with the real engine; in its look is a terracotta pot."""
    path = Path(shutil.copy(painted, tmp_path / "pot.interstep"))
    opened = OpenTutorial(TutorialFile.open(path))
    rows = [LookEntry("terracotta pot", ("plant pot",)), LookEntry("watering can")]
    opened.edit(set_entries(opened.tutorial, rows, opened.recipes))
    assert opened.stale == {}
    engine = Engine(lambda: Client(sys.executable))
    images, runs = Images(opened, workplace.background), Runs(opened, engine)
    yield replace(workplace, opened=opened, images=images, runs=runs)
    engine.close()
    opened.close()


@pytest.fixture
def inspector(desk: Workplace, qtbot: QtBot) -> Inspector:
    return shown(desk, qtbot)


def shown(workplace: Workplace, qtbot: QtBot) -> Inspector:
    inspector = Inspector(workplace)
    qtbot.addWidget(inspector)
    inspector.resize(260, 900)
    inspector.tabs.setCurrentWidget(inspector.look)
    with qtbot.waitActive(inspector):
        inspector.show()
        inspector.activateWindow()
    return inspector


def retype(qtbot: QtBot, row: LookRow, name: str, appearance: str = "") -> None:
    row.name.setFocus()
    row.name.selectAll()
    qtbot.keyClicks(row.name, name)
    row.appearance.setFocus()
    row.appearance.selectAll()
    qtbot.keyClicks(row.appearance, appearance)


def numbers(tutorial: Tutorial, pictures: set[str]) -> list[int]:
    return [
        number
        for number, step in enumerate(tutorial.steps, 1)
        if {picture.id for picture in step.pictures} & pictures
    ]


def test_what_is_typed_in_a_card_is_kept_when_the_tutorial_is_closed(
    desk: Workplace, inspector: Inspector, qtbot: QtBot
) -> None:
    look = inspector.look
    retype(qtbot, look.rows[0], "blue pot", "glazed")
    look.commit_typed()
    blue = LookEntry("blue pot", ("plant pot",), "glazed")
    assert desk.opened.tutorial.look.entries == (blue, LookEntry("watering can"))
    look.add_row_to_fill()
    assert look.fresh is not None
    qtbot.keyClicks(look.fresh.name, "trowel")
    look.commit_typed()
    assert desk.opened.tutorial.look.entries[2] == LookEntry("trowel")
    assert inspector.rename is None


def test_terracotta_becomes_blue_everywhere_as_one_edit(
    desk: Workplace, inspector: Inspector, qtbot: QtBot
) -> None:
    opened, row = desk.opened, inspector.look.rows[0]
    before = opened.tutorial
    retype(qtbot, row, "blue pot", "glazed")
    assert inspector.rename is None  # still in the card
    assert opened.tutorial is before
    qtbot.keyClick(row.appearance, Qt.Key.Key_Return)
    pane = inspector.rename
    assert pane is not None
    assert pane.heading.text() == "“terracotta pot” becomes “blue pot”"
    fields = [pane.list.hits.index(n).data() for n in range(pane.list.hits.rowCount())]
    assert {"Title", "Text", "Description"} <= set(fields)
    assert pane.apply.text() == f"Apply to {len(pane.list.hits.hits)} places"
    assert pane.stale.text() == "2 pictures become stale."
    pane.apply.click()
    assert inspector.rename is None
    after = opened.tutorial
    assert after.look.entries[0] == LookEntry("blue pot", ("plant pot",), "glazed")
    words = [word for step in after.steps for word in (step.title, step.body)]
    assert [word for word in words if "terracotta" in word.casefold()] == [
        "Keep the terracotta potter away."
    ]
    assert "Blue pots dry out fast." in words
    assert numbers(after, set(opened.stale)) == [1, 3]
    assert row.name.text() == "blue pot"
    opened.undo()
    assert opened.tutorial == before
    assert opened.stale == {}
    assert row.name.text() == "terracotta pot"


def test_the_pictures_that_show_it_are_refreshed_when_asked(
    desk: Workplace, inspector: Inspector, qtbot: QtBot
) -> None:
    opened, look = desk.opened, inspector.look
    assert not look.refresh.isVisible()
    retype(qtbot, look.rows[0], "blue pot")
    qtbot.keyClick(look.rows[0].name, Qt.Key.Key_Return)
    assert inspector.rename is not None
    inspector.rename.apply.click()
    qtbot.waitUntil(look.refresh.isVisible)
    assert look.notice.text() == "2 pictures are stale"
    with qtbot.waitSignals([desk.runs.job_ended] * 2, timeout=60_000):
        look.refresh.click()
    painted = [picture for step in opened.tutorial.steps for picture in step.pictures]
    assert [len(picture.takes) for picture in painted] == [2, 1, 2, 1]
    first = opened.recipes[painted[0].chosen or ""]
    assert first["look"]["entries"][0]["name"] == "blue pot"


def test_only_what_is_ticked_is_reworded(
    desk: Workplace, inspector: Inspector, qtbot: QtBot
) -> None:
    retype(qtbot, inspector.look.rows[0], "blue pot")
    qtbot.keyClick(inspector.look.rows[0].name, Qt.Key.Key_Return)
    pane = inspector.rename
    assert pane is not None
    assert pane.list.hasFocus()
    for hit in pane.list.hits.hits:
        pane.list.setCurrentIndex(pane.list.hits.index(pane.list.hits.row_of(hit)))
        if hit.field != "title" or hit.step != desk.opened.tutorial.steps[0].id:
            qtbot.keyClick(pane.list, Qt.Key.Key_Space)
    assert pane.apply.text() == "Apply to 1 place"
    pane.apply.click()
    steps = desk.opened.tutorial.steps
    assert steps[0].title == "Stand the blue pot on the table"
    assert "terracotta pot" in steps[0].body
    assert "terracotta pot" in steps[2].title


def test_escape_leaves_all_as_it_was(desk: Workplace, inspector: Inspector, qtbot: QtBot) -> None:
    before, row = desk.opened.tutorial, inspector.look.rows[0]
    retype(qtbot, row, "blue pot")
    inspector.look.rows[1].name.setFocus()  # the focus leaves the card
    assert inspector.rename is not None
    qtbot.keyClick(inspector.rename.list, Qt.Key.Key_Escape)
    assert inspector.rename is None
    assert desk.opened.tutorial is before
    assert row.name.text() == "terracotta pot"
    assert row.name.hasFocus()


def test_words_typed_meanwhile_are_found_too(
    desk: Workplace, inspector: Inspector, qtbot: QtBot
) -> None:
    retype(qtbot, inspector.look.rows[0], "blue pot")
    qtbot.keyClick(inspector.look.rows[0].name, Qt.Key.Key_Return)
    pane, opened = inspector.rename, desk.opened
    assert pane is not None
    count = len(pane.list.hits.hits)
    step = opened.tutorial.steps[3]
    made = edits.set_step(opened.tutorial, step.id, "note", "Buy a terracotta pot.")
    opened.edit(made)
    pane.apply.click()
    assert opened.tutorial.steps[3].note == "Buy a blue pot."
    assert count > 0


def test_a_renaming_ends_when_its_row_is_another(
    desk: Workplace, inspector: Inspector, qtbot: QtBot
) -> None:
    retype(qtbot, inspector.look.rows[0], "blue pot")
    qtbot.keyClick(inspector.look.rows[0].name, Qt.Key.Key_Return)
    assert inspector.rename is not None
    opened = desk.opened
    opened.edit(set_entries(opened.tutorial, [LookEntry("vase")], opened.recipes))
    assert inspector.rename is None
    assert [row.name.text() for row in inspector.look.rows] == ["vase"]


# ---------------------------------------------------------------- rows


def names(workplace: Workplace) -> list[str]:
    return [entry.name for entry in workplace.opened.tutorial.look.entries]


def test_a_row_is_added_moved_and_removed(workplace: Workplace, qtbot: QtBot) -> None:
    inspector = shown(workplace, qtbot)
    look = inspector.look
    for name in ("cactus", "glove"):
        look.add.click()
        assert look.fresh is not None
        assert look.fresh.name.hasFocus()
        qtbot.keyClicks(look.fresh.name, name)
        qtbot.keyClick(look.fresh.name, Qt.Key.Key_Return)
        assert look.fresh is None
    assert names(workplace) == ["cactus", "glove"]
    assert look.rows[1].name.hasFocus()
    look.rows[1].up.click()
    assert names(workplace) == ["glove", "cactus"]
    assert not look.rows[0].up.isEnabled()
    look.rows[1].remove.click()
    assert names(workplace) == ["glove"]
    assert look.outcome.text() == "“cactus” is removed. Undo: Ctrl+Z"
    workplace.opened.undo()
    assert [row.name.text() for row in look.rows] == ["glove", "cactus"]


def test_an_empty_row_goes_and_a_nameless_one_keeps_its_name(
    workplace: Workplace, qtbot: QtBot
) -> None:
    inspector = shown(workplace, qtbot)
    look = inspector.look
    look.add.click()
    look.collect.setFocus()
    assert look.fresh is None
    look.add.click()
    assert look.fresh is not None
    qtbot.keyClicks(look.fresh.name, "vase")
    look.collect.setFocus()
    assert names(workplace) == ["vase"]
    retype(qtbot, look.rows[0], " ")
    qtbot.keyClick(look.rows[0].appearance, Qt.Key.Key_Return)
    assert names(workplace) == ["vase"]
    assert look.rows[0].name.text() == "vase"
    assert look.outcome.text().startswith("An object needs a name.")


def test_a_change_that_nothing_mentions_is_applied_at_once(
    workplace: Workplace, qtbot: QtBot
) -> None:
    inspector = shown(workplace, qtbot)
    opened = workplace.opened
    opened.edit(set_entries(opened.tutorial, [LookEntry("vase")], {}))
    retype(qtbot, inspector.look.rows[0], "vase", "blue, glazed")
    inspector.look.add.setFocus()
    assert inspector.rename is None
    assert opened.tutorial.look.entries == (LookEntry("vase", (), "blue, glazed"),)


def test_what_is_typed_survives_a_change_elsewhere(workplace: Workplace, qtbot: QtBot) -> None:
    inspector = shown(workplace, qtbot)
    look = inspector.look
    opened = workplace.opened
    opened.edit(set_entries(opened.tutorial, [LookEntry("vase"), LookEntry("rug")], {}))
    look.rows[0].appearance.setFocus()
    qtbot.keyClicks(look.rows[0].appearance, "bl")
    rows = [LookEntry("vase"), LookEntry("carpet")]
    opened.edit(set_entries(opened.tutorial, rows, {}))
    qtbot.keyClicks(look.rows[0].appearance, "ue")
    assert look.rows[1].name.text() == "carpet"
    qtbot.keyClick(look.rows[0].appearance, Qt.Key.Key_Return)
    assert opened.tutorial.look.entries[0] == LookEntry("vase", (), "blue")
    qtbot.keyClicks(look.rows[0].appearance, "!")
    qtbot.keyClick(look.rows[0].appearance, Qt.Key.Key_Escape)
    assert look.rows[0].appearance.text() == "blue"


def test_materials_and_tools_are_collected_as_one_edit(workplace: Workplace, qtbot: QtBot) -> None:
    inspector = shown(workplace, qtbot)
    look = inspector.look
    look.collect.click()
    assert names(workplace) == ["clay pot", "cactus soil", "trowel"]
    assert look.outcome.text().startswith("3 objects are added")
    look.collect.click()
    assert look.outcome.text() == "Every tool and material is here already."
    workplace.opened.undo()
    assert names(workplace) == []
    assert look.rows == []


def test_palette_style_and_camera_are_typed(workplace: Workplace, qtbot: QtBot) -> None:
    inspector = shown(workplace, qtbot)
    look = inspector.look
    for field in ("palette", "style", "camera"):
        qtbot.keyClicks(look.atmosphere[field], f"some {field}")
    tutorial = workplace.opened.tutorial
    assert tutorial.look.palette == "some palette"
    assert (tutorial.look.style, tutorial.look.camera) == ("some style", "some camera")
    assert all(line.placeholderText() for line in look.atmosphere.values())
