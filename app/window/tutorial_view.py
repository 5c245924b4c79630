"""What stands in the window while one tutorial is open: page, prompt, inspector, panes."""

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QTime, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.editing.keeping import Keeping
from app.engine.engine import Engine
from app.engine.jobs import Changing, Job, Painting, Writing
from app.engine.runs import Ended
from app.tutorial import edits
from app.tutorial.finding import Hit
from app.tutorial.model import Step, new_id
from app.tutorial.undo import Left
from app.window.compare import ComparePane
from app.window.copying import Copying
from app.window.deleting_photos import DeletingPhotos
from app.window.deleting_takes import DeletingTakes
from app.window.export_dialog import ExportDialog
from app.window.find_pane import FindPane, selected_text
from app.window.history_panel import HistoryPanel
from app.window.inspector import Inspector
from app.window.outline import Outline
from app.window.pack_rows import pack_rows
from app.window.page import Page
from app.window.picture_actions import PictureActions
from app.window.printing import Printing
from app.window.prompt_field import PromptField
from app.window.proposal import Proposal
from app.window.reader import Reader
from app.window.window import Window
from app.window.workplace import Workplace
from app.window.zoom_view import ZoomPane, given_seen, picture_seen
from inference.protocol import Event, Found, Notice, Probe

SOON = 60  # milliseconds
Handlers = dict[str, Callable[[], None]]


class TutorialView(QObject):
    """One open tutorial on screen. copy_made(Path): a copy was saved and can be opened."""

    copy_made = Signal(object)

    def __init__(self, workplace: Workplace, window: Window) -> None:
        super().__init__(window)
        self.workplace = workplace
        self._window = window
        opened, runs = workplace.opened, workplace.runs
        self.page = Page(workplace)
        self.prompt = PromptField(workplace)
        self._pictures = PictureActions(workplace, lambda: self.page.current)
        self._copying = Copying(workplace, self)
        self._printing = Printing(workplace, self)
        self.keeping = Keeping(opened)
        self.keeping.changed_elsewhere.connect(self._tell_changed)
        self.keeping.damaged.connect(self._tell_damaged)
        self._proposal: Proposal | None = None
        self._pane: QWidget | None = None  # at the side, over the inspector
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.page, 1)
        column.addWidget(self.prompt)
        window.centre.put(centre)
        # Behind the first paint of the page, for its many fields take as long as the page itself.
        QTimer.singleShot(0, self, lambda: window.side.put(self.inspector))
        self.page.current_changed.connect(lambda step, _picture: self.prompt.set_step(step))
        self.page.told.connect(self._tell)
        self._pictures.troubled.connect(self._tell)
        self._pictures.compare_requested.connect(self._compare)
        self._pictures.zoom_requested.connect(self._zoom)
        self.page.head.photos.opened.connect(self._zoom_given)
        self._deleting = DeletingPhotos(workplace, self.page.head.photos, window.messages)
        self._deleting_takes = DeletingTakes(workplace, self.page, window.messages)
        self._printing.failed.connect(self._tell)
        self._copying.told.connect(self._tell)
        runs.noticed.connect(self._notice)
        runs.step_finished.connect(self._say_step)
        self.prompt.job_requested.connect(self._start)
        self._state = QTimer(self, interval=SOON, singleShot=True)
        self._state.timeout.connect(self._show_state)
        opened.saving_changed.connect(self._show_state_soon)
        opened.undo_changed.connect(self._enable)
        opened.reverted.connect(self._tell_left)
        runs.job_ended.connect(self._job_ended)
        self._show_state()
        self._enable()
        self._offer_what_was_interrupted()
        self._tell_problems()

    @cached_property
    def inspector(self) -> Inspector:
        """The inspector at the right."""
        inspector = Inspector(self.workplace)
        self.page.current_changed.connect(inspector.show_picture)
        return inspector

    @property
    def handlers(self) -> Handlers:
        """What the actions do here."""
        return {
            **self.page.handlers,
            **self._pictures.handlers,
            **self._copying.handlers,
            "undo": self._undo,
            "redo": self.workplace.opened.redo,
            **getattr(self._pane, "handlers", {}),
            "find": self._find,
            "history": lambda: self._show_pane(HistoryPanel(self.workplace)),
            "outline": self._outline,
            "export": self._export,
            "print": self._printing.open_page,
            "reader": self._read,
            "save_copy": self.save_copy,
            "stop": self._stop,
            "go_to_prompt": self.prompt.take_focus,
        }

    @property
    def is_busy(self) -> bool:
        """Whether the file's thread or the engine has something to do."""
        workplace = self.workplace
        return workplace.opened.is_busy or workplace.runs.current is not None

    def finish(self) -> None:
        """Take over what is typed and not committed, and keep a snapshot: it will be closed."""
        if "inspector" in self.__dict__:
            self.inspector.look.commit_typed()
        self.keeping.keep()

    def ask_for_packs(self, engine: Engine) -> None:
        """Offer the packs of this machine and what they can, as soon as the engine tells them."""

        def hear(event: Event) -> None:
            if isinstance(event, Found):
                packs = pack_rows(event.facts)
                self.inspector.set_packs(packs)
                self.workplace.picture_states.set_packs(packs)

        engine.ask(Probe(new_id()), hear, self)

    def rename(self, title: str) -> None:
        """Give the tutorial another title."""
        opened = self.workplace.opened
        opened.edit(edits.set_field(opened.tutorial, "title", title))

    # ------------------------------------------------------------ state

    def _show_state_soon(self) -> None:
        """Not for each letter that is typed."""
        if not self._state.isActive():
            self._state.start()

    def _show_state(self) -> None:
        opened = self.workplace.opened
        tutorial = opened.tutorial
        if opened.read_only:
            state = self.tr("Read only")
        elif opened.failure:
            state = self.tr("Not saved")
        else:
            state = self.tr("Saved") if opened.saved else self.tr("Saving…")
        title = tutorial.title or self.tr("Untitled tutorial")
        self._window.top.show_tutorial(title, draft=tutorial.draft, state=state)
        self._window.setWindowTitle(f"{title} - Interstep")
        if opened.failure and opened.unsaved_since:
            at = QTime.fromMSecsSinceStartOfDay(0)
            moment = time.localtime(opened.unsaved_since)
            at.setHMS(moment.tm_hour, moment.tm_min, moment.tm_sec)
            clock = QLocale().toString(at, QLocale.FormatType.ShortFormat)
            text = self.tr("Not saved since {time}: {why}.").format(
                time=clock, why=opened.failure.message
            )
            buttons = [(self.tr("Save a copy…"), self.save_copy)]
            self._window.messages.show_message("saving", text, buttons, "danger", closable=False)
        else:
            self._window.messages.remove("saving")

    def _enable(self) -> None:
        opened = self.workplace.opened
        self.workplace.actions["undo"].setEnabled(opened.can_undo)
        self.workplace.actions["redo"].setEnabled(opened.can_redo)

    def _tell_left(self, left: tuple[Left, ...], _entry: object) -> None:
        if left:
            text = self.tr("What was changed since stays as it is ({count}).")
            self._window.messages.show_message("left", text.format(count=len(left)), [], "info")

    def _tell_problems(self) -> None:
        opened = self.workplace.opened
        buttons = [(self.tr("Make a copy"), self.save_copy)] if opened.read_only else []
        for number, problem in enumerate(opened.problems):
            role = "warning" if opened.read_only else "info"
            self._window.messages.show_message(f"problem-{number}", problem, buttons, role)

    def _tell_changed(self) -> None:
        text = self.tr(
            "Another program changed this file. What you do here can't be saved into it."
        )
        buttons = [(self.tr("Save a copy…"), self.save_copy)]
        self._window.messages.show_message("changed", text, buttons, "danger", closable=False)

    def _tell_damaged(self, count: int) -> None:
        text = self.tr("{n} stored pictures are damaged and were set aside: paint them again.")
        self._window.messages.show_message("damaged", text.format(n=count), [], "warning")

    # ------------------------------------------------------------ runs

    def _start(self, job: Job) -> None:
        if isinstance(job, Changing):
            self._proposal = Proposal(self.workplace, job)
            self._proposal.closed.connect(lambda: self._close_centre(self._proposal))
            self._window.centre.cover(self._proposal)
        if isinstance(job, Writing):  # instead of what was begun
            self._window.messages.remove("interrupted")
            self.workplace.runs.leave()
        self.workplace.runs.add(job)

    def _job_ended(self, ended: Ended) -> None:
        if ended.message:
            role = "danger" if ended.state == "failed" else "info"
            self._window.messages.show_message("job", ended.message, [], role)
        self._offer_what_was_interrupted()
        if self.workplace.runs.confirming and self.page.hasFocus():
            needs = self.page.head.needs
            needs.setFocus()
            needs.select(len(needs.text), len(needs.text))

    def _say_step(self, step_id: str) -> None:
        number, step = self._numbered(step_id)
        if step is not None:
            text = self.tr("Step {n} is written: {title}").format(n=number, title=step.title)
            self.workplace.announcer.say(text)

    def _numbered(self, step_id: str) -> tuple[int, Step | None]:
        steps = enumerate(self.workplace.opened.tutorial.steps, 1)
        return next(((n, step) for n, step in steps if step.id == step_id), (0, None))

    def _offer_what_was_interrupted(self) -> None:
        interrupted = self.workplace.runs.interrupted
        if interrupted is None or self.workplace.opened.read_only:
            return
        messages, runs = self._window.messages, self.workplace.runs
        done, total = interrupted.done, interrupted.total
        go, no = self.tr("Continue"), self.tr("Leave")
        listed = runs.confirming and bool(self.workplace.opened.tutorial.materials)
        if listed:
            text = self.tr(
                "This is what the writer sees in your photos, at “You need”. Mend it, then go on."
            )
            go, no = self.tr("Write it"), self.tr("Stop")
        elif isinstance(interrupted.job, Writing) and interrupted.job.seeing:
            text = self.tr("Stopped before the photos were looked at.")
        elif isinstance(interrupted.job, Painting):
            text = self.tr("Stopped before the picture was painted.")
        elif total:
            at = min(done + 1, total)
            text = self.tr("Stopped at step {n} of {total}.").format(n=at, total=total)
        else:
            text = self.tr("Stopped at step {n}.").format(n=done + 1)

        def go_on() -> None:
            messages.remove("interrupted")
            self.page.setFocus()
            runs.resume()

        def leave() -> None:
            messages.remove("interrupted")
            runs.leave()

        def stop() -> None:
            self._stop()
            self.page.setFocus()

        if listed:  # Escape is a Stop, but never gives up what a crash cut off
            buttons = [(go, go_on), (no, stop)]
            messages.show_message("interrupted", text, buttons, closable=False, leave=stop)
        else:
            buttons = [(go, go_on), (no, leave)]
            messages.show_message("interrupted", text, buttons, "warning", closable=False)

    def _stop(self) -> None:
        """Stop the engine's work, or the wait for the author."""
        if self.workplace.runs.confirming:
            self._window.messages.remove("interrupted")
        self.workplace.runs.stop()

    def _undo(self) -> None:
        if self.workplace.runs.current is not None:
            self.workplace.runs.stop()
        else:
            self.workplace.opened.undo()

    # ------------------------------------------------------------ panes

    def _show_pane(self, pane: QWidget) -> None:
        """Show a pane at the side; its signal `closed` takes it away."""
        if self._pane is not None:
            self._window.side.take_away(self._pane)
        self._pane = pane
        pane.closed.connect(lambda: self._close_pane(pane))  # type: ignore[attr-defined]
        self._window.side.cover(pane)

    def _close_pane(self, pane: QWidget) -> None:
        self._pane = None if self._pane is pane else self._pane
        self._window.side.take_away(pane)

    def _close_centre(self, widget: QWidget | None) -> None:
        if widget is not None:
            self._window.centre.take_away(widget)

    def _find(self) -> None:
        """Find what is selected; a search that the inspector stands over goes on."""
        selected = selected_text()
        if isinstance(self._pane, FindPane):
            self._window.side.put(self._pane)
            self._pane.look_for(selected)
            return
        pane = FindPane(self.workplace, selected)
        pane.hit_chosen.connect(self._go_to_hit)
        self._show_pane(pane)

    def _go_to_hit(self, hit: Hit) -> None:
        if hit.in_look:  # the inspector then stands over what was found
            self._window.side.put(self.inspector)
            self.inspector.go_to(hit)
        else:
            if self._pane is not None:
                self._window.side.put(self._pane)
            self.page.go_to(hit.step, hit.picture, hit.field, hit.start, hit.end, hit.index)

    def _outline(self) -> None:
        outline = Outline(self.workplace)
        outline.step_chosen.connect(lambda step: self.page.go_to(step, field="title"))
        self.page.current_changed.connect(outline.show_step)
        outline.show_step(*self.page.current)
        self._show_pane(outline)

    def _export(self) -> None:
        dialog = ExportDialog(self.workplace)
        dialog.jump_requested.connect(self.page.go_to)
        self._show_pane(dialog)

    def _read(self) -> None:
        self._cover(Reader(self.workplace))

    def _compare(self, step: str, picture: str) -> None:
        self._cover(ComparePane(self.workplace, step, picture))

    def _zoom(self, step: str, picture: str) -> None:
        self._cover(ZoomPane(self.workplace, picture_seen(step, picture)))

    def _zoom_given(self, sha256: str) -> None:
        self._cover(ZoomPane(self.workplace, given_seen(sha256)))

    def _cover(self, pane: QWidget) -> None:
        """Show a pane over the page; its signal `closed` takes it away."""
        pane.closed.connect(lambda: self._close_centre(pane))  # type: ignore[attr-defined]
        self._window.centre.cover(pane)

    def save_copy(self) -> None:
        """Ask where to, and save a copy of the tutorial as it stands there."""
        opened = self.workplace.opened
        proposed = opened.path.with_name(f"{opened.path.stem} copy.interstep")
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save a copy"), str(proposed), "Interstep (*.interstep)"
        )
        if name:
            path = Path(name).with_suffix(".interstep")
            opened.save_copy(path, lambda _: self.copy_made.emit(path), self._tell_error)

    def _tell_error(self, error: Exception) -> None:
        self._window.messages.show_message("error", f"{error}.", [], "danger")

    def _tell(self, sentence: str) -> None:
        self._window.messages.show_message("told", sentence, [], "info")

    def _notice(self, notice: Notice) -> None:
        """Show a notice: what is dangerous or missing stays until it is closed."""
        if notice.kind == "kept":
            return  # the proposal says it
        role = "warning" if notice.kind == "hazard" else "info"
        number, _ = self._numbered(notice.step)
        text = notice.message
        if number:
            text = self.tr("Step {n}: {notice}").format(n=number, notice=text)
        self._window.messages.show_message(f"notice-{notice.kind}", text, [], role)
