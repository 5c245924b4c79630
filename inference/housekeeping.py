"""Answers requests about packs and the machine: install, verify, remove, probe, plan."""

import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

import psutil

from inference.mending import CPU, pip
from inference.packs.card import Card, find_card
from inference.packs.estimates import writer_of
from inference.packs.install import install, install_file
from inference.packs.manifest import Manifest, catalogue
from inference.packs.plan import BF16, RESERVE, Options, Phase, plan
from inference.packs.plan import Plan as MadePlan
from inference.packs.reports import PackError, PackProgress, Report, in_words
from inference.packs.runtime import Machine, lacking, look, ticks
from inference.packs.store import Listed, Store
from inference.packs.upkeep import choose, pack_with_writer, recommend, remove, verify
from inference.protocol import (
    Event,
    Found,
    Install,
    Json,
    Notice,
    Numbers,
    Plan,
    Probe,
    Progress,
    Remove,
    Verify,
    to_json,
)
from inference.threads import cores
from inference.writer.gguf import GgufError, read_header

T = TypeVar("T")


def answer(
    store: Store,
    request: Install | Verify | Remove | Probe | Plan,
    room: Callable[[], tuple[Card | None, int]],
) -> Iterator[Event]:
    """Yield the events of a request but for its last; raises PackError.

    room: the card, and the bytes of main memory that are free, for a pack that is not loaded yet.
    """
    match request:
        case Install():
            manifest = yield from events(request.id, _installing(store, request))
            yield Notice(request.id, "pack", f"The pack {manifest.id} is installed.")
        case Verify():
            yield from events(request.id, verify(store, request.pack))
        case Remove():
            freed = remove(store, request.pack)
            told = f"The files of the pack {request.pack} are removed: {in_words(freed)} are free."
            yield Notice(request.id, "pack", told)
        case Probe():
            yield Found(request.id, facts(store, *room()))
        case Plan():
            yield Found(request.id, planned(store, request, *room()))


def chosen(store: Store, pack: str) -> tuple[Manifest, str]:
    """Return the pack of this id, or the best that this machine allows, and why it is taken."""
    if not pack:
        return choose(store, catalogue(), *_machine(store, find_card()))
    manifest = listed(store, pack)
    if manifest is not None:
        return manifest, ""
    known = ", ".join(entry.manifest.id for entry in store.listing(catalogue()))
    raise PackError(f"there is no pack {pack!r}", f"Choose one of: {known}")


def listed(store: Store, pack: str) -> Manifest | None:
    """Return the pack of this id, installed or not, or None."""
    packs = (entry.manifest for entry in store.listing(catalogue()))
    return next((manifest for manifest in packs if manifest.id == pack), None)


def events(request_id: str, reports: Generator[Report, None, T]) -> Generator[Event, None, T]:
    """Yield a pack generator's reports as events and return what it returns."""
    try:
        while True:
            report = next(reports)
            if isinstance(report, PackProgress):
                yield Progress(request_id, report.what, report.done, report.total, "bytes")
            else:
                yield Notice(request_id, "pack", report.message)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        reports.close()


def facts(store: Store, card: Card | None, memory: int) -> Json:
    """Return what `packs list` and `doctor` tell, as plain JSON values. Sizes in bytes.

    card, memory: what is free for a pack that is not loaded yet, as `answer` has it.
    recommended: what a first `write` uses; best: what suits the machine best, once it is fetched.
    packs: that one first, then what is ready, what could run here, and the rest.
    writer_command: what brings llama.cpp.
    """
    machine = look()
    place = free_memory(), free_disk(store), machine.total
    recommended, reason = choose(store, catalogue(), *place)
    best = recommend(store, catalogue(), *place).id
    packs = [
        _pack(store, entry, machine) | {"plan": how_it_runs(store, entry.manifest, card, memory)}
        for entry in store.listing(catalogue())
    ]
    packs.sort(key=lambda pack: (pack["id"] != best, not pack["ready"], bool(pack["runtime"])))
    seen = (machine.driver, machine.cuda, machine.card, machine.total, machine.free)
    return {
        "card": dict(zip(("driver", "cuda", "name", "total", "free"), seen, strict=True)),
        "runtime": [to_json(tick) for tick in ticks(machine)],
        "llama_cpp": _version("llama-cpp-python"),
        "writer_command": pip(f"install {CPU}"),
        "onnxruntime": _version("onnxruntime") or _version("onnxruntime-gpu"),
        "python": sys.executable,
        "cores": cores(),
        "memory_free": free_memory(),
        "disk_free": free_disk(store),
        "folder": str(store.folder),
        "best": best,
        "recommended": recommended.id,
        "reason": reason,
        "packs": packs,
    }


def planned(store: Store, request: Plan, card: Card | None, memory: int | None) -> Json:
    """Return how a pack would run on a card, as plain JSON values: bytes, pixels a side."""
    manifest, _ = chosen(store, request.pack)
    if request.memory:
        capability = card.capability if card else BF16
        card = Card("a card", request.memory, request.memory, capability)
        memory = None  # of the computer that such a card would be in
    if card is None:
        raise PackError("This machine has no CUDA card.", "Say how large one is: --vram GB")
    made = plan_on(store, manifest, card, memory)
    wanted = ("residency", "dtype", "kind", "encoder", "size", "references", "reference_size")
    return {
        "pack": manifest.id,
        "card": to_json(card),
        "sentence": made.sentence(),
        "tiling": made.tiling,
        "reserve": RESERVE,
        "memory": made.memory,
        "phases": {phase.value: _phase(made, phase) for phase in Phase},
        **{name: getattr(made, name) for name in wanted},
    }


def how_it_runs(store: Store, manifest: Manifest, card: Card | None, memory: int) -> str:
    """Return in a sentence how a pack would run here now, or why it can't."""
    if not manifest.card:
        wanted, free = in_words(manifest.memory_free), in_words(memory)
        told = f"Wants {wanted} of free memory; {free} are free"
        return f"{told}." if manifest.memory_free <= memory else f"{told}: close other programs."
    if card is None:
        made_for = in_words(manifest.card)
        return f"Made for an NVIDIA card with {made_for}; there is none here that answers."
    try:
        return f"On this card: {plan_on(store, manifest, card, memory).sentence()}"
    except PackError as error:
        return f"{error.message} {error.hint}."


def plan_on(
    store: Store,
    manifest: Manifest,
    card: Card,
    memory: int | None,
    numbers: Numbers | None = None,
) -> MadePlan:
    """Return the best plan for a pack on a card, beside so much free main memory, in bytes.

    numbers: those of a picture to be painted again, which the plan must keep.
    """
    writer = None
    with suppress(PackError, OSError, GgufError):  # it need not be there to be planned for
        writer = writer_of(read_header(store.place(manifest.writer)).metadata)
    options = Options(capability=card.capability, memory=memory, writer=writer, numbers=numbers)
    return plan(manifest, card.free, card.total, options)


def _phase(made: MadePlan, phase: Phase) -> Json:
    """Return what lies on the card in a phase, what is done there, and the bytes at its peak."""
    return {
        "parts": {part.name: part.bytes for part in made.parts if phase in part.phases},
        "work": dict(made.work(phase)),
        "bytes": made.bytes(phase),
    }


def free_memory() -> int:
    """Return the bytes of memory that a program can take without swapping."""
    return int(psutil.virtual_memory().available)


def free_disk(store: Store) -> int:
    """Return the bytes that are free where packs are kept."""
    folders = (store.folder, *store.folder.parents)
    there = next((folder for folder in folders if folder.exists()), None)
    if there is None:
        hint = "Plug it in, or change INTERSTEP_PACKS"
        raise PackError(f"The disk of {store.folder} is not there.", hint)
    return shutil.disk_usage(there).free


def _machine(store: Store, card: Card | None) -> tuple[int, int, int]:
    """Return bytes: free memory, free disk, and the card's memory, 0 without one."""
    return free_memory(), free_disk(store), card.total if card else 0


def _installing(store: Store, request: Install) -> Generator[Report, None, Manifest]:
    if request.writer:
        eyes = Path(request.eyes) if request.eyes else None
        return (yield from pack_with_writer(store, catalogue(), Path(request.writer), eyes))
    manifest, _ = chosen(store, request.pack)
    if request.files:
        files = [Path(file) for file in request.files]
        return (yield from install_file(store, manifest, files, accepted=request.accepted))
    return (yield from install(store, manifest, accepted=request.accepted))


def _pack(store: Store, entry: Listed, machine: Machine) -> Json:
    manifest = entry.manifest
    described: Json = to_json(manifest)
    return described | {
        "size": manifest.size(),
        "installed": entry.time,
        "ready": entry.ready,
        "download": entry.download,
        "held": entry.held,
        "left": entry.left,
        "files": [
            {"name": item.name, "size": item.size, "sha256": item.sha256} for item in entry.files
        ],
        "accepted": store.accepted(manifest.gated),
        "runtime": [to_json(tick) for tick in lacking(manifest, machine)],
    }


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
