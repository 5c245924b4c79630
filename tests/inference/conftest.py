"""Tiny random models on disk and in memory, shared by the tests of the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_eyes
import tiny_llama
from tiny_eyes import Seer
from tiny_llama import Array

from inference.writer.model import Model


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


@pytest.fixture(scope="session", params=tiny_eyes.KINDS)
def seer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seer]:
    seer = tiny_eyes.seer(request.param, tmp_path_factory.mktemp(request.param))
    yield seer
    seer.close()
