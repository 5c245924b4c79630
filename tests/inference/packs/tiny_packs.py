"""Tiny real parts: wheels, packs, and a hub on the loopback."""

import hashlib
import re
import threading
import zipfile
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from inference.packs.manifest import Manifest, Source, Weights, catalogue
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
    starter = next(manifest for manifest in catalogue() if manifest.id == "starter")
    return replace(starter, id=pack, writer=writer, reader=reader or writer)


@dataclass
class Hub:
    """A model hub that offers one file of acme/tiny and can stop in the middle."""

    data: bytes = b""
    cut: int = 0  # send so many bytes, then wait for `go`
    go: threading.Event = field(default_factory=threading.Event)
    ranges: list[str | None] = field(default_factory=list)

    def source(self, file: str = "tiny.gguf") -> Source:
        return Source("hub", repo="acme/tiny", file=file, revision="main")


def answer(handler: BaseHTTPRequestHandler, hub: Hub, head: bool) -> None:
    if not re.fullmatch(r"/acme/tiny/resolve/[^/]+/tiny\.gguf", handler.path):
        handler.send_response(404)
        handler.send_header("X-Error-Code", "EntryNotFound")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return
    wanted = handler.headers.get("Range")
    start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted else 0
    body = hub.data[start:]
    handler.send_response(206 if start else 200)
    handler.send_header("ETag", f'"{hashlib.sha256(hub.data).hexdigest()}"')
    handler.send_header("X-Repo-Commit", "a" * 40)
    handler.send_header("X-Linked-Size", str(len(hub.data)))
    handler.send_header("Content-Length", str(len(body)))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(hub.data) - 1}/{len(hub.data)}")
    handler.end_headers()
    if head:
        return
    hub.ranges.append(wanted)
    if hub.cut:
        handler.wfile.write(body[: hub.cut])
        handler.wfile.flush()
        hub.go.wait(30)
        handler.close_connection = True
        return
    handler.wfile.write(body)
