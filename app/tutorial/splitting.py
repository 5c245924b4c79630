"""Splits an author's own Markdown or plain text into steps without changing a word.

Each word is kept once and in order. Only what the page shows by itself goes: the marks of
headings, the numbers of steps, and headings that say no more than "Ingredients" or "Method".
Code, lists and quotations are never cut, but for the numbered list whose items are the steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.tutorial.headings import (
    ITEM,
    MAX_STEPS,
    METHOD,
    NEEDS,
    STEP_LINE,
    Part,
    by_sentences,
    headed,
    is_title,
    unnumbered,
    words,
)
from app.tutorial.notation import DESCRIPTION


@dataclass(frozen=True)
class Parts:
    """A text in parts; intro is what stands before the first step."""

    title: str
    intro: str
    materials: tuple[str, ...]
    steps: tuple[Part, ...]


@dataclass(frozen=True)
class _Block:
    """Lines start to end of a block; a heading has a level and words, a list a number."""

    kind: str
    start: int
    end: int
    tokens: tuple[Token, ...]

    @property
    def level(self) -> int:
        return int(self.tokens[0].tag[1]) if self.kind == "heading_open" else 7

    @property
    def number(self) -> int:
        return int(self.tokens[0].attrs.get("start", 1)) if self.tokens else 1

    @property
    def words(self) -> str:
        return words(self.tokens[1].content)


def split(text: str, markdown: MarkdownIt) -> Parts:
    """Return the parts of a text; there may be more than MAX_STEPS."""
    lines = text.split("\n")
    blocks = _blocks(text, len(lines), markdown)
    title = ""
    heads = [block for block in blocks if block.level < 7]
    if heads and heads[0] is blocks[0] and _names_all(heads, blocks):
        title = heads[0].words
        blocks = _after(heads[0], blocks)
    elif not heads and len(blocks) > 1 and blocks[0].kind == "paragraph_open":
        first = _text(lines, blocks[:1])
        if is_title(first):
            title, blocks = first.removesuffix(":"), blocks[1:]
    intro, steps = _steps(blocks, lines)
    intro, materials = _needs(intro, markdown)
    if not title and is_title(intro):
        title, intro = intro.removesuffix(":"), ""
    while steps and (items := _bulleted(steps[0], markdown)):
        materials, steps = materials + items, steps[1:]
    return Parts(title, intro, materials, tuple(unnumbered(steps)))


def joined_last(steps: Sequence[Part]) -> tuple[Part, ...]:
    """Return at most MAX_STEPS steps: the last one takes in all that follow it."""
    kept, rest = list(steps[:MAX_STEPS]), steps[MAX_STEPS:]
    for part in rest:
        heading = f"### {part.title}" if part.title else ""
        pieces = [piece for piece in (kept[-1].body, heading, part.body) if piece]
        kept[-1] = replace(kept[-1], body="\n\n".join(pieces))
    return tuple(kept)


def _blocks(text: str, count: int, markdown: MarkdownIt) -> list[_Block]:
    """Return the top-level blocks; together they cover every line that isn't blank."""
    tokens = markdown.parse(text)
    starts = [i for i, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]
    blocks = []
    for i, following in pairwise([*starts, len(tokens)]):
        if (place := tokens[i].map) is not None:
            blocks.append(_Block(tokens[i].type, place[0], place[1], tuple(tokens[i:following])))
    covered: list[_Block] = []
    lines = text.split("\n")
    end = 0
    for block in [*blocks, _Block("end", count, count, ())]:
        if any(line.strip() for line in lines[end : block.start]):  # link definitions
            covered.append(_Block("definitions", end, block.start, ()))
        covered.append(block)
        end = block.end
    return covered[:-1]


def _names_all(heads: Sequence[_Block], blocks: Sequence[_Block]) -> bool:
    """Whether the first heading names the whole text, not its first step."""
    rest = heads[1:]
    if not rest or heads[0].level < min(head.level for head in rest):
        return True
    return len(blocks) > 1 and blocks[1] is rest[0] and heads[0].level <= rest[0].level


def _after(head: _Block, blocks: Sequence[_Block]) -> list[_Block]:
    return [block for block in blocks if block.start >= head.end]


def _text(lines: Sequence[str], blocks: Sequence[_Block]) -> str:
    return "\n".join(lines[blocks[0].start : blocks[-1].end]).strip("\n") if blocks else ""


def _steps(blocks: list[_Block], lines: Sequence[str]) -> tuple[str, list[Part]]:
    """Return what stands before the first step, and the steps."""
    level = min((block.level for block in blocks), default=7)
    if level < 7:
        return _by_headings(blocks, lines, level)
    paragraphs = [block for block in blocks if block.kind == "paragraph_open"]
    said = [line for block in paragraphs for line in lines[block.start : block.end]]
    if sum(bool(STEP_LINE.match(line)) for line in said) > 1:
        return _by_items(blocks, lines, "")
    if any(block.kind == "ordered_list_open" and block.number <= 1 for block in blocks):
        return _by_items(blocks, lines, "ordered_list_open")
    bullets = [block for block in blocks if block.kind == "bullet_list_open"]
    if len(bullets) == 1 and bullets[0] is blocks[-1]:
        return _by_items(blocks, lines, "bullet_list_open")
    if len(blocks) == 1 and blocks[0].kind == "paragraph_open":
        return "", [headed(piece) for piece in by_sentences(_text(lines, blocks))]
    return "", _by_paragraphs(blocks, lines)


def _by_headings(blocks: list[_Block], lines: Sequence[str], level: int) -> tuple[str, list[Part]]:
    places = [i for i, block in enumerate(blocks) if block.level == level]
    steps: list[Part] = []
    for place, following in pairwise([*places, len(blocks)]):
        inner = blocks[place + 1 : following]
        title = blocks[place].words
        if inner and METHOD.fullmatch(title):
            before, parts = _steps(inner, lines)
            steps += [headed(before)] * bool(before) + parts
        else:
            steps.append(Part(title, _text(lines, inner)))
    return _text(lines, blocks[: places[0]]), steps


def _by_items(blocks: list[_Block], lines: Sequence[str], kind: str) -> tuple[str, list[Part]]:
    """Items of lists of this kind and lines such as "Step 2: …" are steps; the rest follows them.

    A list that doesn't count on from 1 or from the steps before it is text, its numbers words.
    """
    intro: list[str] = []
    steps: list[list[str]] = []
    for block in blocks:
        if block.kind == kind and block.number in (0, 1, len(steps) + 1):
            steps += ([item] for item in _items(block, lines))
            continue
        for piece in _step_lines(block, lines):
            if block.kind == "paragraph_open" and (match := STEP_LINE.match(piece)):
                steps.append([piece[match.end() :]])
            else:
                (steps[-1] if steps else intro).append(piece)
    return "\n\n".join(intro), [headed("\n\n".join(pieces)) for pieces in steps]


def _step_lines(block: _Block, lines: Sequence[str]) -> Iterator[str]:
    """Yield the block's text, a paragraph cut before each line that starts with "Step 2:"."""
    piece: list[str] = []
    for line in lines[block.start : block.end]:
        if piece and block.kind == "paragraph_open" and STEP_LINE.match(line):
            yield "\n".join(piece)
            piece = []
        piece.append(line)
    yield "\n".join(piece)


def _items(block: _Block, lines: Sequence[str]) -> Iterator[str]:
    """Yield each item's Markdown without its number and indentation."""
    opening = [token for token in block.tokens if token.type == "list_item_open"]
    starts = [token.map[0] for token in opening if token.level == 1 and token.map]
    for start, end in pairwise([*starts, block.end]):
        match = ITEM.match(lines[start])
        width = len(match[0].expandtabs(4)) if match else 0
        first = lines[start][match.end() :] if match else lines[start]
        rest = (_dedented(line, width) for line in lines[start + 1 : end])
        yield "\n".join([first, *rest]).strip("\n")


def _dedented(line: str, width: int) -> str:
    line = line.expandtabs(4) if line[:1].isspace() else line
    return line[min(width, len(line) - len(line.lstrip())) :]


def _by_paragraphs(blocks: list[_Block], lines: Sequence[str]) -> list[Part]:
    """Each paragraph is a step; a list, code or quotation belongs to the paragraph before it."""
    groups: list[list[_Block]] = []
    for block in blocks:
        text = _text(lines, [block])
        joins = block.kind != "paragraph_open" or text.startswith((f"{DESCRIPTION}: ", "!["))
        if joins and groups:
            groups[-1].append(block)
        else:
            groups.append([block])
    return [headed(_text(lines, group)) for group in groups]


def _bulleted(part: Part, markdown: MarkdownIt) -> tuple[str, ...]:
    """Return the items of a step that only lists what is needed, else none."""
    lines = part.body.split("\n")
    blocks = _blocks(part.body, len(lines), markdown)
    if not NEEDS.fullmatch(part.title) or len(blocks) != 1:
        return ()
    return _things(blocks[0], lines)


def _needs(intro: str, markdown: MarkdownIt) -> tuple[str, tuple[str, ...]]:
    """Take "Ingredients:" with its list, and then "Method:", off the end of an intro."""
    lines = intro.split("\n")
    blocks = _blocks(intro, len(lines), markdown)
    if blocks and METHOD.fullmatch(_text(lines, blocks[-1:])):
        blocks.pop()
    if len(blocks) > 1 and NEEDS.fullmatch(_text(lines, blocks[-2:-1])):
        things = _things(blocks[-1], lines)
        return _text(lines, blocks[: -2 if things else None]), things
    return _text(lines, blocks), ()


def _things(block: _Block, lines: Sequence[str]) -> tuple[str, ...]:
    """Return the items of a plain list of bullets, else none."""
    if block.kind != "bullet_list_open":
        return ()
    things = tuple(item.strip() for item in _items(block, lines))
    return things if all(thing and "\n" not in thing for thing in things) else ()
