"""The card of this machine, asked of a program that stands where the driver's would."""

import os
import sys
from pathlib import Path

import pytest

from inference.packs.card import Card, find_card

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="writes a shell script")


def program(folder: Path, *lines: str) -> str:
    path = folder / "nvidia-smi"
    path.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines))
    os.chmod(path, 0o755)
    return str(path)


def test_the_card_with_most_memory_counts(tmp_path: Path) -> None:
    told = program(tmp_path, "NVIDIA T600, 4096, 4000, 7.5", "GeForce, 12 GB, 12288, 11000, 8.6")
    assert find_card(told) == Card("GeForce, 12 GB", 12288 << 20, 11000 << 20, (8, 6))


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("No devices were found",),
        ("GPU, [N/A], [N/A], 8.6",),
        ("GPU, 100, 200, 8.6",),
        ("GPU, 100, 50, 8",),
    ],
)
def test_no_card_is_told_as_none(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert find_card(program(tmp_path, *lines)) is None


def test_no_driver_is_told_as_none(tmp_path: Path) -> None:
    assert find_card(str(tmp_path / "nothing")) is None
