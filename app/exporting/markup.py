"""A body's blocks as HTML elements, every text escaped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Markup:
    """How elements are written: the level of the title's heading, and inline styles by element."""

    level: int = 1
    styles: Mapping[str, str] = field(default_factory=dict)

    def element(self, tag: str, inner: str, attributes: str = "") -> str:
        """Return an element; inner is markup."""
        return f"<{tag}{attributes}{self.style(tag)}>{inner}</{tag}>"

    def style(self, tag: str) -> str:
        """Return the style attribute of the element, or nothing."""
        return f' style="{self.styles[tag]}"' if tag in self.styles else ""

    def heading(self, depth: int, inner: str) -> str:
        """Return a heading; depth 0 is the tutorial's title, 1 a step's, more a body's own."""
        return self.element(f"h{min(self.level + depth, 6)}", inner)

    def blocks(self, blocks: Sequence[Block]) -> str:
        """Return a body."""
        return "\n".join(self._block(block) for block in blocks)

    def _block(self, block: Block) -> str:
        match block:
            case Paragraph(children, tight):
                return self._inlines(children) if tight else self._paragraph(children)
            case Heading(level, children):
                return self.heading(level + 1, self._inlines(children))
            case CodeBlock(text):
                return self.element("pre", f"<code>{escape(text)}</code>")
            case Listing(start, items):
                first = "" if start in (None, 1) else f' start="{start}"'
                inner = "".join(self.element("li", self.blocks(item)) for item in items)
                return self.element("ul" if start is None else "ol", inner, first)
            case Quote(blocks):
                return self.element("blockquote", self.blocks(blocks))
            case Rule():
                return "<hr>"

    def _paragraph(self, children: Sequence[Inline]) -> str:
        return self.element("p", self._inlines(children))

    def _inlines(self, nodes: Sequence[Inline]) -> str:
        return "".join(self._inline(node) for node in nodes)

    def _inline(self, node: Inline) -> str:
        match node:
            case Text(text):
                return escape(text)
            case Code(text):
                return self.element("code", escape(text))
            case Break():
                return "<br>"
            case Emphasis(strong, children):
                return self.element("strong" if strong else "em", self._inlines(children))
            case Link(address, children):
                rel = f' href="{escape(address)}" rel="noreferrer noopener"'
                return self.element("a", self._inlines(children), rel)
