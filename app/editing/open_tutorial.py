"""A tutorial that is open in the studio: its value, its undo, and its way to the disk.

Every change goes through here. A change is on disk within a second: edits of text wait half of one
for the next, what an engine finished goes at once. All file work runs on one thread, in order, so
that a picture that can be seen is a picture that is saved.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.editing.background import Background, ignore
from app.tutorial.edits import Edit
from app.tutorial.errors import TutorialError
from app.tutorial.file import TakeInfo, TutorialFile
from app.tutorial.history import History
from app.tutorial.model import Take, Tutorial
from app.tutorial.reading import Run
from app.tutorial.staleness import Stale, Staleness
from app.tutorial.undo import Entry, Left

T = TypeVar("T")

PAUSE = 500  # milliseconds between the first unsaved edit and its save
RETRY = 5000  # milliseconds between a failed save and the next attempt


class OpenTutorial(QObject):
    """The open tutorial; made from an open file, ended by close().

    tutorial_changed(before, after): any change, by whomever; unchanged steps are the same objects.
    reverted(left, changes): after undo or redo, what was left alone and what it changed.
    saving_changed(): see saved, unsaved_since and failure.
    """

    tutorial_changed = Signal(object, object)
    undo_changed = Signal()
    reverted = Signal(object, object)
    saving_changed = Signal()
    takes_changed = Signal()

    def __init__(self, file: TutorialFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._background = Background(1, self)
        self._history = History(file.tutorial)
        self._infos = dict(file.infos())
        self._recipes = {sha256: info.recipe for sha256, info in self._infos.items()}
        self._staleness = Staleness()
        self._takes: dict[str, Take] = {}  # not yet on disk
        self._chunks: dict[str, str] = {}
        self._run: Run | None = None
        self._queue: tuple[dict[str, Any], ...] | None = None
        self._dirty = False
        self._saves = 0  # on their way to the disk
        self._run_shown = file.run
        self._queue_shown = file.queue
        self.unsaved_since: float | None = None  # seconds; set while saving fails
        self.failure: TutorialError | None = None
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._save)

    @property
    def path(self) -> Path:
        """Where the tutorial lies."""
        return self._file.path

    @property
    def read_only(self) -> bool:
        """Whether nothing can be saved here; problems then says why."""
        return self._file.read_only

    @property
    def problems(self) -> tuple[str, ...]:
        """A sentence for each thing that was not as it should be when it was opened."""
        return self._file.problems

    @property
    def tutorial(self) -> Tutorial:
        """The tutorial as it stands."""
        return self._history.tutorial

    @property
    def run(self) -> Run | None:
        """The last run noted, or None."""
        return self._run_shown

    @property
    def queue(self) -> tuple[dict[str, Any], ...]:
        """The jobs that wait, as JSON objects."""
        return self._queue_shown

    @property
    def infos(self) -> Mapping[str, TakeInfo]:
        """Every take of the file by sha256, without its bytes; a take still to be saved too."""
        return self._infos

    @property
    def stale(self) -> Mapping[str, Stale]:
        """The stale pictures by id."""
        return self._staleness.stale(self.tutorial, self.recipes)

    @property
    def recipes(self) -> Mapping[str, Mapping[str, Any]]:
        """The recipes of all takes by sha256."""
        return self._recipes

    # ------------------------------------------------------------ changes

    def edit(self, made: Edit, *, typing: bool = False) -> None:
        """Take a change of the author's over; typing merges into one undo entry per pause."""
        if not made[1].changes or self.read_only:
            return
        before = self.tutorial
        self._history.edit(made, typing=typing, now=time.monotonic())
        self._changed(before)
        if not self._timer.isActive():
            self._timer.start()

    def add_takes(self, takes: Iterable[Take]) -> None:
        """Keep takes of the author's own pictures, before an edit names them."""
        for take in takes:
            if take.sha256 not in self._infos:
                self._takes[take.sha256] = take
                self._infos[take.sha256] = _info(take)
                self._recipes[take.sha256] = take.recipe
        self._dirty = True
        self.takes_changed.emit()

    def save(
        self,
        tutorial: Tutorial,
        takes: Iterable[Take] = (),
        chunks: Mapping[str, str] | None = None,
        run: Run | None = None,
        queue: tuple[dict[str, Any], ...] | None = None,
    ) -> None:
        """Take over what a run made, without an undo entry, and save it at once."""
        before = self.tutorial
        self.add_takes(takes)
        self._chunks.update(chunks or {})
        if run is not None:
            self._run = self._run_shown = run
        if queue is not None:
            self._queue = self._queue_shown = queue
        self._history.take_over(tutorial)
        self._changed(before)
        self._save()

    def push(self, entry: Entry) -> None:
        """Put a run's entry on the undo stack, so that one undo reverts the run."""
        self._history.push(entry)
        self.undo_changed.emit()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return self._history.can_redo

    def undo(self) -> None:
        """Revert the last entry, as far as nobody changed the same since."""
        self._revert(self._history.undo)

    def redo(self) -> None:
        """Write the last undone entry again."""
        self._revert(self._history.redo)

    def _revert(self, revert: Callable[[], Any]) -> None:
        before = self.tutorial
        done = None if self.read_only else revert()
        if done is None:
            return
        self._changed(before)
        self._save()
        left: tuple[Left, ...] = done.left
        self.reverted.emit(left, done.entry)

    def _changed(self, before: Tutorial) -> None:
        self._dirty = True
        self.saving_changed.emit()
        if before is not self.tutorial:
            self.tutorial_changed.emit(before, self.tutorial)
        self.undo_changed.emit()

    # ------------------------------------------------------------ the disk

    def take(
        self,
        sha256: str,
        then: Callable[[Take], None],
        failed: Callable[[Exception], None] = ignore,
    ) -> None:
        """Read a take off the GUI thread; then(take) is called when it is on disk and read."""
        held = self._takes.get(sha256) if self.failure else None
        self._background.run(lambda: held or self._file.take(sha256), then, failed)

    def ask(
        self,
        question: Callable[[TutorialFile], T],
        then: Callable[[T], None] = ignore,
        failed: Callable[[Exception], None] = ignore,
    ) -> None:
        """Run question(file) on the file's thread, after all changes so far are saved."""
        self._save()
        self._background.run(lambda: question(self._file), then, failed)

    def delete_take(
        self,
        sha256: str,
        then: Callable[[None], None] = ignore,
        failed: Callable[[Exception], None] = ignore,
    ) -> None:
        """Delete a take for good; when then(None) is called, its bytes are gone from the file.

        Nothing that names it comes back by undo, which reverts all else. No run may be under way.
        """

        def forget(_: None) -> None:
            before = self.tutorial
            self._infos.pop(sha256, None)
            self._recipes.pop(sha256, None)
            self._history.forget(sha256)
            self._changed(before)
            self._save()
            self.takes_changed.emit()
            then(None)

        self.ask(lambda file: file.delete_take(sha256), forget, failed)

    def save_copy(
        self,
        path: Path,
        then: Callable[[None], None] = ignore,
        failed: Callable[[Exception], None] = ignore,
    ) -> None:
        """Write the tutorial as it stands, with all its takes, into a new file."""
        tutorial, held = self.tutorial, dict(self._takes)

        def copy() -> None:
            self._file.copy_to(path, tutorial, held.values())

        self._background.run(copy, then, failed)

    def close(self) -> bool:
        """Save and free the file; False, and all stays open, where saving failed."""
        self._timer.stop()
        if self._dirty and not self.read_only:
            job = self._job()
            try:
                self._background.wait(job)
            except TutorialError as error:
                self._failed(error)
                return False
        self.abandon()
        return True

    def abandon(self) -> None:
        """Free the file without saving what is not saved yet."""
        self._timer.stop()
        self._dirty = False
        self._background.close()
        self._file.close()

    def _save(self) -> None:
        """Save all that is new, on the file's thread."""
        self._timer.stop()
        if not self._dirty or self.read_only:
            return
        self._saves += 1
        taken = (dict(self._takes), dict(self._chunks), self._run, self._queue)
        job = self._job()
        self._background.run(job, lambda _: self._saved(*taken), self._failed)

    def _job(self) -> Callable[[], None]:
        tutorial, takes, chunks = self.tutorial, tuple(self._takes.values()), dict(self._chunks)
        run, queue = self._run, self._queue
        self._dirty = False
        return lambda: self._file.save(tutorial, takes, chunks, run, queue)

    def _saved(
        self,
        takes: Mapping[str, Take],
        chunks: Mapping[str, str],
        run: Run | None,
        queue: tuple[dict[str, Any], ...] | None,
    ) -> None:
        self._saves -= 1
        for sha256 in takes:
            self._takes.pop(sha256, None)
        for name in chunks:
            self._chunks.pop(name, None)
        if self._run is run:
            self._run = None
        if self._queue is queue:
            self._queue = None
        self.failure, self.unsaved_since = None, None
        self.saving_changed.emit()

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, TutorialError):
            raise error
        self._saves = max(self._saves - 1, 0)
        self._dirty = True
        self.failure = error
        self.unsaved_since = self.unsaved_since or time.time()
        self.saving_changed.emit()
        QTimer.singleShot(RETRY, self, self._save)

    @property
    def is_busy(self) -> bool:
        """Whether the file's thread has something to do."""
        return self._background.is_busy

    @property
    def saved(self) -> bool:
        """Whether all is on disk."""
        return not self._dirty and self._saves == 0


def _info(take: Take) -> TakeInfo:
    return TakeInfo(
        take.sha256,
        take.media_type,
        take.width,
        take.height,
        len(take.data),
        take.recipe,
        take.source,
        take.origin,
    )
