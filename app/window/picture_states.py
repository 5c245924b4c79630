"""What the studio knows of a tutorial's pictures beyond the tutorial itself, while it is open.

Each picture's view hears of its own picture alone: with 500 of them, nobody asks for all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.editing.background import Background
from app.editing.open_tutorial import OpenTutorial
from app.engine.jobs import NEIGHBOURS, Job, Neighbour, Painting
from app.engine.runs import Runs
from app.tutorial.model import Tutorial
from app.tutorial.staleness import Stale
from app.window.images import decoded
from app.window.pack_rows import DRAWING, PackRow, painter_of
from inference.protocol import PaintPreview, ProtocolError

PAUSE = 200  # milliseconds after an edit until staleness is looked at
PREVIEW = 512  # pixels a side that a preview is decoded to at most


@dataclass(frozen=True)
class Work:
    """What the engine does for a picture: it waits, or is painted; done of total passes."""

    phase: Literal["waiting", "starting", "painting"]
    done: int = 0
    total: int = 0
    preview: QImage | None = None


class PictureStates(QObject):
    """state_changed(picture): staleness, work or neighbours of that picture are others now.

    looked_again(): all that follows from an edit is known; for what counts pictures.
    painter_changed(): paints_pixels may be another now.
    fix_requested, compare_requested, zoom_requested(step, picture): what the person asked for.
    deletion_requested(step, picture, sha256): a take of its trash shall be deleted for good.
    troubled(sentence): what could not be done with a picture.
    """

    state_changed = Signal(str)
    looked_again = Signal()
    painter_changed = Signal()
    fix_requested = Signal(str, str)
    compare_requested = Signal(str, str)
    zoom_requested = Signal(str, str)
    deletion_requested = Signal(str, str, str)
    troubled = Signal(str)

    def __init__(self, opened: OpenTutorial, runs: Runs, background: Background) -> None:
        super().__init__(opened)
        self._opened = opened
        self._runs = runs
        self._background = background
        self._stale: Mapping[str, Stale] = opened.stale
        self._waiting: frozenset[str] = _painted_by(runs.waiting)
        self._packs: Sequence[PackRow] = ()
        self._work: dict[str, Work] = {}  # of the job under way
        self._left_out: dict[str, frozenset[Neighbour]] = {}
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._look_at_staleness)
        opened.tutorial_changed.connect(self._tutorial_changed)
        runs.queue_changed.connect(self._queue_changed)
        runs.job_started.connect(self._job_started)
        runs.picture_started.connect(self._picture_started)
        runs.picture_previewed.connect(self._picture_previewed)
        runs.picture_finished.connect(lambda _step, picture: self._work_ended(picture))
        runs.job_ended.connect(self._job_ended)

    # ------------------------------------------------------------ what is known

    def stale(self, picture: str) -> Stale | None:
        """Return why a picture is stale, or None."""
        return self._stale.get(picture)

    def work(self, picture: str) -> Work | None:
        """Return what the engine does or is to do for a picture, or None."""
        waiting = Work("waiting") if picture in self._waiting else None
        return self._work.get(picture) or waiting

    @property
    def paints_pixels(self) -> bool:
        """Whether the next picture is one of pixels, not a drawn scene; False until it is known."""
        return self._painter not in ("", *DRAWING)

    @property
    def draws_scenes(self) -> bool:
        """Whether the next picture is a drawn scene; False until it is known."""
        return self._painter in DRAWING

    @property
    def _painter(self) -> str:
        return painter_of(self._opened.tutorial.making, self._packs)

    def set_packs(self, packs: Sequence[PackRow]) -> None:
        """Take note of the packs of this machine."""
        self._packs = packs
        self.painter_changed.emit()

    def neighbours(self, picture: str) -> tuple[Neighbour, ...]:
        """Return the roles that the next painting of a picture may see."""
        left_out = self._left_out.get(picture, frozenset())
        return tuple(role for role in NEIGHBOURS if role not in left_out)

    def let_see(self, picture: str, role: Neighbour, *, sees: bool) -> None:
        """Let the next paintings of a picture see a neighbour, or not."""
        before = self._left_out.get(picture, frozenset())
        self._left_out[picture] = before - {role} if sees else before | {role}
        if before != self._left_out[picture]:
            self.state_changed.emit(picture)

    # ------------------------------------------------------------ what happens

    def _tutorial_changed(self, before: Tutorial, after: Tutorial) -> None:
        if before.making is not after.making:
            self.painter_changed.emit()
        if not self._pause.isActive():
            self._pause.start()

    def _look_at_staleness(self) -> None:
        before, self._stale = self._stale, self._opened.stale
        for picture in before.keys() | self._stale.keys():
            if before.get(picture) != self._stale.get(picture):
                self.state_changed.emit(picture)
        self.looked_again.emit()

    def _queue_changed(self) -> None:
        before, self._waiting = self._waiting, _painted_by(self._runs.waiting)
        for picture in before ^ self._waiting:
            self.state_changed.emit(picture)

    def _job_started(self, job: Job) -> None:
        if isinstance(job, Painting):
            self._note(job.picture, Work("starting"))

    def _picture_started(self, _step: str, picture: str) -> None:
        self._note(picture, Work("painting"))

    def _picture_previewed(self, event: PaintPreview) -> None:
        before = self._work.get(event.picture, Work("painting"))
        self._note(event.picture, replace(before, done=event.done, total=event.total))
        self._background.run(
            lambda: _preview(event), lambda image: self._show_preview(event.picture, image)
        )

    def _show_preview(self, picture: str, image: QImage | None) -> None:
        work = self._work.get(picture)
        if work is not None and image is not None:
            self._note(picture, replace(work, preview=image))

    def _job_ended(self, _ended: object) -> None:
        for picture in list(self._work):
            self._work_ended(picture)

    def _note(self, picture: str, work: Work) -> None:
        self._work[picture] = work
        self.state_changed.emit(picture)

    def _work_ended(self, picture: str) -> None:
        if self._work.pop(picture, None) is not None:
            self.state_changed.emit(picture)


def _painted_by(jobs: Collection[Job]) -> frozenset[str]:
    return frozenset(job.picture for job in jobs if isinstance(job, Painting))


def _preview(event: PaintPreview) -> QImage | None:
    try:
        return decoded(event.image.data(), PREVIEW)
    except ProtocolError:
        return None
