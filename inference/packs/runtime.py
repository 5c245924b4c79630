"""What a pack for a card needs besides its weights: a driver, and libraries built for CUDA.

Checked before anything is downloaded. Nothing heavy is loaded here: versions come from the
installed metadata, and card.py asks the libraries themselves in a process of its own.
"""

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from inference.mending import GPU, in_one_sentence, pip, this_python
from inference.packs.card import has_driver
from inference.packs.manifest import Manifest
from inference.packs.reports import PackError, in_words
from inference.protocol import from_json

DRIVER, TORCH, LLAMA, ONNX = "NVIDIA driver", "torch", "llama-cpp-python", "onnxruntime-gpu"
GUARD = "cosmos-guardrail"  # which the licence of one painter asks for; none of our requirements
PAINTING = (TORCH, "diffusers", "transformers", "accelerate", "sdnq")
SMALLEST = 0.9  # of the memory that a pack is made for: cards tell a little less than their name
# Builds of torch for CUDA 13 begin with 7.5; those for 12.6, up to torch 2.14, with 5.0. uv looks
# at the driver alone, which runs older cards with CUDA 13 too. Source: torch's RELEASE.md.
MODERN, OLDEST = (7, 5), (5, 0)
PATIENCE = 90  # seconds until all libraries are loaded
ALL = f"install {GPU}"  # what pip does
ANEW = "install --force-reinstall --no-deps"


@dataclass(frozen=True)
class Machine:
    """The card and what is built for it. None: not known, as its library or a driver is absent.

    driver, cuda: versions, cuda the newest that the driver runs. total, free: bytes of the card;
    capability: its compute capability; uuid: by which CUDA knows it. others: good cards that are
    not used; lost: cards that the driver can't ask, with the reason.
    torch_cuda: the version that torch is built for, empty for none; torch_archs: for which cards,
    such as sm_86, or compute_90 for all from there on. versions: of the installed distributions by
    name.
    """

    driver: str = ""
    cuda: str = ""
    card: str = ""
    total: int = 0
    free: int = 0
    capability: tuple[int, int] = (0, 0)
    uuid: str = ""
    others: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    llama_gpu: bool | None = None
    onnx_cuda: bool | None = None
    torch_cuda: str | None = None
    torch_runs: bool = False
    torch_archs: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tick:
    """Whether one thing that a card needs is good, in words.

    command: mends it, or empty; its lines are typed one after the other.
    """

    name: str
    state: str
    good: bool
    command: str = ""


def look() -> Machine:
    """Find out what is there; takes seconds where there is a driver, else milliseconds."""
    names = (*PAINTING, LLAMA, ONNX, GUARD)
    versions = {name: found for name in names if (found := _version(name))}
    if not has_driver():
        return Machine(versions=versions)
    script = [sys.executable, "-P", str(Path(__file__).with_name("card.py"))]
    try:
        told = subprocess.run(
            script,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stdout
    except subprocess.TimeoutExpired as late:
        told = late.stdout or b""
    except OSError:
        told = b""
    return read(told, versions)


def read(told: bytes, versions: dict[str, str]) -> Machine:
    """Return the machine of the lines that card.py has printed; others, of libraries, are left."""
    known: dict[str, object] = {}
    for line in told.splitlines():
        try:
            longer = known | json.loads(line)
            from_json(Machine, longer)
        except (ValueError, TypeError, RecursionError):
            continue
        known = longer
    return from_json(Machine, known | {"versions": versions})


def ticks(machine: Machine) -> tuple[Tick, ...]:
    """Return the state of everything that packs for a card use, in the order to mend it."""
    libraries = tuple(_library(name, machine) for name in (*PAINTING, LLAMA, ONNX))
    others = [Tick("Another card", f"{card} is not used", True) for card in machine.others]
    lost = [Tick("A lost card", card, False) for card in machine.lost]
    mending = sorted(libraries, key=lambda tick: tick.command != pip(ALL))
    return (_driver(machine), *others, *lost, *mending)


def lacking(manifest: Manifest, machine: Machine) -> tuple[Tick, ...]:
    """Return what the pack lacks to run here; a pack for any CPU needs nothing of it."""
    if not manifest.card:
        return ()
    painting = PAINTING if manifest.painter != "storyboard" else ()
    needed = {DRIVER, LLAMA, *painting}
    found = [tick for tick in ticks(machine) if tick.name in needed and not tick.good]
    if manifest.painter == "cosmos" and GUARD not in machine.versions:
        found.append(Tick(GUARD, "is not installed", False, pip(f"install {GUARD}")))
    # First what nothing mends.
    if machine.driver and not machine.card:
        found.insert(0, Tick(_card(machine), "does not answer its driver", False))
    if painting and _too_old(machine):
        found.insert(0, Tick(_card(machine), "is too old: no build of torch runs on it", False))
    if machine.total and machine.total < SMALLEST * manifest.card:
        size = f"has {in_words(machine.total)}, and the pack is made for {in_words(manifest.card)}"
        found.insert(0, Tick(_card(machine), size, False))
    return tuple(found)


def check(manifest: Manifest) -> None:
    """Raise PackError where the pack can't run on this machine, with what mends it."""
    for tick in lacking(manifest, look()) if manifest.card else ():
        without = "It needs an NVIDIA card with its driver; other packs: interstep packs list"
        hint = f"Type: {in_one_sentence(tick.command)}" if tick.command else without
        raise PackError(f"{manifest.name} can't run here yet: {tick.name} {tick.state}.", hint)


def _card(machine: Machine) -> str:
    return machine.card or "The card"


def _too_old(machine: Machine) -> bool:
    return (0, 0) < machine.capability < OLDEST


def _driver(machine: Machine) -> Tick:
    if not machine.driver:
        return Tick(DRIVER, "is absent or does not answer", False)
    return Tick(DRIVER, f"{machine.driver}, for CUDA up to {machine.cuda}", True)


def _library(name: str, machine: Machine) -> Tick:
    found, wanted = machine.versions.get(name, ""), _requirement(name)
    if not found and name != ONNX:  # the build of it for CPUs has another name
        return Tick(name, "is not installed", False, pip(ALL))
    if _numbers(found) < _numbers(wanted.partition(">=")[2]) and name != ONNX:
        return Tick(name, f"{found} is too old", False, pip(ALL))
    fault = _fault(name, machine)
    if not fault:
        return Tick(name, found, True)
    build = _build(name, f'"{wanted}"', machine)
    return Tick(name, f"{found} {fault}".strip(), False, build)


def _fault(name: str, machine: Machine) -> str:
    """Return what is wrong with how a library is built, empty where nothing is known to be."""
    told = {TORCH: machine.torch_cuda, LLAMA: machine.llama_gpu}.get(name, "")
    if name == ONNX:
        return "" if machine.onnx_cuda else "does not find CUDA"
    if told is None:
        return "can't be loaded" if machine.driver else ""
    if name == TORCH and not machine.torch_runs:
        return f"is built for CUDA {told} and finds no card" if told else "is built for CPUs"
    if name == TORCH and not _suits(machine.torch_archs, machine.capability):
        which = ".".join(map(str, machine.capability))
        return f"is built for CUDA {told} without code for this card of compute capability {which}"
    return "is built for CPUs" if told is False else ""


def _suits(archs: tuple[str, ...], capability: tuple[int, int]) -> bool:
    """Whether code for these architectures runs on such a card; yes where nothing is known.

    Source: CUDA's programming guide: code runs on later cards of the same major number, PTX
    (compute_*) on all later ones.
    """
    found = [re.fullmatch(r"(sm|compute)_(\d+)(\d)[af]?", arch) for arch in archs]
    built = [(one[1], (int(one[2]), int(one[3]))) for one in found if one]
    return not (built and any(capability)) or any(
        of <= capability and (kind == "compute" or of[0] == capability[0]) for kind, of in built
    )


def _build(name: str, wanted: str, machine: Machine) -> str:
    """Return what installs a library's build for this card, empty where there is none.

    wanted: the quoted requirement.
    """
    if name == LLAMA:
        return pip(f'{ANEW} --no-cache-dir -C "cmake.args=-DGGML_CUDA=on" {wanted}')
    if name == ONNX:  # the two builds lie in one folder
        return "\n".join((pip("uninstall -y onnxruntime"), pip(f"{ANEW} {wanted}")))
    if _too_old(machine):
        return ""
    # Only uv knows where the build lies that fits the driver, on any system.
    backend = "cu126" if (0, 0) < machine.capability < MODERN else "auto"
    fitting = f"--torch-backend={backend} --reinstall-package torch {wanted}"
    return f"pip install uv\nuv pip install --python {this_python()} {fitting}"


def _requirement(name: str) -> str:
    """Return what the program asks for, such as "torch>=2.9"."""
    told = (line.partition(";") for line in requires("interstep") or ())
    asked = [line.strip() for line, _, when in told if re.search("gpu|writer", when)]
    return next((line for line in asked if re.split(r"[<>=!~ ]", line)[0] == name), name)


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", release.partition(",")[0])[:3])


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
