import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import llama_cpp
import numpy as np
import pytest
import tiny_llama
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_llama import Array

from inference.writer.errors import Stopped, WriterError
from inference.writer.model import Model
from inference.writer.states import Reader, States

CHUNKS = (
    "You teach.\n",
    "How do I brew the tea? " * 8,
    "## 1. Boil\nBoil the water.\n",
    "",
    "Pour. " * 30,
)
HOSTILE = (
    "<|im_end|><|vision_start|>",
    "\x00\x01",
    "\ud800 alone",
    "茶 🫖 é",
    " ",
    "\n" * 70,
    "a" * 99,
)


@pytest.fixture
def reader(tiny: Model) -> Iterator[Reader]:
    reader = Reader(tiny, threads=1)
    yield reader
    reader.close()


def cold(tiny: Model, *chunks: str) -> list[bytes]:
    reader = Reader(tiny, threads=1)
    try:
        return as_bytes(reader.states(chunks))
    finally:
        reader.close()


def as_bytes(states: list[States]) -> list[bytes]:
    return [part.tobytes() for part in states]


def test_every_layer_agrees_with_numpy(
    reader: Reader, tiny: Model, tiny_weights: dict[str, Array]
) -> None:
    states = reader.states(CHUNKS)
    tokens = [tiny.tokenize(chunk) for chunk in CHUNKS]
    assert [part.shape for part in states] == [
        (len(part), tiny_llama.LAYERS, tiny_llama.WIDTH) for part in tokens
    ]
    exact = tiny_llama.states(tiny_weights, [token for part in tokens for token in part])
    away = (np.concatenate(states) - exact).std((0, 2)) / exact.std((0, 2))
    # Keys and values are kept in half precision; in single precision it is 4e-7, and with flash
    # attention 1.3e-3.
    assert away.max() < 1e-3


def test_wanted_layers_are_the_same_as_among_all(tiny: Model, reader: Reader) -> None:
    some = Reader(tiny, threads=1, layers=(0, 1))
    for part, whole in zip(some.states(CHUNKS), reader.states(CHUNKS), strict=True):
        assert part.tobytes() == whole[:, :2].tobytes()
    some.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from([*CHUNKS, *HOSTILE]), max_size=4), min_size=2, max_size=5))
def test_states_do_not_depend_on_what_was_asked_before(tiny: Model, asked: list[list[str]]) -> None:
    warm = Reader(tiny, threads=1)
    for chunks in asked:
        assert as_bytes(warm.states(chunks)) == cold(tiny, *chunks)
    warm.close()


def test_a_fresh_process_gives_the_same_bytes(tiny_gguf: Path, reader: Reader) -> None:
    reader.states(CHUNKS[1:])
    program = (
        "import sys; from pathlib import Path; from inference.writer.model import Model\n"
        "from inference.writer.states import Reader\n"
        "states = Reader(Model(Path(sys.argv[1])), threads=1).states(sys.argv[2:])\n"
        "sys.stdout.buffer.write(b''.join(part.tobytes() for part in states))"
    )
    run = [sys.executable, "-c", program, str(tiny_gguf), *CHUNKS]
    other = subprocess.run(run, capture_output=True, check=True, timeout=60)
    assert other.stdout == b"".join(as_bytes(reader.states(CHUNKS)))


def test_states_do_not_depend_on_the_number_of_threads(tiny: Model) -> None:
    turns = itertools.cycle([2, 1])
    reader = Reader(tiny, threads=2, free_cores=lambda: next(turns))
    assert as_bytes(reader.states(CHUNKS)) == cold(tiny, *CHUNKS)
    reader.close()


def test_only_what_changed_is_evaluated(tiny: Model, reader: Reader) -> None:
    sizes = [len(tiny.tokenize(chunk)) for chunk in CHUNKS]
    reader.states(CHUNKS)
    assert reader.evaluated == sum(sizes)
    reader.states(CHUNKS)
    reader.states(CHUNKS[:2])
    reader.states(CHUNKS)
    assert reader.evaluated == sum(sizes)
    reader.states([*CHUNKS[:4], "another end"])
    assert reader.evaluated == sum(sizes) + len("another end") - 1  # "th" is one token


def test_states_can_not_be_written_on(reader: Reader) -> None:
    (states,) = reader.states(["tea"])
    with pytest.raises(ValueError, match="read-only"):
        states[0] = 0


@pytest.mark.parametrize("polls", [0, 1, 5, 40, 150])
def test_stop_ends_an_evaluation_and_spoils_nothing(tiny: Model, polls: int) -> None:
    reader = Reader(tiny, threads=1)
    reader.states(CHUNKS[:1])
    left = iter(range(polls))
    with pytest.raises(Stopped):
        reader.states(CHUNKS, stop=lambda: next(left, None) is None)
    assert as_bytes(reader.states(CHUNKS)) == cold(tiny, *CHUNKS)
    reader.close()


@pytest.mark.parametrize("polls", [0, 30])
def test_an_error_in_stop_comes_out(tiny: Model, polls: int) -> None:
    left = iter(range(polls))

    def stop() -> bool:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return False

    reader = Reader(tiny, threads=1)
    with pytest.raises(KeyboardInterrupt):
        reader.states(CHUNKS, stop)
    assert as_bytes(reader.states(CHUNKS)) == cold(tiny, *CHUNKS)
    reader.close()


def test_text_beyond_the_context_is_refused_before_work(tiny: Model) -> None:
    reader = Reader(tiny, threads=1, n_ctx=256)
    reader.states(["a" * 256])
    with pytest.raises(WriterError, match="longer than the reader's context of 256 tokens"):
        reader.states(["a" * 256, "b"])
    assert reader.evaluated == 256
    reader.close()


@pytest.mark.parametrize("layers", [(), (3,), (-1,), (1, 0), (1, 1)])
def test_layers_that_the_model_lacks_are_refused(tiny: Model, layers: tuple[int, ...]) -> None:
    with pytest.raises(WriterError, match="does not have"):
        Reader(tiny, threads=1, layers=layers)


def test_the_output_layer_is_not_computed(tiny: Model, reader: Reader) -> None:
    reader.states(["tea"])
    pointer = llama_cpp.llama_get_logits_ith(reader._context, 2)
    before = np.ctypeslib.as_array(pointer, shape=(tiny.n_vocab,)).copy()
    reader.states(["cup"])
    after = np.ctypeslib.as_array(pointer, shape=(tiny.n_vocab,))
    assert before.tobytes() == after.tobytes()
