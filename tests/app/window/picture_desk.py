"""Tutorials with one picture, as tests of pictures use them."""

import io
from dataclasses import replace
from typing import TypeVar

from PIL import Image as Pixels
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.tutorial.model import Picture, Step, Take, Tutorial, step_by_id
from app.tutorial.undo import picture_by_id
from app.window import picture_jobs
from app.window.picture_view import PictureView
from app.window.workplace import Workplace
from inference.protocol import image

PLACE = ("s1", "p1")
W = TypeVar("W", bound=QWidget)


def photo(colour: str, width: int = 40, height: int = 20) -> Take:
    """An imported take of one colour."""
    file = io.BytesIO()
    Pixels.new("RGB", (width, height), colour).save(file, "PNG")
    data = file.getvalue()
    sha256 = image(data, width, height).sha256
    return Take(sha256, "image/png", width, height, data, {}, {}, "photo")


RED, BLUE, GREEN = photo("red"), photo("blue"), photo("green", 20, 20)


def one_step(*takes: Take, **fields: object) -> Tutorial:
    """A tutorial with one picture that offers these takes and shows the first."""
    names = tuple(take.sha256 for take in takes)
    picture = Picture("p1", "A pot.", takes=names, chosen=names[0] if names else None)
    picture = replace(picture, **fields)  # type: ignore[arg-type]
    return Tutorial("t", "Soup", steps=(Step("s1", "Boil", "Boil it.", pictures=(picture,)),))


def picture_of(workplace: Workplace) -> Picture:
    picture = picture_by_id(workplace.opened.tutorial, *PLACE)
    assert picture is not None
    return picture


def painted(workplace: Workplace, qtbot: QtBot, takes: int = 1) -> None:
    """Wait until the fake engine has painted so many takes."""
    with qtbot.waitSignals([workplace.runs.job_ended] * takes, timeout=10_000):
        picture_jobs.paint(workplace, *PLACE, takes)


def shown(workplace: Workplace, qtbot: QtBot, width: int = 252) -> PictureView:
    """A view of the picture on screen that follows the tutorial as a page's does."""
    window = workplace.announcer.parent()
    assert isinstance(window, QWidget)
    desk = QWidget(window, Qt.WindowType.Window)
    desk.resize(width + 120, 700)
    away = QLineEdit(desk)
    away.setGeometry(width + 10, 0, 100, 30)
    view = PictureView(workplace, *PLACE, desk)

    def follow(*_: object) -> None:
        picture = picture_by_id(workplace.opened.tutorial, *PLACE)
        step = step_by_id(workplace.opened.tutorial, "s1")
        if picture is not None and step is not None:
            view.follow(picture, 1, step.title)

    view.height_changed.connect(lambda: view.resize(width, view.heightForWidth(width)))
    workplace.opened.tutorial_changed.connect(follow)
    workplace.picture_states.state_changed.connect(lambda _picture: view.refresh())
    follow()
    view.resize(width, view.heightForWidth(width))
    desk.show()
    desk.activateWindow()
    qtbot.mouseMove(away)
    away.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is away and not view.underMouse())
    return view


def part(view: PictureView, kind: type[W]) -> W | None:
    """The part of this kind that is shown, or None."""
    return next((one for one in view.findChildren(kind) if not one.isHidden()), None)
