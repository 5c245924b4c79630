"""The inspector's tab of a picture: texts, chips, how it is painted, its recipe."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from picture_desk import BLUE, GREEN, PLACE, RED, one_step, painted, picture_of
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.engine.jobs import Painting
from app.tutorial import edits
from app.tutorial.model import LookEntry, Picture, Step, Tutorial
from app.tutorial.reading import TakeInfo
from app.tutorial.staleness import Stale
from app.window import picture_jobs
from app.window.picture_panel import PicturePanel
from app.window.picture_words import stale_words
from app.window.recipe_view import recipe_words
from app.window.workplace import Workplace
from inference.protocol import Look

Make = Callable[..., Workplace]


def panel_of(workplace: Workplace, qtbot: QtBot) -> PicturePanel:
    """The panel, on screen, of the tutorial's picture."""
    panel = PicturePanel(workplace)
    qtbot.addWidget(panel)
    panel.resize(272, 900)
    panel.show_picture(*PLACE)
    panel.show()
    return panel


def neighbourly() -> Tutorial:
    """Three steps with a picture each, the middle one is PLACE."""
    pictures = [
        Picture(name, "", takes=(take.sha256,), chosen=take.sha256)
        for name, take in (("p0", RED), ("p1", BLUE), ("p2", GREEN))
    ]
    steps = tuple(
        Step(f"s{number}", "Cook", pictures=(picture,)) for number, picture in enumerate(pictures)
    )
    return Tutorial("t", "Soup", steps=steps)


def test_without_a_picture_it_says_what_to_do(workplace: Workplace, qtbot: QtBot) -> None:
    panel = panel_of(workplace, qtbot)
    assert panel.nothing.isVisible()
    assert not panel.description.isVisible()
    panel.show_picture("s2", "")
    assert not panel.nothing.isVisible()
    assert panel.description.text == "A hand in a glove holds a cactus."


def test_the_description_is_edited_in_place(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED), [RED])
    panel = panel_of(workplace, qtbot)
    panel.description.setFocus()
    panel.description.select(5, 5)
    qtbot.keyClicks(panel.description, " of soup")
    assert picture_of(workplace).description == "A pot of soup."
    workplace.opened.undo()
    assert picture_of(workplace).description == "A pot."
    assert panel.description.text == "A pot."


def test_an_alt_text_is_a_draft_until_confirmed_or_edited(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(one_step(RED, alt_text="A pot"), [RED])
    panel = panel_of(workplace, qtbot)
    assert panel.alt_draft.isVisible()
    qtbot.mouseClick(panel.confirm, Qt.MouseButton.LeftButton)
    assert picture_of(workplace).alt_confirmed
    assert not panel.alt_draft.isVisible()
    assert not panel.confirm.isVisible()
    workplace.opened.undo()
    assert panel.alt_draft.isVisible()
    panel.alt_text.select(5, 5)
    qtbot.keyClicks(panel.alt_text, " on a stove")
    assert picture_of(workplace).alt_text == "A pot on a stove"
    assert picture_of(workplace).alt_confirmed


def test_a_description_of_a_rough_draft_says_so(make_workplace: Make, qtbot: QtBot) -> None:
    tutorial = one_step(RED)
    drafted = replace(tutorial, steps=(replace(tutorial.steps[0], draft=True),))
    panel = panel_of(make_workplace(drafted, [RED]), qtbot)
    assert panel.description_draft.isVisible()


def test_chips_are_left_out_and_come_back(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(neighbourly(), [RED, BLUE, GREEN])
    panel = panel_of(workplace, qtbot)
    chips = panel.chips.chips
    assert [chips[role].sha256 for role in ("previous", "next", "anchor")] == [
        RED.sha256,
        GREEN.sha256,
        None,
    ]
    assert not chips["anchor"].isEnabled()
    assert chips["previous"].accessibleName() == "Previous: seen"
    qtbot.mouseClick(chips["previous"], Qt.MouseButton.LeftButton)
    assert chips["previous"].accessibleName() == "Previous: left out"
    jobs = list[Painting]()
    workplace.runs.job_started.connect(jobs.append)
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        picture_jobs.paint(workplace, *PLACE)
    assert jobs[0].neighbours == ("next", "anchor")
    info = workplace.opened.infos[picture_of(workplace).chosen or ""]
    assert info.recipe["conditions"] == [{"role": "next", "sha256": GREEN.sha256}]
    chips["previous"].setFocus()
    qtbot.keyClick(chips["previous"], Qt.Key.Key_Space)
    assert workplace.picture_states.neighbours("p1") == ("previous", "next", "anchor")


def test_a_chip_says_that_drawings_cannot_follow_a_photo(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(neighbourly(), [RED, BLUE, GREEN])
    panel = panel_of(workplace, qtbot)
    chip = panel.chips.chips["previous"]
    assert chip.isEnabled()
    making = workplace.opened.tutorial.making
    for painter, enabled in (("duogen", False), ("klein", True), ("storyboard", False)):
        made = replace(making, options=replace(making.options, painter=painter))
        workplace.opened.edit(edits.set_field(workplace.opened.tutorial, "making", made))
        assert chip.isEnabled() == enabled
        assert (chip.accessibleName() == "Previous: seen") == enabled


def test_the_seed_is_shown_locked_and_typed(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    panel = panel_of(workplace, qtbot)
    form = panel.form
    painted(workplace, qtbot)
    seed = workplace.opened.infos[picture_of(workplace).chosen or ""].recipe["seed"]
    qtbot.waitUntil(lambda: form.seed.text() == str(seed))
    qtbot.mouseClick(form.lock, Qt.MouseButton.LeftButton)
    assert workplace.opened.tutorial.making.seed == seed
    form.seed.selectAll()
    qtbot.keyClicks(form.seed, "42x")
    qtbot.keyClick(form.seed, Qt.Key.Key_Return)
    assert workplace.opened.tutorial.making.seed == 42
    qtbot.mouseClick(form.dice, Qt.MouseButton.LeftButton)
    assert workplace.opened.tutorial.making.seed not in (None, 42)
    qtbot.mouseClick(form.lock, Qt.MouseButton.LeftButton)
    assert workplace.opened.tutorial.making.seed is None


def test_passes_and_guidance_say_why_they_can_not_be_set(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(one_step())
    panel = panel_of(workplace, qtbot)
    form = panel.form
    assert not form.passes.isEnabled()
    assert "no passes" in form.passes.toolTip()
    painted(workplace, qtbot)  # by the fake painter, which could have passes
    qtbot.waitUntil(form.passes.isEnabled)
    form.passes.setValue(12)
    form.guidance.setValue(3.0)
    form.size_box.setCurrentIndex(0)
    options = workplace.opened.tutorial.making.options
    assert (options.denoising_steps, options.guidance_scale, options.size) == (12, 3.0, 512)
    before = workplace.opened.tutorial
    workplace.opened.undo()
    assert workplace.opened.tutorial.making != before.making
    assert form.passes.value() == workplace.opened.tutorial.making.options.denoising_steps


def test_the_recipe_is_told_in_words_and_copied(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    panel = panel_of(workplace, qtbot)
    recipe = panel.recipe
    assert recipe.words.text() == "Nothing is painted yet"
    assert not recipe.again.isEnabled()
    painted(workplace, qtbot)
    qtbot.waitUntil(recipe.again.isEnabled)
    info = workplace.opened.infos[picture_of(workplace).chosen or ""]
    assert f"Seed: {info.recipe['seed']}" in recipe.words.text()
    assert "16 by 16 pixels" in recipe.words.text()
    qtbot.mouseClick(recipe.copy, Qt.MouseButton.LeftButton)
    assert json.loads(QGuiApplication.clipboard().text()) == info.recipe


@pytest.mark.parametrize(
    ("recipe", "told"),
    [
        ({}, ("Your own picture", "4 by 3 pixels")),
        (
            {
                "painter": "fake",
                "seed": 7,
                "mode": "fix",
                "instruction": "no cat",
                "options": {"denoising_steps": 12},
                "conditions": [{"role": "next"}, {"role": "present"}],
                "program": "0.1",
                "renderer": "r 1",
            },
            (
                "Painter: fake",
                "Seed: 7",
                "4 by 3 pixels",
                "Painting passes: 12",
                "A fix: no cat",
                "Saw the next picture, the take before it",
                "Interstep 0.1, r 1",
            ),
        ),
        (
            {
                "painter": "x",
                "conditions": [
                    {"role": "previous", "sha256": "a"},
                    {"role": "next", "sha256": "b"},
                ],
                "left_out": ["a"],
            },
            (
                "Painter: x",
                "Seed: ",
                "4 by 3 pixels",
                "Saw the next picture",
                "Could not make out the previous picture",
            ),
        ),
        (
            {"painter": None, "options": 3, "conditions": 4},
            ("Painter: None", "Seed: ", "4 by 3 pixels", "Saw no other picture"),
        ),
        (
            {"painter": "x", "conditions": [{"role": [1]}, 2]},
            ("Painter: x", "Seed: ", "4 by 3 pixels", "Saw no other picture"),
        ),
    ],
)
def test_a_recipe_in_words(recipe: dict[str, object], told: tuple[str, ...]) -> None:
    assert recipe_words(TakeInfo("a", "image/png", 4, 3, 9, recipe, {}, "fake")) == told


@pytest.mark.parametrize(
    ("stale", "told"),
    [
        (Stale("text"), "Stale: the text changed"),
        (Stale("neighbour", "2"), "Stale: the picture of step 2 changed"),
        (Stale("look", "pot"), "Stale: pot is now blue"),
        (Stale("look", "cup"), "Stale: the look of cup changed"),
        (Stale("anchor"), "Stale: the anchor changed"),
        (Stale("camera"), "Stale: the camera changed"),
    ],
)
def test_why_a_picture_is_stale_in_words(stale: Stale, told: str) -> None:
    look = Look(entries=(LookEntry("pot", appearance="blue"),))
    assert stale_words(stale, Tutorial("t", look=look)) == told
