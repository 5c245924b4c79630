"""A child process that says what this machine's NVIDIA card can do: one JSON object a line.

Run as a script: libraries that are built for CUDA are slow to load, and one that crashes takes
only the lines behind it along. The driver answers first, before a library takes memory.
"""

import ctypes
import importlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NVML = "nvml.dll" if os.name == "nt" else "libnvidia-ml.so.1"  # comes with the driver

CUDA = "CUDAExecutionProvider"
# An ONNX model of one node, y = -x of one number; opset 13.
GRAPH = bytes.fromhex(
    "08083a320a0b0a017812017922034e65671201675a0f0a0178120a0a0808"
    "0112040a020801620f0a0179120a0a08080112040a02080142040a00100d"
)


@dataclass(frozen=True)
class Card:
    """total and free in bytes; capability as (major, minor), (8, 0) and later have bf16.

    uuid: by which CUDA knows it.
    """

    name: str
    total: int
    free: int
    capability: tuple[int, int]
    uuid: str = ""


class _Memory(ctypes.Structure):
    """nvmlMemory_t, in bytes."""

    _fields_ = (
        ("total", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    )


def main() -> None:
    """Ask the driver and each library that is there."""
    for ask in (driver, llama, onnx, torch):
        try:
            print(json.dumps(ask()), flush=True)
        except Exception:  # absent, or it can't be loaded: what it would tell stays unknown
            continue


def has_driver() -> bool:
    """Return whether an NVIDIA driver is installed."""
    try:
        ctypes.CDLL(NVML)
    except OSError:
        return False
    return True


def find_card() -> Card | None:
    """Return the card with most memory; None without a card, a driver or an answer."""
    try:
        told = driver()
        major, minor = told["capability"]
        return Card(told["card"], told["total"], told["free"], (major, minor), told["uuid"])
    except (OSError, AttributeError, KeyError):
        return None


def driver() -> dict[str, Any]:
    """Return the driver, the CUDA that it runs and the card with most memory; sizes in bytes.

    others: the other good cards, in words; lost: the cards that can't be asked, and why.
    """
    nvml = ctypes.CDLL(NVML)
    nvml.nvmlErrorString.restype = ctypes.c_char_p
    _call(nvml, nvml.nvmlInit_v2)
    text, number = ctypes.create_string_buffer(96), ctypes.c_int()
    _call(nvml, nvml.nvmlSystemGetDriverVersion, text, len(text))
    told: dict[str, Any] = {"driver": text.value.decode("utf-8", "replace")}
    _call(nvml, nvml.nvmlSystemGetCudaDriverVersion_v2, ctypes.byref(number))
    told["cuda"] = f"{number.value // 1000}.{number.value % 1000 // 10}"
    _call(nvml, nvml.nvmlDeviceGetCount_v2, ctypes.byref(number))
    cards, lost = [], []
    for index in range(number.value):
        name = f"Card {index}"
        try:
            handle = ctypes.c_void_p()
            _call(nvml, nvml.nvmlDeviceGetHandleByIndex_v2, index, ctypes.byref(handle))
            _call(nvml, nvml.nvmlDeviceGetName, handle, text, len(text))
            card = text.value.decode("utf-8", "replace")
            name = f"{name}, {card}"
            cards.append({"card": card} | _card(nvml, handle))
        except OSError as error:  # it hides no other one
            lost.append(f"{name}: {error}")
    best, *others = sorted(cards, key=lambda card: -card["total"]) or [{}]
    names = [f"{card['card']} with {card['total'] / 1e9:.1f} GB" for card in others]
    return told | best | {"others": names, "lost": lost}


def _card(nvml: Any, handle: ctypes.c_void_p) -> dict[str, Any]:
    memory, text = _Memory(), ctypes.create_string_buffer(96)
    _call(nvml, nvml.nvmlDeviceGetMemoryInfo, handle, ctypes.byref(memory))
    major, minor = ctypes.c_int(), ctypes.c_int()
    ask = nvml.nvmlDeviceGetCudaComputeCapability
    _call(nvml, ask, handle, ctypes.byref(major), ctypes.byref(minor))
    _call(nvml, nvml.nvmlDeviceGetUUID, handle, text, len(text))
    return {
        "total": memory.total,
        "free": memory.free,
        "capability": (major.value, minor.value),
        "uuid": text.value.decode("ascii", "replace"),
    }


def llama() -> dict[str, Any]:
    """Return whether llama.cpp is built for a card."""
    return {"llama_gpu": bool(importlib.import_module("llama_cpp").llama_supports_gpu_offload())}


def onnx() -> dict[str, Any]:
    """Return whether ONNX Runtime really gives CUDA to a graph, not only has it in its list."""
    library = importlib.import_module("onnxruntime")
    if CUDA not in library.get_available_providers():
        return {"onnx_cuda": False}
    if hasattr(library, "preload_dlls"):  # else the libraries of pip's wheels are not found
        library.preload_dlls()
    session = library.InferenceSession(GRAPH, providers=[CUDA, "CPUExecutionProvider"])
    return {"onnx_cuda": CUDA in session.get_providers()}


def torch() -> dict[str, Any]:
    """Return which CUDA and which cards torch is built for, and whether it finds one here."""
    library = importlib.import_module("torch")
    runs, cards = bool(library.cuda.is_available()), library.cuda.get_arch_list()
    return {"torch_cuda": library.version.cuda or "", "torch_runs": runs, "torch_archs": cards}


def _call(nvml: Any, function: Callable[..., int], *arguments: Any) -> None:
    code = function(*arguments)
    if code:
        words = (nvml.nvmlErrorString(code) or b"").decode("utf-8", "replace")
        raise OSError(f"the driver answers {code} ({words})")


if __name__ == "__main__":
    main()
