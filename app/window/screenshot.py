"""A picture of the real window, made offscreen with settings and a library of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice
from PySide6.QtWidgets import QApplication

from app.studio import TEXTS, Studio
from app.tutorial.file import TutorialFile

PATIENCE = 20.0  # seconds
QUIET = 0.6  # seconds without anything to read, decode or ask, after which the window is done
BUILT_IN = "repot-a-cactus"
AT_WORK = ("starting", "busy")  # states of an engine


@dataclass(frozen=True)
class Scene:
    """What the picture shows; size in pixels."""

    page: str
    dark: bool
    size: tuple[int, int]


def take_screenshot(
    application: QApplication,
    folder: Path,
    file: Path | None,
    scene: Scene,
    tell: Callable[[str], None],
    stop: Callable[[], bool],
) -> bytes:
    """Return the PNG of the window. folder: empty, for settings and library; file: is only read.

    Without a file the tutorial page shows a built-in one. tell: hears what is damaged in the file;
    stop: polled, after True the window is pictured as it is. Raises TutorialError for a file that
    is no readable tutorial.
    """
    library = folder / "library"
    library.mkdir()
    if file is not None and file.suffix.lower() not in TEXTS:
        copy = library / f"{file.stem}.interstep"
        with TutorialFile.read(file) as original:
            for problem in original.problems:
                tell(problem)
            original.copy_to(copy, original.tutorial)
        file = copy
    studio = Studio(application, folder / "settings", library)
    studio.appearance.choose("dark" if scene.dark else "light")
    studio.window.resize(*scene.size)
    painted = QEventLoop()
    studio.window.painted_first.connect(painted.quit)
    studio.window.show()
    painted.exec()  # only then the studio fills its window
    if not stop():
        _go_to(studio, scene.page, file)
        _settle(application, studio, stop)
    image = studio.window.grab().toImage()
    studio.window.close()
    studio.settings.save()  # or it would be written when the folder has been deleted
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def _go_to(studio: Studio, page: str, file: Path | None) -> None:
    match page:
        case "start":
            pass
        case "tutorial" if file is not None:
            studio.open_path(file)
        case "tutorial":
            studio.new_tutorials.from_builtin(BUILT_IN)
        case "library":
            studio.perform("table")
        case page:
            studio.perform(page)


def _settle(application: QApplication, studio: Studio, stop: Callable[[], bool]) -> None:
    """Let the studio work until it has been idle for a while, or shall stop."""
    end = time.monotonic() + PATIENCE
    quiet_since = time.monotonic()
    while not stop() and time.monotonic() < min(end, quiet_since + QUIET):
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)
        if studio.is_busy or studio.packs.state in AT_WORK:
            quiet_since = time.monotonic()
