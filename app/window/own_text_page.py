"""The page on which the author types or pastes a text, to make steps of it."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton

from app.window.full_page import FullPage
from app.window.theme import Theme

TALL = 360  # pixels at zoom 1


class OwnTextPage(FullPage):
    """text_given(text): make steps of it; file_requested(): of a file instead."""

    text_given = Signal(str)
    file_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            translate("OwnTextPage", "Start from my own text"),
            translate(
                "OwnTextPage",
                "Type or paste it. A heading, a number or a paragraph begins a step; "
                "your words stay as they are.",
            ),
            theme,
        )
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(self.tr("Your text"))
        self.field.setPlaceholderText(
            self.tr("1. Choose a pot one size larger.\n2. Put on gloves and ease the cactus out.")
        )
        self.field.setTabChangesFocus(True)
        self.field.setMinimumHeight(theme.px(TALL))
        self.make = QPushButton(self.tr("Make steps of it"))
        self.make.setProperty("kind", "primary")
        self.make.setEnabled(False)
        self.make.clicked.connect(lambda: self.text_given.emit(self.field.toPlainText()))
        choose = QPushButton(self.tr("Choose a file…"))
        choose.setToolTip(self.tr("A Markdown or text file"))
        choose.clicked.connect(self.file_requested)
        buttons = QHBoxLayout()
        buttons.addWidget(self.make)
        buttons.addWidget(choose)
        buttons.addStretch(1)
        self.field.textChanged.connect(
            lambda: self.make.setEnabled(bool(self.field.toPlainText().strip()))
        )
        self.column.addWidget(self.field)
        self.column.addLayout(buttons)
