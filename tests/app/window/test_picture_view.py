"""A picture on the page: its height, its states in words, its tools, and what the engine does."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from picture_desk import BLUE, GREEN, PLACE, RED, one_step, painted, part, picture_of, shown
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from app.engine.jobs import Painting
from app.tutorial import edits
from app.tutorial.model import Making, Take
from app.window import picture_edits, picture_jobs
from app.window.picture_tools import EmptyPlace, FixPanel, PictureTools, StaleRow, UnneededPlace
from app.window.picture_view import PictureView
from app.window.takes_strip import TakesStrip
from app.window.workplace import Workplace
from inference.protocol import image

Make = Callable[..., Workplace]


def test_the_height_is_known_before_the_take_is_read(make_workplace: Make, qtbot: QtBot) -> None:
    view = PictureView(make_workplace(one_step(RED), [RED]), *PLACE, None)
    qtbot.addWidget(view)
    tutorial = one_step(RED)
    view.follow(tutorial.steps[0].pictures[0], 1, "Boil")
    assert view.hasHeightForWidth()
    assert view.heightForWidth(252) == 126
    assert view.accessibleName() == "Picture of step 1, Boil"


def test_a_place_without_a_picture_can_be_painted(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    view = shown(workplace, qtbot)
    assert view.accessibleDescription() == "No picture yet"
    qtbot.waitUntil(lambda: part(view, EmptyPlace) is not None)
    place = part(view, EmptyPlace)
    assert isinstance(place, EmptyPlace)
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        qtbot.mouseClick(place.paint, Qt.MouseButton.LeftButton)
    assert len(picture_of(workplace).takes) == 1
    assert part(view, EmptyPlace) is None
    assert view.height() == 252


def test_no_picture_needed_is_a_slim_row_and_can_be_taken_back(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(one_step())
    view = shown(workplace, qtbot)
    qtbot.waitUntil(lambda: part(view, EmptyPlace) is not None)
    place = part(view, EmptyPlace)
    assert isinstance(place, EmptyPlace)
    qtbot.mouseClick(place.unneeded, Qt.MouseButton.LeftButton)
    assert picture_of(workplace).not_needed
    assert view.height() < 40
    row = part(view, UnneededPlace)
    assert isinstance(row, UnneededPlace)
    qtbot.mouseClick(row.back, Qt.MouseButton.LeftButton)
    assert not picture_of(workplace).not_needed
    assert part(view, EmptyPlace) is not None
    workplace.opened.undo()
    assert picture_of(workplace).not_needed


def test_a_click_focuses_and_the_tools_come(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED, BLUE), [RED, BLUE])
    view = shown(workplace, qtbot)
    assert part(view, PictureTools) is None
    with qtbot.waitSignal(view.focused) as told:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
    assert told.args == ["s1", "p1"]
    assert part(view, PictureTools) is not None
    assert part(view, TakesStrip) is not None
    qtbot.keyClick(view, Qt.Key.Key_Tab)
    assert part(view, PictureTools) is not None
    desk = view.parentWidget()
    assert desk is not None
    away = desk.findChildren(QLineEdit)[0]
    qtbot.mouseMove(away)
    away.setFocus()
    qtbot.waitUntil(lambda: part(view, PictureTools) is None)


def test_enter_zooms_and_delete_moves_to_the_trash(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED, BLUE), [RED, BLUE])
    view = shown(workplace, qtbot)
    view.setFocus()
    with qtbot.waitSignal(workplace.picture_states.zoom_requested) as told:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args == ["s1", "p1"]
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert picture_of(workplace).takes == (BLUE.sha256,)
    assert picture_of(workplace).chosen == BLUE.sha256
    assert picture_edits.trashed(picture_of(workplace)) == (RED.sha256,)
    workplace.opened.undo()
    assert picture_of(workplace).takes == (RED.sha256, BLUE.sha256)


def test_a_picture_of_the_clipboard_is_pasted(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED), [RED])
    view = shown(workplace, qtbot)
    view.setFocus()
    pasted = QImage(30, 10, QImage.Format.Format_RGB32)
    pasted.fill(Qt.GlobalColor.cyan)
    data = QMimeData()
    data.setImageData(pasted)
    QGuiApplication.clipboard().setMimeData(data)
    with qtbot.waitSignal(workplace.opened.tutorial_changed, timeout=5000):
        qtbot.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    picture = picture_of(workplace)
    assert len(picture.takes) == 2
    info = workplace.opened.infos[picture.chosen or ""]
    assert (info.width, info.height, info.origin) == (30, 10, "photo")
    assert view.heightForWidth(252) > 84


def test_a_take_that_can_not_be_read_says_so(make_workplace: Make, qtbot: QtBot) -> None:
    data = b"no picture"
    bad = Take(image(data, 10, 10).sha256, "image/png", 10, 10, data, {}, {}, "photo")
    view = shown(make_workplace(one_step(bad), [bad]), qtbot)
    qtbot.waitUntil(lambda: "can't be read" in view.accessibleDescription())
    assert "choose another take, or paint it again" in view.accessibleDescription()


def test_a_stale_picture_says_why_and_can_be_kept(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    view = shown(workplace, qtbot)
    painted(workplace, qtbot)
    low = view.height()
    changed = edits.set_step(workplace.opened.tutorial, "s1", "body", "Boil it for long.")
    workplace.opened.edit(changed)
    qtbot.waitUntil(lambda: part(view, StaleRow) is not None)
    row = part(view, StaleRow)
    assert isinstance(row, StaleRow)
    assert "Stale: the text changed" in view.accessibleDescription()
    assert view.height() > low
    qtbot.mouseClick(row.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: part(view, StaleRow) is None)
    assert "Stale" not in view.accessibleDescription()
    assert view.height() == low


def test_the_reason_is_cut_off_where_larger_words_have_no_room(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(one_step())
    view = shown(workplace, qtbot)
    painted(workplace, qtbot)
    made = edits.set_picture(workplace.opened.tutorial, *PLACE, "description", "A red pot.")
    workplace.opened.edit(made)
    qtbot.waitUntil(lambda: part(view, StaleRow) is not None)
    row = part(view, StaleRow)
    assert row is not None
    said = row.findChild(QLabel)
    assert isinstance(said, QLabel)
    for pixels in (14, 40, 60):
        said.setStyleSheet(f"font-size: {pixels}px")
        qtbot.waitUntil(lambda: said.sizeHint().width() <= row.width() + 1)
    assert said.text().endswith("…")
    assert said.toolTip() == "Stale: the description changed"
    said.setStyleSheet("font-size: 10px")
    qtbot.waitUntil(lambda: said.text() == said.toolTip())


def test_refresh_paints_a_take_that_fits(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    view = shown(workplace, qtbot)
    painted(workplace, qtbot)
    made = edits.set_picture(workplace.opened.tutorial, *PLACE, "description", "A red pot.")
    workplace.opened.edit(made)
    qtbot.waitUntil(lambda: "the description changed" in view.accessibleDescription())
    row = part(view, StaleRow)
    assert isinstance(row, StaleRow)
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        qtbot.mouseClick(row.refresh, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Stale" not in view.accessibleDescription())
    assert len(picture_of(workplace).takes) == 2
    assert picture_of(workplace).chosen == picture_of(workplace).takes[1]


def test_a_fix_shows_its_passes_and_becomes_a_take(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED), [RED])
    view = shown(workplace, qtbot)
    workplace.picture_states.fix_requested.emit(*PLACE)
    panel = part(view, FixPanel)
    assert isinstance(panel, FixPanel)
    assert not panel.button.isEnabled()
    said: list[str] = []
    workplace.picture_states.state_changed.connect(
        lambda _picture: said.append(view.accessibleDescription())
    )
    qtbot.keyClicks(panel.field, "previews")
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000) as ended:
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)
        assert part(view, FixPanel) is None
    assert ended.args is not None
    job = ended.args[0].job
    assert isinstance(job, Painting)
    assert (job.mode, job.instruction) == ("fix", "previews")
    assert any("Painting… pass 3 of 5" in words for words in said)
    assert len(picture_of(workplace).takes) == 2
    assert picture_of(workplace).chosen != RED.sha256
    assert "Painting" not in view.accessibleDescription()


def test_escape_closes_the_field_for_a_fix(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED), [RED])
    view = shown(workplace, qtbot)
    low = view.height()
    workplace.picture_states.fix_requested.emit(*PLACE)
    panel = part(view, FixPanel)
    assert isinstance(panel, FixPanel)
    assert view.height() > low
    qtbot.keyClick(panel.field, Qt.Key.Key_Escape)
    assert part(view, FixPanel) is None
    assert view.height() == low
    assert view.hasFocus()


def test_a_late_take_does_not_replace_what_the_author_chose(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(one_step(RED, BLUE), [RED, BLUE])
    shown(workplace, qtbot)
    with qtbot.waitSignal(workplace.runs.picture_previewed, timeout=10_000):
        picture_jobs.fix(workplace, *PLACE, "previews")
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        picture_edits.choose(workplace, *PLACE, BLUE.sha256)
    picture = picture_of(workplace)
    assert len(picture.takes) == 3
    assert picture.chosen == BLUE.sha256


def test_several_takes_have_several_seeds(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    painted(workplace, qtbot, 3)
    takes = picture_of(workplace).takes
    seeds = {workplace.opened.infos[sha256].recipe["seed"] for sha256 in takes}
    assert len(takes) == len(seeds) == 3


def test_a_locked_seed_is_the_seed(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(replace(one_step(), making=Making(seed=77)))
    painted(workplace, qtbot, 2)
    infos = [workplace.opened.infos[sha256] for sha256 in picture_of(workplace).takes]
    assert [info.recipe["seed"] for info in infos] == [77, 78]


@pytest.mark.parametrize("dark", [False, True])
def test_a_take_is_painted_in_its_own_colours(
    make_workplace: Make, qtbot: QtBot, dark: bool
) -> None:
    workplace = make_workplace(one_step(GREEN), [GREEN])
    workplace.theme.use(dark=dark)
    view = shown(workplace, qtbot)

    def middle() -> str:
        return view.grab().toImage().pixelColor(126, 100).name()

    qtbot.waitUntil(lambda: workplace.images.pixmap(GREEN.sha256, 252) is not None)
    qtbot.waitUntil(lambda: middle() == "#008000")
    assert middle() == "#008000"
