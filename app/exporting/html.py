"""The render tree as one self-contained HTML file: no script, no network, pictures inlined.

Every text of the tutorial is escaped; the policy in the head forbids all else a browser could do.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from html import escape

from app.exporting.body import (
    Block,
    Break,
    Code,
    CodeBlock,
    Emphasis,
    Heading,
    Inline,
    Link,
    Listing,
    Paragraph,
    Quote,
    Rule,
    Text,
)
from app.exporting.howto import linked_data
from app.exporting.style import STYLE
from app.exporting.tree import Document, DocumentStep, Figure
from app.tutorial.notation import DIFFICULTY, DRAFT_NOTICE, DURATION, MATERIALS, TOOLS

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "yi")


def to_html(document: Document) -> str:
    """Return the tutorial as one HTML page."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
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
        "</head>",
        "<body>",
        "<main>",
        *_head(document),
        *(line for step in document.steps for line in _step(step)),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _language(language: str) -> str:
    if not _LANGUAGE.fullmatch(language):
        return ""
    rtl = language.split("-")[0].lower() in _RIGHT_TO_LEFT
    return f' lang="{language}"' + (' dir="rtl"' if rtl else "")


def _head(document: Document) -> Iterator[str]:
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
    if document.given:
        yield from _figures(document.given)
    yield "</header>"


def _step(step: DocumentStep) -> Iterator[str]:
    beside = " beside" if len(step.figures) == 1 else ""
    untitled = "" if step.title else " untitled"
    yield f'<section class="step{beside}{untitled}" id="step-{step.number}">'
    yield f'<h2><span class="number">{step.number}</span> <span>{escape(step.title)}</span></h2>'
    yield '<div class="text">'
    if step.duration:
        yield f'<p class="duration">{escape(step.duration)}</p>'
    yield _blocks(step.blocks)
    for callout in step.callouts:
        yield (
            f'<p class="callout {callout.kind}"><strong>{callout.kind.title()}:</strong> '
            f"{escape(callout.text)}</p>"
        )
    yield "</div>"
    if step.figures:
        yield from _figures(step.figures)
    yield "</section>"


def _figures(figures: Sequence[Figure]) -> Iterator[str]:
    yield f'<div class="figures of-{min(len(figures), 3)}">'
    for figure in figures:
        yield f"<figure>{_picture(figure)}</figure>"
    yield "</div>"


def _picture(figure: Figure) -> str:
    alt = escape(" ".join(figure.alt.split()))
    if figure.svg is not None:
        says = f'role="img" aria-label="{alt}"' if alt else 'aria-hidden="true"'
        return figure.svg.replace("<svg ", f"<svg {says} ", 1)
    data = base64.b64encode(figure.data).decode()
    return (
        f'<img src="data:{figure.media_type};base64,{data}" alt="{alt}"'
        f' width="{figure.width}" height="{figure.height}">'
    )


def _blocks(blocks: Sequence[Block]) -> str:
    return "\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    match block:
        case Paragraph(children, tight):
            return _inlines(children) if tight else f"<p>{_inlines(children)}</p>"
        case Heading(level, children):
            tag = f"h{min(level + 2, 6)}"  # the step's own heading is h2
            return f"<{tag}>{_inlines(children)}</{tag}>"
        case CodeBlock(text):
            return f"<pre><code>{escape(text)}</code></pre>"
        case Listing(start, items):
            tag = "ul" if start is None else "ol"
            first = "" if start in (None, 1) else f' start="{start}"'
            inner = "".join(f"<li>{_blocks(item)}</li>" for item in items)
            return f"<{tag}{first}>{inner}</{tag}>"
        case Quote(inner_blocks):
            return f"<blockquote>{_blocks(inner_blocks)}</blockquote>"
        case Rule():
            return "<hr>"


def _inlines(nodes: Sequence[Inline]) -> str:
    return "".join(_inline(node) for node in nodes)


def _inline(node: Inline) -> str:
    match node:
        case Text(text):
            return escape(text)
        case Code(text):
            return f"<code>{escape(text)}</code>"
        case Break():
            return "<br>"
        case Emphasis(strong, children):
            tag = "strong" if strong else "em"
            return f"<{tag}>{_inlines(children)}</{tag}>"
        case Link(address, children):
            inner = _inlines(children)
            return f'<a href="{escape(address)}" rel="noreferrer noopener">{inner}</a>'
