"""The author's own image into a picture: from a file, a drop or the clipboard."""

import hashlib
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.tutorial.errors import TutorialError
from app.tutorial.model import Take
from app.tutorial.photos import read_photo
from app.window.picture_edits import add_take
from app.window.workplace import Workplace

translate = QCoreApplication.translate

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def choose_file(workplace: Workplace, step: str, picture: str, parent: QWidget | None) -> None:
    """Ask for an image file and show it in the picture."""
    kinds = translate("PictureImport", "Pictures ({kinds})").format(
        kinds=" ".join(f"*{suffix}" for suffix in SUFFIXES)
    )
    title = translate("PictureImport", "Import a picture")
    name, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    if name:
        import_file(workplace, step, picture, Path(name))


def import_file(workplace: Workplace, step: str, picture: str, path: Path) -> None:
    """Show an image file in the picture; read off the GUI thread, its bytes kept as they are."""
    workplace.background.run(
        lambda: read_photo(path),
        lambda take: add_take(workplace, step, picture, take),
        lambda error: workplace.picture_states.troubled.emit(f"{error}."),
    )


def holds_image(data: QMimeData | None) -> bool:
    """Whether a drop or the clipboard brings an image; a clipboard may hold nothing at all."""
    return data is not None and (data.hasImage() or _file_of(data) is not None)


def import_data(workplace: Workplace, step: str, picture: str, data: QMimeData) -> None:
    """Show what was dropped or pasted in the picture."""
    path = _file_of(data)
    if path is not None:
        import_file(workplace, step, picture, path)
    elif data.hasImage():
        image = QImage(data.imageData())
        workplace.background.run(
            lambda: pasted(image),
            lambda take: add_take(workplace, step, picture, take),
            lambda error: workplace.picture_states.troubled.emit(f"{error}."),
        )


def pasted(image: QImage) -> Take:
    """Return an image of the clipboard as a take, as PNG; raises TutorialError."""
    array = QByteArray()
    buffer = QBuffer(array)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise TutorialError("the clipboard holds no picture", "copy it again")
    data = bytes(array.data())
    sha256 = hashlib.sha256(data).hexdigest()
    return Take(sha256, "image/png", image.width(), image.height(), data, {}, {}, "photo")


def _file_of(data: QMimeData) -> Path | None:
    """Return the first local image file, or None."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() in SUFFIXES), None)
