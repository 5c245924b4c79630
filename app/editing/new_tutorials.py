"""New tutorials in the library: empty, from a prompt, a text, a built-in or dropped files."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.editing.background import Background
from app.engine.jobs import Writing
from app.tutorial.errors import TutorialError, sentences
from app.tutorial.file import TutorialFile
from app.tutorial.importing import Imported, from_text, read_markdown
from app.tutorial.library import Library
from app.tutorial.model import Making, Picture, Step, Take, Tutorial, new_id
from app.tutorial.photos import read_photo
from assets.corpus import corpus


class NewTutorials(QObject):
    """Makes files off the GUI thread.

    made(Path, Job | None): the new file and what to begin with. failed and noticed: a sentence.
    pack: tells which pack new tutorials are made with, empty while none is known.
    """

    made = Signal(object, object)
    failed = Signal(str)
    noticed = Signal(str)

    def __init__(
        self,
        library: Library,
        background: Background,
        parent: QObject,
        pack: Callable[[], str] = lambda: "",
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._background = background
        self._pack = pack

    def from_prompt(self, prompt: str, making: Making, photos: Iterable[Path], seed: int) -> None:
        """Make a tutorial that a Writing job will fill, after a look at the photos."""
        photos = tuple(photos)

        def content() -> Imported:
            takes = [read_photo(path) for path in photos]
            given = tuple(take.sha256 for take in takes)
            tutorial = Tutorial(new_id(), prompt=prompt, given=given, making=making)
            return Imported(tutorial, {take.sha256: take for take in takes})

        self._make(content, prompt, Writing(seed, making.steps, making.paint, bool(photos)))

    def empty(self) -> None:
        """Make a tutorial of one empty step."""
        self._make(lambda: Imported(Tutorial(new_id(), steps=(Step(new_id()),)), {}), "")

    def from_text(self, text: str) -> None:
        """Make a tutorial of the author's own text."""
        self._make(lambda: from_text(text), "")

    def from_builtin(self, name: str) -> None:
        """Make a copy of a hand-written starting tutorial."""

        def content() -> Imported:
            text = next(example.text for example in corpus() if example.name == name)
            imported = from_text(text, name)
            return replace(imported, tutorial=replace(imported.tutorial, tags=("built-in",)))

        self._make(content, name)

    def from_file(self, path: Path) -> None:
        """Make a tutorial of a text file."""
        self._make(lambda: read_markdown(path), path.stem)

    def from_photos(self, paths: Iterable[Path]) -> None:
        """Make a tutorial of one step for each picture."""
        self._make(lambda: _of_photos(paths), "")

    def _make(self, content: Callable[[], Imported], name: str, job: Writing | None = None) -> None:
        untitled = self.tr("Untitled tutorial")
        pack = self._pack()

        def work() -> tuple[Path, tuple[str, ...]]:
            imported = content()
            making = imported.tutorial.making
            making = replace(making, pack=making.pack or pack)
            tutorial = replace(imported.tutorial, making=making)
            path = self._library.free_path(tutorial.title or name or untitled)
            with sentences(path.parent):
                path.parent.mkdir(parents=True, exist_ok=True)
            TutorialFile.create(path, tutorial, imported.takes.values()).close()
            return path, imported.notices

        def done(result: tuple[Path, tuple[str, ...]]) -> None:
            for notice in result[1]:
                self.noticed.emit(notice)
            self.made.emit(result[0], job)

        self._background.run(work, done, self._fail)

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, TutorialError):
            raise error
        self.failed.emit(f"{error}.")


def _of_photos(paths: Iterable[Path]) -> Imported:
    """Return a step for each picture that can be read, and a sentence for each that can't."""
    takes: dict[str, Take] = {}
    steps: list[Step] = []
    notices: list[str] = []
    for path in paths:
        try:
            take = read_photo(path)
        except TutorialError as error:
            notices.append(f"{error}.")
            continue
        takes[take.sha256] = take
        picture = Picture(new_id(), takes=(take.sha256,), chosen=take.sha256)
        steps.append(Step(new_id(), pictures=(picture,)))
    if not steps:
        raise TutorialError("none of these pictures can be read", "choose others")
    return Imported(Tutorial(new_id(), steps=tuple(steps)), takes, tuple(notices))
