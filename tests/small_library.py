"""Small tutorials in a folder, as the tests of the library and its views need them."""

import hashlib
import io
import os
from pathlib import Path

from PIL import Image

from app.tutorial.file import TutorialFile
from app.tutorial.model import Callout, Picture, Step, Take, Tutorial, new_id


def painted(colour: str, size: tuple[int, int] = (120, 80)) -> Take:
    """Return a take of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "PNG")
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    return Take(sha256, "image/png", *size, out.getvalue(), {"description": "A pot"}, {})


RED = painted("red")

TEA = Tutorial(
    "tea",
    title="Brew tea",
    summary="Good tea in five minutes.",
    materials=("tea leaves",),
    tools=("kettle",),
    tags=("kitchen",),
    steps=(
        Step("a", "Boil", "Boil *fresh* water.", (Callout("warning", "Steam scalds."),)),
        Step(
            "b",
            "Pour",
            "Pour it over the leaves.",
            pictures=(Picture("p", "A pot", "A red pot", takes=(RED.sha256,), chosen=RED.sha256),),
        ),
    ),
)
EGG = Tutorial(
    "egg",
    title="Boil an egg",
    tags=("kitchen", "quick"),
    steps=(Step("a", "Heat", "Heat the water.", checked=True),),
)
TYRE = Tutorial(
    "tyre",
    title="Mend a tyre",
    steps=(Step("a", "Find the hole", draft=True, pictures=(Picture("p", "A tyre"),)),),
)


def store(folder: Path, tutorial: Tutorial, *takes: Take, age: float = 0.0) -> Path:
    """Put a tutorial into a folder as a file named after it, changed `age` seconds ago."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{tutorial.id or new_id()}.interstep"
    TutorialFile.create(path, tutorial, takes).close()
    now = path.stat().st_mtime
    os.utime(path, (now - age, now - age))
    return path


def fill(folder: Path) -> None:
    """Store tea, egg and tyre, the newest first, and a file that is none."""
    store(folder, TEA, RED)
    store(folder, EGG, age=10)
    store(folder, TYRE, age=20)
    broken = folder / "broken.interstep"
    broken.write_bytes(b"not a tutorial")
    os.utime(broken, (1, 1))


def digest(folder: Path) -> dict[str, tuple[str, int]]:
    """Return the sha256 and the time of every file in a folder, by its name."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
