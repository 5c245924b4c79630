"""Tiny random models on disk and in memory, shared by the tests of the engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tiny_eyes
import tiny_llama
from tiny_llama import Array

from inference.writer.model import Model
from inference.writer.vision import Eyes


@pytest.fixture(scope="session")
def tiny_weights() -> dict[str, Array]:
    return tiny_llama.weights()


@pytest.fixture(scope="session")
def tiny_gguf(tiny_weights: dict[str, Array], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    tiny_llama.write_gguf(path, tiny_weights)
    return path


@pytest.fixture(scope="session")
def tiny(tiny_gguf: Path) -> Iterator[Model]:
    """The tiny model in memory; its contexts are closed by the tests that make them."""
    model = Model(tiny_gguf)
    yield model
    model.close()


@dataclass(frozen=True)
class Seer:
    """A tiny model with eyes: the torch module, and the same weights in llama.cpp."""

    kind: str
    network: Any
    model: Model
    eyes: Eyes
    path: Path  # of the eyes


@pytest.fixture(scope="session", params=tiny_eyes.KINDS)
def seer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seer]:
    folder = tmp_path_factory.mktemp(request.param)
    network = tiny_eyes.model(request.param)
    text, path = folder / "text.gguf", folder / "eyes.gguf"
    tiny_eyes.write_text(text, request.param, network)
    tiny_eyes.write_eyes(path, request.param, network)
    model = Model(text)
    eyes = Eyes(model, path, threads=1)
    yield Seer(request.param, network, model, eyes, path)
    eyes.close()
    model.close()
