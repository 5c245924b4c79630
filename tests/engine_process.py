"""An engine process at the other end of two pipes, as tests talk with it."""

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import fake_engine
import psutil

from inference.protocol import (
    LAST_EVENTS,
    Cancel,
    Event,
    GivenStep,
    Ready,
    Request,
    Write,
    read_event,
    request_line,
)

REAL = (sys.executable, "-P", "-m", "inference")
FAKE = (sys.executable, "-P", str(Path(fake_engine.__file__).resolve()))
PATIENCE = 20.0  # seconds after which a test gives up


class EngineProcess:
    """Sends requests and receives events; use with `with`, which ends the process."""

    def __init__(self, command: Sequence[str], complaints: BinaryIO | None = None) -> None:
        self.received = 0.0  # time of the last event received, in seconds
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        )
        self._lines: queue.Queue[tuple[float, bytes]] = queue.Queue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, *requests: Request) -> float:
        """Send requests and return the time."""
        return self.send_bytes(b"".join(request_line(r).encode() + b"\n" for r in requests))

    def send_bytes(self, data: bytes) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()
        return time.monotonic()

    def receive(self) -> Event:
        """Return the next event; raises queue.Empty when none comes, EOFError at the end."""
        self.received, line = self._lines.get(timeout=PATIENCE)
        if not line:
            raise EOFError
        return read_event(line)

    def until_end(self, request_id: str) -> list[Event]:
        """Return all events up to and with the last one of this request."""
        events = []
        while True:
            event = self.receive()
            events.append(event)
            if isinstance(event, LAST_EVENTS) and event.id == request_id:
                return events

    def ready(self) -> Ready:
        event = self.receive()
        assert isinstance(event, Ready)
        return event

    def end(self) -> float:
        """Close the requests' pipe and return how many seconds the process still lived."""
        assert self._process.stdin is not None
        start = time.monotonic()
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        return time.monotonic() - start

    @property
    def code(self) -> int | None:
        return self._process.poll()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._reading.join(PATIENCE)
        with self._process:  # closes the pipes
            pass

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put((time.monotonic(), line))
        self._lines.put((time.monotonic(), b""))


def runs(pid: int) -> bool:
    """Whether the process still runs; one that nobody has waited for yet does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def ends_within(pid: int, seconds: float) -> bool:
    """Whether the process ends in time."""
    start = time.monotonic()
    while runs(pid):
        if time.monotonic() - start > seconds:
            return False
        time.sleep(0.01)
    return True


def illustrate(request_id: str, prompt: str = "Wash a dog", steps: int = 2) -> Write:
    """Return a request that needs no model: pictures for the author's own steps."""
    given = (
        GivenStep(f"s{n}", f"Wash the dog, part {n}", "Wash the dog in the bathtub with soap.")
        for n in range(1, steps + 1)
    )
    return Write(request_id, "", prompt, 1, title=prompt, given=tuple(given))


def long_work(request_id: str) -> Write:
    """Return a request that keeps either engine busy for seconds."""
    return illustrate(request_id, "slow", 400)


def cancel(target: str) -> Cancel:
    return Cancel(f"cancel-{target}", target)
