"""The engine in an environment of its own, so that one with CUDA can't break the studio."""

import os
import sys
import venv
from pathlib import Path

import pytest
from command_line import Outcome, interstep
from PySide6.QtCore import QCoreApplication
from test_client import Listener

from inference.protocol import Ready


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The interpreter of a fresh environment that finds the libraries of this one."""
    place = tmp_path / "an environment"
    venv.create(place, system_site_packages=True, symlinks=os.name != "nt", with_pip=False)
    (packages,) = [*place.glob("lib/python*/site-packages"), *place.glob("Lib/site-packages")]
    (packages / "these.pth").write_text("\n".join(path for path in sys.path if path))
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def test_the_engine_runs_in_the_environment_that_was_chosen(
    qt: QCoreApplication, python: Path
) -> None:
    listener = Listener(str(python), "-P", "-m", "inference")
    listener.start()
    listener.client.stop()
    (ready,) = listener.events
    assert isinstance(ready, Ready)
    assert ready.prefix == str(python.parents[1]) != sys.prefix
    assert "write" in ready.abilities
    assert listener.stops == []


def test_a_wrong_path_is_one_sentence(qt: QCoreApplication, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    for wrong in (tmp_path / "absent", tmp_path, tmp_path / "text"):
        listener = Listener(str(wrong), "-P", "-m", "inference")
        listener.start()
        (sentence,) = listener.stops
        assert sentence.startswith(f"The engine can't be started with {wrong} (")
        assert sentence.endswith(
            "choose another Python with interstep doctor --engine-python PATH."
        )


def test_it_is_chosen_once_for_the_studio_and_the_command(tmp_path: Path, python: Path) -> None:
    account = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}

    def doctor(*words: str) -> Outcome:
        return interstep("doctor", *words, cwd=tmp_path, env=account)

    assert f"Engine      {sys.executable}\n" in doctor().out
    assert f"Engine      {python}\n" in doctor("--engine-python", str(python)).out
    refused = doctor("--engine-python", str(tmp_path / "absent"))
    assert refused.code == 1
    assert "can't be started with" in refused.sentence()
    assert f"Engine      {python}\n" in doctor().out, "a wrong one is not kept"
    assert f"Engine      {sys.executable}\n" in doctor("--engine-python", "").out
