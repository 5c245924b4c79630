"""Reads our own Markdown export back: the inverse of app/exporting/markdown.py."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from app.tutorial.model import CALLOUTS, Callout, Picture, Step, Tutorial, new_id
from app.tutorial.notation import (
    CALLOUT,
    DIFFICULTY,
    DRAFT_NOTICE,
    DURATION,
    MARKER,
    MATERIALS,
    TOOLS,
    items,
    unescaped,
    unshielded,
)

_TITLE = re.compile(r"#(?: (.*))?")
_HEADING = re.compile(r"##(?: \d+\.(?: (.*))?| (.*))?")

# An image's line -> its picture, or None when no image can be read for it.
ReadImage = Callable[[str], Picture | None]


def is_exported(text: str) -> bool:
    """Whether the text is an export of ours, its last line untouched."""
    return text.startswith("#") and text.rstrip().endswith(f"\n{MARKER}")


def read(text: str, image: ReadImage) -> Tutorial:
    """Return the tutorial; ids are new, and every step of a draft counts as one."""
    lines = text.rstrip().removesuffix(MARKER).split("\n")
    places = [i for i, line in enumerate(lines) if _HEADING.fullmatch(line)]
    tutorial = _head(lines[: places[0] if places else None], image)
    draft = f"*{DRAFT_NOTICE}*" in lines[: places[0] if places else None]
    steps = (
        replace(_step(lines[start:end], image), draft=draft)
        for start, end in pairwise([*places, len(lines)])
    )
    return replace(tutorial, steps=tuple(steps))


def callout(match: re.Match[str]) -> Callout:
    """Return the callout of a line that CALLOUT matched."""
    kind = next(kind for kind in CALLOUTS if kind.title() == match[1])
    return Callout(kind, unescaped(match[2]))


def _head(lines: Sequence[str], image: ReadImage) -> Tutorial:
    title = _TITLE.fullmatch(lines[0])
    said: dict[str, str] = {}
    summary = [] if title else [lines[0]]
    given: list[str] = []
    for line in lines[1:]:
        label, colon, value = line.partition(": ")
        if colon and label in (MATERIALS, TOOLS, DURATION, DIFFICULTY):
            said[label] = value
        elif line.startswith("![") and (picture := image(line)) is not None:
            given += picture.takes
        elif line and line != f"*{DRAFT_NOTICE}*":
            summary.append(line)
    return Tutorial(
        id=new_id(),
        title=unescaped(title[1] or "") if title else "",
        summary=unescaped("\n".join(summary)),
        given=tuple(given),
        materials=items(said.get(MATERIALS, "")),
        tools=items(said.get(TOOLS, "")),
        duration=unescaped(said.get(DURATION, "")),
        difficulty=unescaped(said.get(DIFFICULTY, "")),
    )


def _step(lines: Sequence[str], image: ReadImage) -> Step:
    heading = _HEADING.fullmatch(lines[0])
    title = (heading[1] or heading[2] or "") if heading else ""
    duration = ""
    body: list[str] = []
    callouts: list[Callout] = []
    pictures: list[Picture] = []
    for line in lines[1:]:
        if match := CALLOUT.fullmatch(line):
            callouts.append(callout(match))
        elif line.startswith("![") and (picture := image(line)) is not None:
            pictures.append(picture)
        elif line.startswith(f"{DURATION}: ") and not duration:
            duration = unescaped(line.removeprefix(f"{DURATION}: "))
        else:
            body.append(unshielded(line))
    return Step(
        id=new_id(),
        title=unescaped(title),
        body="\n".join(body).strip("\n"),
        callouts=tuple(callouts),
        pictures=tuple(pictures),
        duration=duration,
    )
