"""Copying a whole tutorial to the clipboard, as Markdown or as rich text with pictures."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.exporting.clipboard import as_markdown, as_rich_text
from app.tutorial.file import TutorialFile
from app.window.workplace import Workplace


class Copying(QObject):
    """Makes the texts off the GUI thread, then puts them on the clipboard.

    told(sentence): it is there, or why not.
    """

    told = Signal(str)

    def __init__(self, workplace: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workplace = workplace

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do here."""
        return {
            "copy_markdown": partial(self._copy, _plain),
            "copy_rich": partial(self._copy, _rich),
        }

    def _copy(self, make: Callable[[TutorialFile], tuple[str, str]]) -> None:
        self._workplace.opened.ask(make, self._put, lambda error: self.told.emit(f"{error}."))

    def _put(self, texts: tuple[str, str]) -> None:
        plain, page = texts
        data = QMimeData()
        data.setText(plain)
        if page:
            data.setHtml(page)
        QGuiApplication.clipboard().setMimeData(data)
        words = self.tr("The tutorial is on the clipboard as Markdown.")
        rich = self.tr("The tutorial is on the clipboard, with its pictures.")
        self.told.emit(rich if page else words)


def _plain(file: TutorialFile) -> tuple[str, str]:
    return as_markdown(file.tutorial, file.whole_takes()), ""


def _rich(file: TutorialFile) -> tuple[str, str]:
    takes = file.whole_takes()
    return as_markdown(file.tutorial, takes), as_rich_text(file.tutorial, takes)
