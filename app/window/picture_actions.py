"""What the actions of the Picture menu do: each with the picture where the author is."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from app.engine.jobs import Painting
from app.tutorial import edits
from app.tutorial.model import Picture, new_id, step_by_id
from app.tutorial.undo import picture_by_id
from app.window import picture_edits, picture_jobs
from app.window.estimate_words import estimate_words
from app.window.picture_import import choose_file
from app.window.workplace import Workplace

SEVERAL = 3  # takes in one go, by the action; the picture's menu offers more


class PictureActions(QObject):
    """current() -> the ids of step and picture where the author is, the latter may be empty.

    compare_requested, zoom_requested(step, picture): the window shows that over the page.
    troubled(sentence): what could not be done.
    """

    compare_requested = Signal(str, str)
    zoom_requested = Signal(str, str)
    troubled = Signal(str)

    def __init__(self, workplace: Workplace, current: Callable[[], tuple[str, str]]) -> None:
        super().__init__()
        self._workplace = workplace
        self._current = current
        states = workplace.picture_states
        states.compare_requested.connect(self.compare_requested)
        states.zoom_requested.connect(self.zoom_requested)
        states.troubled.connect(self.troubled)
        workplace.runs.picture_finished.connect(self._tell_painted)
        self._counts: tuple[int, int] | None = None
        for changed in (
            states.looked_again,
            workplace.runs.queue_changed,
            workplace.runs.job_ended,
        ):
            changed.connect(self._tell_counts)
        self._tell_counts()

    @property
    def handlers(self) -> dict[str, Callable[[], None]]:
        """What the actions do here."""
        states = self._workplace.picture_states
        return {
            "paint": self._paint,
            "several": partial(self._paint, SEVERAL),
            "fix": partial(self._with_take, states.fix_requested.emit),
            "import_picture": self._import,
            "no_picture": self._no_picture,
            "next_take": partial(self._choose_beside, 1),
            "previous_take": partial(self._choose_beside, -1),
            "star": self._star,
            "compare": self._compare,
            "zoom_picture": partial(self._with_take, states.zoom_requested.emit),
            "anchor": partial(self._use, picture_edits.use_as_anchor),
            "cover": partial(self._use, picture_edits.use_as_cover),
            "keep": self._keep,
            "paint_missing": self._paint_missing,
            "refresh_stale": self._refresh_stale,
        }

    # ------------------------------------------------------------ where the author is

    @property
    def _place(self) -> tuple[str, str] | None:
        """Step and picture; without a picture the step's first, else a new id; None: no step."""
        step_id, picture_id = self._current()
        step = step_by_id(self._workplace.opened.tutorial, step_id)
        if step is None:
            self._tell(self.tr("Put the caret into a step first."))
            return None
        if not any(picture.id == picture_id for picture in step.pictures):
            picture_id = step.pictures[0].id if step.pictures else new_id()
        return step_id, picture_id

    def _shown(self) -> tuple[str, Picture] | None:
        """Step and picture that shows a take; None, and it is told, where there is none."""
        place = self._place
        if place is None:
            return None
        picture = picture_by_id(self._workplace.opened.tutorial, *place)
        if picture is None or picture.chosen is None:
            self._tell(self.tr("This step has no picture yet: paint or import one first."))
            return None
        return place[0], picture

    def _with_take(self, ask: Callable[[str, str], None]) -> None:
        shown = self._shown()
        if shown is not None:
            ask(shown[0], shown[1].id)

    def _tell(self, sentence: str) -> None:
        self._workplace.picture_states.troubled.emit(sentence)

    # ------------------------------------------------------------ one picture

    def _paint(self, takes: int = 1) -> None:
        place = self._place
        if place is not None:
            picture_jobs.paint(self._workplace, *place, takes)

    def _import(self) -> None:
        place = self._place
        if place is not None:
            choose_file(self._workplace, *place, QApplication.activeWindow())

    def _no_picture(self) -> None:
        place = self._place
        if place is None:
            return
        tutorial = self._workplace.opened.tutorial
        if picture_by_id(tutorial, *place) is not None:
            picture_edits.toggle_needed(self._workplace, *place)
        else:
            unneeded = Picture(place[1], not_needed=True)
            made = edits.insert_picture(tutorial, place[0], unneeded)
            self._workplace.opened.edit(made)

    def _choose_beside(self, distance: int) -> None:
        shown = self._shown()
        if shown is not None:
            picture_edits.choose_beside(self._workplace, shown[0], shown[1].id, distance)

    def _star(self) -> None:
        shown = self._shown()
        if shown is not None and shown[1].chosen is not None:
            picture_edits.star(self._workplace, shown[0], shown[1].id, shown[1].chosen)

    def _compare(self) -> None:
        shown = self._shown()
        if shown is None:
            return
        if len(shown[1].takes) < 2:
            self._tell(self.tr("This picture has one take: paint another to compare them."))
        else:
            self._workplace.picture_states.compare_requested.emit(shown[0], shown[1].id)

    def _use(self, use: Callable[[Workplace, str], None]) -> None:
        shown = self._shown()
        if shown is not None and shown[1].chosen is not None:
            use(self._workplace, shown[1].chosen)

    def _keep(self) -> None:
        place = self._place
        if place is not None:
            picture_edits.keep(self._workplace, *place)

    # ------------------------------------------------------------ many pictures

    def _paint_missing(self) -> None:
        nothing = self.tr("No picture is missing.")
        self._add(picture_jobs.missing(self._workplace), nothing)

    def _refresh_stale(self) -> None:
        nothing = self.tr("No picture is stale.")
        self._add(picture_jobs.refreshing(self._workplace), nothing)

    def _add(self, jobs: tuple[Painting, ...], nothing: str) -> None:
        if jobs:
            self._workplace.runs.add(*jobs)
        else:
            self._tell(nothing)

    def _tell_counts(self, *_: object) -> None:
        """Say in the menu how many there are and how long they take: "about 2 min, 4 pictures"."""
        missing = picture_jobs.missing(self._workplace)
        stale = picture_jobs.refreshing(self._workplace)
        counts = (len(missing), len(stale))
        if counts == self._counts:
            return
        self._counts = counts
        for name, text, jobs in (
            ("paint_missing", self.tr("Paint &missing pictures"), missing),
            ("refresh_stale", self.tr("&Refresh stale pictures"), stale),
        ):
            action = self._workplace.actions[name]
            action.setEnabled(bool(jobs))
            if jobs:
                estimate = estimate_words(self._workplace.runs.estimate(*jobs))
                text = self.tr("{action}: {estimate}").format(action=text, estimate=estimate)
            action.setText(text)
            action.setToolTip(text.replace("&", ""))

    # ------------------------------------------------------------ announcements

    def _tell_painted(self, step: str, _picture: str) -> None:
        steps = [one.id for one in self._workplace.opened.tutorial.steps]
        if step in steps:
            said = self.tr("The picture of step {n} is painted.")
            self._workplace.announcer.say(said.format(n=steps.index(step) + 1))
