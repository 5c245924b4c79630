"""The doctor: what works on this machine, and the one command that mends what doesn't."""

import getpass
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

import psutil
from PySide6.QtCore import QCoreApplication, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.engine.engine import Engine
from app.tutorial.model import new_id
from app.window.full_page import FullPage, caps, card
from app.window.icons import icon
from app.window.theme import Theme
from inference.protocol import Event, Failed, Found, Probe

State = Literal["good", "look", "bad"]
ICONS: dict[State, tuple[str, str]] = {
    "good": ("check", "accent"),
    "look": ("info", "warn"),
    "bad": ("warning", "danger"),
}
LITTLE_DISK, LITTLE_MEMORY = 2e9, 1e9  # bytes


@dataclass(frozen=True)
class Line:
    """One fact; mend: the command that mends it, or empty."""

    group: str
    name: str
    fact: str
    state: State = "good"
    mend: str = ""


class DoctorPage(FullPage):
    """Shows the facts; asks the engine for those that only it can know."""

    def __init__(self, engine: Engine, library: Path, theme: Theme) -> None:
        translate = QCoreApplication.translate
        super().__init__(
            translate("DoctorPage", "Doctor"),
            translate("DoctorPage", "What works on this computer, and what mends the rest."),
            theme,
        )
        self._engine = engine
        self._library = library
        self._lines: list[Line] = []
        copy = QPushButton(self.tr("Copy to clipboard"))
        copy.setToolTip(self.tr("Plain text, without your name or your folders"))
        copy.clicked.connect(self._copy)
        again = QPushButton(self.tr("Check again"))
        again.clicked.connect(self.check)
        for button in (again, copy):
            self.tools.addWidget(button)
        self._place = QWidget()
        self.column.addWidget(self._place)
        theme.restyled.connect(self._show)
        self.check()

    def check(self) -> None:
        """Look at everything again."""
        self._lines = [*self._of_program(), *self._of_machine()]
        self._show()
        self._engine.ask(Probe(new_id()), self._hear, self)

    @property
    def text(self) -> str:
        """The facts as plain text, without the person's name and folders."""
        lines = [f"{line.name}: {line.fact}" for line in self._lines]
        return _anonymous("\n".join(lines)) + "\n"

    def _hear(self, event: Event) -> None:
        if isinstance(event, Found):
            self._lines = [
                *self._of_program(),
                *self._of_machine(),
                *self._of_engine(event.facts),
            ]
            self._show()
        elif isinstance(event, Failed):
            group = self.tr("Engine")
            fact = f"{event.message} {event.hint}".strip()
            self._lines.append(Line(group, self.tr("Engine"), fact, "bad"))
            self._show()

    def _of_program(self) -> list[Line]:
        group = self.tr("Program")
        return [
            Line(group, "Interstep", version("interstep")),
            Line(group, "Python", platform.python_version()),
            Line(group, "Qt", str(qVersion())),
        ]

    def _of_machine(self) -> list[Line]:
        group = self.tr("Computer")
        memory = psutil.virtual_memory()
        folder = next(one for one in (self._library, *self._library.parents) if one.exists())
        disk = shutil.disk_usage(folder).free
        return [
            Line(group, self.tr("System"), f"{platform.system()} {platform.release()}"),
            Line(
                group,
                self.tr("Memory"),
                self.tr("{free} free of {total}").format(
                    free=gigabytes(memory.available), total=gigabytes(memory.total)
                ),
                "good" if memory.available > LITTLE_MEMORY else "look",
            ),
            Line(
                group,
                self.tr("Disk"),
                self.tr("{free} free where the library lies").format(free=gigabytes(disk)),
                "good" if disk > LITTLE_DISK else "look",
            ),
            Line(group, self.tr("Library"), str(self._library)),
        ]

    def _of_engine(self, facts: dict[str, Any]) -> list[Line]:
        group = self.tr("Engine")
        writer = facts.get("llama_cpp")
        ready = [str(pack.get("name")) for pack in facts.get("packs", []) if pack.get("ready")]
        return [
            Line(group, self.tr("Processor cores"), str(facts.get("cores", "?"))),
            Line(
                group,
                self.tr("Writer"),
                f"llama.cpp {writer}" if writer else self.tr("llama.cpp is not installed"),
                "good" if writer else "bad",
                "" if writer else 'pip install "interstep[cpu]"',
            ),
            Line(
                group,
                self.tr("Packs"),
                ", ".join(ready) or self.tr("none installed yet: see Packs"),
                "good" if ready else "look",
            ),
            Line(group, self.tr("Painter"), self.tr("the storyboard painter, built in")),
            Line(
                group,
                self.tr("GPU"),
                self.tr("CUDA: {version}").format(version=_version("torch"))
                if _version("torch")
                else self.tr("not used: the packs for any CPU need none"),
            ),
            Line(group, self.tr("Advice"), str(facts.get("reason", ""))),
        ]

    def _show(self) -> None:
        fresh = QWidget()
        rows = QVBoxLayout(fresh)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(self.theme.px(12))
        for group in dict.fromkeys(line.group for line in self._lines):
            rows.addWidget(caps(group))
            frame = card()
            column = QVBoxLayout(frame)
            column.setContentsMargins(16, 12, 16, 12)
            for line in self._lines:
                if line.group == group:
                    column.addWidget(self._row(line))
            rows.addWidget(frame)
        self.column.replaceWidget(self._place, fresh)
        self._place.deleteLater()
        self._place = fresh

    def _row(self, line: Line) -> QWidget:
        row = QWidget()
        row.setAccessibleName(f"{line.name}: {line.fact}")
        columns = QHBoxLayout(row)
        columns.setContentsMargins(0, 0, 0, 0)
        name, colour = ICONS[line.state]
        mark = QLabel()
        size = self.theme.px(16)
        mark.setPixmap(icon(name, getattr(self.theme.colours, colour)).pixmap(size, size))
        title = QLabel(line.name)
        title.setFixedWidth(self.theme.px(140))
        title.setProperty("role", "secondary")
        fact = QLabel(line.fact)
        fact.setWordWrap(True)
        columns.addWidget(mark)
        columns.addWidget(title)
        facts = QVBoxLayout()
        facts.addWidget(fact)
        columns.addLayout(facts, 1)
        if line.mend:
            command = QLabel(line.mend)
            command.setProperty("role", "keys")
            copy = QPushButton(self.tr("Copy"))
            copy.setAccessibleName(self.tr("Copy the command {name}").format(name=line.mend))
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(line.mend))
            mending = QHBoxLayout()
            mending.addWidget(command)
            mending.addWidget(copy)
            mending.addStretch(1)
            facts.addLayout(mending)
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


def gigabytes(size: float) -> str:
    """Return a size in bytes as people read it."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _anonymous(text: str) -> str:
    return text.replace(str(Path.home()), "~").replace(getpass.getuser(), "…")


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
