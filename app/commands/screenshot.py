"""`interstep screenshot`: pictures the real window, offscreen; nothing of the person's changes."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.commands.errors import CommandError, check_folder
from app.commands.interrupts import held_back
from app.commands.progress import ProgressLine
from app.exporting.writing import replace_file

SCALES = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI")


def run(options: argparse.Namespace) -> int:
    """Write the PNG and return the exit code."""
    if options.out.suffix.lower() != ".png":
        raise CommandError(f"{options.out.name!r}: end the name in .png.", 2)
    check_folder(options.out)
    if options.file is not None and not options.file.is_file():
        raise CommandError(f"{options.file} does not exist: check its name and folder.")
    for name in SCALES:  # the picture has the size asked for on every desktop
        os.environ.pop(name, None)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Languages that this system has no font for are named in a menu; that is no news here.
    os.environ.setdefault("QT_LOGGING_RULES", "qt.text.font.db=false")
    with held_back() as held, tempfile.TemporaryDirectory(prefix="interstep-") as folder:
        application = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(application, QApplication)
        from app.window.screenshot import Scene, take_screenshot  # needs the application

        scene = Scene(options.page, options.theme == "dark", options.size)
        tell = ProgressLine().line
        data = take_screenshot(
            application, Path(folder), options.file, scene, tell, lambda: bool(held)
        )
    replace_file(options.out, data)
    print(options.out)
    return 0
