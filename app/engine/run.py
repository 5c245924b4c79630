"""One request's life: events become edits of a tutorial, each saved before anybody hears of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, Protocol

from app.tutorial import edits
from app.tutorial.errors import TutorialError
from app.tutorial.model import Picture, Step, Take, Tutorial, step_by_id
from app.tutorial.reading import Run
from app.tutorial.undo import Entry, merge, picture_by_id
from inference.protocol import (
    LAST_EVENTS,
    Continue,
    Event,
    Failed,
    Finished,
    PackUsed,
    PaintFinished,
    PaintStarted,
    Progress,
    ProtocolError,
    Redraw,
    StepFinished,
    TextDelta,
    Write,
    to_json,
)

HEAD: tuple[Literal["title", "summary", "materials"], ...] = ("title", "summary", "materials")


class Store(Protocol):
    """Where a run's work goes: a file, or a tutorial that is open in the studio."""

    @property
    def tutorial(self) -> Tutorial:
        """As it stands now."""

    def save(
        self,
        tutorial: Tutorial,
        takes: Iterable[Take] = (),
        chunks: Mapping[str, str] | None = None,
        run: Run | None = None,
    ) -> None:
        """Take over what the run made."""


class RequestRun:
    """Applies the events of one request to a store; `entry` undoes all of it as one.

    A step enters the tutorial when it is finished, a picture when its take is there; with the first
    of them a tutorial that names no pack keeps the one that made it. What the author did meanwhile
    stays: see edits.offer_take.
    """

    def __init__(
        self,
        file: Store,
        request: Write | Continue | Redraw,
        noted: dict[str, Any] | None = None,
        then: dict[str, Any] | None = None,
    ) -> None:
        """Note the run as `noted`, else as the request itself.

        then: what is noted as under way once this is finished, for it is half of it.
        """
        self.entry = Entry()
        self._file = file
        self._head: dict[str, str] = {}
        self._seen_pictures: dict[str, Picture] = {}
        self._pack = ""
        self._makes = ""  # the place that the run makes for its take; others came with their steps
        if isinstance(request, Redraw) and not picture_by_id(
            file.tutorial, request.step, request.picture
        ):
            self._makes = request.picture
        kept = request if isinstance(request, Redraw) else _without_images(request)
        self._run = Run(to_json(kept) if noted is None else noted)
        self._then = then

    def begin(self) -> None:
        """Note that the run is under way, so that a crash before its first step can be told."""
        self._file.save(self._file.tutorial, run=self._run)

    def apply(self, event: Event) -> None:
        """Take one event in; what it finished is on disk when this returns.

        Raises TutorialError when it can't be saved; then nothing has changed.
        """
        match event:
            case TextDelta(step="", field=field, start=start, text=text):
                self._head[field] = self._head.get(field, "")[:start] + text
            case PackUsed(pack=pack):
                self._pack = pack
            case Progress(unit="steps", done=done, total=total):  # those that were there count
                planned = len(self._run.finished) + total - done
                if planned != self._run.planned:
                    self._run = replace(self._run, planned=planned)
                    self._file.save(self._file.tutorial, run=self._run)
            case StepFinished():
                self._step_finished(event)
            case PaintStarted(step=step, picture=picture_id):
                picture = picture_by_id(self._file.tutorial, step, picture_id)
                if picture is not None:
                    self._seen_pictures[picture_id] = picture
            case PaintFinished():
                self._paint_finished(event)
            case _ if isinstance(event, LAST_EVENTS):
                self._run = replace(self._run, state=_state(event))
                # What is gone on with begins its title anew.
                whole = self._run.state != "running" or self._run.finished
                made = self._with_head() if whole else (self._file.tutorial, Entry())
                if self._run.state == "done" and self._then is not None:
                    self._run = Run(self._then)
                self._save(*made, run=self._run)

    def stopped(self) -> None:
        """Note that the engine is gone."""
        self._save(*self._with_head(), run=replace(self._run, state="stopped"))

    def _with_head(self) -> edits.Edit:
        """Return the tutorial with its own fields as far as they are written."""
        tutorial, entries = self._file.tutorial, []
        head, self._head = self._head, {}
        for name in HEAD:
            if head.get(name) and not getattr(tutorial, name):  # else it is the author's
                tutorial, entry = edits.set_field(tutorial, name, _value(name, head[name]))
                entries.append(entry)
        return tutorial, merge(entries)

    def _step_finished(self, event: StepFinished) -> None:
        tutorial, entry = self._with_head()
        entries = [entry]
        if step_by_id(tutorial, event.step) is None:
            step = Step(event.step, title=event.title, body=event.body, draft=event.draft)
            tutorial, entry = edits.insert_step(tutorial, step, len(tutorial.steps))
            entries.append(entry)
        if event.picture:
            picture = Picture(event.picture, description=event.description)
            tutorial, entry = edits.insert_picture(tutorial, event.step, picture)
            entries.append(entry)
        self._run = replace(self._run, finished=(*self._run.finished, event.step))
        self._save(tutorial, merge(entries), run=self._run)

    def _paint_finished(self, event: PaintFinished) -> None:
        tutorial, entries = self._file.tutorial, []
        described = str(event.recipe.get("description", ""))
        place = (event.step, event.picture)
        seen = self._seen_pictures.get(event.picture)
        if event.picture == self._makes and not picture_by_id(tutorial, *place):
            new = Picture(event.picture, description=described)
            tutorial, entry = edits.insert_picture(tutorial, event.step, new)
            entries.append(entry)
        tutorial, offered = edits.offer_take(
            tutorial, *place, event.image.sha256, instead_of=seen.chosen if seen else None
        )
        entries.append(offered)
        picture = picture_by_id(tutorial, *place)
        if picture is not None and not picture.description and not (seen and seen.description):
            tutorial, entry = edits.set_picture(tutorial, *place, "description", described)
            entries.append(entry)
        # A confirmed alt text is the author's word; any other tells of the chosen take.
        if picture and picture.chosen == event.image.sha256 and _alt_is_draft(picture, seen):
            tutorial, entry = edits.set_picture(tutorial, *place, "alt_text", event.alt_text)
            entries.append(entry)
        self._save(tutorial, merge(entries), take=_take(event), chunks=event.chunks)

    def _save(
        self,
        tutorial: Tutorial,
        entry: Entry,
        take: Take | None = None,
        chunks: dict[str, str] | None = None,
        run: Run | None = None,
    ) -> None:
        takes = () if take is None else (take,)
        making = tutorial.making
        if self._pack and not making.pack and entry.changes:
            kept = edits.set_field(tutorial, "making", replace(making, pack=self._pack))
            tutorial, entry = kept[0], merge((entry, kept[1]))
        self._file.save(tutorial, takes=takes, chunks=chunks, run=run)
        self.entry = merge((self.entry, entry))


def _value(field: str, text: str) -> str | tuple[str, ...]:
    """Return what a field of the tutorial holds for the text that the writer gave it."""
    return tuple(line for line in text.split("\n") if line) if field == "materials" else text


def _without_images(request: Write | Continue) -> Write | Continue:
    """Return the request without what it gives to look at: that is in the file, as takes."""
    given = tuple(replace(step, image=None) for step in request.given)
    return replace(request, images=(), given=given)


def _alt_is_draft(picture: Picture, seen: Picture | None) -> bool:
    """Whether nobody confirmed the alt text, or wrote in it while the picture was painted."""
    untouched = seen is None or picture.alt_text == seen.alt_text
    return untouched and not picture.alt_confirmed


def _state(last: Event) -> Literal["running", "stopped", "done"]:
    """Return how a run ended; one whose engine died is still to be gone on with."""
    if isinstance(last, Failed) and last.kind == "engine":
        return "running"
    return "done" if isinstance(last, Finished) else "stopped"


def _take(event: PaintFinished) -> Take:
    try:
        data = event.image.data()
    except ProtocolError as error:
        raise TutorialError(f"the engine sent {error}", "redraw it") from error
    return Take(
        sha256=event.image.sha256,
        media_type="image/png",
        width=event.image.width,
        height=event.image.height,
        data=data,
        recipe=event.recipe,
        source=event.source,
        origin=str(event.recipe.get("painter", "")),
    )
