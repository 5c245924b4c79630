"""Brings one file from the hub, or from the person's disk, into its staging folder.

Downloads run as child processes: closing the generator kills the child at once, and the person's
own mirror and proxy hold. Nothing here trusts what arrives; wheels are in wheels.py.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from inference.offline import own
from inference.packs.hub import GATED, WITHDRAWN
from inference.packs.manifest import Source, Weights
from inference.packs.reports import PackProgress, Reports

CHUNK = 4 << 20  # bytes between two reports
PAUSE = 0.1  # seconds between two looks at a child; a cancel waits no longer
HUB_STALLED = 60.0  # seconds without a new byte
SLACK = 64 << 20  # bytes that a download may take beyond its file
MAX_LIST = 4 << 20  # bytes of what the hub tells of a repository's files


class SourceError(Exception):
    """A source did not give the file; one sentence without its full stop.

    hint: what to do about it, empty where trying again is all.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Staged:
    """A file put together in staging, and the sha256 of all its bytes."""

    path: Path
    sha256: str


def from_hub(item: Weights, source: Source, folder: Path, etag: str = "") -> Reports[Staged]:
    """Download the file from the model hub; raises SourceError.

    etag: the git blob's sha1 where that is all the hub tells of the file.
    """
    path = folder / item.name
    etag = etag or item.fetched()
    command = ["fetch", source.repo, source.file, source.revision, str(item.size), etag, str(path)]
    what = f"Fetching {item.name}"
    with closing(_hub(command, folder, item.name, source.repo, item.size + SLACK)) as sizes:
        for done in sizes:
            yield PackProgress(what, min(done, item.size), item.size)
    return Staged(path, (yield from hashed(path, f"Checking {item.name}")))


def listed(repo: str, revision: str, wanted: Sequence[str], folder: Path) -> Reports[bytes]:
    """Ask the model hub what a revision has of these files; raises SourceError.

    Returns the JSON that hub.py writes, still to be checked.
    """
    place = folder / "list.json"
    command = ["list", repo, revision, str(place), *wanted]
    with closing(_hub(command, folder, f"list of {repo}", repo, MAX_LIST)) as sizes:
        for _ in sizes:
            yield PackProgress(f"Asking what {repo} has", 0, 0)
    return place.read_bytes()


def _hub(
    arguments: Sequence[str], folder: Path, what: str, repo: str, limit: int
) -> Generator[int, None, None]:
    """Run hub.py; yield the bytes that lie in `folder`, or raise SourceError."""
    script = Path(__file__).with_name("hub.py")
    with closing(child([str(script), *arguments], folder, HUB_STALLED, limit)) as sizes:
        for done in sizes:
            if isinstance(done, int):
                yield done
                continue
            hub = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
            page = f"{hub.rstrip('/')}/{repo}"
            hints = {
                GATED: f"Accept the licence at {page}, type hf auth login, and install again",
                WITHDRAWN: "Remove the pack and install it again: that takes the present version",
            }
            raise SourceError(
                f"The model hub {urlsplit(hub).hostname} gave no {what} ({done})",
                hints.get(done, ""),
            )


def from_disk(path: Path, item: Weights, folder: Path) -> Reports[Staged]:
    """Bring a file of the person's into staging, as a hard link where the disk allows."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "copy"
    copy.unlink(missing_ok=True)
    try:
        os.link(path.resolve(), copy)
    except OSError:  # another disk, or one without links
        try:
            return Staged(copy, (yield from _copied(path, copy, item)))
        except OSError:  # a half copy would only keep the full disk full
            copy.unlink(missing_ok=True)
            raise
    return Staged(copy, (yield from hashed(copy, f"Checking {item.name}")))


def _copied(path: Path, copy: Path, item: Weights) -> Reports[str]:
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as original, copy.open("wb") as file:
        for data in _chunks(original):
            file.write(data)
            digest.update(data)
            done += len(data)
            yield PackProgress(f"Copying {item.name}", done, item.size)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def hashed(path: Path, what: str) -> Reports[str]:
    """Read a file once; return its sha256. The progress is reported as `what`."""
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        for data in _chunks(file):
            digest.update(data)
            done += len(data)
            yield PackProgress(what, done, total)
    return digest.hexdigest()


def child(
    arguments: Sequence[str],
    folder: Path,
    patience: float,
    limit: int,
    environment: dict[str, str] | None = None,
) -> Generator[int | str, None, None]:
    """Run Python with these arguments; yield the bytes that lie in `folder` while it works.

    The child has the person's own environment, in which the hub may be reached.
    Yields one string, the reason, when it fails, gives no byte for `patience` seconds, or fills
    the folder beyond `limit` bytes. Closing the generator kills the child.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # -P: a pip.py in the current folder is not pip. Own session: Ctrl+C is ours to handle.
    command = [sys.executable, "-P", *arguments]
    with tempfile.TemporaryFile(dir=folder) as messages:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=messages,
                env=own(os.environ) | (environment or {}),
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            yield f"Python can't be started: {error.strerror}"
            return
        try:
            yield from _watched(process, folder, patience, limit)
        finally:
            process.kill()
            process.wait()
        if process.returncode:
            yield _last_line(messages)


def bytes_in(folder: Path) -> int:
    """Return the bytes of all files in a folder that another process may be changing."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size
            except OSError:  # moved in between
                continue
    return total


def _watched(
    process: subprocess.Popen[bytes], folder: Path, patience: float, limit: int
) -> Generator[int | str, None, None]:
    last, deadline = -1, time.monotonic() + patience
    while process.poll() is None:
        now = bytes_in(folder)
        if now != last:  # fewer, where it had to begin anew
            last, deadline = now, time.monotonic() + patience
        elif time.monotonic() > deadline:
            yield f"nothing came for {patience:.0f} seconds"
            return
        yield now
        if now > limit:
            yield "it sends more than the file's size"
            return
        time.sleep(PAUSE)


def _last_line(messages: IO[bytes]) -> str:
    messages.seek(max(0, messages.seek(0, os.SEEK_END) - 4096))
    lines = messages.read().decode("utf-8", "replace").strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR: ")] or lines or ["no reason given"]
    printable = "".join(c for c in errors[-1].removeprefix("ERROR: ") if c.isprintable())
    return printable[:200].strip().rstrip(".")


def _chunks(file: IO[bytes]) -> Generator[bytes, None, None]:
    while data := file.read(CHUNK):
        yield data
