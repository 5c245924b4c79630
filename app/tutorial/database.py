"""sqlite-utils' Database, without numpy, which sqlite-utils loads wherever it is installed.

It does so to store arrays. A tutorial has none, and the studio would hold 20 MB for nothing.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _hidden(module: str) -> Iterator[None]:
    """Let a module that nobody has loaded yet be missing for a while."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


with _hidden("numpy"):
    from sqlite_utils import Database as Database
