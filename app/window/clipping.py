"""What a paste or drop brings: steps of an author's text, or pictures for the step it falls on.

A clipping is taken on the GUI thread; reading it may decode photos and belongs on another.
Nothing is fetched: a picture comes from the clipboard itself, from its HTML or from a local file.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QImage

from app.tutorial import edits, photos
from app.tutorial.clipped_html import clipped
from app.tutorial.edits import Edit
from app.tutorial.errors import TutorialError
from app.tutorial.importing import from_text
from app.tutorial.model import MAX_PICTURES, Picture, Step, Take, Tutorial, new_id, step_by_id
from app.tutorial.notation import IMAGE, unescaped
from app.tutorial.undo import merge
from app.window import picture_import

ITEM = re.compile(r"\s*(?:\d{1,9}[.)]|[-+*])[ \t]+\S")
EMBEDDED = "data:image/"


@dataclass(frozen=True)
class Clipping:
    """What the clipboard or a drop holds. files: local ones; image: one that has no file."""

    text: str = ""
    html: str = ""
    image: QImage | None = None
    files: tuple[Path, ...] = ()

    @property
    def has_pictures(self) -> bool:
        """Whether it brings more than words; a table's image beside its words is left out."""
        embedded = EMBEDDED in self.html
        return bool(self.files) or embedded or (self.image is not None and not self.text.strip())

    @property
    def has_steps(self) -> bool:
        """Whether its words are several paragraphs or items."""
        paragraphs = [part for part in re.split(r"\n\s*\n", self.text) if part.strip()]
        items = [line for line in self.text.split("\n") if ITEM.match(line)]
        return len(paragraphs) > 1 or len(items) > 1


@dataclass(frozen=True)
class Pasted:
    """Steps to insert, or takes for one step; notices: a sentence for each surprise."""

    steps: tuple[Step, ...] = ()
    materials: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    takes: tuple[Take, ...] = ()
    notices: tuple[str, ...] = ()


def clipping(source: QMimeData) -> Clipping:
    """Return a copy of what is there, so that it can be read on any thread."""
    image = QImage(source.imageData()) if source.hasImage() else None
    paths = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
    words = source.text() if source.hasFormat("text/plain") else ""
    return Clipping(
        text=words.replace("\r\n", "\n").replace("\r", "\n"),
        html=source.html() if source.hasHtml() else "",
        image=None if image is None or image.isNull() else image,
        files=tuple(paths),
    )


def read(clip: Clipping) -> Pasted:
    """Return what a clipping brings. Raises TutorialError where nothing in it can be used."""
    if clip.files:
        return _of_files(clip.files)
    if clip.image is not None and clip.has_pictures and EMBEDDED not in clip.html:
        return Pasted(takes=(picture_import.pasted(clip.image),))
    return _of_text(clip)


def insert_pasted(tutorial: Tutorial, pasted: Pasted, step_id: str, picture_id: str = "") -> Edit:
    """Insert steps behind a step, in place of it where it is empty, or give it the takes.

    One undo entry. The takes must be kept by opened.add_takes before.
    """
    if not pasted.steps:
        return give_takes(tutorial, step_id, picture_id, pasted.takes)
    here = step_by_id(tutorial, step_id)
    at = tutorial.steps.index(here) + 1 if here else len(tutorial.steps)
    tutorial, entry = edits.insert_steps(tutorial, pasted.steps, at)
    entries = [entry]
    if here is not None and is_empty(here):
        tutorial, entry = edits.delete_step(tutorial, here.id)
        entries.append(entry)
    materials = tuple(dict.fromkeys((*tutorial.materials, *pasted.materials)))
    tutorial, entry = edits.set_field(tutorial, "materials", materials)
    entries.append(entry)
    tools = tuple(dict.fromkeys((*tutorial.tools, *pasted.tools)))
    tutorial, entry = edits.set_field(tutorial, "tools", tools)
    return tutorial, edits.chained((*entries, entry))


def is_empty(step: Step) -> bool:
    """Whether nothing was written in the step, nor anything added to it."""
    return replace(step, draft=False, checked=False) == Step(step.id)


def give_takes(tutorial: Tutorial, step_id: str, picture_id: str, takes: Sequence[Take]) -> Edit:
    """Offer takes in a step and choose them: the first in the picture named, if it is there.

    Each further one fills an empty picture or gets a new one while there is room; the last
    picture offers the rest.
    """
    entries = []
    for take in takes:
        step = step_by_id(tutorial, step_id)
        if step is None:
            break
        pictures = {picture.id: picture for picture in step.pictures}
        empty = next((p.id for p in step.pictures if not p.takes and not p.not_needed), "")
        place = picture_id if picture_id in pictures else empty
        picture_id = ""
        if not place and len(pictures) < MAX_PICTURES:
            place = new_id()
            tutorial, entry = edits.insert_picture(tutorial, step_id, Picture(place))
            entries.append(entry)
        place = place or step.pictures[-1].id
        chosen = pictures[place].chosen if place in pictures else None
        tutorial, offered = edits.offer_take(
            tutorial, step_id, place, take.sha256, instead_of=chosen
        )
        tutorial, needed = edits.set_picture(tutorial, step_id, place, "not_needed", False)
        entries += [offered, needed]
    return tutorial, merge(entries)  # a new picture and its takes are one value


def _of_files(files: tuple[Path, ...]) -> Pasted:
    takes, notices = [], []
    for path in files:
        try:
            takes.append(photos.read_photo(path))
        except TutorialError as error:
            if len(files) == 1:
                raise
            notices.append(f"{error}.")
    return Pasted(takes=tuple(takes), notices=tuple(notices))


def _of_text(clip: Clipping) -> Pasted:
    token = f"clipped-{uuid4().hex}"  # so that no text can name a picture of the HTML
    found = clipped(clip.html, token) if clip.html else None
    imported = from_text(found.text if found and found.text else clip.text)
    takes: dict[str, Take] = {}
    notices = list(imported.notices)
    for name, data in (found.images if found else {}).items():
        try:
            takes[name] = photos.photo(data, _tr("a pasted picture"))
        except TutorialError as error:
            notices.append(f"{error}.")
    if found and found.left_out:
        text = _tr("Pictures that are only addresses were left out ({n}): copy each by itself.")
        notices.append(text.format(n=found.left_out))
    whole = imported.tutorial
    steps = [_with_pictures(step, token, takes) for step in whole.steps]
    if whole.title or whole.summary:  # no word of what was pasted is lost
        intro = Step(new_id(), whole.title, whole.summary)
        steps.insert(0, _with_pictures(intro, token, takes))
    used = {sha for step in steps for picture in step.pictures for sha in picture.takes}
    kept = {take.sha256: take for take in takes.values() if take.sha256 in used}
    return Pasted(tuple(steps), whole.materials, whole.tools, tuple(kept.values()), tuple(notices))


def _with_pictures(step: Step, token: str, takes: dict[str, Take]) -> Step:
    """Return the step with the images of its text as pictures; those beyond room share the last."""
    lines, pictures = [], list(step.pictures)
    for line, match in _image_lines(step.body, token):
        take = takes.get(match[2]) if match else None
        if match is None:
            lines.append(line)
        elif take is not None and len(pictures) < MAX_PICTURES:
            alt, sha256 = unescaped(match[1]), take.sha256
            pictures.append(Picture(new_id(), alt_text=alt, takes=(sha256,), chosen=sha256))
        elif take is not None and take.sha256 not in pictures[-1].takes:
            last = pictures[-1]
            pictures[-1] = replace(last, takes=(*last.takes, take.sha256))
    if len(lines) == step.body.count("\n") + 1:
        return step
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return replace(step, body=body, pictures=tuple(pictures))


def _image_lines(body: str, token: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    for line in body.split("\n"):
        match = IMAGE.fullmatch(line.strip())
        yield line, match if match and match[2].startswith(token) else None


def _tr(text: str) -> str:
    return QCoreApplication.translate("Clipping", text)
