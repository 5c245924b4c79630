"""One step on the page: number, title, body, callouts, pictures. It follows the tutorial."""

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.tutorial import edits
from app.tutorial.model import Callout, Step
from app.window.callout_view import CalloutView
from app.window.picture_view import PictureView
from app.window.text_field import BodyField, LineField, TextField
from app.window.workplace import Workplace

NUMBER = 42  # pixels at zoom 1: the column of the number
BADGE = 26
PICTURE = 252
GAP = 14
NARROW = 560  # below this width the pictures stand under the text


class StepView(QWidget):
    """Follows one step by follow(); its signals name the step by id.

    number_pressed(id, with shift), dragged(id, global position), dropped(id): of the number.
    """

    height_changed = Signal(str)
    current_changed = Signal(str, str)  # step, picture or ""
    step_wanted = Signal(str)
    joined = Signal(str)
    left_by = Signal(str, int)
    extended_by = Signal(str, int)
    pasted = Signal(str, object)
    number_pressed = Signal(str, bool)
    dragged = Signal(str, QPoint)
    dropped = Signal(str)

    def __init__(self, workplace: Workplace, step: Step, parent: QWidget) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._theme = workplace.theme
        self.step = step
        self.number, self.total = 1, 1
        self.selected = False
        self._pressed: QPoint | None = None
        self._dragging = False
        self.title = LineField(self._theme, "heading", self.tr("What to do"), self)
        self.body = BodyField(self._theme, self.tr("How, in a few words"), self)
        self.callouts: list[CalloutView] = []
        self.pictures: dict[str, PictureView] = {}
        self.title.text_edited.connect(lambda text: self._set("title", text))
        self.body.text_edited.connect(lambda text: self._set("body", text))
        self.title.entered.connect(self.body.setFocus)
        self.title.left_by.connect(self._leave_title)
        self.body.left_by.connect(self._leave_body)
        self.body.step_wanted.connect(lambda: self.step_wanted.emit(self.step.id))
        self.body.joined.connect(lambda: self.joined.emit(self.step.id))
        for field in (self.title, self.body):
            self._connect(field)
        self.follow(step, 1, 1)

    def _connect(self, field: TextField) -> None:
        field.height_changed.connect(lambda: self.height_changed.emit(self.step.id))
        field.focus_came.connect(lambda: self.current_changed.emit(self.step.id, ""))
        field.extended_by.connect(lambda way: self.extended_by.emit(self.step.id, way))
        field.pasted.connect(lambda data: self.pasted.emit(self.step.id, data))
        field.cursorPositionChanged.connect(self.update)

    # ------------------------------------------------------------ following the tutorial

    def follow(self, step: Step, number: int, total: int) -> None:
        """Show the step as it now is, at its place among all."""
        renumbered = (number, total) != (self.number, self.total)
        first = not self.title.accessibleName()
        self.step, self.number, self.total = step, number, total
        self.title.show_text(step.title)
        self.body.show_text(step.body)
        self._follow_callouts(step)
        self._follow_pictures(step)
        if renumbered or first:
            self._name()
        self.update()

    def _follow_callouts(self, step: Step) -> None:
        if len(self.callouts) == len(step.callouts):
            for view, callout in zip(self.callouts, step.callouts, strict=True):
                if view.callout is not callout:
                    view.follow(callout, self._callout_name(callout))
            return
        for view in self.callouts:
            view.hide()
            view.deleteLater()
        self.callouts = []
        for number, callout in enumerate(step.callouts):
            view = CalloutView(self._theme, self)
            view.follow(callout, self._callout_name(callout))
            view.callout_edited.connect(lambda new, number=number: self._set_callout(number, new))
            view.height_changed.connect(lambda: self.height_changed.emit(self.step.id))
            view.field.focus_came.connect(lambda: self.current_changed.emit(self.step.id, ""))
            view.show()
            self.callouts.append(view)
        self.height_changed.emit(step.id)

    def _follow_pictures(self, step: Step) -> None:
        ids = [picture.id for picture in step.pictures]
        for gone in [one for one in self.pictures if one not in ids]:
            view = self.pictures.pop(gone)
            view.hide()
            view.deleteLater()
            self.height_changed.emit(step.id)
        for picture in step.pictures:
            if picture.id not in self.pictures:
                view = PictureView(self._workplace, step.id, picture.id, self)
                view.height_changed.connect(lambda: self.height_changed.emit(self.step.id))
                view.focused.connect(self.current_changed)
                view.show()
                self.pictures[picture.id] = view
                self.height_changed.emit(step.id)
            self.pictures[picture.id].follow(picture, self.number, step.title)

    def _name(self) -> None:
        place = self.tr("Step {n} of {total}").format(n=self.number, total=self.total)
        self.setAccessibleName(place)
        self.title.setAccessibleName(self.tr("{place}, title").format(place=place))
        self.body.setAccessibleName(self.tr("{place}, body").format(place=place))
        for view in self.callouts:
            view.field.setAccessibleName(self._callout_name(view.callout))

    def _callout_name(self, callout: Callout) -> str:
        return self.tr("Step {n} of {total}, {kind}").format(
            n=self.number, total=self.total, kind=callout.kind
        )

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        for part in (self.title, self.body, *self.callouts):
            part.restyle()
        self.update()

    # ------------------------------------------------------------ layout

    def lay_out(self, width: int) -> int:
        """Place everything for this width and return the height in pixels."""
        px = self._theme.px
        left, gap = px(NUMBER), px(GAP)
        beside = bool(self.pictures) and width >= px(NARROW)
        picture_width = px(PICTURE) if beside else min(width - left, px(PICTURE) * 2)
        text_width = width - left - (picture_width + gap if beside else 0)
        y = gap
        height = self.title.height_for(text_width)
        self.title.setGeometry(left, y, text_width, height)
        y += height + px(4)
        height = self.body.height_for(text_width)
        self.body.setGeometry(left, y, text_width, height)
        y += height
        for view in self.callouts:
            height = view.lay_out(text_width)
            view.setGeometry(left, y + px(8), text_width, height)
            y += height + px(8)
        if self.step.draft or self.step.duration:
            y += px(26)
        self._foot = y
        x, top = (left + text_width + gap, gap) if beside else (left, y + gap)
        for picture in self.step.pictures:
            view = self.pictures[picture.id]
            height = view.heightForWidth(picture_width)
            view.setGeometry(x, top, picture_width, height)
            top += height + px(8)
        return max(y, top if self.pictures else 0) + gap

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the divider, the number, the selection and the mark of the focused field."""
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accentsoft"))
            painter.drawRoundedRect(self.rect(), px(8), px(8))
        if self.number > 1:
            painter.fillRect(0, 0, self.width(), 1, theme.colour("line"))
        self._paint_number(painter)
        self._paint_foot(painter)
        focused = QApplication.focusWidget()
        if focused in (self.title, self.body):
            box = focused.geometry()
            bar = QRect(box.left() - px(8), box.top(), px(2), box.height())
            painter.fillRect(bar, theme.colour("accent"))

    def _paint_number(self, painter: QPainter) -> None:
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent" if self.selected else "accentsoft"))
        painter.drawEllipse(self._badge())
        painter.setPen(theme.colour("onaccent" if self.selected else "accent"))
        font = theme.font("control")
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        text = "✓" if self.step.checked else str(self.number)
        painter.drawText(self._badge(), Qt.AlignmentFlag.AlignCenter, text)

    def _paint_foot(self, painter: QPainter) -> None:
        px, theme = self._theme.px, self._theme
        painter.setFont(theme.font("secondary"))
        x = px(NUMBER)
        for text, ink, ground in (
            (self.tr("Rough draft") if self.step.draft else "", "accent", "accentsoft"),
            (self.step.duration, "muted", ""),
        ):
            if not text:
                continue
            width = painter.fontMetrics().horizontalAdvance(text) + px(16)
            box = QRect(x, self._foot - px(20), width, px(20))
            if ground:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.colour(ground)))
                painter.drawRoundedRect(box, px(4), px(4))
            painter.setPen(theme.colour(ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            x += width + px(8)

    def _badge(self) -> QRect:
        size = self._theme.px(BADGE)
        return QRect(0, self._theme.px(GAP) - self._theme.px(2), size, size)

    # ------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select by the number; anywhere else the body takes the focus."""
        if self._badge().contains(event.position().toPoint()):
            self._pressed = event.position().toPoint()
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.number_pressed.emit(self.step.id, shift)
        else:
            self.body.setFocus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag by the number."""
        if self._pressed is None:
            return
        away = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._dragging or away >= QApplication.startDragDistance():
            self._dragging = True
            self.dragged.emit(self.step.id, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop what was dragged."""
        super().mouseReleaseEvent(event)
        dragging, self._dragging, self._pressed = self._dragging, False, None
        if dragging:
            self.dropped.emit(self.step.id)

    @property
    def fields(self) -> Iterator[TextField]:
        """The text fields in their order."""
        yield self.title
        yield self.body
        for view in self.callouts:
            yield view.field

    @property
    def tab_stops(self) -> list[QWidget]:
        """What Tab goes through, in its order."""
        return [*self.fields, *(self.pictures[p.id] for p in self.step.pictures)]

    def _leave_title(self, way: int) -> None:
        if way > 0:
            self.body.setFocus()
        else:
            self.left_by.emit(self.step.id, way)

    def _leave_body(self, way: int) -> None:
        if way < 0:
            self.title.setFocus()
        else:
            self.left_by.emit(self.step.id, way)

    # ------------------------------------------------------------ edits

    def _set(self, field: edits.StepField, value: object) -> None:
        opened = self._workplace.opened
        opened.edit(edits.set_step(opened.tutorial, self.step.id, field, value), typing=True)

    def _set_callout(self, number: int, callout: Callout | None) -> None:
        callouts = list(self.step.callouts)
        callouts[number : number + 1] = [] if callout is None else [callout]
        self._set("callouts", tuple(callouts))
