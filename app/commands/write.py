"""`interstep write`: a prompt, or the author's own text, becomes an illustrated tutorial."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from app.commands.conversation import Conversation, print_json
from app.commands.errors import STOPPED, CommandError, check_folder, sentence
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
    check_folder(path)
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
    kept = partial(_kept, given, options.source == "-")
    with _new_file(path, tutorial, [*given.takes.values(), *photos], kept) as file:
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
        if out.suffix != ".interstep" and (isinstance(last, Finished) or _new_in(file, given)):
            export(file.tutorial, file.whole_takes(), out)
        if isinstance(last, Failed):
            raise CommandError(sentence(last.message, last.hint))
        if isinstance(last, Cancelled):
            raise CommandError("Stopped.", STOPPED)
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
    except CommandError:
        writing.stopped()
        raise


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
        raise
    return tuple(thing for part in told.split(",") if (thing := _on_one_line(part))) or seen


def _on_one_line(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def _new_in(file: TutorialFile, given: Imported) -> bool:
    """Whether a step was written; a picture, where the steps were given."""
    if given.tutorial.steps:
        return len(file.takes()) > len(given.takes)
    return bool(file.tutorial.steps)


def _kept(given: Imported, typed: bool, file: TutorialFile) -> str:
    """Say what a failure leaves in the file, empty for nothing worth it; typed: on stdin."""
    if not (typed or _new_in(file, given)):
        return ""
    count = len(file.tutorial.steps)
    there = f"step{'s are' if count > 1 else ' is'} kept in {file.path}"
    if not given.tutorial.steps:
        return f"{count} finished {there}."
    pictured = sum(any(one.chosen for one in step.pictures) for step in file.tutorial.steps)
    return f"{count} {there}, {pictured} with a picture."


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
    if options.source and prompt:
        raise CommandError("Give a prompt or --from, not both: your text says what to teach.", 2)
    if options.source and options.image:
        raise CommandError("--image goes with a prompt; with --from, only your text is used.", 2)
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
        alike = get_close_matches(wanted, [example.name for example in corpus()])
        hint = f"did you mean {' or '.join(alike)}?" if alike else "check the name."
        raise CommandError(f"There is neither a file nor a built-in tutorial {source!r}: {hint}", 2)
    return read_markdown(Path(source))


def _out(given: Path | None, topic: str) -> Path:
    if given is None:
        name = re.sub(r"[^\w]+", "-", topic.casefold()).strip("-")[:60] or "tutorial"
        return Path(f"{name}.interstep")
    if given.suffix.lower() not in SUFFIXES:
        raise CommandError(f"{given.name!r}: end the name in .interstep, .md or .html.", 2)
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
def _new_file(
    path: Path, tutorial: Tutorial, takes: list[Take], kept: Callable[[TutorialFile], str]
) -> Iterator[TutorialFile]:
    """Make the file; take it away again if nothing came into it.

    kept: says what a failure leaves in it, empty for nothing; the error then ends with that.
    """
    file = TutorialFile.create(path, tutorial, takes)
    wanted = True
    try:
        with file:
            yield file
    except (CommandError, KeyboardInterrupt) as error:
        ended = CommandError("Stopped.", STOPPED) if isinstance(error, KeyboardInterrupt) else error
        wanted = bool(kept(file))
        raise CommandError(f"{ended} {kept(file)}".strip(), ended.code) from error
    finally:
        if not (wanted and file.tutorial.steps):
            path.unlink()


def _tell(event: Event, as_json: bool, progress: ProgressLine) -> None:
    if as_json:
        print_json(event)
    else:
        progress.show(event)
