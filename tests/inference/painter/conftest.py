from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from assets.sprites.library import Library, library


@pytest.fixture(scope="session")
def drawings() -> Library:
    return library()


@pytest.fixture
def torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one thing of torchvision that the stock network calls: to resize its padding mask."""
    from diffusers.models.transformers import transformer_cosmos

    def resize(mask: Tensor, size: list[int], interpolation: object) -> Tensor:
        return torch.nn.functional.interpolate(mask, size, mode="nearest")

    nearest = SimpleNamespace(NEAREST="nearest")
    transforms = SimpleNamespace(
        functional=SimpleNamespace(resize=resize), InterpolationMode=nearest
    )
    monkeypatch.setattr(transformer_cosmos, "transforms", transforms, raising=False)
