"""The export pane: what it finds before, what it writes, what it says and remembers afterwards."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from plain_takes import square
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.editing.settings import Settings
from app.tutorial import edits
from app.tutorial.model import Picture, Step, Tutorial
from app.window.export_dialog import SHOWN, ExportDialog, sentence
from app.window.export_form import KEY, ExportForm
from app.window.export_page import ExportPage
from app.window.theme import Theme
from app.window.window import INSPECTOR
from app.window.workplace import Workplace

TAKE = square(40)
GOOD = Picture("p2", alt_text="A pot", alt_confirmed=True, takes=(TAKE.sha256,))
TUTORIAL = Tutorial(
    "t",
    title="Repot a cactus",
    steps=(
        Step("s1", "Pick a pot", "Choose it.", pictures=(Picture("p1", "A pot."),)),
        Step(
            "s2", "Fill it", "Fill it.", draft=True, pictures=(replace(GOOD, chosen=TAKE.sha256),)
        ),
    ),
)
FOUND = ["Step 1: no picture yet", "Step 2: a rough draft"]
Make = Callable[..., Workplace]


@pytest.fixture
def make_pane(make_workplace: Make, qtbot: QtBot) -> Iterator[Callable[..., ExportDialog]]:
    """Return a function that opens a tutorial and shows its export pane, as wide as the side is."""

    def make(tutorial: Tutorial = TUTORIAL, workplace: Workplace | None = None) -> ExportDialog:
        pane = ExportDialog(workplace or make_workplace(tutorial, [TAKE]))
        qtbot.addWidget(pane)
        pane.resize(INSPECTOR, 640)
        pane.show()
        return pane

    return make


@pytest.fixture
def pane(make_pane: Callable[..., ExportDialog]) -> ExportDialog:
    return make_pane()


def links(pane: ExportDialog) -> list[QPushButton]:
    rows = pane.findings.findChildren(QPushButton)
    return [row for row in rows if row.isVisible()]


def told(pane: ExportDialog) -> list[str]:
    return [row.text() for row in links(pane)]


def export(pane: ExportDialog, qtbot: QtBot) -> str:
    with qtbot.waitSignal(pane.work.exported):
        pane.work.export.click()
    return pane.work.result.text()


# ---------------------------------------------------------------- before


def test_what_is_found_leads_there(pane: ExportDialog, qtbot: QtBot) -> None:
    assert told(pane) == FOUND
    assert pane.count.text() == "2 things to look at; you can export anyway."
    with qtbot.waitSignal(pane.jump_requested) as jumped:
        links(pane)[0].click()
    assert jumped.args == ["s1", "p1"]


def test_it_looks_again_when_the_tutorial_changes(make_workplace: Make, make_pane: Make) -> None:
    workplace = make_workplace(TUTORIAL, [TAKE])
    pane = make_pane(workplace=workplace)
    opened = workplace.opened
    opened.edit(edits.set_step(opened.tutorial, "s2", "draft", False))
    while told(pane) != FOUND[:1]:
        QTest.qWait(20)
    assert pane.count.text() == "1 thing to look at; you can export anyway."
    opened.edit(edits.set_picture(opened.tutorial, "s1", "p1", "not_needed", True))
    while told(pane):
        QTest.qWait(20)
    assert pane.nothing.isVisible()
    assert not pane.count.isVisible()


def test_what_is_too_much_at_first_is_shown_when_asked_for(
    make_pane: Callable[..., ExportDialog], qtbot: QtBot
) -> None:
    steps = tuple(Step(f"s{n}", f"Step {n}", draft=True) for n in range(SHOWN + 3))
    pane = make_pane(Tutorial("t", title="Long", steps=steps))
    assert len(told(pane)) == SHOWN
    assert pane.more.text() == "Show 3 more"
    assert pane.count.text().startswith(f"{SHOWN + 3} things")
    pane.more.click()
    qtbot.waitUntil(lambda: len(told(pane)) == SHOWN + 3)
    assert not pane.more.isVisible()


def test_nothing_is_cut_off_at_the_side(pane: ExportDialog, qtbot: QtBot) -> None:
    export(pane, qtbot)
    QTest.qWait(1)
    assert pane.minimumSizeHint().width() <= INSPECTOR
    for widget in pane.findChildren(QWidget):
        if widget.isVisible() and isinstance(widget, QPushButton):
            at = widget.mapTo(pane, widget.rect().topRight()).x()
            assert at <= INSPECTOR, widget.text()
            assert widget.width() >= widget.minimumSizeHint().width(), widget.text()


def test_every_finding_has_its_words() -> None:
    from app.exporting.preflight import Finding

    kinds = ("empty_step", "rough_draft", "no_picture", "stale", "alt_unconfirmed")
    words = {sentence(Finding(kind, "s", "", 7)) for kind in kinds}
    assert len(words) == len(kinds)
    assert all(one.startswith("Step 7: ") for one in words)


def test_escape_closes_it(pane: ExportDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(pane.closed):
        QTest.keyClick(pane.work.form.format, Qt.Key.Key_Escape)


# ---------------------------------------------------------------- exporting


def test_each_format_is_written(pane: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    form = pane.work.form
    for number, suffix in enumerate((".html", ".html", ".html", ".md")):
        form.format.setCurrentIndex(number)
        form.place.setText(str(tmp_path / f"out-{number}"))
        out = tmp_path / f"out-{number}{suffix}"
        assert form.out == out
        assert export(pane, qtbot) == f"Exported: {out.name}"
        assert "Pick a pot" in out.read_text("utf-8")
    assert (tmp_path / "out-1-images").is_dir()
    assert (tmp_path / "out-3-images").is_dir()
    assert "<html" in (tmp_path / "out-1.html").read_text("utf-8")
    assert "<html" not in (tmp_path / "out-2.html").read_text("utf-8")


def test_the_kind_of_pictures_counts(pane: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    form = pane.work.form
    form.format.setCurrentIndex(form.format.findData("folder"))
    form.pictures.setCurrentIndex(form.pictures.findData("jpeg"))
    form.width_box.setValue(4)
    form.place.setText(str(tmp_path / "small"))
    export(pane, qtbot)
    (image,) = (tmp_path / "small-images").glob("*.jpg")
    assert 'width="4"' in (tmp_path / "small.html").read_text("utf-8")
    assert image.read_bytes()[:2] == b"\xff\xd8"


def test_what_fails_is_a_sentence_and_can_be_tried_again(
    pane: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    pane.work.form.place.setText(str(tmp_path / "absent" / "out.html"))
    assert "does not exist: make it first." in export(pane, qtbot)
    assert not pane.work.show_folder.isVisible()
    pane.work.form.place.setText(str(tmp_path / "out.html"))
    export(pane, qtbot)
    assert (tmp_path / "out.html").exists()
    assert pane.work.show_folder.isVisible()
    assert pane.work.open.isVisible()


def test_the_text_exported_is_the_one_on_the_screen(
    make_workplace: Make, make_pane: Callable[..., ExportDialog], qtbot: QtBot
) -> None:
    workplace = make_workplace(TUTORIAL, [TAKE])
    pane = make_pane(workplace=workplace)
    opened = workplace.opened
    opened.edit(edits.set_field(opened.tutorial, "title", "Typed just now"), typing=True)
    export(pane, qtbot)
    assert "Typed just now" in opened.path.with_suffix(".html").read_text("utf-8")


def test_a_pane_closed_before_the_end_is_left_in_peace(workplace: Workplace, qtbot: QtBot) -> None:
    pane = ExportDialog(workplace)
    out = pane.work.form.out
    assert out is not None
    pane.work.export.click()
    assert not pane.work.export.isEnabled()
    pane.deleteLater()
    qtbot.waitUntil(out.exists)
    QTest.qWait(20)  # an error in a slot fails the test


# ---------------------------------------------------------------- where to


def form_of(tmp_path: Path, *, many: bool = False, name: str = "1.2 Pots") -> ExportForm:
    settings = Settings(tmp_path / "settings")
    return ExportForm(tmp_path / f"{name}.interstep", Theme(), settings, many=many)


@pytest.mark.parametrize(
    ("typed", "out"),
    [
        ("", None),
        ("  ", None),
        ("pots", "pots.html"),
        ("pots.MD", "pots.html"),
        ("version 1.2", "version 1.2.html"),
        ("there", "there/1.2 Pots.html"),
        ("there/x.html", "there/x.html"),
    ],
)
def test_a_place_becomes_a_file(typed: str, out: str | None, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "there").mkdir()
    form = form_of(tmp_path)
    qtbot.addWidget(form)
    form.place.setText(typed)
    assert form.out == (tmp_path / out if out else None)


def test_the_ending_follows_the_format(tmp_path: Path, qtbot: QtBot) -> None:
    form = form_of(tmp_path)
    qtbot.addWidget(form)
    assert form.out == tmp_path / "1.2 Pots.html"
    form.format.setCurrentIndex(form.format.findData("markdown"))
    assert form.place.text() == str(tmp_path / "1.2 Pots.md")


def test_without_a_place_nothing_can_be_exported(pane: ExportDialog) -> None:
    pane.work.form.place.clear()
    assert not pane.work.export.isEnabled()


def test_it_warns_before_it_replaces_a_file(tmp_path: Path, qtbot: QtBot) -> None:
    form = form_of(tmp_path)
    qtbot.addWidget(form)
    form.show()
    assert not form.warning.isVisible()
    (tmp_path / "mine.html").write_text("mine")
    form.place.setText("mine")
    assert form.warning.isVisible()
    assert "mine.html" in form.warning.text()


def test_choices_are_remembered(pane: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    form = pane.work.form
    form.format.setCurrentIndex(form.format.findData("markdown"))
    form.pictures.setCurrentIndex(form.pictures.findData("webp"))
    form.width_box.setValue(768)
    form.place.setText("there")
    export(pane, qtbot)
    again = form_of(tmp_path, name="Another")
    qtbot.addWidget(again)
    assert again.options == form.options
    assert again.out == tmp_path / "there" / "Another.md"
    (tmp_path / "there").rename(tmp_path / "elsewhere")
    later = form_of(tmp_path, name="Another")
    qtbot.addWidget(later)
    assert later.out == tmp_path / "Another.md"


@pytest.mark.parametrize(
    "odd",
    [{"format": "exe", "width": "wide", "pictures": 3, "folder": 7}, {"width": -4}, [], "x"],
)
def test_odd_settings_are_the_usual_choices(odd: object, tmp_path: Path, qtbot: QtBot) -> None:
    Settings(tmp_path / "settings").put(KEY, odd)
    form = form_of(tmp_path)
    qtbot.addWidget(form)
    assert (form.options.layout, form.options.picture_width) == ("file", 0)
    assert form.out == tmp_path / "1.2 Pots.html"


# ---------------------------------------------------------------- several


def test_several_tutorials_go_into_one_folder(
    make_workplace: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    one, other = make_workplace(TUTORIAL, [TAKE]), make_workplace()
    broken = tmp_path / "broken.interstep"
    broken.write_text("no tutorial")
    paths = [one.opened.path, broken, other.opened.path]
    page = ExportPage(paths, one.theme, one.settings, one.background)
    qtbot.addWidget(page)
    page.work.form.place.setText("all")
    with qtbot.waitSignal(page.work.exported):
        page.work.export.click()
    written = sorted(path.name for path in (tmp_path / "all").iterdir())
    assert written == ["0.html", "1.html"]
    lines = page.work.result.text().splitlines()
    assert [lines[0], lines[2]] == ["Exported: 0.html", "Exported: 1.html"]
    assert lines[1].startswith("broken.interstep: ")
    assert lines[1].endswith(".")
    assert page.work.open.isHidden()  # it could only open one of them


def test_a_folder_that_can_not_be_made_is_told_for_each(
    workplace: Workplace, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    page = ExportPage(
        [workplace.opened.path], workplace.theme, workplace.settings, workplace.background
    )
    qtbot.addWidget(page)
    page.work.form.place.setText("file")
    with qtbot.waitSignal(page.work.exported):
        page.work.export.click()
    assert "file” exists already: choose another name." in page.work.result.text()
