"""Whether a file that has the right hash is also of a kind that is safe to load."""

import json
from pathlib import Path

from inference.packs.safetensors import read_tensors
from inference.writer.gguf import read_header

MAX_JSON = 32 << 20  # bytes; a tokenizer of 150,000 words has 11 MB


def inspect(path: Path, name: str) -> None:
    """Refuse what is no sound GGUF, safetensors or JSON file; raises ValueError, or OSError.

    name: as the pack names it, which says the kind. Nothing else is ever loaded.
    """
    match Path(name).suffix:
        case ".gguf":
            read_header(path)
        case ".safetensors":
            read_tensors(path)
        case ".json":
            _check_json(path)
        case kind:
            raise ValueError(f"files of the kind {kind or name} are not loaded")


def _check_json(path: Path) -> None:
    if path.stat().st_size > MAX_JSON:
        raise ValueError(f"it has more than {MAX_JSON >> 20} MB")
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError("it is not sound JSON") from error
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
