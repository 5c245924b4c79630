"""A writer on a card whose memory falls short: at loading, waking or in the middle of a text."""

import gc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import llama_cpp
import pytest
from llama_cpp import mtmd_cpp
from test_seeing import of_kind, stored
from tiny_eyes import Seer

from inference import loading
from inference.engine import Engine
from inference.housekeeping import plan_on
from inference.packs.card import Card
from inference.packs.ladder import BEGUN, WRITING, Rung, rungs
from inference.packs.manifest import Manifest, shipped
from inference.packs.plan import ALL_LAYERS, CONTEXT, SMALL_CONTEXT, Phase, Plan
from inference.packs.store import Store
from inference.protocol import (
    Event,
    Failed,
    Finished,
    Load,
    Notice,
    PaintOptions,
    TextDelta,
    Write,
)
from inference.writer.model import process_log
from inference.writer.session import Session

GB = 10**9
CARD = Card("GeForce RTX 3090", 24 * GB, 23 * GB, (8, 6))
LACK = b"ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory"
WRITE = Write("w", "tiny", "Wash a dog", 3, steps=2, options=PaintOptions(painter="storyboard"))


def short_at(rungs: int) -> list[tuple[str, int]]:
    """Where it falls short and how often: of the weights at every rung, of the rest at the ends."""
    return [
        *(("model", failures) for failures in range(rungs + 1)),
        *(("eyes", failures) for failures in (1, rungs)),
        *(("context", failures) for failures in (1, rungs)),
    ]


@dataclass
class Llama:
    """llama.cpp as it is, but that what is asked of `where` fails `failures` times, as on a card.

    begun: calls of it that go well before. asked: layers, eyes on the card and tokens of each try.
    """

    where: str = ""
    failures: int = 0
    begun: int = 0
    calls: int = 0
    code: int = -2
    asked: list[tuple[str, int]] = field(default_factory=list)

    def falls_short(self, where: str, asked: int) -> bool:
        if where != "decode":
            self.asked.append((where, asked))
        if where != self.where:
            return False
        self.calls += 1
        if not self.begun < self.calls <= self.begun + self.failures:
            return False
        process_log().callback(4, LACK, None)
        return True

    def values(self, where: str) -> list[int]:
        return [value for place, value in self.asked if place == where]


@pytest.fixture
def llama(monkeypatch: pytest.MonkeyPatch) -> Llama:
    short = Llama()

    def on(module: Any, name: str, where: str, asked: Callable[..., int]) -> None:
        real = getattr(module, name)

        def call(*given: Any) -> Any:
            asks = asked(*given)
            if asks >= 0 and short.falls_short(where, asks):
                return short.code if where == "decode" else None
            return real(*given)

        monkeypatch.setattr(module, name, call)

    def layers(_path: bytes, params: Any) -> int:
        return -1 if params.vocab_only else int(params.n_gpu_layers)

    on(llama_cpp, "llama_model_load_from_file", "model", layers)
    on(mtmd_cpp, "mtmd_init_from_file", "eyes", lambda *given: int(given[2].use_gpu))
    on(llama_cpp, "llama_init_from_model", "context", lambda _, params: params.n_ctx)
    on(llama_cpp, "llama_decode", "decode", lambda _, batch: batch.n_tokens)
    return short


@pytest.fixture
def store(seer: Seer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if seer.kind != "qwen3vl":
        pytest.skip("one kind of writer is enough")
    monkeypatch.setattr(loading, "free_memory", lambda: 64 * GB)
    store = Store(tmp_path / "packs")
    klein = shipped("klein-8")
    writer, vision = stored(store, seer.model.path), stored(store, seer.path)
    tiny = replace(klein, id="tiny", writer=writer, reader=writer, vision=vision)
    store.write_record(replace(tiny, networks=klein.networks[:0]))
    gc.freeze()  # each change of phase collects, and torch's own objects are many
    yield store
    gc.unfreeze()


def any_runtime(_manifest: Manifest) -> None:
    """This machine's libraries are not built for a card."""


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    engine = Engine(store, lambda: CARD, any_runtime)
    yield engine
    engine.close()


def events_of(engine: Engine, request: Write | Load) -> list[Event]:
    events = list(engine.handle(request))
    assert isinstance(events[-1], Finished), events[-1]
    return events


def told(events: list[Event]) -> list[str]:
    return [event.message for event in of_kind(Notice, events) if event.kind == "memory"]


def text_of(events: list[Event]) -> list[tuple[str, int, str]]:
    """What is written, without the names of steps, which are drawn by lot."""
    return [(event.field, event.start, event.text) for event in of_kind(TextDelta, events)]


def tried(store: Store, steps: tuple[Rung, ...]) -> tuple[list[str], list[Plan]]:
    """What the person hears on the way down, and the plans from the best to the last."""
    best = plan_on(store, store.manifest("tiny"), CARD, 64 * GB)
    below = list(rungs(best, steps))
    heard = [f"The card's memory was short: {rung.sentence}." for rung, _ in below]
    return heard, [best, *(plan for _, plan in below)]


def session_of(engine: Engine) -> Session:
    assert engine.bench.loaded is not None
    return engine.bench.loaded.session


def check_places(llama: Llama, plan: Plan) -> None:
    """What was asked for last is what the plan says."""
    assert llama.values("model")[-1] == plan.layers
    assert llama.values("eyes")[-1] == plan.eyes_on_card


@pytest.mark.parametrize(("where", "failures"), short_at(8))
def test_a_writer_that_does_not_fit_is_loaded_one_rung_lower(
    store: Store, engine: Engine, llama: Llama, where: str, failures: int
) -> None:
    heard, plans = tried(store, WRITING)
    assert len(heard) == 8
    llama.where, llama.failures = where, failures
    assert told(events_of(engine, Load("l", "tiny"))) == heard[:failures]
    check_places(llama, plans[failures])
    assert llama.values("model") == [plan.layers for plan in plans[: failures + 1]]
    assert session_of(engine).n_ctx == plans[failures].context
    again = len(llama.values("model"))
    fresh = Engine(store, lambda: CARD, any_runtime)
    assert told(events_of(fresh, Load("l", "tiny"))) == []
    assert len(llama.values("model")) == again + 1, "what worked is remembered"
    check_places(llama, plans[failures])
    assert session_of(fresh).n_ctx == plans[failures].context
    fresh.close()


def fill(engine: Engine) -> Session:
    """Load the pack and read a text of several batches."""
    events_of(engine, Load("l", "tiny"))
    session = session_of(engine)
    for _ in session.prefill([session.model.tokenize("Wash the dog. " * 20), [70, 71]]):
        pass
    return session


@pytest.mark.parametrize(("where", "failures"), short_at(7))
def test_a_writer_that_can_not_come_back_comes_one_rung_lower_with_all_it_held(
    store: Store, engine: Engine, llama: Llama, where: str, failures: int
) -> None:
    heard, plans = tried(store, BEGUN)
    assert len(heard) == 7
    session = fill(engine)
    before = session.length, session.n_ctx, session.logits.tobytes()
    assert engine.bench.loaded is not None
    engine.bench.loaded.rest()
    llama.where, llama.failures = where, failures
    session.ready()
    assert (session.length, session.n_ctx, session.logits.tobytes()) == before
    check_places(llama, plans[failures])
    assert told(events_of(engine, Load("l", "tiny"))) == heard[:failures]
    evaluated = session.evaluated
    fill(engine)
    assert session.evaluated == evaluated + 2, "only the last batch, as ever"
    assert session.logits.tobytes() == before[-1]


@pytest.mark.parametrize("failures", [0, 1, 2, 5, 8])
def test_memory_that_ends_in_the_middle_of_a_text_costs_none_of_it(
    store: Store, engine: Engine, llama: Llama, failures: int
) -> None:
    llama.where, llama.begun, llama.failures = "decode", 3, failures
    session = fill(engine)
    heard, plans = tried(store, BEGUN)
    rung = max(failures - 1, 0)  # at first the same call once more
    assert told(events_of(engine, Load("l", "tiny"))) == heard[:rung]
    check_places(llama, plans[rung])
    calm = Engine(store, lambda: CARD, any_runtime)
    same = fill(calm)
    assert session.logits.tobytes() == same.logits.tobytes()
    assert (session.length, session.evaluated) == (same.length, same.evaluated)
    calm.close()


def begun(engine: Engine, llama: Llama, failures: int = 0) -> list[Event]:
    """The events of the first words, with memory that falls short after half of them."""
    events: list[Event] = []
    with closing(engine.handle(WRITE)) as writing:
        for event in writing:
            events.append(event)
            if isinstance(event, Failed) or len(of_kind(TextDelta, events)) == 12:
                break
            if len(of_kind(TextDelta, events)) == 6 and isinstance(event, TextDelta):
                llama.calls, llama.failures = 0, failures
    return events


def test_a_text_goes_on_with_the_same_words_or_ends_with_a_clear_error(
    store: Store, engine: Engine, llama: Llama
) -> None:
    llama.where = "decode"
    whole = text_of(begun(engine, llama))
    *events, failed = begun(engine, llama, 99)
    assert isinstance(failed, Failed)
    assert "memory of GeForce RTX 3090 does not suffice" in failed.message
    assert "Close other programs" in failed.hint
    assert told(events) == []
    written = text_of(events)
    assert 6 <= len(written) < 12
    assert written == whole[: len(written)]
    assert not (store.folder / "worked.json").exists()
    session = session_of(engine)
    held = session.length
    llama.failures = 0
    session.ready()
    assert session.length == held > 0
    assert llama.values("model")[-1] == ALL_LAYERS, "what was short may be back"
    events = begun(engine, llama, 4)
    assert text_of(events) == whole
    assert told(events) == tried(store, BEGUN)[0][:3]


def test_another_error_is_no_reason_to_step_down(engine: Engine, llama: Llama) -> None:
    llama.where, llama.failures, llama.code = "decode", 1, -3
    *events, failed = engine.handle(WRITE)
    assert isinstance(failed, Failed)
    assert failed.message == "llama.cpp could not evaluate the text (code -3)"
    assert told([*events]) == []
    assert len(llama.values("model")) == 1


def test_less_of_the_writer_on_the_card_takes_less_of_it_and_more_of_main_memory(
    store: Store,
) -> None:
    _, plans = tried(store, WRITING)
    for above, below in pairwise(plans):
        assert below.bytes(Phase.WRITE) <= above.bytes(Phase.WRITE)
        assert below.memory >= above.memory or below.context < above.context
    pack = plans[0].pack
    assert plans[-1].bytes(Phase.WRITE) == 0
    assert pack.vision is not None
    assert plans[-1].memory - plans[2].memory == (
        pack.writer.size + pack.vision.size - (plans[0].writer.kv_bytes(CONTEXT - SMALL_CONTEXT))
    )


def test_a_card_that_another_program_filled_is_no_error_either(store: Store, llama: Llama) -> None:
    free = [CARD.free]
    engine = Engine(store, lambda: replace(CARD, free=free[0]), any_runtime)
    # Planned for; the person's other program begins now.
    engine.bench._planned(store.manifest("tiny"))
    free[0] = GB // 10
    heard, _ = tried(store, WRITING)
    assert told(events_of(engine, Load("l", "tiny"))) == heard
    assert llama.values("model")[-1] == 0
    engine.close()
