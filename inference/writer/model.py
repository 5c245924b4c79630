"""A GGUF model in memory, through llama.cpp's C interface: weights, vocabulary, tokens.

Unusual: text from outside is tokenised with special tokens off, so that no prompt can inject
`<BOV>` or a turn marker. The process's llama.cpp log goes to one list that errors quote from.
"""

import ctypes
from collections import deque
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import llama_cpp

from inference.writer.errors import WriterError
from inference.writer.gguf import GgufError, read_header


class Model:
    """The weights of one GGUF file, read once and shared by its contexts.

    adapter: a GGUF LoRA that all its contexts use. layers: how many lie on a CUDA card, where
    llama.cpp is built for one; another number takes effect at the next wake(). Raises WriterError
    when a file is absent, truncated, damaged or of an unknown kind.
    """

    def __init__(self, path: Path, adapter: Path | None = None, *, layers: int = 0) -> None:
        try:
            self.header = read_header(path)
        except (OSError, GgufError) as error:
            raise WriterError(
                f"the model file {path.name} can't be used: {error}",
                "Install the pack again: interstep packs install",
            ) from error
        self.path = path
        self._adapter_path = adapter
        self.layers = layers
        self.handle: Any = None
        self._words: Any = None
        self.wake()

    def wake(self) -> None:
        """Read the weights where they are not in memory; raises WriterError."""
        if self.handle:
            return
        log = process_log()
        log.clear()
        llama_cpp.llama_backend_init()
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = self.layers
        params.use_extra_bufts = not has_tiles(llama_cpp.llama_print_system_info())
        self.handle = llama_cpp.llama_model_load_from_file(str(self.path).encode(), params)
        if not self.handle:
            reason = log.last_error()
            short = "alloc" in reason or "memory" in reason
            raise WriterError(
                f"llama.cpp can't read the model file {self.path.name}: {reason}",
                "Close other programs, or use the starter pack: --pack starter"
                if short
                else "Install the pack again, or choose another GGUF file.",
            )
        self.vocab = llama_cpp.llama_model_get_vocab(self.handle)
        path = self._adapter_path  # freed with the model
        try:
            self._adapter = None if path is None else self._read_adapter(path, log)
        except BaseException:
            self.close()
            raise
        self._forget_words()

    def rest(self) -> None:
        """Free the weights until wake(); the vocabulary stays. Contexts must be closed, or rest."""
        if self.handle:
            params = llama_cpp.llama_model_default_params()
            params.vocab_only = True
            self._words = llama_cpp.llama_model_load_from_file(str(self.path).encode(), params)
            if self._words:  # else the file is gone, and the weights had better stay
                self.vocab = llama_cpp.llama_model_get_vocab(self._words)
                llama_cpp.llama_model_free(self.handle)
                self.handle = None

    def _forget_words(self) -> None:
        if self._words:
            llama_cpp.llama_model_free(self._words)
            self._words = None

    def _read_adapter(self, path: Path, log: "Log") -> Any:
        try:
            read_header(path)
        except (OSError, GgufError) as error:
            raise WriterError(
                f"the adapter {path.name} can't be used: {error}", "Install the program again."
            ) from error
        adapter = llama_cpp.llama_adapter_lora_init(self.handle, str(path).encode())
        if not adapter:
            raise WriterError(
                f"the adapter {path.name} is not one for {self.path.name}: {log.last_error()}",
                "Install the program again.",
            )
        return adapter

    def adapt(self, context: Any) -> None:
        """Let a fresh context use the model's adapter."""
        if self._adapter is not None:
            adapters = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(self._adapter)
            scales = (ctypes.c_float * 1)(1.0)
            code = llama_cpp.llama_set_adapters_lora(context, adapters, 1, scales)
            if code != 0:
                raise WriterError(f"llama.cpp can't use the adapter (code {code})")

    def close(self) -> None:
        """Free the weights; the contexts made from them must be closed before."""
        self._forget_words()
        if self.handle:
            llama_cpp.llama_model_free(self.handle)
            self.handle = None

    @property
    def on_card(self) -> bool:
        """Whether a card computes with it, if only a part."""
        return self.layers > 0

    @cached_property
    def n_layers(self) -> int:
        """Decoder layers."""
        return int(llama_cpp.llama_model_n_layer(self.handle))

    @cached_property
    def width(self) -> int:
        """Channels of a hidden state."""
        return int(llama_cpp.llama_model_n_embd(self.handle))

    @cached_property
    def n_vocab(self) -> int:
        """Tokens of the vocabulary."""
        return int(llama_cpp.llama_vocab_n_tokens(self.vocab))

    @cached_property
    def trained_context(self) -> int:
        """Tokens of context that the model was trained for."""
        return int(llama_cpp.llama_model_n_ctx_train(self.handle))

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """Return the token ids of text, with no token added before or after.

        special: read `<|im_start|>` and the like as tokens; only for text of our own.
        """
        data = text.encode("utf-8", "replace")  # JSON can bring half a surrogate pair
        room = len(data) + 8
        buffer = (llama_cpp.llama_token * room)()
        count = llama_cpp.llama_tokenize(self.vocab, data, len(data), buffer, room, False, special)
        if count < 0:
            raise WriterError(f"llama.cpp can't tokenise a text of {len(data)} bytes")
        return list(buffer[:count])

    @cached_property
    def pieces(self) -> list[bytes]:
        """The bytes of every token of the vocabulary; control tokens are empty."""
        buffer = ctypes.create_string_buffer(512)
        pieces = []
        for token in range(self.n_vocab):
            size = llama_cpp.llama_token_to_piece(self.vocab, token, buffer, 512, 0, False)
            pieces.append(buffer.raw[: max(size, 0)])
        return pieces

    def token(self, text: str) -> int | None:
        """Return the id of the one token that `text` is, control tokens included, or None."""
        ids = self.tokenize(text, special=True)
        return ids[0] if len(ids) == 1 else None

    def is_control(self, token: int) -> bool:
        """Whether the token is special, such as a turn marker."""
        return bool(llama_cpp.llama_vocab_is_control(self.vocab, token))

    def is_end(self, token: int) -> bool:
        """Whether the token ends a generation."""
        return bool(llama_cpp.llama_vocab_is_eog(self.vocab, token))


class Log:
    """Keeps llama.cpp's last lines, so that an error can say why; prints nothing."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=50)
        self.callback = llama_cpp.llama_log_callback(self._receive)
        llama_cpp.llama_log_set(self.callback, ctypes.c_void_p(0))

    def clear(self) -> None:
        """Forget what was logged, so that the next error is not an old one's."""
        self._lines.clear()

    def _receive(self, _level: int, text: bytes, _data: Any) -> None:
        self._lines.append(text.decode("utf-8", "replace").strip())

    def last_error(self) -> str:
        """Return the line that says most about a failure."""
        errors = [line for line in self._lines if "error" in line.lower() or "fail" in line.lower()]
        return (errors or ["no reason given"])[0]


@cache
def process_log() -> Log:
    """Return the one log; llama.cpp keeps a bare pointer to it as long as the process lives."""
    return Log()


def has_tiles(built_for: bytes) -> bool:
    """Whether a build of llama.cpp, by its own words, multiplies with AMX' tiles.

    GCC before 12.4 and 13.3 (its bug 114098) leaves out what `_tile_loadconfig` shall load, and
    the process dies at the first product. Without tiles such a processor uses AVX-512.
    """
    return b"AMX_INT8 = 1" in built_for
