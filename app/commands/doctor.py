"""`interstep doctor`: what works on this machine, and the one command that mends what doesn't."""

import argparse
import platform
import sys
from importlib.metadata import version
from typing import Any

from app.commands.errors import CommandError
from app.commands.packs import facts, megabytes
from app.editing.settings import Settings


def run(options: argparse.Namespace) -> int:
    """Print what is found; 1 when something that writing needs is missing."""
    found = _facts(options.engine_python)
    ready = [pack["id"] for pack in found["packs"] if pack["ready"]]
    print(f"Interstep   {version('interstep')}")
    print(f"Python      {platform.python_version()} ({sys.executable})")
    print(f"Engine      {found['python']}")
    print(f"System      {platform.platform()}, {found['cores']} cores")
    print(f"Memory      {megabytes(found['memory_free'])} free")
    print(f"Disk        {megabytes(found['disk_free'])} free in {found['folder']}")
    print(f"llama.cpp   {_installed(found['llama_cpp'])}")
    print(f"ONNX        {_installed(found['onnxruntime'])}")
    _print_card(found)
    print(f"Packs       {', '.join(ready) or 'none installed'}")
    print("Pictures    drawn by the storyboard, which needs no download; by DuoGen if asked;")
    print("            painted by a pack's own painter on a card")
    print()
    if found["llama_cpp"] is None:
        print(f"To write from prompts, install the writer: {found['writer_command']}")
        return 1
    print(found["reason"])
    if found["best"] not in ready:
        print(f"Best here: interstep packs install {found['best']}")
    return 0


def _facts(python: str | None) -> dict[str, Any]:
    """Return what the engine finds; python: the interpreter to run it under from now on."""
    if python is None:
        return facts()
    settings = Settings()
    before = settings.get("engine_python", "")
    settings.put("engine_python", python)
    try:
        return facts()
    except CommandError:  # no engine answers under it
        settings.put("engine_python", before)
        raise


def _print_card(found: dict[str, Any]) -> None:
    card = found["card"]
    if not card["driver"]:
        print("Card        no NVIDIA driver answers; the packs for any CPU need none")
        return
    memory = f"{megabytes(card['free'])} free of {megabytes(card['total'])}"
    print(f"Card        {card['name']}, {memory}" if card["name"] else "Card        none answers")
    for tick in found["runtime"]:
        print(f"            {tick['name']} {tick['state']}")
        for words, line in zip(
            ("mend it:", "   then:"), tick["command"].splitlines(), strict=False
        ):
            print(f"            {words} {line}")


def _installed(release: str | None) -> str:
    return release or "not installed"
