"""Images among the chunks of a session and of a reader: reuse, bounds, cancel, bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
import tiny_eyes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tiny_eyes import Seer

from inference.writer.batches import Chunk, Sight
from inference.writer.errors import Stopped, WriterError
from inference.writer.session import Session
from inference.writer.states import Reader
from inference.writer.vision import Piece

HEAD, TAIL = tuple(range(65, 65 + 100)), (97, 98, 99) * 10
BIG = (17, 5)  # tokens of an image wider than one batch: columns, rows


@pytest.fixture(scope="module")
def shown(seer: Seer) -> list[list[Piece]]:
    """A big image and a small one, each between its model's marks."""
    side = 2 * tiny_eyes.PATCH[seer.kind]
    random = np.random.default_rng(5)
    sizes = [(BIG[1] * side, BIG[0] * side, 3), (3 * side, 4 * side, 3)]
    return [
        seer.eyes.see(Image.fromarray(random.integers(0, 256, size, np.uint8))) for size in sizes
    ]


@pytest.fixture
def session(seer: Seer) -> Iterator[Session]:
    session = Session(seer.model, 1024, threads=1, eyes=seer.eyes)
    yield session
    session.close()


def fill(session: Session, *chunks: Chunk) -> bytes:
    for _ in session.prefill(chunks):
        pass
    return session.logits.tobytes()


def cold(seer: Seer, *chunks: Chunk) -> bytes:
    session = Session(seer.model, 1024, threads=1, eyes=seer.eyes)
    try:
        return fill(session, *chunks)
    finally:
        session.close()


def test_an_image_is_evaluated_once(session: Session, shown: list[list[Piece]]) -> None:
    big, small = shown
    fill(session, HEAD, *big, TAIL)
    assert session.length == session.evaluated == 100 + 1 + 85 + 1 + 30
    fill(session, HEAD, *big, TAIL, *small, TAIL)
    assert session.evaluated == session.length == 217 + 1 + 12 + 1 + 30
    fill(session, HEAD, *big, (100, *TAIL))
    assert session.evaluated == 261 + 31
    fill(session, HEAD, *small, TAIL)
    assert session.evaluated == 292 + 12 + 1 + 30, "the mark before it is the same"


def test_progress_counts_the_tokens_of_images(session: Session, shown: list[list[Piece]]) -> None:
    assert [*session.prefill([HEAD[:10], *shown[0], TAIL])] == [
        (10, 127),
        (11, 127),
        (96, 127),
        (97, 127),
        (127, 127),
    ]
    assert [*session.append(shown[1][1])] == [(12, 12)]


def test_another_image_gives_other_logits(seer: Seer, shown: list[list[Piece]]) -> None:
    random = np.random.default_rng(6)
    size = seer.eyes.see(Image.fromarray(random.integers(0, 256, (64, 96, 3), np.uint8)))
    told = {cold(seer, HEAD, *pieces, TAIL) for pieces in (*shown, size)}
    assert len(told) == 3


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    asked=st.lists(
        st.tuples(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.integers(0, 4)),
        min_size=2,
        max_size=4,
    )
)
def test_a_warm_session_gives_the_bytes_of_a_cold_one(
    seer: Seer, shown: list[list[Piece]], asked: list[tuple[list[int], int]]
) -> None:
    known: list[Sequence[Chunk]] = [[HEAD], shown[0], shown[1], [TAIL]]
    warm = Session(seer.model, 1024, threads=1, eyes=seer.eyes)
    for order, generated in asked:
        wanted = [chunk for i in order for chunk in known[i]]
        assert fill(warm, *wanted) == cold(seer, *wanted)
        for _ in range(generated):
            warm.accept(int(warm.logits.argmax()))
    warm.close()


def test_back_goes_behind_an_image(seer: Seer, session: Session, shown: list[list[Piece]]) -> None:
    fill(session, HEAD)
    mark = session.mark()
    for pieces in shown:
        for piece in pieces:
            [*session.append(piece)]
        session.accept(7)
        session.back(mark)
        assert session.length == 100
    for chunk in (*shown[1], TAIL):
        [*session.append(chunk)]
    assert session.logits.tobytes() == cold(seer, HEAD, *shown[1], TAIL)


@pytest.mark.parametrize("polls", [0, 60, 110, 150, 200, 260])
def test_stop_inside_an_image_leaves_the_session_usable(
    seer: Seer, shown: list[list[Piece]], polls: int
) -> None:
    left = iter([*range(polls), *[None] * 10])
    session = Session(
        seer.model, 1024, threads=1, stop=lambda: next(left, 0) is None, eyes=seer.eyes
    )
    with pytest.raises(Stopped):
        fill(session, HEAD[:5], *shown[0], TAIL)
    assert session.length < 122
    left = iter([])
    assert fill(session, HEAD, *shown[0], TAIL) == cold(seer, HEAD, *shown[0], TAIL)
    session.close()


def test_the_context_holds_so_many_tokens_not_positions(
    seer: Seer, shown: list[list[Piece]]
) -> None:
    session = Session(seer.model, 256, threads=1, eyes=seer.eyes)
    start, big, end = shown[0]
    fill(session, start, big, end, start, big, end, (1,) * 82)
    assert session.length == 256
    with pytest.raises(WriterError, match="longer than the writer's context of 256 tokens"):
        session.accept(1)
    with pytest.raises(WriterError, match="longer"):
        fill(session, (1,) * 240, big)
    assert fill(session, TAIL) == cold(seer, TAIL)
    session.close()


def test_an_image_may_be_seen_by_all_its_tokens_at_once(
    seer: Seer, shown: list[list[Piece]]
) -> None:
    small = shown[1][1]
    assert isinstance(small, Sight)
    whole = replace(small, causal=False)
    assert cold(seer, HEAD, whole, TAIL) != cold(seer, HEAD, small, TAIL)
    assert cold(seer, HEAD, whole, TAIL) == cold(seer, HEAD, whole, TAIL)


# ---------------------------------------------------------------- the reader


def test_a_warm_reader_gives_the_bytes_of_a_cold_one(seer: Seer, shown: list[list[Piece]]) -> None:
    warm = Reader(seer.model, threads=1, eyes=seer.eyes)
    big, small = shown
    orders = ([*big, "tea"], ["cup", *small, *big, "tea"], ["cup", *small, "tea"], small)
    for chunks in orders:
        fresh = Reader(seer.model, threads=1, eyes=seer.eyes)
        assert [s.tobytes() for s in warm.states(chunks)] == [
            s.tobytes() for s in fresh.states(chunks)
        ]
        fresh.close()
    evaluated = warm.evaluated
    warm.states([*small, "te"])
    assert warm.evaluated == evaluated + 2
    warm.close()


def test_the_norm_comes_last(seer: Seer) -> None:
    reader = Reader(seer.model, threads=1, layers=(4, "norm"))
    (states,) = reader.states(["Brew the tea."])
    weight = seer.network.model.language_model.norm.weight.detach().numpy()
    last = states[:, 0] / np.sqrt((states[:, 0] ** 2).mean(-1, keepdims=True) + 1e-6) * weight
    assert np.allclose(states[:, 1], last, atol=1e-5)
    reader.close()
    with pytest.raises(WriterError, match="does not have"):
        Reader(seer.model, threads=1, layers=("norm", 4))
