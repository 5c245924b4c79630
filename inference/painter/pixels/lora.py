"""A LoRA of a painter's network, added to its weights while these are read.

Merged before anything is quantised, it costs neither memory nor time in painting. Both common
spellings are read: lora_down/lora_up with alpha, and lora_A/lora_B.
Source: Hu et al., 2022.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from inference.painter.drawing import PainterError

if TYPE_CHECKING:
    import torch

PREFIXES = ("transformer.", "diffusion_model.", "")
DOWN, UP = (".lora_down.weight", ".lora_A.weight"), (".lora_up.weight", ".lora_B.weight")


class Lora:
    """The pairs of a safetensors file by the name of the layer that each changes.

    Raises PainterError for a file that holds anything else.
    """

    def __init__(self, path: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            tensors = load_file(str(path))
        except (OSError, SafetensorError) as error:
            raise PainterError(f"“{path.name}” can't be read: {error}") from error
        self._path = path
        self._down: dict[str, torch.Tensor] = {}
        self._up: dict[str, torch.Tensor] = {}
        self._alpha: dict[str, float] = {}
        self.unused: set[str] = set()
        for key, tensor in tensors.items():
            self._take(key, tensor)
        if self._down.keys() != self._up.keys() or not self._down:
            raise PainterError(f"“{path.name}” holds no whole LoRA")
        self.unused = set(self._down)

    def _take(self, key: str, tensor: "torch.Tensor") -> None:
        name = key.removeprefix(next(prefix for prefix in PREFIXES if key.startswith(prefix)))
        for endings, place in ((DOWN, self._down), (UP, self._up)):
            for ending in endings:
                if name.endswith(ending) and tensor.ndim == 2:
                    place[name.removesuffix(ending)] = tensor
                    return
        if not name.endswith(".alpha") or tensor.numel() != 1:
            raise PainterError(f"“{self._path.name}” holds {key}, which is of no LoRA")
        self._alpha[name.removesuffix(".alpha")] = float(tensor)

    def merged(self, name: str, tensor: "torch.Tensor") -> "torch.Tensor":
        """Return a weight with what the LoRA adds; raises PainterError when it does not fit."""
        layer = name.removesuffix(".weight")
        if layer not in self._down or layer == name:
            return tensor
        down, up = self._down[layer].float(), self._up[layer].float()
        if (up.shape[0], down.shape[1]) != tuple(tensor.shape) or up.shape[1] != down.shape[0]:
            raise PainterError(f"“{self._path.name}” does not fit the layer {layer}")
        self.unused.discard(layer)
        scale = self._alpha.get(layer, down.shape[0]) / down.shape[0]
        return (tensor.float() + scale * up @ down).to(tensor.dtype)
