"""A page over the tutorial that scrolls as a whole, such as the doctor's."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.window.over_page import OverPage
from app.window.theme import PAGE, Theme


class FullPage(OverPage):
    """Its head scrolls with the rest; what it shows goes into `column`."""

    def __init__(self, title: str, lead: str, theme: Theme) -> None:
        super().__init__(title, lead, theme)
        self.column = QVBoxLayout()
        self.column.setSpacing(theme.px(12))
        sheet = QWidget()
        rows = QVBoxLayout(sheet)
        rows.setContentsMargins(24, 32, 24, 32)
        rows.setSpacing(theme.px(12))
        rows.addLayout(self.head)
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
