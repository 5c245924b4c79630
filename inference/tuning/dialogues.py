"""Instruction data: the corpus as chats, in the very tokens in which the writer reads and writes.

Every tutorial is asked for in many ways, alone or behind another one as an example, and its plan is
asked for as plan.py asks. User turns are not in the loss; `<BOV>` is.
Source: DuoGen, sections 3.1 and 4.2; context-alignment data stays out of it (alignment.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from random import Random

from assets.corpus import Example
from assets.corpus.kinds import held_out
from inference.writer.dialogue import Turns, WrittenStep
from inference.writer.examples import nearest
from inference.writer.plan import ASKED, listed
from inference.writer.tutorial import answer_of

ASKINGS = (
    "How do I {}?",
    "How do I {}?",
    "How can I {}?",
    "How should I {}?",
    "how to {}",
    "Teach me to {}.",
    "Show me how to {}",
    "I want to {}",
    "What is the best way to {}?",
    "Write a tutorial: {}",
    "{}",
    "{}.",
)
ALONE = 0.6  # of the tutorials are asked for without an example
PLANS = 0.25  # of the dialogues ask for the plan
# Weight of the one token of eighty at which a step gets its picture or, more rarely, none.
PICTURED, BARE = 40.0, 120.0


@dataclass(frozen=True)
class Dialogue:
    """Tokens of one chat; weights: of each in the loss, 0 for what is not answered."""

    tokens: tuple[int, ...]
    weights: tuple[float, ...]


def asking(title: str, random: Random) -> str:
    """Return a request for a tutorial of this title: "Fry an egg" -> "How do I fry an egg?"."""
    form = random.choice(ASKINGS)
    first = title[0].lower() if not form.startswith("{") or random.random() < 0.5 else title[0]
    return form.format(first + title[1:])


def dialogue(example: Example, others: Sequence[Example], turns: Turns, random: Random) -> Dialogue:
    """Return one chat about a tutorial; others: what its example is chosen from, itself not."""
    prompt = asking(example.title, random)
    headings = listed([step.title for step in example.steps])
    if random.random() < PLANS:
        count = len(example.steps)
        more = str(count) if random.random() < 0.5 else f"{count - 1} or {count}"
        question = f"{prompt}\n{ASKED.format(count=more)}"
        chat = turns.chat
        start = turns.ours(f"{chat.start}{chat.user}{question}{chat.end}{chat.assistant}")
        # plan.py puts each number itself: "1. " and the heading are tokens of their own
        answer = list(
            chain.from_iterable(
                [*turns.ours(f"{number}. "), *turns.ours(f"{step.title}\n")]
                for number, step in enumerate(example.steps, 1)
            )
        )
        return _joined([_given(start), _learnt(answer), _learnt(turns.ours(chat.end))])
    parts = [_given(turns.system())]
    if random.random() >= ALONE:
        shown = nearest(prompt, [step.title for step in example.steps], others)
        # An example of the prompt, not an answer: what it says is not learnt a second time.
        parts += [
            _given(turns.asked(shown.title, listed([step.title for step in shown.steps]))),
            _given([*turns.opening(), *chain.from_iterable(turns.answer(answer_of(shown)))]),
        ]
    return _joined([*parts, *_tutorial(prompt, headings, example, turns)])


def alone(example: Example, turns: Turns) -> Dialogue:
    """Return the plain chat about a tutorial: asked for with its plan, without an example."""
    prompt = f"How do I {example.title[0].lower()}{example.title[1:]}?"
    headings = listed([step.title for step in example.steps])
    return _joined([_given(turns.system()), *_tutorial(prompt, headings, example, turns)])


Part = tuple[list[int], list[float]]  # tokens and their weights


def _given(tokens: list[int]) -> Part:
    return tokens, [0.0] * len(tokens)


def _learnt(tokens: list[int]) -> Part:
    return tokens, [1.0] * len(tokens)


def _tutorial(prompt: str, headings: str, example: Example, turns: Turns) -> Iterator[Part]:
    """Yield a tutorial as it is asked for and answered."""
    yield _given(turns.asked(prompt, headings))
    yield _given(turns.opening())
    answer = answer_of(example)
    pieces = list(turns.answer(answer))
    bodies = dict(zip(range(5, len(pieces), 2), answer.steps, strict=False))
    for k, piece in enumerate(pieces):
        tokens, weights = _learnt(piece)
        if k in bodies:
            at, _, _ = _choice(bodies[k], turns)
            weights[at] = PICTURED if bodies[k].description else BARE
        yield tokens, weights


def _choice(step: WrittenStep, turns: Turns) -> tuple[int, int, int]:
    """Return where among turns.step() the picture is chosen, and the tokens with and without."""
    shown = turns.step(replace(step, description=step.description or "A cup."))
    hidden = turns.step(replace(step, description=""))
    at = next(k for k, (a, b) in enumerate(zip(shown, hidden, strict=False)) if a != b)
    return at, shown[at], hidden[at]


@dataclass(frozen=True)
class Choice:
    """A beginning of alone() that ends with a step's body, and the two tokens that may follow it.

    picture begins a picture line, none ends the step without; pictured tells which stands there.
    """

    tokens: tuple[int, ...]
    picture: int
    none: int
    pictured: bool


def picture_choices(example: Example, turns: Turns) -> list[Choice]:
    """Return for each step of a tutorial the place where its writer chose a picture, or none."""
    answer = answer_of(example)
    before = list(alone(example, turns).tokens)
    pieces = list(turns.answer(answer))
    del before[len(before) - sum(map(len, pieces)) :]
    head, *rest = pieces[:4], *pieces[4:-1]
    before += chain.from_iterable(head)
    found = []
    for heading, body, step in zip(rest[::2], rest[1::2], answer.steps, strict=True):
        before += heading
        at, picture, none = _choice(step, turns)
        found.append(Choice((*before, *body[:at]), picture, none, bool(step.description)))
        before += body
    return found


def _joined(parts: Sequence[Part]) -> Dialogue:
    tokens = tuple(chain.from_iterable(part for part, _ in parts))
    return Dialogue(tokens, tuple(chain.from_iterable(weights for _, weights in parts)))


def split(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Return the tutorials for training and the held-out ones."""
    unseen = held_out()
    train = [example for example in examples if example.name not in unseen]
    return train, [example for example in examples if example.name in unseen]
