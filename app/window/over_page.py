"""What every page over the tutorial has: a title, a lead, tools, and a way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.window.icons import icon
from app.window.theme import Theme


class OverPage(QWidget):
    """closed(): the person goes back, by the button or Escape.

    head (title, tools and the way back, in a row) and lead are placed by the pages themselves.
    """

    closed = Signal()

    def __init__(self, title: str, lead: str, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bg")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.setProperty("alone", True)
        self.theme = theme
        theme.dress(self)
        self.back = QPushButton(self.tr("Back"))
        self.back.setProperty("kind", "quiet")
        self.back.clicked.connect(self.closed)
        heading = QLabel(title)
        heading.setProperty("role", "title")
        heading.setWordWrap(True)
        self.lead = QLabel(lead)
        self.lead.setProperty("role", "lead")
        self.lead.setTextFormat(Qt.TextFormat.PlainText)
        self.lead.setWordWrap(True)
        self.tools = QHBoxLayout()
        self.tools.setSpacing(theme.px(8))
        self.head = QHBoxLayout()
        self.head.setSpacing(theme.px(8))
        self.head.addWidget(heading, 1)
        self.head.addLayout(self.tools)
        self.head.addWidget(self.back)
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
