"""Deleting a photo that the writer was given for good."""

from PySide6.QtCore import QObject

from app.window.deleting import Deleting, Sentences, steps_with
from app.window.given_photos import GivenPhotos
from app.window.message_bar import MessageBar
from app.window.workplace import Workplace


class DeletingPhotos(QObject):
    """Asks in the bar above the page. While the writer works with the photos, it refuses."""

    def __init__(self, workplace: Workplace, photos: GivenPhotos, messages: MessageBar) -> None:
        super().__init__(photos)
        self._opened = workplace.opened
        self._photos = photos
        self._deleting = Deleting(workplace, messages, "photo", self._sentences())
        photos.deletion_requested.connect(self._ask)

    def _sentences(self) -> Sentences:
        return Sentences(
            delete=self.tr("Delete for good"),
            deleting=self.tr("Deleting the photo…"),
            deleted=self.tr("The photo is deleted. Nothing of it is left in this file."),
            failed=self.tr("The photo is not deleted: {why}."),
            working=self.tr("The engine works with this tutorial: stop it, then delete the photo."),
            waiting=self.tr(
                "The writer waits for you: let it write or stop, then delete the photo."
            ),
        )

    def _ask(self, sha256: str) -> None:
        if self._deleting.is_needed():
            return

        def go_back() -> None:
            self._photos.mark("")
            self._photos.focus(sha256)

        self._photos.mark(sha256)
        self._deleting.ask(sha256, self._question(sha256), go_back)

    def _question(self, sha256: str) -> str:
        tutorial = self._opened.tutorial
        given = list(dict.fromkeys(tutorial.given))
        n, total = given.index(sha256) + 1, len(given)
        text = self.tr(
            "Delete photo {n} of {total} from this file for good? This can't be undone. Copies of "
            "the file that you made before keep it."
        )
        told = [text.format(n=n, total=total)]
        steps = steps_with(tutorial, sha256)
        if len(steps) == 1:
            told.append(self.tr("Step {n} loses it too.").format(n=steps[0]))
        elif steps:
            numbers = ", ".join(map(str, steps))
            told.append(self.tr("The steps {numbers} lose it too.").format(numbers=numbers))
        return " ".join(told)
