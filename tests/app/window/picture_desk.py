"""Tutorials with one picture, as tests of pictures use them."""

import io
from dataclasses import replace

from PIL import Image as Pixels
from pytestqt.qtbot import QtBot

from app.tutorial.model import Picture, Step, Take, Tutorial
from app.tutorial.undo import picture_by_id
from app.window import picture_jobs
from app.window.workplace import Workplace
from inference.protocol import image

PLACE = ("s1", "p1")


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
