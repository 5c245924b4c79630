"""Which samples make which batch: a pure function of seed, step and process."""

from random import Random


def chosen(step: int, batch: int, count: int, seed: int, process: int, processes: int) -> list[int]:
    """Return the indices of one process' batch: each of `count` samples once an epoch, shuffled."""
    first = (step * processes + process) * batch
    return [
        _order(index // count, count, seed)[index % count] for index in range(first, first + batch)
    ]


def _order(epoch: int, count: int, seed: int) -> list[int]:
    return Random(f"{seed}/{epoch}").sample(range(count), count)
