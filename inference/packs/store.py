"""Where packs lie on disk. A file counts as there only while it has its full size.

It is given out only if nothing has touched it since its bytes were compared, or they are again.

weights/SHA256/NAME   files by content, shared between packs
stamps/SHA256-NAME    size and time of a file as it was when its bytes were last compared
installed/ID.json     an installed pack's manifest; written last, so it is never half there
begun/ID.json         the manifest of an install that has not ended: whose the fetched files are
staging/SHA256/       what is being fetched, kept so that the next install goes on from there
licences              addresses of the licences that the person has accepted, one a line
quarantine/           files that were not what they should be; free to delete
lock                  held by the one process that changes the folder
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_data_path

from inference.packs.manifest import COMMIT, Manifest, Weights, read_manifest
from inference.packs.reports import PackError, Reports
from inference.packs.sources import bytes_in, hashed
from inference.protocol import to_json

MAX_RECORD = 1 << 20  # bytes
MAX_STAMP = 50  # characters
AGAIN = "Install its pack again: interstep packs install ID"
# Windows deletes no file that a program has open, locked or mapped: ERROR_ACCESS_DENIED (also for
# want of rights, which is rarer in a folder of one's own), SHARING_VIOLATION, LOCK_VIOLATION and
# USER_MAPPED_FILE.
IN_USE = (5, 32, 33, 1224)


def default_folder() -> Path:
    """Return the folder of packs: the one that INTERSTEP_PACKS names, or the account's own.

    Nothing in it names its place: it may be moved, or shared by accounts and machines.
    """
    chosen = os.environ.get("INTERSTEP_PACKS")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return user_data_path("interstep", appauthor=False) / "packs"


@dataclass(frozen=True)
class Installed:
    """An installed pack's manifest, and when all its files were last read and compared.

    time: UTC, ISO 8601; of the install, or of a later verification.
    """

    manifest: Manifest
    time: str


@dataclass(frozen=True)
class Listed:
    """A pack as a list shows it: time is empty while it is not installed.

    held: bytes of disk that an install takes up that was begun and has not ended; left: bytes that
    it still has to fetch; files: as they were resolved then.
    """

    manifest: Manifest
    time: str
    missing: tuple[Weights, ...]
    held: int = 0
    left: int = 0
    files: tuple[Weights, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it can be used now."""
        return bool(self.time) and not self.missing

    @property
    def download(self) -> int:
        """Bytes of its files that are not there yet."""
        return sum(item.size for item in self.missing)


class Store:
    """The folder of packs. Makes nothing until something is installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.quarantine = folder / "quarantine"
        self._licences = folder / "licences"

    def place(self, item: Weights) -> Path:
        """Return where the file belongs, there or not."""
        return self.folder / "weights" / item.sha256 / item.name

    def staging(self, item: Weights) -> Path:
        """Return the folder in which the file is put together."""
        return self.folder / "staging" / item.sha256

    def record(self, pack: str) -> Path:
        """Return where an installed pack is written down."""
        return self.folder / "installed" / f"{pack}.json"

    def holds(self, item: Weights) -> bool:
        """Return whether the file is there with its full size."""
        try:
            return bool(item.sha256) and self.place(item).stat().st_size == item.size
        except OSError:
            return False

    def path(self, item: Weights) -> Path:
        """Return the file's path; raises PackError when it is absent or not what it should be."""
        if not self.holds(item):
            raise PackError(f"The file {item.name} is missing or damaged.", AGAIN)
        for _ in self.check(item):
            pass
        return self.place(item)

    def check(self, item: Weights) -> Reports[None]:
        """Compare a file's bytes where something has touched it since that was last done.

        Raises PackError where they are others; it lies in the quarantine then.
        """
        place = self.place(item)
        try:
            stamp = _stamp_of(place)
            if self._stamped(item) == stamp:
                return
            found = yield from hashed(place, f"Checking {item.name}")
            if found == item.sha256:
                with suppress(OSError):  # a folder that this account can only read
                    _write(self._stamp(item), stamp)
                return
            aside = self.set_aside(place, f"{found[:12]}-{item.name}")
        except OSError as error:
            raise self._disk_error(error) from error
        raise PackError(f"“{item.name}” was changed on this disk and was moved to {aside}.", AGAIN)

    def _stamp(self, item: Weights) -> Path:
        return self.folder / "stamps" / f"{item.sha256}-{item.name}"

    def _stamped(self, item: Weights) -> str:
        try:
            return self._stamp(item).read_text("utf-8")[:MAX_STAMP]
        except (OSError, ValueError):
            return ""

    def installed(self) -> tuple[Installed, ...]:
        """Return the installed packs by id; a damaged record counts as not installed."""
        found = (self._read(path) for path in sorted((self.folder / "installed").glob("*.json")))
        return tuple(entry for entry in found if entry)

    def begun(self) -> tuple[Manifest, ...]:
        """Return the manifests of the installs that have not ended, by id."""
        found = (self._read(path) for path in sorted((self.folder / "begun").glob("*.json")))
        return tuple(entry.manifest for entry in found if entry)

    def manifest(self, pack: str) -> Manifest:
        """Return an installed pack's manifest; raises PackError when it is not installed."""
        for entry in self.installed():
            if entry.manifest.id == pack:
                return entry.manifest
        raise PackError(
            f"The pack {pack} is not installed.",
            "See which packs there are: interstep packs list",
        )

    def locked(self, manifest: Manifest) -> Manifest:
        """Return the manifest with the files that wait for their sha256 as installed packs have it.

        Such a file is the one of the same repository and name, whatever its commit was then, unless
        the manifest itself names a commit.
        """
        if manifest.resolved():
            return manifest
        records = [entry.manifest for entry in self.installed()]
        records.sort(key=lambda record: record.id != manifest.id)

        def lock(item: Weights) -> Weights:
            fits = (_as_locked(item, there) for record in records for there in record.weights())
            return item if item.sha256 else next(filter(None, fits), item)

        return manifest.with_files(lock)

    def listing(self, catalogue: Sequence[Manifest]) -> tuple[Listed, ...]:
        """Return the catalogue's packs, then the person's own, begun ones included.

        A pack that an earlier version of the program installed lacks what is new in it; one that
        names no hashes is the one that was installed.
        """
        there = {entry.manifest.id: entry for entry in self.installed()}
        begun = {one.id: one for one in self.begun() if one.id not in there}
        there |= {pack: Installed(one, "") for pack, one in begun.items()}
        packs = []
        for manifest in map(self.locked, catalogue):
            before = there.pop(manifest.id, None)
            packs.append(Installed(manifest, before.time if before else ""))
        listed = []
        for entry in (*packs, *there.values()):
            one = begun.get(entry.manifest.id)
            held, left = (self.held(one), self._left(one)) if one else (0, 0)
            missing, files = self.missing(entry.manifest), (one or entry.manifest).weights()
            listed.append(Listed(entry.manifest, entry.time, missing, held, left, files))
        return tuple(listed)

    def missing(self, manifest: Manifest) -> tuple[Weights, ...]:
        """Return the pack's files that are not there."""
        return tuple(item for item in manifest.weights() if not self.holds(item))

    def ready(self, manifest: Manifest) -> bool:
        """Return whether the pack is installed, with all its files."""
        ids = {entry.manifest.id for entry in self.installed()}
        return manifest.id in ids and not self.missing(manifest)

    def accepted(self, licence: str) -> bool:
        """Return whether the person has accepted the licence at this address, empty for none."""
        try:
            return not licence or licence in self._licences.read_text("utf-8").splitlines()
        except (OSError, ValueError):
            return False

    def accept(self, licence: str) -> None:
        """Remember that the person accepts the licence at this address."""
        with self._licences.open("a", encoding="utf-8") as file:
            file.write(f"{licence}\n")

    def disk_use(self) -> int:
        """Return the bytes that the whole folder takes, staging and quarantine included."""
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def write_record(self, manifest: Manifest) -> None:
        """Write a pack down as installed and checked, now; atomic."""
        for item in manifest.weights():
            if self.holds(item):
                _write(self._stamp(item), _stamp_of(self.place(item)))
        _write(self.record(manifest.id), _record_of(manifest))

    def end(self, pack: str) -> None:
        """Strike out what was begun: its files are the installed pack's now."""
        self._begun(pack).unlink(missing_ok=True)

    def begin(self, manifest: Manifest) -> None:
        """Write down whose the files are that are about to be fetched.

        Those of an earlier beginning that are not wanted any more, for the hub has others now, go.
        """
        before = [one for one in self.begun() if one.id == manifest.id and one != manifest]
        _write(self._begun(manifest.id), _record_of(manifest))
        self.drop(*before)

    def held(self, manifest: Manifest) -> int:
        """Return the bytes on disk of what was fetched for this pack alone."""
        staged = (self.staging(item) for item in manifest.weights())
        return sum(bytes_in(folder) for folder in staged) + sum(
            place.stat().st_size for place in self._own_files(manifest)
        )

    def _left(self, manifest: Manifest) -> int:
        """Return the bytes of what is missing, less what is staged of it."""
        missing = self.missing(manifest)
        return sum(max(item.size - bytes_in(self.staging(item)), 0) for item in missing)

    def drop(self, *gone: Manifest) -> int:
        """Delete the files that only these packs need; return the bytes freed.

        What lies in staging for no install that has begun goes with them. The lock must be held.
        """
        freed = 0
        for place in self._own_files(*gone):
            size = place.stat().st_size
            place.unlink()
            stamp = self.folder / "stamps" / f"{place.parent.name}-{place.name}"
            stamp.unlink(missing_ok=True)
            freed += size
            with suppress(OSError):  # the same bytes lie there under another pack's name
                place.parent.rmdir()
        kept = {item.sha256 for one in self.begun() if one not in gone for item in one.weights()}
        staging = self.folder / "staging"
        for folder in staging.iterdir() if staging.is_dir() else ():
            if folder.name not in kept:
                freed += bytes_in(folder)
                shutil.rmtree(folder, ignore_errors=True)
        return freed

    def forget(self, pack: str) -> None:
        """Strike out a pack, whose files must be gone: it is neither installed nor begun."""
        self.record(pack).unlink(missing_ok=True)
        self.end(pack)

    def _own_files(self, *packs: Manifest) -> list[Path]:
        """Return the files in their places that no other pack needs, installed or begun."""
        others = (*(entry.manifest for entry in self.installed()), *self.begun())
        needed = {
            self.place(item) for other in others if other not in packs for item in other.weights()
        }
        places = {self.place(item) for pack in packs for item in pack.weights()}
        return sorted(place for place in places - needed if place.is_file())

    def _begun(self, pack: str) -> Path:
        return self.folder / "begun" / f"{pack}.json"

    def set_aside(self, path: Path, name: str) -> Path:
        """Move a bad file to the quarantine; return where it lies now."""
        self.quarantine.mkdir(parents=True, exist_ok=True)
        place = self.quarantine / name
        os.replace(path, place)
        return place

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the folder's lock; what goes wrong on disk becomes a PackError."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # A closed generator may be finalised by another thread than the one that began it.
            with FileLock(self.folder / "lock", timeout=0, thread_local=False):
                yield
        except Timeout as error:
            raise PackError(
                "Another Interstep is installing or checking packs.",
                "Wait until it has finished, then try again",
            ) from error
        except OSError as error:
            raise self._disk_error(error) from error

    def _disk_error(self, error: OSError) -> PackError:
        if getattr(error, "winerror", 0) in IN_USE:
            name = Path(os.fsdecode(error.filename or self.folder)).name
            return PackError(
                f"The file {name} is in use by a program.", "Close the studio and try again"
            )
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return PackError(
                f"There is no room left in {self.folder}.",
                "Free some space and install again; what was fetched is kept",
            )
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            return PackError(
                f"The folder {self.folder} can't be changed.",
                "Give your account the right to write there",
            )
        return PackError(
            f"“{os.fsdecode(error.filename or self.folder)}” can't be read or written:"
            f" {error.strerror or error}.",
            "Check the disk, or let INTERSTEP_PACKS name another folder",
        )

    def _read(self, path: Path) -> Installed | None:
        try:
            if path.stat().st_size > MAX_RECORD:
                return None
            value = json.loads(path.read_bytes())
            entry = Installed(read_manifest(value["manifest"]), str(value["time"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        whole = entry.manifest.id == path.stem and entry.manifest.resolved()
        return entry if whole else None


def _stamp_of(path: Path) -> str:
    # No inode: disks without them make one up, anew each time they are plugged in.
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def _record_of(manifest: Manifest) -> str:
    time = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps(to_json(Installed(manifest, time)), indent=2)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def _as_locked(item: Weights, there: Weights) -> Weights | None:
    """Return the file without a sha256 with that of a file there, None where it is another one."""
    (wanted,) = item.sources
    for source in there.sources:
        same = (source.repo, source.file) == (wanted.repo, wanted.file) and not there.patch
        if same and (source.revision == wanted.revision or not COMMIT.fullmatch(wanted.revision)):
            return replace(item, size=there.size, sha256=there.sha256, sources=(source,))
    return None
