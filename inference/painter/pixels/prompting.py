"""The prompt of a painter of pixels: description, look, and what its neighbours are."""

from collections.abc import Sequence

from inference.painter.pixels.references import Reference
from inference.protocol import Look, PaintInput

ROLES = {
    "present": "the picture to change",
    "previous": "an earlier step",
    "next": "a later step",
    "anchor": "how things look throughout",
}


def prompt_of(given: PaintInput, references: Sequence[Reference]) -> str:
    """Return one text of a few plain sentences."""
    fixing = given.mode == "fix"
    asked = given.instruction if fixing else given.description or given.heading
    parts = [_sentence(asked)]
    if fixing:
        parts.append("Change nothing else.")
        parts.append(_sentence(given.description))
    shown = f"{asked} {given.description}".casefold()
    parts += [
        _sentence(f"{entry.name}: {entry.appearance}")
        for entry in given.look.entries
        if entry.appearance and any(n.casefold() in shown for n in (entry.name, *entry.other_names))
    ]
    parts += [_sentence(text) for text in _manner(given.look)]
    if references:
        told = (f"picture {n} is {ROLES[one.role]}" for n, one in enumerate(references, 1))
        parts.append(_sentence(", ".join(told)))
        if not fixing:
            parts.append("The same things look the same as there.")
    return " ".join(part for part in parts if part)


def _manner(look: Look) -> tuple[str, ...]:
    return (
        look.style and f"Style: {look.style}",
        look.palette and f"Colours: {look.palette}",
        look.camera and f"View: {look.camera}",
    )


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return f"{text[0].upper()}{text[1:]}" + ("" if text[-1] in ".!?" else ".")
