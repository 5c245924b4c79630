"""A pack for a card through the engine: one model writes and sees, another paints, in turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import llama_cpp
import pytest
import tiny_eyes
import torch
from test_cosmos import Watchful
from test_klein import GIVEN, PREVIOUS
from tiny_eyes import Seer
from tiny_networks import stored, stored_cosmos, stored_klein, stored_qwen_edit

from inference import loading
from inference.engine import Engine
from inference.packs import plan as planning
from inference.packs.card import Card
from inference.packs.manifest import Manifest, shipped
from inference.packs.store import Store
from inference.painter.pixels import assembling, guarding, qwen_edit
from inference.pictures import opened
from inference.protocol import (
    Event,
    Failed,
    Finished,
    Found,
    Load,
    Notice,
    Numbers,
    PaintFinished,
    PaintInput,
    PaintOptions,
    PaintPreview,
    Plan,
    Progress,
    Redraw,
    StepFinished,
    Write,
    from_json,
)

GB = 10**9
LARGE = Card("a card", 24 * GB, 23 * GB, (8, 6))
SMALL = Card("a card", 8 * GB, 7 * GB + GB // 2, (8, 6))
BUSY = Card("a card", 48 * GB, 23 * GB, (8, 6))
WRITER = ("writer", "eyes", "KV cache")
# Painter -> the writer's kind, and the pack that it is like.
PACKS = {
    "klein": ("qwen3vl", "klein-8"),
    "qwen-edit": ("qwen2vl", "qwen-edit-24"),
    "cosmos": ("qwen2vl", "cosmos-12"),
}
every_painter = pytest.mark.parametrize("store", PACKS, indirect=True)
OPTIONS = PaintOptions(256, denoising_steps=2)


@pytest.fixture
def store(
    request: pytest.FixtureRequest, seer: Seer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Store:
    """A folder of packs with one that is tiny and made for a card; klein's where none is named."""
    painter = getattr(request, "param", "klein")
    kind, name = PACKS[painter]
    if seer.kind != kind:
        pytest.skip(f"this pack writes with {kind}")
    torch.set_num_threads(1)
    monkeypatch.setattr(loading, "free_memory", lambda: 64 * GB)  # not what this machine has now
    store = Store(tmp_path / "packs")
    match painter:
        case "klein":
            networks, shaped = stored_klein(store, tmp_path, layers=28)
        case "qwen-edit":
            networks, shaped = stored_qwen_edit(store, tmp_path, text=tiny_eyes.WIDTH)
            monkeypatch.setattr(qwen_edit, "VAE_IMAGE_SIZE", 128 * 128)
        case "cosmos":
            every = tiny_eyes.LAYERS * tiny_eyes.WIDTH
            networks, shaped = stored_cosmos(store, tmp_path, text=every)
            monkeypatch.setattr(guarding, "guard", Watchful)
            monkeypatch.setattr(loading, "CONTEXT", 8192)  # a token of this writer is one letter
    monkeypatch.setattr(assembling, "shapes", lambda _painter: shaped)
    monkeypatch.setattr(loading, "free_memory", lambda: 64 * GB)
    writer, vision = stored(store, seer.model.path), stored(store, seer.path)
    carded = shipped(name)
    eyes = vision if carded.eyes else None
    store.write_record(
        replace(carded, id="tiny", writer=writer, reader=writer, vision=eyes, networks=networks)
    )
    return store


def card() -> Card:
    return LARGE


def any_runtime(_manifest: Manifest) -> None:
    """This machine's libraries are not built for a card."""


def events_of(engine: Engine, request: Redraw | Write | Load) -> list[Event]:
    events = list(engine.handle(request))
    assert isinstance(events[-1], Finished), events[-1]
    return events


@every_painter
def test_a_picture_is_redrawn_and_repeats(store: Store) -> None:
    given = replace(GIVEN, conditions=(PREVIOUS,), options=OPTIONS)
    request = Redraw("r", "s", "p", given, pack="tiny")
    painter = store.manifest("tiny").painter
    engine = Engine(store, card, any_runtime)
    events = events_of(engine, request)
    [preview] = [event for event in events if isinstance(event, PaintPreview)]
    [painted] = [event for event in events if isinstance(event, PaintFinished)]
    assert max(preview.image.width, preview.image.height) == 192
    assert painted.source == {}
    assert painted.recipe["painter"] == painted.recipe["options"]["painter"] == painter
    assert painted.recipe["pack"] == "tiny"
    named = replace(given, options=replace(OPTIONS, painter=painter))
    again = events_of(engine, Redraw("r", "s", "p", named, pack="starter"))
    [other] = [event for event in again if isinstance(event, PaintFinished)]
    assert other.image == painted.image
    engine.close()


def test_a_picture_is_painted_again_by_a_fresh_engine_with_other_free_memory(store: Store) -> None:
    given = replace(GIVEN, conditions=(PREVIOUS,), options=OPTIONS)
    free = [SMALL]

    def take_of(engine: Engine, paint: PaintInput) -> PaintFinished:
        events = events_of(engine, Redraw("r", "s", "p", paint, pack="tiny"))
        [painted] = [event for event in events if isinstance(event, PaintFinished)]
        return painted

    engine = Engine(store, lambda: free[0], any_runtime)
    first = take_of(engine, given)
    engine.close()
    numbers = from_json(Numbers, first.recipe["numbers"])
    assert numbers.kind != "none"
    free[0] = LARGE
    fresh = Engine(store, lambda: free[0], any_runtime)
    better = take_of(fresh, given)
    assert from_json(Numbers, better.recipe["numbers"]).kind == "none"
    named = replace(given, options=replace(OPTIONS, painter="klein"))
    again = take_of(fresh, replace(named, numbers=numbers))
    assert again.recipe == first.recipe
    assert again.image == first.image
    after = take_of(fresh, given)  # what follows is as good as it can be
    assert after.recipe == better.recipe
    assert after.image == better.image
    odd = replace(given, numbers=replace(numbers, references=99))
    *_, failed = fresh.handle(Redraw("r", "s", "p", odd, pack="tiny"))
    assert isinstance(failed, Failed)
    assert "painted" in failed.message
    assert failed.hint.endswith("Draw it anew instead")
    fresh.close()


@contextmanager
def short_of_memory(*calls: int) -> Iterator[list[int]]:
    """Let these calls of a transformer fail as on a full card; yield how many there were."""
    count = [0]

    def fail(network: torch.nn.Module, _given: object) -> None:
        if type(network).__name__ == "Flux2Transformer2DModel":
            count[0] += 1
            if count[0] in calls:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    handle = torch.nn.modules.module.register_module_forward_pre_hook(fail)
    try:
        yield count
    finally:
        handle.remove()


def test_memory_that_falls_short_inside_a_denoising_step_goes_down_the_ladder(
    store: Store,
) -> None:
    given = replace(GIVEN, conditions=(PREVIOUS,), options=OPTIONS)
    request = Redraw("r", "s", "p", given, pack="tiny")
    engine = Engine(store, card, any_runtime)
    [calm] = [event for event in events_of(engine, request) if isinstance(event, PaintFinished)]
    for failing, rungs in ((2,), ["tried again"]), ((2, 4), ["tried again", "from tiles"]):
        with short_of_memory(*failing) as calls:
            events = events_of(engine, request)
        assert calls == [2 * len(failing) + 2]
        told = [event.message for event in events if isinstance(event, Notice)]
        assert [rung in one for rung, one in zip(rungs, told, strict=True)] == [True] * len(rungs)
        previews = [event.done for event in events if isinstance(event, PaintPreview)]
        assert previews == [1] * (len(failing) + 1), "from the first denoising step, each time"
        [painted] = [event for event in events if isinstance(event, PaintFinished)]
        same = opened(painted.image.data()).tobytes() == opened(calm.image.data()).tobytes()
        assert same, "the same seed and size: only what the file says of its making differs"
        assert painted.recipe["numbers"]["tiling"] == (len(failing) == 2)
    with short_of_memory(*range(1000)):
        *_, failed = engine.handle(request)
    assert isinstance(failed, Failed)
    assert "does not suffice" in failed.message
    engine.close()


def test_loading_tells_how_far_it_is_and_can_be_stopped(store: Store) -> None:
    request = Redraw("r", "s", "p", replace(GIVEN, options=OPTIONS), pack="tiny")
    engine = Engine(store, card, any_runtime)
    stopped = engine.handle(request)
    told = next(event for event in stopped if isinstance(event, Progress))
    assert told.what == "Loading the painter"
    assert 0 < told.done < told.total / 2
    stopped.close()
    told = [event for event in events_of(engine, request) if isinstance(event, Progress)]
    done = [event.done for event in told]
    assert done == sorted(done)
    assert 0.9 < done[-1] / told[-1].total <= 1  # files have headers too
    assert not [e for e in events_of(engine, request) if isinstance(e, Progress)]
    engine.close()


@pytest.mark.parametrize(
    ("store", "residency"),
    [("klein", "both"), ("klein", "swap"), ("qwen-edit", "swap"), ("cosmos", "swap")],
    indirect=["store"],
)
def test_writer_and_painter_take_turns(
    store: Store, residency: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "RESIDENCIES", (residency,))
    engine = Engine(store, card, any_runtime)
    writing = Write("w", "tiny", "Wash a dog", 3, steps=2, options=OPTIONS)
    events = events_of(engine, writing)
    steps = [event for event in events if isinstance(event, StepFinished)]
    pictures = [event for event in events if isinstance(event, PaintFinished)]
    assert len(steps) == 2
    assert len(pictures) == len([step for step in steps if step.picture])
    for before, after in pairwise(pictures):
        [told] = after.recipe["conditions"]
        assert told == {"role": "previous", "sha256": before.image.sha256}
        assert after.recipe["left_out"] == []
    again = events_of(engine, replace(writing, id="w2"))
    assert [e.body for e in again if isinstance(e, StepFinished)] == [e.body for e in steps]
    engine.close()


@pytest.mark.parametrize("store", ["qwen-edit", "cosmos"], indirect=True)
def test_a_pack_reads_for_its_painter_whoever_writes(store: Store, tiny_gguf: Path) -> None:
    painter = store.manifest("tiny").painter
    given = replace(GIVEN, conditions=(PREVIOUS,), options=replace(OPTIONS, painter=painter))
    engine = Engine(store, card, any_runtime)
    redraw = Redraw("r", "s", "p", given, pack="tiny")
    [own] = [e for e in events_of(engine, redraw) if isinstance(e, PaintFinished)]
    engine.close()
    laptop = shipped("laptop")
    other = stored(store, tiny_gguf)
    store.write_record(replace(laptop, id="other", writer=other, reader=other))
    engine = Engine(store, card, any_runtime)
    events_of(engine, Load("l", "other"))
    [painted] = [
        event
        for event in events_of(engine, replace(redraw, pack="other"))
        if isinstance(event, PaintFinished)
    ]
    assert painted.image == own.image
    stopped = engine.handle(replace(redraw, pack="other"))
    while not isinstance(next(stopped), PaintPreview):
        pass
    stopped.close()
    for pack in ("other", "tiny", "other"):
        events_of(engine, Load("l", pack))
        assert engine.bench.loaded is not None
        assert engine.bench.loaded.manifest.id == pack
        again = events_of(engine, replace(redraw, pack=pack))
        assert [e.image for e in again if isinstance(e, PaintFinished)] == [own.image]
    engine.close()


@pytest.mark.parametrize("store", ["qwen-edit", "cosmos"], indirect=True)
def test_memory_that_falls_short_of_reading_takes_the_writer_down(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = replace(GIVEN, conditions=(PREVIOUS,), options=OPTIONS)
    redraw = Redraw("r", "s", "p", given, pack="tiny")
    make, left = llama_cpp.llama_init_from_model, [2]

    def short(model: object, params: Any) -> object:
        if params.embeddings and left[0]:  # the reader's context, not the writer's
            left[0] -= 1
            return None
        return make(model, params)

    calm, engine = (Engine(store, card, any_runtime) for _ in range(2))
    [own] = [e for e in events_of(calm, redraw) if isinstance(e, PaintFinished)]
    calm.close()
    monkeypatch.setattr(llama_cpp, "llama_init_from_model", short)
    events = events_of(engine, redraw)
    told = [event.message for event in events if isinstance(event, Notice)]
    assert ["tried again" in told[0], "take turns on the card" in told[1]] == [True, True]
    [painted] = [event for event in events if isinstance(event, PaintFinished)]
    assert painted.image == own.image
    assert len(told) == 2
    engine.close()


def test_what_we_hold_is_free_for_another_plan(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(store, lambda: BUSY, any_runtime)
    monkeypatch.setattr(loading, "free_memory", lambda: 64 * GB)

    def room() -> tuple[int, int]:
        found, memory = engine.bench.room()
        assert found is not None
        return found.free, memory

    assert room() == (BUSY.free, 64 * GB)
    events_of(engine, Load("l", "tiny"))
    [found] = [e for e in events_of(engine, Plan("p", "tiny")) if isinstance(e, Found)]
    held = sum(found.facts["phases"]["write"]["parts"][part] for part in WRITER)
    assert room() == (BUSY.free + held, 64 * GB)
    assert found.facts["card"]["free"] == BUSY.free + held
    events_of(engine, Redraw("r", "s", "p", replace(GIVEN, options=OPTIONS), pack="tiny"))
    free, memory = room()
    assert free > BUSY.free
    tiny = sum(item.size for net in store.manifest("tiny").networks[:3] for item in net.files)
    assert 0.4 * tiny < memory - 64 * GB < tiny  # in half precision
    engine.close()
    assert room() == (BUSY.free, 64 * GB)


def test_a_computer_that_is_too_small_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "free_memory", lambda: 4 * GB)
    *_, failed = Engine(store, card, any_runtime).handle(Load("l", "tiny"))
    assert isinstance(failed, Failed)
    assert "of this computer's own memory" in failed.message


def test_without_a_card_there_is_one_sentence(store: Store) -> None:
    engine = Engine(store, lambda: None, any_runtime)
    [failed] = engine.handle(Redraw("r", "s", "p", replace(GIVEN, options=OPTIONS), pack="tiny"))
    assert isinstance(failed, Failed)
    assert "needs an NVIDIA card" in failed.message
    assert failed.hint == "See what is lacking: interstep doctor"


def test_a_card_that_is_too_small_says_what_it_takes(store: Store) -> None:
    engine = Engine(store, lambda: Card("a small card", GB, GB // 2, (7, 5)), any_runtime)
    *_, failed = engine.handle(Load("l", "tiny"))
    assert isinstance(failed, Failed)
    assert "of the card's memory" in failed.message
