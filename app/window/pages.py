"""The pages that stand over the tutorial when their action is chosen."""

from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QWidget

from app.editing.library_watch import LibraryWatch
from app.editing.settings import Settings
from app.engine.engine import Engine
from app.engine.upkeep import Upkeep
from app.window.about_page import AboutPage
from app.window.doctor_page import DoctorPage
from app.window.packs_page import PacksPage
from app.window.shortcuts_page import ShortcutsPage
from app.window.table_page import TablePage
from app.window.theme import Theme
from app.window.trash_view import TrashView

PageName = Literal["table", "trash", "packs", "doctor", "shortcuts", "about"]


def make_page(
    name: PageName,
    library: LibraryWatch,
    engine: Engine,
    upkeep: Upkeep,
    settings: Settings,
    folder: Path,
    theme: Theme,
) -> QWidget:
    """Return a new page; its signal `closed` takes it away."""
    match name:
        case "table":
            return TablePage(library, theme, settings)
        case "trash":
            return TrashView(library, theme)
        case "packs":
            return PacksPage(upkeep, theme)
        case "doctor":
            return DoctorPage(engine, upkeep, folder, theme)
        case "shortcuts":
            return ShortcutsPage(theme)
        case "about":
            return AboutPage(theme)
