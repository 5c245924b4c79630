"""Talks with an engine for one command: sends requests, waits for their ends, obeys Ctrl+C."""

import json
import signal
import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from PySide6.QtCore import QCoreApplication, QTimer

from app.commands.errors import STOPPED, CommandError, sentence
from app.editing.settings import Settings
from app.engine.client import Client
from inference.protocol import (
    LAST_EVENTS,
    VERSION,
    Cancelled,
    Event,
    Failed,
    PaintFinished,
    Ready,
    Request,
    to_json,
)

AWAKE = 50  # milliseconds after which Python looks for a Ctrl+C while Qt waits
GRACE = 3000  # milliseconds that a cancelled request has to end


class Conversation:
    """Requests to one engine, one after another; as a context manager it ends the engine."""

    def __init__(self) -> None:
        self._application = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
        self._client = Client(Settings().engine_python)
        self._client.event_received.connect(self._receive)
        self._client.engine_stopped.connect(self._lose)
        self._ready = False
        self._error: Exception | None = None
        self._last: Event | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.stop()

    def ask(self, request: Request, on_event: Callable[[Event], None]) -> Event:
        """Return the request's last event; on_event hears every event of it, in order.

        Raises CommandError when the engine is lost.
        """
        self._request, self._on_event, self._last = request, on_event, None
        awake = QTimer()
        awake.timeout.connect(lambda: None)
        awake.start(AWAKE)
        before = signal.signal(signal.SIGINT, self._interrupt)
        try:
            if self._ready:
                self._client.send(request)
            else:
                self._client.start()
            self._application.exec()
        finally:
            signal.signal(signal.SIGINT, before)
        if self._error is not None:
            raise self._error
        assert self._last is not None
        return self._last

    def _receive(self, event: Event) -> None:
        # An exception must not be lost inside Qt: it ends the loop and is raised by run().
        try:
            if isinstance(event, Ready):
                if event.version != VERSION:
                    raise CommandError("The engine is of another version: install Interstep again.")
                self._ready = True
                self._client.send(self._request)
            elif event.id in (self._request.id, "") and self._last is None:
                self._on_event(event)
                if isinstance(event, LAST_EVENTS):
                    self._last = event
                    self._application.quit()
        except Exception as error:
            self._error = error
            self._application.quit()

    def _lose(self, message: str) -> None:
        if self._last is None and self._error is None:
            self._error = CommandError(message)
        self._application.quit()

    def _interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        self._client.cancel(self._request.id)
        QTimer.singleShot(GRACE, self._give_up)

    def _give_up(self) -> None:
        if self._last is None:
            self._last = Cancelled(self._request.id)
            self._application.quit()


def ask(request: Request, on_event: Callable[[Event], None]) -> None:
    """Run a request to its end; raises CommandError unless it finished."""
    with Conversation() as engine:
        last = engine.ask(request, on_event)
    if isinstance(last, Failed):
        raise CommandError(sentence(last.message, last.hint))
    if isinstance(last, Cancelled):
        raise CommandError("Stopped.", STOPPED)


def print_json(event: Event) -> None:
    """Print an event as one line of JSON; a picture without its bytes."""
    value = {"event": type(event).__name__} | to_json(event)
    if isinstance(event, PaintFinished):
        del value["image"]["base64"]
    print(json.dumps(value, ensure_ascii=False), flush=True)
