"""The card on the start page in which the person types what they want to teach."""

import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editing.settings import Settings
from app.engine.estimates import PLANNED, Timings, pictures_of
from app.tutorial.model import Making
from app.window.estimate_words import estimate_words
from app.window.growing_field import GrowingField
from app.window.icons import icon
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout

STEPS = range(3, 13)
LINES = (1, 8)  # of the field, at least and at most
DOUBLE_CLICK = 1000  # milliseconds for which a second Write is taken for a slip


class PromptCard(QFrame):
    """write_requested(prompt, Making, photos, seed): write this tutorial."""

    write_requested = Signal(str, object, object, int)

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme = theme
        self._timings = Timings(settings)
        self._packs: dict[str, str] = {}
        self._recommended = ""
        self._can_write = True
        self.making = Making()
        self.photos: list[Path] = []
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = GrowingField(*LINES)
        self.field.setAccessibleName(self.tr("What do you want to teach?"))
        self.field.setPlaceholderText(self.tr("How do I repot a cactus?"))
        self.field.start_requested.connect(self._write)
        self.field.textChanged.connect(self._enable)
        self.field.focus_moved.connect(self._light)
        self._chips = WrappingLayout(0, 0)
        self._photos = QWidget()
        self._photos.setLayout(self._chips)
        self._photos.hide()
        self.steps, self.pack, self.paint = (_menu_button() for _ in range(3))
        self.estimate = QLabel()
        self.estimate.setProperty("role", "secondary")
        self.add = QPushButton(self.tr("Add photos"))
        self.add.setToolTip(self.tr("Pictures for the writer to look at"))
        self.add.clicked.connect(self._choose_photos)
        self.write = QPushButton(self.tr("Write  Ctrl+Enter"))
        self.write.setProperty("kind", "primary")
        self.write.setAccessibleName(self.tr("Write"))
        self.write.clicked.connect(self._write)
        self._slip = QTimer(self, singleShot=True, interval=DOUBLE_CLICK)
        self._slip.timeout.connect(self._enable)
        self._lay_out()
        self._show_options()
        self._enable()
        theme.restyled.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        self._options = WrappingLayout(0, 0)
        for widget in (self.steps, self.pack, self.paint, self.estimate):
            self._options.addWidget(widget)
        self._foot = QHBoxLayout()
        self._foot.addLayout(self._options, 1)
        for button in (self.add, self.write):
            self._foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self._rows = QVBoxLayout(self)
        self._rows.addWidget(self.field)
        self._rows.addWidget(self._photos)
        self._rows.addLayout(self._foot)

    # ------------------------------------------------------------ what can be chosen

    def show_packs(self, ready: Mapping[str, str], recommended: str, *, can_write: bool) -> None:
        """Offer the packs that are ready, id to name; can_write: whether any writer is."""
        self._packs = dict(ready)
        self._recommended = recommended
        self._can_write = can_write
        if self.making.pack not in ready:
            self._choose(pack="")
        self._show_options()
        self._enable()

    def _show_options(self) -> None:
        making = self.making
        planned = self.tr("Steps as planned")
        steps = {None: planned} | {n: self.tr("{n} steps").format(n=n) for n in STEPS}
        packs = {"": self.tr("Best pack")}
        packs |= {
            name: self.tr("{pack} pack").format(pack=pack) for name, pack in self._packs.items()
        }
        paint = {True: self.tr("Pictures as we go"), False: self.tr("Text first")}
        names = (self.tr("Number of steps"), self.tr("Pack"), self.tr("Pictures"))
        for button, choices, field, name in (
            (self.steps, steps, "steps", names[0]),
            (self.pack, packs, "pack", names[1]),
            (self.paint, paint, "paint", names[2]),
        ):
            chosen = getattr(making, field)
            button.setText(choices[chosen])
            button.setAccessibleName(f"{name}: {choices[chosen]}")
            button.setToolTip(name)
            menu = button.menu()
            menu.clear()
            group = QActionGroup(menu)
            for value, words in choices.items():
                action = menu.addAction(words)
                action.setCheckable(True)
                action.setChecked(value == chosen)
                group.addAction(action)
                action.triggered.connect(partial(self._choose_value, field, value))
        self._show_estimate()
