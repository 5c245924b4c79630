"""The reader: one step a screen, large. It only reads; nothing of the tutorial changes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.window.reader_pages import ReaderPages
from app.window.workplace import Workplace


class Reader(QWidget):
    """Holds the pages in the window or, full screen, lends them. closed(): the person goes back."""

    closed = Signal()

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.pages = ReaderPages(workplace)
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.addWidget(self.pages)
        self.setAccessibleName(self.tr("Reader"))
        self.setProperty("alone", True)
        self.setFocusProxy(self.pages)
        self.pages.escaped.connect(self._go_back)
        self.pages.full_screen_requested.connect(self.toggle_full_screen)

    @property
    def is_full_screen(self) -> bool:
        """Whether the tutorial fills the whole screen."""
        return self.pages.isWindow()

    def toggle_full_screen(self) -> None:
        """Fill the screen with the pages, or put them back into the window."""
        if self.is_full_screen:
            self._place.addWidget(self.pages)
            self.pages.show()
        else:
            self.pages.setParent(None)
            self.pages.showFullScreen()
        self.pages.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_back(self) -> None:
        if self.is_full_screen:
            self.toggle_full_screen()
        else:
            self.closed.emit()
