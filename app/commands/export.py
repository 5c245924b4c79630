"""`interstep export`: tutorials as Markdown or HTML."""

import argparse
from pathlib import Path

from app.commands.errors import CommandError
from app.commands.progress import ProgressLine
from app.exporting.writing import export
from app.tutorial.file import TutorialFile
from app.tutorial.reading import without_absent

FORMATS = (".md", ".html")


def run(options: argparse.Namespace) -> int:
    """Export every file and return the exit code."""
    files, out = options.files, options.out
    if out.suffix.lower() in FORMATS and not out.is_dir():
        if len(files) > 1:
            raise CommandError("Several tutorials go into a folder: give one with -o FOLDER.", 2)
        _export(files[0], out)
    elif out.is_dir() or len(files) > 1:
        names = [file.stem for file in files]
        if len(set(names)) < len(names):
            raise CommandError("Two of the tutorials have the same name: export them apart.", 2)
        out.mkdir(parents=True, exist_ok=True)
        for file in files:
            _export(file, out / f"{file.stem}.html")
    else:
        raise CommandError(f"{out.name!r}: end the name in {' or '.join(FORMATS)}.", 2)
    return 0


def _export(path: Path, out: Path) -> None:
    with TutorialFile.open(path) as file:
        takes = file.whole_takes()
        tutorial, lost = without_absent(file.tutorial, takes)
        for problem in (*file.problems, *lost):
            ProgressLine().line(problem)
        for written in export(tutorial, takes, out)[:1]:
            print(written)
