"""Asks the model hub which bytes a manifest means, so that they can be told, checked and locked."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.packs.manifest import COMMIT, HASH, MAX_SIZE, Manifest, Weights
from inference.packs.reports import PackError, PackNote, Reports, in_words
from inference.packs.sources import SourceError, from_hub, listed
from inference.packs.store import Store
from inference.protocol import from_json

MAX_SMALL = 64 << 20  # bytes of a file that the hub keeps in git itself


@dataclass(frozen=True)
class _File:
    """A file as the hub has it. size in bytes; sha256: empty where only git's blob is known."""

    size: int
    sha256: str
    blob: str

    def sound(self) -> bool:
        """Whether it can be what it says."""
        most = MAX_SIZE if self.sha256 else MAX_SMALL
        hashed = HASH.fullmatch(self.sha256) or not self.sha256
        return bool(0 < self.size <= most and hashed and COMMIT.fullmatch(self.blob))


@dataclass(frozen=True)
class _Listed:
    """The wanted files of a repository at one commit."""

    commit: str
    files: tuple[_File, ...]


def resolve(store: Store, manifest: Manifest) -> Reports[Manifest]:
    """Return the manifest with the commit, size and sha256 of every file, a note per repository.

    What an installed pack has locked stays. The hub is asked once for a repository; small files of
    which it knows no sha256 are fetched into staging. Raises PackError.
    """
    manifest = store.locked(manifest)
    found: dict[Weights, Weights] = {}
    for (repo, revision), items in _wanted(manifest).items():
        try:
            answer = yield from _ask(store, repo, revision, items)
            for item, file in zip(items, answer.files, strict=True):
                found[item] = yield from _resolved(store, item, answer.commit, file)
        except SourceError as error:
            hint = error.hint or (
                "Check the connection and install again: only the hub knows the right files"
            )
            raise PackError(f"{error}.", hint) from error
        yield _note(repo, answer.commit, [found[item] for item in items])
    return manifest.with_files(lambda item: found.get(item, item))


def _wanted(manifest: Manifest) -> dict[tuple[str, str], list[Weights]]:
    """Return the files without a sha256 by repository and revision."""
    wanted: dict[tuple[str, str], list[Weights]] = {}
    for item in manifest.weights():
        if not item.sha256:
            source = item.sources[0]
            wanted.setdefault((source.repo, source.revision), []).append(item)
    return wanted


def _ask(store: Store, repo: str, revision: str, items: Sequence[Weights]) -> Reports[_Listed]:
    folder = store.folder / "staging" / "list"
    try:
        files = [item.sources[0].file for item in items]
        found = from_json(_Listed, json.loads((yield from listed(repo, revision, files, folder))))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"The model hub's list of {repo} can't be read ({error})") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sound = len(found.files) == len(items) and all(file.sound() for file in found.files)
    pinned = not COMMIT.fullmatch(revision) or found.commit == revision
    if not sound or not pinned or not COMMIT.fullmatch(found.commit):
        raise SourceError(f"The model hub's list of {repo} can't be right: hashes or sizes lack")
    return found


def _resolved(store: Store, item: Weights, commit: str, file: _File) -> Reports[Weights]:
    source = replace(item.sources[0], revision=commit)
    known = replace(item, size=file.size, sha256=file.sha256, sources=(source,))
    if known.sha256:
        return known
    folder = store.folder / "staging" / file.blob
    staged = yield from from_hub(known, source, folder, file.blob)
    data = staged.path.read_bytes()
    # Git's own name for a content; the hub keeps it for small files instead of a sha256.
    found = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    if found != file.blob:
        place = store.set_aside(staged.path, f"{found[:12]}-{item.name}")
        raise SourceError(
            f"“{item.name}” is not the right file: its git hash does not match;"
            f" it was moved to {place}"
        )
    known = replace(known, sha256=staged.sha256)
    shutil.rmtree(store.staging(known), ignore_errors=True)
    store.staging(known).mkdir()
    folder.replace(store.staging(known) / source.kind)  # installing goes on from there
    return known


def _note(repo: str, commit: str, items: Sequence[Weights]) -> PackNote:
    licences = ", ".join(sorted({item.licence for item in items}))
    files = "1 file" if len(items) == 1 else f"{len(items)} files"
    size = in_words(sum(item.size for item in items))
    return PackNote(f"{repo} at commit {commit} ({licences}): {files}, {size}.")
