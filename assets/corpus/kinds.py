"""The tree of the corpus: kinds of tasks in domains, and which of them a training never sees."""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files

HELD_OUT = 5  # one kind in so many is held out


@dataclass(frozen=True)
class Kind:
    """A kind of tasks, such as "houseplants", and the names of its tutorials."""

    domain: str
    name: str
    tutorials: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """Whether its tutorials are for evaluation only: by its name, so that it stays so."""
        digest = hashlib.sha256(f"{self.domain}/{self.name}".encode()).digest()
        return digest[0] % HELD_OUT == 0


def held_out() -> frozenset[str]:
    """Return the names of the tutorials that no training sees."""
    return frozenset(name for kind in kinds() if kind.held_out for name in kind.tutorials)


def kinds() -> list[Kind]:
    """Read the tree: DOMAIN/tree.json, {"kind": ["name of a tutorial", ...], ...}."""
    found = []
    for folder in sorted(files("assets.corpus").iterdir(), key=lambda entry: entry.name):
        if folder.is_dir() and (tree := folder / "tree.json").is_file():
            for name, tutorials in json.loads(tree.read_text(encoding="utf-8")).items():
                found.append(Kind(folder.name, name, tuple(tutorials)))
    return found
