"""Which words of an author's text are a title or heading, and which are a mere label or number.

A step's heading is a short first sentence or line of its own text, if there is one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.tutorial.notation import LABELS

MAX_STEPS = 20
NEEDS = re.compile(r"(?:(?:what )?you(?:'ll)? need|ingredients|materials|supplies|tools):?", re.I)
METHOD = re.compile(r"(?:steps|method|instructions|directions):?", re.I)
STEP_LINE = re.compile(r"\s{0,3}Step\s+\d{1,2}\s*[.):\u2013\u2014-]\s*", re.I)
ITEM = re.compile(r"\s*(?:\d{1,9}[.)]|[-+*])(?:[ \t]+|$)")

_SHORT = 60  # characters that still read as a heading
_LONG = 90  # characters of a step when one long paragraph is cut at its sentences

_NUMBERED = re.compile(
    r"(?:Step\s+)?(\d{1,2})\s*[.):]\s+(?=\S)|Step\s+(\d{1,2})\s+[\u2013\u2014-]\s+", re.I
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])|(?<=[\u3002\uff01\uff1f])")
_BOLD = re.compile(r"(\*\*|__)([^*_\n]+)\1")
_MARKUP = re.compile(r"[`*_\[\]<>\\&]")


@dataclass(frozen=True)
class Part:
    """A step to be; body is Markdown."""

    title: str
    body: str


def is_title(text: str) -> bool:
    """Whether a first paragraph names the whole text."""
    labelled = text.startswith(tuple(f"{label}:" for label in LABELS))
    labelled = labelled or bool(NEEDS.fullmatch(text) or METHOD.fullmatch(text))
    ended = text.endswith((".", "!", "?", ";", ",", "\u3002", "\uff01", "\uff1f"))
    short = len(text) <= _SHORT and "\n" not in text
    return short and not (labelled or ended or _MARKUP.search(text) or STEP_LINE.match(text))


def by_sentences(text: str) -> list[str]:
    """Return a long paragraph in pieces of whole sentences, a shorter one as it is."""
    sentences = _SENTENCE.split(text)
    if len(text) <= 2 * _LONG or len(sentences) < 3:
        return [text]
    pieces = [""]
    size = max(_LONG, len(text) // MAX_STEPS)
    for sentence in sentences:
        if len(pieces[-1]) >= size:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {sentence}".strip()
    return pieces


def headed(text: str) -> Part:
    """Return the step of an item or paragraph: a short first sentence or line is its heading."""
    first, _, rest = text.partition("\n")
    if ITEM.match(first):
        return Part("", text)
    if bold := _BOLD.match(first):
        title, tail = bold[2], first[bold.end() :].lstrip(" .:\u2013\u2014-")
    elif not rest or not rest.split("\n")[0].strip() or ITEM.match(rest):
        title, tail = [*_SENTENCE.split(first, maxsplit=1), ""][:2]
    else:
        title, tail = [*_SENTENCE.split(first, maxsplit=1), ""][:2]
        # Else its lines are cut where they were full.
        if not (tail or _begins_anew(first, rest)):
            return Part("", text)
    if len(title) > _SHORT or _MARKUP.search(title) or not title.strip():
        return Part("", text)
    body = "\n".join(piece for piece in (tail, rest) if piece)
    return Part(title.strip().removesuffix(".").removesuffix(":"), body.strip("\n"))


def _begins_anew(first: str, rest: str) -> bool:
    """Whether a line is whole: it ends with no comma, and the next one begins with a capital."""
    return not first.rstrip().endswith((",", ";")) and rest.lstrip()[:1].isupper()


def words(content: str) -> str:
    """Return the words of a heading's line, without bold around all of it."""
    line = " ".join(content.split())
    bold = _BOLD.fullmatch(line)
    return bold[2] if bold else line


def unnumbered(steps: Sequence[Part]) -> list[Part]:
    """Return the steps without numbers in their headings where these count 1, 2, 3 …."""
    matches = [_NUMBERED.match(step.title) for step in steps]
    numbers = [int(match[1] or match[2]) for match in matches if match]
    if not steps or numbers != list(range(1, len(steps) + 1)):
        return list(steps)
    return [
        replace(step, title=step.title[match.end() :])
        for step, match in zip(steps, matches, strict=True)
        if match
    ]
