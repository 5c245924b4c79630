"""What the parts of the page and the inspector work with while one tutorial is open."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtGui import QAction

from app.editing.background import Background
from app.editing.open_tutorial import OpenTutorial
from app.editing.settings import Settings
from app.engine.engine import Engine
from app.engine.estimates import Timings
from app.engine.runs import Runs
from app.window.announcing import Announcer
from app.window.images import Images
from app.window.picture_states import PictureStates
from app.window.theme import Theme


@dataclass(frozen=True)
class Workplace:
    """One open tutorial and everything that its widgets may use."""

    opened: OpenTutorial
    images: Images
    runs: Runs
    theme: Theme
    actions: Mapping[str, QAction]
    announcer: Announcer
    background: Background
    settings: Settings

    @cached_property
    def picture_states(self) -> PictureStates:
        """What is known of the pictures beyond the tutorial, the same object for all parts."""
        return PictureStates(self.opened, self.runs, self.background)


def workplace_of(
    opened: OpenTutorial,
    engine: Engine,
    settings: Settings,
    theme: Theme,
    actions: Mapping[str, QAction],
    announcer: Announcer,
    background: Background,
) -> Workplace:
    """Return the workplace of a tutorial that was just opened."""
    return Workplace(
        opened=opened,
        images=Images(opened, background),
        runs=Runs(opened, engine, Timings(settings)),
        theme=theme,
        actions=actions,
        announcer=announcer,
        background=background,
        settings=settings,
    )
