"""The eyes of a writer: a picture becomes embeddings that stand in its context, through libmtmd.

Unusual: libmtmd decodes no file and opens no address. Pillow reads the bytes, which may be hostile,
within limits, and only plain pixels go on. Each image is encoded once and kept by its hash.
Source: llama.cpp tools/mtmd; images of at most 480 pixels for the writer: DuoGen, section 4.
"""

import ctypes
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np
import numpy.typing as npt
from llama_cpp import mtmd_cpp as mtmd
from PIL import Image

from inference import pictures
from inference.writer.batches import SLICE, Sight, Tokens
from inference.writer.errors import Stopped, WriterError
from inference.writer.gguf import GgufError
from inference.writer.mmproj import check_eyes
from inference.writer.model import Model, process_log

LONGEST = 480  # pixels of the longer side that a writer sees
KEPT = 32  # images whose embeddings are kept
POLLED = 16  # a cancel is heard at every so many nodes of the encoder's graph

Piece = Tokens | Sight


def opened(data: bytes, longest: int = LONGEST) -> Image.Image:
    """Return the upright RGB picture of bytes, its long side within limits; raises WriterError."""
    try:
        image = pictures.opened(data)
    except pictures.PictureError as error:
        raise WriterError(error.message, error.hint) from error
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return image


class Eyes:
    """The vision encoder (an mmproj GGUF) of a model. Not safe for threads; close before the model.

    stop is polled while an image is encoded, from this thread; True raises Stopped. at_once: tokens
    that a batch of the context must hold. on_card: whether it lies on a CUDA card, from the next
    wake() on. encoded counts the images that were really encoded.
    Raises WriterError when the file is damaged or belongs to another model.
    """

    def __init__(
        self,
        model: Model,
        path: Path,
        threads: int,
        stop: Callable[[], bool] = lambda: False,
        *,
        on_card: bool = False,
    ) -> None:
        try:
            check_eyes(path, model.header)
        except (OSError, GgufError) as error:
            raise WriterError(
                f"the eyes {path.name} can't be used with {model.path.name}: {error}",
                "Choose the mmproj file that was published with the model.",
            ) from error
        self.encoded = 0
        self._stop = stop
        self._asked = 0
        self._stopped = False
        self._error: BaseException | None = None
        self._kept: dict[str, list[Piece]] = {}
        self._width = llama_cpp.llama_model_n_embd_inp(model.handle)
        self._on_node = llama_cpp.ggml_backend_sched_eval_callback(self._offered)
        self._model = model
        self._path = path
        self._threads = threads
        self.on_card = on_card
        self._context: Any = None
        self.wake()
        self._causal = not mtmd.mtmd_decode_use_non_causal(self._context, None)
        self._turns = bool(mtmd.mtmd_decode_use_mrope(self._context))
        self.at_once = SLICE
        if not self._causal:  # its largest image must go through the context in one batch
            largest = self._chunks(Image.new("RGB", (LONGEST, LONGEST)))
            try:
                self.at_once = max(SLICE, *map(mtmd.mtmd_input_chunk_get_n_tokens, largest))
            except BaseException:
                self.close()
                raise

    def wake(self) -> None:
        """Read the encoder where it is not in memory; raises WriterError."""
        if self._context:
            return
        log = process_log()
        log.clear()
        mtmd.mtmd_helper_log_set(log.callback, ctypes.c_void_p(0))
        params = mtmd.mtmd_context_params_default()
        params.n_threads = self._threads
        params.use_gpu = self.on_card
        params.print_timings = params.warmup = False
        # Flash attention sums in as many parts as there are threads: other bits on other machines.
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        params.cb_eval = self._on_node
        name = str(self._path).encode()
        self._context = mtmd.mtmd_init_from_file(name, self._model.handle, params)
        if not self._context or not mtmd.mtmd_support_vision(self._context):
            self.close()
            raise WriterError(
                f"the eyes {self._path.name} do not fit the model {self._model.path.name}:"
                f" {log.last_error()}",
                "Choose the mmproj file that was published with the model.",
            )

    def close(self) -> None:
        """Free the encoder, until wake(); what it saw stays valid."""
        if self._context:
            mtmd.mtmd_free(self._context)
            self._context = None

    def look(self, data: bytes) -> list[Piece]:
        """Return a picture's bytes as pieces of a context; raises WriterError and Stopped."""
        return self.see(opened(data))

    def see(self, image: Image.Image) -> list[Piece]:
        """Return an RGB image as pieces of a context: its embeddings between the model's marks.

        Raises WriterError and Stopped.
        """
        name = hashlib.sha256(b"%d %d " % image.size + image.tobytes()).hexdigest()
        pieces = self._kept.pop(name, None) or self._seen(name, image)
        self._kept[name] = pieces  # the last seen comes last
        if len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return pieces

    def _seen(self, name: str, image: Image.Image) -> list[Piece]:
        pieces: list[Piece] = []
        for chunk in self._chunks(image):
            if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_TEXT:
                count = ctypes.c_size_t()
                tokens = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(count))
                pieces.append(tuple(tokens[: count.value]) if tokens else ())
            else:
                pieces.append(self._sight(f"{name}:{len(pieces)}", chunk))
        self.encoded += 1
        return pieces

    def _chunks(self, image: Image.Image) -> Iterator[Any]:
        """Yield libmtmd's chunks of an image; each is valid until the next."""
        pixels = np.asarray(image, np.uint8)
        bitmap = mtmd.mtmd_bitmap_init(
            *image.size, np.ascontiguousarray(pixels).ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        )
        chunks = mtmd.mtmd_input_chunks_init()
        try:
            marker = mtmd.mtmd_get_marker(self._context)
            text = mtmd.mtmd_input_text(marker, len(marker), False, True)
            bitmaps = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
            code = mtmd.mtmd_tokenize(self._context, chunks, ctypes.byref(text), bitmaps, 1)
            if code != 0:
                raise WriterError(f"the writer can't look at a picture of {image.size} pixels")
            for i in range(mtmd.mtmd_input_chunks_size(chunks)):
                yield mtmd.mtmd_input_chunks_get(chunks, i)
        finally:
            mtmd.mtmd_input_chunks_free(chunks)
            mtmd.mtmd_bitmap_free(bitmap)

    def _sight(self, name: str, chunk: Any) -> Sight:
        count = mtmd.mtmd_input_chunk_get_n_tokens(chunk)
        if not self._causal and count > self.at_once:
            raise WriterError(f"a picture of {count} tokens is too large for the writer's eyes")
        self._stopped, self._error = False, None
        code = mtmd.mtmd_encode_chunk(self._context, chunk)
        if self._error is not None:
            raise self._error
        if self._stopped:
            raise Stopped
        if code != 0:
            raise WriterError(f"llama.cpp could not encode a picture (code {code})")
        output = mtmd.mtmd_get_output_embd(self._context)
        embeddings = np.ctypeslib.as_array(output, shape=(count, self._width)).copy()
        return Sight(
            name,
            mtmd.mtmd_input_chunk_get_n_pos(chunk),
            embeddings,
            self._places(chunk, count),
            self._causal,
        )

    def _places(self, chunk: Any, count: int) -> npt.NDArray[np.int32]:
        if not self._turns:
            return np.stack([np.arange(count), np.ones(count)])[:, None].astype(np.int32)
        tokens = mtmd.mtmd_input_chunk_get_tokens_image(chunk)
        at = []
        for start in (0, 1):
            room = (mtmd.mtmd_decoder_pos * count)()
            mtmd.mtmd_helper_image_get_decoder_pos(tokens, start, room)
            at.append([[place.t, place.y, place.x, place.z] for place in room])
        zero, one = (np.array(places, np.int32).T for places in at)
        return np.stack([zero, one - zero])

    def _offered(self, _tensor: int, ask: bool, _data: Any) -> bool:
        """Answer libmtmd: whether a node shall be waited for; once computed, whether to go on."""
        if ask:
            self._asked += 1
            return self._asked % POLLED == 0
        try:
            self._stopped = self._stopped or self._stop()
        except BaseException as error:  # ctypes would print it and go on
            self._error = error
        return not (self._stopped or self._error)
