"""Copying a whole tutorial to the clipboard, as Markdown or as rich text with pictures."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QMimeData
from PySide6.QtGui import QGuiApplication

from app.exporting.clipboard import as_markdown, as_rich_text
from app.tutorial.file import TutorialFile
from app.window.workplace import Workplace


class Copying:
    """Makes the texts off the GUI thread, then puts them on the clipboard."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do here."""
        return {
            "copy_markdown": lambda: self._copy(rich=False),
            "copy_rich": lambda: self._copy(rich=True),
        }

    def _copy(self, *, rich: bool) -> None:
        def make(file: TutorialFile) -> tuple[str, str]:
            takes = file.whole_takes()
            page = as_rich_text(file.tutorial, takes) if rich else ""
            return as_markdown(file.tutorial, takes), page

        self._workplace.opened.ask(make, self._put)

    def _put(self, texts: tuple[str, str]) -> None:
        plain, page = texts
        data = QMimeData()
        data.setText(plain)
        if page:
            data.setHtml(page)
        QGuiApplication.clipboard().setMimeData(data)
        translate = QCoreApplication.translate
        self._workplace.announcer.say(translate("Copying", "The tutorial is on the clipboard."))
