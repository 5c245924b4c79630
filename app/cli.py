"""The command `interstep`: reads the words, hands them to one command, returns its exit code.

Nothing heavy is imported before the command is known, so that `--help` is quick.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

MOST_STEPS = 20
OPENED = (".interstep", ".md", ".markdown", ".txt")  # by `interstep FILE`


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of a command line; a failure is one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding must not turn a title into a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(parser().parse_args(_with_studio(arguments)))
    except KeyboardInterrupt:
        from app.commands.errors import STOPPED

        print("interstep: Stopped.", file=sys.stderr)
        return STOPPED


def _run(options: argparse.Namespace) -> int:
    from app.commands.interrupts import held_back

    with held_back():
        command = import_module(f"app.commands.{options.command}")
    from app.commands.errors import CommandError, tell
    from app.tutorial.errors import TutorialError

    try:
        return int(command.run(options))
    except BrokenPipeError:
        # The reader of our output is gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (CommandError, TutorialError, OSError) as error:
        return tell(error)


class _Version(argparse.Action):
    """Prints the version, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"interstep {version('interstep')}")
        parser.exit()


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="interstep",
        description="Write and illustrate step-by-step tutorials on your own computer.",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    studio = commands.add_parser("studio", help="open the studio; so does `interstep [FILE]`")
    studio.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a tutorial or a text")
    _add_write(commands.add_parser("write", help="write a tutorial from a prompt or your text"))
    _add_redraw(commands.add_parser("redraw", help="draw the picture of one step again"))
    _add_export(commands.add_parser("export", help="turn tutorials into Markdown or HTML"))
    _add_packs(commands.add_parser("packs", help="list, install and check packs"))
    doctor = commands.add_parser("doctor", help="check this installation and this machine")
    doctor.add_argument(
        "--engine-python",
        metavar="PATH",
        help="run the engine under this Python from now on, such as one with CUDA's libraries;"
        ' "" for the one of this program',
    )
    _add_screenshot(commands.add_parser("screenshot", help="picture the studio's window"))
    return top


def _with_studio(arguments: Sequence[str]) -> Sequence[str]:
    """Return the words with the command that they leave out: nothing, or a file's name alone."""
    if not arguments:
        return ["studio"]
    if len(arguments) == 1 and Path(arguments[0]).suffix.lower() in OPENED:
        return ["studio", *arguments]
    return arguments


def _add_screenshot(screenshot: argparse.ArgumentParser) -> None:
    screenshot.add_argument("file", nargs="?", type=Path, metavar="FILE", help="is only read")
    screenshot.add_argument("-o", dest="out", type=Path, required=True, metavar="PNG")
    screenshot.add_argument(
        "--page", choices=("start", "tutorial", "library", "packs", "doctor"), default="tutorial"
    )
    screenshot.add_argument("--theme", choices=("light", "dark"), default="light")
    screenshot.add_argument(
        "--size", type=_size, default=(1280, 800), metavar="WxH", help="1280x800 unless told"
    )


def _add_write(write: argparse.ArgumentParser) -> None:
    write.add_argument("prompt", nargs="?", metavar="PROMPT", help="what to teach")
    write.add_argument("-o", dest="out", type=Path, metavar="FILE", help=".interstep, .md or .html")
    write.add_argument("--pack", default="", metavar="ID", help="the pack that writes")
    _add_painter(write)
    write.add_argument("--steps", type=_steps, metavar="N", help="exactly N steps, 1 to 20")
    write.add_argument("--seed", type=_seed, metavar="N", help="the same seed gives the same")
    write.add_argument(
        "--image", action="append", default=[], type=Path, metavar="FILE", help="a photo to keep"
    )
    write.add_argument(
        "--from",
        dest="source",
        metavar="TEXTFILE",
        help="your own text, kept word for word; - for standard input; or a built-in tutorial",
    )
    write.add_argument(
        "--yes", action="store_true", help="do not ask if the photos show what the writer lists"
    )
    write.add_argument("--json", action="store_true", help="print events, one JSON object a line")


def _add_painter(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--painter",
        choices=("storyboard", "duogen", "klein", "qwen-edit", "cosmos"),
        default="",
        help="rules, the network DuoGen, or a card's painter; the pack's own unless told",
    )


def _add_redraw(redraw: argparse.ArgumentParser) -> None:
    redraw.add_argument("file", type=Path, metavar="FILE")
    redraw.add_argument("--step", type=_step, required=True, metavar="K", help="1 is the first")
    redraw.add_argument("--mode", choices=("new", "fix"), default="new")
    redraw.add_argument("--instruction", default="", metavar="TEXT", help="what --mode fix changes")
    redraw.add_argument(
        "--mask",
        type=Path,
        metavar="FILE",
        help="a picture: --mode fix changes only where it is white",
    )
    redraw.add_argument(
        "--neighbours",
        type=_neighbours,
        default=("previous", "next", "anchor"),
        metavar="previous,next,anchor|none",
        help="the pictures that the new one must fit",
    )
    _add_painter(redraw)
    redraw.add_argument("--seed", type=_seed, metavar="N")
    redraw.add_argument("--json", action="store_true", help="print events, one JSON object a line")


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("files", nargs="+", type=Path, metavar="FILE")
    export.add_argument(
        "-o",
        dest="out",
        type=Path,
        required=True,
        metavar="OUT",
        help="a .md or .html file; for several FILEs a folder, which gets an .html of each",
    )


def _add_packs(packs: argparse.ArgumentParser) -> None:
    packs.epilog = (
        "To keep packs in another folder, such as on a larger disk, move them there and set the"
        " environment variable INTERSTEP_PACKS to it."
    )
    actions = packs.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all packs, installed or not")
    for name, text in (
        ("show", "what a pack is made of"),
        ("verify", "hash a pack's files again"),
        ("remove", "delete a pack's files"),
    ):
        actions.add_parser(name, help=text).add_argument("pack", metavar="ID")
    plan = actions.add_parser("plan", help="how a pack would use a CUDA card's memory")
    plan.add_argument("pack", metavar="ID")
    plan.add_argument(
        "--vram", type=_gigabytes, default=0, metavar="GB", help="a card's memory; this machine's"
    )
    install = actions.add_parser("install", help="fetch a pack, or take it from local files")
    install.add_argument("pack", nargs="?", default="", metavar="ID")
    install.add_argument("files", nargs="*", type=Path, metavar="FILE", help="local GGUF or wheels")
    install.add_argument(
        "--writer", type=Path, metavar="FILE.gguf", help="a pack of its own with this writer"
    )
    install.add_argument(
        "--eyes", type=Path, metavar="FILE.gguf", help="with --writer: the mmproj by which it sees"
    )
    install.add_argument(
        "--accept-licence", action="store_true", help="you accept the licence that the pack names"
    )


def _steps(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_STEPS:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {MOST_STEPS}, not {text!r}")
    return int(text)


def _step(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not int(text):
        raise argparse.ArgumentTypeError(f"give a number from 1 on, not {text!r}")
    return int(text)


def _gigabytes(text: str) -> int:
    """Return bytes; cards are sold in powers of two."""
    whole, _, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) < 5) or not (
        not part or (part.isascii() and part.isdigit())
    ):
        raise argparse.ArgumentTypeError(f"give a number such as 12, not {text!r}")
    return round(float(text) * 2**30)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    numbers = [int(part) for part in (width, height) if part.isascii() and part.isdigit()]
    if len(numbers) != 2 or not (900 <= numbers[0] <= 7680 and 560 <= numbers[1] <= 4320):
        raise argparse.ArgumentTypeError(f"give 900x560 to 7680x4320, not {text!r}")
    return numbers[0], numbers[1]


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"give a number of at most 9 digits, not {text!r}")
    return int(text)


def _neighbours(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if names == ("none",):
        return ()
    for name in names:
        if name not in ("previous", "next", "anchor"):
            raise argparse.ArgumentTypeError(f"{name!r} is none of previous, next, anchor, none")
    return names
