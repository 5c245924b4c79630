"""Earlier states of the tutorial: what each has otherwise than now, and its return."""

from html import escape

from PySide6.QtCore import QCoreApplication, QDateTime, Qt, QTimer
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.tutorial.file import TutorialFile
from app.tutorial.model import Step, Tutorial, step_by_id
from app.tutorial.restoring import Difference, difference, restore
from app.window.marked_words import marked_words
from app.window.moments import ago_words, clock_words, moment_of
from app.window.side_pane import SidePane, note
from app.window.workplace import Workplace

translate = QCoreApplication.translate

PAUSE = 300  # milliseconds without a change, after which it is compared again
TIME = Qt.ItemDataRole.UserRole  # seconds
LIST = 168  # pixels at zoom 1: its greatest height


class HistoryPanel(SidePane):
    """Lists the snapshots, newest first; Restore is an edit that undo reverts."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__("", workplace.theme)
        self.heading.setText(self.tr("History"))
        self.setAccessibleName(self.heading.text())
        self._workplace = workplace
        self._opened = workplace.opened
        self._old: Tutorial | None = None
        self._closed = False
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Earlier states"))
        self.list.currentItemChanged.connect(lambda *_: self._read())
        self.keep = QPushButton(self.tr("Keep a snapshot now"))
        self.keep.setToolTip(self.tr("Keep the tutorial as it stands, to come back to"))
        self.keep.clicked.connect(self._keep)
        self.empty = note(
            self.tr("No earlier states yet. One is kept before each run that writes.")
        )
        self.differs = note()
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.text.setProperty("kind", "page")
        self.text.setAccessibleName(self.tr("What restoring changes"))
        self.restore = QPushButton(self.tr("Restore"))
        self.restore.setProperty("kind", "primary")
        self.restore.setToolTip(self.tr("Make the tutorial as it was then; undo reverts it"))
        self.restore.clicked.connect(self._restore)
        self.outcome = note()
        self._preview = QWidget()
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._compare)
        self._opened.tutorial_changed.connect(self._tutorial_changed)
        self._opened.takes_changed.connect(self._read)  # one that it names may be deleted
        self.closed.connect(self._close)
        self.theme.restyled.connect(self._restyle)
        self.setFocusProxy(self.list)
        self._restyle()
        self._list()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self._preview)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.differs)
        rows.addWidget(self.text, 1)
        rows.addWidget(self.restore)
        above: tuple[QWidget, ...] = (self.keep, self.empty, self.list, self.outcome)
        for widget in above:
            self.column.addWidget(widget)
        self.column.addWidget(self._preview, 1)
        self.column.addStretch(0)
        hidden: tuple[QWidget, ...] = (self.outcome, self.list, self._preview)
        for widget in hidden:
            widget.hide()
        self.keep.setDisabled(self._opened.read_only)

    def _tutorial_changed(self, _before: Tutorial, _after: Tutorial) -> None:
        self._timer.start()

    def _close(self) -> None:
        self._closed = True

    def _restyle(self) -> None:
        self._fit()
        self._compare()

    def _fit(self) -> None:
        """Give the list the height of its rows, as far as that leaves room."""
        rows = self.list.sizeHintForRow(0) * self.list.count()
        self.list.setFixedHeight(min(max(rows, 0), self.theme.px(LIST)))

    # ------------------------------------------------------------ the list

    def _list(self) -> None:
        self._opened.ask(lambda file: file.snapshots(), self._show_times, self._fail)

    def _show_times(self, times: tuple[float, ...]) -> None:
        if self._closed:
            return
        chosen = self.list.currentItem()
        kept = chosen.data(TIME) if chosen is not None else None
        now = QDateTime.currentDateTime()
        self.list.clear()
        for time in times:
            moment = moment_of(time)
            words = f"{clock_words(moment, now)} · {ago_words(moment, now)}"
            item = QListWidgetItem(words, self.list)
            item.setData(TIME, time)
            item.setToolTip(moment.toString(Qt.DateFormat.TextDate))
            if time == kept:
                self.list.setCurrentItem(item)
        self._fit()
        self.list.setVisible(bool(times))
        self.empty.setVisible(not times)

    def _keep(self) -> None:
        def kept(_: None) -> None:
            self._tell(self.tr("This state is kept."))
            self._list()

        self._opened.ask(_snapshot, kept, self._fail)

    # ------------------------------------------------------------ one of them

    def _read(self) -> None:
        item = self.list.currentItem()
        self._old = None
        if item is None:
            self._preview.hide()
            return
        time = float(item.data(TIME))

        def show(old: Tutorial) -> None:
            current = self.list.currentItem() if not self._closed else None
            if current is not None and current.data(TIME) == time:
                self._old = old
                self._compare()

        self._opened.ask(lambda file: file.read_snapshot(time), show, self._fail)

    def _compare(self) -> None:
        if self._old is None:
            return
        now, old = self._opened.tutorial, self._old
        words = difference_words(difference(now, old))
        self.differs.setText(
            self.tr("Compared with now: {what}.").format(what=words)
            if words
            else self.tr("The same as now.")
        )
        self.text.setHtml(self._told(now, old))
        self.restore.setEnabled(now != old and not self._opened.read_only)
        self._preview.show()

    def _told(self, now: Tutorial, old: Tutorial) -> str:
        """Return the earlier state as rich text: what would come back and what would go."""
        size = self.theme.px(13)
        blocks = [_heading(marked_words(now.title, old.title, self.theme.colours))]
        if now.summary != old.summary:
            blocks.append(marked_words(now.summary, old.summary, self.theme.colours))
        for number, step in enumerate(old.steps, 1):
            blocks.append(self._told_step(number, step, step_by_id(now, step.id)))
        kept = {step.id for step in old.steps}
        for step in now.steps:
            if step.id not in kept:
                gone = self.tr("Goes: {title}").format(title=step.title or self.tr("a step"))
                blocks.append(marked_words(gone, "", self.theme.colours))
        return f'<div style="font-size:{size}px">{"".join(blocks)}</div>'

    def _told_step(self, number: int, step: Step, now: Step | None) -> str:
        """Return a step with what changes in it; its title alone where nothing does."""
        colours = self.theme.colours
        if now is not None and (now.title, now.body) == (step.title, step.body):
            title = escape(f"{number}. {step.title}")
            return f'<p style="color:{colours.muted}">{title}</p>'
        old_title, old_body = (now.title, now.body) if now is not None else ("", "")
        head = _heading(f"{number}. " + _inline(marked_words(old_title, step.title, colours)))
        return head + marked_words(old_body, step.body, colours)

    def _restore(self) -> None:
        old, item = self._old, self.list.currentItem()
        if old is None or item is None:
            return

        def turn_back(_: None) -> None:
            self._opened.edit(restore(self._opened.tutorial, old))
            self._tell(self.tr("Restored. Undo: Ctrl+Z"))
            self._list()

        # kept first: undo reverts it only while the tutorial is open
        self._opened.ask(_snapshot, turn_back, self._fail)

    def _tell(self, sentence: str) -> None:
        self._workplace.announcer.say(sentence)
        if not self._closed:
            self.outcome.setText(sentence)
            self.outcome.show()

    def _fail(self, error: Exception) -> None:
        self._tell(f"{error}.")


def difference_words(found: Difference) -> str:
    """Return such as "2 steps more, step 3 reworded"; nothing where nothing differs."""
    return ", ".join(_difference_words(found))


def _difference_words(found: Difference) -> list[str]:
    told = []
    if found.more:
        one = translate("HistoryPanel", "1 step more")
        told.append(
            one
            if found.more == 1
            else translate("HistoryPanel", "{n} steps more").format(n=found.more)
        )
    if found.fewer:
        one = translate("HistoryPanel", "1 step less")
        told.append(
            one
            if found.fewer == 1
            else translate("HistoryPanel", "{n} steps less").format(n=found.fewer)
        )
    if found.moved:
        told.append(translate("HistoryPanel", "another order"))
    if found.reworded:
        told.append(
            _numbered(
                translate("HistoryPanel", "step {n} reworded"),
                translate("HistoryPanel", "steps {n} reworded"),
                found.reworded,
            )
        )
    if found.repictured:
        one, many = (
            translate("HistoryPanel", "another picture in step {n}"),
            translate("HistoryPanel", "other pictures in steps {n}"),
        )
        told.append(_numbered(one, many, found.repictured))
    if found.head:
        told.append(translate("HistoryPanel", "other words in the head or the look"))
    return told


def _numbered(one: str, many: str, numbers: tuple[int, ...]) -> str:
    words = ", ".join(map(str, numbers))
    return (one if len(numbers) == 1 else many).format(n=words)


def _heading(words: str) -> str:
    return f'<p style="font-weight:600">{words}</p>'


def _inline(block: str) -> str:
    return block.replace("<div", "<span", 1).removesuffix("</div>") + "</span>"


def _snapshot(file: TutorialFile) -> None:
    file.snapshot()
