"""The packs as a tutorial can choose among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PackRow:
    """One pack. installed: it can be used now; size: bytes on disk; painter: which kind it has."""

    id: str
    name: str
    installed: bool
    size: int
    painter: str = ""


def pack_rows(facts: Mapping[str, Any]) -> list[PackRow]:
    """Return the packs of what the engine's Probe found."""
    return [
        PackRow(
            str(pack.get("id", "")),
            str(pack.get("name") or pack.get("id", "")),
            bool(pack.get("ready")),
            int(pack.get("size", 0)),
            str(pack.get("painter", "")),
        )
        for pack in facts.get("packs", [])
    ]
