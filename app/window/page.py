"""The page: head, steps, and the step being written, on one sheet that scrolls.

Every step has a real widget: those in sight first, the others while nothing else is to do. Places
are kept by cumulative heights, since a layout over hundreds of steps would measure all of them for
each line that wraps.
"""

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea

from app.tutorial.model import Step, Tutorial, changed_steps
from app.tutorial.undo import Entry, Left
from app.window.head_view import HeadView
from app.window.page_actions import PageActions
from app.window.page_end import PageEnd
from app.window.paper import Paper
from app.window.step_height import estimated_height
from app.window.step_view import StepView
from app.window.tab_order import StepOrder
from app.window.theme import PAGE
from app.window.workplace import Workplace

SLICE = 0.003  # seconds of building at a time
MARGIN, PADDING = 24, 32  # pixels at zoom 1, around the sheet and inside it


class Page(QScrollArea):
    """current_changed(step id, picture id): where the author is. told(sentence): see tell()."""

    current_changed = Signal(str, str)
    told = Signal(str)
    built = Signal()  # every step has its widget

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.workplace = workplace
        self._theme = workplace.theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(self.tr("Tutorial"))
        self._theme.dress(self.verticalScrollBar())
        self.sheet = Paper(workplace.theme)
        self.setWidget(self.sheet)
        self.head = HeadView(workplace, self.sheet)
        self.views: dict[str, StepView] = {}
        self._order = StepOrder(self.head.fields[-1], self.views.get)
        self._heights: dict[str, int] = {}
        self._tops: dict[str, int] = {}
        self._numbered: set[str] = set()  # steps whose widgets still show an old total
        self._placing = False
        self.selected: list[str] = []
        self.current = ("", "")
        self.actions_of_page: PageActions = PageActions(self)
        self._end = PageEnd(self)
        self._idle = QTimer(self, interval=0)
        self._idle.timeout.connect(self._build_some)
        self.place_soon = QTimer(self, interval=0, singleShot=True)
        self.place_soon.timeout.connect(self.place)
        self._connect()
        self.head.follow(self.tutorial)

    def _connect(self) -> None:
        opened, runs = self.workplace.opened, self.workplace.runs
        opened.tutorial_changed.connect(self._follow)
        self.workplace.picture_states.state_changed.connect(self._follow_state)
        opened.reverted.connect(self._show_reverted)
        runs.text_streamed.connect(self._end.take)
        runs.step_finished.connect(lambda _step: self._end.end())
        runs.job_ended.connect(lambda _ended: self._end.end())
        self._theme.restyled.connect(self._restyle)
        self.head.height_changed.connect(self.place_soon.start)
        self.head.down_wanted.connect(lambda: self.actions_of_page.enter_step(0, 1))
        self.verticalScrollBar().valueChanged.connect(self._build_visible)

    @property
    def tutorial(self) -> Tutorial:
        """The tutorial as it stands."""
        return self.workplace.opened.tutorial

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do here."""
        return self.actions_of_page.handlers

    # ------------------------------------------------------------ following the tutorial

    def _follow(self, before: Tutorial, after: Tutorial) -> None:
        """Touch only what changed: a step that is the same object is left alone."""
        changed, total = changed_steps(before, after), len(after.steps)
        if changed is None:
            self._forget({step.id for step in after.steps})
            self._renumber(before, after)
            grown = after.steps[: len(before.steps)] == before.steps
            self.place(len(before.steps) if grown else 0)
        for number, (_, step) in (changed or {}).items():
            if step.id in self.views:
                self.views[step.id].follow(step, number, total)
        self.head.follow(after)

    def _follow_state(self, picture: str) -> None:
        for shown in (view.pictures.get(picture) for view in self.views.values()):
            if shown is not None:
                shown.refresh()

    def _renumber(self, before: Tutorial, after: Tutorial) -> None:
        """Follow what changed or is in sight at once; the others only have another total."""
        old = {step.id: step for step in before.steps}
        top, total = self.verticalScrollBar().value(), len(after.steps)
        bottom = top + self.viewport().height()
        self._numbered = set()
        for place, step in enumerate(after.steps):
            if step.id not in self.views:
                continue
            here = self._tops.get(step.id, top)
            seen = here < bottom and here + self._height(step) > top
            view = self.views[step.id]
            if seen or old.get(step.id) is not step or view.number != place + 1:
                view.follow(step, place + 1, total)
                self._chain_focus(place)
            else:
                self._numbered.add(step.id)
        if self._numbered:
            self._idle.start()

    def _forget(self, kept: set[str]) -> None:
        for gone in self.views.keys() - kept:
            view = self.views.pop(gone)
            view.hide()
            view.deleteLater()
            self._heights.pop(gone, None)
        self.selected = [one for one in self.selected if one in kept]

    def _show_reverted(self, _left: tuple[Left, ...], entry: Entry) -> None:
        """Go where undo or redo changed something."""
        for change in entry.changes:
            if change.step in {step.id for step in self.tutorial.steps}:
                self.show_step(change.step)
                return

    # ------------------------------------------------------------ building

    def _build(self, step: Step, number: int) -> None:
        view = StepView(self.workplace, step, self.sheet)
        view.follow(step, number, len(self.tutorial.steps))
        view.height_changed.connect(self._grow)
        view.current_changed.connect(self._be_at)
        self.actions_of_page.connect_step(view)
        self.views[step.id] = view
        self._heights[step.id] = view.lay_out(self._width())
        # Shown where it belongs: at the top it would be painted for nothing.
        top = self._tops.get(step.id, self.sheet.height())
        view.put(self._left(), top, self._width(), self._heights[step.id])
        view.show()
        self._order.adrift.add(step.id)

    def _build_now(self, step: Step, number: int) -> None:
        self._build(step, number)
        self._chain_focus(number - 1)

    def _build_visible(self) -> None:
        """Build what is in sight; what lies above it keeps its height."""
        top = self.verticalScrollBar().value()
        bottom = top + self.viewport().height()
        before = len(self.views)
        for number, step in enumerate(self.tutorial.steps, 1):
            place = self._tops.get(step.id, 0)
            if place > bottom:
                break
            if step.id not in self.views and place + self._height(step) >= top:
                self._build_now(step, number)
        if len(self.views) > before:
            self.place()

    def _build_some(self) -> None:
        """See to steps out of sight for a slice of time, then let the person's events through."""
        end = time.perf_counter() + SLICE
        for number, step in enumerate(self.tutorial.steps, 1):
            if step.id not in self.views:
                self._build(step, number)
            elif step.id in self._order.adrift:
                self._chain_focus(number - 1)
            elif step.id in self._numbered:
                self._numbered.discard(step.id)
                self.views[step.id].follow(step, number, len(self.tutorial.steps))
            if time.perf_counter() > end:
                return
        self._idle.stop()
        self._numbered.clear()
        self.place()
        self.built.emit()

    @property
    def is_building(self) -> bool:
        """Whether steps out of sight still wait for their widgets or numbers."""
        return self._idle.isActive()

    def _chain_focus(self, place: int) -> None:
        self._order.lead_through([step.id for step in self.tutorial.steps], place)

    # ------------------------------------------------------------ placing

    def _width(self) -> int:
        room = self.viewport().width() - 2 * self._theme.px(MARGIN)
        return min(room, self._theme.px(PAGE)) - 2 * self._theme.px(PADDING)

    def _left(self) -> int:
        least = self._theme.px(MARGIN) + self._theme.px(PADDING)
        return max((self.viewport().width() - self._width()) // 2, least)

    def _height(self, step: Step) -> int:
        """Return a step's height, estimated until it is built."""
        known = self._heights.get(step.id)
        return estimated_height(step, self._theme) if known is None else known

    def _grow(self, step_id: str) -> None:
        view = self.views.get(step_id)
        if view is None or self._placing:
            return
        height = view.lay_out(self._width())
        if height != self._heights.get(step_id):
            self._heights[step_id] = height
            self.place_soon.start()

    def place(self, first: int = 0) -> None:
        """Put everything in its place, or what begins at the first step that has none yet.

        Where the author is, nothing moves: see _anchor().
        """
        first = 0 if self.place_soon.isActive() else first
        self.place_soon.stop()
        self._placing = True
        anchor, offset = self._anchor()
        px, width = self._theme.px, self._width()
        x = self._left()
        if first:
            before = self.tutorial.steps[first - 1]
            y = self._tops[before.id] + self._height(before)
        else:
            head = self.head.lay_out(width)
            self.head.setGeometry(x, px(MARGIN) + px(PADDING), width, head)
            y = px(MARGIN) + px(PADDING) + head
        for step in self.tutorial.steps[first:]:
            height = self._height(step)
            self._tops[step.id] = y
            view = self.views.get(step.id)
            if view is not None:
                view.put(x, y, width, height)
            y += height
        self._end.place(x, y, width)
        if anchor:
            self.verticalScrollBar().setValue(self._tops.get(anchor, 0) + offset)
        self._placing = False

    def end_sheet(self, y: int) -> None:
        """Let the sheet end behind what ends at y; only what grew or shrank is painted again."""
        px = self._theme.px
        width, bottom = self._width() + 2 * px(PADDING), y + px(PADDING)
        self.sheet.put_paper(self._left() - px(PADDING), px(MARGIN), width, bottom - px(MARGIN))
        self.sheet.resize(self.viewport().width(), bottom + px(MARGIN))

    def _anchor(self) -> tuple[str, int]:
        """Return the step that stays where it is, and how far it is scrolled.

        That is the one in sight that has the focus, since even the first in sight may grow, or else
        the first in sight; none at the very top.
        """
        top = self.verticalScrollBar().value()
        focused = self.views.get(self.current[0])
        if focused is not None and focused.isAncestorOf(QApplication.focusWidget() or self):
            place = self._tops.get(focused.step.id, 0)
            if place < top + self.viewport().height() and place + self._height(focused.step) > top:
                return focused.step.id, top - place
        if top == 0:
            return "", 0
        for step in self.tutorial.steps:
            place = self._tops.get(step.id, top)
            if place + self._height(step) > top:
                return step.id, top - place
        return "", 0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure all that is built anew, then build what is in sight."""
        super().resizeEvent(event)
        width = self._width()
        self._heights = {one: view.lay_out(width) for one, view in self.views.items()}
        self.place()
        self.build_rest()

    def build_rest(self) -> None:
        """Build what is in sight now and the rest while nothing else is to do."""
        self._build_visible()
        if len(self.views) < len(self.tutorial.steps):
            self._idle.start()

    def _restyle(self) -> None:
        self.head.restyle()
        self._end.restyle()
        for view in self.views.values():
            view.restyle()
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    # ------------------------------------------------------------ going about

    def _be_at(self, step: str, picture: str) -> None:
        if self.selected:
            self.select([])
        if (step, picture) != self.current:
            self.current = (step, picture)
            self.current_changed.emit(step, picture)

    def view_of(self, step_id: str) -> StepView | None:
        """Return the step's widget, built now if need be."""
        if step_id not in self.views:
            for number, step in enumerate(self.tutorial.steps, 1):
                if step.id == step_id:
                    self._build_now(step, number)
                    self.place()
        return self.views.get(step_id)

    def show_step(self, step_id: str) -> None:
        """Scroll so that the step is in sight."""
        view = self.view_of(step_id)
        if view is not None:
            self.place()
            self.ensureVisible(view.x(), view.y() + view.height(), 0, self._theme.px(24))
            self.ensureVisible(view.x(), view.y(), 0, self._theme.px(24))
            self._build_visible()

    def go_to(
        self,
        step_id: str,
        picture_id: str = "",
        field: str = "",
        start: int = -1,
        end: int = -1,
        index: int = 0,
    ) -> None:
        """Go to a step, a picture or a part of a text, and focus it; index: of a callout."""
        if not step_id:
            self.verticalScrollBar().setValue(0)
            self.head.field(field).setFocus()
            return
        self.show_step(step_id)
        view = self.views.get(step_id)
        if view is None:
            return
        if picture_id in view.pictures:
            view.pictures[picture_id].setFocus()
            self.current_changed.emit(step_id, picture_id)
            return
        text = view.field(field, index)
        text.setFocus()
        if start >= 0:
            text.select(start, max(end, start))

    def select(self, ids: list[str]) -> None:
        """Select whole steps."""
        changed = set(ids) ^ set(self.selected)
        self.selected = ids
        for one in changed:
            view = self.view_of(one)
            if view is not None:
                view.select(one in ids)
        if ids:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setFocus()
            count = self.tr("{n} steps selected").format(n=len(ids))
            self.workplace.announcer.say(count)

    def span(self, step_id: str) -> tuple[int, int]:
        """Return where a step begins and ends on the sheet, in pixels."""
        top = self._tops.get(step_id, 0)
        return top, top + self._heights.get(step_id, 0)

    def tell(self, sentence: str) -> None:
        """Say why something was not done."""
        self.told.emit(sentence)
        self.workplace.announcer.say(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Act on selected steps."""
        if not (self.selected and self.actions_of_page.take_key(event)):
            super().keyPressEvent(event)
