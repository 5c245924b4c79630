r"""The Markdown in which a tutorial is exported, and how any text stands in it and comes back.

Two rules keep it readable and reversible. A line of a body that looks like the document's own
structure, after any spaces, gets one more space in front: Markdown shows it as before. A plain
field (a title, an item, an alt text …) is escaped with backslashes; white space at its ends and
control characters, which viewers and editors drop, become `&#32;` and the like.
"""

import re

from app.tutorial.model import CALLOUTS

MARKER = "<!-- Written by Interstep, which can read it back. -->"
DRAFT_NOTICE = "Rough draft by a small model: check every step before you follow it."
MATERIALS, TOOLS, DURATION, DIFFICULTY = "You need", "Tools", "Time", "Difficulty"
LABELS = (MATERIALS, TOOLS, DURATION, DIFFICULTY)  # in the order of the page
DESCRIPTION = "Picture"

CALLOUT = re.compile(rf"> \*\*({'|'.join(kind.title() for kind in CALLOUTS)}):\*\* ?(.*)")
IMAGE = re.compile(r"!\[((?:\\.|[^\\\]])*)\]\(<?([^()<>\"]*)>?\)")

_LABEL = rf"(?:{'|'.join((*LABELS, DESCRIPTION))}):"
_STRUCTURE = re.compile(
    rf" *(?:##?(?: |$)|!\[|{_LABEL}|{CALLOUT.pattern}|{re.escape(MARKER[:12])})", re.DOTALL
)
_PUNCTUATION = re.compile(
    r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|&(?=[#\w])|~(?=~)|#(?=#*\Z)|\A[#>+=|-]"
    rf"|(?<=\A\d)[.)]|(?<=\A\d\d)[.)]|(?<=\A{MATERIALS}):|(?<=\A{TOOLS}):|(?<=\A{DURATION}):"
    rf"|(?<=\A{DIFFICULTY}):|(?<=\A{DESCRIPTION}):"
)
_WHITE = re.compile(r"\A\s|\s\Z|[\x00-\x1f\x7f]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|&#(\d{1,7});")


def escaped(plain: str) -> str:
    """Return plain text as Markdown of one line; `unescaped` gives it back."""
    text = _PUNCTUATION.sub(r"\\\g<0>", plain)
    return _WHITE.sub(lambda match: f"&#{ord(match[0])};", text)


def unescaped(markdown: str) -> str:
    """Return the plain text that `escaped` was given."""
    return _ESCAPE.sub(lambda match: match[1] or _character(match), markdown)


def _character(match: re.Match[str]) -> str:
    code = int(match[2])
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else match[0]


def joined(items: tuple[str, ...]) -> str:
    """Return the items on one line; a comma inside an item gets a backslash."""
    return ", ".join(escaped(item).replace(",", "\\,") for item in items)


def items(line: str) -> tuple[str, ...]:
    """Return the items of a line that `joined` wrote, or that a person wrote with commas."""
    parts = [""]
    for match in re.finditer(r"\\.|, |.", line):
        if match[0] == ", ":
            parts.append("")
        else:
            parts[-1] += match[0]
    return tuple(unescaped(part.strip()) for part in parts if part.strip())


def shielded(body: str) -> str:
    """Return a body none of whose lines can be taken for the document's structure."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    return "\n".join(f" {line}" if _STRUCTURE.match(line) else line for line in lines)


def unshielded(line: str) -> str:
    """Return a line of a body as it was before `shielded`."""
    return line[1:] if line.startswith(" ") and _STRUCTURE.match(line) else line
