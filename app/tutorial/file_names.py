"""File names for tutorials that every system takes."""

import re
import unicodedata
from collections.abc import Collection
from itertools import count

SUFFIX = ".interstep"
LONGEST = 120  # bytes of a stem; leaves room for a number, the lock's name and SQLite's journal
NAMELESS = "Tutorial"

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
# names of devices on Windows, also with anything behind a dot
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.I)


def free_name(stem: str, taken: Collection[str]) -> str:
    """Return a file name, numbered where it or its journal is among `taken`."""
    others = {_alike(name) for name in taken}
    for number in count(1):
        name = f"{stem}{f' {number}' if number > 1 else ''}{SUFFIX}"
        # SQLite would play an old journal of that name back into the new file
        if not {_alike(name), _alike(f"{name}-journal")} & others:
            return name
    raise AssertionError("count() ends never")


def stem_for(title: str) -> str:
    """Return the title as far as every system takes it for a file's name."""
    plain = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character
        for character in unicodedata.normalize("NFC", title)
    )
    words = _FORBIDDEN.sub(" ", plain)
    short = words.encode()[:LONGEST].decode(errors="ignore").strip(" .")
    return f"{short} (tutorial)" if _DEVICE.match(short) else short or NAMELESS


def _alike(name: str) -> str:
    # as file systems that ignore case and forms of accents compare names
    return unicodedata.normalize("NFC", name).casefold()
