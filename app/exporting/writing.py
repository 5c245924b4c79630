"""Writes exports: atomically, and touching no file that an earlier export didn't write.

Beside the images lies a manifest of what Interstep wrote there: the name and sha256 of each. A
file counts as ours while its bytes are one of those. The manifest names new files before they are
written, so that an export that was cut off leaves none behind for good.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from app.exporting.html import to_html
from app.exporting.markdown import file_name, to_markdown
from app.exporting.tree import Document, Figure, render
from app.tutorial.errors import TutorialError, sentences
from app.tutorial.model import Take, Tutorial

MANIFEST = ".interstep-export.json"
_MAX_MANIFEST = 1_000_000  # bytes
_OURS = re.compile(r"(?:step|given)-\d+(?:-\d+)?(?:-[0-9a-f]{12})?\.(?:png|jpg|webp)")

# (file name, sha256) of files in the images' folder.
Written = frozenset[tuple[str, str]]


class ExportError(TutorialError):
    """What could not be exported; hint says what to do about it."""


def export(tutorial: Tutorial, takes: Mapping[str, Take], out: Path) -> list[Path]:
    """Write the tutorial to out, as its suffix says (.md or .html), and return the files written.

    A Markdown file gets its pictures in the folder NAME-images beside it. A file at out is
    replaced. Raises ExportError; what stood at out is then as it was.
    """
    suffix = out.suffix.lower()
    if suffix not in (".md", ".html"):
        raise ExportError(f"“{out.name}” has no format to export to", "end it in .md or .html")
    try:
        with sentences(out):
            return _export(render(tutorial, takes), out, suffix)
    except ExportError:
        raise
    except TutorialError as error:
        raise ExportError(error.message, error.hint) from error


def _export(document: Document, out: Path, suffix: str) -> list[Path]:
    if out.is_dir():
        raise ExportError(f"“{out.name}” is a folder", "choose another name")
    if not out.absolute().parent.is_dir():
        raise ExportError(f"the folder “{out.parent}” does not exist", "make it first")
    if suffix == ".html":
        _replace(out, to_html(document).encode("utf-8", "replace"))
        return [out]
    return _export_markdown(document, out)


def _export_markdown(document: Document, out: Path) -> list[Path]:
    folder = out.with_name(f"{out.stem}-images")
    if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
        raise ExportError(
            f"“{folder.name}” is in the way of the folder for the pictures",
            "move it away, or choose another name",
        )
    earlier = _read_manifest(folder)
    names = {figure.name: _free_name(figure, folder, earlier) for figure in document.figures}
    images = {names[figure.name]: figure.data for figure in document.figures}
    foreign = {name for name in images if _is_foreign(folder / name, name, earlier)}
    written = frozenset(
        (name, _sha256(data)) for name, data in images.items() if name not in foreign
    )
    if images:
        folder.mkdir(exist_ok=True)
        _write_manifest(folder, earlier | written)
        for name, data in images.items():
            if name not in foreign:
                _replace(folder / name, data)
    _replace(out, to_markdown(document, folder.name, names).encode("utf-8", "replace"))
    if folder.is_dir():
        _remove_stale(folder, earlier, written)
    return [out, *(folder / name for name in images)]


def _free_name(figure: Figure, folder: Path, earlier: Written) -> str:
    """Return the figure's file name, with its hash where a file of someone else has that name."""
    name = file_name(figure)
    sha256 = _sha256(figure.data)
    if not _is_foreign(folder / name, name, earlier) or _hash_of(folder / name) == sha256:
        return name
    stem, suffix = os.path.splitext(name)
    other = f"{stem}-{sha256[:12]}{suffix}"
    if _is_foreign(folder / other, other, earlier) and _hash_of(folder / other) != sha256:
        raise ExportError(
            f"“{folder.name}” holds other files named “{name}” and “{other}”",
            "move them away, or choose another name",
        )
    return other


def _is_foreign(path: Path, name: str, earlier: Written) -> bool:
    """Whether something lies there that no earlier export wrote, or that was changed since."""
    return os.path.lexists(path) and (name, _hash_of(path)) not in earlier


def _hash_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, or nothing for what is no plain file."""
    return _sha256(path.read_bytes()) if path.is_file() and not path.is_symlink() else ""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_manifest(folder: Path) -> Written:
    """Return what earlier exports wrote; nothing when there is no manifest to be trusted."""
    path = folder / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > _MAX_MANIFEST:
            return frozenset()
        pairs = json.loads(path.read_bytes())["files"]
        found = frozenset((str(name), str(sha256)) for name, sha256 in pairs)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return frozenset()
    return frozenset(pair for pair in found if _OURS.fullmatch(pair[0]))


def _write_manifest(folder: Path, files: Written) -> None:
    text = json.dumps({"program": "Interstep", "files": sorted(files)}, indent=1)
    _replace(folder / MANIFEST, text.encode() + b"\n")


def _remove_stale(folder: Path, earlier: Written, written: Written) -> None:
    """Remove files of earlier exports that this one has not, and the folder when it is empty."""
    kept = {name for name, _ in written}
    for name, sha256 in earlier:
        if name not in kept and _hash_of(folder / name) == sha256:
            (folder / name).unlink()
    if written:
        _write_manifest(folder, written)
    elif earlier:
        (folder / MANIFEST).unlink(missing_ok=True)
        with suppress(OSError):  # someone else's files are in it
            folder.rmdir()


def _replace(path: Path, data: bytes) -> None:
    """Put a file there whole or not at all."""
    part = path.with_name(f".interstep-{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
