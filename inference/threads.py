"""How many threads compute well now: as many as there are cores that no other program keeps busy.

llama.cpp's threads wait for each other by spinning, thousands of times a token. One that has lost
its core to another program makes all others spin: two threads on two busy cores wrote twenty times
slower than one (DECISIONS.md).
"""

import os
import time

import psutil

FRESH = 0.5  # seconds for which an answer holds


def cores() -> int:
    """Return the processor cores that this process may use."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(allowed or 1, psutil.cpu_count(logical=False) or allowed or 1)


class FreeCores:
    """Called, returns the number of threads to use: 1 to cores()."""

    def __init__(self) -> None:
        self._cores = cores()
        self._process = psutil.Process()
        self._answer = self._cores
        self._time = time.monotonic()
        # The first call of each only starts its measurement.
        psutil.cpu_percent()
        self._process.cpu_percent()

    def __call__(self) -> int:
        """Return the threads to use now."""
        now = time.monotonic()
        if now - self._time >= FRESH:
            self._time = now
            logical = psutil.cpu_count() or self._cores
            busy = psutil.cpu_percent() / 100 * logical
            others = busy - self._process.cpu_percent() / 100
            self._answer = min(self._cores, max(1, round(self._cores - others)))
        return self._answer
