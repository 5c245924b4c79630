"""The engine as a child process, Qt side: lines of JSON over its pipes, signals for its events.

It knows nothing of tutorials. The child ends when its stdin closes, so an end of this process, of
whatever kind, ends the engine too.
"""

import sys
import time
from collections import deque

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from inference.protocol import (
    MAX_LINE,
    Cancel,
    ProtocolError,
    Request,
    read_event,
    request_line,
)

TAIL = 8192  # bytes of one gulp of complaints that are looked at: an engine may print megabytes
SLICE = 0.003  # seconds of events at a time
PATIENCE = 2000  # milliseconds that the engine has to end by itself


class Client(QObject):
    """One engine process.

    event_received(Event); engine_stopped(sentence), once, when the process ended by itself or
    could not be started.
    """

    event_received = Signal(object)
    engine_stopped = Signal(str)

    def __init__(
        self,
        python: str = sys.executable,
        arguments: tuple[str, ...] = ("-P", "-m", "inference"),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._complaints: deque[str] = deque(maxlen=12)
        self._ending = False
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._read_events)
        self._process = QProcess(self)
        self._process.setProgram(python)
        self._process.setArguments(list(arguments))
        self._process.readyReadStandardOutput.connect(self._read_events)
        self._process.readyReadStandardError.connect(self._read_complaints)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._on_finished)

    @property
    def pid(self) -> int:
        """The engine's process id; 0 while it does not run."""
        return int(self._process.processId())

    def start(self) -> None:
        """Start the process; its Ready comes as an event."""
        self._process.start()

    def send(self, request: Request) -> None:
        """Send a request."""
        self._process.write(request_line(request).encode() + b"\n")

    def cancel(self, request_id: str) -> None:
        """Ask for the end of a request; its Cancelled comes as an event."""
        self.send(Cancel(f"cancel-{request_id}", request_id))

    def stop(self) -> None:
        """End the process: by closing its pipe and, if that is not enough, by force."""
        self._ending = True
        self._process.closeWriteChannel()
        runs = self._process.state() != QProcess.ProcessState.NotRunning
        if runs and not self._process.waitForFinished(PATIENCE):
            self._process.kill()
            self._process.waitForFinished(PATIENCE)

    def kill(self) -> None:
        """End the process by force, at once and silently; this object goes when it has ended."""
        self._ending = True
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self.deleteLater()
        else:
            self._process.finished.connect(self.deleteLater)
            self._process.kill()

    def _read_events(self) -> None:
        """Pass on what came, for a slice of time; the rest follows the person's own events."""
        end = time.monotonic() + SLICE
        while self._process.canReadLine():
            if time.monotonic() > end:
                self._later.start()
                return
            self._read_event()
        if self._process.bytesAvailable() > MAX_LINE:
            self._process.kill()

    def _read_event(self) -> None:
        line = bytes(self._process.readLine().data())
        if len(line) > MAX_LINE:
            self._process.kill()
            return
        try:
            event = read_event(line)
        except ProtocolError as error:
            self._complaints.append(f"a line that is no event: {error}")
        else:
            self.event_received.emit(event)

    def _read_complaints(self) -> None:
        data = bytes(self._process.readAllStandardError().data())[-TAIL:]
        text = data.decode("utf-8", "replace")
        self._complaints.extend(line for line in text.splitlines() if line.strip())

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and not self._ending:
            self._ending = True
            python = self._process.program()
            self.engine_stopped.emit(
                f"The engine can't be started with {python} ({self._process.errorString()}):"
                " choose another Python with interstep doctor --engine-python PATH."
            )

    def _on_finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        while self._process.canReadLine():
            self._read_event()
        self._read_complaints()
        if not self._ending:
            self._ending = True
            last = f": {self._complaints[-1]}" if self._complaints else ""
            self.engine_stopped.emit(f"The engine stopped unexpectedly (code {code}){last}.")
