"""The rules of the house that a program can check."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("app", "inference", "assets")
FILES = sorted(chain.from_iterable((ROOT / package).rglob("*.py") for package in PACKAGES))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 60  # lines; both are one too many
VAGUE = {"utils", "helpers", "common", "core", "base", "manager"}
TEST_COMMAND = 'pip install -e ".[dev]" && pytest'
HEAVY = ("torch", "llama_cpp", "onnxruntime", "diffusers", "transformers")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def child(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def test_import_contracts() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", FILES + TESTS, ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 < LONGEST_FUNCTION, node.name


def test_no_name_is_vague() -> None:
    found = chain.from_iterable((ROOT / package).rglob("*") for package in (*PACKAGES, "tests"))
    words = {name_of(path): set(re.split(r"[-_.]", path.name)) for path in found}
    assert [name for name, parts in words.items() if parts & VAGUE] == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in TESTS if path.name != "conftest.py"]
    assert len(names) == len(set(names))
    assert not [path for path in TESTS if path.name == "__init__.py"]


# ---------------------------------------------------------------- README


def readme_map() -> dict[str, str]:
    """Return the paths of README's map of the code, each with what is said of it."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    (block,) = (block for block in blocks if block.startswith("app/"))
    lines = [re.fullmatch(r"(\S+) {2,}(\S.*)", line) for line in block.splitlines()]
    assert all(lines), block
    return {line[1]: line[2] for line in lines if line}


def test_readme_names_what_is_there() -> None:
    assert [path for path in readme_map() if not (ROOT / path).exists()] == []
    folders = [path for path in readme_map() if path.endswith("/")]
    assert [path for path in folders if not (ROOT / path).is_dir()] == []


def test_readme_names_every_package() -> None:
    packages = {name_of(path.parent) + "/" for path in FILES if path.name == "__init__.py"}
    named = readme_map().keys()
    assert {p for p in packages if not any(path.startswith(p) for path in named)} == set()
    # A package that is named only through its parts has nothing of its own to tell.
    assert packages - named <= {"assets/"}


def test_ci_runs_the_command_of_the_readme() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.M | re.S)
    assert f"{TEST_COMMAND}\n" in blocks
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    plain = [line.replace(" --quiet", "") for line in lines]
    assert TEST_COMMAND in plain


# ---------------------------------------------------------------- imports


def imported() -> set[str]:
    """Return the top-level modules that the three packages import."""
    found: set[str] = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found


def asked_for(requirements: list[str]) -> set[str]:
    names = {re.split(r"[\s<>=!~;\[]", text)[0] for text in requirements}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names} - {"interstep"}


def test_what_is_asked_for_is_used_and_what_is_used_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    base = asked_for(project["dependencies"])
    extras = project["optional-dependencies"]
    writer = asked_for(extras["writer"])
    others = asked_for(extras["cpu"]) | asked_for(extras["gpu"]) | asked_for(extras["train"])
    owners = {
        module: {re.sub(r"[-_.]+", "-", name).lower() for name in names}
        for module, names in packages_distributions().items()
    }
    used = set().union(*(owners.get(module, set()) for module in imported()))
    assert base - used == set()
    assert writer - used == set()
    known = {module for module in imported() if module in owners and module not in PACKAGES}
    assert {module for module in known if not owners[module] & (base | writer | others)} == set()


def test_only_the_training_and_its_networks_need_torch() -> None:
    networks = {
        "inference/painter/connector.py",
        "inference/painter/duogen/transformer.py",
    }
    users = {
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if re.search(r"^\s*(?:import|from) (?:torch|transformers|peft|accelerate)\b",
                     path.read_text("utf-8"), re.MULTILINE)
    }  # fmt: skip
    assert networks <= users
    folders = ("inference/tuning/", "inference/painter/pixels/")
    assert all(user.startswith(folders) for user in users - networks)


def test_the_base_dependencies_stay_light() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    heavy = {"torch", "numpy", "onnxruntime", "llama-cpp-python", "transformers", "diffusers"}
    assert asked_for(project["dependencies"]) & heavy == set()


def test_the_command_line_imports_nothing_heavy() -> None:
    modules = [path.stem for path in (ROOT / "app" / "commands").glob("*.py")]
    imports = "; ".join(f"import app.commands.{name}" for name in modules if name != "__init__")
    done = child(f"import sys, app.cli; {imports}; print(*{HEAVY!r}, *sys.modules, sep='\\n')")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [name for name in HEAVY if lines.count(name) > 1] == []
    assert "PySide6.QtCore" in lines


def test_help_imports_next_to_nothing() -> None:
    done = child("import sys, app.cli; app.cli.parser(); print(*sys.modules, sep='\\n')")
    assert done.returncode == 0, done.stderr
    slow = {"PySide6", "PIL", "sqlite_utils", "inference", "app.commands", "app.tutorial"}
    assert slow & set(done.stdout.splitlines()) == set()


def test_qt_survives_a_thousand_true_signals() -> None:
    """PySide6 6.12.0 on Python 3.11 aborts here after about 570; the pin keeps it out."""
    done = child(
        "from PySide6.QtCore import QObject, Signal\n"
        "class Bell(QObject):\n"
        "    rung = Signal(bool)\n"
        "bell, heard = Bell(), []\n"
        "bell.rung.connect(heard.append)\n"
        "for _ in range(1000):\n"
        "    bell.rung.emit(True)\n"
        "print(len(heard), set(heard))\n"
    )
    assert (done.returncode, done.stdout) == (0, "1000 {True}\n"), done.stderr
