"""The studio's engine: one child process, restarted when it dies; one request at a time.

A request that is lost with its process ends as Failed; who asked decides whether to ask again.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

import psutil
from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from app.engine.client import Client
from inference.protocol import (
    LAST_EVENTS,
    VERSION,
    Cancelled,
    Event,
    Failed,
    Loading,
    Ready,
    Request,
)

State = Literal["off", "starting", "ready", "busy", "broken"]
GRACE = 5000  # milliseconds that a cancelled request has to end
SILENCE = 120_000  # milliseconds without an event, after which it is told
CRASHES, MINUTE = 3, 60.0  # so many in so many seconds, and nothing starts by itself any more

Hear = Callable[[Event], None]


class Engine(QObject):
    """state_changed(): see state and loaded. troubled(sentence): what the person should know."""

    state_changed = Signal()
    troubled = Signal(str)

    def __init__(self, make_client: Callable[[], Client], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "off"
        self.loaded = ""  # the name of the pack in memory
        self._make_client = make_client
        self._client: Client | None = None
        self._waiting: deque[tuple[Request, Hear]] = deque()
        self._current: tuple[Request, Hear] | None = None
        self._crashes: deque[float] = deque(maxlen=CRASHES)
        self._grace = QTimer(self, singleShot=True, interval=GRACE)
        self._grace.timeout.connect(self._kill)
        self._silence = QTimer(self, singleShot=True, interval=SILENCE)
        self._silence.timeout.connect(self._tell_silence)

    @property
    def pid(self) -> int:
        """The child's process id, 0 while there is none."""
        return self._client.pid if self._client is not None else 0

    @property
    def memory(self) -> int:
        """The bytes of memory that the child holds, 0 where that can't be known."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss) if self.pid else 0
        except psutil.Error:
            return 0

    def ask(self, request: Request, hear: Hear, listener: QObject | None = None) -> None:
        """Send a request when its turn comes; hear(event) gets each of its events, the last too.

        A listener that is destroyed hears no more; the request goes on.
        """
        if listener is not None:
            hear = _while_there(listener, hear)
        self._waiting.append((request, hear))
        if self.state == "broken":
            self._fail_all(
                self.tr("The engine stopped too often"),
                self.tr("Start it again, or see the doctor."),
            )
        else:
            self._go_on()

    def cancel(self, request_id: str) -> None:
        """End a request; its Cancelled is heard, at the latest when the process had to be ended."""
        for waiting in [one for one in self._waiting if one[0].id == request_id]:
            self._waiting.remove(waiting)
            waiting[1](Cancelled(request_id))
        if self._current is not None and self._current[0].id == request_id:
            if self._client is not None and self.state == "busy":
                self._client.cancel(request_id)
            self._grace.start()

    def start(self) -> None:
        """Start the process, if it does not run."""
        if self._client is None:
            self._client = self._make_client()
            self._client.setParent(self)
            self._client.event_received.connect(self._receive)
            self._client.engine_stopped.connect(self._lose)
            self._become("starting")
            self._client.start()

    def start_again(self) -> None:
        """Start the process although it stopped too often."""
        self._crashes.clear()
        self._become("off")
        self.start()

    def close(self) -> None:
        """End the process; nobody hears of its requests any more."""
        self._waiting.clear()
        self._current = None
        self._grace.stop()
        self._silence.stop()
        if self._client is not None:
            self._client.stop()
        self._drop_client()
        self._become("off")

    # ------------------------------------------------------------ inside

    def _become(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit()

    def _go_on(self) -> None:
        """Send the next request, or start the process for it."""
        if not self._waiting or self._current is not None:
            return
        if self._client is None:
            self.start()
        elif self.state == "ready":
            self._current = self._waiting.popleft()
            self._become("busy")
            self._silence.start()
            self._client.send(self._current[0])

    def _receive(self, event: Event) -> None:
        if isinstance(event, Ready):
            self._be_ready(event)
            return
        current = self._current
        if current is None or getattr(event, "id", "") != current[0].id:
            return
        self._silence.start()
        if isinstance(event, Loading):
            self.loaded = event.what
            self.state_changed.emit()
        if isinstance(event, LAST_EVENTS):
            self._end(event)
        else:
            current[1](event)

    def _be_ready(self, event: Ready) -> None:
        if event.version != VERSION:
            self._drop_client()
            self._become("broken")
            self._fail_all(
                self.tr("The engine is of another version than the studio"),
                self.tr("Install Interstep again."),
            )
            return
        self._become("ready")
        self._go_on()

    def _end(self, event: Event) -> None:
        current, self._current = self._current, None
        self._grace.stop()
        self._silence.stop()
        if self._client is not None and self.state == "busy":
            self._become("ready")
        if current is not None:
            current[1](event)
        self._go_on()

    def _lose(self, sentence: str) -> None:
        """The process ended by itself: its request has failed, the others wait for a new one."""
        self._drop_client()
        self.loaded = ""
        now = time.monotonic()
        self._crashes.append(now)
        often = len(self._crashes) == CRASHES and now - self._crashes[0] < MINUTE
        self._become("broken" if often else "off")
        cancelled = self._grace.isActive()
        if often:
            self._fail_all(sentence.rstrip("."), self.tr("It stopped too often: see the doctor."))
        elif self._current is not None:
            request_id = self._current[0].id
            again = self.tr("It is started again; nothing that was finished is lost.")
            self.troubled.emit(f"{sentence} {again}")
            self._end(
                Cancelled(request_id)
                if cancelled
                else Failed(request_id, "engine", sentence.rstrip("."), self.tr("Try again."))
            )
        self._go_on()

    def _kill(self) -> None:
        """End a process that does not obey a cancel; the request counts as cancelled."""
        self._drop_client()
        self.loaded = ""
        self._become("off")
        if self._current is not None:
            self._end(Cancelled(self._current[0].id))

    def _drop_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.event_received.disconnect(self._receive)
            client.engine_stopped.disconnect(self._lose)
            client.kill()

    def _fail_all(self, message: str, hint: str) -> None:
        lost = [*([self._current] if self._current else []), *self._waiting]
        self._current = None
        self._waiting.clear()
        self._grace.stop()
        self._silence.stop()
        self.troubled.emit(f"{message}. {hint}")
        for request, hear in lost:
            hear(Failed(request.id, "engine", message, hint))

    def _tell_silence(self) -> None:
        self.troubled.emit(
            self.tr("The engine has said nothing for two minutes: stop its work, or wait.")
        )


def _while_there(listener: QObject, hear: Hear) -> Hear:
    def hear_if_there(event: Event) -> None:
        if isValid(listener):
            hear(event)

    return hear_if_there
