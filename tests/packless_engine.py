"""The fake engine on a machine without packs; as a program it takes one argument: a file.

The file's text says how it goes on: "no llama.cpp", "no network", "begun" where a download was
stopped, or empty; while the starter pack is installed it is "installed", and "a better one" when
there is another beside it.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from inference.__main__ import claim_pipes
from inference.protocol import (
    Event,
    Failed,
    Finished,
    Found,
    Install,
    Notice,
    Probe,
    Progress,
    Remove,
    Request,
    Verify,
)
from inference.serving import Server

SIZE, PART, HELD = 98_000_000, 9_800_000, 40_000_000  # bytes
PAUSE = 0.02  # seconds between two parts
COMMAND = 'pip --python /x/python install "interstep[cpu]"'


def events_of(request: Request, state: Path) -> Iterator[Event]:
    """Answer as a machine does on which the starter pack can be installed and removed."""
    script = state.read_text()
    match request:
        case Probe():
            starter = {"id": "starter", "name": "Starter", "download": SIZE, "size": SIZE}
            starter["ready"] = starter["installed"] = script == "installed"
            starter["held"] = HELD if script == "begun" else 0
            starter["left"] = SIZE - starter["held"]
            starter["plan"] = "Wants 1.0 GB of free memory; 8.0 GB are free."
            starter["files"] = [{"name": "starter.gguf", "size": SIZE, "sha256": "5a" * 32}]
            writer = None if script == "no llama.cpp" else "0.3"
            facts = {"llama_cpp": writer, "recommended": "starter", "packs": [starter]}
            facts["writer_command"] = COMMAND
            if script == "a better one":
                better = {"id": "laptop", "name": "Laptop", "ready": True, "installed": True}
                starter["ready"] = starter["installed"] = True
                facts |= {"recommended": "laptop", "packs": [better, starter]}
            yield Found(request.id, facts)
        case Install() if script == "no network":
            yield Failed(request.id, "pack", "nothing answers", "Look at the network.")
            return
        case Install():
            for done in range(0, SIZE + 1, PART):
                time.sleep(PAUSE)
                if done >= HELD:
                    state.write_text("begun")
                yield Progress(request.id, "Fetching starter.gguf", done, SIZE, "bytes")
            state.write_text("installed")
        case Verify():
            yield Notice(request.id, "pack", "“starter.gguf” is whole.")
        case Remove():
            state.write_text("")
    yield Finished(request.id)


if __name__ == "__main__":
    requests, wire = claim_pipes()
    file = Path(sys.argv[1])
    Server(requests, wire, lambda request, _stop: events_of(request, file)).serve(("fake",))
    os._exit(0)
