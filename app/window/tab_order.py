"""The order in which Tab goes through widgets that no layout holds.

QWidget.nextInFocusChain() is not asked: PySide takes what it returns for a child of the widget
asked, and forgets it, with all that is in it, when that one is deleted.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from PySide6.QtWidgets import QWidget


def chain(widgets: Iterable[QWidget]) -> None:
    """Let Tab go from each to the next; for each link Qt walks all widgets of the window."""
    for before, after in pairwise(widgets):
        QWidget.setTabOrder(before, after)


class StepOrder:
    """Tab's way through steps that are made in any order.

    head: what stands before the first. stops_of: a step's stops by its id; None until it is made.
    """

    def __init__(
        self, head: Sequence[QWidget], stops_of: Callable[[str], Sequence[QWidget] | None]
    ) -> None:
        self._head = head
        self._stops_of = stops_of
        self.adrift: set[str] = set()  # those to which nothing leads yet

    def lead_through(self, ids: Sequence[str], place: int) -> None:
        """Let Tab go from the step before the one at this place through it.

        One whose predecessor is not made or adrift itself stays adrift until that one is led to.
        """
        before = self._stops_of(ids[place - 1]) if place else self._head
        chain([*(before or ())[-1:], *(self._stops_of(ids[place]) or ())])
        if before is None or (place and ids[place - 1] in self.adrift):
            return
        self.adrift.discard(ids[place])
        if place + 1 < len(ids) and ids[place + 1] in self.adrift:
            self.lead_through(ids, place + 1)
