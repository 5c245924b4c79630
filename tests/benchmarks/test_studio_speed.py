"""The studio beside bare Qt in the same run: start, opening, typing, scrolling, memory, idling.

Run alone on the machine: pytest -m benchmark -s tests/benchmarks/test_studio_speed.py
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import studio_measures

pytestmark = pytest.mark.benchmark

SCRIPT = Path(studio_measures.__file__).resolve()
STARTS = 5


def measured(what: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-P", str(SCRIPT), what, str(folder)]
    begin = time.time()
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    numbers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return numbers | {"begin": begin}


def told(what: str, ours: float, bare: float, unit: str, target: str) -> None:
    print(f"\n{what}: {ours:.3g} {unit}, bare Qt {bare:.3g} (target {target})", end="")


def test_cold_start_to_first_paint(tmp_path: Path) -> None:
    seconds: dict[str, list[float]] = {"start": [], "bare-start": []}
    for _ in range(STARTS):  # in pairs, so that a busy moment falls on both
        for what, times in seconds.items():
            numbers = measured(what, tmp_path)
            times.append(numbers["at"] - numbers["begin"])
    ours, bare = median(seconds["start"]), median(seconds["bare-start"])
    told("cold start to first paint", ours, bare, "s", f"1.7 times; {ours / bare:.2f}")


def test_a_large_tutorial(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-P", str(SCRIPT), "make", str(tmp_path)], check=True)
    ours, bare = measured("big", tmp_path), measured("bare-big", tmp_path)
    told("open 500 steps, 4 takes each, first paint", ours["opened"], bare["opened"], "s", "0.3")
    told("all steps have their widgets", ours["built"], bare["opened"], "s", "at idle")
    for name, words in (("typing", "typing"), ("running", "typing while a run streams")):
        for kind, target in (("p95", "3"), ("max", "16")):
            told(f"{words}, {kind}", ours[name][kind], bare["typing"][kind], "ms", target)
    told("scroll frame, p95", ours["scrolling"]["p95"], bare["scrolling"]["p95"], "ms", "16")
    told("memory with it open", ours["memory"], bare["memory"], "MB", "250")
    told("memory after all that", ours["later_memory"], bare["memory"], "MB", "no more")
    told("idle share of a core", ours["idle"], bare["idle"], "", "0")
    assert ours["still_running"]
