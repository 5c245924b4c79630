"""Ctrl+C where Python must not raise it: libraries half imported crash, and Qt loses it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[list[int]]:
    """Raise KeyboardInterrupt only at the end of the block; the list is empty until Ctrl+C."""
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: held.append(number))
    try:
        yield held
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        raise KeyboardInterrupt
