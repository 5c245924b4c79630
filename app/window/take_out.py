"""A take out of the tutorial: to the clipboard, or into a file of its own."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSaveFile
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.tutorial.errors import TutorialError
from app.tutorial.model import Take
from app.window.images import decoded
from app.window.workplace import Workplace

translate = QCoreApplication.translate

SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
LARGEST = 16384  # pixels a side on the clipboard


def copy_take(workplace: Workplace, sha256: str) -> None:
    """Put a take on the clipboard, in its full size."""

    def put(image: QImage | None) -> None:
        if image is None:
            workplace.picture_states.troubled.emit(_unreadable())
            return
        QGuiApplication.clipboard().setImage(image)
        said = translate("TakeOut", "The picture is on the clipboard.")
        workplace.announcer.say(said)

    def decode(take: Take) -> None:
        workplace.background.run(lambda: decoded(take.data, LARGEST), put)

    workplace.opened.take(sha256, decode, lambda error: _tell(workplace, error))


def save_take(workplace: Workplace, sha256: str, parent: QWidget | None) -> None:
    """Ask where to, and write the take's own bytes there."""
    info = workplace.opened.infos[sha256]
    suffix = SUFFIXES[info.media_type]
    title = translate("TakeOut", "Save the picture")
    name, _ = QFileDialog.getSaveFileName(parent, title, f"picture{suffix}", f"*{suffix}")
    if name:
        write_take(workplace, sha256, Path(name).with_suffix(suffix))


def write_take(workplace: Workplace, sha256: str, path: Path) -> None:
    """Write the take's own bytes into a file; one that was there is replaced whole."""

    def write(take: Take) -> None:
        workplace.background.run(
            lambda: _written(take, path), failed=lambda error: _tell(workplace, error)
        )

    workplace.opened.take(sha256, write, lambda error: _tell(workplace, error))


def _written(take: Take, path: Path) -> None:
    """Write the file; raises TutorialError."""
    file = QSaveFile(str(path))
    written = file.open(QSaveFile.OpenModeFlag.WriteOnly) and file.write(take.data) >= 0
    if not (written and file.commit()):
        raise TutorialError(f"“{path.name}” can't be written", "choose another folder")


def _tell(workplace: Workplace, error: Exception) -> None:
    workplace.picture_states.troubled.emit(f"{error}.")


def _unreadable() -> str:
    return translate(
        "TakeOut", "This picture can't be read: choose another take, or paint it again."
    )
