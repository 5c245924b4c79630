"""Writes exports: atomically, and touching no file that an earlier export didn't write.

Beside the images lies a manifest of what Interstep wrote there: for each text, the name and sha256
of its images. A file counts as a text's own while its bytes are as written and no other text needs
it. The manifest names new files before they are written, so that an export that was cut off leaves
none behind for good.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from app.exporting.fragment import to_fragment
from app.exporting.html import to_html
from app.exporting.markdown import file_name, to_markdown
from app.exporting.pictures import PictureFormat, raster, with_figures
from app.exporting.tree import Document, Figure, render
from app.tutorial.errors import TutorialError, sentences
from app.tutorial.model import Take, Tutorial

SUFFIXES = (".md", ".html")
MANIFEST = ".interstep-export.json"
_MAX_MANIFEST = 1_000_000  # bytes
# given-1.png and so on: photos that earlier versions wrote out
_OURS = re.compile(r"(?:step|given)-\d+(?:-\d+)?(?:-[0-9a-f]{12})?\.(?:png|jpg|webp)")

# (file name, sha256) of files in the images' folder.
Written = frozenset[tuple[str, str]]


class ExportError(TutorialError):
    """What could not be exported; hint says what to do about it."""


@dataclass(frozen=True)
class ExportOptions:
    """The choices of an export.

    layout, of HTML: all in one file; a page beside a folder of pictures; or the body alone beside
    such a folder, for a blog. picture_width: at most, in pixels, 0 for as they are. Drawings stay
    drawings only in one file with pictures as they are.
    """

    layout: Literal["file", "folder", "fragment"] = "file"
    picture_width: int = 0
    picture_format: PictureFormat = "original"


AS_THEY_ARE = ExportOptions()


@dataclass(frozen=True)
class _Manifest:
    """What lies in an images' folder: written for this text, and for others that still exist."""

    own: Written
    others: Mapping[str, Written]

    def owns(self, name: str, sha256: str) -> bool:
        """Whether the file is this text's own, and no other needs it."""
        return (name, sha256) in self.own and not self.shares(name, sha256)

    def shares(self, name: str, sha256: str) -> bool:
        """Whether another text needs the file."""
        return any((name, sha256) in files for files in self.others.values())


def export(
    tutorial: Tutorial,
    takes: Mapping[str, Take],
    out: Path,
    options: ExportOptions = AS_THEY_ARE,
) -> list[Path]:
    """Write the tutorial to out, as its suffix says (.md or .html), and return the files written.

    Pictures that are files of their own go into the folder NAME-images beside it. A file at out
    is replaced. Raises ExportError; what stood at out is then as it was.
    """
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise ExportError(f"“{out.name}” has no format to export to", "end it in .md or .html")
    try:
        with sentences(out):
            return _export(render(tutorial, takes), out, suffix, options)
    except ExportError:
        raise
    except TutorialError as error:
        raise ExportError(error.message, error.hint) from error


def _export(document: Document, out: Path, suffix: str, options: ExportOptions) -> list[Path]:
    if out.is_dir():
        raise ExportError(f"“{out.name}” is a folder", "choose another name")
    if not out.absolute().parent.is_dir():
        raise ExportError(f"the folder “{out.parent}” does not exist", "make it first")
    width, wanted = options.picture_width, options.picture_format
    if suffix == ".html" and options.layout == "file":
        if width or wanted != "original":
            document = with_figures(document, lambda one: raster(one, width, wanted, burn=False))
        replace_file(out, to_html(document).encode("utf-8", "replace"))
        return [out]
    document = with_figures(document, lambda one: raster(one, width, wanted))

    def text(sources: Mapping[str, str]) -> str:
        if suffix == ".md":
            return to_markdown(document, {name: f"({at})" for name, at in sources.items()})
        return (to_fragment if options.layout == "fragment" else to_html)(document, sources)

    return _export_beside_images(document.figures, out, text)


def _export_beside_images(
    figures: tuple[Figure, ...], out: Path, text: Callable[[Mapping[str, str]], str]
) -> list[Path]:
    """Write the images, then the text, which is given where each figure's image is."""
    folder = out.with_name(f"{out.stem}-images")
    if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
        raise ExportError(
            f"“{folder.name}” is in the way of the folder for the pictures",
            "move it away, or choose another name",
        )
    manifest = _read_manifest(folder, out.name)
    names = {figure.name: _free_name(figure, folder, manifest) for figure in figures}
    images = {names[figure.name]: figure.data for figure in figures}
    foreign = {name for name in images if _is_foreign(folder / name, name, manifest)}
    hashes = {(name, _sha256(data)) for name, data in images.items()}
    written = frozenset(pair for pair in hashes if pair[0] not in foreign or manifest.shares(*pair))
    if images:
        folder.mkdir(exist_ok=True)
        _write_manifest(folder, out.name, manifest, manifest.own | written)
        for name, data in images.items():
            if name not in foreign:
                replace_file(folder / name, data)
    sources = {figure: quote(f"{folder.name}/{name}") for figure, name in names.items()}
    replace_file(out, text(sources).encode("utf-8", "replace"))
    if folder.is_dir():
        _remove_stale(folder, out.name, manifest, written)
    return [out, *(folder / name for name in images)]


def _free_name(figure: Figure, folder: Path, manifest: _Manifest) -> str:
    """Return the figure's file name, with its hash where a file of someone else has that name."""
    name = file_name(figure)
    sha256 = _sha256(figure.data)
    if not _is_foreign(folder / name, name, manifest) or _hash_of(folder / name) == sha256:
        return name
    stem, suffix = os.path.splitext(name)
    other = f"{stem}-{sha256[:12]}{suffix}"
    if _is_foreign(folder / other, other, manifest) and _hash_of(folder / other) != sha256:
        raise ExportError(
            f"“{folder.name}” holds other files named “{name}” and “{other}”",
            "move them away, or choose another name",
        )
    return other


def _is_foreign(path: Path, name: str, manifest: _Manifest) -> bool:
    """Whether something lies there that isn't the text's own, or that was changed since."""
    return os.path.lexists(path) and not manifest.owns(name, _hash_of(path))


def _hash_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, or nothing for what is no plain file."""
    return _sha256(path.read_bytes()) if path.is_file() and not path.is_symlink() else ""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_manifest(folder: Path, text: str) -> _Manifest:
    """Return what earlier exports wrote; nothing when there is no manifest to be trusted."""
    path = folder / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > _MAX_MANIFEST:
            return _Manifest(frozenset(), {})
        found = {
            str(name): frozenset((str(file), str(sha256)) for file, sha256 in pairs)
            for name, pairs in json.loads(path.read_bytes())["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _Manifest(frozenset(), {})
    ours = {
        name: frozenset(pair for pair in pairs if _OURS.fullmatch(pair[0]))
        for name, pairs in found.items()
    }
    own = ours.pop(text, frozenset())
    return _Manifest(own, {name: files for name, files in ours.items() if _is_beside(folder, name)})


def _is_beside(folder: Path, text: str) -> bool:
    """Whether another text that uses the folder's images is there."""
    path = folder.parent / text
    mine = f"{path.stem}-images" == folder.name and path.suffix.lower() in SUFFIXES
    return mine and path.name == text and path.is_file()


def _write_manifest(folder: Path, text: str, manifest: _Manifest, own: Written) -> None:
    files = {**manifest.others, **({text: own} if own else {})}
    lists = {name: sorted(pairs) for name, pairs in sorted(files.items())}
    data = json.dumps({"program": "Interstep", "files": lists}, indent=1)
    replace_file(folder / MANIFEST, data.encode() + b"\n")


def _remove_stale(folder: Path, text: str, manifest: _Manifest, written: Written) -> None:
    """Remove the text's own files that it has no more, and the folder when it is empty."""
    kept = {name for name, _ in written}
    for name, sha256 in manifest.own:
        mine = manifest.owns(name, sha256) and name not in kept
        if mine and _hash_of(folder / name) == sha256:
            (folder / name).unlink()
    if written or manifest.others:
        _write_manifest(folder, text, manifest, written)
    elif manifest.own:
        (folder / MANIFEST).unlink(missing_ok=True)
        with suppress(OSError):  # someone else's files are in it
            folder.rmdir()


def replace_file(path: Path, data: bytes) -> None:
    """Put a file there whole or not at all; raises TutorialError."""
    part = path.with_name(f".interstep-{secrets.token_hex(6)}.part")
    with sentences(path):
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
