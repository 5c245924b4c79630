"""The errors of the writer; importable where llama.cpp is absent."""

ALLOC_FAILED = -2


class WriterError(Exception):
    """A model or context that can't be used; message for the person, hint says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TooLong(WriterError):
    """A text that is longer than the context of the model that shall read it."""


def not_evaluated(code: int) -> WriterError:
    """Return what llama_decode's code means; source: llama.cpp, llama-context.cpp."""
    if code == ALLOC_FAILED:
        return WriterError(
            "there is not enough memory to evaluate the text",
            "Close other programs, or use the starter pack: --pack starter",
        )
    return WriterError(f"llama.cpp could not evaluate the text (code {code})")


class Stopped(Exception):
    """The stop function asked for an end in the middle of an evaluation."""
