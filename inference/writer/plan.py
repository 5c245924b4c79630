"""Plans the headings of a tutorial in a context of its own.

Small models know more when they are asked plainly: a list of steps without an example in the
context comes in a better order than one that imitates an example (DECISIONS.md).
"""

import re
from collections.abc import Generator, Iterator, Sequence
from functools import cache, partial

from inference.lexicon import VERBS
from inference.notices import other_language
from inference.phrases import base_form, normalise, subject
from inference.writer.batches import Chunk
from inference.writer.endings import stutters, whole
from inference.writer.fields import Field, FieldWriter
from inference.writer.grammar import HEADING, PLANNED, TutorialGrammar
from inference.writer.model import Model
from inference.writer.prompt import ChatFormat
from inference.writer.sampling import Sampling
from inference.writer.session import Session

MOST = 20  # steps that a writer brings a tutorial to when their number is left to it
FEW = 3  # more steps for a tutorial that may be whole
LINE = 100  # characters of a heading in a list
TRIES = 4  # of a heading that repeats another, each warmer than the last
COOL, WARMER = 0.3, 0.3
ASKED = (
    "List the {count} steps in the order in which they are done, one short line each, "
    "beginning with a verb."
)
MORE = "Now list the next {count} steps in the same way"
# Words that make no new step of an old one.
FILLING = frozenset(
    "the a an again once more last next first then and your it to of in with for".split()
)
# Verbs of headings that are no step.
IDLE = frozenset("enjoy repeat continue remember maintain need have consider realise".split())
LEADING = VERBS - IDLE
# For a writer that finds no new step where so many were asked for.
PLAIN_HEADINGS = ("Prepare", "Start with", "Work on", "Go on with", "Look over", "Finish", "Check")


def plan(
    session: Session,
    chat: ChatFormat,
    grammar: TutorialGrammar,
    prompt: str,
    seed: int,
    steps: int | None,
    headings: list[str],
    about: str = "",
    pictures: Sequence[Chunk] = (),
) -> Iterator[list[str]]:
    """Yield the headings so far after each token; the last list is the plan. No two are alike.

    headings: those of the steps that are there; the plan goes on behind them, with steps about
    `about`. steps: exactly so many more, or None for as many as the writer finds, within bounds().
    pictures: what the prompt is asked about.
    """
    model = session.model
    for _ in session.prefill(_asked(model, chat, prompt, steps, headings, about, pictures)):
        yield headings
    low, high = (len(headings) + more for more in bounds(len(headings), steps))
    english = other_language(prompt, ("en",)) is None
    fields = FieldWriter(
        session,
        lambda text, piece: (
            (not english or begins_with_verb(text + piece)) and not stutters(text + piece)
        ),
    )
    while len(headings) < high:
        for _ in session.append(model.tokenize(f"{len(headings) + 1}. ")):
            yield headings
        written = yield from _heading(session, fields, grammar, seed, headings)
        heading = _cleaned(written)
        if not is_new(heading, headings):
            if len(headings) >= low:
                break
            heading = _plain(headings, subject(prompt))
        headings = [*headings, heading]
        if len(headings) >= low and written.closing:
            break
    yield headings


def _asked(
    model: Model,
    chat: ChatFormat,
    prompt: str,
    steps: int | None,
    headings: list[str],
    about: str,
    pictures: Sequence[Chunk],
) -> list[Chunk]:
    """Return the context as chunks: the question, what is there as its answer, and to go on."""
    ours, theirs = partial(model.tokenize, special=True), model.tokenize
    high = bounds(len(headings), steps)[1]
    more = str(high) if steps or high == 1 else f"{high - 1} or {high}"
    count = str(len(headings)) if headings else more
    answer = chat.end + chat.assistant
    opening = ours(chat.start + chat.user)
    told = [*theirs(prompt), *ours(f"\n{ASKED.format(count=count)}{answer}")]
    question: list[Chunk] = [opening, *pictures, told] if pictures else [[*opening, *told]]
    if not headings:
        return question
    further = f" about: {about}" if about else ""
    there = [*theirs(listed(headings)), *ours(f"\n{chat.end}{chat.user}")]
    return [*question, there, [*theirs(f"{MORE.format(count=more)}{further}"), *ours(answer)]]


def bounds(there: int, steps: int | None) -> tuple[int, int]:
    """Return how many steps are planned at least and at most behind those that are there."""
    if steps:
        return steps, steps
    if not there:
        return PLANNED
    return 1, max(1, min(max(FEW, PLANNED[1] - there), MOST - there))


def listed(headings: Sequence[str]) -> str:
    """Return headings as a numbered list, one a line; of very many the last."""
    lines = [f"{number}. {whole(heading, LINE)}" for number, heading in enumerate(headings, 1)]
    return "\n".join(lines[-MOST:])


def _heading(
    session: Session,
    fields: FieldWriter,
    grammar: TutorialGrammar,
    seed: int,
    headings: list[str],
) -> Generator[list[str], None, Field]:
    """Write one heading, again while it repeats another; return the last try."""
    mark = session.mark()
    last = Field()
    for attempt in range(TRIES):
        session.back(mark)
        sampling = Sampling(COOL + WARMER * attempt, repeat_penalty=1.05)
        number = [seed, 4, len(headings), attempt]
        for written in fields.write(grammar.heading(), sampling, number, _ended):
            last = written
            yield headings
        if is_new(_cleaned(last), headings):
            break
    return last


def is_new(heading: str, headings: list[str]) -> bool:
    """Whether a heading says something that none of the others says."""
    said = _content(heading)
    return bool(said) and all(not said <= _content(other) for other in headings)


def begins_with_verb(text: str) -> bool:
    """Whether a heading begins with a how-to verb, or with letters that can become one."""
    match = re.match(r"\w*", text)
    first = match.group() if match else ""
    if first[1:] != first[1:].lower():
        return False
    if len(first) < len(text):
        return first.casefold() in LEADING
    return first.casefold() in _beginnings()


@cache
def _beginnings() -> frozenset[str]:
    """Return every beginning of a verb: asked for once a token of the vocabulary."""
    return frozenset(verb[:end] for verb in LEADING for end in range(len(verb) + 1))


def _plain(headings: list[str], about: str) -> str:
    offered = (f"{words} the {about or 'work'}" for words in PLAIN_HEADINGS)
    fallback = f"Go on, part {len(headings) + 1}"
    return next((heading for heading in offered if is_new(heading, headings)), fallback)


def _cleaned(written: Field) -> str:
    heading = written.text.strip(" .\n")
    # Near its bound a heading ends where no longer token fits: in the middle of a word.
    cut = written.forced and not written.closing and len(heading) > HEADING - 12
    return whole(heading, len(heading) if cut else HEADING)


def _content(heading: str) -> set[str]:
    return {base_form(word) for word in normalise(heading).split()} - FILLING


def _ended(written: Field) -> bool:
    return written.text.endswith("\n")
