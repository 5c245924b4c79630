"""`interstep export`: tutorials as Markdown or HTML."""

import argparse
from pathlib import Path

from app.commands.errors import CommandError, tell
from app.commands.progress import ProgressLine
from app.exporting.writing import export
from app.tutorial.errors import TutorialError
from app.tutorial.file import TutorialFile
from app.tutorial.reading import without_absent

FORMATS = (".md", ".html")


def run(options: argparse.Namespace) -> int:
    """Export every file and return the exit code."""
    files, out = options.files, options.out
    if out.suffix.lower() in FORMATS and not out.is_dir():
        if len(files) > 1:
            raise CommandError("Several tutorials go into a folder: give one with -o FOLDER.", 2)
        with TutorialFile.open(files[0]) as file:
            _export(file, out)
        return 0
    if not (out.is_dir() or len(files) > 1):
        raise CommandError(f"{out.name!r}: end the name in {' or '.join(FORMATS)}.", 2)
    names = [file.stem for file in files]
    for name in names:
        if names.count(name) > 1:
            raise CommandError(f"Two of the tutorials are named {name}: export them apart.", 2)
    return max([_export_into(out, file) for file in files])


def _export_into(folder: Path, path: Path) -> int:
    """Export a tutorial into a folder, made if need be; tell what fails, return the exit code."""
    try:
        with TutorialFile.open(path) as file:
            folder.mkdir(parents=True, exist_ok=True)
            _export(file, folder / f"{path.stem}.html")
    except BrokenPipeError:
        raise
    except (TutorialError, OSError) as error:
        return tell(error)
    return 0


def _export(file: TutorialFile, out: Path) -> None:
    takes = file.whole_takes()
    tutorial, lost = without_absent(file.tutorial, takes)
    for problem in (*file.problems, *lost):
        ProgressLine().line(problem)
    for written in export(tutorial, takes, out)[:1]:
        print(written)
