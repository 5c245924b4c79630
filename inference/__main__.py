"""`python -m inference`: the engine process. Requests on stdin, events on stdout.

The true pipes are claimed before any library is imported, and file descriptor 1 then points at
stderr, so that no library's print reaches the wire. The way to the model hub is shut before, too.
"""

import logging
import os
import signal
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, BinaryIO

from inference.offline import shut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inference.engine import Engine
    from inference.protocol import Event, Request


def claim_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the wire's reading and writing ends; stdin is then empty and stdout is stderr."""
    requests, events = os.dup(0), os.dup(1)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return os.fdopen(requests, "rb"), os.fdopen(events, "wb")


def abilities() -> tuple[str, ...]:
    """Return what this installation can do, without loading anything."""
    writes = find_spec("llama_cpp") is not None and find_spec("numpy") is not None
    return ("paint", "write") if writes else ("paint",)


def main() -> None:
    """Serve until the other side closes the pipe."""
    requests, events = claim_pipes()
    shut(os.environ)
    # llama.cpp would call a debugger before it aborts on a damaged model.
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")
    # Ctrl+C reaches every process of a terminal: the studio decides what it stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    from inference.serving import Server

    Server(requests, events, handle_lazily()).serve(abilities())
    # Threads of libraries must not hold up an end that was asked for.
    os._exit(0)


def handle_lazily() -> "Callable[[Request, Callable[[], bool]], Iterator[Event]]":
    """Return a handle that makes the engine at the first request: Ready must not wait for it."""
    engines: list[Engine] = []

    def handle(request: "Request", stop: "Callable[[], bool]") -> "Iterator[Event]":
        if not engines:
            from inference.engine import Engine
            from inference.packs.store import Store, default_folder

            engines.append(Engine(Store(default_folder())))
        yield from engines[0].handle(request, stop)

    return handle


if __name__ == "__main__":
    main()
