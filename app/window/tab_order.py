"""The order in which Tab goes through widgets that no layout holds."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def chain(groups: Iterable[Sequence[QWidget] | None]) -> None:
    """Let Tab go through the groups one after the other; None is a gap over which nothing leads."""
    groups = list(groups)
    for group in groups:
        for before, after in pairwise(group or ()):
            if not _leads(before, after):
                QWidget.setTabOrder(before, after)
    for first, second in pairwise(groups):
        if first and second and not _leads(first[-1], second[0]):
            QWidget.setTabOrder(_whole(first), _whole(second))


def _whole(group: Sequence[QWidget]) -> QWidget:
    """Return the widget that hands its focus to the group's first: it moves with all in it."""
    parent = group[0].parentWidget()
    return parent if parent is not None and parent.focusProxy() is group[0] else group[0]


def _leads(before: QWidget, after: QWidget) -> bool:
    """Whether Tab goes from one to the other already, over what takes no focus from it.

    To ask is cheap; for each link that it makes, Qt walks all widgets of the window.
    """
    one = before.nextInFocusChain()
    while one not in (None, before, after) and not one.focusPolicy() & Qt.FocusPolicy.TabFocus:
        one = one.nextInFocusChain()
    return one is after
