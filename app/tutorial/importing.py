"""An author's own text as a tutorial: Markdown, a numbered list, plain paragraphs, our own export.

Nothing here opens an address: images come from the text's own folder only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt

from app.tutorial import exported, photos
from app.tutorial.errors import TutorialError, sentences
from app.tutorial.headings import MAX_STEPS, Part
from app.tutorial.model import MAX_PICTURES, Picture, Step, Take, Tutorial, new_id
from app.tutorial.notation import (
    CALLOUT,
    DESCRIPTION,
    DIFFICULTY,
    DURATION,
    IMAGE,
    LABELS,
    MATERIALS,
    TOOLS,
    items,
    unescaped,
)
from app.tutorial.splitting import joined_last, split

MAX_CHARACTERS = 200_000
MAX_BYTES = 4 * MAX_CHARACTERS  # UTF-8 takes at most four a character
_ADDRESS = re.compile(r"[a-zA-Z][\w+.-]*:|[/\\]")


@dataclass(frozen=True)
class Imported:
    """A tutorial from a text, the takes of its pictures, and one sentence for each surprise."""

    tutorial: Tutorial
    takes: dict[str, Take]
    notices: tuple[str, ...] = ()


def read_markdown(path: Path) -> Imported:
    """Return the tutorial of a text file, with the images that lie in its folder.

    Our own export comes back as it was; any other text as `from_text` splits it.
    Raises TutorialError.
    """
    with sentences(path), path.open("rb") as file:
        data = file.read(MAX_BYTES + 4)
    return from_text(read_text(data), path.stem, path.parent)


def read_text(data: bytes) -> str:
    r"""Return the text of a file or of standard input, every line ended by "\n".

    Raises TutorialError for bytes that are no UTF-8 text, or more than MAX_CHARACTERS.
    """
    if len(data) > MAX_BYTES:
        raise _too_long()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TutorialError(
            "this is no text in UTF-8", "save it as a plain text file in UTF-8 and try again"
        ) from error
    if "\0" in text:
        raise TutorialError("this is no text file", "give Markdown or plain text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def from_text(text: str, name: str = "", folder: Path | None = None) -> Imported:
    """Return the author's text as a tutorial, no word changed, each kept once and in order.

    name: the title where the text has none. folder: where its images may lie; without one,
    images stay as they are written. Raises TutorialError for an empty or too long text.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise TutorialError("the text is empty", "write or paste at least one step")
    if len(text) > MAX_CHARACTERS:
        raise _too_long()
    images = _Images(folder)
    if exported.is_exported(text):
        tutorial = exported.read(text, images.picture)
        return Imported(tutorial, images.takes, tuple(images.notices))
    markdown = MarkdownIt("commonmark", {"html": False}).disable("inline")
    parts = split(text, markdown)
    head = _head(parts.intro)
    steps = tuple(_step(part, images, markdown) for part in joined_last(parts.steps))
    if len(parts.steps) > MAX_STEPS:
        images.notices.append(
            f"The text has {len(parts.steps)} steps and a tutorial at most {MAX_STEPS}: "
            f"the last step holds all from {MAX_STEPS} on, so shorten or divide it."
        )
    materials = head.materials + parts.materials
    tutorial = replace(head, title=parts.title or name, materials=materials, steps=steps)
    return Imported(tutorial, images.takes, tuple(images.notices))


def _too_long() -> TutorialError:
    return TutorialError(
        f"the text is longer than {MAX_CHARACTERS:,} characters",
        "divide it into several tutorials",
    )


class _Images:
    """The images that a text shows: takes of those read, a notice for each that can't be."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.takes: dict[str, Take] = {}
        self.notices: list[str] = []

    def picture(self, line: str) -> Picture | None:
        """Return the picture of an image line, or None when no image can be read for it."""
        match = IMAGE.fullmatch(line.strip())
        if match is None or self.folder is None or _ADDRESS.match(match[2]):
            return None
        try:
            path = (self.folder / unquote(match[2])).resolve()
            inside = path.is_relative_to(self.folder.resolve()) and path.is_file()
            take = photos.read_photo(path) if inside else None
        except (TutorialError, OSError, ValueError):
            take = None
        if take is None:
            self.notices.append(f"The image {match[2]} can't be read: put it beside the text.")
            return None
        self.takes[take.sha256] = take
        alt = unescaped(match[1])
        return Picture(id=new_id(), alt_text=alt, takes=(take.sha256,), chosen=take.sha256)


def _head(intro: str) -> Tutorial:
    """Return a tutorial of the text before the first step: a summary, then what labels say."""
    lines = intro.split("\n")
    said: dict[str, str] = {}
    for label in reversed(LABELS):  # only where they end the text, so that order is kept
        while lines and not lines[-1].strip():
            lines.pop()
        if lines and lines[-1].startswith(f"{label}: "):
            said[label] = lines.pop().removeprefix(f"{label}: ").strip()
    return Tutorial(
        id=new_id(),
        summary="\n".join(lines).strip(),
        materials=items(said.get(MATERIALS, "")),
        tools=items(said.get(TOOLS, "")),
        duration=said.get(DURATION, ""),
        difficulty=said.get(DIFFICULTY, ""),
    )


def _step(part: Part, images: _Images, markdown: MarkdownIt) -> Step:
    """Return the step of a part: images of its own lines, and what its last lines set apart."""
    lines = part.body.split("\n")
    pictures: list[Picture] = []
    for place in _image_lines(part.body, lines, markdown):
        if len(pictures) < MAX_PICTURES and (picture := images.picture(lines[place])):
            pictures.append(picture)
            lines[place] = ""
    described = _popped(lines, re.compile(rf"{DESCRIPTION}: +(.*\S)"), MAX_PICTURES - len(pictures))
    pictures += (Picture(id=new_id(), description=match[1]) for match in described)
    callouts = tuple(exported.callout(match) for match in _popped(lines, CALLOUT, len(lines)))
    return Step(
        id=new_id(),
        title=part.title,
        body="\n".join(lines).strip("\n"),
        callouts=callouts,
        pictures=tuple(pictures),
    )


def _image_lines(body: str, lines: list[str], markdown: MarkdownIt) -> Iterable[int]:
    """Yield the lines of the body's own paragraphs that hold an image and nothing else."""
    for token in markdown.parse(body):
        if token.type == "paragraph_open" and token.level == 0 and token.map:
            for place in range(*token.map):
                if IMAGE.fullmatch(lines[place].strip()):
                    yield place


def _popped(lines: list[str], pattern: re.Pattern[str], most: int) -> list[re.Match[str]]:
    """Take the last lines that match off the list, blank ones between them too."""
    found: list[re.Match[str]] = []
    while True:
        while lines and not lines[-1].strip():
            lines.pop()
        match = pattern.fullmatch(lines[-1]) if lines and len(found) < most else None
        if match is None:
            return found[::-1]
        found.append(match)
        lines.pop()
