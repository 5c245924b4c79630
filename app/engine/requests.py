"""Makes a job's request when its turn comes, from the tutorial as it then stands in its file."""

from dataclasses import replace

from app.engine.jobs import Changing, Continuing, Job, Painting, Writing
from app.engine.redrawing import again, conditions_before, given_step, redraw
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.model import new_id, step_by_id
from app.tutorial.photos import for_writer
from inference.protocol import Continue, GivenStep, Image, Redraw, Rewrite, Write

LOOKED_AT = 12  # pictures of the last steps that a writer sees again; the wire has room for them


def request_of(job: Job, file: TutorialFile) -> Write | Continue | Rewrite | Redraw:
    """Return the request; raises TutorialError where what the job names is gone."""
    tutorial = file.tutorial
    making = tutorial.making
    match job:
        case Writing():
            return _write(job, file)
        case Continuing():
            return Continue(
                id=new_id(),
                pack=making.pack,
                prompt=tutorial.prompt or tutorial.title,
                seed=job.seed,
                title=tutorial.title,
                given=_given(file),
                conditions=conditions_before(file, len(tutorial.steps)),
                steps=job.steps,
                instruction=job.instruction,
                images=_photos(file),
                paint=job.paint,
                look=tutorial.look,
                options=making.options,
            )
        case Changing():
            return Rewrite(
                id=new_id(),
                pack=making.pack,
                prompt=tutorial.prompt or tutorial.title,
                seed=job.seed,
                title=tutorial.title,
                steps=tuple(given_step(step) for step in tutorial.steps),
                instruction=job.instruction,
                only=job.step,
            )
        case Painting(again=sha256) if sha256:
            return again(file, job.step, job.picture, sha256)
        case Painting():
            step = step_by_id(tutorial, job.step)
            if step is None:
                raise TutorialError("the step of this picture is gone", "undo its deletion first")
            return redraw(
                file,
                step,
                job.seed,
                job.mode,
                job.instruction,
                job.neighbours,
                picture_id=job.picture,
                region=job.region,
            )


def _write(job: Writing, file: TutorialFile) -> Write:
    """Return the request; what given photos show is the author's own once it was listed."""
    tutorial = file.tutorial
    confirmed = tutorial.given and not job.seeing
    return Write(
        id=new_id(),
        pack=tutorial.making.pack,
        prompt=tutorial.prompt,
        seed=job.seed,
        steps=job.steps,
        images=_photos(file),
        seeing=job.seeing,
        materials=(*tutorial.materials, *tutorial.tools) if confirmed else None,
        paint=job.paint,
        look=tutorial.look,
        options=tutorial.making.options,
    )


def _given(file: TutorialFile) -> tuple[GivenStep, ...]:
    """Return the steps so far, the last ones with the picture that stands behind their words."""
    steps = file.tutorial.steps
    chosen = [step.pictures[0].chosen if step.pictures else None for step in steps]
    pictured = [n for n, sha256 in enumerate(chosen) if sha256 is not None]
    given = [given_step(step) for step in steps]
    for n in pictured[-LOOKED_AT:]:
        given[n] = replace(given[n], image=for_writer(file.take(chosen[n] or "")))
    return tuple(given)


def _photos(file: TutorialFile) -> tuple[Image, ...]:
    return tuple(for_writer(file.take(sha256)) for sha256 in file.tutorial.given)
