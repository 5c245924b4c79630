"""One step on the page: number, title, body, callouts, pictures. It follows the tutorial."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from app.tutorial import edits
from app.tutorial.model import Callout, Step
from app.window.body_field import BodyField
from app.window.callout_view import CalloutView, callout_words
from app.window.clipping import is_empty
from app.window.picture_import import holds_image
from app.window.picture_view import PictureView
from app.window.step_foot import StepFoot
from app.window.step_number import SIZE as BADGE
from app.window.step_number import StepNumber
from app.window.step_tools import StepMenuButton, step_words
from app.window.tab_order import be_whole, chain
from app.window.text_field import LineField, TextField
from app.window.workplace import Workplace

NUMBER = 42  # pixels at zoom 1: the column of the number
SIDE = 12  # on both sides of what is laid out
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
    drag_cancelled = Signal()
    callout_wanted = Signal(str, str)  # step, kind

    def __init__(self, workplace: Workplace, step: Step, parent: QWidget) -> None:
        super().__init__(parent)
        self._workplace = workplace
        self._theme = workplace.theme
        self.step = step
        self.number, self.total = 1, 1
        self.selected = False
        self._stops: list[QWidget] = []
        self.badge = StepNumber(self._theme, self)
        self.title = LineField(self._theme, "heading", self.tr("What to do"), self)
        self.body = BodyField(self._theme, self.tr("How, in a few words"), self)
        self.callouts: list[CalloutView] = []
        self.pictures: dict[str, PictureView] = {}
        self.foot = StepFoot(workplace, self)
        self._more: StepMenuButton | None = None
        self.setAcceptDrops(True)
        self.title.text_edited.connect(lambda text: self._set("title", text))
        self.body.text_edited.connect(lambda text: self._set("body", text))
        self.title.entered.connect(self.body.setFocus)
        self.body.step_wanted.connect(lambda: self.step_wanted.emit(self.step.id))
        self.body.callout_wanted.connect(lambda kind: self.callout_wanted.emit(self.step.id, kind))
        self.title.joined.connect(lambda: self.joined.emit(self.step.id))
        self.body.joined.connect(self._join_body)
        for field in (self.title, self.body):
            self._connect(field)
        self.badge.pressed.connect(lambda shift: self.number_pressed.emit(self.step.id, shift))
        self.badge.dragged.connect(lambda at: self.dragged.emit(self.step.id, at))
        self.badge.dropped.connect(lambda: self.dropped.emit(self.step.id))
        self.badge.drag_cancelled.connect(self.drag_cancelled)
        self.foot.field_made.connect(self._connect_detail)
        self.foot.height_changed.connect(lambda: self.height_changed.emit(self.step.id))
        self.foot.detail_edited.connect(self._set)
        self.foot.opening.connect(self.be_current)
        self.follow(step, 1, 1)

    def _connect(self, field: TextField) -> None:
        field.setReadOnly(self._workplace.opened.read_only)
        field.height_changed.connect(lambda: self.height_changed.emit(self.step.id))
        field.focus_came.connect(self.be_current)
        field.left_by.connect(lambda way: self._leave(field, way))
        field.extended_by.connect(lambda way: self.extended_by.emit(self.step.id, way))
        field.pasted.connect(lambda data: self.pasted.emit(self.step.id, data))
        field.focus_went.connect(self._look_near)
        field.focus_went.connect(self.update)

    def _connect_detail(self, field: LineField) -> None:
        self._connect(field)
        field.entered.connect(lambda: self._leave(field, 1))
        if self._stops:
            self._chain_focus()

    # ------------------------------------------------------------ following the tutorial

    def follow(self, step: Step, number: int, total: int) -> None:
        """Show the step as it now is, at its place among all."""
        first = not self.title.accessibleName()
        changed = first or step is not self.step
        renumbered = first or (number, total) != (self.number, self.total)
        self.step, self.number, self.total = step, number, total
        if changed:
            self._follow_texts(step)
        if renumbered:
            self._name()
        if changed or renumbered:
            self.foot.follow(step, self._where)
            self._follow_pictures(step)
            self.badge.show_number(number, checked=step.checked, selected=self.selected)
        if changed:
            self._look_near()
            self._chain_focus()

    def _chain_focus(self) -> None:
        """Let Tab go through what came or went; at first all is made in Tab's order."""
        before, self._stops = self._stops, self.tab_stops
        if not before:
            be_whole(self, self.title)
        elif before != self._stops:
            chain(self._stops)

    def _follow_texts(self, step: Step) -> None:
        self.title.show_text(step.title)
        self.body.show_text(step.body)
        self.title.takes_steps = self.body.takes_steps = is_empty(step)
        self._follow_callouts(step)
        missing = sum(picture.chosen is None for picture in step.pictures)
        words = step_words(step.draft, step.checked, len(step.pictures), missing)
        self.setAccessibleDescription(words)

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
            view.field.setReadOnly(self._workplace.opened.read_only)
            view.field.focus_came.connect(self.be_current)
            view.field.left_by.connect(partial(self._leave, view.field))
            view.field.entered.connect(partial(self._leave, view.field, 1))
            view.field.joined.connect(partial(self._join_callout, view))
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
        place = self._where
        self.setAccessibleName(place)
        self.title.setAccessibleName(self.tr("{place}, title").format(place=place))
        self.body.setAccessibleName(self.tr("{place}, body").format(place=place))
        for view in self.callouts:
            view.field.setAccessibleName(self._callout_name(view.callout))

    @property
    def _where(self) -> str:
        return self.tr("Step {n} of {total}").format(n=self.number, total=self.total)

    def _callout_name(self, callout: Callout) -> str:
        return self.tr("Step {n} of {total}, {kind}").format(
            n=self.number, total=self.total, kind=callout_words()[callout.kind]
        )

    def restyle(self) -> None:
        """Take over fonts and colours of the theme."""
        self.title.restyle()
        self.body.restyle()
        self.foot.restyle()
        for view in self.callouts:
            view.restyle()
        self._drop_menu()
        self._look_near()
        self.update()

    # ------------------------------------------------------------ layout

    def put(self, x: int, y: int, width: int, height: int) -> None:
        """Stand here; the ground of a selected step reaches beyond its text on both sides."""
        side = self._theme.px(SIDE)
        self.setGeometry(x - side, y, width + 2 * side, height)

    def lay_out(self, width: int) -> int:
        """Place everything for this width and return the height in pixels."""
        px = self._theme.px
        self.update()
        left, gap = px(SIDE) + px(NUMBER), px(GAP)
        beside = bool(self.pictures) and width >= px(NARROW)
        picture_width = px(PICTURE) if beside else min(width - px(NUMBER), px(PICTURE) * 2)
        text_width = width - px(NUMBER) - (picture_width + gap if beside else 0)
        self.badge.setGeometry(px(SIDE), gap - px(2), px(BADGE), px(BADGE))
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
        height = self.foot.lay_out(text_width)
        self.foot.setGeometry(left, y, text_width, height)
        y += height
        x, top = (left + text_width + gap, gap) if beside else (left, y + gap)
        for picture in self.step.pictures:
            if picture.id in self.pictures:  # its view is made after the text has changed
                height = self.pictures[picture.id].heightForWidth(picture_width)
                self.pictures[picture.id].setGeometry(x, top, picture_width, height)
                top += height + px(8)
        return max(y, top if self.pictures else 0) + gap

    # ------------------------------------------------------------ tools

    def _look_near(self) -> None:
        """Offer the menu and, without a picture, Paint while the step is hovered or focused."""
        focused = QApplication.focusWidget()
        near = self.underMouse() or (focused is not None and self.isAncestorOf(focused))
        near = near and not self._workplace.opened.read_only
        self.foot.offer_picture(near)
        if not near:
            self._drop_menu()
        elif self._more is None:
            self._more = StepMenuButton(self._workplace, self)
            self._more.opening.connect(self.be_current)
            box = self.badge.geometry()
            self._more.move(box.left(), box.bottom() + self._theme.px(6))
            self._more.show()

    def _drop_menu(self) -> None:
        if self._more is not None and not self._more.isDown():  # down while its menu is open
            self._more.hide()
            self._more.deleteLater()
            self._more = None

    def be_current(self) -> None:
        """Tell that this is where the author is."""
        self._look_near()
        self.update()
        self.current_changed.emit(self.step.id, "")

    def enterEvent(self, event: QEnterEvent) -> None:
        """Offer the tools."""
        super().enterEvent(event)
        self._look_near()

    def leaveEvent(self, event: QEvent) -> None:
        """Take the tools away, unless the focus is here."""
        super().leaveEvent(event)
        self._look_near()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the divider, the number, the selection and the mark of the focused field."""
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("sel"))
            painter.drawRoundedRect(self.rect().adjusted(0, 1, 0, 0), px(8), px(8))
        side = px(SIDE)
        painter.fillRect(side, 0, self.width() - 2 * side, 1, theme.colour("line"))
        focused = QApplication.focusWidget()
        if isinstance(focused, TextField) and focused in (self.title, self.body, *self.foot.fields):
            box = QRect(focused.mapTo(self, QPoint()), focused.size())
            bar = QRect(box.left() - px(8), box.top(), px(2), box.height())
            painter.fillRect(bar, theme.colour("accent"))

    def select(self, selected: bool) -> None:
        """Show that the whole step is selected, or isn't any more."""
        self.selected = selected
        self.badge.show_number(self.number, checked=self.step.checked, selected=selected)
        self.update()

    # ------------------------------------------------------------ mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Write in the body."""
        del event
        self.body.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take image files."""
        if holds_image(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Show the image in this step."""
        event.acceptProposedAction()
        self.pasted.emit(self.step.id, event.mimeData())

    @property
    def fields(self) -> Iterator[TextField]:
        """The text fields in their order."""
        yield self.title
        yield self.body
        for view in self.callouts:
            yield view.field
        yield from self.foot.fields

    def field(self, name: str, index: int = 0) -> TextField:
        """Return the field in which a field of the step is written; else the body."""
        if name == "callouts" and index < len(self.callouts):
            return self.callouts[index].field
        return self.title if name == "title" else self.body

    @property
    def tab_stops(self) -> list[QWidget]:
        """What Tab goes through, in its order."""
        pictures = [self.pictures[one.id] for one in self.step.pictures if one.id in self.pictures]
        return [*self.fields, *(stop for picture in pictures for stop in picture.tab_stops)]

    def _leave(self, field: TextField, way: int) -> None:
        """Go on to the next field of the step, or out of it."""
        fields = list(self.fields)
        place = fields.index(field) + way
        if not 0 <= place < len(fields):
            self.left_by.emit(self.step.id, way)
            return
        fields[place].setFocus()
        end = len(fields[place].text) if way < 0 else 0
        fields[place].select(end, end)

    def _join_body(self) -> None:
        """Go into the title, or join the step above where there is none."""
        if self.title.text:
            self._leave(self.body, -1)
        else:
            self.joined.emit(self.step.id)

    def _join_callout(self, view: CalloutView) -> None:
        """Remove an empty callout; go before one with words."""
        place = self.callouts.index(view)
        self._leave(view.field, -1)
        if not view.field.text:
            self._set_callout(place, None)

    # ------------------------------------------------------------ edits

    def _set(self, field: edits.StepField, value: object) -> None:
        opened = self._workplace.opened
        opened.edit(edits.set_step(opened.tutorial, self.step.id, field, value), typing=True)

    def _set_callout(self, number: int, callout: Callout | None) -> None:
        callouts = list(self.step.callouts)
        callouts[number : number + 1] = [] if callout is None else [callout]
        self._set("callouts", tuple(callouts))
