"""A page over the tutorial, such as the doctor's: a title, a way back, and a scrolling column."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.window.icons import icon
from app.window.theme import PAGE, Theme


class FullPage(QWidget):
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
        heading.setWordWrap(True)
        self.lead = QLabel(lead)
        self.lead.setProperty("role", "lead")
        self.lead.setWordWrap(True)
        self.tools = QHBoxLayout()
        head = QHBoxLayout()
        head.addWidget(heading, 1)
        head.addLayout(self.tools)
        head.addWidget(self.back)
        self.column = QVBoxLayout()
        self.column.setSpacing(theme.px(12))
        sheet = QWidget()
        rows = QVBoxLayout(sheet)
        rows.setContentsMargins(24, 32, 24, 32)
        rows.setSpacing(theme.px(12))
        rows.addLayout(head)
        rows.addWidget(self.lead)
        rows.addSpacing(theme.px(8))
        rows.addLayout(self.column)
        rows.addStretch(1)
        sheet.setMaximumWidth(theme.px(PAGE + 160))
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setWidget(sheet)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.setFocusProxy(self.back)
        theme.restyled.connect(self._restyle)
        self._restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _restyle(self) -> None:
        self.back.setIcon(icon("previous", self.theme.colours.ink))


def caps(text: str) -> QLabel:
    """Return a small heading in capitals, as over a group of rows."""
    label = QLabel(text.upper())
    label.setProperty("role", "caps")
    return label


def card() -> QFrame:
    """Return an empty card."""
    frame = QFrame()
    frame.setProperty("role", "card")
    frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return frame
