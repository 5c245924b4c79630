"""`interstep write`: a prompt, or the author's own text, becomes an illustrated tutorial."""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.commands.conversation import Conversation, print_json
from app.commands.errors import CommandError, sentence
from app.commands.progress import ProgressLine
from app.engine.jobs import new_seed
from app.engine.redrawing import given_step
from app.engine.run import RequestRun
from app.exporting.writing import export
from app.tutorial.file import TutorialFile
from app.tutorial.importing import MAX_BYTES, Imported, from_text, read_markdown, read_text
from app.tutorial.model import Take, Tutorial, new_id
from app.tutorial.photos import for_writer, read_photo
from assets.corpus import corpus
from inference.protocol import Cancelled, Event, Failed, Finished, Notice, Write

LONGEST_PROMPT = 2000  # characters
SUFFIXES = (".interstep", ".md", ".html")


def run(options: argparse.Namespace) -> int:
    """Write the tutorial and return the exit code."""
    prompt = _prompt(options)
    given = _given(options.source) if options.source else Imported(Tutorial(new_id()), {})
    photos = [read_photo(path) for path in options.image]
    out = _out(options.out, prompt or given.tutorial.title)
    path = out.with_suffix(".interstep")
    _check_free(path)
    making = given.tutorial.making
    tutorial = replace(
        given.tutorial,
        prompt=prompt or given.tutorial.title,
        given=tuple(photo.sha256 for photo in photos),
        making=replace(making, options=replace(making.options, painter=options.painter)),
    )
    if options.source and not tutorial.steps:
        raise CommandError("There is no text to make steps of: give at least one sentence.")
    seed = new_seed() if options.seed is None else options.seed
    request = _request(tutorial, photos, seed, options.pack, options.steps)
    request = replace(request, seeing=bool(photos) and not options.source and _may_ask(options))
    progress = ProgressLine()
    for notice in given.notices:
        _tell(Notice(request.id, "import", notice), options.json, progress)
    with _new_file(path, tutorial, [*given.takes.values(), *photos]) as file:
        if options.source and not request.given:
            last: Event = Finished(request.id)  # every step has its picture already
        else:
            with Conversation() as engine:
                last = _written(engine, request, file, options.json, progress)
                if request.seeing and isinstance(last, Finished):
                    mended = _mended(file.tutorial.materials, progress)
                    file.save(replace(file.tutorial, materials=mended))
                    request = replace(request, id=new_id(), seeing=False, materials=mended)
                    last = _written(engine, request, file, options.json, progress)
        _finish(last, file, out)
    if not options.json:
        print(out)
    return 0


def _written(
    engine: Conversation, request: Write, file: TutorialFile, as_json: bool, progress: ProgressLine
) -> Event:
    """Return the request's last event, when all that it made is in the file."""
    writing = RequestRun(file, request)

    def on_event(event: Event) -> None:
        writing.apply(event)
        _tell(event, as_json, progress)

    try:
        return engine.ask(request, on_event)
    except CommandError as error:
        writing.stopped()
        raise CommandError(f"{error} {_kept(file)}") from error


def _may_ask(options: argparse.Namespace) -> bool:
    """Whether somebody can answer at a terminal."""
    return sys.stdin.isatty() and not (options.yes or options.json)


def _mended(seen: tuple[str, ...], progress: ProgressLine) -> tuple[str, ...]:
    """Ask whether the photos show what the writer lists, if it lists anything."""
    if not seen:
        return seen
    for line in ("Your photos show:", *(f"  {thing}" for thing in seen)):
        progress.line(line)
    question = "Press Enter to go on, or type what they show instead, separated by commas: "
    try:
        print(question, end="", file=sys.stderr, flush=True)
        told = sys.stdin.buffer.readline().decode(sys.stdin.encoding, "replace")
    except KeyboardInterrupt:
        print(file=sys.stderr)
        raise CommandError("Stopped.") from None
    return tuple(thing for part in told.split(",") if (thing := _on_one_line(part))) or seen


def _on_one_line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def _finish(last: Event, file: TutorialFile, out: Path) -> None:
    if file.tutorial.steps and out.suffix != ".interstep":
        export(file.tutorial, file.whole_takes(), out)
    if isinstance(last, Failed):
        raise CommandError(f"{sentence(last.message, last.hint)} {_kept(file)}".strip())
    if isinstance(last, Cancelled):
        raise CommandError(f"Stopped. {_kept(file)}".strip())


def _kept(file: TutorialFile) -> str:
    count = len(file.tutorial.steps)
    if not count:
        return ""
    return f"{count} finished step{'s are' if count > 1 else ' is'} kept in {file.path}."


def _prompt(options: argparse.Namespace) -> str:
    prompt = options.prompt or ""
    if any("\ud800" <= letter <= "\udfff" for letter in prompt):
        raise CommandError("The prompt is not UTF-8 text: type it anew, or use --from FILE.", 2)
    if len(prompt) > LONGEST_PROMPT:
        raise CommandError(
            f"The prompt has {len(prompt)} characters, {LONGEST_PROMPT} at most: shorten it, or "
            "put your own text into a file and use --from FILE.",
            2,
        )
    prompt = _on_one_line(prompt)
    if not prompt and not options.source:
        raise CommandError(
            'Say what to teach: interstep write "How do I repot a cactus?", or use --from FILE.', 2
        )
    if options.source and options.steps:
        raise CommandError("--steps goes with a prompt; with --from, your text has its steps.", 2)
    return prompt


def _given(source: str) -> Imported:
    """Return the author's own text as a tutorial: a file, standard input or a built-in."""
    if source == "-":
        return from_text(read_text(sys.stdin.buffer.read(MAX_BYTES + 1)))
    if not os.path.exists(source):  # Path.exists raises for a name that no disk can hold
        wanted = source.casefold()
        for example in corpus():
            if wanted in (example.name, example.title.casefold()):
                return from_text(example.text, example.name)
        raise CommandError(
            f"There is neither a file nor a built-in tutorial {source!r}: check the name.", 2
        )
    return read_markdown(Path(source))


def _out(given: Path | None, topic: str) -> Path:
    if given is None:
        name = re.sub(r"[^\w]+", "-", topic.casefold()).strip("-")[:60] or "tutorial"
        return Path(f"{name}.interstep")
    if given.suffix.lower() not in SUFFIXES:
        raise CommandError(f"{given.name!r}: end the name in {', '.join(SUFFIXES)}.", 2)
    return given.with_suffix(given.suffix.lower())


def _check_free(path: Path) -> None:
    if os.path.exists(path):
        raise CommandError(
            f"{path} exists and is not overwritten: choose another name with -o, or delete it."
        )


def _request(
    tutorial: Tutorial, photos: list[Take], seed: int, pack: str, steps: int | None
) -> Write:
    given = tuple(
        given_step(step)
        for step in tutorial.steps
        if not any(picture.chosen for picture in step.pictures)
    )
    return Write(
        id=new_id(),
        pack=pack,
        prompt=tutorial.prompt,
        seed=seed,
        steps=steps,
        title=tutorial.title,
        given=given,
        images=tuple(for_writer(photo) for photo in photos),
        options=tutorial.making.options,
    )


@contextmanager
def _new_file(path: Path, tutorial: Tutorial, takes: list[Take]) -> Iterator[TutorialFile]:
    """Make the file; take it away again if nothing came into it."""
    file = TutorialFile.create(path, tutorial, takes)
    try:
        with file:
            yield file
    finally:
        if not file.tutorial.steps:
            path.unlink()


def _tell(event: Event, as_json: bool, progress: ProgressLine) -> None:
    if as_json:
        print_json(event)
    else:
        progress.show(event)
