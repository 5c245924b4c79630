"""A tutorial as the turns of a chat: what the writer reads, and what it learns to answer.

Unusual: the pieces are tokenised one by one, cut where the writer itself appends text and samples
fields, so that an example, a training answer and the writer's own text are the same tokens.
Source: the assistant's turn T1 <BOV> T2 <BOV> ...: DuoGen, sections 3 and 4.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inference.writer.batches import Chunk, Sight
from inference.writer.model import Model
from inference.writer.prompt import ChatFormat

INSTRUCTIONS = """\
You write short, correct how-to tutorials for beginners.
Each step is one action that changes something. Use plain words and the imperative: "Cut the bread."
Say how much, how long and how to see that it is done. Name the things, do not call them "it".
The steps are in the order in which they are done. Warn before anything that can hurt.
Where there is something to see, a step ends with a line "Picture:" that says in one sentence \
which things are seen, in what state, and who holds what."""

SEEN = (
    "Name what the pictures show, apart by commas: first the dish or the thing itself, then its "
    "ingredients or parts, then the tools."
)

OPENING = "# "  # what an answer begins with, before the title


@dataclass(frozen=True)
class WrittenStep:
    """A finished step; an empty description means that the writer chose no picture."""

    title: str
    body: str
    description: str


@dataclass(frozen=True)
class Answer:
    """A whole tutorial, as a writer should write it."""

    title: str
    summary: str
    materials: tuple[str, ...]
    steps: tuple[WrittenStep, ...]


def heading_line(number: int, heading: str) -> str:
    """Return what the program puts before each step; number counts from 1."""
    return f"\n## {number}. {heading}\n"


class Turns:
    """Tokenises the turns of one chat format. begin_of_vision: the id of `<BOV>`."""

    def __init__(self, model: Model, chat: ChatFormat, begin_of_vision: int) -> None:
        self._model = model
        self.chat = chat
        self._bov = begin_of_vision

    def ours(self, text: str) -> list[int]:
        """Return the tokens of text of our own, turn markers among them."""
        return self._model.tokenize(text, special=True)

    def system(self) -> list[int]:
        """Return the turn that comes first."""
        return self.ours(self.chat.start + self.chat.system + INSTRUCTIONS + self.chat.end)

    def asked(self, prompt: str, headings: str) -> list[int]:
        """Return the user's turn: the prompt with its plan below it; no word of it is a marker."""
        return [*self.ours(self.chat.user), *self._told(prompt, headings)]

    def asked_about(self, pictures: Sequence[Chunk], prompt: str, headings: str) -> list[Chunk]:
        """Return the user's turn as chunks, with the pictures before its text."""
        if not pictures:
            return [self.asked(prompt, headings)]
        return [self.ours(self.chat.user), *pictures, self._told(prompt, headings)]

    def _told(self, prompt: str, headings: str) -> list[int]:
        told = self._model.tokenize(f"{prompt}\nSteps:\n{headings}")
        return [*told, *self.ours(self.chat.end)]

    def look_at(self, pictures: Sequence[Chunk], prompt: str) -> list[Chunk]:
        """Return a chat of its own up to the answer that names what the pictures show."""
        chat = self.chat
        asked = self.ours(f"\n{SEEN}{chat.end}{chat.assistant}")
        told = self._model.tokenize(prompt)
        return [self.ours(chat.start + chat.user), *pictures, [*told, *asked]]

    def opening(self) -> list[int]:
        """Return the beginning of the assistant's turn."""
        return self.ours(self.chat.assistant + OPENING)

    def answer(self, answer: Answer) -> Iterator[list[int]]:
        """Yield the pieces of the assistant's turn behind its opening: head, steps, end."""
        text = self._model.tokenize
        yield text(f"{answer.title}\n")
        yield text(f"{answer.summary}\n")
        yield text("You need: ")
        yield text(f"{', '.join(answer.materials)}\n")
        for number, step in enumerate(answer.steps, 1):
            yield text(heading_line(number, step.title))
            yield self.step(step)
        yield self.ours(self.chat.end)

    def step(self, step: WrittenStep) -> list[int]:
        """Return what the writer writes below a heading: body, then a picture line or none."""
        if not step.description:
            return self._model.tokenize(f"{step.body}\n\n")
        told = self._model.tokenize(f"{step.body}\nPicture: {step.description}")
        return [*told, self._bov]

    def behind_mark(self, picture: Sequence[Chunk]) -> Sequence[Chunk]:
        """Return a picture's pieces as they stand behind a `<BOV>` of the writer's own."""
        own = not isinstance(picture[0], Sight) and [*picture[0]] == [self._bov]
        return picture[1:] if own else picture

    def so_far(
        self,
        title: str,
        steps: Sequence[WrittenStep],
        room: int,
        painted: Mapping[int, Sequence[Chunk]] | None = None,
    ) -> list[Chunk]:
        """Return a title and the steps below it as chunks of at most `room` tokens.

        The earliest steps are left out for want of room. painted: the steps' pictures by their
        index, which stand behind their `<BOV>`; where one has no picture, or no room is left for
        it, there is no `<BOV>` either. None for a writer without eyes, whose marks are all there.
        """
        head = self._model.tokenize(f"{title}\n")
        room -= len(head)
        texts: dict[int, list[int]] = {}
        for index, step in reversed([*enumerate(steps)]):
            text = [*self._model.tokenize(heading_line(index + 1, step.title)), *self.step(step)]
            room -= len(text)
            if room < 0:
                break
            texts[index] = text
        chunks: list[Chunk] = []
        for index, text in texts.items():  # words before pictures, and the last ones before all
            picture = self.behind_mark(painted[index]) if painted and index in painted else ()
            size = sum(map(len, picture))
            if painted is not None and text[-1] == self._bov and not 0 < size <= room:
                text, picture = text[:-1], ()
            room -= sum(map(len, picture))
            chunks[:0] = [text, *picture]
        return [head, *chunks]
