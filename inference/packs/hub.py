"""A child process that asks the model hub for one thing.

    list REPO REVISION PLACE FILE...            write what REVISION has of these files to PLACE
    fetch REPO FILE REVISION SIZE ETAG PLACE    bring one file to PLACE

Run as a script, so that it needs nothing but huggingface_hub and can be killed at any moment.
HF_ENDPOINT, proxies and the person's other settings hold. On failure the last line of stderr
says why.
"""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TIMEOUT = 10  # seconds until the hub must have answered
NO_SUCH_RANGE = 416
GATED = "it gives it only to those who have accepted the licence"
WITHDRAWN = "its publisher has withdrawn that version"
NOT_FOUND = "its address can't be found: is this computer online?"
NO_ANSWER = "it does not answer, or the connection breaks"
OFFLINE = "HF_HUB_OFFLINE is set, which keeps this computer offline"
UNKNOWN = "it knows no such repository, or shows it only to those who may see it"


def main() -> int:
    """Do what the arguments say; return the exit code."""
    # Read when huggingface_hub is imported. Xet keeps a second copy in the person's cache.
    os.environ |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    try:
        action, *words = sys.argv[1:]
        if action == "list":
            write_list(words[0], words[1], Path(words[2]), words[3:])
        else:
            fetch(words[0], words[1], words[2], int(words[3]), words[4], Path(words[5]))
    except Exception as error:
        print(_reason(error), file=sys.stderr)
        return 1
    return 0


def write_list(repo: str, revision: str, place: Path, wanted: list[str]) -> None:
    """Write the commit of the revision and, in the order of `wanted`, each file as JSON.

    sha256 is that of a large file's content; a small one has only its git blob's sha1.
    """
    from huggingface_hub import HfApi

    found = HfApi().model_info(repo, revision=revision, files_metadata=True, timeout=TIMEOUT)
    there = {file.rfilename: file for file in found.siblings or ()}
    listed = []
    for name in wanted:
        if name not in there:
            raise ValueError(f"{repo} has no file {name}")
        file = there[name]
        sha256 = file.lfs.sha256 if file.lfs is not None else ""
        listed.append({"size": file.size, "sha256": sha256, "blob": file.blob_id or ""})
    place.write_text(json.dumps({"commit": found.sha, "files": listed}), encoding="utf-8")


def fetch(repo: str, file: str, revision: str, size: int, etag: str, place: Path) -> None:
    """Bring a file of `size` bytes to `place`, going on from the bytes that lie there.

    etag: as the hub must tell it, a sha256 or a git blob's sha1; others say nothing of the content.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    # Asked first and once: a download tries an unreachable hub for 23 seconds.
    url = hf_hub_url(repo, file, revision=revision)
    offered = get_hf_file_metadata(url, timeout=TIMEOUT)
    if offered.size != size:
        raise ValueError(f"it offers a file of {offered.size} bytes, not {size}")
    if offered.etag and len(offered.etag) == len(etag) and offered.etag != etag:
        raise ValueError("it offers another file under this name")
    # Bytes of a compressed answer could not be gone on from.
    headers = build_hf_headers() | {"Accept-Encoding": "identity"}
    # hf_hub_download (2.4.0) begins a new file each time: a killed download never goes on.
    with place.open("ab") as partial:
        if partial.tell() > size:
            partial.seek(partial.truncate(0))
        try:
            done = partial.tell()
            http_get(url, partial, resume_size=done, headers=headers, expected_size=size)
        except OSError as error:
            if _status(error) != NO_SUCH_RANGE:
                raise
            partial.seek(partial.truncate(0))
            http_get(url, partial, headers=headers, expected_size=size)
        partial.flush()
        os.fsync(partial.fileno())


def _reason(error: Exception) -> str:
    from huggingface_hub.errors import OfflineModeIsEnabled

    headers = getattr(getattr(error, "response", None), "headers", {})
    code = headers.get("X-Error-Code")
    if code == "GatedRepo" or _status(error) == 403:
        return GATED
    if code == "RepoNotFound" or _status(error) == 401:  # what it answers to strangers
        return UNKNOWN
    if code == "RevisionNotFound":
        return WITHDRAWN
    causes = list(_causes(error))
    if any(isinstance(cause, OfflineModeIsEnabled) for cause in causes):
        return OFFLINE
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NOT_FOUND
    if any(isinstance(cause, (ConnectionError, TimeoutError)) for cause in causes):
        return NO_ANSWER
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _status(error: Any) -> int:
    """Return the HTTP status that the hub answered with, 0 where it is something else."""
    return int(getattr(getattr(error, "response", None), "status_code", 0))


if __name__ == "__main__":
    sys.exit(main())
