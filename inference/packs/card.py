"""The CUDA card of this machine, as its driver tells it; asks a program, loads no library."""

import subprocess
from dataclasses import dataclass

FIELDS = "name,memory.total,memory.free,compute_cap"
MEBIBYTE = 1 << 20
TIMEOUT = 10  # seconds; a driver that wakes a sleeping card takes a few


@dataclass(frozen=True)
class Card:
    """total and free in bytes; capability as (major, minor), (8, 0) and later have bf16."""

    name: str
    total: int
    free: int
    capability: tuple[int, int]


def find_card(program: str = "nvidia-smi") -> Card | None:
    """Return the card with most memory; None without a card, a driver or an answer."""
    command = [program, f"--query-gpu={FIELDS}", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return None
    cards = [card for line in told.stdout.splitlines() if (card := _read(line))]
    return max(cards, key=lambda card: card.total, default=None)


def _read(line: str) -> Card | None:
    """Return the card of a line such as "NVIDIA X, 8188, 7000, 8.9"."""
    try:
        name, total, free, capability = (part.strip() for part in line.rsplit(",", 3))
        major, minor = capability.split(".")
        card = Card(name, int(total) * MEBIBYTE, int(free) * MEBIBYTE, (int(major), int(minor)))
    except ValueError:
        return None
    return card if 0 <= card.free <= card.total else None
