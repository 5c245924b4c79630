"""Asks for a file to open."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

KINDS = ("*.interstep", "*.md", "*.markdown", "*.txt")


def ask_for_file(parent: QWidget, folder: Path) -> Path | None:
    """Return the tutorial or text that the person chose, or None."""
    translate = QCoreApplication.translate
    kinds = translate("Choosing", "Tutorials and texts ({kinds})").format(kinds=" ".join(KINDS))
    title = translate("Choosing", "Open")
    name, _ = QFileDialog.getOpenFileName(parent, title, str(folder), kinds)
    return Path(name) if name else None
