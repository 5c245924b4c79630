"""A picture of the real window, made offscreen with settings and a library of its own."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice
from PySide6.QtWidgets import QApplication

from app.studio import Studio

PATIENCE = 20.0  # seconds
QUIET = 0.6  # seconds without anything to paint or decode, after which the window is done
BUILT_IN = "repot-a-cactus"


@dataclass(frozen=True)
class Scene:
    """What the picture shows; size in pixels."""

    page: str
    dark: bool
    size: tuple[int, int]


def take_screenshot(
    application: QApplication, folder: Path, file: Path | None, scene: Scene
) -> bytes:
    """Return the PNG of the window. folder: empty, for settings and library; file: is moved there.

    Without a file the tutorial page shows a built-in one.
    """
    library = folder / "library"
    library.mkdir()
    if file is not None:
        file = Path(shutil.move(file, library / file.name))
    studio = Studio(application, folder / "settings", library)
    studio.appearance.choose("dark" if scene.dark else "light")
    studio.window.resize(*scene.size)
    studio.window.show()
    match scene.page:
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
    _settle(application, studio)
    image = studio.window.grab().toImage()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    studio.window.close()
    return bytes(data.data())


def _settle(application: QApplication, studio: Studio) -> None:
    """Let the studio work until it has been idle for a while."""
    end = time.monotonic() + PATIENCE
    quiet_since = time.monotonic()
    while time.monotonic() < end and time.monotonic() - quiet_since < QUIET:
        application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)
        if studio.is_busy:
            quiet_since = time.monotonic()
