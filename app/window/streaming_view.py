"""The step that the engine is writing, at the end of the page: read only, until it is a step."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.window.body_field import BodyField
from app.window.step_number import SIZE as BADGE
from app.window.step_view import GAP, NUMBER
from app.window.text_field import LineField
from app.window.theme import Theme
from inference.protocol import TextDelta


class StreamingView(QWidget):
    """Shows what TextDelta brings for one step."""

    height_changed = Signal()

    def __init__(self, step_id: str, number: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.step_id = step_id
        self._number = number
        self._theme = theme
        self._texts = {"title": "", "body": ""}
        self.title = LineField(theme, "heading", "", self)
        self.body = BodyField(theme, "", self)
        for field in (self.title, self.body):
            field.setReadOnly(True)
            field.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            field.height_changed.connect(self.height_changed)
        self.setAccessibleName(self.tr("Step {n} is being written").format(n=number))

    def take(self, delta: TextDelta) -> None:
        """Take new text in."""
        if delta.field in self._texts:
            self._texts[delta.field] = self._texts[delta.field][: delta.start] + delta.text
            self.title.show_text(self._texts["title"])
            self.body.show_text(self._texts["body"])

    def lay_out(self, width: int) -> int:
        """Place the text for this width and return the height in pixels."""
        left, y = self._theme.px(NUMBER), self._theme.px(GAP)
        for field in (self.title, self.body):
            height = field.height_for(width - left)
            field.setGeometry(left, y, width - left, height)
            y += height + self._theme.px(4)
        return y + self._theme.px(GAP)

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        for field in (self.title, self.body):
            field.restyle()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the number, hollow since the step isn't finished."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(0, 0, self.width(), 1, self._theme.colour("line"))
        size = self._theme.px(BADGE)
        badge = QRect(1, self._theme.px(GAP - 2), size - 2, size - 2)
        painter.setPen(self._theme.colour("accent"))
        painter.drawEllipse(badge)
        painter.setFont(self._theme.font("control"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(self._number))
