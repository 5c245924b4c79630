"""`interstep packs`: the packs of this machine, listed, fetched, checked, removed."""

import argparse
from typing import Any

from app.commands.conversation import ask
from app.commands.errors import CommandError
from app.commands.progress import ProgressLine
from app.tutorial.model import new_id
from inference.protocol import Event, Found, Install, Plan, Probe, Remove, Request, Verify


def run(options: argparse.Namespace) -> int:
    """Do one action and return the exit code."""
    match options.action:
        case "list":
            _list(facts())
        case "show":
            _show(facts(), options.pack)
        case "plan":
            _plan(_found(Plan(new_id(), options.pack, options.vram)))
        case _:
            ask(_request(options), ProgressLine().show)
    return 0


def facts() -> dict[str, Any]:
    """Return what the engine finds on this machine."""
    return _found(Probe(new_id()))


def _found(request: Request) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    def on_event(event: Event) -> None:
        if isinstance(event, Found):
            found.append(event.facts)

    ask(request, on_event)
    return found[0]


def megabytes(size: int) -> str:
    """Return a size in bytes as people read it."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _gibibytes(size: int) -> str:
    """Return bytes of memory as its makers count it."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"


def _request(options: argparse.Namespace) -> Request:
    if options.action == "verify":
        return Verify(new_id(), options.pack)
    if options.action == "remove":
        return Remove(new_id(), options.pack)
    writer, eyes = (
        "" if given is None else str(given.absolute()) for given in (options.writer, options.eyes)
    )
    if bool(writer) == bool(options.pack):
        raise CommandError("Name one pack to install, or give --writer FILE.gguf.", 2)
    if eyes and not writer:
        raise CommandError("--eyes goes with --writer FILE.gguf.", 2)
    files = tuple(str(file.absolute()) for file in options.files)
    return Install(new_id(), options.pack, files, writer, options.accept_licence, eyes)


def _list(found: dict[str, Any]) -> None:
    for pack in found["packs"]:
        if pack["ready"]:
            state = "installed"
        elif pack["installed"]:
            state = "damaged: install it again"
        elif pack["held"]:
            state = f"begun: {megabytes(pack['held'])} fetched"
        elif pack["runtime"]:
            state = f"lacks {pack['runtime'][0]['name']}"
        else:
            state = f"{megabytes(pack['download'])} to download"
        mark = "*" if pack["id"] == found["best"] else " "
        print(f"{mark} {pack['id']:24} {state:28} {pack['summary']}")
    print(f"\n* suits this computer best. {found['reason']}")


def _show(found: dict[str, Any], wanted: str) -> None:
    pack = next((pack for pack in found["packs"] if pack["id"] == wanted), None)
    if pack is None:
        raise CommandError(f"There is no pack {wanted!r}: see interstep packs list.")
    print(f"{pack['id']}: {pack['name']}\n{pack['summary']}\n{pack['plan']}")
    state = "installed" if pack["ready"] else f"{megabytes(pack['download'])} to download"
    print(f"{megabytes(pack['size'])} in all, {state}; pictures: {pack['painter']}")
    if pack["gated"]:
        print(f"For those who accept its licence: {pack['gated']}")
    parts = [("writer", pack["writer"]), ("reader", pack["reader"])]
    parts += [("eyes", pack["vision"])] if pack["vision"] else []
    parts += [(one["part"], file) for one in pack["networks"] for file in one["files"]]
    files = {file["name"]: file for _, file in parts}
    known = {file["name"]: file["sha256"] for file in pack["files"]}
    for name, file in files.items():
        of = " and ".join(part for part, one in parts if one["name"] == name)
        print(f"\n{of.replace('_', ' ')}: {name}, {megabytes(file['size'])}, {file['licence']}")
        print(f"  sha256 {known.get(name) or 'to be asked of the hub when it is installed'}")
        for where in map(_where, file["sources"]):
            print(f"  from {where}")
        if not file["sources"]:
            print("  from a file of your own")


def _where(source: dict[str, Any]) -> str:
    """Return where a file comes from, for a person."""
    if source["kind"] == "hub":
        return f"the model hub: {source['repo']}, {source['file']}, {source['revision']}"
    first = source["parts"][0]
    more = len(source["parts"]) - 1
    rest = f" and {more} more" if more else ""
    return f"wheels of the package index: {first['project']} {first['version']}{rest}"


def _plan(found: dict[str, Any]) -> None:
    """Print what lies on the card in which phase, a row for each part, and the sum."""
    card, phases = found["card"], found["phases"]
    print(
        f"{found['pack']} on {card['name']} with {_gibibytes(card['total'])}: {found['sentence']}"
    )
    rows: dict[str, dict[str, int]] = {}
    for name, phase in phases.items():
        for part, size in phase["parts"].items():
            rows.setdefault(part, {})[name] = size
        work = max(phase["work"].values(), default=0)
        rows.setdefault("at work", {})[name] = work
    rows["at work"] = rows.pop("at work")  # below the parts
    rows["in all"] = {name: phase["bytes"] for name, phase in phases.items()}
    print(f"\n{'':24}" + "".join(f"{name:>10}" for name in phases))
    for row, sizes in rows.items():
        cells = (_gibibytes(sizes[name]) if sizes.get(name) else "-" for name in phases)
        print(f"{row:24}" + "".join(f"{cell:>10}" for cell in cells))
    kept = _gibibytes(found["reserve"])
    free = _gibibytes(card["free"])
    memory = _gibibytes(found["memory"])
    print(f"\n{free} are free, {kept} of them stay so. Estimated, not measured on a card.")
    print(f"Besides the card's, it takes {memory} of the computer's own memory.")
