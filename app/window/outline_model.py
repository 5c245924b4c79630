"""The steps of a tutorial as one line each, with how their pictures stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.tutorial.model import Step, Tutorial
from app.tutorial.staleness import Stale

Index = QModelIndex | QPersistentModelIndex
State = Literal["stale", "no_picture", "draft", "checked"]
LINE = Qt.ItemDataRole.UserRole  # the Line


@dataclass(frozen=True)
class Line:
    """One step: its number from 1, its title, and what is to be known of it."""

    step: str
    number: int
    total: int
    title: str
    states: tuple[State, ...]


def lines(tutorial: Tutorial, stale: Mapping[str, Stale]) -> tuple[Line, ...]:
    """Return a line for each step; stale: the stale pictures by id."""
    total = len(tutorial.steps)
    return tuple(
        Line(step.id, number, total, step.title, _states(step, stale))
        for number, step in enumerate(tutorial.steps, 1)
    )


def _states(step: Step, stale: Mapping[str, Stale]) -> tuple[State, ...]:
    shown = [picture for picture in step.pictures if not picture.not_needed]
    holds: dict[State, bool] = {
        "stale": any(picture.id in stale for picture in shown),
        "no_picture": any(picture.chosen is None for picture in shown),
        "draft": step.draft,
        "checked": step.checked,
    }
    return tuple(state for state, so in holds.items() if so)


class OutlineModel(QAbstractListModel):
    """Shows lines; only what differs is told to the view."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, fresh: tuple[Line, ...]) -> None:
        """Show other lines."""
        before, self.lines = self.lines, self.lines
        if [line.step for line in before] != [line.step for line in fresh]:
            self.beginResetModel()
            self.lines = fresh
            self.endResetModel()
            return
        self.lines = fresh
        for row, (old, new) in enumerate(zip(before, fresh, strict=True)):
            if old != new:
                self.dataChanged.emit(self.index(row), self.index(row))

    def row_of(self, step: str) -> int:
        """Return the row of a step, or -1."""
        return next((n for n, line in enumerate(self.lines) if line.step == step), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of steps."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a step's title, all of it in words, or its line."""
        line = self.lines[index.row()]
        roles = Qt.ItemDataRole
        if role == roles.DisplayRole:
            return line.title
        if role in (roles.AccessibleTextRole, roles.ToolTipRole):
            return self._spoken(line)
        return line if role == LINE else None

    def _spoken(self, line: Line) -> str:
        """Return such as "Step 3 of 7, Ease the cactus out, picture stale"."""
        words: dict[State, str] = {
            "stale": self.tr("picture stale"),
            "no_picture": self.tr("no picture yet"),
            "draft": self.tr("rough draft"),
            "checked": self.tr("checked"),
        }
        place = self.tr("Step {n} of {total}").format(n=line.number, total=line.total)
        title = line.title or self.tr("untitled")
        return ", ".join([place, title, *(words[state] for state in line.states)])
