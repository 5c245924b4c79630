"""The writer's context: evaluated tokens, KV cache, last logits.

Unusual: the cache is reused by whole batches. Quantised kernels round differently in batches of
other sizes, so a batch is kept only if a cold run would evaluate exactly the same batch at the
same place. A warm engine then gives the same bytes as a cold one. An image is one such batch,
known by its hash; in models with M-RoPE it takes more tokens of the cache than positions.
"""

import ctypes
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import llama_cpp
import numpy as np
import numpy.typing as npt

from inference.packs.ladder import out_of_memory
from inference.writer.batches import SLICE, Chunk, Sight, Tokens, batches, positions
from inference.writer.errors import Stopped, WriterError, not_evaluated
from inference.writer.model import Model

if TYPE_CHECKING:
    from inference.writer.vision import Eyes

Logits = npt.NDArray[np.float32]
Piece = Tokens | Sight  # evaluated as one: a slice of tokens, or an image


@dataclass(frozen=True)
class Mark:
    """A place to come back to: the number of pieces and the logits after them."""

    pieces: int
    logits: Logits


class Session:
    """One context over a model. Not safe for threads; close it before its model.

    stop is polled while a prompt is evaluated, from this thread; True raises Stopped. free_cores
    is asked before each batch how many threads shall compute it; the bits do not depend on it.
    eyes: what encoded the images among the chunks; without them there are none. rouse: called with
    a work when it is used after a rest, or the memory fell short of that work: wakes it and its
    model, perhaps with less on the card, and does the work. evaluated counts the prompt tokens that
    were really evaluated, for the benchmarks.
    """

    def __init__(
        self,
        model: Model,
        n_ctx: int,
        threads: int,
        stop: Callable[[], bool] = lambda: False,
        free_cores: Callable[[], int] | None = None,
        eyes: "Eyes | None" = None,
        rouse: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        if llama_cpp.llama_model_is_recurrent(model.handle) or llama_cpp.llama_model_is_hybrid(
            model.handle
        ):
            raise WriterError(
                f"“{model.path.name}” is a recurrent model, which can't take a text back",
                "Choose a GGUF of a transformer such as Qwen, Llama or SmolLM.",
            )
        self.model = model
        self.n_ctx = n_ctx
        self.eyes = eyes
        self.evaluated = 0
        self._stop = stop
        self._rouse = rouse or self._wake_for
        self._threads = threads
        self._free_cores = free_cores or (lambda: threads)
        self._pieces: list[Piece] = []
        self._length = 0
        self._position = 0
        self._logits: Logits = np.zeros(model.n_vocab, np.float32)
        self._kept: bytes = b""
        self._context: Any = None
        self._abort = llama_cpp.ggml_abort_callback(lambda _data: stop())
        self._never = llama_cpp.ggml_abort_callback()
        self.wake()

    def wake(self) -> None:
        """Make the context where there is none, with what it held when it went to rest."""
        if self._context:
            return
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = self.n_ctx
        params.n_batch = params.n_ubatch = self.eyes.at_once if self.eyes else SLICE
        params.n_threads = params.n_threads_batch = self._threads
        # Flash attention sums in as many parts as there are threads: other bits on other machines.
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        # Else a build for cards would compute a CPU pack's prompts on the card.
        params.op_offload = params.offload_kqv = self.model.on_card
        self._context = llama_cpp.llama_init_from_model(self.model.handle, params)
        if not self._context:
            raise WriterError(
                f"there is not enough memory for a context of {self.n_ctx} tokens",
                "Close other programs, or use the starter pack: --pack starter",
            )
        try:
            self.model.adapt(self._context)
            self._memory = llama_cpp.llama_get_memory(self._context)
            self._restore()
        except BaseException:
            self.close()
            raise

    def _wake_for(self, work: Callable[[], None]) -> None:
        self.wake()
        work()

    def _restore(self) -> None:
        if self._kept:
            data = (ctypes.c_uint8 * len(self._kept)).from_buffer_copy(self._kept)
            size = len(self._kept)
            if not llama_cpp.llama_state_seq_set_data(self._context, data, size, 0):
                raise WriterError("the writer's context could not be brought back", "Try again.")
            self._kept = b""

    def rest(self) -> None:
        """Free the context until wake(); what it holds is kept in main memory."""
        if self._context:
            size = llama_cpp.llama_state_seq_get_size(self._context, 0)
            data = (ctypes.c_uint8 * size)()
            llama_cpp.llama_state_seq_get_data(self._context, data, size, 0)
            self._kept, self._logits = bytes(data), self._logits.copy()
            self.close()

    def close(self) -> None:
        """Free the context."""
        if self._context:
            llama_cpp.llama_free(self._context)
            self._context = None

    @property
    def length(self) -> int:
        """Tokens in the cache, those of images included."""
        return self._length

    @property
    def logits(self) -> Logits:
        """(n_vocab,) float32, after the last token; valid until the next evaluation."""
        return self._logits

    def prefill(self, chunks: Sequence[Chunk]) -> Iterator[tuple[int, int]]:
        """Make the cache hold exactly these chunks; yield (done, total) tokens after each slice.

        Each chunk is cut into slices from its own start, so that a chunk's batches do not depend
        on what comes before it; an image is one piece. Raises Stopped, and WriterError when the
        context is too small.
        """
        planned = [piece for chunk in chunks for piece in _sliced(chunk)]
        same = 0
        # The last batch is always evaluated again: its logits are what comes out.
        while same < min(len(planned) - 1, len(self._pieces)):
            if planned[same] != self._pieces[same]:
                break
            same += 1
        self._cut(same)
        yield from self._evaluate_all(planned[same:])

    def append(self, chunk: Chunk) -> Iterator[tuple[int, int]]:
        """Evaluate one more chunk of prompt; yields and raises as prefill."""
        yield from self._evaluate_all(_sliced(chunk))

    def accept(self, token: int) -> None:
        """Evaluate one generated token."""
        self.ready()
        self._put((token,), self._decode)

    def mark(self) -> Mark:
        """Return a place that `back` returns to."""
        return Mark(len(self._pieces), self._logits.copy())

    def back(self, mark: Mark) -> None:
        """Forget what was evaluated since the mark."""
        self._cut(mark.pieces)
        self._logits = mark.logits.copy()

    def take_back(self) -> None:
        """Forget the last piece, as a generated token; there are no logits until the next one."""
        self._cut(len(self._pieces) - 1)

    def _evaluate_all(self, pieces: list[Piece]) -> Iterator[tuple[int, int]]:
        self.ready()
        total, done = sum(map(len, pieces)), 0
        for piece in pieces:
            self._put(piece, self._decode_polling)
            self.evaluated += len(piece)
            done += len(piece)
            yield done, total

    def _put(self, piece: Piece, decode: Callable[[Piece], None]) -> None:
        """Evaluate one more piece; where the memory falls short, as rouse does it."""
        if self._length + len(piece) > self.n_ctx:
            raise WriterError(
                f"the text is longer than the writer's context of {self.n_ctx} tokens",
                "Ask for fewer steps, or shorten the prompt.",
            )
        try:
            decode(piece)
        except WriterError as error:
            if not out_of_memory(error):
                raise
            self._rouse(lambda: decode(piece))

    def _decode_polling(self, piece: Piece) -> None:
        llama_cpp.llama_set_abort_callback(self._context, self._abort, None)
        try:
            self._decode(piece)
        finally:
            # Polling costs a call a graph node: too much for single tokens.
            llama_cpp.llama_set_abort_callback(self._context, self._never, None)

    def _decode(self, piece: Piece) -> None:
        image = isinstance(piece, Sight)
        llama_cpp.llama_set_causal_attn(self._context, not isinstance(piece, Sight) or piece.causal)
        for batch in batches(piece, self._position):
            self._use_free_cores()
            code = 2 if image and self._stop() else llama_cpp.llama_decode(self._context, batch)
            if code != 0:
                llama_cpp.llama_memory_seq_rm(self._memory, 0, self._position, -1)
                if code == 2 or self._stop():
                    raise Stopped
                raise not_evaluated(code)
        self._pieces.append(piece)
        self._length += len(piece)
        self._position += positions(piece)
        pointer = llama_cpp.llama_get_logits_ith(self._context, -1)
        self._logits = np.ctypeslib.as_array(pointer, shape=(self.model.n_vocab,))

    def _use_free_cores(self) -> None:
        threads = self._free_cores()
        if threads != self._threads:
            self._threads = threads
            llama_cpp.llama_set_n_threads(self._context, threads, threads)

    def ready(self) -> None:
        """Wake where it rests."""
        if not self._context:
            self._rouse(lambda: None)

    def _cut(self, pieces: int) -> None:
        self.ready()
        if pieces == len(self._pieces):
            return
        del self._pieces[pieces:]
        self._length = sum(map(len, self._pieces))
        self._position = sum(map(positions, self._pieces))
        llama_cpp.llama_memory_seq_rm(self._memory, 0, self._position, -1)


def _sliced(chunk: Chunk) -> list[Piece]:
    if isinstance(chunk, Sight):
        return [chunk]
    return [tuple(chunk[i : i + SLICE]) for i in range(0, len(chunk), SLICE)]
