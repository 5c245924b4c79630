"""The render tree as an HTML page: no network, and no script but the one that opens a print dialog.

Every text of the tutorial is escaped; the policy in the head forbids all else a browser could do.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from app.exporting.howto import linked_data
from app.exporting.marks import drawn, words
from app.exporting.markup import Markup
from app.exporting.style import STYLE
from app.exporting.tree import Document, DocumentStep, Figure
from app.tutorial.notation import DIFFICULTY, DRAFT_NOTICE, DURATION, MATERIALS, TOOLS

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
PRINT = "addEventListener('load', () => print())"
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi")


def to_html(
    document: Document, sources: Mapping[str, str] | None = None, *, printing: bool = False
) -> str:
    """Return the tutorial as one HTML page.

    sources: where the image of each figure's name is, relative to the page; without them all
    pictures are inside it. printing: the page opens the browser's print dialog.
    """
    policy = _policy(sources is not None, printing)
    parts = [
        "<!DOCTYPE html>",
        f"<html{_language(document.language)}>",
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(document.title) or 'Untitled tutorial'}</title>",
        f'<meta name="description" content="{escape(document.summary)}">',
        f"<style>{STYLE}</style>",
        f'<script type="application/ld+json">{linked_data(document)}</script>',
        *([f"<script>{PRINT}</script>"] if printing else ()),
        "</head>",
        "<body>",
        "<main>",
        *_head(document, sources),
        *(line for step in document.steps for line in _step(step, sources)),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def data_uri(figure: Figure) -> str:
    """Return the figure's image as an address that holds it."""
    return f"data:{figure.media_type};base64,{base64.b64encode(figure.data).decode()}"


def _policy(beside: bool, printing: bool) -> str:
    images = "'self' file:" if beside else "data:"  # not every browser counts a file as 'self'
    script = f"script-src '{_hash(PRINT)}'; " if printing else ""
    return (
        f"default-src 'none'; img-src {images}; style-src '{_hash(STYLE)}'; {script}"
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _language(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        return ""
    rtl = language.split("-")[0].lower() in _RIGHT_TO_LEFT
    return f' lang="{language}"' + (' dir="rtl"' if rtl else "")


def _head(document: Document, sources: Mapping[str, str] | None) -> Iterator[str]:
    yield "<header>"
    if document.title:
        yield f"<h1>{escape(document.title)}</h1>"
    if document.summary:
        yield f'<p class="summary">{escape(document.summary)}</p>'
    if document.draft:
        yield f'<p class="draft">{DRAFT_NOTICE}</p>'
    facts = [
        (MATERIALS, document.materials),
        (TOOLS, document.tools),
        (DURATION, (document.duration,) if document.duration else ()),
        (DIFFICULTY, (document.difficulty,) if document.difficulty else ()),
    ]
    if any(values for _, values in facts):
        yield "<dl>"
        for label, values in facts:
            if values:
                listed = "".join(f"<li>{escape(value)}</li>" for value in values)
                size = "many" if label in (MATERIALS, TOOLS) else "one"
                yield f'<div class="{size}"><dt>{label}</dt><dd><ul>{listed}</ul></dd></div>'
        yield "</dl>"
    yield "</header>"


def _step(step: DocumentStep, sources: Mapping[str, str] | None) -> Iterator[str]:
    beside = " beside" if len(step.figures) == 1 else ""
    untitled = "" if step.title else " untitled"
    yield f'<section class="step{beside}{untitled}" id="step-{step.number}">'
    title = f" <span>{escape(step.title)}</span>" if step.title else ""
    yield f'<h2><span class="number">{step.number}</span>{title}</h2>'
    yield '<div class="text">'
    if step.duration:
        yield f'<p class="duration">{escape(step.duration)}</p>'
    yield Markup().blocks(step.blocks)
    for callout in step.callouts:
        yield (
            f'<p class="callout {callout.kind}"><strong>{callout.kind.title()}:</strong> '
            f"{escape(callout.text)}</p>"
        )
    yield "</div>"
    if step.figures:
        yield from _figures(step.figures, sources)
    yield "</section>"


def _figures(figures: Sequence[Figure], sources: Mapping[str, str] | None) -> Iterator[str]:
    yield f'<div class="figures of-{min(len(figures), 3)}">'
    for figure in figures:
        yield f"<figure>{_picture(figure, sources)}{_marks(figure)}</figure>"
    yield "</div>"


def _picture(figure: Figure, sources: Mapping[str, str] | None) -> str:
    alt = " ".join(figure.alt.split())
    if figure.svg is not None and sources is None:
        return figure.svg.replace("<svg ", f"<svg {_named(alt)} ", 1)
    source = data_uri(figure) if sources is None else sources[figure.name]
    return (
        f'<img src="{escape(source)}" alt="{escape(alt)}"'
        f' width="{figure.width}" height="{figure.height}">'
    )


def _marks(figure: Figure) -> str:
    drawing = drawn(figure.marks, figure.width, figure.height)
    return drawing.replace("<svg ", f'<svg class="marks" {_named(words(figure.marks))} ', 1)


def _named(name: str) -> str:
    return f'role="img" aria-label="{escape(name)}"' if name else 'aria-hidden="true"'
