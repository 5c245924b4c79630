"""All keyboard shortcuts by menu, at one glance, with a field to search them."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from app.window.actions import ACTIONS, MENUS
from app.window.full_page import FullPage, caps
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout

COLUMN = 320  # pixels at zoom 1: a column, at least


class ShortcutsPage(FullPage):
    """The page of F1."""

    def __init__(self, theme: Theme) -> None:
        title = QCoreApplication.translate("ShortcutsPage", "Keyboard shortcuts")
        lead = QCoreApplication.translate(
            "ShortcutsPage", "Everything in Interstep works without a mouse."
        )
        super().__init__(title, lead, theme)
        self._rows: list[tuple[str, QWidget]] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search shortcuts"))
        self.search.setAccessibleName(self.tr("Search shortcuts"))
        self.search.textChanged.connect(self._filter)
        self.column.addWidget(self.search)
        columns = WrappingLayout(theme.px(32), theme.px(16), theme.px(COLUMN))
        self.column.addLayout(columns)
        for menu, text in MENUS:
            if group := self._group(menu, text):
                columns.addWidget(group)
        self.setFocusProxy(self.search)

    def _group(self, menu: str, text: str) -> QWidget | None:
        shown = [spec for spec in ACTIONS if spec.menu == menu and spec.shortcut]
        if not shown:
            return None
        group = QWidget()
        rows = QGridLayout(group)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(caps(_plain(text)), 0, 0, 1, 2)
        for number, spec in enumerate(shown, 1):
            words = _plain(spec.text)
            keys = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            name, pressed = QLabel(words), QLabel(keys)
            pressed.setProperty("role", "keys")
            name.setAccessibleName(f"{words}: {keys}")
            rows.addWidget(name, number, 0)
            rows.addWidget(pressed, number, 1)
            self._rows += [(f"{words} {keys}".casefold(), one) for one in (name, pressed)]
        rows.setColumnStretch(0, 1)
        rows.setRowStretch(len(shown) + 1, 1)
        return group

    def _filter(self, wanted: str) -> None:
        for words, widget in self._rows:
            widget.setVisible(wanted.casefold() in words)


def _plain(text: str) -> str:
    return QCoreApplication.translate("Actions", text).replace("&", "").rstrip("…")
