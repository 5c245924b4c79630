"""A tutorial's schema.org HowTo as JSON-LD, for search engines and readers of recipes."""

import json
import re
from typing import Any

from app.exporting.body import plain
from app.exporting.tree import Document, DocumentStep

_NAME = 60  # characters of the name of a step without a title
_DURATION = re.compile(
    r"(?:(?P<D>\d{1,4}) ?d(?:ays?)?)?,? ?(?:and )?"
    r"(?:(?P<H>\d{1,4}) ?h(?:ours?|rs?)?)?,? ?(?:and )?"
    r"(?:(?P<M>\d{1,4}) ?m(?:in(?:ute)?s?)?\.?)?",
    re.IGNORECASE,
)


def linked_data(document: Document) -> str:
    """Return the JSON, safe inside a script element; pictures are left out."""
    value: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "HowTo",
        "name": document.title,
        "description": document.summary,
        "totalTime": iso_duration(document.duration),
        "supply": [{"@type": "HowToSupply", "name": item} for item in document.materials],
        "tool": [{"@type": "HowToTool", "name": item} for item in document.tools],
        "step": [
            {
                "@type": "HowToStep",
                "position": step.number,
                "name": step.title.strip() or _first_words(step),
                "text": plain(step.blocks),
                "url": f"#step-{step.number}",
            }
            for step in document.steps
        ],
    }
    text = json.dumps({key: item for key, item in value.items() if item}, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _first_words(step: DocumentStep) -> str:
    text = plain(step.blocks)
    short = text if len(text) <= _NAME else text[: _NAME + 1].rsplit(" ", 1)[0] + " …"
    return short or f"Step {step.number}"


def iso_duration(duration: str) -> str | None:
    """Return "1 hour 30 minutes" as "PT1H30M", or None for what is no plain length of time."""
    match = _DURATION.fullmatch(duration.strip())
    if match is None or not any(match.groups()):
        return None
    days = f"{match['D']}D" if match["D"] else ""
    time = "".join(f"{int(match[unit])}{unit}" for unit in "HM" if match[unit])
    return f"P{days}" + (f"T{time}" if time else "")
