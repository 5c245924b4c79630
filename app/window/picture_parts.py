"""The widgets that a picture's view shows now: each is made when it is first wanted."""

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.window.picture_tools import EmptyPlace, FixPanel, PictureTools, StaleRow, UnneededPlace
from app.window.region_field import RegionField
from app.window.tab_order import chain
from app.window.takes_strip import TakesStrip
from app.window.workplace import Workplace

EDGE, TOP = 4, 36  # pixels at zoom 1: round the tools, and over the buttons of an empty place
GAP = 6  # above each row

P = TypeVar(
    "P", UnneededPlace, EmptyPlace, PictureTools, RegionField, StaleRow, TakesStrip, FixPanel
)
ORDER = (  # of Tab
    UnneededPlace,
    EmptyPlace,
    PictureTools,
    RegionField,
    TakesStrip,
    StaleRow,
    FixPanel,
)
WRITTEN = (RegionField, FixPanel)  # hold what nobody keeps but they
Row = tuple[type[QWidget], int]  # a part under the picture, and its height at zoom 1


class PictureParts:
    """Makes, places and drops the parts of one view."""

    def __init__(self, workplace: Workplace, step: str, picture: str, view: QWidget) -> None:
        self._workplace = workplace
        self._place = (workplace, step, picture)
        self._view = view
        self._shown: dict[type[QWidget], QWidget] = {}

    def __contains__(self, kind: type[QWidget]) -> bool:
        return kind in self._shown

    def show(self, kind: type[P], *, wanted: bool = True) -> P | None:
        """Return the part of this kind, made or dropped as it is wanted."""
        if not wanted:
            self.drop(kind)
            return None
        there = self._shown.get(kind)
        if isinstance(there, kind):
            return there
        made = kind(*self._place, self._view)
        made.setEnabled(kind is TakesStrip or not self._workplace.opened.read_only)
        self._shown[kind] = made
        made.show()
        chain(self.tab_stops)  # what is made late is Tab's last else
        return made

    @property
    def tab_stops(self) -> list[QWidget]:
        """The view and what Tab goes through in its parts, in this order."""
        stops = [self._view]
        for part in (self._shown[kind] for kind in ORDER if kind in self._shown):
            within = (part, *part.findChildren(QWidget))
            stops += [one for one in within if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        return stops

    def drop(self, kind: type[QWidget]) -> None:
        """Take a part away; the focus that was in it goes to the view."""
        part = self._shown.pop(kind, None)
        if part is not None:
            focused = QApplication.focusWidget()
            if focused is not None and (part is focused or part.isAncestorOf(focused)):
                self._view.setFocus()
            part.hide()
            part.deleteLater()

    def drop_dressed(self) -> None:
        """Take all parts away that are made anew as easily; what is typed or drawn stays."""
        for kind in [one for one in self._shown if one not in WRITTEN]:
            self.drop(kind)

    def arrange(self, frame: QRect, rows: Sequence[Row]) -> None:
        """Place the parts over the picture's frame, and the rows under it."""
        px, width = self._workplace.theme.px, frame.width()
        top, edge = px(TOP), px(EDGE)
        for kind, part in self._shown.items():
            if isinstance(part, PictureTools):
                part.fit(width - 2 * edge)
            size = part.sizeHint()
            if kind in (UnneededPlace, RegionField):
                part.setGeometry(frame)
            elif kind is EmptyPlace:
                part.setGeometry(edge, top, width - 2 * edge, frame.height() - top - edge)
            elif kind is PictureTools:
                left = max(edge, (width - size.width()) // 2)
                y = frame.bottom() - size.height() - edge
                part.setGeometry(left, y, min(size.width(), width - 2 * edge), size.height())
        y = frame.bottom() + 1 + px(GAP)
        for under, height in rows:
            if under in self._shown:
                self._shown[under].setGeometry(0, y, width, px(height))
            y += px(height + GAP)
