"""Python's collector of cycles, on the GUI thread alone.

Left to itself it runs on whichever thread happens to allocate. A QObject that it frees on a worker
thread is destroyed there, which brings the whole program down.
"""

import gc

from PySide6.QtCore import QObject, QTimer

OFTEN = 500  # milliseconds between two looks at how much there is to collect


class Collecting(QObject):
    """Collects while it lives, as often as Python itself would."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=OFTEN)
        self._timer.timeout.connect(collect_if_due)
        self._timer.start()

    def close(self) -> None:
        """Leave the collecting to Python again; only when no thread works any more."""
        self._timer.stop()
        gc.enable()


def collect_if_due() -> None:
    """Collect the oldest generation that has passed its threshold."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return
