"""Whatever has the focus looks otherwise than without it, in both themes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from studio_tour import Tour, controls

MARGIN = 12  # pixels round a widget in which its focus may be shown
LEAST = 12  # pixels that differ: a ring, a bar, a caret; not a stray one
WHOLE = ("ReaderPages",)  # takes the keys for all that it fills: nothing else could have them


@pytest.fixture
def tour(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Tour]:
    tour = Tour(qapp, qtbot, tmp_path)
    yield tour
    tour.close()


def kind(widget: QWidget) -> tuple[object, ...]:
    """What decides how a widget is drawn."""
    by_sheet = (widget.property(name) for name in ("kind", "role", "large", "strong"))
    return type(widget).__name__, type(widget.parent()).__name__, *by_sheet


def around(window: QWidget, widget: QWidget) -> QImage:
    place = QRect(widget.mapTo(window, QPoint()), widget.size())
    grown = place.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    return window.grab(grown & window.rect()).toImage()


def scroll_to(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()


def differing(one: QImage, other: QImage) -> int:
    if one.size() != other.size():
        return LEAST
    points = ((x, y) for x in range(one.width()) for y in range(one.height()))
    return sum(one.pixel(x, y) != other.pixel(x, y) for x, y in points)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_focus_can_be_seen(tour: Tour, qapp: QApplication, dark: bool) -> None:
    tour.studio.theme.use(dark=dark)
    seen: set[tuple[object, ...]] = set()
    invisible = set()
    elsewhere = QLineEdit(tour.window)
    elsewhere.setGeometry(0, 0, 1, 1)
    elsewhere.show()
    for page in tour.pages():
        for widget in controls(tour.window):
            if kind(widget) in seen or widget is elsewhere or kind(widget)[0] in WHOLE:
                continue
            seen.add(kind(widget))
            scroll_to(widget)
            elsewhere.setFocus(Qt.FocusReason.OtherFocusReason)
            qapp.processEvents()
            without = around(tour.window, widget)
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            qapp.processEvents()
            if widget.isVisible() and differing(around(tour.window, widget), without) < LEAST:
                invisible.add(f"{page}: {kind(widget)} {widget.accessibleName()}")
    assert invisible == set()
