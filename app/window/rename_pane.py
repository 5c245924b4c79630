"""An object of the look gets another name or appearance: where else that is to be said."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from app.tutorial.model import LookEntry, Tutorial
from app.tutorial.renaming import rename, rename_hits
from app.tutorial.staleness import stale
from app.window.hit_list import HitList
from app.window.side_pane import SidePane, note
from app.window.workplace import Workplace

PAUSE = 150  # milliseconds without a change, after which it is looked at again


class RenamePane(SidePane):
    """Lists every mention with a tick; nothing changes until Apply, Escape leaves all as it was."""

    def __init__(self, workplace: Workplace, index: int, entry: LookEntry) -> None:
        super().__init__("", workplace.theme)
        self._workplace = workplace
        self._index, self._entry = index, entry
        self._old = workplace.opened.tutorial.look.entries[index]
        self.heading.setText(self._title())
        self.setAccessibleName(self.heading.text())
        self.lead = note()
        self.list = HitList(self.theme, self.tr("Mentions"))
        self.stale = note()
        self.apply = QPushButton()
        self.apply.setProperty("kind", "primary")
        self.apply.clicked.connect(self._apply)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Leave the object as it was (Esc)"))
        self.cancel.clicked.connect(self.closed)
        for widget in (self.lead, self.list, self.stale, self.apply, self.cancel):
            self.column.addWidget(widget, 1 if widget is self.list else 0)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._look_again)
        workplace.opened.tutorial_changed.connect(self._tutorial_changed)
        self.list.hits.ticks_changed.connect(self._show_counts)
        self._look_again()

    def _title(self) -> str:
        if self._entry.name != self._old.name:
            words = self.tr("“{old}” becomes “{new}”")
            return words.format(old=self._old.name, new=self._entry.name)
        words = self.tr("“{name}” looks different now")
        return words.format(name=self._old.name)

    def _tutorial_changed(self, _before: Tutorial, after: Tutorial) -> None:
        entries = after.look.entries
        if self._index >= len(entries) or entries[self._index] != self._old:
            self.closed.emit()  # another row stands there now
        else:
            self._timer.start()

    def _look_again(self) -> None:
        self._timer.stop()
        tutorial = self._workplace.opened.tutorial
        hits = rename_hits(tutorial, self._index, self._entry)
        self.list.hits.show_hits(tutorial, hits)
        here = self.tr("It is mentioned here too. Tick where the words change:")
        self.lead.setText(here if hits else self.tr("No text mentions it."))

    def _show_counts(self) -> None:
        opened, ticked = self._workplace.opened, self.list.hits.ticked
        if not ticked:
            words = self.tr("Change the look alone")
        elif len(ticked) == 1:
            words = self.tr("Apply to 1 place")
        else:
            words = self.tr("Apply to {n} places").format(n=len(ticked))
        self.apply.setText(words)
        self.apply.setEnabled(not opened.read_only)
        after, _ = rename(opened.tutorial, self._index, self._entry, ticked, opened.recipes)
        count = len(stale(after, opened.recipes).keys() - opened.stale.keys())
        if count == 0:
            words = self.tr("No picture becomes stale.")
        elif count == 1:
            words = self.tr("1 picture becomes stale.")
        else:
            words = self.tr("{n} pictures become stale.").format(n=count)
        self.stale.setText(words)

    def _apply(self) -> None:
        if self._timer.isActive():
            self._look_again()
        opened, ticked = self._workplace.opened, self.list.hits.ticked
        self._workplace.opened.tutorial_changed.disconnect(self._tutorial_changed)
        made = rename(opened.tutorial, self._index, self._entry, ticked, opened.recipes)
        opened.edit(made)
        said = self.tr("Changed in {n} places and in the look. Undo: Ctrl+Z")
        if len(ticked) == 1:
            said = self.tr("Changed in 1 place and in the look. Undo: Ctrl+Z")
        self._workplace.announcer.say(said.format(n=len(ticked)))
        self.closed.emit()
