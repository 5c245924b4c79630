"""The order in which Tab goes through widgets that no layout holds."""

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget


def chain(groups: Iterable[Sequence[QWidget] | None]) -> None:
    """Let Tab go through the groups one after the other; None is a gap over which nothing leads."""
    last: QWidget | None = None
    for group in groups:
        if group is None:
            last = None
            continue
        for widget in group:
            if last is not None:
                QWidget.setTabOrder(last, widget)
            last = widget
