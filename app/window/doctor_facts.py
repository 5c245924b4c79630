"""What the doctor tells: facts in words, each with how good it is and what mends it."""

import getpass
import platform
import re
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import psutil
from PySide6.QtCore import QCoreApplication, qVersion

from app.engine.engine import Engine
from app.engine.upkeep import Upkeep
from app.window.sizes import gigabytes

State = Literal["good", "look", "bad"]
LITTLE_DISK, LITTLE_MEMORY = 2e9, 1e9  # bytes

translate = QCoreApplication.translate


@dataclass(frozen=True)
class Line:
    """One fact; mend: the command that mends it, or empty."""

    group: str
    name: str
    fact: str
    state: State = "good"
    mend: str = ""


def lines(engine: Engine, upkeep: Upkeep, library: Path) -> list[Line]:
    """Return all facts by group. engine: the one that writes and paints."""
    computer = [*_of_computer(library), *_of_card(upkeep.facts)]
    return [*_of_program(), *computer, _of(engine), *_of_packs(upkeep)]


def as_text(facts: Sequence[Line]) -> str:
    """Return the facts as plain text, without the person's name and folders."""
    marks = {"good": "", "look": " (!)", "bad": " (!!)"}
    told = "\n".join(f"{line.name}: {line.fact}{marks[line.state]}" for line in facts)
    return f"{anonymous(told, Path.home(), _user())}\n"


def anonymous(text: str, home: Path, user: str) -> str:
    """Return the text without the home folder's path and without the account's name as a word."""
    if home != Path(home.anchor):
        text = text.replace(str(home), "~")
    return re.sub(rf"(?<!\w){re.escape(user)}(?!\w)", "…", text) if user else text


def _of_program() -> list[Line]:
    group = translate("Doctor", "Program")
    return [
        Line(group, "Interstep", version("interstep")),
        Line(group, "Python", platform.python_version()),
        Line(group, "Qt", str(qVersion())),
        Line(group, "SQLite", sqlite3.sqlite_version),
    ]


def _of_computer(library: Path) -> list[Line]:
    group = translate("Doctor", "Computer")
    memory = psutil.virtual_memory()
    disk = _free_disk(library)
    free, total = gigabytes(memory.available), gigabytes(memory.total)
    of_memory = translate("Doctor", "{free} free of {total}").format(free=free, total=total)
    of_disk = translate("Doctor", "{free} free where the library lies")
    if disk is None:
        of_disk = translate("Doctor", "the library's disk is not there, or is closed to you")
    return [
        Line(group, translate("Doctor", "System"), f"{platform.system()} {platform.release()}"),
        Line(
            group,
            translate("Doctor", "Memory"),
            of_memory,
            "good" if memory.available > LITTLE_MEMORY else "look",
        ),
        Line(
            group,
            translate("Doctor", "Disk"),
            of_disk.format(free=gigabytes(disk or 0)),
            "bad" if disk is None else "good" if disk > LITTLE_DISK else "look",
        ),
        Line(group, translate("Doctor", "Library"), str(library)),
    ]


def _free_disk(folder: Path) -> int | None:
    """Return the bytes free where a folder lies, or will lie; None where that can't be seen."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return None
    return None


def _of_card(facts: Mapping[str, Any]) -> list[Line]:
    """Return what the engine found of a card and of the libraries that are to run on it."""
    group, name = translate("Doctor", "Card"), translate("Doctor", "Card")
    card = facts.get("card", {})
    if not card:
        return []
    if not card.get("driver"):
        none = translate("Doctor", "no NVIDIA driver answers; the packs for any CPU need none")
        return [Line(group, name, none)]
    free, total = gigabytes(float(card["free"])), gigabytes(float(card["total"]))
    memory = translate("Doctor", "{card}: {free} free of {total}")
    told = memory.format(card=card["name"], free=free, total=total)
    if not card["name"]:
        told = translate("Doctor", "none answers its driver")
    libraries = [
        Line(
            group,
            str(tick["name"]),
            str(tick["state"]),
            "good" if tick["good"] else "look",
            str(tick["command"]),
        )
        for tick in facts.get("runtime", ())
    ]
    return [Line(group, name, told), *libraries]


def _of(engine: Engine) -> Line:
    words = {
        "off": translate("Doctor", "starts when it is needed"),
        "starting": translate("Doctor", "starting"),
        "ready": translate("Doctor", "ready"),
        "busy": translate("Doctor", "at work"),
        "broken": translate("Doctor", "stopped too often: start it again"),
    }
    told = [words[engine.state]]
    if engine.loaded:
        told.append(engine.loaded)
    if engine.memory:
        told.append(gigabytes(engine.memory))
    name = translate("Doctor", "Engine")
    return Line(name, name, " · ".join(told), "bad" if engine.state == "broken" else "good")


def _of_packs(upkeep: Upkeep) -> list[Line]:
    group = translate("Doctor", "Engine")
    packs = translate("Doctor", "Packs")
    if upkeep.trouble:
        return [Line(group, packs, upkeep.trouble, "bad")]
    if not upkeep.facts:
        return [Line(group, packs, translate("Doctor", "asking the engine…"), "look")]
    return _of_facts(group, packs, upkeep.facts)


def _of_facts(group: str, packs: str, facts: Mapping[str, Any]) -> list[Line]:
    writer = facts.get("llama_cpp")
    absent = translate("Doctor", "llama.cpp is not installed, so that nothing can be written")
    none = translate("Doctor", "none installed yet: Packs in the menu Help installs one")
    ready = [str(pack.get("name")) for pack in facts.get("packs", ()) if pack.get("ready")]
    return [
        Line(
            group,
            translate("Doctor", "Writer"),
            f"llama.cpp {writer}" if writer else absent,
            "good" if writer else "bad",
            "" if writer else str(facts.get("writer_command", "")),
        ),
        Line(group, translate("Doctor", "Painter"), _painters(facts)),
        Line(group, packs, ", ".join(ready) or none, "good" if ready else "look"),
        Line(group, translate("Doctor", "Packs lie in"), str(facts.get("folder", "?"))),
        Line(group, translate("Doctor", "Processor cores"), str(facts.get("cores", "?"))),
        Line(group, translate("Doctor", "Choice"), str(facts.get("reason", "?"))),
    ]


def _painters(facts: Mapping[str, Any]) -> str:
    """Return which painters can be used now: the built-in ones, and those of packs for a card."""
    packs = [pack for pack in facts.get("packs", ()) if pack.get("ready")]
    told = [translate("Doctor", "the storyboard, built in")]
    if not facts.get("onnxruntime"):
        told.append(translate("Doctor", "DuoGen, once ONNX Runtime is installed"))
    elif not any(pack.get("id") == "starter" for pack in packs):
        told.append(translate("Doctor", "DuoGen, once the starter pack is installed"))
    else:
        told.append("DuoGen")
    own = (pack for pack in packs if pack.get("card") and not pack.get("runtime"))
    painters = (pack for pack in own if pack.get("painter") != "storyboard")
    return "; ".join([*told, *(str(pack.get("name")) for pack in painters)])


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        return ""
