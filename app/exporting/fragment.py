"""The render tree as the inside of somebody else's page: headings, paragraphs, lists, pictures.

No style sheet, script or class, and only elements that blogs, word processors and mail keep.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from app.exporting.html import data_uri
from app.exporting.markup import Markup
from app.exporting.tree import Document, DocumentStep, Figure
from app.tutorial.notation import DIFFICULTY, DRAFT_NOTICE, DURATION, MATERIALS, TOOLS

WIDEST = 440  # pixels; leaves three quarters of an A4 or Letter page's text width

# what a word processor would else set in its own face, or run together
_FACE = "font-family: Arial, sans-serif"
_FIXED = "font-family: Consolas, Menlo, monospace; font-size: 10pt"
_STYLES = {
    "h1": f"{_FACE}; font-size: 20pt; margin: 0 0 8pt",
    "h2": f"{_FACE}; font-size: 14pt; margin: 20pt 0 6pt",
    **{f"h{level}": f"{_FACE}; font-size: 12pt; margin: 12pt 0 6pt" for level in range(3, 7)},
    "p": f"{_FACE}; font-size: 11pt; line-height: 1.5; margin: 6pt 0",
    "ul": "margin: 6pt 0",
    "ol": "margin: 6pt 0",
    "li": f"{_FACE}; font-size: 11pt; line-height: 1.5",
    "blockquote": "border-left: 3pt solid #0B6E66; margin: 8pt 0; padding: 0 0 0 10pt",
    "pre": f"{_FIXED}; margin: 6pt 0",
    "code": _FIXED,
}


def to_fragment(document: Document, sources: Mapping[str, str]) -> str:
    """Return the tutorial as the body of a blog post, which has a heading of its own.

    sources: where the image of each figure's name is. The figures have no marks left.
    """

    def picture(figure: Figure) -> str:
        source = escape(sources[figure.name])
        size = f'width="{figure.width}" height="{figure.height}"'
        return f'<figure><img src="{source}" alt="{_alt(figure)}" {size}></figure>'

    return "\n".join(_parts(document, Markup(level=2), picture)) + "\n"


def to_rich_text(document: Document) -> str:
    """Return the tutorial for the clipboard, pictures inside; the figures have no marks left."""
    markup = Markup(styles=_STYLES)

    def picture(figure: Figure) -> str:
        width = min(figure.width, WIDEST)
        size = f'width="{width}" height="{max(1, round(figure.height * width / figure.width))}"'
        return markup.element("p", f'<img src="{data_uri(figure)}" alt="{_alt(figure)}" {size}>')

    return "\n".join(_parts(document, markup, picture)) + "\n"


def _alt(figure: Figure) -> str:
    return escape(" ".join(figure.alt.split()))


def _parts(document: Document, markup: Markup, picture: Callable[[Figure], str]) -> Iterator[str]:
    if document.title:
        yield markup.heading(0, escape(document.title))
    if document.summary:
        yield markup.element("p", _lines(document.summary))
    if document.draft:
        yield markup.element("p", f"<em>{DRAFT_NOTICE}</em>")
    for label, items in ((MATERIALS, document.materials), (TOOLS, document.tools)):
        if items:
            yield markup.element("p", f"<strong>{label}:</strong>")
            yield markup.element("ul", _items(items, markup))
    for label, value in ((DURATION, document.duration), (DIFFICULTY, document.difficulty)):
        if value:
            yield markup.element("p", f"<strong>{label}:</strong> {_lines(value)}")
    for step in document.steps:
        yield from _step(step, markup)
        yield from map(picture, step.figures)


def _step(step: DocumentStep, markup: Markup) -> Iterator[str]:
    yield markup.heading(1, f"{step.number}. {escape(step.title)}".rstrip())
    if step.duration:
        yield markup.element("p", f"<em>{DURATION}: {_lines(step.duration)}</em>")
    if step.blocks:
        yield markup.blocks(step.blocks)
    for callout in step.callouts:
        said = f"<strong>{callout.kind.title()}:</strong> {_lines(callout.text)}"
        yield markup.element("blockquote", markup.element("p", said))


def _items(items: Sequence[str], markup: Markup) -> str:
    return "".join(markup.element("li", _lines(item)) for item in items)


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.splitlines()))
