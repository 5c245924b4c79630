"""What stands behind the last step: what a run is writing, and the button that adds a step."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRect, QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from app.window.streaming_view import StreamingView
from inference.protocol import StepStarted, TextDelta

if TYPE_CHECKING:
    from app.window.page import Page


class PageEnd:
    """The text that streams becomes a step when it is finished.

    Never moves caret or selection; scrolls along only for an author who waits at the end.
    """

    def __init__(self, page: "Page") -> None:
        self._page = page
        self._view: StreamingView | None = None
        self._along = False  # scroll to the end when all has its place
        self._box = QRect()  # of what stands here: x, y and width are given, the height grows
        self.add_button = QPushButton(
            QCoreApplication.translate("PageEnd", "Add a step"), page.sheet
        )
        self.add_button.setProperty("kind", "quiet")
        page.workplace.theme.dress(self.add_button)
        self.add_button.clicked.connect(lambda: page.actions_of_page.add_step())
        self._soon = QTimer(page, interval=0, singleShot=True)
        self._soon.timeout.connect(self._place)

    # ------------------------------------------------------------ streaming

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
            self._view.height_changed.connect(self._soon.start)
            self._view.show()
        if isinstance(event, TextDelta):
            self._view.take(event)
        self._soon.start()

    def _author_waits(self) -> bool:
        """Whether the author is at the very end of the page and edits nothing."""
        bar, focused = self._page.verticalScrollBar(), QApplication.focusWidget()
        edits = focused is not None and self._page.sheet.isAncestorOf(focused)
        return bar.value() >= bar.maximum() - 4 and not edits

    def _take_head(self, event: TextDelta) -> None:
        """Show the tutorial's own fields in the head, unless the author writes or has written."""
        head = self._page.head
        field = {"title": head.title, "summary": head.summary}.get(event.field)
        empty = not getattr(self._page.tutorial, event.field)
        if field is not None and empty and not field.hasFocus():
            field.show_text(field.text[: event.start] + event.text)
        if event.field == "materials" and empty:
            head.show_needs(event.text.split("\n"))

    def end(self) -> None:
        """Take the text away: its step is in the tutorial, or nobody writes it any more."""
        page = self._page
        if self._view is not None:
            self._view.hide()
            self._view.deleteLater()
            self._view = None
            page.head.follow(page.tutorial)
            self._place()
        page.build_rest()

    # ------------------------------------------------------------ placing

    def place(self, x: int, y: int, width: int) -> None:
        """Stand at this place of the sheet, which ends where this ends."""
        self._box = QRect(x, y, width, 0)
        self._place()

    def _place(self) -> None:
        """Put all in its place; the steps before it stay where they are."""
        self._soon.stop()
        px, box = self._page.workplace.theme.px, self._box
        bottom = box.y()
        if self._view is not None:
            height = self._view.lay_out(box.width())
            self._view.setGeometry(box.x(), bottom, box.width(), height)
            bottom += height
        size = self.add_button.sizeHint()
        self.add_button.setGeometry(box.x(), bottom + px(8), size.width(), size.height())
        self._page.end_sheet(bottom + size.height() + px(16))
        if self._along:
            self._along = False
            bar = self._page.verticalScrollBar()
            bar.setValue(bar.maximum())

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        if self._view is not None:
            self._view.restyle()
