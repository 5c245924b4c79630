"""`interstep screenshot`: pictures the real window, offscreen; nothing of the person's changes."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.commands.errors import CommandError


def run(options: argparse.Namespace) -> int:
    """Write the PNG and return the exit code."""
    if options.out.suffix.lower() != ".png":
        raise CommandError(f"{options.out.name!r}: end the name in .png.", 2)
    if options.file is not None and not options.file.is_file():
        raise CommandError(f"{options.file} does not exist: check its name and folder.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    from app.window.screenshot import Scene, take_screenshot  # needs the application

    with tempfile.TemporaryDirectory(prefix="interstep-") as name:
        folder = Path(name)
        scene = Scene(options.page, options.theme == "dark", options.size)
        file = Path(shutil.copy(options.file, folder)) if options.file is not None else None
        data = take_screenshot(application, folder, file, scene)
    part = options.out.with_name(f".{options.out.name}.part")
    part.write_bytes(data)
    part.replace(options.out)
    print(options.out)
    return 0
