"""All keyboard shortcuts by menu, at one glance, with a field to search them."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.window.actions import ACTIONS, MENUS, Spec
from app.window.full_page import FullPage, caps
from app.window.side_pane import note
from app.window.theme import Theme

COLUMNS = 2


@dataclass(frozen=True)
class Row:
    """One shortcut on screen; words: what is searched, in small letters."""

    words: str
    widgets: tuple[QWidget, QWidget]
    group: QWidget


class ShortcutsPage(FullPage):
    """The page of F1."""

    def __init__(self, theme: Theme) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            translate("ShortcutsPage", "Keyboard shortcuts"),
            translate("ShortcutsPage", "Everything in Interstep works without a mouse."),
            theme,
        )
        self.rows: list[Row] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search shortcuts"))
        self.search.setAccessibleName(self.tr("Search shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.nothing = note(self.tr("No action has that name or these keys."))
        self.nothing.hide()
        self.column.addWidget(self.search)
        self.column.addWidget(self.nothing)
        self._lay_out()
        self.setFocusProxy(self.search)

    def _lay_out(self) -> None:
        """Put each menu into the column that is shortest so far."""
        beside = QHBoxLayout()
        beside.setSpacing(self.theme.px(32))
        columns = [QVBoxLayout() for _ in range(COLUMNS)]
        for column in columns:
            column.setSpacing(self.theme.px(16))
            beside.addLayout(column, 1)
        heights = [0] * COLUMNS
        for menu, title in MENUS:
            specs = [spec for spec in ACTIONS if spec.menu == menu and spec.shortcut]
            if specs:
                shortest = heights.index(min(heights))
                heights[shortest] += len(specs) + 2  # with its title and the room below
                columns[shortest].addWidget(self._group(title, specs))
        for column in columns:
            column.addStretch(1)
        self.column.addLayout(beside)

    def _group(self, title: str, specs: list[Spec]) -> QWidget:
        group = QWidget()
        grid = QGridLayout(group)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(self.theme.px(4))
        grid.addWidget(caps(_plain(title)), 0, 0, 1, 2)
        for number, spec in enumerate(specs, 1):
            words = _plain(spec.text)
            keys = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            name, pressed = QLabel(words), QLabel(keys)
            name.setWordWrap(True)
            name.setAccessibleName(f"{words}: {keys}")
            pressed.setProperty("role", "keys")
            grid.addWidget(name, number, 0)
            grid.addWidget(pressed, number, 1, Qt.AlignmentFlag.AlignRight)
            self.rows.append(Row(f"{words} {keys}".casefold(), (name, pressed), group))
        grid.setColumnStretch(0, 1)
        return group

    def _filter(self, text: str) -> None:
        wanted = text.casefold().split()
        shown = [row for row in self.rows if all(word in row.words for word in wanted)]
        groups = {row.group for row in shown}
        for row in self.rows:
            row.group.setVisible(row.group in groups)
            for widget in row.widgets:
                widget.setVisible(row in shown)
        self.nothing.setVisible(not shown)


def _plain(text: str) -> str:
    return QCoreApplication.translate("Actions", text).replace("&", "").rstrip("…")
