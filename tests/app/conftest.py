"""What tests of the command line share: tutorials made from a text, which needs no writer."""

import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import TEXT, Mount, interstep


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Garbage is collected here alone: a QObject freed on a worker's thread ends the program."""
    gc.disable()
    yield
    gc.collect(1)


@pytest.fixture(scope="session")
def washed_dog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tutorial with six pictures; not to be changed."""
    folder = tmp_path_factory.mktemp("washed-dog")
    (folder / "dog.txt").write_text(TEXT)
    made = interstep("write", "--from", "dog.txt", "-o", "dog.interstep", cwd=folder)
    assert made.code == 0, made.err
    return folder / "dog.interstep"


@pytest.fixture
def dog(washed_dog: Path, tmp_path: Path) -> Path:
    """The same tutorial, to be changed."""
    return Path(shutil.copy(washed_dog, tmp_path / "dog.interstep"))


@pytest.fixture
def empty_store(tmp_path: Path) -> dict[str, str]:
    """The environment of an account in which no pack is installed."""
    return {"XDG_DATA_HOME": str(tmp_path / "account"), "INTERSTEP_PACKS": ""}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Mount]]:
    """A tiny disk of its own, which only root can make: its folder, and how to mount it anew."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(options, capture_output=True).returncode:
        pytest.skip("a disk of its own can be mounted by root alone")

    def mount(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)

    try:
        yield place, mount
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
