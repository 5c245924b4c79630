"""What stands under a step's text: rough draft, time, note, and the offer of a picture."""

from typing import Literal

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.tutorial.model import Step
from app.window.step_tools import PaintRow
from app.window.text_field import LineField, TextField
from app.window.workplace import Workplace

Detail = Literal["duration", "note"]
DETAILS: tuple[Detail, ...] = ("duration", "note")
ROW, OFFER, GAP = 20, 30, 6  # pixels at zoom 1: the badge, the offer of a picture, between rows


class StepFoot(QWidget):
    """Takes no height when there is nothing to say.

    field_made(TextField): a new field of the step. detail_edited(name, text). opening(): the
    offer of a picture acts on this step.
    """

    height_changed = Signal()
    field_made = Signal(object)
    detail_edited = Signal(str, str)
    opening = Signal()

    def __init__(self, workplace: Workplace, parent: QWidget) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._theme = workplace.theme
        self._step = Step("")
        self._place = ""
        self._details: dict[Detail, LineField] = {}
        self._offer: PaintRow | None = None
        self._offer_box = QRect()
        self._note_box = QRect()

    @property
    def fields(self) -> tuple[TextField, ...]:
        """The fields that are there, in their order."""
        return tuple(self._details[name] for name in DETAILS if name in self._details)

    def follow(self, step: Step, place: str) -> None:
        """Show what is set; place: such as “Step 3 of 7”, for the accessible names.

        A field that lost its text stays while it is edited.
        """
        resized = (step.draft, bool(step.pictures)) != (
            self._step.draft,
            bool(self._step.pictures),
        )
        self._step, self._place = step, place
        values: dict[Detail, str] = {"duration": step.duration, "note": step.note}
        for name, value in values.items():
            field = self._details.get(name) or (self._added(name) if value else None)
            if field is not None:
                field.show_text(value)
                self._tell_name(name, field)
                if not value and not field.hasFocus():
                    self._drop(name)
        if resized:
            self.height_changed.emit()
            self.update()

    def edit(self, name: Detail) -> None:
        """Let the author write the step's time or note."""
        (self._details.get(name) or self._added(name)).setFocus()

    def _added(self, name: Detail) -> LineField:
        words = {"duration": self.tr("Time for this step"), "note": self.tr("Note to yourself")}
        field = LineField(self._theme, "secondary", words[name], self, "muted")
        field.setToolTip(words[name])
        field.text_edited.connect(lambda text: self.detail_edited.emit(name, text))
        field.height_changed.connect(self.height_changed)
        field.focus_went.connect(lambda: None if field.text else self._drop(name))
        self._details[name] = field
        self._tell_name(name, field)
        field.show()
        self.field_made.emit(field)
        self.height_changed.emit()
        return field

    def _tell_name(self, name: Detail, field: LineField) -> None:
        words = {"duration": self.tr("{place}, time"), "note": self.tr("{place}, note")}
        field.setAccessibleName(words[name].format(place=self._place))

    def _drop(self, name: Detail) -> None:
        field = self._details.pop(name, None)
        if field is not None:
            field.hide()
            field.deleteLater()
            self.height_changed.emit()

    def offer_picture(self, wanted: bool) -> None:
        """Show the offer of a picture, or take it away; only a step without one has room for it."""
        if wanted and not self._step.pictures:
            if self._offer is None:
                self._offer = PaintRow(self._workplace, self)
                self._offer.opening.connect(self.opening)
                self._offer.setGeometry(self._offer_box)
                self._offer.show()
        elif self._offer is not None:
            self._offer.hide()
            self._offer.deleteLater()
            self._offer = None

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        for field in self.fields:
            field.restyle()
        self.offer_picture(False)
        self.update()

    # ------------------------------------------------------------ layout

    def lay_out(self, width: int) -> int:
        """Place everything for this width and return the height in pixels."""
        px, x, y = self._theme.px, 0, 0
        duration, note = self._details.get("duration"), self._details.get("note")
        if self._step.draft or duration is not None:
            y = px(GAP)
            x = self._badge().right() + px(8) if self._step.draft else 0
            if duration is not None:
                duration.setGeometry(x, y + px(2), width - x, px(ROW))
            y += px(ROW)
        if note is not None:
            height = note.height_for(width - self._note_label(0).right() - px(8))
            label = self._note_label(y + px(GAP))
            self._note_box = label
            note.setGeometry(
                label.right() + px(8), label.top(), width - label.right() - px(8), height
            )
            y += px(GAP) + height
        if not self._step.pictures:
            self._offer_box = QRect(-px(GAP), y + px(4), width, px(OFFER))
            if self._offer is not None:
                self._offer.setGeometry(self._offer_box)
            y += px(4) + px(OFFER)
        return y

    def _note_label(self, top: int) -> QRect:
        metrics = QFontMetrics(self._theme.font("caps"))
        return QRect(0, top, metrics.horizontalAdvance(self.tr("NOTE")), metrics.height() + 2)

    def _badge(self) -> QRect:
        px = self._theme.px
        metrics = QFontMetrics(self._theme.font("secondary"))
        width = metrics.horizontalAdvance(self.tr("Rough draft")) + px(16)
        return QRect(0, px(GAP), width, px(ROW))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the badge of a rough draft and the label of the note."""
        painter = QPainter(self)
        if "note" in self._details:
            painter.setFont(self._theme.font("caps"))
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(self._note_box, Qt.AlignmentFlag.AlignVCenter, self.tr("NOTE"))
        if not self._step.draft:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("secondary"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accentsoft"))
        radius = self._theme.px(4)
        painter.drawRoundedRect(self._badge(), radius, radius)
        painter.setPen(self._theme.colour("accent"))
        painter.drawText(self._badge(), Qt.AlignmentFlag.AlignCenter, self.tr("Rough draft"))
