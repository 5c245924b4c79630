"""What a writer with eyes evaluates again at its second step, beside one that starts anew.

The model is tiny and random, the layout that of a tutorial from two photos: what is counted does
not depend on the weights. Starting anew, with every image encoded again, is what
llama-cpp-python's own chat handler does at each call.
"""

import io
import time
from collections.abc import Iterator

import numpy as np
import pytest
import tiny_eyes
from PIL import Image
from tiny_eyes import Seer

from assets.corpus import corpus
from inference.writer.batches import Chunk, Sight
from inference.writer.dialogue import heading_line
from inference.writer.prompt import begin_of_vision, chat_format
from inference.writer.session import Session
from inference.writer.tutorial import TutorialWriter, answer_of
from inference.writer.vision import Eyes

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(600)]

BYTES = 4  # in a token of a real vocabulary; the tiny one has one token a byte


@pytest.fixture(scope="module", params=tiny_eyes.KINDS)
def seer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seer]:
    seer = tiny_eyes.seer(request.param, tmp_path_factory.mktemp(request.param))
    yield seer
    seer.close()


def png(width: int, height: int, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    data = io.BytesIO()
    Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8)).save(data, "PNG")
    return data.getvalue()


PHOTOS, TAKE = (png(1600, 1200, 1), png(1200, 1600, 2)), png(768, 768, 3)


def layout(session: Session, eyes: Eyes) -> tuple[list[Chunk], list[Chunk]]:
    """Return the context that step 1 is written in, and what step 2 has behind that."""
    model = session.model
    chat, bov = chat_format(model), begin_of_vision(model)
    shown, written = corpus()[:2]
    photos = [piece for photo in PHOTOS for piece in eyes.look(photo)]
    writer = TutorialWriter(
        session, chat, bov, f"How do I do this? {written.title}", corpus(), 1, pictures=photos
    )
    writer.draft.plan = [step.title for step in written.steps]
    answer = [*writer._turns.answer(answer_of(written))]
    _mark, *take = eyes.look(TAKE)
    first = [*writer._context(shown), *answer[:6]]
    second = [*take, model.tokenize(heading_line(2, written.steps[1].title))]

    def real(chunks: list[Chunk]) -> list[Chunk]:
        return [chunk if isinstance(chunk, Sight) else chunk[::BYTES] for chunk in chunks]

    return real(first), real(second)


def seconds(session: Session, chunks: list[Chunk]) -> float:
    begun = time.perf_counter()
    for _ in session.prefill(chunks):
        pass
    return time.perf_counter() - begun


def test_the_second_step_reuses_the_first(seer: Seer) -> None:
    session = Session(seer.model, 4096, threads=1, eyes=seer.eyes)
    before, behind = layout(session, seer.eyes)
    encoded = seer.eyes.encoded
    seconds(session, before)
    there, evaluated = session.length, session.evaluated
    warm = seconds(session, [*before, *behind])
    new = sum(map(len, behind))
    again = session.evaluated - evaluated - new
    assert seer.eyes.encoded == encoded == 3, "each image once"
    session.close()

    begun = time.perf_counter()
    eyes = Eyes(seer.model, seer.path, threads=1)
    anew = Session(seer.model, 4096, threads=1, eyes=eyes)
    seconds(anew, [chunk for part in layout(anew, eyes) for chunk in part])
    cold = time.perf_counter() - begun
    assert anew.evaluated == there + new
    anew.close()
    eyes.close()

    images = sum(len(chunk) for chunk in (*before, *behind) if isinstance(chunk, Sight))
    print(
        f"\n{seer.kind}: {there + new} tokens at the second step, {images} of them of 3 images; "
        f"{there} were there and {there - again} are reused: {1 - again / there:.3f}; "
        f"{new} are new; {warm / cold:.2f} of the time of starting anew"
    )
    assert 1 - again / there >= 0.9
