"""The words of a page of the reader: our own rendering, in a view that loads nothing."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from html import escape

from PySide6.QtCore import QCoreApplication, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser

from app.exporting.body import parse, parser
from app.exporting.markup import Markup
from app.tutorial.model import Callout, CalloutKind, Step, Tutorial
from app.window.callout_view import GROUNDS
from app.window.theme import LINE_HEIGHT, Theme

translate = QCoreApplication.translate

GAP = 12  # pixels at zoom 1
STYLE = """
h1, h2, h3, h4, h5, h6 {{ color: {ink}; margin-top: {gap}px; margin-bottom: {gap}px; }}
p {{ color: {ink}; line-height: {tall}%; margin-top: 0px; margin-bottom: {gap}px; }}
li {{ color: {ink}; line-height: {tall}%; margin-bottom: {small}px; }}
p.quiet {{ color: {muted}; }}
p.said {{ line-height: 120%; margin-bottom: 0px; }}
pre, code {{ font-family: monospace; background-color: {bg}; }}
blockquote {{ color: {muted}; }}
a {{ color: {accent}; }}
"""


class ReaderText(QTextBrowser):
    """Shows words in the middle of its height; longer ones scroll."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("kind", "reading")
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Text of the step"))
        self.anchorClicked.connect(QDesktopServices.openUrl)

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Load nothing, wherever it lies."""
        del kind, name
        return None

    def show_html(self, html: str) -> None:
        """Show other words, from their beginning."""
        theme = self._theme
        self.document().setDefaultStyleSheet(_style(theme))
        self.document().setDocumentMargin(theme.px(4))
        self.setHtml(html)
        self._centre()
        self.verticalScrollBar().setValue(0)

    def scrolls(self, direction: int) -> bool:
        """Scroll by a screen; False where there is no more in that direction."""
        bar = self.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + direction * (bar.pageStep() - self._theme.px(GAP * 2)))
        return bar.value() != before

    def minimumSizeHint(self) -> QSize:
        """Return the room for a few words."""
        return QSize(self._theme.px(160), self._theme.px(80))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the words in the middle again."""
        super().resizeEvent(event)
        self._centre()

    def _centre(self) -> None:
        spare = self.height() - self.document().size().height()
        self.setViewportMargins(0, max(0, int(spare / 2)), 0, 0)


def head_html(tutorial: Tutorial, theme: Theme) -> str:
    """Return the first page: what it is about, and what you need."""
    return "\n".join(_head(tutorial, theme))


def step_html(step: Step, number: int, theme: Theme) -> str:
    """Return a step's page."""
    return "\n".join(_step(step, number, theme))


def _head(tutorial: Tutorial, theme: Theme) -> Iterator[str]:
    title = tutorial.title.strip() or translate("Reader", "Untitled tutorial")
    yield f"<h1>{escape(title)}</h1>"
    if tutorial.summary.strip():
        yield f'<p class="quiet">{_lines(tutorial.summary)}</p>'
    if tutorial.draft:
        text = translate("Reader", "Rough draft by a small model: check every step first.")
        yield _box(escape(text), "caution", theme)
    needs = [item for item in (*tutorial.materials, *tutorial.tools) if item.strip()]
    if needs:
        needed = translate("Reader", "You need")  # in an f-string lupdate wouldn't find it
        yield f"<h3>{escape(needed)}</h3>"
        yield f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in needs)}</ul>"
    facts = [text.strip() for text in (tutorial.duration, tutorial.difficulty) if text.strip()]
    if facts:
        yield f'<p class="quiet">{escape(" · ".join(facts))}</p>'


def _step(step: Step, number: int, theme: Theme) -> Iterator[str]:
    title = step.title.strip() or translate("Reader", "Step {n}").format(n=number)
    yield f"<h1>{escape(title)}</h1>"
    if step.duration.strip():
        yield f'<p class="quiet">{escape(step.duration.strip())}</p>'
    yield Markup(level=1).blocks(parse(step.body, parser()))
    for callout in step.callouts:
        said = replace(callout, text=callout.text.strip())
        if said.text:
            yield _callout(said, theme)


def _callout(callout: Callout, theme: Theme) -> str:
    label = {
        "tip": translate("Reader", "Tip"),
        "note": translate("Reader", "Note"),
        "caution": translate("Reader", "Caution"),
        "warning": translate("Reader", "Warning"),
    }[callout.kind]
    return _box(f"<b>{escape(label)}:</b> {_lines(callout.text)}", callout.kind, theme)


def _box(inner: str, kind: CalloutKind, theme: Theme) -> str:
    """Return a box in the colours of a callout; Qt's rich text paints grounds of tables alone."""
    ground, ink = (theme.colour(name).name() for name in GROUNDS[kind])
    return (
        f'<table width="100%" cellpadding="{theme.px(GAP)}" bgcolor="{ground}">'
        f'<tr><td><p class="said" style="color: {ink}">{inner}</p></td></tr></table><p></p>'
    )


def _lines(text: str) -> str:
    return "<br>".join(map(escape, text.strip().splitlines()))


def _style(theme: Theme) -> str:
    return STYLE.format(
        gap=theme.px(GAP), small=theme.px(GAP / 3), tall=LINE_HEIGHT, **asdict(theme.colours)
    )
