"""What a run is writing, shown on the page as it comes; it becomes a step when it is finished."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from app.window.streaming_view import StreamingView
from inference.protocol import StepStarted, TextDelta

if TYPE_CHECKING:
    from app.window.page import Page


class PageStream:
    """Never moves caret or selection; scrolls along only for an author who waits at the end."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        self._view: StreamingView | None = None
        self._along = False  # scroll to the end when all has its place

    def take(self, event: StepStarted | TextDelta) -> None:
        """Show a beginning step, or more text of one."""
        if isinstance(event, TextDelta) and not event.step:
            self._take_head(event)
            return
        page = self._page
        self._along = self._along or self._author_waits()
        if self._view is None or self._view.step_id != event.step:
            self.end()
            number = len(page.tutorial.steps) + 1
            self._view = StreamingView(event.step, number, page.workplace.theme, page.sheet)
            self._view.height_changed.connect(page.place_soon.start)
            self._view.show()
        if isinstance(event, TextDelta):
            self._view.take(event)
        page.place_soon.start()

    def _author_waits(self) -> bool:
        """Whether the author is at the very end of the page and edits nothing."""
        bar, focused = self._page.verticalScrollBar(), QApplication.focusWidget()
        edits = focused is not None and self._page.sheet.isAncestorOf(focused)
        return bar.value() >= bar.maximum() - 4 and not edits

    def _take_head(self, event: TextDelta) -> None:
        """Show title and summary in the head, unless the author writes there or has written."""
        head = self._page.head
        field = {"title": head.title, "summary": head.summary}.get(event.field)
        empty = not getattr(self._page.tutorial, event.field)
        if field is not None and empty and not field.hasFocus():
            field.show_text(field.text[: event.start] + event.text)

    def end(self) -> None:
        """Take the view away: its step is in the tutorial, or nobody writes it any more."""
        page = self._page
        if self._view is not None:
            self._view.hide()
            self._view.deleteLater()
            self._view = None
            page.head.follow(page.tutorial)
            page.place()
        page.build_rest()

    def place(self, x: int, y: int, width: int) -> int:
        """Put the view at this place of the sheet; return its height in pixels."""
        if self._view is None:
            return 0
        height = self._view.lay_out(width)
        self._view.setGeometry(x, y, width, height)
        return height

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        if self._view is not None:
            self._view.restyle()

    def scroll_along(self) -> None:
        """Go to the end, now that all has its place, where the author waits there."""
        if self._along:
            self._along = False
            bar = self._page.verticalScrollBar()
            bar.setValue(bar.maximum())
