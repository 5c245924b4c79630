"""Plans the headings of a tutorial in a context of its own.

Small models know more when they are asked plainly: a list of steps without an example in the
context comes in a better order than one that imitates an example (DECISIONS.md).
"""

import re
from collections.abc import Iterator

from inference.lexicon import VERBS
from inference.phrases import base_form, normalise
from inference.writer.endings import whole
from inference.writer.fields import Field, FieldWriter
from inference.writer.grammar import HEADING, PLANNED, TutorialGrammar
from inference.writer.prompt import ChatFormat
from inference.writer.sampling import Sampling
from inference.writer.session import Session

PLAIN = Sampling(temperature=0.3, top_p=0.9, repeat_penalty=1.05)
TRIES = 4  # of a heading that repeats another
ASKED = (
    "List the {count} steps in the order in which they are done, one short line each, "
    "beginning with a verb."
)
# Words that make no new step of an old one.
FILLING = frozenset(
    "the a an again once more last next first then and your it to of in with for".split()
)
# Verbs of headings that are no step.
IDLE = frozenset("enjoy repeat continue remember maintain need have consider realise".split())


def plan(
    session: Session,
    chat: ChatFormat,
    grammar: TutorialGrammar,
    prompt: str,
    seed: int,
    steps: int | None,
) -> Iterator[list[str]]:
    """Yield the headings so far after each token; the last list is the plan.

    steps: exactly so many, or None for as many as the writer finds, within grammar.PLANNED.
    """
    model = session.model
    count = str(steps) if steps else f"{PLANNED[1] - 1} or {PLANNED[1]}"
    ours = f"{chat.user}%s\n{ASKED.format(count=count)}{chat.end}{chat.assistant}".split("%s")
    before, after = (model.tokenize(part, special=True) for part in ours)
    for _ in session.prefill([[*before, *model.tokenize(prompt), *after]]):
        yield []
    fields = FieldWriter(session, lambda text, piece: begins_with_verb(text + piece))
    headings: list[str] = []
    low, high = (steps, steps) if steps else PLANNED
    while len(headings) < high:
        for _ in session.append(model.tokenize(f"{len(headings) + 1}. ")):
            yield headings
        written = Field()
        mark = session.mark()
        for attempt in range(TRIES):
            session.back(mark)
            warmer = Sampling(PLAIN.temperature + 0.3 * attempt, PLAIN.top_p, PLAIN.repeat_penalty)
            for written in fields.write(
                grammar.heading(), warmer, [seed, 4, len(headings), attempt], _ended
            ):
                yield headings
            if is_new(written.text, headings):
                break
        headings = [*headings, whole(written.text.strip(" .\n"), HEADING)]
        if len(headings) >= low and written.closing:
            break
    yield headings


def is_new(heading: str, headings: list[str]) -> bool:
    """Whether a heading says something that none of the others says."""
    said = _content(heading)
    return bool(said) and all(not said <= _content(other) for other in headings)


def begins_with_verb(text: str) -> bool:
    """Whether a heading begins with a how-to verb, or with letters that can become one."""
    first, rest = re.fullmatch(r"(\w*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    if first[1:] != first[1:].lower():
        return False
    if rest:
        return first.casefold() in VERBS - IDLE
    return any(verb.startswith(first.casefold()) for verb in VERBS - IDLE)


def _content(heading: str) -> set[str]:
    return {base_form(word) for word in normalise(heading).split()} - FILLING


def _ended(written: Field) -> bool:
    return written.text.endswith("\n")
