"""The context of a picture as chunks of text, and their hashes. Pure.

Source: DuoGen, section 3: an image is conditioned on the interleaved prefix T1 I1 … TN. The
pictures of the prefix are conditions of their own; the chunks here are its texts.
"""

import hashlib
import re
from collections.abc import Sequence

PICTURE = re.compile(r"\nPicture: [^\n]+\n\Z")  # a step's chunk that ends in a picture


def step_chunk(number: int, heading: str, body: str, description: str) -> str:
    """Return the text of one step as the writer wrote it, its description before `<BOV>`."""
    picture = f"\nPicture: {description}" if description else ""
    return f"## {number}. {heading}\n{body}{picture}\n"


def fix_chunk(number: int, instruction: str) -> str:
    """Return the text of an instruction that changes the last picture."""
    return step_chunk(number, "Go on", instruction, "")


def last_text(chunks: Sequence[str]) -> int:
    """Return the index of the first chunk behind the last picture before the last chunk.

    It is what the negative branch of a painter's guidance loses: the assistant's text since the
    last picture; for the first picture, since the user's turn. Source: DuoGen, section 4.
    """
    before = range(len(chunks) - 2, -1, -1)
    return next((k + 1 for k in before if PICTURE.search(chunks[k])), min(1, len(chunks)))


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
