"""A page over the tutorial whose view scrolls by itself, such as a table."""

from PySide6.QtWidgets import QVBoxLayout

from app.window.over_page import OverPage
from app.window.theme import Theme


class ViewPage(OverPage):
    """Its head stays in place; the view goes into `column`."""

    def __init__(self, title: str, lead: str, theme: Theme) -> None:
        super().__init__(title, lead, theme)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        self.column.setSpacing(theme.px(12))
        self.column.addLayout(self.head)
        self.column.addWidget(self.lead)
