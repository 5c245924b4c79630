"""Two takes compared, in pictures and in words, and one take zoomed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from picture_desk import BLUE, GREEN, PLACE, RED, one_step, painted, photo, picture_of
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.tutorial.reading import TakeInfo
from app.window import picture_edits
from app.window.compare import ComparePane
from app.window.take_differences import differences, differing_pixels, scene_differences
from app.window.workplace import Workplace
from app.window.zoom_view import ZoomPane, picture_seen
from assets.sprites.scene import Placed, Scene, scene_to_json

Make = Callable[..., Workplace]

CACTUS = Placed("cactus", "standing", 0.4, 0.5, 0.3)
POT = Placed("plant pot", "empty", 0.7, 0.6, 0.4)
SCENE = Scene("garden", (CACTUS, POT))


def compared(workplace: Workplace, qtbot: QtBot) -> ComparePane:
    pane = ComparePane(workplace, *PLACE)
    qtbot.addWidget(pane)
    pane.resize(640, 480)
    pane.show()
    return pane


@pytest.mark.parametrize(
    ("right", "told"),
    [
        (SCENE, []),
        (Scene("garden", (POT, CACTUS)), []),
        (Scene("kitchen", (CACTUS, POT)), ["Background: garden on the left, kitchen on the right"]),
        (Scene("garden", (CACTUS,)), ["Only on the left: plant pot"]),
        (
            Scene("garden", (*SCENE.sprites, Placed("hand", "open", 0.1, 0.1, 0.2))),
            ["Only on the right: hand"],
        ),
        (Scene("garden", (replace(CACTUS, x=0.41), POT)), []),
        (Scene("garden", (replace(CACTUS, x=0.6), POT)), ["Moved: cactus"]),
        (Scene("garden", (CACTUS, replace(POT, tint="blue"))), ["On the right plant pot is blue"]),
        (Scene("garden", (CACTUS, replace(POT, size=0.6))), ["Larger on the right: plant pot"]),
        (
            Scene("garden", (CACTUS, replace(POT, state="full"))),
            ["plant pot: empty on the left, full on the right"],
        ),
        (Scene("garden", (replace(CACTUS, flip=True), POT)), ["Turned: cactus"]),
    ],
)
def test_what_differs_between_scenes(right: Scene, told: list[str]) -> None:
    assert list(scene_differences(SCENE, right)) == told


def test_sprites_of_one_name_are_matched_by_nearness() -> None:
    far = replace(POT, x=0.1)
    left, right = Scene(None, (POT, far)), Scene(None, (far, POT, replace(POT, x=0.45)))
    assert list(scene_differences(left, right)) == ["Only on the right: plant pot"]


def test_takes_without_scenes_differ_in_size_seed_and_painter() -> None:
    left = TakeInfo("a", "image/png", 4, 3, 9, {"painter": "fake", "seed": 1}, {}, "fake")
    damaged = {"scene": {"background": "x", "sprites": 3}}
    right = TakeInfo("b", "image/png", 8, 6, 9, {"painter": "fake", "seed": 2}, damaged, "fake")
    assert differences(left, right) == (
        "Size: 4 by 3 pixels on the left, 8 by 6 on the right",
        "Seed: 1 on the left, 2 on the right",
    )
    photo_info = replace(left, recipe={}, source={"scene": scene_to_json(SCENE)})
    assert differences(photo_info, left) == (
        "Painter: none on the left, fake on the right",
        "Seed: none on the left, 1 on the right",
    )


def test_pixels_that_differ_are_counted() -> None:
    assert differing_pixels(RED, RED) == 0
    assert differing_pixels(RED, BLUE) == 1
    assert differing_pixels(RED, GREEN) is None
    assert differing_pixels(photo("#000000"), photo("#000001")) == 1


def test_two_takes_stand_side_by_side_and_one_is_chosen(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED, GREEN, BLUE), [RED, GREEN, BLUE])
    pane = compared(workplace, qtbot)
    assert [box.currentText() for box in pane.boxes] == ["Take 1, chosen", "Take 3"]
    assert [button.isEnabled() for button in pane.buttons] == [False, True]
    qtbot.waitUntil(lambda: "100.0 % of the pixels differ" in pane.words.text())

    def colours() -> list[str]:
        grabbed = pane.canvas.grab().toImage()
        y = pane.canvas.height() // 2
        return [grabbed.pixelColor(round(pane.canvas.width() * x), y).name() for x in (0.2, 0.8)]

    qtbot.waitUntil(lambda: colours() == ["#ff0000", "#0000ff"])
    qtbot.mouseClick(pane.buttons[1], Qt.MouseButton.LeftButton)
    assert picture_of(workplace).chosen == BLUE.sha256
    assert [box.currentText() for box in pane.boxes] == ["Take 1", "Take 3, chosen"]
    assert [button.isEnabled() for button in pane.buttons] == [True, False]
    pane.boxes[1].setCurrentIndex(0)
    assert pane.words.text() == "This is the same take twice."


def test_the_slider_goes_with_arrows_and_mouse(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED, BLUE), [RED, BLUE])
    pane = compared(workplace, qtbot)
    canvas = pane.canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.at == 0.5
    qtbot.mouseClick(pane.slider, Qt.MouseButton.LeftButton)
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.at == pytest.approx(0.52)
    assert canvas.accessibleDescription() == "52 %"
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(0, canvas.height() // 2))
    assert canvas.at == 0

    def beside_the_knob() -> str:
        grabbed = canvas.grab().toImage()
        return grabbed.pixelColor(canvas.width() // 2, canvas.height() // 2).name()

    qtbot.waitUntil(lambda: beside_the_knob() == "#0000ff")


def test_escape_and_a_lost_take_close_the_comparison(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED, BLUE), [RED, BLUE])
    pane = compared(workplace, qtbot)
    with qtbot.waitSignal(pane.closed):
        qtbot.keyClick(pane.canvas, Qt.Key.Key_Escape)
    with qtbot.waitSignal(pane.closed):
        picture_edits.trash(workplace, *PLACE, BLUE.sha256)


def test_painted_takes_are_compared_by_their_seeds(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    painted(workplace, qtbot, 2)
    pane = compared(workplace, qtbot)
    assert "Seed: " in pane.words.text()


def test_zoom_fits_then_goes_to_any_scale(make_workplace: Make, qtbot: QtBot) -> None:
    large = photo("red", 400, 200)
    workplace = make_workplace(one_step(large), [large])
    pane = ZoomPane(workplace, picture_seen(*PLACE))
    qtbot.addWidget(pane)
    pane.resize(300, 300)
    pane.show()
    canvas = pane.canvas
    qtbot.waitUntil(lambda: canvas.scale < 1)
    assert canvas.scale == pytest.approx(canvas.width() / 400)
    qtbot.mouseClick(pane.double, Qt.MouseButton.LeftButton)
    assert (canvas.scale, pane.scale.text()) == (2.0, "200 %")
    before = canvas.centre
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.centre.x() == before.x() + 24
    for _ in range(40):
        qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.centre.x() == 0
    qtbot.keyClick(canvas, "1")
    assert canvas.scale == 1
    qtbot.keyClick(canvas, "-")
    assert canvas.scale == pytest.approx(0.8)
    qtbot.keyClick(canvas, "0")
    assert canvas.scale == pytest.approx(canvas.width() / 400)
    pane.resize(200, 300)
    assert canvas.scale == pytest.approx(canvas.width() / 400)


def test_the_wheel_zooms_where_the_mouse_is_and_the_drag_moves(
    make_workplace: Make, qtbot: QtBot
) -> None:
    large = photo("red", 400, 400)
    workplace = make_workplace(one_step(large), [large])
    pane = ZoomPane(workplace, picture_seen(*PLACE))
    qtbot.addWidget(pane)
    pane.resize(300, 300)
    pane.show()
    canvas = pane.canvas
    qtbot.waitUntil(lambda: canvas.scale < 1)
    canvas.zoom_to(1.0)
    middle = QPointF(canvas.width() / 2, canvas.height() / 2)
    place = middle + QPointF(30, 0)
    under = canvas.centre + QPointF(30, 0)
    wheel = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, wheel)
    assert canvas.scale == 1.25
    assert canvas.centre.x() == pytest.approx(under.x() - 30 / 1.25)
    before = canvas.centre
    start = middle.toPoint()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, start + QPoint(-25, 0))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start)
    assert canvas.centre.x() == pytest.approx(before.x() + 20)
    with qtbot.waitSignal(pane.closed):
        qtbot.keyClick(canvas, Qt.Key.Key_Escape)
