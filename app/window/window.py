"""The main window: library left, page in the middle, inspector right, engine bar at the bottom.

It holds the places; what stands in them comes from the studio.
"""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QMainWindow,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.editing.settings import Settings
from app.window.actions import MENUS, in_groups
from app.window.message_bar import MessageBar
from app.window.theme import Theme
from app.window.top_bar import TopBar

LIBRARY, INSPECTOR = 232, 272  # pixels at zoom 1
SMALLEST = (900, 560)


class Window(QMainWindow):
    """dropped(QMimeData): something was dropped on the window; closing(QCloseEvent): may refuse."""

    painted_first = Signal()
    dropped = Signal(object)
    closing = Signal(object)

    def __init__(self, theme: Theme, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle("Interstep")
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self._theme = theme
        self._painted = False
        self._side_wanted = False
        self.top = TopBar(theme, actions)
        self.messages = MessageBar(theme)
        self.library = _place("library", self.tr("Library"))
        self.centre = _place("bg", self.tr("Page"))
        self.side = _place("inspector", self.tr("Inspector"))
        self.foot = _place("enginebar", self.tr("Engine"))
        self.centre.currentChanged.connect(lambda _index: self._follow_centre())
        self._lay_out()
        self._add_menus(actions)
        for bar in (self.top, self.library, self.side, self.foot, self.menuBar()):
            theme.dress(bar)
        theme.restyled.connect(self._restyle)
        self._restyle()

    def _lay_out(self) -> None:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.centre, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        for place, stretch in ((self.library, 0), (middle, 1), (self.side, 0)):
            self.splitter.addWidget(place)
            self.splitter.setStretchFactor(self.splitter.count() - 1, stretch)
            self.splitter.setCollapsible(self.splitter.count() - 1, place is not middle)
        self.splitter.setSizes([LIBRARY, 1280 - LIBRARY - INSPECTOR, INSPECTOR])
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top)
        rows.addWidget(self.splitter, 1)
        rows.addWidget(self.foot)
        self.foot.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCentralWidget(body)

    def _add_menus(self, actions: Mapping[str, QAction]) -> None:
        for name, text in MENUS:
            menu = self.menuBar().addMenu(QCoreApplication.translate("Actions", text))
            for number, group in enumerate(in_groups(name, actions)):
                if number:
                    menu.addSeparator()
                menu.addActions(group)
        self.addActions(list(actions.values()))  # shortcuts work without the menu bar too

    def _restyle(self) -> None:
        self.setPalette(self._theme.palette())
        self.setFont(self._theme.font("control"))

    def restore_layout(self, settings: Settings) -> None:
        """Take the size and the panes' widths that were kept."""
        self.resize(1280, 800)
        self.restoreGeometry(settings.bytes("geometry"))
        self.splitter.restoreState(settings.bytes("splitter"))

    def keep_layout(self, settings: Settings) -> None:
        """Keep the size and the panes' widths for the next start."""
        settings.put_bytes("geometry", self.saveGeometry())
        settings.put_bytes("splitter", self.splitter.saveState())

    # ------------------------------------------------------------ panes

    def show_side(self, wanted: bool) -> None:
        """Show the side or not; a page with the property "alone" stands without it."""
        self._side_wanted = wanted
        self._follow_centre()

    def toggle_side(self) -> None:
        """Show the side if it is hidden, else hide it."""
        self.show_side(not self._side_wanted)

    def _follow_centre(self) -> None:
        page = self.centre.currentWidget()
        self.side.setVisible(self._side_wanted and not (page and page.property("alone")))

    def go_to_next_pane(self, *, backwards: bool = False) -> None:
        """Move the focus to the next of library, messages, page, side and bars that is there."""
        panes = [self.top, self.library, self.messages, self.centre, self.side, self.foot]
        panes = [pane for pane in panes if pane.isVisible() and pane.width() > 0]
        focused = QApplication.focusWidget()
        here = next((n for n, p in enumerate(panes) if focused and p.isAncestorOf(focused)), -1)
        step = -1 if backwards else 1
        for distance in range(1, len(panes) + 1):
            if _focus_in(panes[(here + step * distance) % len(panes)]):
                return

    # ------------------------------------------------------------ events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell, behind the first paint, that the window is there."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted_first.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the studio save, or refuse."""
        self.closing.emit(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, pictures and text."""
        if _takes(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over what was dropped."""
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())


class Place(QStackedWidget):
    """A place for one widget at a time; cover() covers what is there, take_away() uncovers it."""

    def __init__(self) -> None:
        super().__init__()
        self._focused: dict[QWidget, QWidget | None] = {}  # what had the focus before, by widget

    def put(self, widget: QWidget) -> None:
        """Show a widget."""
        if self.indexOf(widget) < 0:
            self.addWidget(widget)
        self.setCurrentWidget(widget)

    def cover(self, widget: QWidget) -> None:
        """Show a widget over what is there and focus its focus proxy, or else its first control.

        The proxy is taken off then: Tab would jump over the controls that stand before it.
        """
        self._focused[widget] = QApplication.focusWidget()
        first = widget.focusProxy()
        widget.setFocusProxy(None)  # type: ignore[arg-type]
        self.put(widget)
        if first is not None and _takes_tab(first):
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            _focus_in(widget)

    def take_away(self, widget: QWidget) -> None:
        """Take a widget out and delete it; what it covered shows again, the focus goes back."""
        held = widget.isAncestorOf(QApplication.focusWidget() or self)
        before = self._focused.get(widget)
        self._drop(widget)
        if held and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        elif held:
            _focus_in(self)

    def _drop(self, widget: QWidget) -> None:
        self._focused.pop(widget, None)
        if self.indexOf(widget) >= 0:
            self.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def clear(self, kept: QWidget | None = None) -> None:
        """Delete all widgets but one."""
        for other in [self.widget(n) for n in range(self.count())]:
            if other is not None and other is not kept:
                self._drop(other)


def _place(name: str, title: str) -> Place:
    place = Place()
    place.setObjectName(name)
    place.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    place.setAccessibleName(title)
    return place


def _takes(data: QMimeData) -> bool:
    return data.hasUrls() or data.hasImage() or data.hasText()


def _focus_in(pane: QWidget) -> bool:
    """Focus what had the focus in this pane before, or the first that takes it by keyboard."""
    last = pane.focusWidget()
    for widget in ([last] if last is not None else []) + pane.findChildren(QWidget):
        if _takes_tab(widget) and pane.isAncestorOf(widget):
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return True
    return False


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes) and widget.isVisible() and widget.isEnabled()
