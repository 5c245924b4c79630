"""How a command fails: one sentence on stderr and an exit code."""


class CommandError(Exception):
    """message: what is wrong and what to do; code: 1 failed, 2 wrong usage."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def sentence(message: str, hint: str = "") -> str:
    """Return message and hint as sentences: a capital first, a full stop last."""
    parts = [part.strip() for part in (message, hint) if part.strip()]
    return " ".join(
        part[0].upper() + part[1:] + ("" if part.endswith((".", "!", "?")) else ".")
        for part in parts
    )
