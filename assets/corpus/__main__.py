"""Checks the corpus: `python -m assets.corpus [FILE.md ...]`; without files, all of it."""

import sys
from pathlib import Path

from assets.corpus import corpus, read
from assets.corpus.checking import faults, shared_runs
from assets.corpus.spelling import misspelt
from assets.sprites.library import library


def main(files: list[str]) -> int:
    """Print what is amiss; return how many files have faults."""
    drawings = library()
    known = {(example.domain, example.name): example for example in corpus()}
    for path in map(Path, files):
        key = path.resolve().parent.name, path.stem
        known[key] = read(path.read_text(encoding="utf-8"), key[1], key[0])
    asked = {Path(file).stem for file in files}
    wrong = 0
    for example in known.values():
        if asked and example.name not in asked:
            continue
        found = [*faults(example, drawings), *map("spelling: {}".format, misspelt([example.text]))]
        wrong += bool(found)
        for fault in found:
            print(f"{example.domain}/{example.name}: {fault}")
    for run in shared_runs(list(known.values())):
        if not asked or any(name in run for name in asked):
            wrong += 1
            print(run)
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
