"""The network: a picture with five others in context, the engine's memory, packing beside padding.

Run alone on the machine: pytest -m benchmark -s tests/benchmarks/test_painter_speed.py
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

import pytest
import torch
from engine_process import REAL, EngineProcess
from test_write import peak, tell

from assets.corpus import corpus
from assets.sprites import Library, library, to_svg
from assets.sprites.scene import scene_to_json
from inference.packs.store import Store, default_folder
from inference.painter.connector import Connector
from inference.painter.duogen.codec import SLOTS
from inference.painter.duogen.painter import Nano, starter_painter
from inference.painter.duogen.transformer import Packed, Shape, Transformer
from inference.painter.painting import paint
from inference.painter.render import render
from inference.protocol import (
    Condition,
    Finished,
    GivenStep,
    PaintFinished,
    PaintInput,
    PaintOptions,
    Write,
)
from inference.tuning.documents import Document
from inference.tuning.samples import draw
from inference.tuning.tutorials import as_written

pytestmark = pytest.mark.benchmark

PICTURE, MEGABYTES, PACKING = 0.4, 800.0, 1.4  # seconds; of the engine; times padding
BATCH, FEATURES, CHARACTERS = 32, 1024, 4.5  # samples; channels of a token; a token's length


@pytest.fixture(scope="module")
def drawings() -> Library:
    return library()


@pytest.fixture
def painter(drawings: Library, starter_gguf: Path) -> Iterator[Nano]:
    nano = starter_painter(Store(default_folder()), drawings)
    yield nano
    nano.close()


def test_a_picture_with_five_in_context(painter: Nano, drawings: Library) -> None:
    seconds, alone = [], []
    for example in corpus():
        document = as_written(example, drawings, 1)
        if len(document.pictures) < 6:
            continue
        shown = document.pictures[5]
        scenes = [picture.scene for picture in document.pictures[4::-1]]
        seen = tuple(Condition("previous", "", {"scene": scene_to_json(s)}) for s in scenes)
        chunks = document.chunks[: shown.chunk + 1]
        given = PaintInput("", "", "", "A picture.", chunks, seen, 1)
        painter.read_ahead(chunks)
        start = time.perf_counter()
        paint(given, drawings, painter)
        done = time.perf_counter()
        render(to_svg(shown.scene, drawings))
        seconds.append(done - start)
        alone.append(time.perf_counter() - done)
        if len(seconds) == 12:
            break
    more = f"; {median(seconds) / median(alone):.1f} times rendering it"
    tell("a picture by the network, five in context", median(seconds), PICTURE, "s", more)


def test_the_engine_with_the_network_in_memory(starter_gguf: Path) -> None:
    example = next(e for e in corpus() if sum(bool(s.description) for s in e.steps) >= 5)
    given = tuple(GivenStep(s.title, s.title, s.body, s.description) for s in example.steps)
    options = PaintOptions(painter="duogen")
    with EngineProcess(REAL) as engine:
        engine.ready()
        engine.send(Write("w", "", example.title, 1, given=given, options=options))
        events = engine.until_end("w")
        memory = peak(engine.pid)
    assert isinstance(events[-1], Finished)
    assert any(isinstance(event, PaintFinished) for event in events)
    tell("engine's peak memory with the network", memory, MEGABYTES, "MB")


@dataclass(frozen=True)
class Lengths:
    """Of one sample: slots of its frames and tokens of its text."""

    slots: int
    tokens: int


def lengths(documents: Sequence[Document], random: Random) -> Lengths:
    number = random.randrange(len(documents))
    sample = draw(number, documents[number], random)
    slots = SLOTS + sum(1 + len(scene.sprites) for _, scene in sample.frames)
    told = documents[number].chunks[: sample.chunks]
    return Lengths(slots, max(1, round(sum(map(len, told)) / CHARACTERS)))


def step(connector: Connector, transformer: Transformer, batch: Sequence[Lengths]) -> None:
    """Train on one batch of noise of these lengths."""
    slots, tokens = sum(one.slots for one in batch), sum(one.tokens for one in batch)
    packed = Packed(
        latents=torch.randn(slots, transformer.shape.channels),
        sigmas=torch.rand(slots).clamp(min=0.1),
        times=torch.zeros(slots),
        slots=torch.zeros(slots),
        lengths=[one.slots for one in batch],
        context=connector(torch.randn(tokens, FEATURES)),
        recent=torch.ones(tokens),
        context_lengths=[one.tokens for one in batch],
    )
    transformer(packed).square().mean().backward()


def padded(batch: Sequence[Lengths]) -> list[Lengths]:
    most = Lengths(max(b.slots for b in batch), max(b.tokens for b in batch))
    return [most] * len(batch)


def test_packing_beside_padding(drawings: Library) -> None:
    documents = [as_written(example, drawings, 1) for example in corpus()]
    random = Random(0)
    pool = [lengths(documents, random) for _ in range(8 * BATCH)]
    ordered = sorted(pool, key=lambda one: one.tokens)
    shape = Shape(channels=82)
    connector, transformer = Connector(FEATURES, shape.context), Transformer(shape)

    def seconds(
        of: Sequence[Lengths], made: Callable[[Sequence[Lengths]], Sequence[Lengths]]
    ) -> float:
        start = time.perf_counter()
        for k in range(0, len(of), BATCH):
            step(connector, transformer, made(of[k : k + BATCH]))
        return time.perf_counter() - start

    seconds(pool[:BATCH], list)
    rounds = [
        (seconds(pool, list), seconds(pool, padded), seconds(ordered, padded)) for _ in range(3)
    ]
    ratio = median(random_ / packed for packed, random_, _ in rounds)
    by_length = median(sorted_ / packed for packed, _, sorted_ in rounds)
    verdict = "PASS" if ratio >= PACKING else "under"
    print(f"\n{verdict}  padding ÷ packing: {ratio:.2f} (target {PACKING})", end="")
    print(f"; sorted by length {by_length:.2f}", end="")
