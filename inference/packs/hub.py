"""A child process that fetches one file from the model hub: REPO FILE REVISION SIZE PATH.

Run as a script, so that it needs nothing but huggingface_hub and can be killed at any moment.
HF_ENDPOINT, proxies and the person's other settings hold. On failure the last line of stderr
says why.
"""

import os
import sys
from pathlib import Path

TIMEOUT = 10  # seconds until the hub must have answered


def main() -> int:
    """Fetch the file to PATH, going on from the bytes that lie there; return the exit code."""
    repo, file, revision, size, place = sys.argv[1:]
    path, expected = Path(place), int(size)
    # Read when huggingface_hub is imported. Xet keeps a second copy in the person's cache.
    os.environ |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    try:
        from huggingface_hub import get_hf_file_metadata, hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        # Asked first and once: a download tries an unreachable hub for 23 seconds.
        url = hf_hub_url(repo, file, revision=revision)
        offered = get_hf_file_metadata(url, timeout=TIMEOUT)
        if offered.size != expected:
            raise ValueError(f"it offers a file of {offered.size} bytes, not {expected}")
        # hf_hub_download (2.4.0) begins a new file each time: a killed download never goes on.
        with path.open("ab") as partial:
            if partial.tell() > expected:
                partial.seek(partial.truncate(0))
            done = partial.tell()
            http_get(
                url, partial, resume_size=done, headers=build_hf_headers(), expected_size=expected
            )
            partial.flush()
            os.fsync(partial.fileno())
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
