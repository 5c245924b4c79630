"""A fix inside a region: drawn with the mouse or the keys, as a mask at the engine, repeated."""

import base64
import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from picture_desk import GREEN, PLACE, RED, one_step, part, photo, picture_of, shown
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tutorial import edits
from app.tutorial.model import Making, PaintOptions, Take, Tutorial
from app.tutorial.region import Rectangle, mask_of
from app.window.pack_rows import PackRow
from app.window.picture_tools import FixPanel
from app.window.recipe_view import RecipeView
from app.window.region_field import RegionField
from app.window.workplace import Workplace

Make = Callable[..., Workplace]
KLEIN = PackRow("klein", "Klein", True, 5, "klein", default=True)
STARTER = PackRow("starter", "Starter", True, 5, "storyboard")
GREEN_SEEN = "#008000"
SHIFT = Qt.KeyboardModifier.ShiftModifier
MIDDLE = (Rectangle(0.25, 0.25, 0.75, 0.75),)


class Fixing:
    """A picture on screen whose fix is asked for, with a painter of pixels."""

    def __init__(self, make: Make, qtbot: QtBot, take: Take = RED, width: int = 200) -> None:
        self.qtbot = qtbot
        self.workplace = make(one_step(take), [take])
        self.workplace.picture_states.set_packs([STARTER, KLEIN])
        self.view = shown(self.workplace, qtbot, width)
        self.workplace.picture_states.fix_requested.emit(*PLACE)
        panel, field = part(self.view, FixPanel), part(self.view, RegionField)
        assert panel is not None
        assert field is not None
        self.panel, self.field = panel, field

    def at(self, x: float, y: float) -> QPoint:
        """The point at these fractions of what is seen; not 0, 0, which QTest takes for none."""
        return QPoint(round(x * self.field.width()), round(y * self.field.height()))

    def drag(self, *way: tuple[float, float], keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
        """Press at the first place, move over the others, let go at the last."""
        button, points = Qt.MouseButton.LeftButton, [self.at(*place) for place in way]
        self.qtbot.mousePress(self.field, button, keys, points[0])
        for point in points[1:]:
            self.qtbot.mouseMove(self.field, point)
        self.qtbot.mouseRelease(self.field, button, keys, points[-1])

    def key(self, key: Qt.Key, keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        self.qtbot.keyClick(QApplication.focusWidget(), key, keys)

    def paint(self, instruction: str = "blue") -> dict[str, Any]:
        """Paint it and return the recipe of the take."""
        self.qtbot.keyClicks(self.panel.field, instruction)
        with self.qtbot.waitSignal(self.workplace.runs.job_ended, timeout=10_000):
            self.qtbot.mouseClick(self.panel.button, Qt.MouseButton.LeftButton)
        chosen = picture_of(self.workplace).chosen
        return dict(self.workplace.opened.infos[chosen or ""].recipe)


@pytest.fixture
def fixing(make_workplace: Make, qtbot: QtBot) -> Fixing:
    return Fixing(make_workplace, qtbot)


def white(recipe: dict[str, Any]) -> tuple[int, ...] | None:
    """Left, top, right and bottom of what is white in a recipe's mask."""
    data = base64.b64decode(recipe["mask"]["base64"])
    return Image.open(io.BytesIO(data)).convert("L").getbbox()


# ------------------------------------------------------------ the mouse


@pytest.mark.parametrize("zoom", [0.8, 1.0, 2.0])
@pytest.mark.parametrize("width", [160, 200, 480])
def test_the_mask_is_the_same_at_every_size(
    make_workplace: Make, qtbot: QtBot, width: int, zoom: float
) -> None:
    fixing = Fixing(make_workplace, qtbot, width=width)
    fixing.workplace.theme.use(zoom=zoom)
    assert fixing.view.devicePixelRatioF() == float(os.environ.get("QT_SCALE_FACTOR", "1"))
    fixing.drag((0.25, 0.25), (0.9, 0.1), (0.75, 0.75))
    assert fixing.field.region == MIDDLE
    mask = mask_of(MIDDLE, 40, 20)
    assert fixing.paint()["mask"] == {
        "sha256": mask.sha256, "width": 40, "height": 20, "base64": mask.base64
    }  # fmt: skip


@pytest.mark.parametrize("factor", ["1.5", "2"])
def test_the_mask_is_the_same_on_finer_screens(factor: str) -> None:
    test = f"{__file__}::{test_the_mask_is_the_same_at_every_size.__name__}[200-1.0]"
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test)
    done = subprocess.run(
        command, env=os.environ | {"QT_SCALE_FACTOR": factor}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_a_drag_backwards_is_as_good(fixing: Fixing) -> None:
    fixing.drag((0.75, 0.75), (0.25, 0.25))
    assert fixing.field.region == MIDDLE


def test_shift_adds_and_a_new_drag_replaces(fixing: Fixing) -> None:
    fixing.drag((0, 0.5), (0.25, 0))
    fixing.drag((0.5, 0.5), (1, 1), keys=SHIFT)
    two = (Rectangle(0, 0, 0.25, 0.5), Rectangle(0.5, 0.5, 1, 1))
    assert fixing.field.region == two
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    assert fixing.field.region == MIDDLE


def test_a_click_and_a_drag_that_comes_back_change_nothing(fixing: Fixing) -> None:
    fixing.drag((0.5, 0.5), (0.5, 0.5))
    assert fixing.field.region == ()
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    fixing.drag((0.5, 0.5), (0.9, 0.9), (0.5, 0.5))
    assert fixing.field.region == MIDDLE
    fixing.qtbot.mouseClick(fixing.field, Qt.MouseButton.RightButton)
    assert fixing.field.region == MIDDLE


def test_escape_ends_a_drag_without_a_trace(fixing: Fixing) -> None:
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    fixing.qtbot.mousePress(fixing.field, Qt.MouseButton.LeftButton, pos=fixing.at(0.1, 0.1))
    fixing.qtbot.mouseMove(fixing.field, fixing.at(0.5, 0.5))
    assert fixing.field.region != MIDDLE
    fixing.key(Qt.Key.Key_Escape)
    fixing.qtbot.mouseMove(fixing.field, fixing.at(0.9, 0.9))
    fixing.qtbot.mouseRelease(fixing.field, Qt.MouseButton.LeftButton, pos=fixing.at(0.9, 0.9))
    assert fixing.field.region == MIDDLE
    assert part(fixing.view, FixPanel) is fixing.panel


def test_a_drag_beyond_the_picture_ends_at_its_edge(fixing: Fixing) -> None:
    fixing.drag((0.5, 0.5), (7, -3))
    assert fixing.field.region == (Rectangle(0.5, 0, 1, 0.5),)
    assert white(fixing.paint()) == (20, 0, 40, 10)


@pytest.mark.parametrize(("start", "end"), [((0.5, 0.5), (0.52, 0.5)), ((1, 1), (1, 0.9))])
def test_a_region_as_thin_as_a_line_is_a_pixel_at_least(
    fixing: Fixing, start: tuple[float, float], end: tuple[float, float]
) -> None:
    fixing.drag(start, end)
    left, top, right, bottom = white(fixing.paint()) or (0, 0, 0, 0)
    assert right - left >= 1
    assert bottom - top >= 1


def test_of_a_very_tall_picture_a_region_lies_in_the_part_that_is_seen(
    make_workplace: Make, qtbot: QtBot
) -> None:
    fixing = Fixing(make_workplace, qtbot, photo("red", 20, 100))
    assert fixing.field.height() == 400
    fixing.drag((0, 1), (1, 0))
    assert white(fixing.paint()) == (0, 30, 20, 70)


def test_the_words_come_next(fixing: Fixing) -> None:
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    assert fixing.panel.field.hasFocus()
    assert fixing.panel.where.text() == "Only inside the marked region changes."
    fixing.qtbot.mouseClick(fixing.panel.mark, Qt.MouseButton.LeftButton)
    assert fixing.field.region == ()
    assert "drag" in fixing.panel.where.text().lower()
    assert fixing.paint()["mask"] is None


# ------------------------------------------------------------ the keyboard


def test_a_region_is_marked_with_keys_alone(fixing: Fixing) -> None:
    said: list[str] = []
    fixing.workplace.announcer.announced.connect(said.append)
    fixing.qtbot.keyClicks(fixing.panel.field, "blue")
    fixing.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is fixing.panel.mark
    fixing.key(Qt.Key.Key_Space)
    assert fixing.field.hasFocus()
    assert fixing.field.region == MIDDLE
    assert fixing.panel.where.text() == "Arrow keys move it, with Shift they size it."
    for key, keys in (
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Right, SHIFT),
        (Qt.Key.Key_Up, SHIFT),
    ):
        for _ in range(5):
            fixing.key(key, keys)
    (region,) = fixing.field.region
    found = (region.x0, region.y0, region.x1, region.y1)
    assert found == pytest.approx((0.2, 0.3, 0.75, 0.75))
    assert said[-1] == "Rectangle 1: 20 to 75 % across, 30 to 75 % down."
    assert fixing.field.accessibleDescription() == said[-1]
    fixing.key(Qt.Key.Key_Return)
    assert fixing.panel.field.hasFocus()
    assert fixing.panel.where.text() == "Only inside the marked region changes."
    fixing.key(Qt.Key.Key_Return)
    assert part(fixing.view, RegionField) is None


def test_keys_keep_a_region_within_the_picture(fixing: Fixing) -> None:
    fixing.field.setFocus()
    fixing.key(Qt.Key.Key_Return)
    for _ in range(120):
        fixing.key(Qt.Key.Key_Left, SHIFT)
        fixing.key(Qt.Key.Key_Up, SHIFT)
        fixing.key(Qt.Key.Key_Right)
        fixing.key(Qt.Key.Key_Down)
    assert white(fixing.paint()) == (39, 19, 40, 20)


def test_delete_takes_the_last_rectangle_back_and_escape_leaves(fixing: Fixing) -> None:
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    fixing.drag((0, 0.25), (1, 0), keys=SHIFT)
    fixing.field.setFocus()
    fixing.key(Qt.Key.Key_Delete)
    assert fixing.field.region == MIDDLE
    fixing.key(Qt.Key.Key_Delete)
    fixing.key(Qt.Key.Key_Delete)
    assert fixing.field.region == ()
    assert "whole picture" in fixing.field.accessibleDescription()
    assert picture_of(fixing.workplace).chosen == RED.sha256  # not what Delete does elsewhere
    fixing.key(Qt.Key.Key_Escape)
    assert fixing.panel.field.hasFocus()
    fixing.key(Qt.Key.Key_Escape)
    assert part(fixing.view, FixPanel) is part(fixing.view, RegionField) is None
    assert fixing.view.hasFocus()


def test_what_it_is_and_what_keys_do_is_told(fixing: Fixing) -> None:
    assert fixing.field.accessibleName() == "Region of the picture that changes"
    assert "Shift" in fixing.field.toolTip()
    assert fixing.field in fixing.view.tab_stops


# ------------------------------------------------------------ the painter


def with_making(tutorial: Tutorial, **fields: Any) -> edits.Edit:
    return edits.set_field(tutorial, "making", Making(**fields))


def test_a_painter_of_scenes_is_offered_no_region(fixing: Fixing) -> None:
    opened, view = fixing.workplace.opened, fixing.view
    high = view.height()
    fixing.qtbot.keyClicks(fixing.panel.field, "blue")
    for fields in ({"pack": "starter"}, {"options": PaintOptions(painter="duogen")}):
        opened.edit(with_making(opened.tutorial, **fields))
        assert part(view, RegionField) is None
        assert fixing.panel.where.isHidden()
        assert fixing.panel.mark.isHidden()
        assert view.height() < high
    opened.edit(with_making(opened.tutorial, pack="starter", options=PaintOptions(painter="klein")))
    assert part(view, RegionField) is not None
    assert fixing.panel.field.text() == "blue"
    assert view.height() == high


def test_while_nothing_is_known_of_the_packs_there_is_no_region(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(one_step(RED), [RED])
    view = shown(workplace, qtbot)
    workplace.picture_states.fix_requested.emit(*PLACE)
    assert part(view, RegionField) is None
    workplace.picture_states.set_packs([replace(STARTER, default=True), KLEIN])
    assert part(view, RegionField) is None
    workplace.picture_states.set_packs([STARTER, KLEIN])
    assert part(view, RegionField) is not None


# ------------------------------------------------------------ what is kept


def test_the_recipe_repeats_the_region_and_undo_takes_the_fix_back(fixing: Fixing) -> None:
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    recipe = fixing.paint()
    workplace, fixed = fixing.workplace, picture_of(fixing.workplace).chosen
    assert recipe["mode"] == "fix"
    workplace.opened.undo()
    assert picture_of(workplace).chosen == RED.sha256
    view = RecipeView(workplace)
    fixing.qtbot.addWidget(view)
    view.show_take(*PLACE, fixed)
    assert "A fix inside a region: blue" in view.words.text()
    with fixing.qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        fixing.qtbot.mouseClick(view.again, Qt.MouseButton.LeftButton)
    assert picture_of(workplace).chosen == fixed
    assert workplace.opened.infos[fixed or ""].recipe == recipe
    workplace.opened.undo()
    workplace.opened.redo()
    assert picture_of(workplace).chosen == fixed


def test_words_and_region_outlive_another_theme(fixing: Fixing) -> None:
    fixing.qtbot.keyClicks(fixing.panel.field, "blue")
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    fixing.workplace.theme.use(dark=True, zoom=1.5)
    assert part(fixing.view, RegionField) is fixing.field
    assert fixing.field.region == MIDDLE
    assert fixing.panel.field.text() == "blue"
    assert white(fixing.paint("")) == (10, 5, 30, 15)


# ------------------------------------------------------------ how it looks


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_the_outside_is_dimmed_and_the_inside_is_not(
    make_workplace: Make, qtbot: QtBot, ratio: int, dark: bool
) -> None:
    fixing = Fixing(make_workplace, qtbot, GREEN)
    fixing.workplace.theme.use(dark=dark)

    def colour(x: float, y: float) -> str:
        image = QImage(fixing.view.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        fixing.view.render(image)
        return image.pixelColor(fixing.at(x, y) * ratio).name()

    qtbot.waitUntil(lambda: colour(0.5, 0.5) == colour(0.1, 0.5) == GREEN_SEEN)
    fixing.drag((0.25, 0.25), (0.75, 0.75))
    assert colour(0.5, 0.5) == GREEN_SEEN
    outside = {colour(x, y) for x, y in ((0.1, 0.5), (0.9, 0.5), (0.5, 0.1), (0.5, 0.9))}
    assert len(outside) == 1
    assert GREEN_SEEN not in outside
    edges = {colour(x, y) for x, y in ((0.25, 0.5), (0.75, 0.5), (0.5, 0.25), (0.5, 0.75))}
    assert edges == {fixing.workplace.theme.colour("accent").name()}
    fixing.field.clear()
    assert colour(0.1, 0.5) == GREEN_SEEN
