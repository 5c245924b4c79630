"""The inspector's tabs, and the tab of the tutorial through its widgets."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.tutorial.model import Making, PaintOptions
from app.window.inspector import Inspector
from app.window.languages import LANGUAGES, language_code
from app.window.pack_rows import PackRow, pack_rows, painter_of
from app.window.workplace import Workplace

LAPTOP = PackRow("laptop", "Laptop", True, 10**9, "storyboard")
CLOUDY = PackRow("klein", "Klein", True, 10**10, "diffusers")
ABSENT = PackRow("starter", "Starter", False, 10**8, "storyboard")
KEYS = Qt.KeyboardModifier


@pytest.fixture
def inspector(workplace: Workplace, qtbot: QtBot) -> Inspector:
    inspector = Inspector(workplace)
    qtbot.addWidget(inspector)
    inspector.resize(260, 900)
    with qtbot.waitActive(inspector):
        inspector.show()
        inspector.activateWindow()
    return inspector


def test_a_focused_picture_brings_its_tab_and_its_step(inspector: Inspector) -> None:
    assert [inspector.tabs.tabText(n) for n in range(3)] == ["Tutorial", "Picture", "Look"]
    inspector.show_picture("s1", "")
    assert inspector.tabs.currentWidget() is inspector.tutorial
    assert inspector.tutorial.step_head.text() == "STEP 1 OF 3"
    inspector.show_picture("s2", "p2")
    assert inspector.tabs.currentWidget() is inspector.picture
    assert inspector.tutorial.step_head.text() == "STEP 2 OF 3"


def test_every_field_has_a_name_and_nothing_is_wider_than_the_pane(inspector: Inspector) -> None:
    inspector.show_picture("s1", "")
    panel = inspector.tutorial
    fields = [w for w in panel.sheet.findChildren(QWidget) if w.focusPolicy() & 1 and w.isVisible()]
    fields = [w for w in fields if not isinstance(w.parent(), QLineEdit)]
    assert len(fields) > 12
    assert [w for w in fields if not (w.accessibleName() or getattr(w, "text", str)())] == []
    assert panel.sheet.width() <= panel.viewport().width()


def test_making_is_edited_and_followed(inspector: Inspector, workplace: Workplace) -> None:
    panel, opened = inspector.tutorial, workplace.opened
    inspector.set_packs([LAPTOP, CLOUDY, ABSENT])
    assert [panel.pack.itemText(n) for n in range(panel.pack.count())] == [
        "Best for this machine",
        "Laptop",
        "Klein",
    ]
    panel.pack.activated.emit(2)
    panel.steps.setValue(7)
    panel.paint.activated.emit(1)
    panel.form.passes.setValue(12)
    making = opened.tutorial.making
    assert (making.pack, making.steps, making.paint) == ("klein", 7, False)
    assert making.options.denoising_steps == 12
    opened.edit(edits.set_field(opened.tutorial, "making", Making(pack="starter", steps=3)))
    assert (panel.pack.currentText(), panel.steps.value()) == ("Starter (absent)", 3)
    assert panel.paint.currentText() == "As we go"
    panel.steps.setValue(0)
    assert opened.tutorial.making.steps is None
    assert panel.steps.text() == "As planned"


def test_passes_and_guidance_wait_for_a_painter_that_has_them(
    inspector: Inspector, workplace: Workplace
) -> None:
    form = inspector.tutorial.form
    inspector.set_packs([LAPTOP, CLOUDY])
    assert not form.passes.isEnabled()
    assert "no passes" in form.passes.toolTip()
    made = edits.set_field(workplace.opened.tutorial, "making", Making(pack="klein"))
    workplace.opened.edit(made)
    assert form.passes.isEnabled()
    assert form.guidance.isEnabled()


def test_a_painter_that_only_a_file_names_is_shown(
    inspector: Inspector, workplace: Workplace
) -> None:
    box, opened = inspector.tutorial.form.painter, workplace.opened
    options = PaintOptions(painter="klein")
    opened.edit(edits.set_field(opened.tutorial, "making", Making(options=options)))
    assert (box.currentData(), box.currentText()) == ("klein", "klein")
    box.setCurrentIndex(0)
    assert opened.tutorial.making.options.painter == ""


def test_typing_merges_into_one_undo_entry(
    inspector: Inspector, workplace: Workplace, qtbot: QtBot
) -> None:
    panel, opened = inspector.tutorial, workplace.opened
    qtbot.keyClicks(panel.duration, "30 min")
    assert opened.tutorial.duration == "30 min"
    opened.undo()
    assert opened.tutorial.duration == ""
    assert panel.duration.text() == ""
    assert not opened.can_undo


def test_tags_keep_what_is_typed_between_commas(
    inspector: Inspector, workplace: Workplace, qtbot: QtBot
) -> None:
    tags = inspector.tutorial.tags
    qtbot.keyClicks(tags, "garden, , spring,garden, ")
    assert tags.text() == "garden, , spring,garden, "
    assert workplace.opened.tutorial.tags == ("garden", "spring")


def test_a_change_elsewhere_leaves_the_caret_between_its_letters(
    inspector: Inspector, workplace: Workplace
) -> None:
    line, opened = inspector.tutorial.difficulty, workplace.opened
    opened.edit(edits.set_field(opened.tutorial, "difficulty", "easy 😀 enough"))
    line.setCursorPosition(5)
    opened.edit(edits.set_field(opened.tutorial, "difficulty", "easy 😀 enough today"))
    assert (line.text(), line.cursorPosition()) == ("easy 😀 enough today", 5)
    line.setCursorPosition(14)  # the end of "enough", in UTF-16 units
    opened.edit(edits.set_field(opened.tutorial, "difficulty", "very easy 😀 enough today"))
    assert line.cursorPosition() == 19


def test_a_step_is_noted_timed_and_checked(
    inspector: Inspector, workplace: Workplace, qtbot: QtBot
) -> None:
    panel, opened = inspector.tutorial, workplace.opened
    assert not panel.checked.isVisible()
    inspector.show_picture("s2", "")
    qtbot.keyClicks(panel.step_duration, "5 min")
    qtbot.keyClicks(panel.note, "ask Ann")
    panel.checked.click()
    step = opened.tutorial.steps[1]
    assert (step.duration, step.note, step.checked) == ("5 min", "ask Ann", True)
    opened.edit(edits.delete_step(opened.tutorial, "s1"))
    assert panel.step_head.text() == "STEP 1 OF 2"
    opened.edit(edits.delete_step(opened.tutorial, "s2"))
    assert not panel.note.isVisible()


@pytest.mark.parametrize(
    ("typed", "code"),
    [("deutsch", "de"), ("pt_BR", "pt-BR"), ("FR", "fr"), ("日本語", "ja"), ("klingon", None),
     ("x", None), ("", None), ("en-<b>", None)],
)  # fmt: skip
def test_a_language_is_known_by_its_name_or_its_code(typed: str, code: str | None) -> None:
    assert language_code(typed) == code


def test_a_free_code_is_taken_and_nonsense_is_not(
    inspector: Inspector, workplace: Workplace, qtbot: QtBot
) -> None:
    box, opened = inspector.tutorial.language, workplace.opened
    assert box.currentText() == LANGUAGES["en"]
    line = box.lineEdit()
    assert line is not None
    for typed, code, shown in (("gsw", "gsw", "gsw"), ("no such thing", "gsw", "gsw")):
        line.selectAll()
        qtbot.keyClicks(box, typed)
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert (opened.tutorial.language, box.currentText()) == (code, shown)


def test_scrolling_over_a_field_changes_nothing(inspector: Inspector, workplace: Workplace) -> None:
    panel = inspector.tutorial
    for field in (panel.pack, panel.steps, panel.form.size_box, panel.language):
        wheel = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -240), Qt.MouseButton.NoButton,
            KEYS.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(field, wheel)
        assert not wheel.isAccepted()
    assert workplace.opened.tutorial.making == Making()


def test_undo_is_left_to_the_tutorial(inspector: Inspector) -> None:
    panel = inspector.tutorial
    for field in (panel.tags, panel.steps, panel.language, panel.form.seed):
        keys = QKeyEvent(
            QKeyEvent.Type.ShortcutOverride, Qt.Key.Key_Z, KEYS.ControlModifier, "\x1a"
        )
        keys.ignore()
        QApplication.sendEvent(field, keys)
        assert not keys.isAccepted()


def test_what_the_engine_found_becomes_rows() -> None:
    facts = {"packs": [{"id": "a", "name": "A", "ready": True, "size": 5, "painter": "storyboard"},
                       {"id": "b"}], "recommended": "a"}  # fmt: skip
    assert pack_rows(facts) == [
        PackRow("a", "A", True, 5, "storyboard", default=True),
        PackRow("b", "b", False, 0),
    ]
    assert pack_rows({}) == []


def test_the_painter_is_the_named_one_then_the_pack_s() -> None:
    packs = [CLOUDY, replace(LAPTOP, default=True), ABSENT]
    assert painter_of(Making(), packs) == "storyboard"
    assert painter_of(Making(pack="klein"), packs) == "diffusers"
    assert (
        painter_of(Making(pack="klein", options=PaintOptions(painter="duogen")), packs) == "duogen"
    )
    assert painter_of(Making(pack="gone"), packs) == painter_of(Making(), ()) == ""


def test_a_zoomed_inspector_still_fits(inspector: Inspector, workplace: Workplace) -> None:
    workplace.theme.use(dark=True, zoom=1.5)
    inspector.resize(390, 900)
    inspector.show_picture("s1", "")
    QApplication.processEvents()
    panel = inspector.tutorial
    assert panel.sheet.width() <= panel.viewport().width()
    made = replace(workplace.opened.tutorial.making, seed=7)
    workplace.opened.edit(edits.set_field(workplace.opened.tutorial, "making", made))
    assert panel.form.seed.text() == "7"
