"""What keys do to a Markdown text: marks around a selection, lists that go on. Pure."""

import re
from dataclasses import dataclass

from app.tutorial.model import CALLOUTS, CalloutKind

ITEM = re.compile(r"(\s*)([-*+]|(\d{1,4})([.)]))(\s+)")
CALLOUT = re.compile(rf"> ?({'|'.join(CALLOUTS)}): ", re.I)
NUMBERED = re.compile(r"\s*\d{1,4}[.)]\s+")


@dataclass(frozen=True)
class Typed:
    """A text with its selection from `start` to `end`, as offsets in characters."""

    text: str
    start: int
    end: int


def wrapped(typed: Typed, mark: str) -> Typed:
    """Put a mark (`**`, `*`, a backtick) around the selection, or take it away.

    Without a selection the word at the caret is taken; where there is none, the caret stands
    between two marks.
    """
    text, start, end = typed.text, *_span(typed)
    size = len(mark)
    outside = text[max(start - size, 0) : start] == mark == text[end : end + size]
    # Of `**` a single star is no italic mark.
    if outside and not (mark == "*" and text[max(start - 2, 0) : start] == "**"):
        return Typed(
            text[: start - size] + text[start:end] + text[end + size :], start - size, end - size
        )
    inner = text[start:end]
    if len(inner) >= 2 * size and inner.startswith(mark) and inner.endswith(mark):
        inner = inner[size:-size]
        return Typed(text[:start] + inner + text[end:], start, start + len(inner))
    return Typed(text[:start] + mark + inner + mark + text[end:], start + size, end + size)


def linked(typed: Typed) -> Typed:
    """Make the selection a link and select the place of its address."""
    text, start, end = typed.text, *_span(typed)
    before = f"[{text[start:end]}]("
    place = start + len(before)
    if start == end:
        place = start + 1  # the caret stands where the words go
    return Typed(text[:start] + before + ")" + text[end:], place, place)


def listed(typed: Typed, *, numbered: bool) -> Typed:
    """Make the lines of the selection items of a list, or plain lines again."""
    text = typed.text
    first = text.rfind("\n", 0, typed.start) + 1
    last = text.find("\n", typed.end)
    last = len(text) if last < 0 else last
    lines = text[first:last].split("\n")
    plain = [ITEM.sub("", line, count=1) if ITEM.match(line) else line for line in lines]
    are = [bool(NUMBERED.match(line)) == numbered and bool(ITEM.match(line)) for line in lines]
    if not all(are):
        plain = [f"{n}. {line}" if numbered else f"- {line}" for n, line in enumerate(plain, 1)]
    whole = "\n".join(plain)
    return Typed(text[:first] + whole + text[last:], first + len(whole), first + len(whole))


def entered(typed: Typed) -> Typed | None:
    """Return the text after Enter: a new paragraph or list item; None asks for a new step.

    An empty item ends its list; Enter on an empty last line is a new step.
    """
    text = typed.text[: typed.start] + typed.text[typed.end :]
    at = typed.start
    begin = text.rfind("\n", 0, at) + 1
    line = text[begin:at]
    rest = text[at:].split("\n", 1)[0]
    item = ITEM.match(line)
    if item and not line[item.end() :].strip() and not rest.strip():
        return Typed(text[:begin] + text[at:], begin, begin)
    if item:
        marker = f"{item[1]}{_next(item)}{item[5]}"
        return _inserted(text, at, "\n" + marker)
    if not line.strip() and not text[at:].strip():
        return None
    return _inserted(text, at, "\n" if not line.strip() else "\n\n")


def callout_begun(typed: Typed) -> tuple[Typed, CalloutKind] | None:
    """Return the text without the "> tip: " just typed on a line of its own, and its kind."""
    begin = typed.text.rfind("\n", 0, typed.start) + 1
    match = CALLOUT.fullmatch(typed.text[begin : typed.start])
    rest = typed.text[typed.start :]
    if match is None or (rest and not rest.startswith("\n")):
        return None
    before = typed.text[:begin].rstrip("\n")
    after = rest if before else rest.lstrip("\n")
    kind = next(kind for kind in CALLOUTS if kind == match[1].lower())
    return Typed(before + after, len(before), len(before)), kind


def _next(item: re.Match[str]) -> str:
    return f"{int(item[3]) + 1}{item[4]}" if item[3] else str(item[2])


def _inserted(text: str, at: int, new: str) -> Typed:
    return Typed(text[:at] + new + text[at:], at + len(new), at + len(new))


def _span(typed: Typed) -> tuple[int, int]:
    """Return the selection without the blanks at its ends, or the word at the caret."""
    start, end = typed.start, typed.end
    if start == end:
        while start > 0 and typed.text[start - 1].isalnum():
            start -= 1
        while end < len(typed.text) and typed.text[end].isalnum():
            end += 1
        return start, end
    while start < end and typed.text[start].isspace():
        start += 1
    while end > start and typed.text[end - 1].isspace():
        end -= 1
    return start, end
