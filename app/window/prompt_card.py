"""The card on the start page in which the person types what they want to teach."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.engine.estimates import PLANNED, Store, Timings, pictures_of
from app.engine.jobs import new_seed
from app.tutorial.model import Making
from app.window.estimate_words import estimate_words
from app.window.growing_field import GrowingField
from app.window.icons import icon
from app.window.option_button import OptionButton
from app.window.theme import Theme
from app.window.wrapping import WrappingLayout

STEPS = range(3, 13)
LINES = (1, 8)  # of the field, at least and at most
SLIP = 1000  # milliseconds in which a second Write is taken for the other half of a double click
CHIP = 200  # pixels at zoom 1: the longest name of a photo


class PromptCard(QFrame):
    """write_requested(prompt, Making, photos, seed): write this tutorial."""

    write_requested = Signal(str, object, object, int)

    def __init__(self, theme: Theme, settings: Store) -> None:
        super().__init__()
        self._theme = theme
        self._timings = Timings(settings)
        self._packs: dict[str, str] = {}  # those that are ready, by id; empty while unknown
        self._recommended: str | None = None
        self.making = Making()
        self.photos: tuple[Path, ...] = ()
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = GrowingField(*LINES)
        self.field.setProperty("large", True)
        self.field.setAccessibleName(self.tr("What do you want to teach?"))
        self.field.setPlaceholderText(self.tr("How do I repot a cactus?"))
        self.field.start_requested.connect(self._write)
        self.field.textChanged.connect(self._enable)
        self.field.focus_moved.connect(self._light)
        self._chips = WrappingLayout(0, 0)
        self._photos = QWidget()
        self._photos.setLayout(self._chips)
        self._photos.hide()
        self.steps = OptionButton(self.tr("Number of steps"), partial(self._choose, "steps"))
        self.pack = OptionButton(self.tr("Pack"), partial(self._choose, "pack"))
        self.paint = OptionButton(self.tr("Pictures"), partial(self._choose, "paint"))
        self.estimate = QLabel()
        self.estimate.setProperty("role", "secondary")
        self.add = QPushButton(self.tr("Add photos"))
        self.add.setToolTip(self.tr("Pictures that the writer can look at"))
        self.add.clicked.connect(self._choose_photos)
        keys = QKeySequence("Ctrl+Enter").toString(QKeySequence.SequenceFormat.NativeText)
        word = self.tr("Write")
        self.write = QPushButton(f" {word}   {keys}")
        self.write.setProperty("kind", "primary")
        self.write.setAccessibleName(self.tr("Write"))
        self.write.clicked.connect(self._write)
        self._slip = QTimer(self, singleShot=True, interval=SLIP)
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

    def show_packs(self, ready: Mapping[str, str], recommended: str) -> None:
        """Offer the packs that are ready, by id with their names; recommended: the best one."""
        self._packs = dict(ready)
        self._recommended = recommended
        if self.making.pack not in ready:
            self.making = replace(self.making, pack="")
        self._show_options()
        self._enable()

    def _show_options(self) -> None:
        best = self.tr("Best pack")
        if self._recommended in self._packs:
            best = self.tr("{pack} pack").format(pack=self._packs[self._recommended])
        packs = {"": best} | {
            pack: self.tr("{pack} pack").format(pack=name)
            for pack, name in self._packs.items()
            if pack != self._recommended
        }
        planned = self.tr("Steps as planned")
        steps = {None: planned} | {n: self.tr("{n} steps").format(n=n) for n in STEPS}
        paint = {True: self.tr("Pictures as we go"), False: self.tr("Text first")}
        self.steps.offer(steps, self.making.steps)
        self.pack.offer(packs, self.making.pack)
        self.paint.offer(paint, self.making.paint)
        self._show_estimate()

    def _choose(self, field: str, value: Any) -> None:
        self.making = replace(self.making, **{field: value})
        self._show_options()
        self._enable()

    def _show_estimate(self) -> None:
        steps = self.making.steps or PLANNED
        pictures = pictures_of(steps) if self.making.paint else 0
        estimate = self._timings.estimate(self.making.pack, steps, pictures)
        if not estimate.measured and not self.making.pack and self._recommended:
            estimate = self._timings.estimate(self._recommended, steps, pictures)
        self.estimate.setText(estimate_words(estimate))

    # ------------------------------------------------------------ photos

    def add_photos(self, paths: Iterable[Path]) -> None:
        """Give the writer pictures to look at."""
        self._set_photos(tuple(dict.fromkeys((*self.photos, *paths))))

    def _choose_photos(self) -> None:
        kinds = self.tr("Pictures ({kinds})").format(kinds="*.png *.jpg *.jpeg *.webp")
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Add photos"), "", kinds)
        self.add_photos(Path(name) for name in names)

    def _set_photos(self, photos: tuple[Path, ...]) -> None:
        self.photos = photos
        for chip in self._photos.findChildren(QToolButton):
            self._chips.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for path in photos:
            self._chips.addWidget(self._chip(path))
        self._photos.setVisible(bool(photos))
        self._restyle()

    def _chip(self, path: Path) -> QToolButton:
        chip = QToolButton()
        chip.setProperty("kind", "chip")
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross behind the name
        chip.setIcon(icon("close", self._theme.colours.muted))
        chip.setIconSize(QSize(self._theme.px(12), self._theme.px(12)))
        width = self._theme.px(CHIP)
        chip.setText(self.fontMetrics().elidedText(path.name, Qt.TextElideMode.ElideMiddle, width))
        chip.setAccessibleName(self.tr("Take out the photo {name}").format(name=path.name))
        chip.setToolTip(self.tr("Take out {name}").format(name=path.name))
        chip.clicked.connect(
            lambda: self._set_photos(tuple(one for one in self.photos if one != path))
        )
        return chip

    # ------------------------------------------------------------ writing

    @property
    def can_write(self) -> bool:
        """Whether the pack to write with is there, as far as is known."""
        known = self._recommended is not None
        return not known or (self.making.pack or self._recommended) in self._packs

    def _write(self) -> None:
        if not self.write.isEnabled():
            return
        self._slip.start()
        self._enable()
        seed = new_seed()
        # Told by name: a tutorial keeps its pack when a better one is installed.
        pack = self.making.pack or (self._recommended or "")
        making = replace(self.making, pack=pack)
        self.write_requested.emit(self.field.text, making, list(self.photos), seed)

    def _enable(self) -> None:
        typed = bool(self.field.text)
        self.write.setEnabled(typed and self.can_write and not self._slip.isActive())
        if not self.can_write:
            why = self.tr("Writing needs a pack: get one below.")
        elif not typed:
            why = self.tr("Type what you want to teach first.")
        else:
            why = self.tr("Write it, with pictures as chosen")
        self.write.setToolTip(why)

    # ------------------------------------------------------------ looks

    def _light(self, lit: bool) -> None:
        """Mark the card while its field has the focus."""
        self.setProperty("lit", lit)
        self.style().polish(self)

    def _restyle(self) -> None:
        px, colours = self._theme.px, self._theme.colours
        self.write.setIcon(icon("arrow-right", colours.onaccent, colours.muted))
        self._rows.setContentsMargins(px(16), px(16), px(12), px(12))
        self._rows.setSpacing(px(16))
        self._foot.setSpacing(px(8))
        self._options.set_measures(px(12), px(2))
        self._chips.set_measures(px(8), px(8))
