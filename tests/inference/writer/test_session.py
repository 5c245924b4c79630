import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.writer.batches import SLICE
from inference.writer.errors import Stopped, WriterError
from inference.writer.model import Model
from inference.writer.session import Session

SYSTEM, EXAMPLE, PROMPT = [5] * 40, list(range(65, 65 + 150)), [97, 98, 99] * 30


@pytest.fixture
def session(tiny: Model) -> Iterator[Session]:
    session = Session(tiny, 1024, threads=1)
    yield session
    session.close()


def fill(session: Session, *chunks: list[int]) -> bytes:
    for _ in session.prefill(chunks):
        pass
    return session.logits.tobytes()


def cold(tiny: Model, *chunks: list[int]) -> bytes:
    session = Session(tiny, 1024, threads=1)
    try:
        return fill(session, *chunks)
    finally:
        session.close()


def test_a_rest_changes_no_byte(tiny_gguf: Path) -> None:
    model = Model(tiny_gguf)
    session = Session(model, 1024, threads=1)
    fill(session, SYSTEM, EXAMPLE)
    before = session.logits.tobytes()
    session.rest()
    model.rest()
    assert model.tokenize("abc") == [97, 98, 99]
    assert session.logits.tobytes() == before
    model.wake()
    session.wake()
    evaluated = session.evaluated
    rested = fill(session, SYSTEM, EXAMPLE, PROMPT)
    assert session.evaluated == evaluated + 90
    session.close()
    assert rested == cold(model, SYSTEM, EXAMPLE, PROMPT)
    model.close()


def test_only_what_follows_the_first_change_is_evaluated(session: Session) -> None:
    fill(session, SYSTEM, EXAMPLE, PROMPT)
    assert session.evaluated == session.length == 280
    fill(session, SYSTEM, EXAMPLE, PROMPT)
    assert session.evaluated == 280 + 90 - SLICE  # the last slice gives the logits
    fill(session, SYSTEM, EXAMPLE, [100, *PROMPT[1:]])
    assert session.evaluated == 280 + 26 + 90
    fill(session, SYSTEM, [*EXAMPLE[:-1], 1], PROMPT)
    assert session.evaluated == 280 + 26 + 90 + (150 - 2 * SLICE) + 90
    assert session.length == 280


def test_progress_tells_the_tokens_that_are_left(session: Session) -> None:
    assert list(session.prefill([SYSTEM, EXAMPLE])) == [
        (40, 190),
        (104, 190),
        (168, 190),
        (190, 190),
    ]
    assert list(session.prefill([SYSTEM, EXAMPLE])) == [(22, 22)]
    assert list(session.append(PROMPT)) == [(64, 90), (90, 90)]


chunk = st.lists(st.integers(0, 255), min_size=1, max_size=2).flatmap(
    lambda tokens: st.sampled_from([1, 40, 64, 65, 130]).map(
        lambda length: (tokens * length)[:length]
    )
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(chunk, min_size=3, max_size=3),
    st.lists(
        st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=4), st.integers(0, 5)),
        min_size=2,
        max_size=4,
    ),
)
def test_a_warm_session_gives_the_bytes_of_a_cold_one(
    tiny: Model, chunks: list[list[int]], asked: list[tuple[list[int], int]]
) -> None:
    """Each time some of the chunks are filled in, and a few tokens generated after them."""
    warm = Session(tiny, 1024, threads=1)
    for order, generated in asked:
        wanted = [chunks[i] for i in order]
        assert fill(warm, *wanted) == cold(tiny, *wanted)
        for _ in range(generated):
            warm.accept(int(warm.logits.argmax()))
    warm.close()


def test_logits_do_not_depend_on_the_number_of_threads(tiny: Model) -> None:
    turns = cycle([2, 1])
    session = Session(tiny, 1024, threads=2, free_cores=lambda: next(turns))
    assert fill(session, SYSTEM, EXAMPLE, PROMPT) == cold(tiny, SYSTEM, EXAMPLE, PROMPT)
    session.close()


def test_a_chunk_appended_is_a_chunk_filled_in(tiny: Model, session: Session) -> None:
    fill(session, SYSTEM, EXAMPLE)
    for _ in session.append(PROMPT):
        pass
    assert session.logits.tobytes() == cold(tiny, SYSTEM, EXAMPLE, PROMPT)


def test_back_forgets_what_came_since(session: Session) -> None:
    before = fill(session, SYSTEM, EXAMPLE)
    mark = session.mark()
    seen = []
    for _ in range(2):
        for token in (7, 8, 9):
            session.accept(token)
        for _ in session.append(PROMPT):
            pass
        seen.append(session.logits.tobytes())
        session.back(mark)
        assert session.length == 190
        assert session.logits.tobytes() == before
    assert seen[0] == seen[1] != before


def test_a_token_taken_back_leaves_no_trace(tiny: Model, session: Session) -> None:
    fill(session, SYSTEM, EXAMPLE)
    session.accept(7)
    session.take_back()
    assert session.length == len(SYSTEM) + len(EXAMPLE)
    for _ in session.append(PROMPT):
        pass
    assert session.logits.tobytes() == cold(tiny, SYSTEM, EXAMPLE, PROMPT)


def test_a_mark_outlives_the_next_evaluation(session: Session) -> None:
    fill(session, SYSTEM)
    mark = session.mark()
    session.accept(1)
    session.back(mark)
    session.accept(2)
    session.back(mark)
    assert session.logits.tobytes() == mark.logits.tobytes()


@pytest.mark.parametrize("polls", [0, 1, 30, 90, 200])
def test_stop_inside_a_prompt_leaves_the_session_usable(tiny: Model, polls: int) -> None:
    left = iter([*range(polls), *[None] * 10])
    session = Session(tiny, 1024, threads=1, stop=lambda: next(left, 0) is None)
    with pytest.raises(Stopped):
        fill(session, SYSTEM, EXAMPLE, PROMPT)
    assert session.length < 280
    left = iter([])
    assert fill(session, SYSTEM, EXAMPLE, PROMPT) == cold(tiny, SYSTEM, EXAMPLE, PROMPT)
    session.close()


def test_stop_is_heard_inside_a_slice(starter_gguf: Path) -> None:
    """A slice of the starter takes longer than this; the whole prompt, many seconds."""
    model = Model(starter_gguf)
    asked: list[float] = []
    begun = time.monotonic()

    def stop() -> bool:
        if time.monotonic() - begun > 0.02:
            asked.append(time.monotonic())
        return bool(asked)

    session = Session(model, 2048, threads=1, stop=stop)
    with pytest.raises(Stopped):
        fill(session, model.tokenize("Boil the water, then pour it. " * 200))
    late = time.monotonic() - asked[0]
    session.close()
    model.close()
    assert late < 0.3  # a busy machine included


def test_more_than_the_context_holds_is_refused(tiny: Model) -> None:
    session = Session(tiny, 256, threads=1)
    with pytest.raises(
        WriterError, match="longer than the writer's context of 256 tokens"
    ) as error:
        fill(session, EXAMPLE, EXAMPLE)
    assert "shorten" in error.value.hint
    fill(session, EXAMPLE, [1] * 106)
    with pytest.raises(WriterError, match="longer"):
        session.accept(1)
    assert fill(session, SYSTEM) == cold(tiny, SYSTEM)
    session.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of address space")
def test_a_context_without_memory_is_refused(tiny_gguf: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from inference.writer.errors import WriterError\n"
        "from inference.writer.model import Model\n"
        "from inference.writer.session import Session\n"
        "model = Model(Path(sys.argv[1])); Session(model, 256, threads=1).close()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (3 << 29, -1))\n"
        "try: Session(model, 1 << 23, threads=1)\n"
        "except WriterError as error: print(error.message, error.hint)"
    )
    run = [sys.executable, "-c", program, str(tiny_gguf)]
    told = subprocess.run(run, capture_output=True, check=True, timeout=60).stdout.decode()
    assert "not enough memory for a context of 8388608 tokens" in told
    assert "--pack starter" in told
