"""The tutorial grammar as GBNF, one rule a field: title, summary, what you need, plan, step.

Every field is bounded. `<BOV>` is a token-id literal, so no spelling of it can be sampled.
Source: GBNF, llama.cpp grammars/README.md; `<BOV>`: DuoGen, section 3.
"""

PLANNED = (4, 6)  # steps, when their number is left to the writer
SENTENCES = 3  # of a body
MATERIALS = (2, 8)  # things
# Characters at most; what runs into such a bound is ended cleanly (endings.py).
TITLE, SUMMARY, DESCRIPTION = 60, 160, 150
HEADING, THING, SENTENCE = 56, 42, 200

# What may stand in a sentence: no control characters, Markdown, turn markers or list signs.
_REFUSED = r"\x00-\x1F\x7F-\x9F#*<>|`{}\[\]\\_:;@&=~^$!?."
_OTHER_SCRIPTS = r"\u00A1-\u00AF\u00B1-\u00BB\u0250-\u2012\u2015-\u2018\u201E-\U0010FFFF"
# A sentence begins with a capital, or with a letter of a script that has none.
_START_LATIN = r"[A-Z\u00C0-\u00DE]"
_START_ANY = r"[A-Z\u00C0-\u00DE\u0386-\u042F\u05D0-\u05EA\u0621-\u064A\u0904-\u0FFF\u3041-\uD7A3]"


class TutorialGrammar:
    """The rules for one tutorial. latin: the prompt is in Latin script, and so is the answer."""

    def __init__(self, begin_of_vision: int, *, latin: bool) -> None:
        self._bov = f"<[{begin_of_vision}]>"
        self._start = _START_LATIN if latin else _START_ANY
        self._refused = _REFUSED + (_OTHER_SCRIPTS if latin else "")

    def title(self) -> str:
        """One line of 6 to 60 characters."""
        return rf'root ::= {self._start} {self._text(",")}{{5,{TITLE - 1}}} "\n"'

    def summary(self) -> str:
        """One sentence of 20 to 160 characters."""
        return rf'root ::= {self._start} {self._text()}{{20,{SUMMARY}}} "." "\n"'

    def materials(self) -> str:
        """Things apart by commas, on one line."""
        low, high = MATERIALS
        return (
            f'root ::= thing (", " thing){{{low - 1},{high - 1}}} "\\n"\n'
            f"thing ::= {self._text(', ()')} {self._text(',()')}{{2,{THING - 2}}}"
        )

    def heading(self) -> str:
        """One heading of the plan, 6 to 56 characters, up to its line's end."""
        return f'root ::= {self._start} {self._text(",()")}{{5,{HEADING - 1}}} "."? "\\n"'

    def step(self) -> str:
        """A body of one to SENTENCES sentences, then a picture line closed by `<BOV>`, or none."""
        return (
            f'root ::= sentence (" " sentence){{0,{SENTENCES - 1}}} '
            f'("\\n" "Picture: " description {self._bov} | "\\n\\n")\n'
            f"{self._sentence()}\n{self._description()}"
        )

    def body(self, sentences: int) -> str:
        """A body alone, of one to so many sentences in lines of any length, up to a blank line."""
        more = f'((" " | "\\n") sentence){{0,{sentences - 1}}}'
        return f'root ::= sentence {more} "\\n\\n"\n{self._sentence()}'

    def description(self) -> str:
        """A description alone, closed by `<BOV>`, for a step whose text is the author's own."""
        return f"root ::= description {self._bov}\n{self._description()}"

    def _sentence(self) -> str:
        return f"sentence ::= {self._start} {self._text()}{{8,{SENTENCE}}} [.!]"

    def _description(self) -> str:
        return f'description ::= {self._start} {self._text()}{{12,{DESCRIPTION}}} "."'

    def _text(self, refused: str = "") -> str:
        return f"[^{self._refused}{refused}]"
