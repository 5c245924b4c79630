"""What llama.cpp makes of a prompt for a painter's network: the very states its pipeline computes.

The pipeline's template is kept, token by token; what a person wrote is tokenised without special
tokens, so that no text can pass for a picture or a turn.
"""

import math
from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor

from inference.painter.connector import concatenated
from inference.painter.drawing import PainterError
from inference.writer.batches import Sight, Tokens
from inference.writer.errors import WriterError
from inference.writer.model import Model
from inference.writer.states import Reader
from inference.writer.vision import Eyes

START, END = "<|im_start|>", "<|im_end|>"
EDITING = (
    "Describe the key features of the input image (color, shape, size, texture, objects,"
    " background), then explain how the user's text instruction should alter or modify the image."
    " Generate a new image that meets the user's requirements while maintaining consistency with"
    " the original input where appropriate."
)  # part of what Qwen-Image-Edit was trained with, as are the words below
SIGHT = 28  # pixels a side of what Qwen2.5-VL sees as one token
DROPPED = 64  # tokens of the system turn, which the network never sees
PROMPTING = "You are a helpful assistant who will provide prompts to an image generator."
PADDED = 512  # tokens of a Cosmos prompt; the pads are a part of what its network was taught with
PAD = "<|endoftext|>"


class EditReading:
    """Reads a text and pictures for Qwen-Image-Edit, with its own multimodal LLM.

    reader: with the last layer after the final norm, and the eyes.
    """

    def __init__(self, model: Model, reader: Reader, eyes: Eyes) -> None:
        self._model = model
        self._reader = reader
        self._eyes = eyes

    def __call__(self, text: str, pictures: Sequence[Image.Image]) -> Tensor:
        """Return the last states, (1, n_tokens, width), the template's first tokens dropped.

        Nothing is cut, as in the pipeline: raises PainterError for what has no room.
        """
        turn = _Turn(self._model)
        turn.special(START).plain(f"system\n{EDITING}").special(END).plain("\n")
        turn.special(START).plain("user\n")
        for number, picture in enumerate(pictures, 1):
            turn.plain(f"Picture {number}: ").seen(self._eyes.see(_whole(picture)))
        turn.plain(text).special(END).plain("\n").special(START).plain("assistant\n")
        chunks = turn.chunks()
        over = sum(map(len, chunks)) - self._reader.n_ctx
        if over > 0:
            raise PainterError(
                f"the description, the look and what is to change are {over} tokens longer than"
                " this painter can read",
                "Shorten them, or let the picture see fewer others.",
            )
        states = [torch.from_numpy(part.copy()) for part in self._reader.states(chunks)]
        return torch.cat(states)[None, DROPPED:, 0]


class WorldReading:
    """Reads a text for Cosmos: all layers of every token, pads included.

    reader: with all layers, the last one after the final norm.
    """

    def __init__(self, model: Model, reader: Reader) -> None:
        self._model = model
        self._reader = reader

    def __call__(self, text: str) -> Tensor:
        """Return (1, PADDED, n_layers * width); a longer text loses its beginning."""
        start = _Turn(self._model).special(START).plain(f"system\n{PROMPTING}").special(END)
        head = start.plain("\n").special(START).tokens()
        words = _Turn(self._model).plain(f"user\n{text}").tokens()
        tail = _Turn(self._model).special(END).plain("\n").tokens()
        used = [*head, *words[len(head) + len(tail) - PADDED :], *tail]
        pads = [_special(self._model, PAD)] * (PADDED - len(used))
        [states] = self._reader.states([(*used, *pads)])
        width = states.shape[-1]
        # The network was taught with the sample's deviation, not the population's.
        return concatenated(torch.from_numpy(states.copy()))[None] * math.sqrt(1 - 1 / width)


class _Turn:
    """A chat as chunks; text between two special tokens is tokenised as one piece."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._chunks: list[Tokens | Sight] = []
        self._tokens: list[int] = []
        self._text = ""

    def plain(self, text: str) -> "_Turn":
        self._text += text
        return self

    def special(self, name: str) -> "_Turn":
        self._tokens = [*self.tokens(), _special(self._model, name)]
        return self

    def seen(self, pieces: Sequence[Tokens | Sight]) -> "_Turn":
        for piece in pieces:
            if isinstance(piece, Sight):
                self._chunks += [tuple(self.tokens()), piece]
                self._tokens = []
            else:
                self._tokens = [*self.tokens(), *piece]
        return self

    def tokens(self) -> list[int]:
        """Return what was added since the last image."""
        self._tokens += self._model.tokenize(self._text)
        self._text = ""
        return self._tokens

    def chunks(self) -> list[Tokens | Sight]:
        return [*self._chunks, tuple(self.tokens())]


def _whole(picture: Image.Image) -> Image.Image:
    """Return the picture in whole tokens, as the model's own processor resizes it.

    llama.cpp would choose other sizes; such a picture it leaves as it is.
    """
    width, height = (max(1, round(side / SIGHT)) * SIGHT for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def _special(model: Model, name: str) -> int:
    token = model.token(name)
    if token is None:
        raise WriterError(
            f"“{model.path.name}” knows no {name}",
            "Choose the reader that the painter's pack names.",
        )
    return token
