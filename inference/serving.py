"""The engine's side of the wire: requests in, events out, honest cancel.

One thread reads lines, the calling thread works. A Cancel is answered by the reader at once; the
work stops at its next event, or in the middle of a prompt's evaluation through `stop`.
"""

import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import BinaryIO

from inference.protocol import (
    LAST_EVENTS,
    MAX_LINE,
    VERSION,
    Cancel,
    Cancelled,
    Event,
    Failed,
    Finished,
    ProtocolError,
    Ready,
    Request,
    event_line,
    read_request,
)

LINGER = 1.0  # seconds that work has to stop after the other side is gone

log = logging.getLogger(__name__)

Handle = Callable[[Request, Callable[[], bool]], Iterator[Event]]


class Server:
    """Serves one pipe. handle(request, stop) yields a request's events, the last one included."""

    def __init__(self, requests: BinaryIO, events: BinaryIO, handle: Handle) -> None:
        self._requests = requests
        self._events = events
        self._handle = handle
        self._writing = threading.Lock()
        self._state = threading.Condition()
        self._waiting: deque[Request] = deque()
        self._running = ""
        self._stopping = False
        self._ended = False

    def serve(self, abilities: tuple[str, ...]) -> None:
        """Answer requests until the other side closes the pipe."""
        self._emit(Ready(VERSION, abilities, sys.prefix))
        threading.Thread(target=self._read, daemon=True).start()
        while (request := self._next()) is not None:
            self._work(request)

    def _next(self) -> Request | None:
        with self._state:
            self._running = ""
            self._state.wait_for(lambda: self._waiting or self._ended)
            if self._ended:
                return None
            request = self._waiting.popleft()
            self._running, self._stopping = request.id, False
            return request

    def _work(self, request: Request) -> None:
        events = self._handle(request, lambda: self._stopping)
        last: Event = Cancelled(request.id)  # unless the work comes to an end of its own
        try:
            for event in events:
                if self._stopping:
                    break
                if isinstance(event, LAST_EVENTS):
                    last = event
                    break
                self._emit(event)
        except Exception as error:  # the engine outlives any request
            log.exception("request %s failed", request.id)
            last = Failed(
                request.id,
                "internal",
                f"the engine met an error that it does not know: {error}",
                "Try again; if it comes back, report it with the lines above.",
            )
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
        self._emit(last)

    def _read(self) -> None:
        try:
            for line in self._lines():
                self._take(line)
        finally:
            with self._state:
                self._ended = self._stopping = True
                self._state.notify()
            # Work that does not come to its next event in time is ended with the process.
            threading.Timer(LINGER, lambda: os._exit(0)).start()

    def _lines(self) -> Iterator[bytes]:
        """Yield the lines; of one that is too long only so much that it is seen to be."""
        while line := self._requests.readline(MAX_LINE + 1):
            yield line
            while len(line) > MAX_LINE and not line.endswith(b"\n"):
                line = self._requests.readline(MAX_LINE + 1)

    def _take(self, line: bytes) -> None:
        try:
            request = read_request(line)
        except ProtocolError as error:
            self._emit(Failed("", "protocol", f"the engine can't read a request: {error}"))
            return
        if isinstance(request, Cancel):
            self._cancel(request)
            return
        with self._state:
            self._waiting.append(request)
            self._state.notify()

    def _cancel(self, request: Cancel) -> None:
        """Stop or drop the target; one that has ended is no error."""
        with self._state:
            dropped = [waiting for waiting in self._waiting if waiting.id == request.target]
            for waiting in dropped:
                self._waiting.remove(waiting)
            if self._running == request.target:
                self._stopping = True
        self._emit(Finished(request.id))
        for waiting in dropped:
            self._emit(Cancelled(waiting.id))

    def _emit(self, event: Event) -> None:
        # The name of a file may hold bytes that are no text.
        data = event_line(event).encode(errors="replace") + b"\n"
        with self._writing:
            try:
                self._events.write(data)
                self._events.flush()
            except OSError:
                # Nobody reads any more: the end of the requests follows.
                log.info("an event found no reader")
