"""The trash of the library: restore tutorials, or delete them for good."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QPushButton

from app.editing.library_watch import LibraryWatch
from app.window import library_words as words
from app.window.library_list import LibraryList
from app.window.library_model import Row, rows_of, selected_rows
from app.window.message_bar import MessageBar
from app.window.theme import PAGE, Theme
from app.window.view_page import ViewPage


class TrashView(ViewPage):
    """Only here is a file deleted, and only after a question."""

    def __init__(self, library: LibraryWatch, theme: Theme) -> None:
        translate = QCoreApplication.translate
        lead = translate("TrashView", "Tutorials stay here until you delete them for good.")
        super().__init__(translate("TrashView", "Trash"), lead, theme)
        self._library = library
        self.question = MessageBar(theme)
        self.list = LibraryList(theme, words.changed)
        self.list.setAccessibleName(self.tr("Tutorials in the trash"))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setMaximumWidth(theme.px(PAGE))
        self.nothing = QLabel(self.tr("The trash is empty."))
        self.nothing.setProperty("role", "lead")
        self.restore = QPushButton(self.tr("Restore"))
        self.delete = QPushButton(self.tr("Delete for good…"))
        self.delete.setProperty("kind", "danger")
        self.tools.addWidget(self.restore)
        self.tools.addWidget(self.delete)
        self.column.addWidget(self.question)
        self.column.addWidget(self.nothing)
        self.column.addWidget(self.list)
        self.column.addStretch(1)
        self.restore.clicked.connect(self._restore)
        self.delete.clicked.connect(self._ask)
        self.list.delete_requested.connect(lambda _row: self._ask())
        self.list.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        library.cards_changed.connect(self._follow)
        self.setFocusProxy(self.list)
        self._follow()

    def _follow(self) -> None:
        cards = self._library.trashed
        self.list.show_rows(rows_of(cards), found=False)
        self.list.setVisible(bool(cards))
        self.nothing.setVisible(not cards)
        self._enable()

    @property
    def _chosen(self) -> list[Row]:
        return selected_rows(self.list)

    def _enable(self) -> None:
        self.question.clear()
        for button in (self.restore, self.delete):
            button.setEnabled(bool(self._chosen))

    def _restore(self) -> None:
        self._library.restore([row.card.path for row in self._chosen])

    def _ask(self) -> None:
        chosen = self._chosen
        if len(chosen) == 1:
            name = words.title(chosen[0].card)
            text = self.tr("Delete “{title}” and all its pictures for good?").format(title=name)
        else:
            many = self.tr("Delete {n} tutorials and all their pictures for good?")
            text = many.format(n=len(chosen))
        paths = [row.card.path for row in chosen]
        text = self.tr("{question} This can't be undone.").format(question=text)
        self.question.show_message(
            "delete", text, [(self.tr("Delete for good"), lambda: self._delete(paths))], "danger"
        )
        answer = self.question.findChild(QPushButton)
        if isinstance(answer, QPushButton):
            answer.setFocus(Qt.FocusReason.OtherFocusReason)

    def _delete(self, paths: list[Path]) -> None:
        self.question.clear()
        self._library.delete(paths)
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
