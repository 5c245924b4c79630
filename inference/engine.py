"""The engine: a generator of events for each request. It holds one pack in memory."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cached_property

from assets.corpus import Example, corpus
from inference import loop
from inference.housekeeping import answer, listed
from inference.loading import BY_RULES, Bench
from inference.packs.card import Card, find_card
from inference.packs.manifest import Manifest
from inference.packs.reports import PackError
from inference.packs.runtime import check
from inference.packs.store import Store
from inference.painter.drawing import CannotFix, NoDrawing, PainterError
from inference.painter.painting import LARGEST, SMALLEST, WrongSize, check_size
from inference.protocol import (
    Continue,
    Event,
    Failed,
    Finished,
    Install,
    Load,
    PaintOptions,
    Plan,
    Probe,
    Redraw,
    Remove,
    Request,
    Rewrite,
    Verify,
    Write,
)
from inference.writer.errors import Stopped, WriterError

OTHER_WORDS = "In the studio you can describe the picture in other words."


class Engine:
    """Runs one pack at a time; `handle` is called for one request after another.

    card, check_runtime: as Bench has them.
    """

    def __init__(
        self,
        store: Store,
        card: Callable[[], Card | None] = find_card,
        check_runtime: Callable[[Manifest], None] = check,
    ) -> None:
        self._store = store
        self._stop: Callable[[], bool] = lambda: False
        self.bench = Bench(store, lambda: self._stop(), card, check_runtime)

    @cached_property
    def _examples(self) -> list[Example]:
        return corpus()

    def close(self) -> None:
        """Free the models."""
        self.bench.close()

    def handle(self, request: Request, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
        """Yield the request's events, the last one included; closing the iterator cancels.

        stop is polled inside long evaluations: after True the iterator ends without a last event.
        """
        self._stop = stop
        try:
            with closing(self._events(request)) as events:
                for event in events:
                    yield from self.bench.notices(request.id)
                    yield event
        except Stopped:
            return
        except NoDrawing as error:
            yield Failed(request.id, "painter", str(error), OTHER_WORDS)
        except CannotFix as error:
            yield Failed(request.id, "painter", str(error), "Or let it be drawn anew.")
        except WrongSize as error:
            hint = f"Choose a size from {SMALLEST} to {LARGEST} pixels."
            yield Failed(request.id, "painter", str(error), hint)
        except PainterError as error:
            yield Failed(request.id, "painter", str(error), error.hint)
        except (PackError, WriterError) as error:
            yield Failed(request.id, "pack", error.message, error.hint)
        except MemoryError:
            self.close()
            hint = "Close other programs, or use the starter pack: --pack starter"
            yield Failed(request.id, "memory", "there is not enough memory", hint)
        else:
            yield from self.bench.notices(request.id)
            yield Finished(request.id)

    def _events(self, request: Request) -> Generator[Event, None, None]:
        if isinstance(request, Write | Continue):
            check_size(request.options.size)  # before minutes of writing
        match request:
            case Write() if request.given:
                desk = yield from self.bench.desk(request.id, request.options, request.pack)
                yield from loop.illustrate(request, desk)
            case Write() | Continue():
                desk = yield from self.bench.desk(request.id, _painted(request), request.pack)
                loaded = yield from self.bench.load(request.id, request.pack)
                yield from loop.write(
                    request, loaded.manifest, loaded.session, self._examples, desk
                )
            case Rewrite():
                loaded = yield from self.bench.load(request.id, request.pack)
                yield from loop.rewrite(request, loaded.manifest, loaded.session)
            case Redraw():
                paint = request.paint
                if paint.numbers is not None:
                    check_size(paint.numbers.size)
                desk = yield from self.bench.desk(
                    request.id, self._drawn(request), request.pack, paint.numbers
                )
                yield from loop.redraw(request, desk)
            case Load():
                yield from self.bench.load(request.id, request.pack)
            case Install() | Verify() | Remove() | Probe() | Plan():
                if not isinstance(request, Probe | Plan):
                    self.close()
                yield from answer(self._store, request, self.bench.room)
            case _:
                raise AssertionError("the server answers a Cancel itself")

    def _drawn(self, request: Redraw) -> PaintOptions:
        """Return a picture's options; by rules where the tutorial's pack is gone from here."""
        options = request.paint.options
        if options.painter or not request.pack or listed(self._store, request.pack):
            return options
        return replace(options, painter=BY_RULES)


def _painted(request: Write | Continue) -> PaintOptions:
    """Return the options of a request's pictures; for the text alone no network is read."""
    return request.options if request.paint else replace(request.options, painter=BY_RULES)
