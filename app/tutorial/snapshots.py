"""Which snapshots of a tutorial are kept; pure."""

from collections.abc import Iterable

MINUTE, DAY = 60.0, 86400.0
EVERY = 10 * MINUTE


def kept(times: Iterable[float], now: float) -> set[float]:
    """Return the times (seconds) to keep.

    All of the last ten minutes, then the last of each ten minutes for a day, then of each day.
    Buckets have fixed edges, so that thinning again drops nothing that was kept for its bucket.
    """
    newest: dict[tuple[str, float], float] = {}
    for time in sorted(times):
        age = now - time
        if age <= EVERY:
            newest["all", time] = time
        elif age <= DAY:
            newest["ten minutes", time // EVERY] = time
        else:
            newest["day", time // DAY] = time
    return set(newest.values())
