"""How a command fails: one sentence on stderr and an exit code."""

import os
import sys
from pathlib import Path

from app.tutorial.errors import TutorialError

STOPPED = 130  # the exit code after Ctrl+C, as shells have it


class CommandError(Exception):
    """message: what is wrong and what to do; code: 1 failed, 2 wrong usage, 130 stopped."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def sentence(message: str, hint: str = "") -> str:
    """Return message and hint as sentences: a capital first, a full stop last."""
    parts = [part.strip() for part in (message, hint) if part.strip()]
    return " ".join(
        part[0].upper() + part[1:] + ("" if part.endswith((".", "!", "?")) else ".")
        for part in parts
    )


def tell(error: CommandError | TutorialError | OSError) -> int:
    """Print what failed on stderr; return the exit code."""
    if isinstance(error, CommandError):
        said = str(error)
    elif isinstance(error, TutorialError):
        said = sentence(error.message, error.hint)
    else:
        said = (
            f"{error.filename or 'A file'} can't be read or written ({error.strerror}): check its "
            "name, its folder and the disk."
        )
    print(f"interstep: {said}", file=sys.stderr)
    return error.code if isinstance(error, CommandError) else 1


def check_folder(out: Path) -> None:
    """Raise CommandError where the folder that a file shall go into does not exist."""
    if not os.path.isdir(out.absolute().parent):  # Path.is_dir raises for a name too long
        raise CommandError(f"The folder {out.parent} does not exist: make it first.")
