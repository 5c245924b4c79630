"""Commands that mend: they read the same in every shell, and mend the environment that is meant."""

import os
import re
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from inference.mending import in_one_sentence, pip
from inference.packs.runtime import Machine, ticks

BUILT = {"torch": "2.13.0", "llama-cpp-python": "0.3.36", "onnxruntime": "1.31.1"}
FOR_CPUS = Machine("580", "13.0", llama_gpu=False, onnx_cuda=False, torch_cuda="", versions=BUILT)


def test_each_line_reads_the_same_in_every_shell() -> None:
    commands = [tick.command for tick in ticks(FOR_CPUS) if tick.command]
    assert len(set(commands)) == 4  # what is absent, and three builds
    for line in "\n".join(commands).splitlines():
        assert line.startswith(("pip ", "uv "))  # a word: PowerShell only prints a quoted one
        bare = re.sub(r'"[^"]*"', "", line.replace(sys.executable, ""))
        assert not set(bare) & set("&|;<>'`$%^!()[]{}"), bare


def test_a_sentence_holds_all_lines() -> None:
    assert in_one_sentence("a\nb") == "a, then: b"


@pytest.mark.skipif(os.name == "nt", reason="runs it in sh")
def test_pip_works_on_the_environment_that_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not on that of the pip which is found first; a folder with a space and no pip of its own."""
    place = tmp_path / "its own $HOME"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    monkeypatch.setattr(sys, "executable", str(python))
    told = subprocess.run(
        ["sh", "-c", pip("inspect --local")],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    assert '"installed": []' in told.stdout
    assert shlex.split(pip("list"))[:3] == ["pip", "--python", str(python)]
