"""The many ways to ask for a change of a picture, as the few that the rules follow. Pure.

What comes out begins with the verb of the change: remove, replace … with, add, put … in, take … out
of; a sentence of another shape comes out as it went in.
"""

import re

LONGEST = 1000  # characters that are read
_POLITE = re.compile(r"^(?:please|can you|could you|now|also)\s+")
_AGAIN = re.compile(
    r"(?:[,;.]|\band\b|\bthen\b)\s*(?=(?:then |also )?(?:add|bring|clear|remove|delete|erase|"
    r"replace|swap|make|paint|colour|color|dye|open|close|turn|switch|move|shift|flip|mirror|"
    r"enlarge|shrink|lift|put|take|use|change)\b)"
)
_WAYS = (
    (r"(?:put|clear|take|throw|tidy|set) (?P<a>.+) (?:away|aside|off)", "remove {a}"),
    (r"(?P<a>.+) (?:is|are) (?:no longer|not) (?:needed|wanted|used|there)", "remove {a}"),
    (r"use (?P<b>.+) (?:instead|in place) of (?P<a>.+)", "replace {a} with {b}"),
    (r"(?:bring|fetch|set down|lay down|have|include) (?P<a>.+)", "add {a}"),
    (
        r"(?:take|lift|pull|get|bring|move) (?P<a>.+) (?:out of|from|away from|off) (?P<b>.+)",
        "take {a} out of {b}",
    ),
    (
        r"(?:move|lay|set|lower|drop|slide|place) (?P<a>.+) (?P<on>in|on)(?:to|side)? (?P<b>.+)",
        "put {a} {on} {b}",
    ),
)
WAYS = tuple((re.compile(pattern), form) for pattern, form in _WAYS)
_SIDE = re.compile(r"\b(?:left|right|up|down|higher|lower)\b")  # a way to go, not a place to be in


def asked(instruction: str) -> list[str]:
    """Return the changes that an instruction asks for, one after the other."""
    text = " ".join(instruction[:LONGEST].casefold().split()).strip(" .!")
    text = _POLITE.sub("", text)
    parts = (part.strip(" .,!") for part in _AGAIN.split(text))
    return [_plain(part) for part in parts if part]


def _plain(text: str) -> str:
    for way, form in WAYS:
        found = way.fullmatch(text)
        if found and not ("{on}" in form and _SIDE.search(text)):
            return form.format(**found.groupdict())
    return text
