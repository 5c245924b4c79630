"""Colours, type and spacing of the studio, light and dark: the one place that names them.

Source of the measures: type scale 28, 20, 16, 14, 13, 12, 11 pixels; spaces 4, 8, 12, 16, 24, 32.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Literal
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

from app.window.sheet import SHEET

Role = Literal["title", "reading", "heading", "lead", "body", "control", "secondary", "caps"]
SIZES: dict[Role, int] = {
    "title": 28,
    "reading": 20,  # of a step that fills the screen
    "heading": 16,
    "lead": 15,
    "body": 14,
    "control": 13,
    "secondary": 12,
    "caps": 11,
}
LINE_HEIGHT = 155  # per cent, of body text
ZOOMS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
PAGE = 712  # pixels: the page's width at zoom 1
INDICATORS = Path(__file__).with_name("indicators")  # what a style sheet takes as files alone
FAMILIES = ("Inter", "Noto Sans", "Liberation Sans", "DejaVu Sans")


@dataclass(frozen=True)
class Colours:
    """All colours of one theme; text stands on bg, panel, page, sel or a soft one."""

    bg: str
    panel: str
    page: str
    line: str
    edge: str  # of fields and buttons: 3 to 1 against what they stand on
    ink: str
    muted: str
    accent: str
    accentsoft: str
    onaccent: str
    warn: str
    warnsoft: str
    danger: str
    dangersoft: str
    sel: str
    pic: str


LIGHT = Colours(
    bg="#F4F2EE",
    panel="#FBFAF7",
    page="#FFFFFF",
    line="#E4E0D8",
    edge="#8E8A81",
    ink="#22252B",
    muted="#636870",
    accent="#0B6E66",
    accentsoft="#DDEFEC",
    onaccent="#FFFFFF",
    warn="#875000",
    warnsoft="#FBEFD8",
    danger="#A3261B",
    dangersoft="#FBE6E3",
    sel="#EAF4F2",
    pic="#EFEBE2",
)
DARK = Colours(
    bg="#17191C",
    panel="#1D2024",
    page="#22262B",
    line="#33383F",
    edge="#767D88",
    ink="#E9E7E2",
    muted="#A3A9B2",
    accent="#4CC2B4",
    accentsoft="#1F3B39",
    onaccent="#0E1A19",
    warn="#F0B35C",
    warnsoft="#3A2E1A",
    danger="#FF9B8F",
    dangersoft="#42211E",
    sel="#22332F",
    pic="#2C3138",
)


class Theme(QObject):
    """The theme in use. restyled(): colours or sizes changed; paint again."""

    restyled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colours = LIGHT
        self.zoom = 1.0
        self.reduced_motion = False
        self._dressed: WeakSet[QWidget] = WeakSet()
        self._fonts: dict[Role, QFont] = {}
        self._sheet = ""

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self.colours is DARK

    def use(self, *, dark: bool | None = None, zoom: float | None = None) -> None:
        """Change colours or text zoom."""
        self._fonts, self._sheet = {}, ""
        if dark is not None:
            self.colours = DARK if dark else LIGHT
        if zoom is not None:
            self.zoom = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
        sheet = self.style_sheet()
        for widget in self._dressed:
            widget.setStyleSheet(sheet)
        self.restyled.emit()

    def dress(self, widget: QWidget) -> None:
        """Give a pane, dialog or bar the style sheet, now and after each change of the theme.

        Not the page: a style sheet doubles the time and memory of its hundreds of text fields.
        """
        self._dressed.add(widget)
        widget.setStyleSheet(self.style_sheet())

    def colour(self, name: str) -> QColor:
        """Return a colour by its name in Colours."""
        return QColor(getattr(self.colours, name))

    def px(self, pixels: float) -> int:
        """Return pixels at the text zoom, at least 1."""
        return max(1, round(pixels * self.zoom))

    def font(self, role: Role) -> QFont:
        """Return the font of a role of text."""
        if role not in self._fonts:
            self._fonts[role] = self._made_font(role)
        return QFont(self._fonts[role])

    def _made_font(self, role: Role) -> QFont:
        font = QFont(family())
        font.setPixelSize(self.px(SIZES[role]))
        if role in ("title", "heading"):
            font.setWeight(QFont.Weight.DemiBold if role == "heading" else QFont.Weight.Bold)
        if role == "caps":
            font.setWeight(QFont.Weight.DemiBold)
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6 * self.zoom)
        return font

    def palette(self) -> QPalette:
        """Return the palette of the whole program."""
        palette = QPalette(self.colour("panel"), self.colour("bg"))
        for role, name in (
            (QPalette.ColorRole.Window, "bg"),
            (QPalette.ColorRole.WindowText, "ink"),
            (QPalette.ColorRole.Base, "page"),
            (QPalette.ColorRole.AlternateBase, "panel"),
            (QPalette.ColorRole.Text, "ink"),
            (QPalette.ColorRole.ButtonText, "ink"),
            (QPalette.ColorRole.PlaceholderText, "muted"),
            (QPalette.ColorRole.Highlight, "accent"),
            (QPalette.ColorRole.HighlightedText, "onaccent"),
            (QPalette.ColorRole.Link, "accent"),
            (QPalette.ColorRole.ToolTipBase, "panel"),
            (QPalette.ColorRole.ToolTipText, "ink"),
            (QPalette.ColorRole.Accent, "accent"),
        ):
            palette.setColor(role, self.colour(name))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("muted"))
        return palette

    def style_sheet(self) -> str:
        """Return the style sheet of the whole program."""
        if not self._sheet:
            self._sheet = self._made_sheet()
        return self._sheet

    def _made_sheet(self) -> str:
        sizes = {f"px{n}": f"{self.px(n)}px" for n in (1, 2, 4, 6, 8, 10, 12, 16, 18, 24, 28, 32)}
        fonts = {name: f"{self.px(size)}px" for name, size in SIZES.items()}
        names = {"family": family(), "indicators": INDICATORS.as_posix()}
        names["shade"] = "dark" if self.dark else "light"
        return Template(SHEET).substitute(asdict(self.colours) | sizes | fonts | names)


def family() -> str:
    """Return the system's font for windows or, where there is none, the best that is installed."""
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    if system not in ("Sans Serif", "Sans", ""):
        return system
    installed = set(QFontDatabase.families())
    return next((name for name in FAMILIES if name in installed), system)


def system_is_dark() -> bool:
    """Whether the desktop asks for a dark theme."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
