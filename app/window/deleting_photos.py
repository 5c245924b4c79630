"""Deleting a photo that the writer was given for good: the question, and what came of it."""

from PySide6.QtCore import QObject

from app.tutorial.model import Tutorial
from app.window.given_photos import GivenPhotos
from app.window.message_bar import MessageBar
from app.window.workplace import Workplace

KEY = "photo"  # of the messages


class DeletingPhotos(QObject):
    """Asks in the bar above the page. While the writer works with the photos, it refuses."""

    def __init__(self, workplace: Workplace, photos: GivenPhotos, messages: MessageBar) -> None:
        super().__init__(photos)
        self._opened, self._runs = workplace.opened, workplace.runs
        self._photos = photos
        self._messages = messages
        photos.deletion_requested.connect(self._ask)

    def _ask(self, sha256: str) -> None:
        if self._is_needed():
            return

        def leave() -> None:
            self._photos.mark("")
            self._photos.focus(sha256)
            self._messages.remove(KEY)

        def delete() -> None:
            leave()
            if not self._is_needed():  # by what began since
                words = self.tr("Deleting the photo…")
                self._messages.show_message(KEY, words, [], "info", closable=False)
                self._opened.delete_take(sha256, self._deleted, self._failed)

        self._photos.mark(sha256)
        text = self._question(sha256)
        buttons = [(self.tr("Delete for good"), delete)]
        self._messages.show_message(KEY, text, buttons, "danger", leave=leave)
        self._messages.take_focus(KEY)

    def _question(self, sha256: str) -> str:
        tutorial = self._opened.tutorial
        given = list(dict.fromkeys(tutorial.given))
        n, total = given.index(sha256) + 1, len(given)
        text = self.tr(
            "Delete photo {n} of {total} from this file for good? This can't be undone. Copies of "
            "the file that you made before keep it."
        )
        told = [text.format(n=n, total=total)]
        steps = _steps_with(tutorial, sha256)
        if len(steps) == 1:
            told.append(self.tr("Step {n} loses it too.").format(n=steps[0]))
        elif steps:
            numbers = ", ".join(map(str, steps))
            told.append(self.tr("The steps {numbers} lose it too.").format(numbers=numbers))
        return " ".join(told)

    def _is_needed(self) -> bool:
        """Whether a run may still look at the photos; says so."""
        if self._runs.current is None and not self._runs.confirming:
            return False
        text = self.tr("The engine works with this tutorial: stop it, then delete the photo.")
        if self._runs.confirming:
            text = self.tr("The writer waits for you: let it write or stop, then delete the photo.")
        self._messages.show_message(KEY, text, [], "info")
        return True

    def _deleted(self, _: None) -> None:
        text = self.tr("The photo is deleted. Nothing of it is left in this file.")
        self._messages.show_message(KEY, text, [], "info")

    def _failed(self, error: Exception) -> None:
        text = self.tr("The photo is not deleted: {why}.").format(why=error)
        self._messages.show_message(KEY, text, [], "danger")


def _steps_with(tutorial: Tutorial, sha256: str) -> list[int]:
    """Return the numbers of the steps that offer a take, or hold it in their trash."""
    return [
        number
        for number, step in enumerate(tutorial.steps, 1)
        if any(sha256 in (*one.takes, *one.withdrawn) for one in step.pictures)
    ]
