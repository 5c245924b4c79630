"""A model hub on the loopback that speaks enough of the protocol, and fails on command."""

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from inference.packs.manifest import Source

FIRST = "a" * 40


@dataclass
class Hub:
    """The repository acme/tiny: its files by commit. The other fields say how it misbehaves."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=lambda: {FIRST: {}})
    main: str = FIRST
    small: set[str] = field(default_factory=set)  # files that git itself keeps, without a sha256
    sent: dict[str, bytes] = field(default_factory=dict)  # instead of what it promises
    listed: Any = None  # the whole answer to a request for the repository's files
    cut: int = 0  # send so many bytes, then wait for `go`
    drops: int = 0  # so many answers end in the middle
    deaf: bool = False  # to ranges: it answers 200 with the whole file
    strict: bool = False  # it answers 416 to every range
    refused: tuple[int, str] | None = None  # the status and code with which it refuses the files
    go: threading.Event = field(default_factory=threading.Event)
    ranges: list[str | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # paths

    @property
    def files(self) -> dict[str, bytes]:
        return self.commits[self.main]

    @property
    def data(self) -> bytes:
        return self.files["tiny.gguf"]

    @data.setter
    def data(self, data: bytes) -> None:
        self.files["tiny.gguf"] = data

    def move(self, commit: str, **files: bytes) -> None:
        """Put a new commit at the end of main."""
        self.commits[commit] = self.files | files
        self.main = commit

    def source(self, file: str = "tiny.gguf") -> Source:
        return Source("hub", repo="acme/tiny", file=file, revision="main")

    def etag(self, name: str, data: bytes) -> str:
        return blob(data) if name in self.small else hashlib.sha256(data).hexdigest()

    def listing(self) -> Any:
        siblings = []
        for name, data in self.files.items():
            sibling: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": blob(data)}
            if name not in self.small:
                sha256 = hashlib.sha256(data).hexdigest()
                sibling["lfs"] = {"size": len(data), "sha256": sha256, "pointerSize": 130}
            siblings.append(sibling)
        return {"id": "acme/tiny", "sha": self.main, "siblings": siblings, "tags": []}


def blob(data: bytes) -> str:
    """Return git's name for a content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def answer(handler: BaseHTTPRequestHandler, hub: Hub, head: bool) -> None:
    hub.asked.append(handler.path)
    if handler.path.startswith("/api/models/acme/tiny"):
        found = hub.listing() if hub.listed is None else hub.listed
        body = found if isinstance(found, bytes) else json.dumps(found).encode()
        _send(handler, 200, {"Content-Type": "application/json"}, body)
        return
    match = re.fullmatch(r"/acme/tiny/resolve/([^/]+)/(.+)", handler.path)
    files = hub.commits.get(hub.main if match[1] == "main" else match[1]) if match else {}
    if hub.refused:
        _send(handler, hub.refused[0], {"X-Error-Code": hub.refused[1]})
    elif files is None:
        _send(handler, 404, {"X-Error-Code": "RevisionNotFound"})
    elif match is None or match[2] not in files:
        _send(handler, 404, {"X-Error-Code": "EntryNotFound"})
    else:
        _give(handler, hub, match[2], files[match[2]], head)


def _send(
    handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes = b""
) -> None:
    handler.send_response(status)
    for name, value in (headers | {"Content-Length": str(len(body))}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _give(
    handler: BaseHTTPRequestHandler, hub: Hub, name: str, promised: bytes, head: bool
) -> None:
    wanted = handler.headers.get("Range")
    if not head:
        hub.ranges.append(wanted)
    if wanted and hub.strict:
        _send(handler, 416, {"Content-Range": f"bytes */{len(promised)}"})
        return
    data = promised if head else hub.sent.get(name, promised)
    start = int(wanted.removeprefix("bytes=").split("-")[0]) if wanted and not hub.deaf else 0
    body = data[start:]
    handler.send_response(206 if start else 200)
    handler.send_header("ETag", f'"{hub.etag(name, promised)}"')
    handler.send_header("X-Repo-Commit", hub.main)
    handler.send_header("X-Linked-Size", str(len(promised)))
    handler.send_header("Content-Length", str(len(body)))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
    handler.end_headers()
    if head:
        return
    if hub.cut or hub.drops:
        handler.wfile.write(body[: hub.cut or len(body) // 2])
        handler.wfile.flush()
        if hub.drops:
            hub.drops -= 1
        else:
            hub.go.wait(30)
        handler.close_connection = True
        return
    handler.wfile.write(body)
