"""Python's collector of cycles, on the GUI thread alone.

Left to itself it runs on whichever thread happens to allocate. A QObject that it frees on a worker
thread is destroyed there, which brings the whole program down.
"""

import gc

from PySide6.QtCore import QObject, QTimer

OFTEN = 500  # milliseconds between two looks at how much there is to collect


class Collecting(QObject):
    """Collects while it lives, about as often as Python itself would have."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self, interval=OFTEN)
        timer.timeout.connect(collect_if_due)
        timer.start()

    def settle(self) -> None:
        """Collect once, then leave all that is there now alone: it will stay for long.

        With the widgets of 500 steps the oldest generation takes 100 ms, in the middle of a word.
        """
        gc.collect()
        gc.freeze()

    def loosen(self) -> None:
        """Look at everything again, since what stayed for long is gone now."""
        gc.unfreeze()


def collect_if_due() -> None:
    """Collect the oldest generation that has passed its threshold."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return
