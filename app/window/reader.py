"""The reader: one step a screen, large. It only reads; nothing of the tutorial changes."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.tutorial.model import Picture, Step
from app.window.icons import icon
from app.window.reader_dots import ReaderDots
from app.window.reader_pictures import ReaderPictures
from app.window.reader_text import ReaderText, head_html, step_html
from app.window.workplace import Workplace

WIDE = 1.15  # width by height from which words stand beside the picture
TEXT = 760  # pixels at zoom 1: the widest lines
MARGIN = 32


class Reader(QWidget):
    """The place of the reader's screen in the window. closed(): the person goes back."""

    closed = Signal()

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.screen_ = ReaderScreen(workplace)
        self.screen_.setParent(self)
        self._place = QVBoxLayout(self)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.addWidget(self.screen_)
        self.setAccessibleName(self.tr("Reader"))
        self.setFocusProxy(self.screen_)
        self.screen_.left.connect(self._leave)
        self.screen_.full_screen_requested.connect(self.toggle_full_screen)

    @property
    def is_full_screen(self) -> bool:
        """Whether the tutorial fills the whole screen."""
        return self.screen_.parent() is None

    def toggle_full_screen(self) -> None:
        """Fill the screen with the page, or put it back into the window."""
        if self.is_full_screen:
            self._place.addWidget(self.screen_)
            self.screen_.showNormal()
        else:
            self.screen_.setParent(None)
            self.screen_.showFullScreen()
        self.screen_.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        if self.is_full_screen:
            self.toggle_full_screen()
        else:
            self.closed.emit()
