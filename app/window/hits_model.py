"""Hits in a tutorial as a list: grouped by step, each with a tick."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.tutorial.finding import Hit, Where
from app.tutorial.model import Tutorial, step_by_id

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
HIT = Role.UserRole  # the Hit, or None for a group's heading

_Key = tuple[Where, str, int]  # a text, what was found in it, and which of those it is


@dataclass(frozen=True)
class _Row:
    """A heading, or a hit with the name of its field and its key."""

    words: str
    hit: Hit | None = None
    key: _Key | None = None


class HitsModel(QAbstractListModel):
    """ticks_changed(): other hits are ticked now, or there are others. All are ticked at first."""

    ticks_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []
        self._unticked: set[_Key] = set()

    def show_hits(self, tutorial: Tutorial, hits: Iterable[Hit]) -> None:
        """Show these hits of the tutorial; what was unticked before stays so."""
        rows: list[_Row] = []
        words = _field_words()
        seen: Counter[tuple[Where, str]] = Counter()
        group = None
        for hit in hits:
            own = (hit.step, hit.in_look)
            if own != group:
                group = own
                rows.append(_Row(_group_words(tutorial, hit)))
            place = (hit.where, hit.text.casefold())
            rows.append(_Row(words[_field_of(tutorial, hit)], hit, (*place, seen[place])))
            seen[place] += 1
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()
        self.ticks_changed.emit()

    def forget_ticks(self) -> None:
        """Tick all that is shown from now on, as for another text."""
        self._unticked.clear()

    @property
    def hits(self) -> tuple[Hit, ...]:
        """All hits."""
        return tuple(row.hit for row in self._rows if row.hit is not None)

    @property
    def ticked(self) -> tuple[Hit, ...]:
        """The hits that are ticked."""
        rows = (row for row in self._rows if row.key not in self._unticked)
        return tuple(row.hit for row in rows if row.hit is not None)

    @property
    def groups(self) -> int:
        """How many steps and other parts of the tutorial have hits."""
        return sum(row.hit is None for row in self._rows)

    def row_of(self, hit: Hit) -> int:
        """Return the hit's row, or -1."""
        return next((n for n, row in enumerate(self._rows) if row.hit == hit), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return the number of hits and headings."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let hits be chosen and ticked; the keys pass over headings."""
        if self._rows[index.row()].hit is None:
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """Return the words of a row, its tick, or its hit."""
        row = self._rows[index.row()]
        if role == Role.DisplayRole:
            return row.words
        if row.hit is None:
            return None
        if role == HIT:
            return row.hit
        if role == Role.CheckStateRole:
            off = row.key in self._unticked
            return Qt.CheckState.Unchecked if off else Qt.CheckState.Checked
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            return _spoken(row.words, row.hit)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Tick or untick a hit."""
        key = self._rows[index.row()].key
        if role != Role.CheckStateRole or key is None:
            return False
        self._unticked.symmetric_difference_update({key})
        self.dataChanged.emit(index, index, [Role.CheckStateRole])
        self.ticks_changed.emit()
        return True


def _group_words(tutorial: Tutorial, hit: Hit) -> str:
    translate = QCoreApplication.translate
    if hit.in_look:
        return translate("Hits", "Look")
    if not hit.step:
        return translate("Hits", "Tutorial")
    number = [step.id for step in tutorial.steps].index(hit.step) + 1
    title = tutorial.steps[number - 1].title
    words = translate("Hits", "Step {n} · {title}") if title else translate("Hits", "Step {n}")
    return words.format(n=number, title=title)


def _field_words() -> dict[str, str]:
    """Return what each field is called, and each kind of callout."""
    translate = QCoreApplication.translate
    return {
        "title": translate("Hits", "Title"),
        "summary": translate("Hits", "Summary"),
        "materials": translate("Hits", "Material"),
        "tools": translate("Hits", "Tool"),
        "body": translate("Hits", "Text"),
        "description": translate("Hits", "Description"),
        "alt_text": translate("Hits", "Alt text"),
        "marks": translate("Hits", "Label in the picture"),
        "note": translate("Hits", "Note"),
        "name": translate("Hits", "Name"),
        "other_names": translate("Hits", "Other name"),
        "appearance": translate("Hits", "Appearance"),
        "palette": translate("Hits", "Palette"),
        "style": translate("Hits", "Style"),
        "camera": translate("Hits", "Camera"),
        "tip": translate("Hits", "Tip"),
        "caution": translate("Hits", "Caution"),
        "warning": translate("Hits", "Warning"),
    }


def _field_of(tutorial: Tutorial, hit: Hit) -> str:
    step = step_by_id(tutorial, hit.step) if hit.field == "callouts" else None
    return hit.field if step is None else step.callouts[hit.index].kind


def _spoken(words: str, hit: Hit) -> str:
    translate = QCoreApplication.translate
    line = f"{hit.before}{hit.text}{hit.after}".strip()
    if hit.replacement:
        told = translate("Hits", "{field}: {old} becomes {new}, in: {line}")
        return told.format(field=words, old=hit.text, new=hit.replacement, line=line)
    return translate("Hits", "{field}: {line}").format(field=words, line=line)
