"""The reader's context: hidden states of the wanted layers, for the painters' connectors.

Unusual: the states are a pure function of the chunks. Quantised kernels round differently in
batches of other sizes, so each chunk is cut into batches from its own start, and only whole chunks
are reused from the KV cache: a warm reader gives the same bytes as a cold one. llama.cpp offers
each tensor of its graph to a callback; there the states are copied, and after the last wanted layer
the graph is stopped, for nobody asks for its logits.
Source: all layers as a painter's condition: DuoGen, section 3; Cosmos-Predict2.5.
"""

import ctypes
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import llama_cpp
import numpy as np
import numpy.typing as npt

from inference.mending import pip
from inference.writer.batches import SLICE, Sight, Tokens, batches, positions
from inference.writer.errors import Stopped, TooLong, WriterError, not_evaluated
from inference.writer.model import Model

if TYPE_CHECKING:
    from inference.writer.vision import Eyes

CONTEXT = 4096  # tokens of a tutorial
F32 = 0  # ggml's enum of tensor types
CACHE = 1  # ggml's type of cached keys and values: half precision

Chunk = str | Sequence[int] | Sight  # text, tokens of our own, or an image
# llama.cpp's names for the final norm's output; it gets the second when states are asked for.
NORMED = (b"result_norm", b"result_embd_pooled")
States = npt.NDArray[np.float32]  # (n_tokens, n_layers, width), or (n_tokens, width) as kept


class Reader:
    """One context over a model. Not safe for threads; close it before its model.

    layers: decoder layers counted from 0 whose output is wanted, in ascending order; all without
    it. "norm" behind them: the last layer's output after the final norm. n_ctx: tokens that fit,
    the model's trained context at most. Raises WriterError when there is no memory, or the model
    has no such layer. free_cores is asked before each batch how many threads shall compute it; the
    bits do not depend on it. keep: what is made of a chunk's states, token by token, and kept
    instead of them: a painter's connector. eyes: what encoded the images among the chunks.
    evaluated counts the tokens that were really evaluated.
    """

    def __init__(
        self,
        model: Model,
        threads: int,
        n_ctx: int = CONTEXT,
        layers: Sequence[int | Literal["norm"]] | None = None,
        free_cores: Callable[[], int] | None = None,
        keep: Callable[[States], States] = lambda states: states,
        eyes: "Eyes | None" = None,
    ) -> None:
        known = [*range(model.n_layers), "norm"]  # in the order in which they are computed
        wanted = known[:-1] if layers is None else layers
        if not wanted or list(wanted) != [layer for layer in known if layer in wanted]:
            raise WriterError(
                f"the painter asks for layers that {model.path.name} with its {model.n_layers}"
                " does not have",
                "Choose the reader that the painter's pack names.",
            )
        self._model = model
        self._count = len(wanted)
        self._layers = {b"l_out-%d" % n: place for place, n in enumerate(wanted) if n != "norm"}
        if "norm" in wanted:
            self._layers |= dict.fromkeys(NORMED, len(wanted) - 1)
        self.n_ctx = min(n_ctx, model.trained_context)
        self.evaluated = 0
        self._kept: list[tuple[Tokens | Sight, States]] = []
        self._room: States = np.empty((0, len(wanted), model.width), np.float32)
        self._taken: set[int] = set()
        self._error: BaseException | None = None
        self._stop: Callable[[], bool] = lambda: False
        self._free_cores = free_cores or (lambda: threads)
        self._keep = keep
        self._ggml = _ggml()
        # llama.cpp keeps bare pointers: the callbacks must live as long as the context.
        self._on_tensor = llama_cpp.ggml_backend_sched_eval_callback(self._offered)
        self._on_node = llama_cpp.ggml_abort_callback(self._aborts)
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = self.n_ctx
        params.n_batch = params.n_ubatch = eyes.at_once if eyes else SLICE
        params.type_k = params.type_v = CACHE
        params.n_threads = params.n_threads_batch = threads
        # Without embeddings the last layer keeps only the rows that logits are asked for.
        params.embeddings = True
        params.pooling_type = llama_cpp.LLAMA_POOLING_TYPE_NONE
        # Flash attention sums in half precision, three times as far from the exact states, and in
        # as many parts as there are threads: other bits on other machines.
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.op_offload = params.offload_kqv = model.on_card
        params.cb_eval = self._on_tensor
        params.abort_callback = self._on_node
        self._context = llama_cpp.llama_init_from_model(model.handle, params)
        if not self._context:
            raise WriterError(
                f"there is not enough memory for a context of {self.n_ctx} tokens",
                "Close other programs, or use the starter pack: --pack starter",
            )

        model.adapt(self._context)

    def close(self) -> None:
        """Free the context; states that were returned stay valid."""
        if self._context:
            llama_cpp.llama_free(self._context)
            self._context = None

    def states(
        self, chunks: Sequence[Chunk], stop: Callable[[], bool] = lambda: False
    ) -> list[States]:
        """Return for each chunk what is kept of its tokens, read-only.

        Without a connector: the raw states, (n_tokens, n_layers, width) float32.

        The same chunks give the same bytes, whatever was asked before. stop is polled while a
        chunk is evaluated, from this thread; True raises Stopped, and whole chunks are kept.
        Raises TooLong when the chunks are longer than the context.
        """
        wanted = [self._taken_in(chunk) for chunk in chunks]
        if sum(map(len, wanted)) > self.n_ctx:
            raise TooLong(
                f"the tutorial is longer than the reader's context of {self.n_ctx} tokens",
                "Shorten its steps, or make two tutorials of it.",
            )
        kept = [chunk for chunk, _ in self._kept]
        same = 0
        while same < min(len(wanted), len(kept)) and wanted[same] == kept[same]:
            same += 1
        if same < len(wanted):
            del self._kept[same:]
            self._stop = stop
            for chunk in wanted[same:]:
                self._kept.append((chunk, self._evaluate(chunk)))
        return [states for _, states in self._kept[: len(wanted)]]

    def _taken_in(self, chunk: Chunk) -> Tokens | Sight:
        if isinstance(chunk, Sight):
            return chunk
        return tuple(self._model.tokenize(chunk) if isinstance(chunk, str) else chunk)

    def _evaluate(self, chunk: Tokens | Sight) -> States:
        """Return the states of one chunk that follows the kept ones."""
        start = sum(positions(before) for before, _ in self._kept)
        memory = llama_cpp.llama_get_memory(self._context)
        llama_cpp.llama_memory_seq_rm(memory, 0, start, -1)
        states = np.empty((len(chunk), self._count, self._model.width), np.float32)
        causal = not isinstance(chunk, Sight) or chunk.causal
        llama_cpp.llama_set_causal_attn(self._context, causal)
        done = 0
        for batch in batches(chunk, start):
            if self._stop():
                raise Stopped
            self._room = states[done : done + batch.n_tokens]
            self._decode(batch)
            done += batch.n_tokens
        kept = self._keep(states)
        kept.flags.writeable = False
        return kept

    def _decode(self, batch: Any) -> None:
        self._taken = set()
        self._error = None
        threads = self._free_cores()
        llama_cpp.llama_set_n_threads(self._context, threads, threads)
        code = llama_cpp.llama_decode(self._context, batch)
        if self._error is not None:
            raise self._error
        if code == 2:
            raise Stopped
        if code != 0:
            raise not_evaluated(code)
        if len(self._taken) != self._count:
            raise WriterError(
                f"“{self._model.path.name}” is of a kind whose hidden states can't be read",
                "Choose the reader that the painter's pack names.",
            )
        self.evaluated += batch.n_tokens

    def _offered(self, tensor: int, ask: bool, _data: Any) -> bool:
        """Answer llama.cpp: whether a tensor is wanted; and, once computed, whether to go on."""
        try:
            name = self._ggml.ggml_get_name(tensor)
            if ask:
                return name in self._layers
            place = self._layers[name]
            self._take(tensor, place)
            return place < self._count - 1
        except BaseException as error:  # ctypes would print it and go on
            self._error = error
            return False

    def _take(self, tensor: int, place: int) -> None:
        room = self._room[:, place]
        # The type is the first member of ggml_tensor; no function tells it.
        kind = ctypes.c_int.from_address(tensor).value
        count, size = self._ggml.ggml_nelements(tensor), self._ggml.ggml_nbytes(tensor)
        if kind != F32 or count != room.size or size != room.nbytes:
            raise WriterError(
                f"“{self._model.path.name}” gives hidden states of an unknown shape",
                "Choose the reader that the painter's pack names.",
            )
        rows = np.empty(room.shape, np.float32)
        self._ggml.ggml_backend_tensor_get(tensor, rows.ctypes.data, 0, size)
        room[:] = rows
        self._taken.add(place)

    def _aborts(self, _data: Any) -> bool:
        try:
            return self._stop()
        except BaseException as error:  # as above
            self._error = error
            return True


def _ggml() -> ctypes.CDLL:
    """Return ggml's own library, which lies beside the libllama that is loaded."""
    folder = Path(llama_cpp.llama_cpp._lib._name).parent
    for name in ("libggml-base.so", "libggml-base.dylib", "ggml-base.dll", "libggml-base.dll"):
        if (folder / name).exists():
            library = ctypes.CDLL(str(folder / name))
            library.ggml_get_name.restype = ctypes.c_char_p
            library.ggml_nelements.restype = ctypes.c_int64
            library.ggml_nbytes.restype = ctypes.c_size_t
            for function in (library.ggml_get_name, library.ggml_nelements, library.ggml_nbytes):
                function.argtypes = [ctypes.c_void_p]
            library.ggml_backend_tensor_get.restype = None
            library.ggml_backend_tensor_get.argtypes = [
                ctypes.c_void_p,
                ctypes.c_void_p,
                ctypes.c_size_t,
                ctypes.c_size_t,
            ]
            return library
    raise WriterError(
        "this build of llama-cpp-python gives no access to hidden states",
        f"Install it again: {pip('install --force-reinstall llama-cpp-python')}",
    )
