"""What is said of a picture in words: why it is stale, what the engine does, how it was made."""

from PySide6.QtCore import QCoreApplication

from app.tutorial.model import Picture, Tutorial
from app.tutorial.staleness import Stale
from app.window import picture_edits
from app.window.picture_states import Work

translate = QCoreApplication.translate


def stale_words(stale: Stale, tutorial: Tutorial) -> str:
    """Return "Stale: " and why, as in "Stale: pot is now blue"."""
    if stale.reason == "look":
        why = _look_words(stale.what, tutorial)
    else:
        why = {
            "text": translate("PictureWords", "the text changed"),
            "description": translate("PictureWords", "the description changed"),
            "palette": translate("PictureWords", "the palette changed"),
            "style": translate("PictureWords", "the style changed"),
            "camera": translate("PictureWords", "the camera changed"),
            "anchor": translate("PictureWords", "the anchor changed"),
            "neighbour": translate("PictureWords", "the picture of step {what} changed"),
        }[stale.reason].format(what=stale.what)
    return translate("PictureWords", "Stale: {why}").format(why=why)


def work_words(work: Work) -> str:
    """Return what the engine does for a picture, as in "Painting… pass 7 of 12"."""
    if work.phase == "waiting":
        return translate("PictureWords", "Waiting to be painted")
    if work.total:
        return translate("PictureWords", "Painting… pass {done} of {total}").format(
            done=work.done, total=work.total
        )
    return translate("PictureWords", "Painting…")


def takes_words(picture: Picture) -> str:
    """Return how many takes there are to choose from and in the trash: "3 takes · Trash: 1"."""
    trashed = len(picture_edits.trashed(picture))
    words = []
    if len(picture.takes) > 1:
        words.append(translate("PictureWords", "{n} takes").format(n=len(picture.takes)))
    if trashed:
        words.append(translate("PictureWords", "Trash: {n}").format(n=trashed))
    return " · ".join(words)


def _look_words(name: str, tutorial: Tutorial) -> str:
    appearance = next((e.appearance for e in tutorial.look.entries if e.name == name), "")
    if appearance:
        return translate("PictureWords", "{name} is now {appearance}").format(
            name=name, appearance=appearance
        )
    return translate("PictureWords", "the look of {name} changed").format(name=name)
