"""A studio in a process of its own, with an author who types all the time, for tests that kill it.

`python studio_driver.py FILE LOG`: opens FILE in the real window with the fake engine, types into
the first step's body, lets the engine write and paint, and notes in LOG, one line each and at
once, what a person has seen: `typed SECONDS TEXT`, `shown SHA256` for a picture on the screen,
`engine PID` and `gap MILLISECONDS` for a frame that came late.
"""

import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parent))

import fake_engine

from app.engine.client import Client
from app.engine.jobs import Continuing
from app.studio import Studio

LETTERS = "the quick brown fox jumps over the lazy dog "
EVERY = 15  # milliseconds between two letters
LATE = 100  # milliseconds: a frame gap worth noting
FRAME = 10


class Author:
    """Types, and notes what is seen."""

    def __init__(self, studio: Studio, log: Path) -> None:
        self._studio = studio
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._count = 0
        self._beat = time.monotonic()
        self._timer = QTimer(interval=EVERY)
        self._timer.timeout.connect(self._type)
        self._frames = QTimer(interval=FRAME, timerType=Qt.TimerType.PreciseTimer)
        self._frames.timeout.connect(self._look_at_clock)

    def note(self, line: str) -> None:
        """Write a line that a kill can't take back."""
        os.write(self._log, f"{line}\n".encode())

    def begin(self) -> None:
        """Start typing as soon as the tutorial is open."""
        view = self._studio.view
        if view is None or not view.page.views:
            QTimer.singleShot(5, self.begin)
            return
        workplace = view.workplace
        workplace.images.image_ready.connect(lambda sha256: self.note(f"shown {sha256}"))
        self._studio.engine.state_changed.connect(
            lambda: self.note(f"engine {self._studio.engine.pid}")
        )
        workplace.runs.add(Continuing(1, "long"))
        body = next(iter(view.page.views.values())).body
        body.setFocus()
        body.select(len(body.text), len(body.text))
        self._body = body
        self._timer.start()
        self._frames.start()
        self.note("began")

    def _type(self) -> None:
        QTest.keyClicks(self._body, LETTERS[self._count % len(LETTERS)])
        self._count += 1
        self.note(f"typed {time.monotonic():.4f} {self._body.text}")

    def _look_at_clock(self) -> None:
        now = time.monotonic()
        gap = (now - self._beat) * 1000
        self._beat = now
        if gap > LATE:
            self.note(f"gap {gap:.0f}")


def main(file: Path, log: Path) -> None:
    """Run until killed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication(sys.argv[:1])
    fake = ("-P", str(Path(fake_engine.__file__).resolve()))
    studio = Studio(
        application,
        file.parent / "settings",
        file.parent,
        make_client=lambda: Client(sys.executable, fake),
    )
    studio.window.resize(1280, 800)
    studio.window.show()
    author = Author(studio, log)
    studio.open_path(file)
    author.begin()
    application.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
