"""Measures the studio, or bare Qt, in a process of its own and prints one JSON object.

`python studio_measures.py start|big|bare-start|bare-big FOLDER`. A peer does with plain text views
what the studio does with steps.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parent))

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit, QScrollArea, QWidget

STEPS, TAKES, PICTURES = 500, 4, 20
LETTERS = "a few words that are typed into the middle of it, and more than a line of them " * 3
FRAMES, IDLE, SETTLE = 300, 5.0, 5.0
EVERY = 0.03  # seconds between two letters: faster than anybody types
RUNS = 16  # that are queued while somebody types


class FirstPaint(QObject):
    """Calls back when a widget was painted for the first time."""

    def __init__(self, widget: QWidget, then: Callable[[], None]) -> None:
        super().__init__(widget)
        self._then = then
        self._done = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._done:
            self._done = True
            QTimer.singleShot(0, self._then)  # behind the paint
        return super().eventFilter(watched, event)


def tell(**numbers: Any) -> None:
    """Print the numbers and end the process, whatever it still has open."""
    print(json.dumps(numbers), flush=True)
    os._exit(0)


def text(number: int) -> str:
    return f"Step {number}: choose a clay pot two fingers wider than the old one. It must drain."


def spread(times: list[float]) -> dict[str, float]:
    """Return the 95th percentile and the maximum, in milliseconds."""
    times = sorted(times)
    return {"p95": times[int(len(times) * 0.95)] * 1e3, "max": times[-1] * 1e3}


def memory() -> float:
    """Return the megabytes that this process holds."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6


def until(application: QApplication, done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        application.processEvents()
        if time.monotonic() > end:
            raise TimeoutError


def typed(application: QApplication, field: QWidget) -> dict[str, float]:
    """Type and return how long after a letter was due all was painted.

    What the program did when the key went down counts too: the letter had to wait for it.
    """
    from PySide6.QtTest import QTest

    times, due = [], time.perf_counter()
    for letter in LETTERS:
        due += EVERY
        while time.perf_counter() < due:
            application.processEvents()  # awake, since a core that sleeps wakes up slower
        QTest.keyClicks(field, letter)
        application.processEvents()
        times.append(time.perf_counter() - due)
    return spread(times)


def scrolled(application: QApplication, area: QScrollArea) -> dict[str, float]:
    """Scroll through the whole and return how long a frame took."""
    bar, times = area.verticalScrollBar(), []
    for frame in range(FRAMES):
        begin = time.perf_counter()
        bar.setValue(bar.maximum() * frame // FRAMES)
        application.processEvents()
        times.append(time.perf_counter() - begin)
    return spread(times)


def settle(application: QApplication) -> None:
    """Let what is done unasked come to its end: imports, the check of all takes, the library."""
    end = time.monotonic() + SETTLE
    while time.monotonic() < end:
        application.processEvents()


def idle_share(application: QApplication) -> float:
    """Return the share of a core that the process takes while nothing happens."""
    settle(application)
    loop = QEventLoop()
    QTimer.singleShot(int(IDLE * 1000), loop.quit)
    before = time.process_time()
    loop.exec()
    return (time.process_time() - before) / IDLE


# ---------------------------------------------------------------- bare Qt


def bare_start() -> None:
    application = QApplication([])
    window = QMainWindow()
    window.setCentralWidget(QPlainTextEdit())
    window.resize(1280, 800)
    FirstPaint(window, lambda: tell(at=time.time()))
    window.show()
    application.exec()


def bare_big() -> None:
    application = QApplication([])
    begin = time.perf_counter()
    area, canvas = QScrollArea(), QWidget()
    fields = []
    for number in range(STEPS):
        field = QPlainTextEdit(text(number), canvas)
        field.setGeometry(0, number * 80, 600, 78)
        fields.append(field)
    canvas.resize(620, STEPS * 80)
    area.setWidget(canvas)
    area.resize(1280, 800)
    area.show()
    application.processEvents()
    opened = time.perf_counter() - begin
    fields[0].setFocus()
    typing = typed(application, fields[0])
    scrolling = scrolled(application, area)
    tell(
        opened=opened,
        typing=typing,
        scrolling=scrolling,
        memory=memory(),
        idle=idle_share(application),
    )


# ---------------------------------------------------------------- the studio


def make_studio(application: QApplication, folder: Path) -> Any:
    from app.studio import Studio

    def make_client() -> Any:
        from app.engine.client import Client

        fake = Path(__file__).resolve().with_name("fake_engine.py")
        return Client(sys.executable, ("-P", str(fake)))

    studio = Studio(application, folder / "settings", folder, make_client=make_client)
    studio.window.resize(1280, 800)
    return studio


def start(folder: Path) -> None:
    application = QApplication([])
    studio = make_studio(application, folder)
    FirstPaint(studio.window, lambda: tell(at=time.time()))
    studio.window.show()
    application.exec()


def big_file(folder: Path) -> Path:
    """Write a tutorial of STEPS steps with TAKES takes each."""
    import hashlib
    import io

    from PIL import Image

    from app.tutorial.file import TutorialFile
    from app.tutorial.model import Picture, Step, Take, Tutorial

    chance, takes, steps = random.Random(1), [], []
    pictures = []
    for _ in range(PICTURES):
        out = io.BytesIO()
        noise = Image.frombytes("RGB", (64, 64), chance.randbytes(64 * 64 * 3))
        noise.resize((768, 768), Image.Resampling.NEAREST).quantize(8).save(out, "PNG")
        pictures.append(out.getvalue())
    for number in range(STEPS):
        names = []
        for _ in range(TAKES):
            # What stands behind a PNG's end is not looked at: each take has bytes of its own.
            data = chance.choice(pictures) + chance.randbytes(8)
            name = hashlib.sha256(data).hexdigest()
            recipe = {"chunks": [], "conditions": [], "body": text(number), "description": "A pot"}
            takes.append(Take(name, "image/png", 768, 768, data, recipe, {}))
            names.append(name)
        picture = Picture(f"p{number}", "A pot", takes=tuple(names), chosen=names[0])
        steps.append(Step(f"s{number}", f"Step {number}", text(number), pictures=(picture,)))
    path = folder / "big.interstep"
    TutorialFile.create(path, Tutorial("t", title="Big", steps=tuple(steps)), takes).close()
    return path


def big(folder: Path) -> None:
    from app.engine.jobs import Continuing

    application = QApplication([])
    studio = make_studio(application, folder)
    studio.window.show()
    path = folder / "big.interstep"
    settle(application)
    begin = time.perf_counter()
    studio.open_path(path)
    until(application, lambda: studio.view is not None)
    studio.window.grab()
    opened = time.perf_counter() - begin
    page = studio.view.page
    until(application, lambda: not page.is_building and not studio.is_busy)
    built = time.perf_counter() - begin
    settle(application)
    page.show_step("s250")
    body = page.views["s250"].body
    body.setFocus()
    settle(application)
    opened_memory = memory()
    typing = typed(application, body)
    studio.view.workplace.runs.add(*(Continuing(seed, "long") for seed in range(RUNS)))
    until(application, lambda: len(studio.view.workplace.opened.tutorial.steps) > STEPS)
    running = typed(application, body)
    still = studio.view.workplace.runs.current is not None
    studio.view.workplace.runs.stop()
    until(application, lambda: studio.view.workplace.runs.current is None)
    scrolling = scrolled(application, page)
    until(application, lambda: not studio.is_busy)
    tell(
        opened=opened,
        built=built,
        typing=typing,
        running=running,
        still_running=still,
        scrolling=scrolling,
        memory=opened_memory,
        later_memory=memory(),
        idle=idle_share(application),
    )


if __name__ == "__main__":
    place = Path(sys.argv[2])
    {
        "start": lambda: start(place),
        "big": lambda: big(place),
        "bare-start": bare_start,
        "bare-big": bare_big,
        "make": lambda: print(big_file(place)),
    }[sys.argv[1]]()
