"""What ONNX Runtime really runs on, where its list promises CUDA and the machine has none."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from assets.sprites.library import library
from inference.packs import card
from inference.painter.duogen.weights import DuoGen

CPU = "CPUExecutionProvider"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The list of a build for CUDA, over the library that is here; what is called, in order."""
    calls: list[str] = []
    preload, session = onnxruntime.preload_dlls, onnxruntime.InferenceSession

    def preloaded() -> None:
        calls.append("preload")
        preload()

    def opened(*args: object, **kwargs: object) -> onnxruntime.InferenceSession:
        calls.append("session")
        return session(*args, **kwargs)

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [card.CUDA, CPU])
    monkeypatch.setattr(onnxruntime, "preload_dlls", preloaded)
    monkeypatch.setattr(onnxruntime, "InferenceSession", opened)
    return calls


def test_the_graph_is_sound() -> None:
    session = onnxruntime.InferenceSession(card.GRAPH, providers=[CPU])
    (found,) = session.run(None, {"x": np.array([2], np.float32)})
    assert found.tolist() == [-2]


@pytest.mark.skipif(card.has_driver(), reason="this machine may have CUDA")
@pytest.mark.filterwarnings("ignore:Specified provider")
def test_the_doctor_asks_a_session_and_not_only_the_list(calls: list[str]) -> None:
    assert card.onnx() == {"onnx_cuda": False}
    assert calls == ["preload", "session"]


@pytest.mark.skipif(card.has_driver(), reason="this machine may have CUDA")
@pytest.mark.filterwarnings("ignore:Specified provider")
@pytest.mark.parametrize("on_card", [True, False])
def test_the_painter_brings_pips_cuda_libraries_before_its_first_session(
    calls: list[str], on_card: bool
) -> None:
    weights = Path(str(files("assets") / "starter"))
    painter = DuoGen(weights, library(), 1, on_card=on_card)
    assert painter.provider == CPU
    assert calls[: calls.index("session")] == ["preload"] * on_card
