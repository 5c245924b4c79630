"""With what the next painting of a picture is made: pack, seed, painting passes, guidance, size."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from app.engine.jobs import new_seed
from app.tutorial import edits
from app.tutorial.model import Making, PaintOptions
from app.window.icons import icon
from app.window.workplace import Workplace

SIZES = (512, 768, 1024, 1536)  # pixels a side
MOST_PASSES, MOST_GUIDANCE = 100, 20.0
LABEL = 60  # pixels at zoom 1
INSET = 6  # pixels at zoom 1, before a number
STORYBOARD = ("", "storyboard")  # what draws in one go; the packs' own so far


class PaintingForm(QWidget):
    """Edits the tutorial's making; follows follow()."""

    def __init__(self, workplace: Workplace, *, with_pack: bool = True) -> None:
        super().__init__()
        self._workplace = workplace
        self._following = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(workplace.theme.px(8))
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, workplace.theme.px(LABEL))
        self.pack = QLabel()
        if with_pack:
            self._add(self.tr("Pack"), self.pack)
        self.painter = QComboBox()
        for name, told in (
            ("", self.tr("The pack's own")),
            ("storyboard", self.tr("Storyboard, by rules")),
            ("duogen", self.tr("DuoGen, a network")),
        ):
            self.painter.addItem(told, name)
        self.painter.setToolTip(
            self.tr("The storyboard reads plain words; the network also knows other names")
        )
        self.painter.currentIndexChanged.connect(self._choose_painter)
        self._add(self.tr("Painter"), self.painter)
        self._add(self.tr("Seed"), self._seed_row())
        self.passes = QSpinBox()
        self.passes.setRange(0, MOST_PASSES)
        self.passes.valueChanged.connect(lambda n: self._set_options(denoising_steps=n))
        self._add(self.tr("Passes"), self.passes)
        self.guidance = QDoubleSpinBox()
        self.guidance.setRange(0, MOST_GUIDANCE)
        self.guidance.setSingleStep(0.5)
        self.guidance.setDecimals(1)
        self.guidance.valueChanged.connect(lambda n: self._set_options(guidance_scale=n))
        self._add(self.tr("Guidance"), self.guidance)
        for box in (self.passes, self.guidance):
            box.setSpecialValueText(self.tr("The pack's own"))
            box.lineEdit().setTextMargins(workplace.theme.px(INSET), 0, 0, 0)
        self.size_box = QComboBox()
        self.size_box.currentIndexChanged.connect(self._choose_size)
        self._add(self.tr("Size"), self.size_box)
        workplace.theme.restyled.connect(self._restyle)
        self._restyle()

    def _seed_row(self) -> QWidget:
        self.seed = QLineEdit()
        digits = QRegularExpression("[0-9]{1,9}")
        self.seed.setValidator(QRegularExpressionValidator(digits, self.seed))
        self.seed.setToolTip(self.tr("A new one each time, unless it is locked"))
        self.seed.editingFinished.connect(self._type_seed)
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setAccessibleName(self.tr("Lock the seed"))
        self.lock.clicked.connect(self._lock)
        self.dice = QToolButton()
        self.dice.setAccessibleName(self.tr("New seed"))
        self.dice.clicked.connect(lambda: self._set(seed=new_seed()))
        for button in (self.lock, self.dice):
            button.setProperty("kind", "floating")
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self._workplace.theme.px(4))
        layout.addWidget(self.seed, 1)
        layout.addWidget(self.lock)
        layout.addWidget(self.dice)
        row.setFocusProxy(self.seed)
        return row

    def _add(self, text: str, widget: QWidget) -> None:
        label = QLabel(text)
        label.setProperty("role", "secondary")
        label.setBuddy(widget)
        (widget.focusProxy() or widget).setAccessibleName(text)
        number = self._grid.rowCount()
        self._grid.addWidget(label, number, 0)
        self._grid.addWidget(widget, number, 1)

    # ------------------------------------------------------------ following the tutorial

    def follow(self, making: Making, recipe: Mapping[str, Any], painter: str) -> None:
        """Show how pictures are made now; recipe and painter: of the take shown."""
        self._following = True
        self.pack.setText(making.pack.capitalize() or self.tr("The best for this machine"))
        locked = making.seed is not None
        if not self.seed.hasFocus():
            shown = making.seed if locked else recipe.get("seed", "")
            self.seed.setText(str(shown))
        self.seed.setPlaceholderText(self.tr("always new"))
        self.lock.setChecked(locked)
        self.lock.setToolTip(
            self.tr("Unlock: each painting takes a new seed")
            if locked
            else self.tr("Lock: each painting takes this seed")
        )
        self.dice.setToolTip(self.tr("Lock another seed"))
        self.passes.setValue(making.options.denoising_steps)
        self.guidance.setValue(making.options.guidance_scale)
        self._follow_size(making.options.size)
        if self.painter.findData(making.options.painter) < 0:  # one that a single pack has
            self.painter.addItem(making.options.painter, making.options.painter)
        self.painter.setCurrentIndex(self.painter.findData(making.options.painter))
        self._allow((making.options.painter or painter) not in STORYBOARD)
        self._restyle()
        self._following = False

    def _follow_size(self, size: int) -> None:
        sizes = sorted({*SIZES, size})
        if [self.size_box.itemData(n) for n in range(self.size_box.count())] != sizes:
            self.size_box.clear()
            for one in sizes:
                self.size_box.addItem(self.tr("{n} by {n} pixels").format(n=one), one)
        self.size_box.setCurrentIndex(sizes.index(size))

    def _allow(self, allowed: bool) -> None:
        reason = self.tr("The storyboard draws in one go: it has no passes and no guidance")
        for box, told in (
            (self.passes, self.tr("More passes are finer and take longer")),
            (self.guidance, self.tr("How closely the painter keeps to the words")),
        ):
            box.setEnabled(allowed)
            box.setToolTip(told if allowed else reason)
            box.setAccessibleDescription("" if allowed else reason)

    def _restyle(self) -> None:
        colour = self._workplace.theme.colours.ink
        self.lock.setIcon(icon("lock" if self.lock.isChecked() else "unlock", colour))
        self.dice.setIcon(icon("dice", colour))

    # ------------------------------------------------------------ edits

    def _type_seed(self) -> None:
        typed = self.seed.text()
        if self.seed.isModified() and typed:
            self.seed.setModified(False)
            self._set(seed=int(typed))

    def _lock(self, locked: bool) -> None:
        typed = self.seed.text()
        self._set(seed=(int(typed) if typed.isdecimal() else new_seed()) if locked else None)

    def _choose_size(self, number: int) -> None:
        size = self.size_box.itemData(number, Qt.ItemDataRole.UserRole)
        if size is not None:
            self._set_options(size=size)

    def _choose_painter(self, number: int) -> None:
        self._set_options(painter=self.painter.itemData(number, Qt.ItemDataRole.UserRole))

    def _set_options(self, **options: float | str) -> None:
        made = self._workplace.opened.tutorial.making.options
        self._set(options=replace(made, **options))  # type: ignore[arg-type]

    def _set(self, **fields: int | PaintOptions | None) -> None:
        if not self._following:
            tutorial = self._workplace.opened.tutorial
            making = replace(tutorial.making, **fields)  # type: ignore[arg-type]
            made = edits.set_field(tutorial, "making", making)
            self._workplace.opened.edit(made, typing=True)
