"""What a pack for a card needs besides its weights, as found on machines of every kind."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import MakeGguf
from hypothesis import given
from hypothesis import strategies as st
from loopback_hub import Hub
from tiny_packs import notes, pack_of, waiting

from inference.housekeeping import facts
from inference.mending import pip
from inference.packs import card
from inference.packs.card import Card
from inference.packs.install import install
from inference.packs.manifest import catalogue
from inference.packs.reports import PackError
from inference.packs.runtime import (
    ALL,
    GUARD,
    LLAMA,
    ONNX,
    PAINTING,
    Machine,
    Tick,
    lacking,
    look,
    read,
    ticks,
)
from inference.packs.store import Store

ROOT = Path(card.__file__).parents[2]
PIXELS = ROOT / "inference" / "painter" / "pixels"
VERSIONS = {
    "torch": "2.13.0+cu130",
    "diffusers": "0.42.1",
    "transformers": "5.23.0",
    "accelerate": "1.15.0",
    "sdnq": "0.2.8",
    "llama-cpp-python": "0.3.36",
    "onnxruntime-gpu": "1.31.1",
}
GOOD = Machine(
    driver="580.95.05",
    cuda="13.0",
    card="A card",
    total=24 * 10**9,
    free=23 * 10**9,
    llama_gpu=True,
    onnx_cuda=True,
    torch_cuda="13.0",
    torch_runs=True,
    torch_archs=("sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120", "compute_120"),
    capability=(8, 9),
    versions=VERSIONS,
)
GB = 10**9
KLEIN = replace(catalogue()[0], id="klein", painter="klein", card=8 * 10**9)


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in VERSIONS.items() if key != name}


def test_a_machine_with_everything_lacks_nothing() -> None:
    assert lacking(KLEIN, GOOD) == ()
    assert all(tick.good and not tick.command for tick in ticks(GOOD))


def test_a_pack_for_any_cpu_needs_nothing_of_it() -> None:
    assert {lacking(pack, Machine()) for pack in catalogue() if not pack.card} == {()}


@pytest.mark.parametrize(
    ("machine", "name", "state", "command"),
    [
        (Machine(versions=VERSIONS), "NVIDIA driver", "is absent or does not answer", ""),
        (replace(GOOD, versions=without("torch")), "torch", "is not installed", pip(ALL)),
        (replace(GOOD, versions=without("sdnq")), "sdnq", "is not installed", pip(ALL)),
        (
            replace(GOOD, versions=VERSIONS | {"transformers": "5.2.9"}),
            "transformers",
            "5.2.9 is too old",
            pip(ALL),
        ),
        (
            replace(GOOD, torch_cuda="", torch_runs=False),
            "torch",
            "2.13.0+cu130 is built for CPUs",
            "--torch-backend=auto",
        ),
        (
            replace(GOOD, torch_runs=False),
            "torch",
            "is built for CUDA 13.0 and finds no card",
            '--reinstall-package torch "torch>=2.9"',
        ),
        (
            replace(GOOD, capability=(6, 1)),
            "torch",
            "CUDA 13.0 without code for this card of compute capability 6.1",
            "--torch-backend=cu126 --reinstall-package torch",
        ),
        (
            replace(GOOD, capability=(12, 0), torch_archs=("sm_80", "sm_90")),
            "torch",
            "without code for this card of compute capability 12.0",
            "--torch-backend=auto --reinstall-package torch",
        ),
        (replace(GOOD, torch_cuda=None), "torch", "can't be loaded", "--torch-backend=auto"),
        (
            replace(GOOD, llama_gpu=False),
            "llama-cpp-python",
            "0.3.36 is built for CPUs",
            '-C "cmake.args=-DGGML_CUDA=on"',
        ),
    ],
)
def test_what_lacks_is_named_with_the_command_that_mends_it(
    machine: Machine, name: str, state: str, command: str
) -> None:
    (tick,) = lacking(KLEIN, machine)
    assert tick.name == name
    assert tick.state.endswith(state)
    assert command in tick.command
    assert bool(command) == bool(tick.command)


@pytest.mark.parametrize(
    ("capability", "archs", "runs"),
    [
        ((6, 1), "sm_60 sm_70", True),  # a later card of the same major number
        ((6, 0), "sm_61", False),
        ((8, 9), "sm_86 sm_90", True),
        ((9, 0), "sm_90a", True),
        ((12, 1), "sm_80 compute_90", True),  # PTX
        ((7, 5), "compute_80", False),
        ((10, 3), "sm_100 sm_120", True),
        ((6, 1), "", True),  # nothing is known
        ((0, 0), "sm_75", True),
        ((6, 1), "gfx1100", True),
    ],
)
def test_code_runs_on_later_cards(capability: tuple[int, int], archs: str, runs: bool) -> None:
    machine = replace(GOOD, capability=capability, torch_archs=tuple(archs.split()))
    assert (lacking(KLEIN, machine) == ()) == runs


def test_a_card_that_is_too_old_is_told_before_anything_is_to_be_installed() -> None:
    machine = replace(GOOD, capability=(3, 7), versions=without("sdnq"))
    card, *others = lacking(KLEIN, machine)
    assert card == Tick("A card", "is too old: no build of torch runs on it", False)
    assert {tick.name: bool(tick.command) for tick in others} == {"sdnq": True, "torch": False}
    small = replace(machine, total=4 * 10**9)
    assert lacking(KLEIN, small)[0].state.startswith("has 4.0 GB, and the pack")
    assert lacking(replace(KLEIN, painter="storyboard"), machine) == ()


def test_what_is_absent_comes_before_what_is_built_for_cpus() -> None:
    machine = replace(GOOD, torch_cuda="", torch_runs=False, versions=without("sdnq"))
    assert [tick.name for tick in lacking(KLEIN, machine)] == ["sdnq", "torch"]


def test_a_writer_for_a_card_needs_no_painter_libraries() -> None:
    writer = replace(KLEIN, painter="storyboard")
    assert lacking(writer, replace(GOOD, versions=without("torch"))) == ()
    assert [tick.name for tick in lacking(writer, replace(GOOD, llama_gpu=False))] == [
        "llama-cpp-python"
    ]


def test_the_guard_of_cosmos_is_asked_for_before_anything_is_fetched() -> None:
    cosmos = replace(KLEIN, painter="cosmos")
    (tick,) = lacking(cosmos, GOOD)
    assert tick == Tick(GUARD, "is not installed", False, pip("install cosmos-guardrail"))
    assert lacking(cosmos, replace(GOOD, versions=VERSIONS | {GUARD: "0.3.2"})) == ()
    (shipped,) = (pack for pack in catalogue() if pack.painter == "cosmos")
    assert f"a guard that is not in this pack: {GUARD}" in shipped.summary


def test_onnx_runtime_is_told_but_no_pack_needs_it() -> None:
    machine = replace(GOOD, onnx_cuda=False, versions=without("onnxruntime-gpu"))
    (tick,) = (tick for tick in ticks(machine) if not tick.good)
    assert tick == Tick("onnxruntime-gpu", "does not find CUDA", False, tick.command)
    away, there = tick.command.splitlines()
    assert away == pip("uninstall -y onnxruntime")
    assert there.startswith(pip("install --force-reinstall --no-deps"))
    assert lacking(KLEIN, machine) == ()


def test_what_card_py_prints_is_read() -> None:
    script = [sys.executable, "-P", card.__file__]
    told = subprocess.run(script, capture_output=True, check=True).stdout
    machine = read(told, VERSIONS)
    assert (machine.torch_cuda, machine.torch_runs) == ("", False) or machine.driver
    assert machine.llama_gpu is not None
    assert bool(machine.driver) == card.has_driver()


def test_a_crash_takes_only_the_later_lines() -> None:
    told = b'{"driver": "580", "cuda": "13.0"}\nSegmentation fault\n{"llama_gpu": 7}\n{"x": 1}\n[1'
    assert read(told, {}) == Machine(driver="580", cuda="13.0")


@given(st.binary(max_size=200))
def test_any_answer_is_read(told: bytes) -> None:
    assert read(told, {}).driver == ""


def test_the_facts_tell_of_card_runtime_and_licences(store: Store) -> None:
    found = facts(store, None, 8 * GB)
    assert found["card"].keys() == {"driver", "cuda", "name", "total", "free"}
    assert found["runtime"][0]["name"] == "NVIDIA driver"
    (starter,) = (pack for pack in found["packs"] if pack["id"] == "starter")
    assert (starter["runtime"], starter["accepted"]) == ([], True)


def test_each_pack_tells_how_it_runs_here_or_why_it_can_not(store: Store) -> None:
    def told(card: Card | None, memory: int) -> dict[str, str]:
        return {pack["id"]: pack["plan"] for pack in facts(store, card, memory)["packs"]}

    none, large = told(None, 4 * GB), told(Card("x", 24 * GB, 23 * GB, (8, 6)), 64 * GB)
    assert none["starter"] == "Wants 1.0 GB of free memory; 4.0 GB are free."
    assert none["smollm3-3b"].endswith("memory; 4.0 GB are free: close other programs.")
    assert none["klein-24"].startswith("Made for an NVIDIA card with 24.0 GB; there is none here")
    assert large["klein-24"].startswith("On this card: pictures of 1024 pixels, each seeing 4")
    small = told(Card("x", 8 * GB, 2 * 2**30, (8, 6)), 64 * GB)
    assert "of the card's memory, and 2.0 GiB are free. " in small["klein-8"]
    assert small["klein-8"].endswith(".")


def test_each_file_is_told_with_its_sha256_once_it_is_known(store: Store) -> None:
    packs = {pack["id"]: pack["files"] for pack in facts(store, None, 8 * GB)["packs"]}
    for pack in catalogue():
        assert [one["name"] for one in packs[pack.id]] == [item.name for item in pack.weights()]
    assert len(packs["starter"][0]["sha256"]) == 64
    assert packs["klein-8"][0]["sha256"] == ""


def test_what_suits_the_machine_is_told_first_and_what_can_not_run_last(store: Store) -> None:
    found = facts(store, None, 8 * GB)
    first, *others = found["packs"]
    assert first["id"] == found["best"]
    lacks = [bool(pack["runtime"]) for pack in others]
    assert lacks == sorted(lacks)


def test_what_is_looked_for_is_what_the_extra_for_cards_installs() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [re.split(r"[<>=!~ ]", line)[0] for line in extras["gpu"] + extras["writer"]]
    assert {*PAINTING, LLAMA, ONNX} <= set(asked)
    used = {name for path in PIXELS.glob("*.py") for name in imported(path)}
    libraries = used & set(asked) - {"numpy", "safetensors"}  # others bring these along
    assert libraries <= set(PAINTING)


def imported(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    lines = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [a.name for line in lines if isinstance(line, ast.Import) for a in line.names]
    names += [line.module or "" for line in lines if isinstance(line, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def test_looking_loads_nothing_heavy() -> None:
    code = """
import sys
from inference.packs.runtime import look
look()
print({"torch", "llama_cpp", "onnxruntime", "diffusers", "transformers"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.skipif(card.has_driver(), reason="this machine has a card")
def test_a_pack_that_can_not_run_is_not_downloaded(
    store: Store, hub: Hub, make_gguf: MakeGguf
) -> None:
    hub.data = make_gguf().read_bytes()
    pack = replace(pack_of(waiting("tiny.gguf", hub.source())), id="klein", card=10**9)
    with pytest.raises(PackError, match=r"can't run here yet: NVIDIA driver is absent") as caught:
        notes(install(store, pack))
    assert caught.value.hint.startswith("It needs an NVIDIA card with its driver")
    assert hub.asked == []
    assert not look().driver
    json.dumps(caught.value.message)
    assert not Path(store.folder).exists()
