"""Shows Markdown as what it means while its text stays byte for byte what it is.

Marks are dimmed in the paragraph under the caret and squeezed to nothing elsewhere.
"""

import re

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from app.window.theme import Theme

CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"(!?\[)([^\]\n]*)(\]\(([^()\s]*)\))")
BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
ITALIC = re.compile(r"(?<![\w*])([*_])(?![*_\s])(.+?)(?<![*_\s])\1(?![\w*])")
LIST_ITEM = re.compile(r"\s*([-*+]|\d{1,4}[.)])\s+")
NOTHING = 0.01  # points: letters of this size take no room
LONGEST = 2000  # characters of a paragraph that are styled: the patterns look ahead


class MarkdownStyle(QSyntaxHighlighter):
    """Styles one field's document; reveal(block number) shows the marks of a paragraph."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._revealed = -1

    def reveal(self, number: int) -> None:
        """Show the marks of this paragraph and squeeze those of the one before; -1 for none."""
        if number == self._revealed:
            return
        before, self._revealed = self._revealed, number
        for one in (before, number):
            block = self.document().findBlockByNumber(one)
            if one >= 0 and block.isValid() and any(mark in block.text() for mark in "*_`["):
                self.rehighlightBlock(block)

    def highlightBlock(self, text: str) -> None:
        """Style one paragraph."""
        if len(text) > LONGEST:
            return
        item = LIST_ITEM.match(text)
        if item:
            self._add(item.start(1), item.end(1), self._coloured("accent"))
        covered = [False] * len(text)
        for pattern, style in (
            (CODE, self._code()),
            (LINK, self._link()),
            (BOLD, self._weight()),
            (ITALIC, self._slant()),
        ):
            for match in pattern.finditer(text):
                inner = match.span(2)
                if covered[inner[0] if inner[0] < len(covered) else -1]:
                    continue
                self._add(*inner, style)
                self._mark(match.start(), inner[0])
                self._mark(inner[1], match.end())
                if pattern in (CODE, LINK):
                    covered[match.start() : match.end()] = [True] * (match.end() - match.start())

    def _mark(self, start: int, end: int) -> None:
        if self.currentBlock().blockNumber() == self._revealed:
            self.setFormat(start, end - start, self._coloured("muted"))
            return
        squeezed = QTextCharFormat()
        squeezed.setFontPointSize(NOTHING)
        squeezed.setForeground(QColor(0, 0, 0, 0))
        self.setFormat(start, end - start, squeezed)

    def _add(self, start: int, end: int, style: QTextCharFormat) -> None:
        for position in range(start, end):  # over what is there: bold inside a link
            merged = QTextCharFormat(self.format(position))
            merged.merge(style)
            self.setFormat(position, 1, merged)

    def _coloured(self, name: str) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setForeground(self._theme.colour(name))
        return style

    def _weight(self) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setFontWeight(QFont.Weight.DemiBold)
        return style

    def _slant(self) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setFontItalic(True)
        return style

    def _code(self) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setFontFixedPitch(True)
        style.setFontFamilies(["monospace"])
        style.setBackground(self._theme.colour("bg"))
        return style

    def _link(self) -> QTextCharFormat:
        style = self._coloured("accent")
        style.setFontUnderline(True)
        return style


def link_at(text: str, offset: int) -> str:
    """Return the address of the link at an offset, or nothing; web and mail addresses only."""
    for match in LINK.finditer(text):
        if match.start() <= offset <= match.end() and re.match(r"(https?://|mailto:)", match[4]):
            return match[4]
    return ""
