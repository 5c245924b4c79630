"""The guard that Cosmos' licence asks for: the person's own, read from this disk alone.

It is no part of a pack: its files are pickles, and given out to each person by name, so no pack can
bring or hash them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from inference.mending import pip, this_python
from inference.packs.reports import PackError
from inference.packs.runtime import GUARD
from inference.painter.pixels.cosmos import Guard

FETCH = "from cosmos_guardrail import CosmosSafetyChecker as C; C()"


def guard() -> Guard:
    """Return the guard in memory, without the network; raises PackError where it is not whole."""
    try:
        from cosmos_guardrail import CosmosSafetyChecker

        with _offline():
            found: Guard = CosmosSafetyChecker()
    except ImportError as error:
        raise PackError(
            "The licence of Cosmos asks for its guard, which is not installed here.",
            f"Install it: {pip(f'install {GUARD}')}",
        ) from error
    except (OSError, ValueError, LookupError) as error:
        raise PackError(
            "The licence of Cosmos asks for its guard, whose files are not whole here.",
            f'Let it fetch them, once: {this_python()} -c "{FETCH}"',
        ) from error
    return found


@contextmanager
def _offline() -> Iterator[None]:
    """Let the hub's library look at what is on this disk, and nowhere else."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
