"""What is pasted or dropped on a step: a picture becomes a take, rich text becomes steps.

Nothing is fetched: a picture comes from the clipboard itself, from a data: address or a local file.
"""

import base64
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMimeData
from PySide6.QtGui import QImage, QTextDocument

from app.tutorial import edits
from app.tutorial.errors import TutorialError
from app.tutorial.importing import Imported, from_text
from app.tutorial.model import MAX_PICTURES, Picture, Take, new_id, step_by_id
from app.tutorial.photos import read_photo
from app.window.workplace import Workplace

DATA = re.compile(r'<img[^>]+src="data:image/(png|jpeg|webp);base64,([A-Za-z0-9+/=\s]+)"[^>]*>')
MOST = 60  # pictures of one paste


def paste(workplace: Workplace, step_id: str, data: QMimeData, tell: Callable[[str], None]) -> None:
    """Put what is pasted behind or into a step; tell(sentence) says what could not be read."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    image = data.imageData()
    page = data.html() if data.hasHtml() and "<img" in data.html() else ""

    def read() -> Imported | list[Take]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if page:
                return _of_page(page, folder)
            if isinstance(image, QImage) and not files:
                return [read_photo(_png(image, folder / "pasted.png"))]
            return [read_photo(path) for path in files]

    def done(result: Imported | list[Take]) -> None:
        if isinstance(result, Imported):
            _insert_steps(workplace, step_id, result)
        else:
            add_pictures(workplace, step_id, "", result)

    def failed(error: Exception) -> None:
        if not isinstance(error, TutorialError | OSError):
            raise error
        tell(f"{error}.")

    workplace.background.run(read, done, failed)


def add_pictures(workplace: Workplace, step_id: str, picture_id: str, takes: list[Take]) -> None:
    """Offer the takes in a picture and choose the last, or give each a picture of its own."""
    opened = workplace.opened
    step = step_by_id(opened.tutorial, step_id)
    if step is None or not takes:
        return
    opened.add_takes(takes)
    tutorial, entries = opened.tutorial, []
    for take in takes:
        target = picture_id
        if not target:
            empty = [one.id for one in step.pictures if one.chosen is None]
            target = empty[0] if empty else ""
        if not target and len(step.pictures) < MAX_PICTURES:
            target = new_id()
            tutorial, entry = edits.insert_picture(tutorial, step_id, Picture(target))
            entries.append(entry)
        target = target or step.pictures[-1].id
        place = next((one for one in tutorial.steps if one.id == step_id), step).pictures
        chosen = next((one.chosen for one in place if one.id == target), None)
        tutorial, entry = edits.offer_take(
            tutorial, step_id, target, take.sha256, instead_of=chosen
        )
        entries.append(entry)
        step = step_by_id(tutorial, step_id) or step
    opened.edit((tutorial, edits.chained(entries)))


def _insert_steps(workplace: Workplace, step_id: str, imported: Imported) -> None:
    opened = workplace.opened
    opened.add_takes(imported.takes.values())
    ids = [step.id for step in opened.tutorial.steps]
    place = ids.index(step_id) + 1 if step_id in ids else len(ids)
    opened.edit(edits.insert_steps(opened.tutorial, imported.tutorial.steps, place))


def _of_page(page: str, folder: Path) -> Imported:
    """Return the steps of rich text, with those pictures that it holds itself."""
    names: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if len(names) >= MOST:
            return ""
        name = f"picture-{len(names)}.{match[1]}"
        (folder / name).write_bytes(base64.b64decode(match[2]))
        names.append(name)
        return f"<p>IMAGE:{name}:</p>"

    document = QTextDocument()
    document.setHtml(re.sub(r"<img[^>]*>", "", DATA.sub(keep, page)))
    text = re.sub(r"IMAGE:([\w.-]+):", r"![](\1)", document.toPlainText())
    paragraphs = [line for line in text.split("\n") if line.strip()]
    if not paragraphs:
        raise TutorialError(
            QCoreApplication.translate("Pasting", "nothing of this can be pasted"),
            QCoreApplication.translate("Pasting", "copy text or a picture"),
        )
    return from_text("\n\n".join(paragraphs), folder=folder)


def _png(image: QImage, path: Path) -> Path:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    path.write_bytes(bytes(data.data()))
    return path
