"""`interstep redraw`: the picture of one step is drawn again; the old take stays in the file."""

import argparse
from dataclasses import replace

from app.commands.conversation import Conversation, print_json
from app.commands.errors import STOPPED, CommandError, sentence
from app.commands.progress import ProgressLine
from app.engine.jobs import new_seed
from app.engine.redrawing import redraw
from app.engine.run import RequestRun
from app.tutorial.file import TutorialFile
from app.tutorial.photos import for_painter, read_photo
from app.tutorial.undo import picture_by_id
from inference.protocol import Cancelled, Event, Failed, Finished, Json, PaintFinished


def run(options: argparse.Namespace) -> int:
    """Redraw and return the exit code."""
    if options.mode == "fix" and not options.instruction.strip():
        raise CommandError("--mode fix needs --instruction: say what to change.", 2)
    if options.mode == "new" and options.instruction:
        raise CommandError("--instruction goes with --mode fix.", 2)
    if options.mode == "new" and options.mask:
        raise CommandError("--mask goes with --mode fix.", 2)
    mask = for_painter(read_photo(options.mask)) if options.mask else None
    progress = ProgressLine()
    with TutorialFile.open(options.file, must_write=True) as file:
        for problem in file.problems:
            progress.line(problem)
        steps = file.tutorial.steps
        if options.step > len(steps):
            raise CommandError(
                f"“{options.file.name}” has {len(steps)} steps, so there is no step"
                f" {options.step}.",
                2,
            )
        request = redraw(
            file,
            steps[options.step - 1],
            new_seed() if options.seed is None else options.seed,
            options.mode,
            options.instruction,
            options.neighbours,
        )
        if options.painter:
            chosen = replace(request.paint.options, painter=options.painter)
            request = replace(request, paint=replace(request.paint, options=chosen))
        request = replace(request, paint=replace(request.paint, mask=mask))
        drawing = RequestRun(file, request)
        sources = {info.sha256: info.source or info.sha256 for info in file.takes()}
        picture = picture_by_id(file.tutorial, request.step, request.picture)
        before = sources.get(picture.chosen or "") if picture else None
        drawn: list[Json | str] = []

        def on_event(event: Event) -> None:
            drawing.apply(event)
            if isinstance(event, PaintFinished):
                drawn.append(event.source or event.image.sha256)
            if options.json:
                print_json(event)
            else:
                progress.show(event)

        with Conversation() as engine:
            last = engine.ask(request, on_event)
        if isinstance(last, Finished) and drawn == [before]:
            progress.line(
                "The new picture looks the same as the one before: try --neighbours none, "
                "another --seed, or --mode fix."
            )
    if isinstance(last, Failed):
        raise CommandError(sentence(last.message, last.hint))
    if isinstance(last, Cancelled):
        raise CommandError("Stopped: the picture is as it was.", STOPPED)
    return 0
