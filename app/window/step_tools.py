"""What a step offers while it is hovered or focused: its menu and, without a picture, Paint.

Made when it is needed. Not in the order of Tab: every action of it has a place in the menus and
a shortcut, and a step more to tab through would be in the way of the text.
"""

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QWidget

from app.window.actions import in_groups
from app.window.icons import icon
from app.window.workplace import Workplace


class StepMenuButton(QToolButton):
    """The ⋯ of a step. opening(): its menu is about to act on this step."""

    opening = Signal()

    def __init__(self, workplace: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        _furnish(self, workplace, "more", "", self.tr("More for this step"))
        menu = QMenu(self)
        workplace.theme.dress(menu)
        for group in in_groups("Step", workplace.actions):
            menu.addActions(group)
            menu.addSeparator()
        menu.aboutToShow.connect(self.opening)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        workplace.theme.dress(self)
        side = workplace.theme.px(26)
        self.resize(side, side)


class PaintRow(QFrame):
    """Paint and Import for a step without a picture. opening(): one of them acts on this step."""

    opening = Signal()

    def __init__(self, workplace: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("A picture for this step"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(workplace.theme.px(4))
        for action, sign, text in (
            ("paint", "picture", self.tr("Paint a picture")),
            ("import_picture", "image-add", self.tr("Import")),
            ("no_picture", "close", self.tr("No picture needed")),
        ):
            button = QToolButton(self)
            _furnish(button, workplace, sign, text, workplace.actions[action].toolTip())
            button.clicked.connect(self.opening)
            button.clicked.connect(workplace.actions[action].trigger)
            row.addWidget(button)
        row.addStretch(1)
        workplace.theme.dress(self)


def _furnish(button: QToolButton, workplace: Workplace, sign: str, text: str, tip: str) -> None:
    theme = workplace.theme
    button.setProperty("kind", "floating")
    button.setIcon(icon(sign, theme.colours.muted))
    button.setIconSize(QSize(theme.px(14), theme.px(14)))
    button.setText(text)
    beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    button.setToolButtonStyle(beside if text else Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAccessibleName(text or tip)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def step_words(draft: bool, checked: bool, pictures: int, missing: int) -> str:
    """Return what a screen reader says of a step beside its texts."""
    translate = QCoreApplication.translate
    parts = [
        translate("StepTools", "Rough draft") if draft else "",
        translate("StepTools", "Checked") if checked else "",
        translate("StepTools", "No picture") if not pictures else "",
        translate("StepTools", "{n} pictures").format(n=pictures) if pictures > 1 else "",
        translate("StepTools", "Picture still to paint") if missing else "",
    ]
    return ". ".join(part for part in parts if part)
