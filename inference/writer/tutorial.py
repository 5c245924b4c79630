"""Writes a tutorial with a small model: example, plan of headings, steps, checks.

What helps weak writers, as measured in DECISIONS.md: the nearest hand-written tutorial as an
example, headings planned before bodies, a grammar for each field, refusal of copied and repeated
runs of words, and one more try for a step that names neither subject nor plan.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, takewhile
from typing import Literal

from assets.corpus import Example
from inference.phrases import names, normalise, subject
from inference.writer.batches import Chunk
from inference.writer.dialogue import Answer, Turns, WrittenStep, heading_line
from inference.writer.endings import stutters, whole, whole_sentences
from inference.writer.examples import nearest, same_topic
from inference.writer.fields import Field, FieldWriter
from inference.writer.grammar import (
    DESCRIPTION,
    SENTENCE,
    SUMMARY,
    THING,
    TITLE,
    TutorialGrammar,
)
from inference.writer.guards import RunGuard, goes_round
from inference.writer.plan import listed, plan
from inference.writer.prompt import ChatFormat
from inference.writer.sampling import Sampling
from inference.writer.session import Session

COPIED = 8  # words in a row that may not come from the example
ROUND = 4  # words in a row that a field may not have twice
REPEATED = 6  # words in a row that no two steps may share
ROOM = 200  # tokens of context kept free for each step to write
TRIES = 4  # of a field that is refused as a whole
# Weak writers imitate the step before: one step without a picture, and no other gets one.
PICTURE_BIAS = -1.5  # nats on a blank line after a body, once more for each step without
HEAD = Sampling(temperature=0.4, top_p=0.9, repeat_penalty=1.05)
PROSE = Sampling(temperature=0.6, top_p=0.85, repeat_penalty=1.1)

# The picture line told as a sentence of the body.
_PICTURE_IN_BODY = re.compile(r"^[^\n]*\. Picture\b")

_ASKING = re.compile(
    r"(?:(?:please|can you|could you|tell me|show me|teach me|explain|what is the best way) )*"
    r"(?:how )?(?:(?:do|can|should|would|to) )?(?:(?:i|you|we|one) )?",
    re.IGNORECASE,
)

FieldName = Literal["title", "summary", "materials", "body", "description"]


@dataclass(frozen=True)
class Delta:
    """Text of one field: what stood from `start` on is replaced. step is None for the head."""

    step: int | None
    field: FieldName
    start: int
    text: str


@dataclass(frozen=True)
class Prefilled:
    """done of total tokens of a prompt are evaluated."""

    done: int
    total: int


@dataclass
class Draft:
    """What is written so far; the result when the writing is done.

    painted: pictures of the steps that were there, by the step's index, as the eyes saw them.
    """

    title: str = ""
    summary: str = ""
    materials: tuple[str, ...] = ()
    plan: list[str] = field(default_factory=list)
    steps: list[WrittenStep] = field(default_factory=list)
    painted: Mapping[int, Sequence[Chunk]] = field(default_factory=dict)


Check = Callable[[str], bool]
Written = Delta | Prefilled | WrittenStep


class TutorialWriter:
    """Writes one tutorial over a session; `draft` holds what is written so far.

    With a draft that has steps it goes on behind the last one, with steps about `about`: it writes
    no head, and what is there is its own earlier text. pictures: what the person gave to look at,
    as the session's eyes encoded it. What they show is listed first, as the materials, unless the
    person has confirmed those of the draft, were they none.
    """

    def __init__(
        self,
        session: Session,
        chat: ChatFormat,
        begin_of_vision: int,
        prompt: str,
        examples: Sequence[Example],
        seed: int,
        steps: int | None = None,
        draft: Draft | None = None,
        about: str = "",
        pictures: Sequence[Chunk] = (),
        *,
        confirmed: bool = False,
    ) -> None:
        self.draft = draft or Draft()
        self._session = session
        self._model = session.model
        self._chat = chat
        self._turns = Turns(session.model, chat, begin_of_vision)
        self._bov = begin_of_vision
        self._grammar = TutorialGrammar(begin_of_vision, latin=max(prompt, default="") < "\u0250")
        self._prompt = prompt
        self._about = about
        self._examples = examples
        self._seed = seed
        self._steps = steps
        self._pictures = pictures
        self._confirmed = confirmed
        self._painted: bytes | None = None
        # "What is this?" names no subject: the pictures do.
        self._subject = "" if pictures or self.draft.materials else subject(prompt)
        self._before = ""  # what a reader reads just before the field: a run may begin there
        self._copied = RunGuard(COPIED)
        self._repeated = RunGuard(REPEATED)
        self._repeated.forbid(step.body for step in self.draft.steps)
        # What may follow a body when it gets no picture: a blank line.
        self._blank = [t for t, piece in enumerate(session.model.pieces) if b"\n\n" in piece]
        self._fields = FieldWriter(session, self._allows)

    def write(self) -> Iterator[Written]:
        """Yield the tutorial's text as it grows, and each step when it is finished.

        Before it is asked for more, `see` may show it the picture of that step.
        """
        if not self._confirmed and not self.draft.steps:
            yield from self.list_seen()
        if self.draft.materials:
            self._prompt += f"\nThe pictures show: {', '.join(self.draft.materials)}"
        example = yield from self._planned()
        there = len(self.draft.steps)
        yield from _prefilled(self._session.prefill(self._context(example)))
        if not there:
            yield from self._head()
        for index in range(there, len(self.draft.plan)):
            yield from self._step(index)

    def list_seen(self) -> Iterator[Written]:
        """List what the person's pictures show, as the materials; without pictures, nothing."""
        if not self._pictures:
            return
        looked_at = self._turns.look_at(self._pictures, self._prompt)
        yield from _prefilled(self._session.prefill(looked_at))
        yield from self._line("materials", self._grammar.materials(), 3)

    def see(self, picture: bytes) -> None:
        """Take a painted picture into the context, behind the step that came last."""
        self._painted = picture

    def _planned(self) -> Generator[Written, None, Example]:
        """Fill the draft's plan; return the example for its steps."""
        there = [step.title for step in self.draft.steps]
        example = nearest(self._prompt, (), self._examples)
        if same_topic(self._prompt, example):
            if not there and self._steps in (None, len(example.steps)):
                self.draft.plan = [step.title for step in example.steps]
                return example
            if there:  # this may be the tutorial that was started from, with nothing to add
                self._examples = [other for other in self._examples if other != example]
        for headings in plan(
            self._session,
            self._chat,
            self._grammar,
            self._prompt,
            self._seed,
            self._steps,
            there,
            self._about,
            self._pictures,
        ):
            self.draft.plan = headings
            yield Prefilled(len(headings) - len(there), 0)
        example = nearest(f"{self._prompt} {self._about}", self.draft.plan, self._examples)
        self._copied.forbid([example.text])
        return example

    def _allows(self, text: str, piece: str) -> bool:
        if goes_round(text, piece, ROUND) or stutters(text + piece):
            return False
        if _PICTURE_IN_BODY.search(text + piece):
            return False
        copies = not self._copied.allows(self._before + text, piece)
        return not copies and self._repeated.allows(text, piece)

    def _context(self, example: Example) -> list[Chunk]:
        """Return the chunks before the answer, and what is there of it."""
        turns = self._turns
        shown = answer_of(example)
        before: list[Chunk] = [
            turns.system(),
            turns.asked(example.title, listed([step.title for step in shown.steps])),
            [*turns.opening(), *chain.from_iterable(turns.answer(shown))],
            *turns.asked_about(self._pictures, self._prompt, listed(self.draft.plan)),
            turns.opening(),
        ]
        if not self.draft.steps:
            return before
        to_write = len(self.draft.plan) - len(self.draft.steps)
        room = self._session.n_ctx - sum(map(len, before)) - ROOM * to_write
        title = whole(self.draft.title, TITLE)
        painted = None if self._session.eyes is None else self.draft.painted
        return [*before, *turns.so_far(title, self.draft.steps, room, painted)]

    def _head(self) -> Iterator[Written]:
        yield from self._line("title", self._grammar.title(), 1, self._on_subject)
        title = whole(self.draft.title, TITLE)
        if not self._on_subject(title):
            title = title_from_prompt(self._prompt) or title
        yield from self._ended("title", title)
        self._before = f"{title} "
        yield from self._line("summary", self._grammar.summary(), 2)
        if len(self.draft.summary) >= SUMMARY:
            yield from self._ended("summary", whole_sentences(self.draft.summary, SUMMARY))
        if self._confirmed and not self.draft.materials:
            return
        self._before = "You need: "
        yield from self._append(self._before)
        if self.draft.materials:  # seen in the person's pictures
            yield from self._append(f"{', '.join(self.draft.materials)}\n")
        else:
            yield from self._line("materials", self._grammar.materials(), 3)

    def _line(
        self, name: FieldName, gbnf: str, number: int, good: Check = lambda text: True
    ) -> Iterator[Written]:
        """Write one line of the head; try again while it is not good."""
        mark = self._session.mark()
        for attempt in range(TRIES):
            self._session.back(mark)
            shown = 0
            for written in self._fields.write(
                gbnf, HEAD, [self._seed, number, attempt], _line_ended
            ):
                text = _listed(written.text) if name == "materials" else written.text.rstrip("\n")
                start = 0 if name == "materials" else shown
                yield Delta(None, name, start, text[start:])
                shown = len(text)
            if good(text):
                break
        value = tuple(text.split("\n")) if name == "materials" else text
        setattr(self.draft, name, value)

    def _ended(self, name: Literal["title", "summary"], text: str) -> Iterator[Written]:
        """Put a text that ends well in the place of the one that was written."""
        if text != getattr(self.draft, name):
            setattr(self.draft, name, text)
            yield Delta(None, name, 0, text)

    def _step(self, index: int) -> Iterator[Written]:
        """Write one step, again while it repeats another."""
        heading = self.draft.plan[index]
        yield Delta(index, "title", 0, heading)
        self._before = f"{heading} "
        yield from self._append(heading_line(index + 1, heading))
        mark = self._session.mark()
        for attempt in range(TRIES):
            if attempt:
                self._session.back(mark)
                yield Delta(index, "body", 0, "")
                yield Delta(index, "description", 0, "")
            body, description = yield from self._body(index, attempt)
            if normalise(body) not in {normalise(step.body) for step in self.draft.steps}:
                break
        if any(len(sentence) >= SENTENCE for sentence in re.split(r"(?<=[.!]) ", body)):
            body = whole_sentences(body, SENTENCE)
            yield Delta(index, "body", 0, body)
        if len(description) >= DESCRIPTION:
            description = whole_sentences(description, DESCRIPTION)
            yield Delta(index, "description", 0, description)
        step = WrittenStep(heading, body, description)
        if not self._names_subject(step) and self._must_name_subject():
            step = replace(step, title=f"{heading} for the {self._subject}")
            yield Delta(index, "title", 0, step.title)
        self._repeated.forbid([body])
        self.draft.steps.append(step)
        yield step
        yield from self._look_back(step)

    def _look_back(self, step: WrittenStep) -> Iterator[Written]:
        """Put the step's picture behind its `<BOV>`, where there is room and more to write.

        Else the `<BOV>` is taken back: bare, it would teach that no picture follows one.
        """
        painted, self._painted = self._painted, None
        to_write = len(self.draft.plan) - len(self.draft.steps)
        if self._session.eyes is None or not to_write:
            return
        pieces: Sequence[Chunk] = ()
        if painted is not None:
            self._session.ready()
            pieces = self._session.eyes.look(painted)
            if step.description:
                pieces = self._turns.behind_mark(pieces)
        room = self._session.n_ctx - self._session.length - ROOM * to_write
        if 0 < sum(map(len, pieces)) <= room:
            for piece in pieces:
                yield from _prefilled(self._session.append(piece))
        elif step.description:
            self._session.take_back()

    def _body(self, index: int, attempt: int) -> Generator[Written, None, tuple[str, str]]:
        """Write body and description and return both."""
        shown: dict[FieldName, int] = {"body": 0, "description": 0}
        seed = [self._seed, 5, index, attempt]
        without = list(takewhile(lambda s: not s.description, reversed(self.draft.steps)))
        bias = dict.fromkeys(self._blank, PICTURE_BIAS * (1 + len(without)))
        body = description = ""
        for written in self._fields.write(
            self._grammar.step(), PROSE, seed, self._step_ended, bias
        ):
            body, description = _parts(written.text)
            parts: dict[FieldName, str] = {"body": body, "description": description}
            for name, text in parts.items():
                if len(text) > shown[name]:
                    yield Delta(index, name, shown[name], text[shown[name] :])
                    shown[name] = len(text)
        return body, description

    def _step_ended(self, written: Field) -> bool:
        return written.last == self._bov or written.text.endswith("\n\n")

    def _names_subject(self, step: WrittenStep) -> bool:
        return self._on_subject(f"{step.title} {step.body} {step.description}")

    def _must_name_subject(self) -> bool:
        """Whether most steps could no longer name the subject if this one does not."""
        named = sum(self._names_subject(step) for step in self.draft.steps)
        left = len(self.draft.plan) - len(self.draft.steps) - 1
        return 2 * (named + left) <= len(self.draft.plan)

    def _on_subject(self, text: str) -> bool:
        return not self._subject or names(text, self._subject)

    def _append(self, text: str) -> Iterator[Written]:
        yield from _prefilled(self._session.append(self._model.tokenize(text)))


def answer_of(example: Example) -> Answer:
    """Return a starting tutorial as the writer should write one."""
    steps = tuple(WrittenStep(step.title, step.body, step.description) for step in example.steps)
    return Answer(example.title, example.summary, example.materials, steps)


def title_from_prompt(prompt: str) -> str:
    """Return the request itself as a title: "How do I repot a cactus?" -> "Repot a cactus"."""
    line = " ".join(prompt.split())
    asked = _ASKING.match(line)
    rest = line[asked.end() :] if asked else line
    title = rest.rstrip("?.! ")[:70]
    return title[:1].upper() + title[1:]


def _line_ended(written: Field) -> bool:
    return written.text.endswith("\n")


def _listed(text: str) -> str:
    """Return "a, a, and b" as lines, each thing once."""
    things = [
        whole(thing.removeprefix("and "), THING - 1) for thing in text.rstrip("\n").split(", ")
    ]
    return "\n".join(dict.fromkeys(things))


def _parts(text: str) -> tuple[str, str]:
    """Split a step's raw text, as far as it is written, into body and description."""
    body, _, rest = text.partition("\n")
    return body.strip(), rest.partition("Picture:")[2].strip()


def _prefilled(slices: Iterator[tuple[int, int]]) -> Iterator[Written]:
    for done, total in slices:
        yield Prefilled(done, total)
