"""The order in which Tab goes through widgets that no layout holds.

QWidget.nextInFocusChain() is not asked: PySide takes what it returns for a child of the widget
asked, and forgets it, with all that is in it, when that one is deleted.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def chain(widgets: Iterable[QWidget]) -> None:
    """Let Tab go from each to the next; for each link Qt walks all widgets of the window."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


def be_whole(group: QWidget, first: QWidget) -> None:
    """Let Tab's order take a group with all that is in it by now, from its first stop on.

    Qt takes what lies between the focus proxy and the last widget within that has a focus policy;
    behind a text field lie parts of it without one, which must not be left behind.
    """
    group.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # before the proxy, which would get it too
    group.setFocusProxy(first)  # Tab passes over what has a proxy
    last = QWidget(group)
    last.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    last.hide()


class StepOrder:
    """Tab's way through steps that are made in any order, each a whole.

    head: what stands before the first. view_of: a step's widget by its id; None until it is made.
    """

    def __init__(self, head: QWidget, view_of: Callable[[str], QWidget | None]) -> None:
        self._head = head
        self._view_of = view_of
        self.adrift: set[str] = set()  # those to which nothing leads yet

    def lead_through(self, ids: Sequence[str], place: int) -> None:
        """Let Tab go from the step before the one at this place through it.

        One whose predecessor is not made or adrift itself stays adrift until that one is led to.
        """
        before = self._view_of(ids[place - 1]) if place else self._head
        view = self._view_of(ids[place])
        if before is None or view is None or (place and ids[place - 1] in self.adrift):
            return
        QWidget.setTabOrder(before, view)
        self.adrift.discard(ids[place])
        if place + 1 < len(ids) and ids[place + 1] in self.adrift:
            self.lead_through(ids, place + 1)
