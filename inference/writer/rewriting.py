"""Proposes other words for one step: a plain, short prompt, a grammar, and checks on what comes.

Weak writers drift, drop what matters and change numbers, and no check finds every mistake: a
proposal is for a person to read. What fails a check is no proposal, and the old words stay.
"""

import re
from collections.abc import Generator, Iterator
from dataclasses import replace

from inference.lexicon import COUNTS, VERBS
from inference.phrases import base_form, normalise
from inference.writer.dialogue import WrittenStep
from inference.writer.endings import stutters, whole
from inference.writer.fields import Field, FieldWriter
from inference.writer.grammar import HEADING, TutorialGrammar
from inference.writer.guards import goes_round
from inference.writer.prompt import ChatFormat
from inference.writer.sampling import Sampling
from inference.writer.session import Session

TRIES = 3  # each warmer than the last
COOL, WARMER = 0.3, 0.25
ROUND = 4  # words in a row that a body may not have twice
KNOWN = 0.35  # share of a new body's words that the step, its tutorial or the instruction has
COVERED = 0.5  # share of the old body's words that the new one has
SENTENCES = 12
# Asked like this, SmolLM2 stays with the text; asked for "this step again", it tells of the task.
ASKED = "You rewrite text. Rewrite the input text to {wanted} while preserving its core meaning."
SHORTER = re.compile(r"\b(?:short|brief|concise|condense|tighten|trim|fewer words)", re.IGNORECASE)
# Words of the old body that the new one must have: who leaves them out can hurt somebody.
PROTECTING = frozenset(
    "not never no dont avoid only until before careful carefully safety glove goggle mask helmet "
    "hot sharp unplug off danger dangerous".split()
)
# Words that say nothing about what a text is about.
SMALL = frozenset("the a an and or of to in on at it its is are be you your for with that".split())
# What a writer says that tells of its task.
TASK = frozenset("rewrite version input sentence paragraph tutorial".split())
# Numbers that are no amount: "the right one", "a few".
LOOSE = frozenset("one single few several many".split())


def rewrite_step(
    session: Session,
    chat: ChatFormat,
    grammar: TutorialGrammar,
    tutorial: str,
    old: WrittenStep,
    instruction: str,
    seed: list[int],
) -> Iterator[str | WrittenStep]:
    """Yield the body as far as it is written and, last, the proposal, or `old` if none is good.

    tutorial: its title. seed: numbers that name this request and step. A step that does not fit
    the context stays as it is.
    """
    asked = _asked(session, chat, old, instruction)
    if sum(map(len, asked)) * 2 + HEADING > session.n_ctx:
        yield old
        return
    for _ in session.prefill(asked):
        yield ""
    mark = session.mark()
    for attempt in range(TRIES):
        session.back(mark)
        sampling = Sampling(COOL + WARMER * attempt, repeat_penalty=1.05)
        fields = FieldWriter(session, _allows)
        heading = ""
        for written in fields.write(grammar.heading(), sampling, [*seed, 6, attempt], _line_ended):
            heading = written.text
            yield ""
        title = whole(heading.strip(" .\n"), HEADING)
        if not _fits(title, old.title, instruction):
            title = old.title
            session.back(mark)
            for _ in session.append(session.model.tokenize(f"{title}\n")):
                yield ""
        body = yield from _body(fields, grammar, old.body, instruction, sampling, [*seed, attempt])
        known = f"{tutorial} {old.title} {old.body} {instruction}"
        if is_proposal(body, old.body, known, instruction):
            yield replace(old, title=title, body=body)
            return
    yield old


def _asked(
    session: Session, chat: ChatFormat, old: WrittenStep, instruction: str
) -> list[list[int]]:
    """Return the context as chunks; the first is the same for all steps of a request."""
    model = session.model
    wanted = instruction.strip(" .")
    first = base_form(wanted.split(" ")[0].casefold())
    system = ASKED.format(wanted=wanted if first in VERBS else f"make it {wanted}")
    return [
        [
            *model.tokenize(chat.start + chat.system, special=True),
            *model.tokenize(system),
            *model.tokenize(chat.end, special=True),
        ],
        [
            *model.tokenize(chat.user, special=True),
            *model.tokenize(f"{old.title}\n{old.body}"),
            *model.tokenize(chat.end + chat.assistant, special=True),
        ],
    ]


def _body(
    fields: FieldWriter,
    grammar: TutorialGrammar,
    old: str,
    instruction: str,
    sampling: Sampling,
    seed: list[int],
) -> Generator[str, None, str]:
    """Write a body; return it, or nothing where it did not come to an end of its own in time."""
    limit = len(old) if SHORTER.search(instruction) else 3 * len(old) // 2 + 80  # characters

    def ended(written: Field) -> bool:
        return written.closing or written.text.endswith("\n\n") or len(written.text) >= limit

    last = Field()
    for last in fields.write(grammar.body(SENTENCES), sampling, [*seed, 7], ended):
        yield last.text.replace("\n", " ")
    # A writer that would rather end has begun one more sentence.
    end = max(last.text.rfind(mark) for mark in ".!") + 1
    ran_on = len(last.text) >= limit and not last.closing
    return "" if ran_on else last.text[:end].replace("\n", " ")


def is_proposal(body: str, old: str, known: str, instruction: str) -> bool:
    """Whether a new body may be shown in the place of the old one."""
    if not body or normalise(body) == normalise(old):
        return False
    if SHORTER.search(instruction) and len(body) >= len(old):
        return False
    new, before, about = _content(body), _content(old), _content(known)
    if TASK & new - about or PROTECTING & before - new or _amounts(body) - _amounts(known):
        return False
    if new <= before and not SHORTER.search(instruction):
        return False  # it only leaves out
    stays = len(new & about) >= KNOWN * len(new)
    return stays and len(new & before) >= COVERED * len(before)


def _fits(title: str, old: str, instruction: str) -> bool:
    """Whether a new heading names most of what the old one names."""
    if SHORTER.search(instruction) and len(title) > len(old):
        return False
    before = _content(old)
    return 2 * len(_content(title) & before) > len(before)


def _content(text: str) -> set[str]:
    return {base_form(word) for word in normalise(text).split()} - SMALL


def _amounts(text: str) -> set[str]:
    words = set(re.findall(r"\d+|[^\W\d_]+", text.casefold()))
    return {word for word in words - LOOSE if word.isdigit() or word in COUNTS}


def _allows(text: str, piece: str) -> bool:
    return not goes_round(text, piece, ROUND) and not stutters(text + piece)


def _line_ended(written: Field) -> bool:
    return written.text.endswith("\n")
