"""What happens to packs besides fetching: own writers, verification, removal, the first choice."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from inference.packs.install import accept, disk_needed, install
from inference.packs.manifest import Manifest, Weights
from inference.packs.reports import PackError, PackNote, Reports, in_words
from inference.packs.sources import SourceError, from_disk, hashed
from inference.packs.store import Store
from inference.writer.gguf import GgufError, Header, read_header
from inference.writer.mmproj import EYES, check_eyes

STARTER = "starter"
WORKING_MEMORY = 10**9  # bytes that a pack takes beside its writer's weights


def pack_with_writer(
    store: Store, catalogue: Sequence[Manifest], gguf: Path, mmproj: Path | None = None
) -> Reports[Manifest]:
    """Install a pack whose writer is this GGUF, with the starter's reader and painter.

    mmproj: the writer's eyes; the two may be given the other way round. The same file gives the
    same pack again. Raises PackError; the person's files stay as they are.
    """
    header = _header(gguf)
    if mmproj is not None and header.metadata["general.architecture"] == EYES:
        gguf, mmproj = mmproj, gguf
        header = _header(gguf)
    if header.metadata["general.architecture"] == EYES:
        hint = "Give the writer's GGUF, and its eyes beside it: --writer FILE.gguf --eyes FILE.gguf"
        raise PackError(f"“{gguf.name}” holds the eyes of a writer, and no writer.", hint)
    licence = _plain(str(header.metadata.get("general.license", "unknown")))
    if mmproj is not None:
        _check_eyes(mmproj, header)
    with store.changing():
        writer = yield from _taken(store, gguf, licence)
        vision = None if mmproj is None else (yield from _taken(store, mmproj, licence))
    starter = next(manifest for manifest in catalogue if manifest.id == STARTER)
    title = _plain(str(header.metadata.get("general.name") or gguf.stem))
    manifest = replace(
        starter,
        id=_own_id(store, catalogue, writer),
        name=title,
        summary=f"The writer {title}, given as a file, with the starter's drawn pictures.",
        languages=(),
        chat_format="",
        begin_of_vision="",
        memory_free=writer.size + (vision.size if vision else 0) + WORKING_MEMORY,
        writer=writer,
        eyes=vision is not None,
        vision=vision,
    )
    return (yield from install(store, manifest))


def _taken(store: Store, gguf: Path, licence: str) -> Reports[Weights]:
    """Put a file of the person's into its place; return it with its sha256."""
    # Staged under a name of its own: the hash is known only once the file was read.
    staging = store.folder / "staging" / "own-writer"
    draft = Weights(f"{_slug(gguf.stem)}.gguf", gguf.stat().st_size, "", licence)
    try:
        staged = yield from from_disk(gguf, draft, staging)
        item = replace(draft, sha256=staged.sha256)
        if not store.holds(item):
            accept(store, item, staged)
    except SourceError as error:
        raise PackError(f"{error}.", "Give a file that no program is writing") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return item


def _check_eyes(mmproj: Path, writer: Header) -> None:
    try:
        check_eyes(mmproj, writer)
    except (OSError, GgufError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PackError(
            f"“{mmproj.name}” can't be the eyes of this writer: {reason}.",
            "Give the mmproj file that was published with the writer",
        ) from error


def verify(store: Store, pack: str) -> Reports[None]:
    """Hash an installed pack's files again, with a note on each whole one; its record says when.

    Raises PackError that names the bad ones, which were moved to the quarantine.
    """
    bad: list[str] = []
    with store.changing():
        manifest = store.manifest(pack)
        for item in manifest.weights():
            place = store.place(item)
            if not place.is_file():
                bad.append(f"“{item.name}” is missing")
                continue
            found = yield from hashed(place, f"Checking {item.name}")
            if found == item.sha256:
                yield PackNote(f"“{item.name}” is whole.")
            else:
                aside = store.set_aside(place, f"{found[:12]}-{item.name}")
                bad.append(f"“{item.name}” is damaged and was moved to {aside}")
        if not bad:
            store.write_record(manifest)
    if bad:
        raise PackError(f"{'; '.join(bad)}.", f"Fetch it again: interstep packs install {pack}")


def remove(store: Store, pack: str) -> int:
    """Take a pack away, installed or only begun, with the files that no other one needs.

    Its damaged files go from the quarantine too.

    Returns the bytes freed. The files go first: what is left where one can't be deleted does not
    count as installed, and can be removed again.
    """
    with store.changing():
        there = (*(entry.manifest for entry in store.installed()), *store.begun())
        gone = [manifest for manifest in there if manifest.id == pack] or [store.manifest(pack)]
        freed = store.drop(*gone) + _clear_quarantine(store, gone)
        store.forget(pack)
    return freed


def _clear_quarantine(store: Store, gone: Sequence[Manifest]) -> int:
    """Delete the packs' files that were set aside; return the bytes freed."""
    names = {item.name for manifest in gone for item in manifest.weights()}
    freed = 0
    for path in store.quarantine.iterdir() if store.quarantine.is_dir() else ():
        if path.name.partition("-")[2] in names:  # the beginning of its sha256 stands first
            freed += path.stat().st_size
            path.unlink()
    return freed


def choose(
    store: Store,
    catalogue: Sequence[Manifest],
    free_memory: int,
    free_disk: int,
    card: int = 0,
) -> tuple[Manifest, str]:
    """Return the pack that a first `write` uses, and why in one sentence. Sizes in bytes.

    card: memory of the CUDA card, 0 for none. Installed packs come first, the better writer before
    the lesser, the person's own last; then the best of the catalogue that memory and disk allow; at
    the end the starter. A pack that the hub must be asked about first is never fetched unasked.
    """
    for entry in store.listing(catalogue):
        if (
            entry.ready
            and not entry.manifest.experimental
            and entry.manifest.memory_free <= free_memory
            and entry.manifest.card <= card
        ):
            return entry.manifest, (
                f"The pack {entry.manifest.id} is used: it is installed, and of the"
                f" {in_words(entry.manifest.memory_free)} of free memory that it wants,"
                f" {in_words(free_memory)} are there."
            )
    return _offered(store, catalogue, free_memory, free_disk, card)


def _offered(
    store: Store, catalogue: Sequence[Manifest], free_memory: int, free_disk: int, card: int
) -> tuple[Manifest, str]:
    """Return the best of what the catalogue offers unasked, and why, as `choose` does."""
    reasons = []
    listing = store.listing(catalogue)
    starter = next(entry for entry in listing if entry.manifest.id == STARTER)
    offered = {pack.id for pack in catalogue if pack.resolved()}  # not only since an install
    for entry in listing:
        pack = entry.manifest
        if entry is starter or pack.id not in offered or pack.card > card:
            continue
        disk = disk_needed(store, pack)
        if pack.memory_free > free_memory:
            reasons.append(
                f"the pack {pack.id} wants {in_words(pack.memory_free)} of free memory and"
                f" {in_words(free_memory)} are there"
            )
        elif disk > free_disk:
            reasons.append(
                f"the pack {pack.id} needs {in_words(disk)} of disk and"
                f" {in_words(free_disk)} are free"
            )
        else:
            return pack, (
                f"The pack {pack.id} is used, {in_words(entry.download)} to download once:"
                f" {in_words(free_memory)} of memory are free and it wants"
                f" {in_words(pack.memory_free)}."
            )
    if starter.manifest.memory_free > free_memory:
        reasons.append(f"memory is short, with {in_words(free_memory)} free")
    state = "installed" if starter.ready else f"{in_words(starter.download)} to download once"
    return starter.manifest, "; ".join([f"The pack {STARTER} is used, {state}", *reasons]) + "."


def recommend(
    store: Store, catalogue: Sequence[Manifest], free_memory: int, free_disk: int, card: int = 0
) -> Manifest:
    """Return the one pack that suits this machine best, installed or not. Sizes in bytes.

    Where a card is, the one made for most of its memory; without one, what a machine without any
    pack would begin with.
    """
    fitting = [
        entry.manifest
        for entry in store.listing(catalogue)
        if 0 < entry.manifest.card <= card
        and not entry.manifest.experimental
        and entry.manifest.memory_free <= free_memory
        and entry.download <= free_disk
    ]
    # Of two for the same card the smaller download, until both were seen to paint.
    best = min(fitting, key=lambda pack: (-pack.card, pack.size()), default=None)
    return best or _offered(store, catalogue, free_memory, free_disk, card)[0]


def _header(gguf: Path) -> Header:
    hint = "Give the path of one whole GGUF file"
    try:
        header = read_header(gguf)
    except (OSError, GgufError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PackError(f"“{gguf.name}” can't be used as a writer: {reason}.", hint) from error
    pieces = header.metadata.get("split.count", 0)
    if isinstance(pieces, int) and pieces > 1:
        raise PackError(
            f"“{gguf.name}” is one of {pieces} pieces.",
            "Join them first: llama-gguf-split --merge FIRST-PIECE WHOLE.gguf",
        )
    if not header.tensors or not header.metadata.get("general.architecture"):
        raise PackError(f"“{gguf.name}” holds no language model.", hint)
    return header


def _own_id(store: Store, catalogue: Sequence[Manifest], writer: Weights) -> str:
    shipped = {manifest.id for manifest in catalogue}
    taken = set(shipped)
    for manifest in (*(entry.manifest for entry in store.installed()), *store.begun()):
        if manifest.id not in shipped and manifest.writer.sha256 == writer.sha256:
            return manifest.id
        taken.add(manifest.id)
    wish = writer.name.removesuffix(".gguf")
    numbered = (f"{wish}-{number}" for number in range(2, len(taken) + 3))
    return next(pack for pack in (wish, *numbered) if pack not in taken)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:60].strip("-") or "writer"


def _plain(text: str) -> str:
    """Return what another program wrote into a file as one short printable line."""
    return "".join(c for c in text if c.isprintable())[:80].strip() or "unknown"
