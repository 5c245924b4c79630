"""Parts of requests and events: pictures, steps, the look, what a painter sees.

Standard library only, as protocol.py, which gives them out.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal

from inference.wire import Json, ProtocolError


@dataclass(frozen=True)
class Image:
    """An encoded picture; sha256 is over the encoded bytes, width and height are in pixels."""

    sha256: str
    width: int
    height: int
    base64: str

    def data(self) -> bytes:
        """Return the encoded bytes; raises ProtocolError when they are not what sha256 names."""
        try:
            data = base64.b64decode(self.base64, validate=True)
        except ValueError as error:
            raise ProtocolError("a picture that is not base64") from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ProtocolError("a picture whose bytes do not match its sha256")
        return data


def image(data: bytes, width: int, height: int) -> Image:
    """Return the picture for the wire."""
    sha256 = hashlib.sha256(data).hexdigest()
    return Image(sha256, width, height, base64.b64encode(data).decode("ascii"))


@dataclass(frozen=True)
class GivenStep:
    """A step whose text is the author's own: the engine describes and paints, it changes no word.

    An empty description asks for a draft of one; picture: the id of its place, if it has one;
    image: what stands there, for a writer with eyes that goes on behind the step.
    """

    step: str
    title: str
    body: str
    description: str = ""
    picture: str = ""
    image: Image | None = None


@dataclass(frozen=True)
class Condition:
    """A picture on which another is conditioned: its role, name and editable source.

    image: its bytes, where the source alone does not tell what it shows.
    """

    role: Literal["previous", "next", "anchor", "present"]
    sha256: str
    source: Json
    image: Image | None = None


@dataclass(frozen=True)
class LookEntry:
    """An object and how it looks in every picture."""

    name: str
    other_names: tuple[str, ...] = ()
    appearance: str = ""


@dataclass(frozen=True)
class Look:
    """What pictures of one tutorial share."""

    entries: tuple[LookEntry, ...] = ()
    palette: str = ""
    style: str = ""
    camera: str = ""


@dataclass(frozen=True)
class PaintOptions:
    """size: pixels a side; the other fields: 0 or empty for the pack's own."""

    size: int = 768
    denoising_steps: int = 0
    guidance_scale: float = 0.0
    painter: Literal["", "storyboard", "duogen", "klein", "qwen-edit", "cosmos"] = ""


@dataclass(frozen=True)
class Numbers:
    """What else decides a picture of pixels: chosen by the memory that was free.

    kind, encoder: numbers of the transformer and of the text encoder; dtype: in which they compute.
    tiling: of the VAE. references: pictures seen at most; reference_size, size: pixels a side at
    most. compiled: whether the transformer's blocks are.
    """

    dtype: Literal["float16", "bfloat16", "float32"]
    kind: Literal["none", "int8", "uint4"]
    encoder: Literal["none", "int8", "uint4"]
    tiling: bool
    references: int
    reference_size: int
    size: int
    compiled: bool


@dataclass(frozen=True)
class PaintInput:
    """Everything that a painter sees of one picture. The recipe is this, with hashes.

    chunks are the texts of the context up to and with the picture's own step. mask: where a fix may
    change the present take, white on black, stretched over it; everywhere without it. numbers: with
    which a take is painted again; None for what the memory allows.
    """

    title: str
    heading: str
    body: str
    description: str
    chunks: tuple[str, ...]
    conditions: tuple[Condition, ...]
    seed: int
    mode: Literal["new", "fix"] = "new"
    instruction: str = ""
    mask: Image | None = None
    look: Look = Look()
    options: PaintOptions = PaintOptions()
    numbers: Numbers | None = None
