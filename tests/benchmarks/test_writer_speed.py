"""The writer's and the reader's speed beside plain llama.cpp on the same weights, in the same run.

Both are timed by turns, several times, and the median of their ratios counts. The targets hold
for a machine that does nothing else.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import llama_cpp
import numpy as np
import pytest

from assets.corpus import corpus
from inference.packs.manifest import shipped
from inference.packs.store import Store, default_folder
from inference.threads import FreeCores
from inference.writer.batches import SLICE
from inference.writer.fields import Field, FieldWriter
from inference.writer.grammar import TutorialGrammar
from inference.writer.model import Model
from inference.writer.prompt import begin_of_vision, chat_format
from inference.writer.sampling import Sampling
from inference.writer.session import Session
from inference.writer.states import Reader
from inference.writer.tutorial import TutorialWriter

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

PAIRS = 5
TOKENS = 64  # decoded for one timing


@pytest.fixture(scope="module", params=["starter", "laptop"])
def model(request: pytest.FixtureRequest, starter_gguf: Path) -> Iterator[Model]:
    store = Store(default_folder())
    manifest = shipped(request.param)
    if store.missing(manifest):
        pytest.skip(f"the pack {manifest.id} is not installed")
    model = Model(store.path(manifest.writer))
    yield model
    model.close()


@pytest.fixture(scope="module")
def threads() -> int:
    """As many as there are free cores now, the same for both sides."""
    free_cores = FreeCores()
    time.sleep(1)
    return free_cores()


@pytest.fixture
def session(model: Model, threads: int) -> Iterator[Session]:
    session = Session(model, 4096, threads)
    yield session
    session.close()


@pytest.fixture
def plain(model: Model, threads: int) -> Iterator[int]:
    """A context as llama.cpp makes it, but for our batches and threads."""
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = 4096
    params.n_batch = params.n_ubatch = SLICE
    params.n_threads = params.n_threads_batch = threads
    context = llama_cpp.llama_init_from_model(model.handle, params)
    yield context
    llama_cpp.llama_free(context)


@pytest.fixture
def chain() -> Iterator[int]:
    """llama.cpp's own sampling, as ours but for the grammar."""
    chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
    for sampler in (
        llama_cpp.llama_sampler_init_top_k(64),
        llama_cpp.llama_sampler_init_top_p(0.9, 1),
        llama_cpp.llama_sampler_init_temp(0.6),
        llama_cpp.llama_sampler_init_dist(1),
    ):
        llama_cpp.llama_sampler_chain_add(chain, sampler)
    yield chain
    llama_cpp.llama_sampler_free(chain)


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def compared(ours: Callable[[], float], plain: Callable[[], float]) -> tuple[float, float, float]:
    """Return the medians of both and of ours / plain, timed by turns after one round for warmth."""
    pairs = [(ours(), plain()) for _ in range(PAIRS + 1)][1:]
    ratio = statistics.median(first / second for first, second in pairs)
    first, second = (statistics.median(times) for times in zip(*pairs, strict=True))
    return first, second, ratio


def test_decoding_with_the_grammar(
    model: Model, session: Session, plain: int, chain: int, threads: int
) -> None:
    """Seconds a token: a step written as TutorialWriter writes it, beside a bare loop."""
    examples = corpus()
    prompt = model.tokenize(examples[0].text[:2000])
    for _ in session.prefill([prompt]):
        pass
    mark = session.mark()
    bov = begin_of_vision(model)
    writer = TutorialWriter(session, chat_format(model), bov, "Fold a paper hat", examples, 1)
    writer._copied.forbid([examples[0].text])
    fields = FieldWriter(session, writer._allows)
    gbnf = TutorialGrammar(bov, latin=True).step()

    def written(count: int) -> Iterator[Field]:
        while True:  # a step may be shorter than what is timed
            ended = lambda field: field.last == bov or field.text.endswith("\n\n")  # noqa: E731
            yield from fields.write(gbnf, Sampling(temperature=0.6), [1, count], ended)

    def ours() -> float:
        session.back(mark)
        steps = written(TOKENS)
        return seconds(lambda: [next(steps) for _ in range(TOKENS)]) / TOKENS

    with_grammar, bare, slower = compared(ours, _bare_loop(plain, chain, prompt))
    ratio = 1 / slower
    speeds = f"{1 / with_grammar:.1f} tokens/s with the grammar, {1 / bare:.1f} without"
    print(f"\n{model.path.name}, {threads} threads: {speeds}: {ratio:.2f}")
    assert ratio >= 0.9


def _bare_loop(context: int, chain: int, prompt: list[int]) -> Callable[[], float]:
    _evaluate(context, prompt)

    def loop() -> None:
        _forget(context, len(prompt))
        one = (llama_cpp.llama_token * 1)(prompt[-1])
        for _ in range(TOKENS):
            assert llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(one, 1)) == 0
            one[0] = llama_cpp.llama_sampler_sample(chain, context, -1)

    return lambda: seconds(loop) / TOKENS


def test_a_changed_last_step_evaluates_little(model: Model, session: Session) -> None:
    """Prompt tokens of a second run, whose last chunk differs, in shares of the first's."""
    examples = corpus()
    chat, bov = chat_format(model), begin_of_vision(model)
    writer = TutorialWriter(session, chat, bov, "Fold a paper hat", examples, 1)
    writer.draft.plan = [step.title for step in examples[1].steps]
    steps = [
        model.tokenize(f"\n## {number}. {step.title}\n{step.body}\n")
        for number, step in enumerate(examples[1].steps, 1)
    ]
    chunks = [*writer._context(examples[0]), *steps]
    for _ in session.prefill(chunks):
        pass
    cold = session.evaluated
    for _ in session.prefill([*chunks[:-1], model.tokenize("\n## 9. Wait\nWait an hour.\n")]):
        pass
    again = session.evaluated - cold
    print(f"\n{model.path.name}: {again} of {cold} prompt tokens: {again / cold:.3f}")
    assert again / cold <= 0.15


def test_states_of_all_layers(model: Model, plain: int, threads: int) -> None:
    """Seconds a token: all layers' states, beside evaluating the same batches as a prompt."""
    text = " ".join(step.body for example in corpus()[:3] for step in example.steps)
    tokens = model.tokenize(text)[: 4 * SLICE]
    chunk = b"".join(model.pieces[token] for token in tokens).decode("utf-8", "ignore")
    tokens = model.tokenize(chunk)
    reader = Reader(model, threads, n_ctx=1024)

    def ours() -> float:
        reader.states([" "])
        return seconds(lambda: reader.states([chunk])) / len(tokens)

    def as_a_prompt() -> float:
        _forget(plain, 0)
        return seconds(lambda: _evaluate(plain, tokens)) / len(tokens)

    states, prompt, ratio = compared(ours, as_a_prompt)
    reader.close()
    speeds = f"{1 / states:.0f} tokens/s with states, {1 / prompt:.0f} as a plain prompt"
    print(f"\n{model.path.name}, {threads} threads: {speeds}: {ratio:.2f}")
    assert ratio <= 1.15


def _evaluate(context: int, tokens: list[int]) -> None:
    for start in range(0, len(tokens), SLICE):
        part = tokens[start : start + SLICE]
        data = (llama_cpp.llama_token * len(part))(*part)
        assert llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(data, len(part))) == 0
    assert np.isfinite(llama_cpp.llama_get_logits_ith(context, -1)[0])


def _forget(context: int, start: int) -> None:
    llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(context), 0, start, -1)
