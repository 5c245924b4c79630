"""What can be done to the steps of the page: by actions, keys, drags and pastes."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

from app.exporting.clipboard import as_markdown
from app.tutorial import edits
from app.tutorial.joining import Refusal, merge_steps, merge_with_previous, split_step
from app.tutorial.model import CALLOUTS, Callout, CalloutKind, Step, Tutorial, new_id, step_by_id
from app.tutorial.undo import ids_of
from app.window.body_field import BodyField
from app.window.pasting import paste
from app.window.step_foot import Detail
from app.window.step_view import StepView

if TYPE_CHECKING:
    from app.window.page import Page

FORMATS = ("bold", "italic", "code", "link", "bullets", "numbers")


class PageActions:
    """Acts on the selected steps or, without any, on the one in which the caret stands."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        self._opened = page.workplace.opened
        self._place = 0  # before which a dragged step would stand

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do here."""
        return {
            "add_step": self.add_step,
            "step_up": partial(self._move, -1),
            "step_down": partial(self._move, 1),
            "duplicate": self._duplicate,
            "split": self._split,
            "merge": self._merge,
            "delete_step": self._delete,
            "checked": self._check,
            "step_time": partial(self._edit_detail, "duration"),
            "step_note": partial(self._edit_detail, "note"),
            **{kind: partial(self._add_callout, kind) for kind in CALLOUTS},
            **{kind: partial(self._format, kind) for kind in FORMATS},
        }

    def connect_step(self, view: StepView) -> None:
        """Act on what a step's widget signals."""
        view.left_by.connect(self._leave)
        view.step_wanted.connect(self._new_step_after)
        view.joined.connect(self._backspace)
        view.extended_by.connect(self._extend)
        view.pasted.connect(self._paste)
        view.number_pressed.connect(self._press_number)
        view.dragged.connect(self._drag)
        view.dropped.connect(self._drop)
        view.drag_cancelled.connect(self._end_drag)
        view.callout_wanted.connect(lambda _step, kind: self._add_callout(kind))

    @property
    def _tutorial(self) -> Tutorial:
        return self._opened.tutorial

    @property
    def _ids(self) -> list[str]:
        return list(ids_of(self._tutorial.steps))

    @property
    def _chosen(self) -> list[str]:
        """The steps to act on, in their order."""
        chosen = set(self._page.selected) or {self._page.current[0]}
        return [one for one in self._ids if one in chosen]

    def _say(self, sentence: str) -> None:
        self._page.workplace.announcer.say(sentence)

    # ------------------------------------------------------------ steps

    def add_step(self) -> None:
        """Insert an empty step behind the current one, or at the end."""
        chosen = self._chosen
        place = self._ids.index(chosen[-1]) + 1 if chosen else len(self._ids)
        self._add_step_at(place)

    def _add_step_at(self, place: int) -> None:
        """Insert an empty step at a place and write in it."""
        step = Step(new_id())
        self._page.workplace.opened.edit(edits.insert_step(self._tutorial, step, place))
        self._page.go_to(step.id, field="title")

    def _new_step_after(self, step_id: str) -> None:
        self._add_step_at(self._ids.index(step_id) + 1)

    def _leave(self, step_id: str, way: int) -> None:
        self.enter_step(self._ids.index(step_id) + way, way)

    def enter_step(self, place: int, way: int) -> None:
        """Go into the step at this place from above or from below; above the first is the head."""
        page = self._page
        if place < 0:
            page.head.tags.setFocus()
        elif place < len(self._ids):
            page.show_step(self._ids[place])
            view = page.views[self._ids[place]]
            field = view.title if way > 0 else view.body
            field.setFocus()
            end = len(field.text) if way < 0 else 0
            field.select(end, end)

    def _move(self, way: int) -> None:
        chosen = self._chosen
        if not chosen:
            return
        rest = [one for one in self._ids if one not in chosen]
        before = len([one for one in self._ids[: self._ids.index(chosen[0])] if one in rest])
        place = min(max(before + way, 0), len(rest))
        field, typed = self._caret()
        self._opened.edit(edits.move_steps(self._tutorial, tuple(chosen), place))
        self._page.show_step(chosen[0])
        if field is not None:
            field.setFocus()
            field.select(*typed)
        number = self._ids.index(chosen[0]) + 1
        text = _tr("Moved: now step {n} of {total}")
        self._say(text.format(n=number, total=len(self._ids)))

    def _caret(self) -> tuple[BodyField | None, tuple[int, int]]:
        focused = QApplication.focusWidget()
        if isinstance(focused, BodyField):
            return focused, (focused.typed.start, focused.typed.end)
        return None, (0, 0)

    def _duplicate(self) -> None:
        tutorial, entries, last = self._tutorial, [], ""
        for one in self._chosen:
            last = new_id()
            tutorial, entry = edits.duplicate_step(tutorial, one, last)
            entries.append(entry)
        self._opened.edit((tutorial, edits.chained(entries)))
        if last:
            self._page.go_to(last)

    def _delete(self) -> None:
        chosen, ids = self._chosen, self._ids
        if not chosen:
            return
        place = ids.index(chosen[0])
        self._page.select([])
        self._opened.edit(edits.delete_steps(self._tutorial, tuple(chosen)))
        left = self._ids
        if left:
            self._page.go_to(left[min(place, len(left) - 1)])
        keys = self._page.workplace.actions["undo"].shortcut().toString()
        one, many = _tr("Step deleted. Undo: {keys}"), _tr("{n} steps deleted. Undo: {keys}")
        self._page.tell((one if len(chosen) == 1 else many).format(n=len(chosen), keys=keys))

    def _check(self) -> None:
        chosen = self._chosen
        steps = [step for step in self._tutorial.steps if step.id in chosen]
        checked = not all(step.checked for step in steps)
        tutorial, entries = self._tutorial, []
        for one in chosen:
            tutorial, entry = edits.set_step(tutorial, one, "checked", checked)
            entries.append(entry)
        self._opened.edit((tutorial, edits.chained(entries)))

    # ------------------------------------------------------------ joining and splitting

    def _backspace(self, step_id: str) -> None:
        result = merge_with_previous(self._tutorial, step_id)
        if isinstance(result, Refusal):
            self._refuse(step_id, result)
            return
        self._opened.edit(result.edit)
        self._page.go_to(result.step, field="body", start=result.caret, end=result.caret)

    def _merge(self) -> None:
        chosen = self._chosen
        result = merge_steps(self._tutorial, chosen[0]) if chosen else None
        if result is None:
            return
        if isinstance(result, Refusal):
            self._refuse(chosen[0], result)
            return
        self._opened.edit(result.edit)
        self._page.go_to(result.step, field="body", start=result.caret, end=result.caret)

    def _refuse(self, step_id: str, refusal: Refusal) -> None:
        if refusal.reason == "first":
            return
        words = {
            "picture": _tr(
                "This step has a picture, so it is not merged: use “Merge with step above”."
            ),
            "callout": _tr(
                "This step has a callout, so it is not merged: use “Merge with step above”."
            ),
            "starred": _tr(
                "This step has a starred take, so it is not merged: use “Merge with step above”."
            ),
        }
        self._page.select([step_id])
        self._page.tell(words[refusal.reason])

    def _split(self) -> None:
        focused = QApplication.focusWidget()
        step_id = self._page.current[0]
        if isinstance(focused, BodyField) and step_id:
            new = new_id()
            self._opened.edit(split_step(self._tutorial, step_id, focused.typed.start, new))
            self._page.go_to(new, field="title")

    # ------------------------------------------------------------ text

    def _add_callout(self, kind: CalloutKind) -> None:
        """Add a callout to the step or, with the caret in one, make it one of this kind."""
        step = step_by_id(self._tutorial, self._page.current[0])
        view = self._page.view_of(step.id) if step is not None else None
        if step is None or view is None:
            return
        callouts = list(step.callouts)
        focused = [one.field.hasFocus() for one in view.callouts]
        place = focused.index(True) if any(focused) else len(callouts)
        text = callouts[place].text if any(focused) else ""
        callouts[place : place + 1] = [Callout(kind, text)]
        self._opened.edit(edits.set_step(self._tutorial, step.id, "callouts", tuple(callouts)))
        view.callouts[place].field.setFocus()

    def _edit_detail(self, name: Detail) -> None:
        view = self._page.view_of(self._page.current[0])
        if view is not None:
            view.foot.edit(name)

    def _format(self, kind: str) -> None:
        focused = QApplication.focusWidget()
        if isinstance(focused, BodyField):
            focused.format(kind)

    def _paste(self, step_id: str, data: QMimeData) -> None:
        paste(self._page.workplace, step_id, data, self._page.tell)

    # ------------------------------------------------------------ whole steps

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on the selected steps; False leaves the key to others."""
        key, shift = event.key(), event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        match key:
            case Qt.Key.Key_Escape:
                last = self._page.selected[-1]
                self._page.select([])
                self._page.go_to(last)
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self._delete()
            case Qt.Key.Key_Up | Qt.Key.Key_Down if shift:
                self._extend(self._page.selected[-1], -1 if key == Qt.Key.Key_Up else 1)
            case Qt.Key.Key_C if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                self._copy()
            case Qt.Key.Key_X if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                self._copy()
                self._delete()
            case Qt.Key.Key_V if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                self._paste(self._chosen[-1], QGuiApplication.clipboard().mimeData())
            case Qt.Key.Key_A if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                self._page.select(self._ids)
            case _:
                return False
        return True

    def _copy(self) -> None:
        steps = tuple(step for step in self._tutorial.steps if step.id in self._page.selected)
        QGuiApplication.clipboard().setText(as_markdown(Tutorial("", steps=steps), {}))

    def _extend(self, step_id: str, way: int) -> None:
        """Select whole steps from the anchor to the one beyond `step_id`."""
        ids, chosen = self._ids, self._page.selected
        if not chosen:
            self._page.select([step_id])
            return
        anchor, there = ids.index(chosen[0]), ids.index(chosen[-1])
        there = min(max(there + way, 0), len(ids) - 1)
        step = 1 if there >= anchor else -1
        self._page.select([ids[n] for n in range(anchor, there + step, step)])
        self._page.show_step(ids[there])

    def _press_number(self, step_id: str, shift: bool) -> None:
        chosen = self._page.selected
        if shift and chosen:
            ids = self._ids
            first, last = ids.index(chosen[0]), ids.index(step_id)
            step = 1 if last >= first else -1
            self._page.select([ids[n] for n in range(first, last + step, step)])
        else:
            self._page.select([step_id])

    # ------------------------------------------------------------ dragging

    def _gap(self, at: QPoint) -> int:
        """Return the place before which a step dropped at this height would stand."""
        y = self._page.sheet.mapFromGlobal(at).y()
        for place, one in enumerate(self._ids):
            top, bottom = self._page.span(one)
            if y < (top + bottom) // 2:
                return place
        return len(self._ids)

    def _drag(self, _step_id: str, at: QPoint) -> None:
        place, ids = self._gap(at), self._ids
        line = self._page.span(ids[place])[0] if place < len(ids) else self._page.span(ids[-1])[1]
        self._page.sheet.line = line
        self._place = place
        self._page.ensureVisible(0, line, 0, self._page.viewport().height() // 10)
        self._page.sheet.update()

    def _end_drag(self) -> None:
        self._page.sheet.line = None
        self._page.sheet.update()

    def _drop(self, step_id: str) -> None:
        self._end_drag()
        chosen = self._page.selected or [step_id]
        before = [one for one in self._ids[: self._place] if one not in chosen]
        moved = tuple(one for one in self._ids if one in chosen)
        self._opened.edit(edits.move_steps(self._tutorial, moved, len(before)))
        self._page.show_step(step_id)


def _tr(text: str) -> str:
    return QCoreApplication.translate("PageActions", text)
