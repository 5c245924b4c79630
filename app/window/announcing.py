"""What is said to a screen reader: a step, a picture, an end; never a token."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


class Announcer(QObject):
    """Says sentences through the window's accessible object; announced(sentence) tells of each."""

    announced = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def say(self, sentence: str) -> None:
        """Have a sentence read when the reader is free."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, sentence))
        self.announced.emit(sentence)
