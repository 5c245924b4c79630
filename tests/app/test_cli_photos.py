"""`interstep write --image`: at a terminal what the photos show is asked about, elsewhere not."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import fake_engine
import pytest
from PySide6.QtWidgets import QApplication

from app import cli
from app.commands import conversation
from app.engine.client import Client
from app.tutorial.file import TutorialFile
from app.tutorial.model import Tutorial

FAKE = ("-P", str(Path(fake_engine.__file__).resolve()))
ASKED = "Your photos show:\n  a bowl\n  a frog\nPress Enter"
Write = Callable[..., Tutorial | None]


@pytest.fixture
def write(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that runs the command with the fake engine, and what is typed or piped.

    It returns the tutorial, or None where the command made none.
    """
    monkeypatch.setattr(conversation, "Client", lambda _python: Client(sys.executable, FAKE))
    (tmp_path / "dish.png").write_bytes(fake_engine.png(3, "a photo"))
    out = tmp_path / "dish.interstep"

    def write(
        *words: str, typed: bytes, terminal: bool = True, prompt: str = "What is this?"
    ) -> Tutorial | None:
        near, far = os.openpty() if terminal else os.pipe()[::-1]
        os.write(near, typed)
        with open(far) as stdin, monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", stdin)
            photo = str(tmp_path / "dish.png")
            code = cli.run(["write", prompt, "--image", photo, "-o", str(out), *words])
        os.close(near)
        assert (code == 0) == out.exists()
        if code:
            return None
        with TutorialFile.open(out) as file:
            (given,) = file.tutorial.given
            assert file.take(given).data == (tmp_path / "dish.png").read_bytes()
            return file.tutorial

    return write


def test_enter_takes_the_list_as_it_is(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    made = write(typed=b"\n")
    assert made is not None
    assert made.materials == ("a bowl", "a frog")
    assert made.summary == "With a bowl and a frog."
    assert len(made.steps) == 2
    told = capsys.readouterr()
    assert ASKED in told.err
    assert told.out.endswith("dish.interstep\n")
    assert told.out.count("\n") == 1


def test_what_is_typed_takes_its_place(write: Write) -> None:
    made = write(typed="  crème brûlée,, a\tspoon \x1b[D,\n".encode())
    assert made is not None
    assert made.materials == ("crème brûlée", "a spoon [D")
    assert made.summary == "With crème brûlée and a spoon [D."


@pytest.mark.parametrize(
    ("words", "terminal"), [(("--yes",), True), (("--json",), True), ((), False)]
)
def test_nobody_is_asked_who_cannot_or_would_not_answer(
    write: Write, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], terminal: bool
) -> None:
    made = write(*words, typed=b"soup\n", terminal=terminal)
    assert made is not None
    assert made.materials == ("a bowl", "a spoon"), "the engine lists and writes in one"
    assert "Press Enter" not in capsys.readouterr().err


def test_a_writer_that_sees_nothing_asks_nothing(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    made = write(typed=b"soup\n", prompt="blind")
    assert made is not None
    assert len(made.steps) == 2
    assert "Press Enter" not in capsys.readouterr().err


def test_ctrl_c_at_the_question_stops_and_leaves_no_file(tmp_path: Path) -> None:
    """In a process of its own, as a person does it."""
    (tmp_path / "dish.png").write_bytes(fake_engine.png(3, "a photo"))
    code = (
        "import signal, sys; from app import cli; from app.commands import conversation as c\n"
        # Who starts the tests in the background starts them deaf to it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from app.engine.client import Client\n"
        f"c.Client = lambda _python: Client(sys.executable, {FAKE!r})\n"
        "cli.main(['write', 'What?', '--image', 'dish.png', '-o', 'dish.interstep'])\n"
    )
    near, far = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        stdin=far,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        said = b""
        while b"Press Enter" not in said and (piece := os.read(process.stderr.fileno(), 4096)):
            said += piece
        os.killpg(process.pid, signal.SIGINT)  # a terminal tells every process of the group
        said += process.stderr.read()
    os.close(near)
    os.close(far)
    assert process.returncode == 130
    assert said.decode().splitlines()[-1] == "interstep: Stopped."
    assert b"Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["dish.png"]
