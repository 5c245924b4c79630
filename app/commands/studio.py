"""`interstep [FILE]`: opens the studio."""

import argparse
import os
import signal
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.commands.errors import CommandError

AWAKE = 200  # milliseconds after which Python looks for signals while Qt waits


def run(options: argparse.Namespace) -> int:
    """Open the studio and return the exit code when its window is closed."""
    if options.file is not None and not options.file.exists():
        raise CommandError(f"{options.file} does not exist: check its name and folder.")
    check_display()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Interstep")
    application.setDesktopFileName("interstep")
    from app.studio import Studio  # after the application, so that the first paint comes sooner

    studio = Studio(application)
    if options.file is not None:
        studio.open_path(options.file)
    else:
        studio.open_last()
    studio.window.show()
    for ending in (signal.SIGINT, signal.SIGTERM):
        # Not at once: the signal may come while a slot holds a lock that closing needs.
        signal.signal(ending, lambda *_: QTimer.singleShot(0, studio.window.close))
    awake = QTimer()
    awake.timeout.connect(lambda: None)
    awake.start(AWAKE)
    return application.exec()


def check_display() -> None:
    """Raise CommandError where Qt would abort for want of a display."""
    shown = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in shown):
        raise CommandError(
            "There is no display for the studio's window: start it in a desktop session, or use "
            "the commands that `interstep --help` lists."
        )
