"""The composition root of the studio: makes every object and connects every signal."""

from collections.abc import Callable
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.editing.background import Background
from app.editing.collecting import Collecting
from app.editing.settings import Settings
from app.window.actions import make_actions
from app.window.announcing import Announcer
from app.window.appearance import Appearance
from app.window.roles import name_roles
from app.window.theme import Theme
from app.window.window import Window

if TYPE_CHECKING:
    from app.editing.library_watch import LibraryWatch
    from app.editing.new_tutorials import NewTutorials
    from app.editing.open_tutorial import OpenTutorial
    from app.engine.client import Client
    from app.engine.engine import Engine
    from app.engine.jobs import Job
    from app.engine.upkeep import Upkeep
    from app.window.engine_bar import EngineBar
    from app.window.library_pane import LibraryPane
    from app.window.pages import PageName
    from app.window.start_page import StartPage
    from app.window.tutorial_view import TutorialView

TEXTS = (".md", ".markdown", ".txt")
PICTURES = (".png", ".jpg", ".jpeg", ".webp")


class Studio(QObject):
    """The studio: one window, one engine, one open tutorial at a time.

    The window is painted first; what it needs after that is imported where it is made.
    settings_folder, library_folder, make_client: instead of the person's own, as for tests.
    """

    def __init__(
        self,
        application: QApplication,
        settings_folder: Path | None = None,
        library_folder: Path | None = None,
        make_client: "Callable[[], Client] | None" = None,
    ) -> None:
        super().__init__(application)
        self._collecting = Collecting(self)
        name_roles()
        self.settings = Settings(settings_folder)
        self.theme = Theme(self)
        self.actions = make_actions(self, self.theme)
        self.background = Background(2, self)
        self._folder = library_folder or self.settings.library
        self._make_client = make_client
        self.appearance = Appearance(application, self.theme, self.settings, self.actions)
        self.window = Window(self.theme, self.actions)
        self.announcer = Announcer(self.window)
        self.view: TutorialView | None = None
        self._connect()
        self.window.restore_layout(self.settings)
        self.window.side.hide()
        self.window.top.show_nothing()

    def _connect(self) -> None:
        for name, action in self.actions.items():
            action.triggered.connect(partial(self.perform, name))
        self.window.painted_first.connect(self._begin)
        self.window.dropped.connect(self._take_drop)
        self.window.closing.connect(self._close)
        self.window.messages.message_shown.connect(self.announcer.say)

    def _begin(self) -> None:
        """Fill the window, and read in what opening a tutorial will need."""
        self.window.foot.put(self.engine_bar)
        if self.view is None:
            self.show_start()
        self.window.library.put(self.library_pane)
        self.library.refresh()
        self.background.run(lambda: import_module("app.window.tutorial_view"))

    @cached_property
    def engine(self) -> "Engine":
        """The engine that writes and paints."""
        engine = self._new_engine()
        engine.troubled.connect(partial(self.tell, role="warning"))
        return engine

    @cached_property
    def packs(self) -> "Engine":
        """An engine of its own for packs, so that writing goes on while one is fetched."""
        return self._new_engine()

    @cached_property
    def upkeep(self) -> "Upkeep":
        """What is done with packs; it goes on while its page is closed."""
        from app.engine.upkeep import Upkeep

        upkeep = Upkeep(self.packs, self)
        upkeep.packs_changed.connect(self._look_at_packs)
        return upkeep

    def _look_at_packs(self) -> None:
        """Have what shows packs ask for them anew."""
        if self.view is not None:
            self.view.ask_for_packs(self.packs)

    def _new_engine(self) -> "Engine":
        from app.engine.client import Client
        from app.engine.engine import Engine

        python = self.settings.engine_python
        return Engine(self._make_client or (lambda: Client(python)), self)

    @cached_property
    def engine_bar(self) -> "EngineBar":
        """The bar at the bottom."""
        from app.window.engine_bar import EngineBar

        return EngineBar(self.engine, self.theme, self.actions)

    @cached_property
    def start_page(self) -> "StartPage":
        """The page on which a tutorial begins."""
        from app.window.start_page import StartPage

        start = StartPage(self.upkeep, self.theme, self.background, self.settings)
        start.write_requested.connect(lambda *told: self.new_tutorials.from_prompt(*told))
        start.text_given.connect(lambda text: self.new_tutorials.from_text(text))
        start.file_chosen.connect(lambda path: self.take_files([path]))
        start.empty_requested.connect(lambda: self.new_tutorials.empty())
        start.builtin_chosen.connect(lambda name: self.new_tutorials.from_builtin(name))
        return start

    @cached_property
    def library(self) -> "LibraryWatch":
        """The folder of tutorials."""
        from app.editing.library_watch import LibraryWatch
        from app.tutorial.library import Library

        library = Library(self._folder, self.settings.cache / "library.sqlite")
        watch = LibraryWatch(library, self.background, self)
        watch.told.connect(self.window.messages.show_message)
        return watch

    @cached_property
    def library_pane(self) -> "LibraryPane":
        """The pane at the left."""
        from app.window.library_pane import LibraryPane

        pane = LibraryPane(self.library, self.theme, self.actions)
        pane.open_requested.connect(self.open_path)
        pane.reader_requested.connect(partial(self.open_path, as_reader=True))
        pane.export_requested.connect(self._export_many)
        pane.trash_requested.connect(self._trash_many)
        pane.rename_requested.connect(self._rename)
        pane.trash_view_requested.connect(partial(self._go_to_page, "trash"))
        pane.new_requested.connect(self.show_start)
        pane.dropped.connect(self.take_files)
        return pane

    @cached_property
    def new_tutorials(self) -> "NewTutorials":
        """What makes new tutorials in the library."""
        from app.editing.new_tutorials import NewTutorials
        from app.window.pack_offer import USED

        made_with = partial(self.settings.get, USED, "")
        new = NewTutorials(self.library.library, self.background, self, made_with)
        new.made.connect(self._open_made)
        new.failed.connect(partial(self.tell, role="danger"))
        new.noticed.connect(self.tell)
        return new

    def tell(self, sentence: str, role: str = "info") -> None:
        """Show a sentence above the page."""
        self.window.messages.show_message("studio", sentence, [], role)

    # ------------------------------------------------------------ actions

    def perform(self, name: str, *_: object) -> None:
        """Do an action, as what is on screen understands it."""
        handlers = {**self._handlers, **self.appearance.handlers}
        if self.view is not None:
            handlers |= self.view.handlers
        if name in handlers:
            handlers[name]()

    @property
    def _handlers(self) -> dict[str, Callable[[], None]]:
        window = self.window
        return {
            "new": self.show_start,
            "empty": lambda: self.new_tutorials.empty(),
            "open": self._ask_for_file,
            "import": self._ask_for_file,
            "start_page": self.show_start,
            "go_to_prompt": self.show_start,
            "table": partial(self._go_to_page, "table"),
            "packs": partial(self._go_to_page, "packs"),
            "doctor": partial(self._go_to_page, "doctor"),
            "shortcuts": partial(self._go_to_page, "shortcuts"),
            "about": partial(self._go_to_page, "about"),
            "show_library": lambda: window.library.setVisible(not window.library.isVisible()),
            "show_inspector": window.toggle_side,
            "next_pane": window.go_to_next_pane,
            "previous_pane": partial(window.go_to_next_pane, backwards=True),
            "trash_tutorial": self._trash_open,
            "quit": QApplication.closeAllWindows,
        }

    # ------------------------------------------------------------ what is shown

    def show_start(self) -> None:
        """Show the start page; the open tutorial is saved and closed."""
        if self._leave():
            self.window.centre.put(self.start_page)
            self.window.show_side(False)
            self.window.top.show_nothing()
            if "library_pane" in self.__dict__:
                self.library_pane.select(None)
            self.start_page.take_focus()

    def show_page(self, page: QWidget) -> None:
        """Show a page over what is there; Escape or its button goes back."""
        page.closed.connect(lambda: self.window.centre.take_away(page))  # type: ignore[attr-defined]
        for name, slot in (
            ("open_requested", self.open_path),
            ("export_requested", self._export_many),
            ("trash_requested", self._trash_many),
        ):
            if hasattr(page, name):
                getattr(page, name).connect(slot)
        self.window.centre.cover(page)

    def _go_to_page(self, name: "PageName") -> None:
        from app.window.pages import make_page

        engines = (self.engine, self.upkeep)
        page = make_page(name, self.library, *engines, self.settings, self._folder, self.theme)
        self.show_page(page)

    # ------------------------------------------------------------ opening

    def open_path(self, path: Path, as_reader: bool = False) -> None:
        """Open a tutorial's file, or make a tutorial of a text file."""
        if path.suffix.lower() in TEXTS:
            self.new_tutorials.from_file(path)
            return
        self._open(path, lambda: self.perform("reader") if as_reader else None)

    def _open_made(self, path: Path, job: "Job | None") -> None:
        def start() -> None:
            if job is not None and self.view is not None:
                self.view.workplace.runs.add(job)

        self._open(path, start)

    def _open(self, path: Path, then: Callable[[], object]) -> None:
        if self._is_open(path):
            then()
            return
        if not self._leave():
            return

        from app.editing.open_tutorial import OpenTutorial
        from app.tutorial.file import TutorialFile

        def opened(file: TutorialFile) -> None:
            self._show(OpenTutorial(file, self))
            then()

        self.background.run(
            lambda: TutorialFile.open(path), opened, lambda e: self.tell(f"{e}.", "danger")
        )

    def _show(self, opened: "OpenTutorial") -> None:
        from app.window.tutorial_view import TutorialView
        from app.window.workplace import workplace_of

        parts = (self.theme, self.actions, self.announcer, self.background)
        workplace = workplace_of(opened, self.engine, self.settings, *parts)
        self.window.centre.clear(self.start_page)
        self.view = TutorialView(workplace, self.window)
        self.view.copy_made.connect(self.open_path)
        self.view.page.built.connect(self._collecting.settle)
        self.view.ask_for_packs(self.packs)
        self.engine_bar.follow(workplace.runs)
        self.window.show_side(True)
        self.settings.put("last", str(opened.path))
        self.library_pane.select(opened.path)
        self.view.page.setFocus()

    def _leave(self) -> bool:
        """Save and close the open tutorial; False where the person would rather stay."""
        if self.view is None:
            return True
        opened = self.view.workplace.opened
        self.view.finish()
        if not opened.close():
            from app.window.closing import wants_to_close_unsaved

            if not wants_to_close_unsaved(self.window, opened):
                return False
            opened.abandon()
        self.view.workplace.runs.close()
        self.engine_bar.follow(None)
        self.window.messages.clear()
        self.window.centre.clear(self.start_page)
        self.window.side.clear()
        self.view.deleteLater()
        self.view = None
        self._collecting.loosen()
        opened.deleteLater()
        self.library.refresh()
        return True

    # ------------------------------------------------------------ files

    def take_files(self, paths: list[Path]) -> None:
        """Open or import files that were dropped or chosen."""
        pictures = [path for path in paths if path.suffix.lower() in PICTURES]
        if pictures:
            self.new_tutorials.from_photos(pictures)
            return
        for path in paths:
            self.open_path(path)

    def _take_drop(self, data: QMimeData) -> None:
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.take_files(paths)
        elif data.hasText():
            self.new_tutorials.from_text(data.text())

    def _ask_for_file(self) -> None:
        from app.window.choosing import ask_for_file

        path = ask_for_file(self.window, self._folder)
        if path is not None:
            self.open_path(path)

    def _export_many(self, paths: list[Path]) -> None:
        from app.window.export_page import ExportPage

        self.show_page(ExportPage(paths, self.theme, self.settings, self.background))

    def _trash_open(self) -> None:
        if self.view is not None:
            self._trash_many([self.view.workplace.opened.path])

    def _trash_many(self, paths: list[Path]) -> None:
        """Move tutorials to the trash; the open one is closed before."""
        if any(self._is_open(path) for path in paths):
            self.show_start()
        self.library.trash(path for path in paths if not self._is_open(path))

    def _rename(self, path: Path, title: str) -> None:
        if self.view is not None and self._is_open(path):
            self.view.rename(title)
        else:
            self.library.rename(path, title)

    def _is_open(self, path: Path) -> bool:
        return self.view is not None and self.view.workplace.opened.path == path.resolve()

    # ------------------------------------------------------------ layout

    @property
    def is_busy(self) -> bool:
        """Whether anything is being read, decoded, written or painted."""
        return self.background.is_busy or (self.view is not None and self.view.is_busy)

    def open_last(self) -> None:
        """Open the tutorial that was open last, if it is still there."""
        last = Path(self.settings.get("last", ""))
        if last.name and last.is_file():
            self.open_path(last)

    def _close(self, event: QCloseEvent) -> None:
        """Save all and end the engines, or refuse."""
        self.window.keep_layout(self.settings)
        if not self._leave():
            event.ignore()
            return
        for made in ("engine", "packs"):
            if made in self.__dict__:
                getattr(self, made).close()
        self.background.close()
        event.accept()
