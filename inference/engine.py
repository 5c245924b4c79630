"""The engine: a generator of events for each request. It holds one pack in memory."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

from assets.corpus import Example, corpus
from assets.sprites import Library, library
from inference import loop
from inference.housekeeping import answer, chosen, events
from inference.packs.install import install
from inference.packs.manifest import Manifest, catalogue
from inference.packs.reports import PackError
from inference.packs.store import Store
from inference.packs.upkeep import STARTER
from inference.painter.drawing import PainterError
from inference.painter.painting import LARGEST, SMALLEST, WrongSize, check_size
from inference.painter.storyboard import CannotFix, NoDrawing, Storyboard
from inference.protocol import (
    Continue,
    Event,
    Failed,
    Finished,
    Install,
    Load,
    Loading,
    Notice,
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
from inference.threads import FreeCores, cores
from inference.writer.errors import Stopped, WriterError

if TYPE_CHECKING:
    from inference.painter.nano import Nano
    from inference.writer.model import Model
    from inference.writer.session import Session
    from inference.writer.vision import Eyes

CONTEXT = 4096  # tokens of the writer's context: an example, a prompt and twenty steps
CONTEXT_OF_EYES = 6144  # and a dozen pictures


@dataclass
class Loaded:
    """A pack in memory."""

    manifest: Manifest
    model: "Model"
    session: "Session"

    def close(self) -> None:
        """Free the context, then the weights."""
        self.session.close()
        if self.session.eyes is not None:
            self.session.eyes.close()
        self.model.close()


class Engine:
    """Runs one pack at a time; `handle` is called for one request after another."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loaded: Loaded | None = None
        self._nano: Nano | None = None
        self._stop: Callable[[], bool] = lambda: False

    @cached_property
    def _drawings(self) -> Library:
        return library()

    @cached_property
    def _examples(self) -> list[Example]:
        return corpus()

    def close(self) -> None:
        """Free the models."""
        self._unload()
        if self._nano is not None:
            self._nano.close()
            self._nano = None

    def _unload(self) -> None:
        if self._loaded is not None:
            self._loaded.close()
            self._loaded = None

    def handle(self, request: Request, stop: Callable[[], bool] = lambda: False) -> Iterator[Event]:
        """Yield the request's events, the last one included; closing the iterator cancels.

        stop is polled inside long evaluations: after True the iterator ends without a last event.
        """
        self._stop = stop
        try:
            yield from self._events(request)
        except Stopped:
            return
        except (NoDrawing, CannotFix) as error:
            yield Failed(request.id, "painter", str(error), "Change the description.")
        except WrongSize as error:
            hint = f"Choose a size from {SMALLEST} to {LARGEST} pixels."
            yield Failed(request.id, "painter", str(error), hint)
        except PainterError as error:
            hint = "Install the program again, or let the storyboard draw."
            yield Failed(request.id, "painter", str(error), hint)
        except (PackError, WriterError) as error:
            yield Failed(request.id, "pack", error.message, error.hint)
        except MemoryError:
            self.close()
            hint = "Close other programs, or use the starter pack: --pack starter"
            yield Failed(request.id, "memory", "there is not enough memory", hint)
        else:
            yield Finished(request.id)

    def _events(self, request: Request) -> Iterator[Event]:
        if isinstance(request, Write | Continue):
            check_size(request.options.size)  # before minutes of writing
        match request:
            case Write() if request.given:
                desk = yield from self._desk(request.id, request.options)
                yield from loop.illustrate(request, desk)
            case Write() | Continue():
                desk = yield from self._desk(request.id, request.options)
                loaded = yield from self._load(request.id, request.pack)
                yield from loop.write(
                    request, loaded.manifest, loaded.session, self._examples, desk
                )
            case Rewrite():
                loaded = yield from self._load(request.id, request.pack)
                yield from loop.rewrite(request, loaded.manifest, loaded.session)
            case Redraw():
                desk = yield from self._desk(request.id, request.paint.options)
                yield from loop.redraw(request, desk)
            case Load():
                yield from self._load(request.id, request.pack)
            case Install() | Verify() | Remove() | Probe() | Plan():
                if not isinstance(request, Probe | Plan):
                    self.close()
                yield from answer(self._store, request)
            case _:
                raise AssertionError("the server answers a Cancel itself")

    def _desk(self, request_id: str, options: PaintOptions) -> Generator[Event, None, loop.Desk]:
        """Return what pictures are made with; the network is read when it is first chosen."""
        if options.painter != "duogen":
            return loop.Desk(self._drawings, Storyboard(self._drawings))
        if self._nano is None:
            _check_llama("the painter DuoGen", "the storyboard needs nothing more")
            starter = next(manifest for manifest in catalogue() if manifest.id == STARTER)
            yield from self._installed(request_id, starter)
            yield Loading(request_id, "DuoGen")
            from inference.painter.nano import starter_painter

            self._nano = starter_painter(self._store, self._drawings)
        return loop.Desk(self._drawings, self._nano)

    def _installed(self, request_id: str, manifest: Manifest) -> Generator[Event, None, Manifest]:
        """Return the manifest of a pack that is there with all its files, fetched if need be."""
        ready = {entry.manifest.id for entry in self._store.installed()}
        if manifest.id not in ready or self._store.missing(manifest):
            return (yield from events(request_id, install(self._store, manifest)))
        return manifest

    def _load(self, request_id: str, pack: str) -> Generator[Event, None, Loaded]:
        """Bring a pack into memory, after its download where that is needed."""
        _check_llama("the writer", "--from TEXTFILE needs no writer")
        manifest, reason = chosen(self._store, pack)
        if reason:
            yield Notice(request_id, "pack", reason)
        if self._loaded is not None and self._loaded.manifest == manifest:
            return self._loaded
        self._unload()  # not the painter, which this request may be about to use
        manifest = yield from self._installed(request_id, manifest)
        yield Loading(request_id, manifest.name)
        # Imported here: Ready and painting must not wait for llama.cpp.
        from inference.writer.model import Model
        from inference.writer.session import Session

        model = Model(self._store.path(manifest.writer), manifest.writer.adapter_path())
        eyes = None
        try:
            eyes = self._eyes(manifest, model)
            context = min(CONTEXT_OF_EYES if eyes else CONTEXT, model.trained_context)
            session = Session(model, context, cores(), lambda: self._stop(), FreeCores(), eyes)
        except WriterError:
            if eyes is not None:
                eyes.close()
            model.close()
            raise
        self._loaded = Loaded(manifest, model, session)
        return self._loaded

    def _eyes(self, manifest: Manifest, model: "Model") -> "Eyes | None":
        if manifest.vision is None:
            return None
        from inference.writer.vision import Eyes

        return Eyes(model, self._store.path(manifest.vision), cores(), lambda: self._stop())


def _check_llama(what: str, instead: str) -> None:
    """Raise WriterError where llama.cpp is not installed."""
    if find_spec("llama_cpp") is None:
        raise WriterError(
            f"{what} runs on llama-cpp-python, which is not installed",
            f'Install it: pip install "interstep[cpu]"; {instead}.',
        )
