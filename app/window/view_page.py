"""A page over the tutorial whose view scrolls by itself: a title, tools, a way back, the view."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.window.icons import icon
from app.window.theme import Theme


class ViewPage(QWidget):
    """closed(): the person goes back, by the button or Escape."""

    closed = Signal()

    def __init__(self, title: str, lead: str, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bg")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.theme = theme
        theme.dress(self)
        self.back = QPushButton(self.tr("Back"))
        self.back.setProperty("kind", "quiet")
        self.back.clicked.connect(self.closed)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        self.lead = QLabel(lead)
        self.lead.setProperty("role", "lead")
        self.lead.setTextFormat(Qt.TextFormat.PlainText)
        self.lead.setWordWrap(True)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(heading, 1)
        head.addLayout(self.tools)
        head.addWidget(self.back)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        self.column.setSpacing(theme.px(12))
        self.column.addLayout(head)
        self.column.addWidget(self.lead)
        theme.restyled.connect(self._restyle_back)
        self._restyle_back()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _restyle_back(self) -> None:
        self.back.setIcon(icon("previous", self.theme.colours.ink))
