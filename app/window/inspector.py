"""The inspector at the right: the tutorial, the picture that is focused, and the look."""

from collections.abc import Sequence

from PySide6.QtWidgets import QApplication, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from app.tutorial.finding import Hit
from app.tutorial.model import LookEntry
from app.window.look_panel import LookPanel
from app.window.pack_rows import PackRow
from app.window.picture_panel import PicturePanel
from app.window.rename_pane import RenamePane
from app.window.tutorial_panel import TutorialPanel
from app.window.workplace import Workplace


class Inspector(QWidget):
    """Three tabs; while an object is renamed, its mentions stand over them."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self.setAccessibleName(self.tr("Inspector"))
        self.tutorial = TutorialPanel(workplace)
        self.picture = PicturePanel(workplace)
        self.look = LookPanel(workplace)
        self.look.rename_requested.connect(self._rename)
        self.rename: RenamePane | None = None
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(self.tr("Inspector"))
        bar = self.tabs.tabBar()
        bar.setAccessibleName(self.tr("Inspector"))
        bar.setDrawBase(False)
        bar.setExpanding(False)
        bar.setUsesScrollButtons(False)
        for panel, name in (
            (self.tutorial, self.tr("Tutorial")),
            (self.picture, self.tr("Picture")),
            (self.look, self.tr("Look")),
        ):
            self.tabs.addTab(panel, name)
        holder = QWidget()
        self._rows = QVBoxLayout(holder)
        self._rows.addWidget(self.tabs)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(holder)
        workplace.theme.dress(self)
        workplace.theme.restyled.connect(self._restyle)
        self._restyle()

    def set_packs(self, packs: Sequence[PackRow]) -> None:
        """Offer these packs."""
        self.tutorial.set_packs(packs)

    def show_picture(self, step_id: str, picture_id: str) -> None:
        """Show a step, and a picture of it; focusing a picture brings its tab forward."""
        self.tutorial.show_step(step_id)
        self.picture.show_picture(step_id, picture_id)
        if picture_id:
            self.tabs.setCurrentWidget(self.picture)

    def go_to(self, hit: Hit) -> None:
        """Bring the look forward and select the words of a hit there.

        The mentions of an object that is being renamed stay in front until they are answered.
        """
        if self.rename is not None:
            self.rename.list.setFocus()
            return
        self.tabs.setCurrentWidget(self.look)
        self.look.go_to(hit)

    def _restyle(self) -> None:
        self._rows.setContentsMargins(0, self._workplace.theme.px(8), 0, 0)

    def _rename(self, index: int, entry: LookEntry) -> None:
        if self.rename is not None:
            return
        pane = RenamePane(self._workplace, index, entry)
        pane.closed.connect(lambda: self._end_renaming(index))
        self.rename = pane
        self._stack.addWidget(pane)
        self._stack.setCurrentWidget(pane)
        self._workplace.announcer.say(pane.accessibleName())
        if self.isAncestorOf(QApplication.focusWidget() or self):
            pane.list.setFocus()  # but what is typed on the page goes on there

    def _end_renaming(self, index: int) -> None:
        if self.rename is not None:
            pane, self.rename = self.rename, None
            focused = pane.isAncestorOf(QApplication.focusWidget() or self)
            self._stack.removeWidget(pane)
            pane.hide()
            pane.deleteLater()
            self._stack.setCurrentIndex(0)
            self.look.reset_row(index)
            if focused and index < len(self.look.rows):
                self.look.rows[index].name.setFocus()
