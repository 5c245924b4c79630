"""Tells a person at a terminal how a request goes, on stderr."""

import sys

from inference.protocol import (
    Event,
    Loading,
    Notice,
    PaintFinished,
    Progress,
    StepFinished,
    TextDelta,
)

WIDTH = 100


class ProgressLine:
    """One line that is rewritten in place on a terminal, and plain lines elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = ""
        self._steps = 0

    def show(self, event: Event) -> None:
        """Tell of an event, if it is worth telling."""
        match event:
            case Progress(unit="bytes", what=what, done=done, total=total):
                self._rewrite(f"{what}: {done / 1e6:.0f} of {total / 1e6:.0f} MB")
            case Progress(what=what):
                self._rewrite(f"{what} …")
            case Loading(what=what):
                self._rewrite(f"Loading {what} …")
            case TextDelta(field="title", start=0, text=text) if text:
                self._rewrite("Writing …")
            case StepFinished(title=title):
                self._steps += 1
                self.line(f"Step {self._steps}: {title}" if title else f"Step {self._steps}")
            case PaintFinished(alt_text=alt_text):
                self.line(f"  Picture: {alt_text}")
            case Notice(message=message):
                self.line(message)

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self._rewrite("")
        print(text, file=sys.stderr, flush=True)

    def _rewrite(self, text: str) -> None:
        if self._live and text != self._shown:
            print("\r\x1b[K" + text[:WIDTH], end="", file=sys.stderr, flush=True)
        self._shown = text
