"""Tiny real parts: wheels and packs."""

import hashlib
import json
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

from inference.packs.manifest import Manifest, Source, Weights, shipped
from inference.packs.reports import PackNote, PackProgress, Report, Reports


def notes(reports: Reports[object]) -> list[str]:
    """Run to the end; return the notes, after checking that progress is sane."""
    seen: list[Report] = list(reports)
    for report in seen:
        if isinstance(report, PackProgress):
            assert 0 <= report.done <= report.total, report
    return [report.message for report in seen if isinstance(report, PackNote)]


def write_wheel(folder: Path, project: str, member: str, data: bytes) -> Path:
    path = folder / f"{project.replace('-', '_')}-1.0-py3-none-any.whl"
    about = f"{project.replace('-', '_')}-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, data)
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n"
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


def weights_of(path: Path, *sources: Source) -> Weights:
    data = path.read_bytes()
    return Weights(path.name, len(data), hashlib.sha256(data).hexdigest(), "Apache-2.0", sources)


def pack_of(writer: Weights, reader: Weights | None = None, pack: str = "starter") -> Manifest:
    starter = shipped("starter")
    return replace(starter, id=pack, writer=writer, reader=reader or writer)


def tensors(header: object, data: bytes = b"") -> bytes:
    """Return a safetensors file with this header, sound or not."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tiny_tensors(values: bytes = bytes(24)) -> bytes:
    """Return a sound safetensors file of two tensors."""
    header = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "BF16", "shape": [4], "data_offsets": [16, 24]},
    }
    return tensors(header, values)


def waiting(name: str, source: Source, size: int = 1000) -> Weights:
    """Return a file that waits for its sha256."""
    return Weights(name, size, "", "Apache-2.0", (source,))
