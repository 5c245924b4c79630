"""Theme, text zoom and motion: from the system, the settings and the View menu."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QApplication

from app.editing.settings import Settings
from app.window.theme import ZOOMS, Theme, system_is_dark

CHOICES = ("system", "light", "dark")


class Appearance(QObject):
    """Keeps the theme as the person or the system wants it."""

    def __init__(
        self,
        application: QApplication,
        theme: Theme,
        settings: Settings,
        actions: Mapping[str, QAction],
    ) -> None:
        super().__init__(theme)
        self._application = application
        self._theme = theme
        self._settings = settings
        self._actions = actions
        group = QActionGroup(self)
        for choice in CHOICES:
            group.addAction(actions[f"theme_{choice}"])
        theme.zoom = min(max(settings.get("zoom", 1.0), ZOOMS[0]), ZOOMS[-1])
        theme.reduced_motion = settings.get("reduced_motion", False)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        theme.restyled.connect(self._dress_application)
        self.choose(settings.get("theme", "system"))

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do here."""
        return {
            "theme_system": lambda: self.choose("system"),
            "theme_light": lambda: self.choose("light"),
            "theme_dark": lambda: self.choose("dark"),
            "larger": lambda: self._zoom(1),
            "smaller": lambda: self._zoom(-1),
            "normal": lambda: self._zoom(0),
        }

    def choose(self, choice: str) -> None:
        """Use the light or dark theme, or the system's."""
        choice = choice if choice in CHOICES else "system"
        self._settings.put("theme", choice)
        self._actions[f"theme_{choice}"].setChecked(True)
        self._theme.use(dark=system_is_dark() if choice == "system" else choice == "dark")

    def _dress_application(self) -> None:
        self._application.setPalette(self._theme.palette())
        self._application.setFont(self._theme.font("control"))

    def _follow_system(self, _scheme: Qt.ColorScheme) -> None:
        if self._settings.get("theme", "system") == "system":
            self._theme.use(dark=system_is_dark())

    def _zoom(self, direction: int) -> None:
        nearest = min(range(len(ZOOMS)), key=lambda n: abs(ZOOMS[n] - self._theme.zoom))
        place = min(max(nearest + direction, 0), len(ZOOMS) - 1)
        zoom = ZOOMS[place] if direction else 1.0
        self._settings.put("zoom", zoom)
        self._theme.use(zoom=zoom)
