"""Deleting a take of a picture's trash for good."""

from PySide6.QtCore import QObject

from app.window import picture_edits
from app.window.deleting import Deleting, Sentences, steps_with
from app.window.message_bar import MessageBar
from app.window.page import Page
from app.window.workplace import Workplace


class DeletingTakes(QObject):
    """Asks in the bar above the page. While a run works with the tutorial, it refuses."""

    def __init__(self, workplace: Workplace, page: Page, messages: MessageBar) -> None:
        super().__init__(page)
        self._workplace = workplace
        self._page = page
        self._deleting = Deleting(workplace, messages, "take", self._sentences())
        workplace.picture_states.deletion_requested.connect(self._ask)

    def _sentences(self) -> Sentences:
        return Sentences(
            delete=self.tr("Delete for good"),
            deleting=self.tr("Deleting the take…"),
            deleted=self.tr("The take is deleted. Nothing of it is left in this file."),
            failed=self.tr("The take is not deleted: {why}."),
            working=self.tr("The engine works with this tutorial: stop it, then delete the take."),
            waiting=self.tr(
                "The writer waits for you: let it write or stop, then delete the take."
            ),
        )

    def _ask(self, step: str, picture: str, sha256: str) -> None:
        shown = picture_edits.picture_of(self._workplace, step, picture)
        trashed = picture_edits.trashed(shown) if shown is not None else ()
        if sha256 in trashed and not self._deleting.is_needed():
            question = self._question(step, picture, sha256, trashed.index(sha256) + 1)
            self._deleting.ask(sha256, question, lambda: self._page.go_to(step, picture))

    def _question(self, step: str, picture: str, sha256: str, n: int) -> str:
        tutorial = self._workplace.opened.tutorial
        text = self.tr(
            "Delete take {n} of the trash of step {step} from this file for good? This can't be "
            "undone. Copies of the file that you made before keep it."
        )
        told = [text.format(n=n, step=self._workplace.runs.number(step))]
        steps = steps_with(tutorial, sha256, but=picture)
        if steps:
            numbers = ", ".join(map(str, steps))
            told.append(
                self.tr("It stands at step {numbers} too, and goes from there.").format(
                    numbers=numbers
                )
            )
        if sha256 in tutorial.given:
            told.append(self.tr("It is a photo that you gave the writer, and goes from there too."))
        return " ".join(told)
