"""What the generators of this package yield, and the one error that they raise."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class PackError(Exception):
    """What failed, in one sentence for the person; hint is a sentence that says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class PackProgress:
    """done of total bytes of what is being done, such as "Fetching x.gguf"."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class PackNote:
    """One sentence that the person should see, though the work goes on."""

    message: str


Report = PackProgress | PackNote
Reports = Generator[Report, None, T]  # yields reports, returns a T


def in_words(size: int) -> str:
    """Return a number of bytes as people write it: "98 MB", "1.1 GB"."""
    if size >= 10**9:
        return f"{size / 10**9:.1f} GB"
    return f"{max(size / 10**6, 0.1):.1f} MB" if size < 10**7 else f"{size / 10**6:.0f} MB"


def memory_in_words(size: int) -> str:
    """Return bytes of memory as its makers count it: "512 MiB", "8.0 GiB"."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
