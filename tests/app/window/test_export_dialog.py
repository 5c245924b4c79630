"""The export pane: what it finds before, what it writes, what it says afterwards."""

from collections.abc import Callable
from pathlib import Path

from plain_takes import square
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.tutorial.model import Picture, Step, Tutorial
from app.window.export_dialog import ExportDialog
from app.window.workplace import Workplace

TAKE = square(40)
TUTORIAL = Tutorial(
    "t",
    title="Repot a cactus",
    steps=(
        Step("s1", "Pick a pot", "Choose it.", pictures=(Picture("p1", "A pot."),)),
        Step(
            "s2",
            "Fill it",
            "Fill it.",
            draft=True,
            pictures=(Picture("p2", takes=(TAKE.sha256,), chosen=TAKE.sha256),),
        ),
    ),
)
Make = Callable[..., Workplace]


def buttons(pane: ExportDialog) -> dict[str, QPushButton]:
    return {button.text(): button for button in pane.findChildren(QPushButton)}


def test_what_is_found_leads_there(make_workplace: Make, qtbot: QtBot) -> None:
    pane = ExportDialog.of(make_workplace(TUTORIAL, [TAKE]))
    qtbot.addWidget(pane)
    assert "Step 1: no picture yet" in buttons(pane)
    assert "Step 2: a rough draft" in buttons(pane)
    with qtbot.waitSignal(pane.jump_requested) as jumped:
        buttons(pane)["Step 1: no picture yet"].click()
    assert jumped.args == ["s1", "p1"]


def test_each_format_is_written(make_workplace: Make, qtbot: QtBot, tmp_path: Path) -> None:
    pane = ExportDialog.of(make_workplace(TUTORIAL, [TAKE]))
    qtbot.addWidget(pane)
    for number, suffix in enumerate((".html", ".html", ".html", ".md")):
        pane.form.format.setCurrentIndex(number)
        out = tmp_path / f"out-{number}{suffix}"
        pane.form.place.setText(str(out))
        assert pane.form.out == out
        pane.export.click()
        qtbot.waitUntil(pane.export.isEnabled)
        assert "Exported" in pane.result.text()
        assert "Pick a pot" in out.read_text("utf-8")
    assert (tmp_path / "out-1-images").is_dir()
    assert (tmp_path / "out-3-images").is_dir()
    assert "<html" not in (tmp_path / "out-2.html").read_text("utf-8")


def test_what_fails_is_a_sentence_and_can_be_tried_again(
    make_workplace: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    pane = ExportDialog.of(make_workplace(TUTORIAL, [TAKE]))
    qtbot.addWidget(pane)
    pane.form.place.setText(str(tmp_path / "absent" / "out.html"))
    pane.export.click()
    qtbot.waitUntil(pane.export.isEnabled)
    assert "does not exist" in pane.result.text()
    pane.form.place.setText(str(tmp_path / "out.html"))
    pane.export.click()
    qtbot.waitUntil(pane.export.isEnabled)
    assert (tmp_path / "out.html").exists()


def test_several_tutorials_go_into_one_folder(
    make_workplace: Make, qtbot: QtBot, tmp_path: Path
) -> None:
    one, other = make_workplace(TUTORIAL, [TAKE]), make_workplace()
    broken = tmp_path / "broken.interstep"
    broken.write_text("no tutorial")
    paths = [one.opened.path, other.opened.path, broken]
    pane = ExportDialog.for_files(paths, one.theme, one.background)
    qtbot.addWidget(pane)
    pane.form.place.setText(str(tmp_path / "all"))
    pane.export.click()
    qtbot.waitUntil(pane.export.isEnabled)
    written = sorted(path.name for path in (tmp_path / "all").glob("*.html"))
    assert written == sorted(f"{path.stem}.html" for path in paths[:2])
    assert "broken.interstep" in pane.result.text()
