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
    """Return the driver, the CUDA that it runs and the card with most memory; sizes in bytes."""
    nvml = ctypes.CDLL(NVML)
    _call(nvml.nvmlInit_v2)
    text, number = ctypes.create_string_buffer(96), ctypes.c_int()
    _call(nvml.nvmlSystemGetDriverVersion, text, len(text))
    told: dict[str, Any] = {"driver": text.value.decode("utf-8", "replace")}
    _call(nvml.nvmlSystemGetCudaDriverVersion_v2, ctypes.byref(number))
    told["cuda"] = f"{number.value // 1000}.{number.value % 1000 // 10}"
    _call(nvml.nvmlDeviceGetCount_v2, ctypes.byref(number))
    for index in range(number.value):
        handle, memory = ctypes.c_void_p(), _Memory()
        _call(nvml.nvmlDeviceGetHandleByIndex_v2, index, ctypes.byref(handle))
        _call(nvml.nvmlDeviceGetName, handle, text, len(text))
        _call(nvml.nvmlDeviceGetMemoryInfo, handle, ctypes.byref(memory))
        if memory.total > told.get("total", 0):
            told["card"] = text.value.decode("utf-8", "replace")
            told["total"], told["free"] = memory.total, memory.free
            major, minor = ctypes.c_int(), ctypes.c_int()
            _call(
                nvml.nvmlDeviceGetCudaComputeCapability,
                handle,
                ctypes.byref(major),
                ctypes.byref(minor),
            )
            told["capability"] = (major.value, minor.value)
            _call(nvml.nvmlDeviceGetUUID, handle, text, len(text))
            told["uuid"] = text.value.decode("ascii", "replace")
    return told


def llama() -> dict[str, Any]:
    """Return whether llama.cpp is built for a card."""
    return {"llama_gpu": bool(importlib.import_module("llama_cpp").llama_supports_gpu_offload())}


def onnx() -> dict[str, Any]:
    """Return whether ONNX Runtime is built for CUDA."""
    providers = importlib.import_module("onnxruntime").get_available_providers()
    return {"onnx_cuda": "CUDAExecutionProvider" in providers}


def torch() -> dict[str, Any]:
    """Return which CUDA and which cards torch is built for, and whether it finds one here."""
    library = importlib.import_module("torch")
    runs, cards = bool(library.cuda.is_available()), library.cuda.get_arch_list()
    return {"torch_cuda": library.version.cuda or "", "torch_runs": runs, "torch_archs": cards}


def _call(function: Callable[..., int], *arguments: Any) -> None:
    code = function(*arguments)
    if code:
        raise OSError(f"the driver answers {code}")


if __name__ == "__main__":
    main()
