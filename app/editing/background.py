"""Work off the GUI thread: a job goes out, its result or its error comes back on the GUI thread.

The studio's one way to be asynchronous besides the engine. With one thread, jobs run in order.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

T = TypeVar("T")


def ignore(_result: object) -> None:
    """Do nothing with a result."""


class Background(QObject):
    """Runs jobs on its own threads."""

    _came_back = Signal(object)

    def __init__(self, threads: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads)
        self._open = True
        self._under_way = 0
        self._came_back.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        job: Callable[[], T],
        then: Callable[[T], None] = ignore,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run job() on a thread, then then(result) or failed(error) on the GUI thread.

        job must not touch a widget. An error without `failed` is raised on the GUI thread. After
        close() nothing runs any more.
        """
        if not self._open:
            return
        self._under_way += 1

        def done(future: Future[T]) -> None:
            if self._open:
                self._came_back.emit(lambda: _pass_on(future, then, failed))

        self._pool.submit(job).add_done_callback(done)

    def wait(self, job: Callable[[], T]) -> T:
        """Run job() after all that waits, and return its result or raise its error."""
        return self._pool.submit(job).result()

    @property
    def is_busy(self) -> bool:
        """Whether a job waits, runs, or its result is still to be delivered."""
        return self._under_way > 0

    def close(self) -> None:
        """Finish the jobs that wait; results that come now reach nobody."""
        self._open = False
        self._pool.shutdown(wait=True)

    def _deliver(self, call: Callable[[], None]) -> None:
        self._under_way -= 1
        if self._open:
            call()


def _pass_on(
    future: Future[T], then: Callable[[T], None], failed: Callable[[Exception], None] | None
) -> None:
    error = future.exception()
    if error is None:
        then(future.result())
    elif failed is not None and isinstance(error, Exception):
        failed(error)
    else:
        raise error
