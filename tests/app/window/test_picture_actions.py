"""What the Picture menu does with the picture where the author is, and with many."""

from collections.abc import Callable
from pathlib import Path

import pytest
from picture_desk import BLUE, GREEN, PLACE, RED, one_step, painted, picture_of
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.engine.jobs import Painting
from app.tutorial import edits
from app.tutorial.model import Picture, Step, Tutorial
from app.window.actions import ACTIONS
from app.window.picture_actions import PictureActions
from app.window.picture_import import holds_image, import_data, import_file
from app.window.workplace import Workplace

Make = Callable[..., Workplace]


def actions_of(workplace: Workplace, step: str = "s1", picture: str = "p1") -> PictureActions:
    return PictureActions(workplace, lambda: (step, picture))


def missing_two() -> Tutorial:
    """Four steps; the second and the fourth wait for their picture, the third needs none."""
    shown = Picture("p1", "A pot.", takes=(RED.sha256,), chosen=RED.sha256)
    steps = (
        Step("s1", "Boil", "Boil it.", pictures=(shown,)),
        Step("s2", "Stir", "Stir it.", pictures=(Picture("p2", "A spoon."),)),
        Step("s3", "Wait", "Wait.", pictures=(Picture("p3", not_needed=True),)),
        Step("s4", "Eat", "Eat it.", pictures=(Picture("p4", "A plate."),)),
    )
    return Tutorial("t", "Soup", steps=steps)


def test_every_action_of_the_menu_is_done(workplace: Workplace) -> None:
    names = {spec.name for spec in ACTIONS if spec.menu == "Picture"}
    assert actions_of(workplace).handlers.keys() == names - {"stop"}


def test_a_step_without_a_picture_gets_one(workplace: Workplace, qtbot: QtBot) -> None:
    handlers = actions_of(workplace, "s1", "").handlers
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        handlers["paint"]()
    (picture,) = workplace.opened.tutorial.steps[0].pictures
    assert len(picture.takes) == 1
    assert picture.chosen == picture.takes[0]
    workplace.opened.undo()
    assert workplace.opened.tutorial.steps[0].pictures == ()


def test_no_picture_is_needed_where_there_is_none(workplace: Workplace) -> None:
    handlers = actions_of(workplace, "s1", "").handlers
    handlers["no_picture"]()
    (picture,) = workplace.opened.tutorial.steps[0].pictures
    assert picture.not_needed
    handlers["no_picture"]()
    assert not workplace.opened.tutorial.steps[0].pictures[0].not_needed


def test_takes_are_chosen_starred_and_used(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step(RED, BLUE, GREEN), [RED, BLUE, GREEN])
    handlers = actions_of(workplace).handlers
    chosen = []
    for name in ("next_take", "next_take", "next_take", "previous_take"):
        handlers[name]()
        chosen.append(picture_of(workplace).chosen)
    assert chosen == [BLUE.sha256, GREEN.sha256, RED.sha256, GREEN.sha256]
    handlers["star"]()
    handlers["anchor"]()
    handlers["cover"]()
    assert picture_of(workplace).starred == (GREEN.sha256,)
    tutorial = workplace.opened.tutorial
    assert tutorial.anchor == tutorial.cover == GREEN.sha256


@pytest.mark.parametrize(
    ("action", "signal"),
    [("compare", "compare_requested"), ("zoom_picture", "zoom_requested")],
)
def test_what_the_window_shows_is_asked_for(
    make_workplace: Make, qtbot: QtBot, action: str, signal: str
) -> None:
    actions = actions_of(make_workplace(one_step(RED, BLUE), [RED, BLUE]))
    with qtbot.waitSignal(getattr(actions, signal)) as told:
        actions.handlers[action]()
    assert told.args == ["s1", "p1"]


@pytest.mark.parametrize(
    ("where", "action", "told"),
    [
        (("", ""), "paint", "Put the caret into a step first."),
        (("s1", ""), "fix", "This step has no picture yet: paint or import one first."),
        (("s1", ""), "zoom_picture", "This step has no picture yet: paint or import one first."),
        (("s1", ""), "refresh_stale", "No picture is stale."),
    ],
)
def test_what_can_not_be_done_is_a_sentence(
    workplace: Workplace, qtbot: QtBot, where: tuple[str, str], action: str, told: str
) -> None:
    actions = actions_of(workplace, *where)
    with qtbot.waitSignal(actions.troubled) as signal:
        actions.handlers[action]()
    assert signal.args == [told]


def test_one_take_can_not_be_compared(make_workplace: Make, qtbot: QtBot) -> None:
    actions = actions_of(make_workplace(one_step(RED), [RED]))
    with qtbot.waitSignal(actions.troubled) as signal:
        actions.handlers["compare"]()
    assert signal.args == ["This picture has one take: paint another to compare them."]


def test_missing_pictures_are_painted_in_order(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(missing_two(), [RED])
    actions, said = actions_of(workplace), list[str]()
    workplace.announcer.announced.connect(said.append)
    text = workplace.actions["paint_missing"].text()
    assert "2 pictures" in text
    assert "a guess" in text
    assert not workplace.actions["refresh_stale"].isEnabled()
    jobs = list[Painting]()
    workplace.runs.job_started.connect(jobs.append)
    with qtbot.waitSignals([workplace.runs.job_ended] * 2, timeout=10_000):
        actions.handlers["paint_missing"]()
        actions.handlers["paint_missing"]()  # those that wait already aren't asked for twice
    assert [job.picture for job in jobs] == ["p2", "p4"]
    assert workplace.runs.waiting == ()
    second, fourth = (workplace.opened.tutorial.steps[n].pictures[0] for n in (1, 3))
    recipe = workplace.opened.infos[fourth.chosen or ""].recipe
    assert recipe["conditions"] == [{"role": "previous", "sha256": second.chosen}]
    assert said == ["The picture of step 2 is painted.", "The picture of step 4 is painted."]
    qtbot.waitUntil(lambda: not workplace.actions["paint_missing"].isEnabled())


def test_stale_pictures_are_refreshed_and_stop_keeps_the_rest(
    make_workplace: Make, qtbot: QtBot
) -> None:
    workplace = make_workplace(missing_two(), [RED])
    actions = actions_of(workplace)
    with qtbot.waitSignals([workplace.runs.job_ended] * 2, timeout=10_000):
        actions.handlers["paint_missing"]()
    for step in ("s2", "s4"):
        changed = edits.set_step(workplace.opened.tutorial, step, "body", "Otherwise.")
        workplace.opened.edit(changed)
    qtbot.waitUntil(lambda: "2 pictures" in workplace.actions["refresh_stale"].text())
    actions.handlers["refresh_stale"]()
    assert workplace.picture_states.work("p4") is not None
    with qtbot.waitSignal(workplace.runs.job_ended, timeout=10_000):
        workplace.runs.stop()
    assert workplace.runs.waiting == ()
    assert workplace.picture_states.work("p4") is None
    assert len(workplace.opened.tutorial.steps[3].pictures[0].takes) == 1


def test_keep_keeps_a_stale_picture(make_workplace: Make, qtbot: QtBot) -> None:
    workplace = make_workplace(one_step())
    painted(workplace, qtbot)
    changed = edits.set_step(workplace.opened.tutorial, "s1", "body", "Otherwise.")
    workplace.opened.edit(changed)
    assert "p1" in workplace.opened.stale
    actions_of(workplace).handlers["keep"]()
    assert "p1" not in workplace.opened.stale


def test_an_image_file_is_imported(
    make_workplace: Make,
    qtbot: QtBot,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path_factory.mktemp("photos") / "blue.png"
    path.write_bytes(BLUE.data)
    workplace = make_workplace(one_step(RED), [RED])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(workplace.opened.tutorial_changed, timeout=5000):
        actions_of(workplace).handlers["import_picture"]()
    assert picture_of(workplace).takes == (RED.sha256, BLUE.sha256)
    assert picture_of(workplace).chosen == BLUE.sha256
    workplace.opened.undo()
    assert picture_of(workplace).chosen == RED.sha256


def test_a_dropped_file_fills_a_place_that_needed_none(
    make_workplace: Make, qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("photos") / "blue.png"
    path.write_bytes(BLUE.data)
    workplace = make_workplace(one_step(not_needed=True))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    assert holds_image(data)
    with qtbot.waitSignal(workplace.opened.tutorial_changed, timeout=5000):
        import_data(workplace, *PLACE, data)
    assert picture_of(workplace).chosen == BLUE.sha256
    assert not picture_of(workplace).not_needed


def test_a_file_that_is_no_picture_is_a_sentence(
    make_workplace: Make, qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("photos") / "broken.png"
    path.write_bytes(b"\x89PNG and no more")
    workplace = make_workplace(one_step(RED), [RED])
    actions = actions_of(workplace)
    with qtbot.waitSignal(actions.troubled, timeout=5000) as told:
        import_file(workplace, *PLACE, Path(path))
    assert told.args is not None
    assert "broken.png" in told.args[0]
    assert picture_of(workplace).takes == (RED.sha256,)
