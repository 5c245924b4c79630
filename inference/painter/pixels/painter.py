"""Paints pictures of pixels with a family's networks: text and neighbours in, a canvas out."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Literal

import torch
from PIL import Image
from torch import Tensor

from assets.sprites.library import Library
from inference.context import last_text
from inference.painter.drawing import CannotFix, Canvas, Glimpse, PainterError
from inference.painter.pixels.family import Family, Frame, Size, Told, image_of
from inference.painter.pixels.glimpse import Glimpses
from inference.painter.pixels.prompting import prompt_of
from inference.painter.pixels.references import Reference, decoded, references
from inference.protocol import Json, PaintInput

Stage = Literal["read", "see", "paint", "decode"]
KEPT = 16  # references whose latents are kept
ANOTHER = "Choose another seed, or another painter."
FLAT = 2.0  # of 255: a picture whose brightest and darkest pixel differ by less is broken


class Broken(PainterError):
    """Numbers overflowed: there is no picture."""


class PixelPainter:
    """A painter over one family. most: references; area: pixels of a reference at most.

    weights: sha256 by file name, for the recipe. begin: told before each stage, so that the
    networks that it needs can be brought.
    """

    def __init__(
        self,
        family: Family,
        weights: Json,
        drawings: Library,
        most: int,
        area: int,
        begin: Callable[[Stage], None] = lambda _stage: None,
    ) -> None:
        self.most = most
        self.area = area
        self._family = family
        self._weights = weights
        self._drawings = drawings
        self._begin = begin
        self._encoded: OrderedDict[str, Tensor] = OrderedDict()

    @property
    def dtype(self) -> str:
        """The name of the type in which the transformer computes."""
        return str(self._family.dtype).removeprefix("torch.")

    def recipe(self) -> Json:
        """Return what a recipe says of the painter."""
        return {
            "painter": self._family.name,
            "weights": self._weights,
            "dtype": self.dtype,
            "references": {"most": self.most, "area": self.area},
        }

    def forget(self) -> None:
        """Drop the latents that are kept: they would come out otherwise now."""
        self._encoded.clear()

    def read_ahead(self, chunks: Sequence[str]) -> None:
        """Nothing: what is read depends on the picture."""

    def draw(self, given: PaintInput) -> Iterator[Glimpse | Canvas]:
        """Yield a glimpse after each denoising step, then the picture.

        A picture that overflowed in half precision is painted once more in bfloat16. Raises
        CannotFix, and PainterError where no picture comes out.
        """
        try:
            yield from self._draw(given)
        except Broken:
            if self._family.dtype != torch.float16:
                raise
            self.widen()
            yield from self._draw(given)

    def widen(self) -> None:
        """Let networks that compute in float16 compute in bfloat16 from now on."""
        for network in self._family.networks:
            recast(network, torch.bfloat16)
        self.forget()
        self.__dict__.pop("_glimpses", None)  # fitted in the numbers that overflowed

    @torch.no_grad()
    def _draw(self, given: PaintInput) -> Iterator[Glimpse | Canvas]:
        family, fixing = self._family, given.mode == "fix"
        mask = decoded(given.mask) if given.mask is not None and fixing else None
        most = max(self.most, 1) if fixing else self.most
        seen = references(given.conditions, self._drawings, most)
        if fixing and not (seen and seen[0].role == "present"):
            raise CannotFix("there is no picture to fix: draw a new one")
        wanted, size = _sizes(given, seen, family.multiple)
        steps = given.options.denoising_steps or family.steps
        chunks = given.chunks
        told = Told(prompt_of(given, seen), chunks, last_text(list(chunks)) if chunks else 0)
        self._begin("read")
        guidance = given.options.guidance_scale or family.guidance
        condition = family.condition(told, seen, guidance)
        self._begin("see")
        frames = [Frame(one.time, self._latents(one)) for one in seen]
        glimpses = self._glimpses
        self._begin("paint")
        noise, slope = family.begin(condition, frames, size, given.seed, guidance)
        for done, (x, x0) in enumerate(family.solve(slope, noise, steps), 1):
            if not bool(x.isfinite().all()):
                raise Broken("the picture came out broken", ANOTHER)
            if done < steps:
                yield Glimpse(glimpses(x0, size), done, steps)
        self._begin("decode")
        image = image_of(_sound(family.decode(x, size)))
        if image.size != (wanted.width, wanted.height):
            image = image.resize((wanted.width, wanted.height), Image.Resampling.LANCZOS)
        if mask is not None:
            image = inside(given, mask, image, self._drawings)
        yield Canvas(image, given.description)

    def _latents(self, reference: Reference) -> Tensor:
        key = f"{reference.sha256} {self.area}"
        if key not in self._encoded:
            pixels = self._family.fitted(reference.pixels, self.area)
            self._encoded[key] = self._family.encode(pixels)
            if len(self._encoded) > KEPT:
                self._encoded.popitem(last=False)
        return self._encoded[key]

    @cached_property
    def _glimpses(self) -> Glimpses:
        return Glimpses(self._family)


def inside(
    given: PaintInput, mask: Image.Image, painted: Image.Image, drawings: Library
) -> Image.Image:
    """Return the present take, painted anew where the mask is white; outside it keeps its bytes."""
    [present] = references(given.conditions, drawings, 1)
    where = mask.convert("L").resize(present.pixels.size, Image.Resampling.BICUBIC)
    fitting = painted.resize(present.pixels.size, Image.Resampling.LANCZOS)
    return Image.composite(fitting, present.pixels, where)


def recast(network: Any, dtype: torch.dtype) -> None:
    """Let a network that computes in float16 compute in another dtype; what is finer stays."""
    for tensor in chain(network.parameters(), network.buffers()):
        if tensor.dtype == torch.float16:
            tensor.data = tensor.data.to(dtype)
    for layer in network.modules():
        # Quantised by SDNQ: the dtype in which its weights come back.
        if hasattr(layer, "sdnq_dequantizer"):
            layer.sdnq_dequantizer.result_dtype = dtype


def _sizes(given: PaintInput, seen: Sequence[Reference], multiple: int) -> tuple[Size, Size]:
    """Return a picture's size as it is wanted, and as it is painted."""
    side = given.options.size
    width = height = side
    if given.mode == "fix":
        shape = seen[0].pixels
        longer = side / max(shape.width, shape.height)
        width, height = round(shape.width * longer), round(shape.height * longer)
    painted = Size(*(max(multiple, round(one / multiple) * multiple) for one in (width, height)))
    return Size(width, height), painted


def _sound(pixels: Tensor) -> Tensor:
    """Return the pixels; raises Broken for a picture that is not one."""
    if not bool(pixels.isfinite().all()) or float(pixels.max() - pixels.min()) < FLAT / 127.5:
        raise Broken("the picture came out empty", ANOTHER)
    return pixels
