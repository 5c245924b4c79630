"""The packs as a tutorial can choose among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.tutorial.model import Making

DRAWING = ("storyboard", "duogen")  # painters without pixels


@dataclass(frozen=True)
class PackRow:
    """One pack. installed: it can be used now; size: bytes on disk; painter: which kind it has.

    default: it is used where a tutorial names none.
    """

    id: str
    name: str
    installed: bool
    size: int
    painter: str = ""
    default: bool = False


def pack_rows(facts: Mapping[str, Any]) -> list[PackRow]:
    """Return the packs of what the engine's Probe found."""
    return [
        PackRow(
            str(pack.get("id", "")),
            str(pack.get("name") or pack.get("id", "")),
            bool(pack.get("ready")),
            int(pack.get("size", 0)),
            str(pack.get("painter", "")),
            pack.get("id") == facts.get("recommended"),
        )
        for pack in facts.get("packs", [])
    ]


def painter_of(making: Making, packs: Sequence[PackRow]) -> str:
    """Return the kind of painter that the next picture is made with; "" while it is not known."""
    used = (pack for pack in packs if (pack.id == making.pack if making.pack else pack.default))
    return making.options.painter or next((pack.painter for pack in used), "")
