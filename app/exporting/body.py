"""A step's body: Markdown (CommonMark, no HTML) as blocks and inlines that every exporter walks.

Links lead to http, https or mailto, any other stays as its text; an image stays as its alt text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_ALLOWED = re.compile(r"(?:https?|mailto):", re.IGNORECASE)


@dataclass(frozen=True)
class Text:
    """Words as they stand; a newline is a soft break."""

    text: str


@dataclass(frozen=True)
class Code:
    """Code within a line."""

    text: str


@dataclass(frozen=True)
class Break:
    """A hard line break."""


@dataclass(frozen=True)
class Emphasis:
    """Italic, or bold when strong."""

    strong: bool
    children: tuple["Inline", ...]


@dataclass(frozen=True)
class Link:
    """A link with an allowed address."""

    address: str
    children: tuple["Inline", ...]


Inline: TypeAlias = Text | Code | Break | Emphasis | Link


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; tight ones stand in a list without space around them."""

    children: tuple[Inline, ...]
    tight: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading inside a body, level 1 to 6 as the author wrote it."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class CodeBlock:
    """Lines of code."""

    text: str


@dataclass(frozen=True)
class Listing:
    """A list; start is the first number, or None for bullets."""

    start: int | None
    items: tuple[tuple["Block", ...], ...]


@dataclass(frozen=True)
class Quote:
    """A block quotation."""

    blocks: tuple["Block", ...]


@dataclass(frozen=True)
class Rule:
    """A thematic break."""


Block: TypeAlias = Paragraph | Heading | CodeBlock | Listing | Quote | Rule


def parser() -> MarkdownIt:
    """Return the one parser that bodies and imported texts are read with."""
    return MarkdownIt("commonmark", {"html": False})


def parse(body: str, markdown: MarkdownIt) -> tuple[Block, ...]:
    """Return the blocks of a body."""
    return tuple(_blocks(SyntaxTreeNode(markdown.parse(body)).children))


def plain(nodes: Sequence[Block | Inline]) -> str:
    """Return the words of these nodes on one line."""
    return " ".join(" ".join(_words(nodes)).split())


def _words(nodes: Sequence[Block | Inline]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Text(text) | Code(text) | CodeBlock(text):
                yield text
            case Paragraph(children) | Heading(_, children):
                yield "".join(_words(children))
            case Emphasis(_, children) | Link(_, children):
                yield "".join(_words(children))
            case Quote(blocks):
                yield from _words(blocks)
            case Listing(_, items):
                for item in items:
                    yield from _words(item)
            case Break() | Rule():
                yield " "


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
    for node in nodes:
        match node.type:
            case "paragraph":
                yield Paragraph(_line(node), tight=node.hidden)
            case "heading":
                yield Heading(int(node.tag[1]), _line(node))
            case "fence" | "code_block":
                yield CodeBlock(node.content)
            case "ordered_list" | "bullet_list":
                start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
                yield Listing(start, tuple(tuple(_blocks(item.children)) for item in node.children))
            case "blockquote":
                yield Quote(tuple(_blocks(node.children)))
            case "hr":
                yield Rule()


def _line(node: SyntaxTreeNode) -> tuple[Inline, ...]:
    return tuple(inline for child in node.children for inline in _inlines(child.children))


def _inlines(nodes: Sequence[SyntaxTreeNode]) -> Iterator[Inline]:
    for node in nodes:
        match node.type:
            case "text":
                yield Text(node.content)
            case "code_inline":
                yield Code(node.content)
            case "softbreak":
                yield Text("\n")
            case "hardbreak":
                yield Break()
            case "em" | "strong":
                yield Emphasis(node.type == "strong", tuple(_inlines(node.children)))
            case "image":
                yield from _inlines(node.children)
            case "link":
                address = str(node.attrs.get("href", ""))
                if _ALLOWED.match(address):
                    yield Link(address, tuple(_inlines(node.children)))
                else:
                    yield from _inlines(node.children)
