"""A pane at the side of the page, such as find and replace: title, close button, column."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.window.icons import icon
from app.window.theme import Theme

MARGIN, GAP = 12, 8  # pixels at zoom 1


class SidePane(QWidget):
    """closed(): the person closes it, by the button or Escape."""

    closed = Signal()

    def __init__(self, title: str, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.heading = QLabel(title)
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.close_button = QToolButton()
        self.close_button.setProperty("kind", "floating")
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.setToolTip(self.tr("Close (Esc)"))
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.column = QVBoxLayout(self)
        self.column.addLayout(head)
        theme.dress(self)
        theme.restyled.connect(self._restyle_pane)
        self._restyle_pane()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _restyle_pane(self) -> None:
        px = self.theme.px
        self.column.setContentsMargins(px(MARGIN), px(MARGIN), px(MARGIN), px(MARGIN))
        self.column.setSpacing(px(GAP))
        self.close_button.setIcon(icon("close", self.theme.colours.ink))


def note(text: str = "", role: str = "secondary") -> QLabel:
    """Return a small text that wraps."""
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
