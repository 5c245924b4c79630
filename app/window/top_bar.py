"""The bar at the top: New, what is open and how it stands, and what is often wanted."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.window.theme import Theme

HEIGHT = 44  # pixels at zoom 1


class TopBar(QWidget):
    """Shows a tutorial's title and state; its buttons are actions."""

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("topbar")
        self.setAccessibleName(self.tr("Toolbar"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._title = QLabel()
        self._title.setStyleSheet("font-weight: 600;")
        self._draft = QLabel(self.tr("Rough draft"))
        self._draft.setProperty("role", "badge")
        self._draft.setToolTip(
            self.tr("Written by a small model and not edited since: read it with care.")
        )
        self._saved = QLabel()
        self._saved.setProperty("role", "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(_button(actions["new"], self.tr("New"), "plain"))
        row.addSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._draft, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._saved)
        row.addStretch(1)
        self._of_tutorial = [
            _button(actions["undo"], "", "quiet"),
            _button(actions["redo"], "", "quiet"),
            _button(actions["find"], self.tr("Find"), "quiet"),
            _button(actions["reader"], self.tr("Reader"), "quiet"),
            _button(actions["export"], self.tr("Export"), "plain"),
        ]
        self._of_studio = [
            _button(actions["packs"], self.tr("Packs"), "quiet"),
            _button(actions["doctor"], self.tr("Doctor"), "quiet"),
        ]
        for button in (*self._of_tutorial, *self._of_studio):
            row.addWidget(button)
        self.show_nothing()
        theme.restyled.connect(self._restyle)
        self._restyle()

    def show_nothing(self) -> None:
        """Show that no tutorial is open."""
        self.show_tutorial("", draft=False, state="")
        self._show_buttons(tutorial=False)

    def show_tutorial(self, title: str, *, draft: bool, state: str) -> None:
        """Show a tutorial's title, whether it is a rough draft, and how its saving stands."""
        metrics = self._title.fontMetrics()
        self._title.setText(
            metrics.elidedText(title, Qt.TextElideMode.ElideRight, self.width() // 3)
        )
        self._title.setToolTip(title)
        self._draft.setVisible(draft)
        self._saved.setText(state)
        self._show_buttons(tutorial=True)

    def _show_buttons(self, *, tutorial: bool) -> None:
        for button in self._of_tutorial:
            button.setVisible(tutorial)
        for button in self._of_studio:
            button.setVisible(not tutorial)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(HEIGHT))


def _button(action: QAction, text: str, kind: str) -> QToolButton:
    """Return a button for an action with a text of its own, or the icon alone."""
    button = QToolButton()
    button.setProperty("kind", kind)
    button.setDefaultAction(action)
    button.setToolButtonStyle(
        Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        if text
        else Qt.ToolButtonStyle.ToolButtonIconOnly
    )
    if text:
        # A default action sets the button's text to its own each time that it changes.
        action.changed.connect(lambda: button.setText(text))
        button.setText(text)
    button.setAccessibleName(text or action.text().replace("&", ""))
    return button
