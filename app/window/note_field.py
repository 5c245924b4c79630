"""A field of several lines in a form, as tall as its text."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.window.text_field import TextField
from app.window.theme import Theme

PADDING, LINE = 16, 18  # pixels at zoom 1: what the style sheet adds to a text; a line of it
LEAST = 2  # lines


class NoteField(TextField):
    """A TextField that takes its own height."""

    def __init__(self, placeholder: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "control", placeholder, parent)
        self.height_changed.connect(self._fit)
        theme.restyled.connect(self._take_over)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._fit()

    def _take_over(self) -> None:
        self.restyle()
        self._fit()

    def _fit(self) -> None:
        padding = self._theme.px(PADDING)
        text = self.height_for(max(self.width() - padding, self._theme.px(LINE)))
        self.setFixedHeight(max(text, self._theme.px(LINE) * LEAST) + padding)
