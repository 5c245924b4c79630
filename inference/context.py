"""The context of a picture as chunks of text, and their hashes. Pure.

Source: DuoGen, section 3: an image is conditioned on the interleaved prefix T1 I1 … TN. The
pictures of the prefix are conditions of their own; the chunks here are its texts.
"""

import hashlib
from collections.abc import Sequence


def step_chunk(number: int, heading: str, body: str, description: str) -> str:
    """Return the text of one step as the writer wrote it, its description before `<BOV>`."""
    picture = f"\nPicture: {description}" if description else ""
    return f"## {number}. {heading}\n{body}{picture}\n"


def chunk_hashes(chunks: Sequence[str]) -> list[str]:
    """Return for each chunk the sha256 of all chunks up to and with it.

    What is computed from a prefix (hidden states, a connector's output) is cached under its hash.
    """
    hashes: list[str] = []
    before = ""
    for chunk in chunks:
        before = hashlib.sha256(f"{before}\n{chunk}".encode()).hexdigest()
        hashes.append(before)
    return hashes
