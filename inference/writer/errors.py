"""The errors of the writer; importable where llama.cpp is absent."""


class WriterError(Exception):
    """A model or context that can't be used; message for the person, hint says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class TooLong(WriterError):
    """A text that is longer than the context of the model that shall read it."""


class Stopped(Exception):
    """The stop function asked for an end in the middle of an evaluation."""
