"""What the engine has in memory: one pack's writer, and the painters that were asked for.

Where a pack is made for a card, its writer and its painter share that card's memory as the plan
says: who is not at work may have to leave it, and comes back by itself when it is used again.
"""

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import cached_property, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from assets.sprites import Library, library
from inference import loop
from inference.housekeeping import chosen, events, free_memory, plan_on
from inference.loaded import Loaded, OnCard
from inference.mending import CPU, pip
from inference.packs.card import Card, find_card
from inference.packs.install import install
from inference.packs.ladder import Ladder
from inference.packs.manifest import Manifest, catalogue, shipped
from inference.packs.plan import CONDITIONING, Phase, Plan
from inference.packs.reports import PackError, in_words
from inference.packs.runtime import check
from inference.packs.store import Store
from inference.packs.upkeep import STARTER
from inference.painter.arbiter import Arbiter, empty_caches
from inference.painter.storyboard.painter import Storyboard
from inference.protocol import Event, Loading, Notice, Numbers, PackUsed, PaintOptions
from inference.threads import FreeCores, cores
from inference.writer.errors import WriterError

if TYPE_CHECKING:
    from inference.painter.duogen.painter import Nano
    from inference.painter.pixels.assembling import CardPainter, Reading
    from inference.writer.model import Model
    from inference.writer.states import Reader
    from inference.writer.vision import Eyes

CONTEXT = 4096  # tokens of the writer's context: an example, a prompt and twenty steps
CONTEXT_OF_EYES = 6144  # and a dozen pictures
BY_RULES: Final = "storyboard"
SCENES = (BY_RULES, "duogen")  # painters that need no card


class Bench:
    """Brings packs and painters into memory, each when it is first asked for.

    stop: polled inside long evaluations. card: how the card is asked; check_runtime: raises
    PackError where a pack can't run on this machine. loaded: the writer that is in memory, or
    rests.
    """

    def __init__(
        self,
        store: Store,
        stop: Callable[[], bool],
        card: Callable[[], Card | None] = find_card,
        check_runtime: Callable[[Manifest], None] = check,
    ) -> None:
        self._store = store
        self._check_runtime = check_runtime
        self._stop = stop
        self._ask_card = card
        self.loaded: Loaded | None = None
        self._nano: Nano | None = None
        self._on_card: OnCard | None = None

    @cached_property
    def drawings(self) -> Library:
        """The drawing library."""
        return library()

    def close(self) -> None:
        """Free the models."""
        self._leave_desk()
        self._leave_card()
        if self._nano is not None:
            self._nano.close()
            self._nano = None

    def _leave_desk(self) -> None:
        """Forget who writes; the writer of the card's pack stays with it."""
        loaded, card = self.loaded, self._on_card
        self.loaded = None
        if loaded is not None and (card is None or loaded is not card.writer):
            loaded.close()

    def _leave_card(self) -> None:
        """Free all that was planned for the card."""
        card, self._on_card = self._on_card, None
        if card is None:
            return
        self._drop_reader(card)
        if card.writer is not None:
            card.writer.close()
            self.loaded = None if self.loaded is card.writer else self.loaded
        card.painter = card.writer = None
        empty_caches()

    def load(self, request_id: str, pack: str) -> Generator[Event, None, Loaded]:
        """Bring a pack's writer into memory, after its download where that is needed."""
        _check_llama("the writer", "--from TEXTFILE needs no writer")
        manifest, reason = self._chosen(pack)
        if reason:
            yield Notice(request_id, "pack", reason)
        manifest = yield from self._installed(request_id, manifest)
        yield PackUsed(request_id, manifest.id)
        if self.loaded is not None and self.loaded.manifest == manifest:
            self.loaded.session.ready()
            return self.loaded
        self._leave_desk()  # not the painter, which this request may be about to use
        if manifest.card and self._on_card is not None and self._on_card.manifest != manifest:
            raise PackError(
                f"The packs {manifest.id} and {self._on_card.manifest.id} can't share the card.",
                "Choose the painter of the pack that writes, or a writer for any CPU",
            )
        yield Loading(request_id, manifest.name)
        self.loaded = self._writer_on_card(manifest) if manifest.card else self._read(manifest)
        self.loaded.session.ready()
        return self.loaded

    def _chosen(self, pack: str) -> tuple[Manifest, str]:
        """Return the pack, and why where that was not said; what has the card is kept."""
        if not pack and self._on_card is not None:
            return self._on_card.manifest, ""
        return chosen(self._store, pack)

    def _writer_on_card(self, manifest: Manifest) -> Loaded:
        """Return the writer of the pack that the card is planned for, in memory or at rest."""
        card = self._planned(manifest)
        if card.writer is not None:
            return card.writer
        return card.use_writer(Phase.WRITE, partial(self._read, manifest), lambda writer: writer)

    def _read(self, manifest: Manifest, plan: Plan | None = None) -> Loaded:
        """Return a pack's writer, as much of it on the card as the plan says."""
        # Imported here: Ready and painting must not wait for llama.cpp.
        from inference.writer.model import Model
        from inference.writer.session import Session

        path, adapter = self._store.path(manifest.writer), manifest.writer.adapter_path()
        model = Model(path, adapter, layers=plan.layers if plan else 0)
        eyes = None
        try:
            eyes = self._eyes(manifest, model, plan)
            largest = plan.context if plan else CONTEXT_OF_EYES
            context = min(largest if eyes else CONTEXT, model.trained_context)
            rouse = self._rouse if plan else None
            session = Session(model, context, cores(), self._stop, FreeCores(), eyes, rouse)
        except BaseException:
            if eyes is not None:
                eyes.close()
            model.close()
            raise
        return Loaded(manifest, model, session)

    def _eyes(self, manifest: Manifest, model: "Model", plan: Plan | None) -> "Eyes | None":
        if manifest.vision is None:
            return None
        from inference.writer.vision import Eyes

        path = self._store.path(manifest.vision)
        on_card = plan is not None and plan.eyes_on_card
        return Eyes(model, path, cores(), self._stop, on_card=on_card)

    def _rouse(self, work: Callable[[], None]) -> None:
        """Do a work of the card's writer, which rests or for which the memory fell short."""
        card = self._on_card
        assert card is not None
        card.use_writer(Phase.WRITE, partial(self._read, card.manifest), lambda _: work())

    def notices(self, request_id: str) -> Iterator[Notice]:
        """Yield once what the writer had to do without."""
        while self._on_card is not None and self._on_card.told:
            yield Notice(request_id, "memory", self._on_card.told.pop(0))

    def desk(
        self, request_id: str, options: PaintOptions, pack: str, numbers: Numbers | None = None
    ) -> Generator[Event, None, loop.Desk]:
        """Return what pictures are made with; networks are read when they are first chosen.

        numbers: of a picture to be painted again; None for what the memory allows.
        """
        name = options.painter
        if name == "duogen":
            return loop.Desk(self.drawings, (yield from self._read_nano(request_id)))
        if name == BY_RULES:
            return loop.Desk(self.drawings, Storyboard(self.drawings))
        manifest, _ = self._chosen(pack)
        if manifest.painter == BY_RULES and not name:
            if self._store.ready(manifest):  # else the drawings alone were used
                yield PackUsed(request_id, manifest.id)
            return loop.Desk(self.drawings, Storyboard(self.drawings))
        other = name and manifest.painter != name  # for this request alone
        manifest = self._pack_with(name) if other else manifest
        manifest = yield from self._installed(request_id, manifest)
        if self._on_card is not None and not self._on_card.serves(numbers):
            self._leave_card()
        card = self._planned(manifest, numbers)
        if not other:
            yield PackUsed(request_id, manifest.id)
        if card.painter is None:
            yield Loading(request_id, manifest.painter)
            card.painter = yield from self._read_painter(request_id, card)
        return loop.Desk(self.drawings, card.painter, draws_anything=True)

    def _read_nano(self, request_id: str) -> "Generator[Event, None, Nano]":
        if self._nano is None:
            _check_llama("the painter DuoGen", "the storyboard needs nothing more")
            starter = shipped(STARTER)
            yield from self._installed(request_id, starter)
            yield Loading(request_id, "DuoGen")
            from inference.painter.duogen.painter import starter_painter

            # Half a gigabyte of the card's memory is nothing to take from a pack that planned it.
            on_card = self._on_card is None and self._ask_card() is not None
            self._nano = starter_painter(self._store, self.drawings, on_card=on_card)
        return self._nano

    def _pack_with(self, painter: str) -> Manifest:
        for entry in self._store.listing(catalogue()):
            if entry.ready and entry.manifest.painter == painter:
                return entry.manifest
        raise PackError(
            f"No installed pack paints with {painter}.",
            "Install one, or choose another painter: interstep packs list",
        )

    def _planned(self, manifest: Manifest, numbers: Numbers | None = None) -> OnCard:
        """Return the card as it is planned for a pack; raises PackError where it can't be.

        numbers: of a picture to be painted again, where nothing is planned yet.
        """
        if self._on_card is None or self._on_card.manifest != manifest:
            card = self._ask_card()
            if card is None:
                raise PackError(
                    f"The pack {manifest.id} needs an NVIDIA card, and none answers.",
                    "See what is lacking: interstep doctor",
                )
            self._check_runtime(manifest)
            self._leave_card()
            # Where there are several, the planned one is the only one that the libraries see. It
            # must be told before they are loaded.
            if card.uuid:
                os.environ.setdefault("CUDA_VISIBLE_DEVICES", card.uuid)
            card = self._ask_card() or card  # with what has just been freed
            how = plan_on(self._store, manifest, card, free_memory())
            bound = numbers is not None and (
                (how.kind, how.encoder) != (numbers.kind, numbers.encoder)
            )
            if bound:
                how = plan_on(self._store, manifest, card, free_memory(), numbers)
            ladder = Ladder(self._store.folder, card.name, empty_caches)
            self._on_card = OnCard(Arbiter(how, self._free_on_card), ladder, manifest, bound)
        return self._on_card

    def room(self) -> tuple[Card | None, int]:
        """Return the card and the bytes of free main memory as they are without our own pack."""
        card, memory, ours = self._ask_card(), free_memory(), self._on_card
        if card is None or ours is None:
            return card, memory
        free = min(card.free + ours.arbiter.bytes, card.total)
        if ours.painter is not None:
            memory += ours.painter.memory()
        return replace(card, free=free), memory

    def _free_on_card(self) -> int:
        card = self._ask_card()
        return card.free if card else 0

    def _read_painter(self, request_id: str, card: OnCard) -> "Generator[Event, None, CardPainter]":
        from inference.painter.pixels.assembling import CardPainter, read_parts

        reading = self._reading(card)
        loading = read_parts(self._store, card.arbiter.plan)
        parts = yield from events(request_id, loading)
        return CardPainter(parts, card.arbiter, card.ladder, self.drawings, reading)

    def _reading(self, card: OnCard) -> "Reading":
        """Return what the pack's own writer reads for its painter, where it does."""
        from inference.painter.pixels.assembling import Reading

        painter = card.manifest.painter
        if painter == "klein":
            return Reading()
        from inference.painter.pixels import guarding, reading

        def look(given: tuple[Any, ...], writer: Loaded) -> Any:
            reader = self._reader(card, writer)
            if painter == "cosmos":
                return reading.WorldReading(writer.model, reader)(*given)
            eyes = writer.session.eyes
            assert eyes is not None
            return reading.EditReading(writer.model, reader, eyes)(*given)

        def read(*given: Any) -> Any:
            loads = partial(self._read, card.manifest)
            return card.use_writer(Phase.ENCODE, loads, partial(look, given))

        return Reading(read, guarding.guard() if painter == "cosmos" else None)

    def _reader(self, card: OnCard, writer: Loaded) -> "Reader":
        """Return the reader, with the writer's model."""
        from inference.writer.states import Reader

        if card.reader is None:
            model = writer.model
            every = [*range(model.n_layers - 1), "norm"]
            layers: Any = every if card.manifest.painter == "cosmos" else ["norm"]
            card.reader = Reader(
                model, cores(), CONDITIONING, layers, FreeCores(), eyes=writer.session.eyes
            )
            card.arbiter.hold("KV cache of the reader", lambda: self._drop_reader(card))
        return card.reader

    def _drop_reader(self, card: OnCard) -> None:
        if card.reader is not None:
            card.reader.close()
            card.reader = None

    def _installed(self, request_id: str, manifest: Manifest) -> Generator[Event, None, Manifest]:
        """Return the manifest of a pack that is there with all its files.

        Small ones are fetched if need be; raises PackError where only the author may ask for it.
        """
        if self._store.ready(manifest):
            for item in manifest.weights():
                yield from events(request_id, self._store.check(item))
            return manifest
        small = {pack.id for pack in catalogue() if pack.resolved() and not pack.card}
        if manifest.id not in small:
            self._check_runtime(manifest)  # first what an install would stumble over
            size = in_words(sum(item.size for item in self._store.missing(manifest)))
            raise PackError(
                f"The pack {manifest.id} ({manifest.name}) is not installed: {size} to download.",
                f"Install it on the Packs page, or: interstep packs install {manifest.id}",
            )
        return (yield from events(request_id, install(self._store, manifest)))


def _check_llama(what: str, instead: str) -> None:
    """Raise WriterError where llama.cpp is not installed."""
    if find_spec("llama_cpp") is None:
        raise WriterError(
            f"{what} runs on llama-cpp-python, which is not installed",
            f"Install it: {pip(f'install {CPU}')}; {instead}.",
        )
