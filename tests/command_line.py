"""The command `interstep` as a person runs it: a process of its own in some folder."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import psutil

COMMAND = (sys.executable, "-P", "-m", "app")
PATIENCE = 240.0  # seconds after which a test gives up
Mount = Callable[[str], None]  # mounts a disk anew, with these options

# Six steps, each with something that the library can draw.
TEXT = """# Wash a dog

1. Brush the dog with a brush.
2. Fill the bathtub with water.
3. Put the dog into the bathtub.
4. Rub the dog with soap.
5. Dry the dog with a towel.
6. Give the dog a bone in a bowl.
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of a run with --json; every line of it must be one."""
        return [json.loads(line) for line in self.out.splitlines()]

    def sentence(self) -> str:
        """Return what a failed command said at last: text that a person can act on."""
        assert self.code in (1, 2, 130), (self.code, self.out, self.err)
        assert "Traceback" not in self.err, self.err
        last = self.err.splitlines()[-1]
        assert last.startswith("interstep"), self.err
        said = last.partition(": ")[2]
        if said.startswith("error: "):  # the parser of the options has its own form
            assert self.code == 2
            return said
        assert said.endswith("."), said
        first = said.split()[0]
        assert not first[0].islower() or "." in first, said  # a capital, or a file's name
        return said


def interstep(
    *words: str | bytes | Path,
    cwd: Path,
    given: bytes | BinaryIO = b"",
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> Outcome:
    """Run a command to its end. given: its standard input; before: runs in the child first."""
    with given if not isinstance(given, bytes) else tempfile.TemporaryFile() as stdin:
        if isinstance(given, bytes):
            stdin.write(given)
            stdin.seek(0)
        ended = subprocess.run(
            [*COMMAND, *words],
            cwd=cwd,
            stdin=stdin,
            capture_output=True,
            env=os.environ | (env or {}),
            timeout=PATIENCE,
            preexec_fn=before,
        )
    return Outcome(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


class Running:
    """A command with --json that is still running, in a process group of its own."""

    def __init__(self, *words: str | Path, cwd: Path) -> None:
        self._process = subprocess.Popen(
            [*COMMAND, *words, "--json"],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.events: list[dict[str, Any]] = []

    def until(self, name: str, count: int = 1) -> None:
        """Read events until so many of this name were printed."""
        while sum(event["event"] == name for event in self.events) < count:
            assert self.read(), (name, self.events[-3:])

    def read(self) -> bool:
        """Read one whole line; False at the end of the output."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line.endswith(b"\n"):
            self.events.append(json.loads(line))
        return bool(line)

    def engine(self) -> psutil.Process | None:
        """Return the engine's process, if it runs."""
        children = psutil.Process(self._process.pid).children()
        return children[0] if children else None

    def interrupt(self) -> None:
        """Press Ctrl+C: a terminal tells every process of the group."""
        os.killpg(self._process.pid, signal.SIGINT)

    def kill(self, *, group: bool) -> None:
        """End it at once, alone or with the engine."""
        if group:
            os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def end(self) -> Outcome:
        """Read on to the end."""
        while self.read():
            pass
        return self.leave()

    def leave(self) -> Outcome:
        """Read no more of its output, and wait for its end."""
        assert self._process.stdout is not None
        self._process.stdout.close()
        assert self._process.stderr is not None
        said = self._process.stderr.read().decode()
        return Outcome(self._process.wait(PATIENCE), "", said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.kill(group=True)
        with self._process:  # closes the pipes
            pass
