"""What was cut off, or waits for the author, and what is still to be done of it."""

from dataclasses import dataclass, replace

from app.engine.jobs import Continuing, Job, Painting, Writing, job_from_json
from app.tutorial.model import Tutorial
from app.tutorial.reading import Run
from inference.protocol import ProtocolError


@dataclass(frozen=True)
class Interrupted:
    """A job that was cut off; total: its steps, 0 where their number was not planned yet.

    finished: the ids of the steps that it finished.
    """

    job: Job
    finished: tuple[str, ...]
    total: int

    @property
    def done(self) -> int:
        """How many steps it finished."""
        return len(self.finished)


def interrupted_by(run: Run | None, held: tuple[Job, ...]) -> Interrupted | None:
    """Return the run that was under way or, between two of them, the first job that waited."""
    if run is not None and run.state == "running":
        try:
            job = job_from_json(run.request)
        except ProtocolError:  # a run of the command line
            pass
        else:
            return Interrupted(job, run.finished, _total(job) or max(run.planned, 0))
    return Interrupted(held[0], (), _total(held[0])) if held else None


def rest_of(cut_off: Interrupted, tutorial: Tutorial) -> tuple[Job, ...]:
    """Return what is still to be done: pictures of the finished steps, then more steps."""
    job = cut_off.job
    if not isinstance(job, Writing | Continuing) or not cut_off.finished:
        return (job,)
    missing = [
        Painting(job.seed, step.id, picture.id)
        for step in tutorial.steps
        for picture in step.pictures
        if step.id in cut_off.finished and not picture.takes and not picture.not_needed
    ]
    if not job.paint:
        missing = []
    left = cut_off.total - cut_off.done if cut_off.total else None
    if left is not None and left < 1:
        return tuple(missing)
    instruction = job.instruction if isinstance(job, Continuing) else ""
    return (*missing, Continuing(job.seed, instruction, left, job.paint))


def after_seeing(job: Job | None) -> Writing | None:
    """Return what follows on a look at photos; None for a job that is no such look."""
    return replace(job, seeing=False) if isinstance(job, Writing) and job.seeing else None


def jobs_of(queue: tuple[dict[str, object], ...]) -> tuple[Job, ...]:
    """Return the jobs of a file's queue, without those of another version."""
    jobs = []
    for value in queue:
        try:
            jobs.append(job_from_json(value))
        except ProtocolError:
            continue
    return tuple(jobs)


def _total(job: Job) -> int:
    return job.steps or 0 if isinstance(job, Writing | Continuing) else 0
