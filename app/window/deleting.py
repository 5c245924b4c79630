"""Deleting a take for good: the question in the bar above the page, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.tutorial.model import Tutorial
from app.window.message_bar import MessageBar
from app.window.workplace import Workplace


@dataclass(frozen=True)
class Sentences:
    """What is said. working, waiting: why not now. failed: with {why}."""

    delete: str
    deleting: str
    deleted: str
    failed: str
    working: str
    waiting: str


class Deleting:
    """Asks and deletes, for one kind of takes; key: of its messages. While a run works, refuses."""

    def __init__(
        self, workplace: Workplace, messages: MessageBar, key: str, sentences: Sentences
    ) -> None:
        self._opened, self._runs = workplace.opened, workplace.runs
        self._messages = messages
        self._key = key
        self._sentences = sentences

    def is_needed(self) -> bool:
        """Whether a run may still look at the takes; says so."""
        if self._runs.current is None and not self._runs.confirming:
            return False
        said = self._sentences
        self._tell(said.waiting if self._runs.confirming else said.working)
        return True

    def ask(self, sha256: str, question: str, go_back: Callable[[], None]) -> None:
        """Ask, and delete the take if that is the answer; go_back(): the question is answered."""

        def leave() -> None:
            go_back()
            self._messages.remove(self._key)

        def delete() -> None:
            leave()
            if not self.is_needed():  # by what began since
                words = self._sentences.deleting
                self._messages.show_message(self._key, words, [], "info", closable=False)
                self._opened.delete_take(sha256, self._deleted, self._failed)

        buttons = [(self._sentences.delete, delete)]
        self._messages.show_message(self._key, question, buttons, "danger", leave=leave)
        self._messages.take_focus(self._key)

    def _deleted(self, _: None) -> None:
        self._tell(self._sentences.deleted)

    def _failed(self, error: Exception) -> None:
        text = self._sentences.failed.format(why=error)
        self._messages.show_message(self._key, text, [], "danger")

    def _tell(self, sentence: str) -> None:
        self._messages.show_message(self._key, sentence, [], "info")


def steps_with(tutorial: Tutorial, sha256: str, but: str = "") -> list[int]:
    """Return the numbers of the steps that offer a take, or hold it in their trash.

    but: the id of a picture that doesn't count.
    """
    return [
        number
        for number, step in enumerate(tutorial.steps, 1)
        if any(sha256 in (*one.takes, *one.withdrawn) for one in step.pictures if one.id != but)
    ]
