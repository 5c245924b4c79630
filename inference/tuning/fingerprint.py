"""What a folder was made from, written beside what was made, so that nothing else goes on from it.

Basis, embeddings and states fit one writer, one library of drawings and a few amounts; a checkpoint
fits one configuration. A run that finds a folder of another kind stops instead of mixing the two.
"""

import json
from pathlib import Path

from inference.protocol import Json

FILE = "fingerprint.json"


def claim(folder: Path, made_from: Json) -> None:
    """Make the folder, or find it again, as one that is made from this.

    Raises ValueError where something lies there that is made from something else.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(made_from, indent=1) + "\n"
        (folder / FILE).write_text(text, encoding="utf-8")
    check(folder, made_from)


def check(folder: Path, made_from: Json) -> None:
    """Raise ValueError that names what differs where the folder is made from something else."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    wanted = json.loads(json.dumps(made_from))
    if found == wanted:
        return
    if isinstance(found, dict):
        names = sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))
        reason = f"was made with other {', '.join(names)}"
    else:
        reason = f"does not tell what it was made from ({FILE})"
    raise ValueError(f"{folder} {reason}: delete it, or name another folder in the configuration")
