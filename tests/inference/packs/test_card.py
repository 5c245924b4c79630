"""What the driver tells of several cards, through a driver of our own with NVML's interface."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inference.packs import card
from inference.packs.manifest import catalogue
from inference.packs.runtime import Machine, Tick, lacking, read, ticks

COMPILER = shutil.which("cc")
DRIVER = """
#include <stdint.h>
#include <string.h>
typedef struct { unsigned long long total, free, used; } Memory;
static const unsigned long long SIZES[] = {CARDS};
enum { COUNT = sizeof SIZES / sizeof *SIZES };
const char *nvmlErrorString(int code) { return code == 15 ? "GPU is lost" : "Unknown Error"; }
int nvmlInit_v2(void) { return 0; }
int nvmlSystemGetDriverVersion(char *t, unsigned n) { strncpy(t, "580.95.05", n); return 0; }
int nvmlSystemGetCudaDriverVersion_v2(int *v) { *v = 13010; return 0; }
int nvmlDeviceGetCount_v2(unsigned *n) { *n = COUNT; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **h) {
  *h = (void *)(uintptr_t)(i + 1);
  return SIZES[i] == 1 ? 15 : 0;
}
static unsigned long long size(void *h) { return SIZES[(uintptr_t)h - 1]; }
int nvmlDeviceGetName(void *h, char *t, unsigned n) {
  strncpy(t, "GeForce 0", n); t[8] += (uintptr_t)h; return 0;
}
int nvmlDeviceGetMemoryInfo(void *h, Memory *m) {
  m->total = size(h); m->free = size(h) / 2; return size(h) == 2 ? 999 : 0;
}
int nvmlDeviceGetCudaComputeCapability(void *h, int *major, int *minor) {
  *major = 8; *minor = 6; return 0;
}
int nvmlDeviceGetUUID(void *h, char *t, unsigned n) { strncpy(t, "GPU-x", n); return 0; }
"""
UNASKABLE, UNREADABLE = 1, 2  # sizes that stand for cards of which the driver tells no more

pytestmark = pytest.mark.skipif(
    COMPILER is None or sys.platform != "linux", reason="needs a C compiler, on Linux"
)


def machine(folder: Path, *sizes: int) -> Machine:
    """Return what card.py tells of a machine with cards of these sizes."""
    source = folder / "driver.c"
    source.write_text(DRIVER.replace("CARDS", ", ".join(f"{size}ull" for size in sizes)))
    command = [str(COMPILER), "-shared", "-fPIC", "-w", "-o", str(folder / card.NVML), str(source)]
    subprocess.run(command, check=True)
    (folder / "torch.py").write_text("raise ImportError")  # only the driver is asked
    for name in ("llama_cpp", "onnxruntime"):
        shutil.copy(folder / "torch.py", folder / f"{name}.py")
    told = subprocess.run(
        [sys.executable, "-P", card.__file__],
        capture_output=True,
        check=True,
        env=os.environ | {"LD_LIBRARY_PATH": str(folder), "PYTHONPATH": str(folder)},
    ).stdout
    return read(told, {})


def test_one_bad_card_hides_no_other(tmp_path: Path) -> None:
    found = machine(tmp_path, 12 * 10**9, UNASKABLE, 24 * 10**9, UNREADABLE)
    assert (found.driver, found.cuda) == ("580.95.05", "13.1")
    assert (found.card, found.total, found.free) == ("GeForce 3", 24 * 10**9, 12 * 10**9)
    assert (found.capability, found.uuid) == ((8, 6), "GPU-x")
    assert found.others == ("GeForce 1 with 12.0 GB",)
    assert found.lost == (
        "Card 1: the driver answers 15 (GPU is lost)",
        "Card 3, GeForce 4: the driver answers 999 (Unknown Error)",
    )
    told = [(tick.name, tick.good) for tick in ticks(found)[:4]]
    assert told == [
        ("NVIDIA driver", True),
        ("Another card", True),
        ("A lost card", False),
        ("A lost card", False),
    ]


def test_a_driver_without_a_good_card_is_told(tmp_path: Path) -> None:
    found = machine(tmp_path, UNASKABLE)
    assert (found.driver, found.card, found.total) == ("580.95.05", "", 0)
    assert len(found.lost) == 1
    pack = next(pack for pack in catalogue() if pack.card)
    assert lacking(pack, found)[0] == Tick("The card", "does not answer its driver", False)
