"""Runs a generator of long work to its end."""

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")


def result_of(work: Generator[Any, None, T]) -> T:
    """Return what the generator returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
