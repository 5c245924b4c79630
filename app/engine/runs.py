"""The queue of one open tutorial, and what the engine does for it.

The queue and the state of a run lie in the tutorial's file. Nothing starts by itself after a crash.
"""

import time
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Signal

from app.editing.open_tutorial import OpenTutorial
from app.engine.engine import Engine
from app.engine.estimates import PLANNED, Estimate, Timings, pictures_of
from app.engine.jobs import (
    Changing,
    Continuing,
    Job,
    Painting,
    Writing,
    job_to_json,
)
from app.engine.requests import request_of
from app.engine.resuming import Interrupted, after_seeing, interrupted_by, jobs_of, rest_of
from app.engine.run import RequestRun
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from inference.protocol import (
    LAST_EVENTS,
    Cancelled,
    Continue,
    Event,
    Failed,
    Finished,
    Loading,
    Notice,
    PaintFinished,
    PaintPreview,
    PaintStarted,
    Progress,
    Redraw,
    Rewrite,
    StepFinished,
    StepStarted,
    TextDelta,
    Write,
)

ATTEMPTS = 2  # at a picture whose engine crashed


@dataclass(frozen=True)
class Ended:
    """How a job ended; message: a sentence for the person, empty where all went well."""

    job: Job
    state: Literal["done", "stopped", "failed"]
    message: str = ""


class Runs(QObject):
    """Jobs of one tutorial, one after another; see the signals for what is told of them."""

    job_started = Signal(object)  # Job
    text_streamed = Signal(object)  # StepStarted | TextDelta
    picture_started = Signal(str, str)  # step, picture
    picture_previewed = Signal(object)  # PaintPreview
    picture_finished = Signal(str, str)
    step_finished = Signal(str)
    step_proposed = Signal(object)  # StepFinished of a Rewrite
    progressed = Signal(object)  # Loading | Progress
    noticed = Signal(object)  # Notice
    job_ended = Signal(object)  # Ended
    queue_changed = Signal()

    def __init__(
        self, opened: OpenTutorial, engine: Engine, timings: Timings | None = None
    ) -> None:
        super().__init__(opened)
        self._opened = opened
        self._engine = engine
        self._timings = timings
        self.current: Job | None = None
        self.waiting: tuple[Job, ...] = ()
        self._held = jobs_of(opened.queue)  # left by an earlier opening: resume() alone starts them
        self._cut_off = interrupted_by(opened.run, self._held)
        self._request: Write | Continue | Rewrite | Redraw | None = None
        self._run: RequestRun | None = None
        self._attempts = 0
        self._stopping = False
        self._made = [0, 0]  # steps, pictures of this job
        self._mark = time.monotonic()
        engine.state_changed.connect(self._next)

    # ------------------------------------------------------------ what is asked

    def add(self, *jobs: Job) -> None:
        """Queue jobs; the first starts at once if nothing runs."""
        if not self._opened.read_only:
            self._set_waiting((*self.waiting, *jobs))
            self._next()

    def drop(self, job: Job) -> None:
        """Take a waiting job out of the queue."""
        self._set_waiting(tuple(one for one in self.waiting if one is not job))

    def stop(self) -> None:
        """Stop the job under way and all that wait, were it for the author; what is done stays."""
        if self.confirming:
            self.leave()
        self._set_waiting(())
        if self.current is not None:
            self._stopping = True
            if self._request is not None:
                self._engine.cancel(self._request.id)

    def close(self) -> None:
        """Hear no more of the engine and end its work; what it was at can be gone on with.

        For when the tutorial is closed: its file keeps the run as under way, and the queue.
        """
        request, self._request = self._request, None
        self._engine.state_changed.disconnect(self._next)
        if request is not None:
            self._engine.cancel(request.id)

    @property
    def interrupted(self) -> Interrupted | None:
        """What a crash or the end of the studio cut off, or waits for the author; or None."""
        return self._cut_off if self.current is None else None

    @property
    def confirming(self) -> bool:
        """Whether the writing waits for the author to mend the list of what the photos show."""
        cut_off = self.interrupted
        return (
            cut_off is not None
            and isinstance(cut_off.job, Writing)
            and not (cut_off.job.seeing or cut_off.finished)
            and bool(self._opened.tutorial.given)
        )

    def resume(self) -> None:
        """Go on with what was cut off, then with the jobs that waited behind it."""
        if self._cut_off is not None:
            held = self._held
            at_rest = bool(held) and self._cut_off.job is held[0]
            jobs = held if at_rest else (*rest_of(self._cut_off, self._opened.tutorial), *held)
            self.leave()
            self.add(*jobs)

    def leave(self) -> None:
        """Forget what was cut off and what waited behind it."""
        self._cut_off, self._held = None, ()
        run = self._opened.run
        if run is not None and run.state == "running" and self._run is None:
            self._opened.save(self._opened.tutorial, run=replace(run, state="stopped"))
        self._keep_queue()
        self.queue_changed.emit()

    def number(self, step: str) -> int:
        """Return the step's number in the tutorial, from 1; 0 where it is not in it."""
        ids = [one.id for one in self._opened.tutorial.steps]
        return ids.index(step) + 1 if step in ids else 0

    @property
    def next_number(self) -> int:
        """The number of the step that is being written: it joins the tutorial when it is done."""
        return len(self._opened.tutorial.steps) + 1

    def estimate(self, *jobs: Job) -> Estimate:
        """Return how many pictures the jobs give and how long they take."""
        steps = pictures = 0
        for job in jobs:
            match job:
                case Writing() | Continuing():
                    planned = job.steps or PLANNED
                    steps += planned
                    pictures += pictures_of(planned) if job.paint else 0
                case Changing():
                    steps += 1 if job.step else len(self._opened.tutorial.steps)
                case Painting():
                    pictures += 1
        pack = self._opened.tutorial.making.pack
        return (self._timings or Timings(_Nowhere())).estimate(pack, steps, pictures)

    # ------------------------------------------------------------ one job's life

    def _set_waiting(self, jobs: tuple[Job, ...]) -> None:
        if jobs != self.waiting:
            self.waiting = jobs
            self._keep_queue()
            self.queue_changed.emit()

    def _keep_queue(self) -> None:
        queue = tuple(job_to_json(job) for job in (*self.waiting, *self._held))
        self._opened.save(self._opened.tutorial, queue=queue)

    def _next(self) -> None:
        if self.current is not None or not self.waiting or self._engine.state == "broken":
            return
        job = self.waiting[0]
        self.current, self._stopping, self._made = job, False, [0, 0]
        self._set_waiting(self.waiting[1:])
        self.job_started.emit(job)

        def make(file: TutorialFile) -> Write | Continue | Rewrite | Redraw:
            if not isinstance(job, Painting) and not file.read_only:
                file.snapshot()
            return request_of(job, file)

        self._opened.ask(make, self._send, self._cannot)

    def _send(self, request: Write | Continue | Rewrite | Redraw) -> None:
        if self._stopping or self.current is None:
            self._end("stopped", self._kept())
            return
        self._request = request
        self._mark = time.monotonic()
        if not isinstance(request, Rewrite):
            rest = after_seeing(self.current)
            then = job_to_json(rest) if rest is not None else None
            self._run = RequestRun(self._opened, request, job_to_json(self.current), then)
            self._run.begin()
        self._engine.ask(request, self._hear)

    def _cannot(self, error: Exception) -> None:
        if not isinstance(error, TutorialError):
            raise error
        self._end("failed", f"{error}.")

    def _hear(self, event: Event) -> None:
        if self._request is None:  # closed meanwhile
            return
        if self._run is not None:
            try:
                self._run.apply(event)
            except TutorialError as error:  # a picture that is not what it says
                self.noticed.emit(Notice("", "picture", f"{error}."))
        match event:
            case StepStarted() | TextDelta():
                self.text_streamed.emit(event)
            case StepFinished() if self._run is None:
                self.step_proposed.emit(event)
            case StepFinished():
                self._made[0] += 1
                self._note_step()
                self.step_finished.emit(event.step)
            case PaintStarted():
                self._mark = time.monotonic()
                self.picture_started.emit(event.step, event.picture)
            case PaintPreview():
                self.picture_previewed.emit(event)
            case PaintFinished():
                self._made[1] += 1
                self._note("picture")
                self.picture_finished.emit(event.step, event.picture)
            case Notice():
                self.noticed.emit(event)
            case Loading() | Progress():
                self.progressed.emit(event)
            case _ if isinstance(event, LAST_EVENTS):
                self._hear_end(event)

    def _hear_end(self, event: Event) -> None:
        match event:
            case Finished():
                self._ask_about_photos()
                self._end("done")
            case Cancelled():
                self._end("stopped", self._kept())
            case Failed(kind="engine") if self._stopping:
                self._end("stopped", self._kept())
            case Failed(kind="engine"):
                self._lose(event)
            case Failed():
                self._end("failed", _sentence(event))

    def _ask_about_photos(self) -> None:
        """After a look at photos, let all wait until the author has mended what was listed."""
        rest = after_seeing(self.current)
        if rest is None:
            return
        if self._opened.tutorial.materials:
            self._cut_off = interrupted_by(self._opened.run, ())
            self._held = (*self.waiting, *self._held)
            self._set_waiting(())
        else:  # a writer without eyes
            self._set_waiting((rest, *self.waiting))

    def _lose(self, event: Failed) -> None:
        """The engine died: paint once more, or set the job aside; written steps stay."""
        job, run = self.current, self._run
        self._attempts += 1
        if isinstance(job, Writing | Continuing):
            self._cut_off = interrupted_by(self._opened.run, ())
        elif isinstance(job, Painting) and run is not None:
            if self._attempts < ATTEMPTS and self._engine.state != "broken":
                self._opened.push(run.entry)
                self.current = self._request = self._run = None
                self._set_waiting((job, *self.waiting))
                self._next()
                return
            run.stopped()
        self._end("failed", _sentence(event))

    def _end(self, state: Literal["done", "stopped", "failed"], message: str = "") -> None:
        job, self.current, self._request = self.current, None, None
        run, self._run = self._run, None
        self._attempts = 0
        if run is not None:
            self._opened.push(run.entry)
        if job is not None:
            self.job_ended.emit(Ended(job, state, message))
        self._next()

    def _kept(self) -> str:
        steps, pictures = self._made
        if not steps and not pictures:
            return self.tr("Stopped.")
        kept = []
        if steps:
            kept.append(self.tr("1 step") if steps == 1 else self.tr("{n} steps").format(n=steps))
        if pictures:
            one = self.tr("1 picture")
            kept.append(one if pictures == 1 else self.tr("{n} pictures").format(n=pictures))
        return self.tr("Stopped. Kept: {what}.").format(what=self.tr(" and ").join(kept))

    # ------------------------------------------------------------ how long things take

    def _note_step(self) -> None:
        self._note(self._opened.tutorial.making.pack)

    def _note(self, kind: str) -> None:
        now = time.monotonic()
        if self._timings is not None:
            self._timings.note(kind, now - self._mark)
        self._mark = now


class _Nowhere:
    """Keeps no measurement: all is a guess."""

    def get(self, _name: str, default: list[float]) -> list[float]:
        return default

    def put(self, _name: str, _value: list[float]) -> None:
        return None


def _sentence(event: Failed) -> str:
    message = f"{event.message[:1].upper()}{event.message[1:]}".rstrip(".")
    return f"{message}. {event.hint}".strip()
