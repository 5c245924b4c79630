"""How far the work on a pack is, with a way to stop it; afterwards, how it ended."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.engine.upkeep import Upkeep, Work
from app.window.estimate_words import duration
from app.window.side_pane import note
from app.window.sizes import done_of
from app.window.theme import Theme
from inference.protocol import Install

PARTS = 1000  # of the progress bar


class PackWork(QWidget):
    """Follows the requests about one pack, "" for a writer of the person's own."""

    def __init__(self, upkeep: Upkeep, pack: str, theme: Theme) -> None:
        super().__init__()
        self._upkeep = upkeep
        self._pack = pack
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, PARTS)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.words = note()
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.clicked.connect(upkeep.stop)
        self.outcome = note()
        self.failure = note(role="danger")
        for label in (self.outcome, self.failure):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self.words, 1)
        row.addWidget(self.stop)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(4))
        rows.addWidget(self.bar)
        rows.addLayout(row)
        rows.addWidget(self.outcome)
        rows.addWidget(self.failure)
        upkeep.work_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        work = self._upkeep.work
        mine = work is not None and work.request.pack == self._pack
        for widget in (self.bar, self.words, self.stop):
            widget.setVisible(mine)
        if work is not None and mine:
            fetching = isinstance(work.request, Install) and bool(self._pack)
            kept = self.tr("What was fetched is kept; go on when you like")
            self.stop.setText(self.tr("Pause") if fetching else self.tr("Stop"))
            self.stop.setToolTip(kept if fetching else "")
            self.bar.setValue(min(work.done, work.total) * PARTS // max(work.total, 1))
            self.words.setText(self._words(work))
        end = self._upkeep.outcomes.get(self._pack)
        sentence = "" if end is None else end.sentence
        if mine:
            sentence = " ".join(self._upkeep.told)
        failed = end is not None and end.failed and not mine
        for label, shown in ((self.outcome, not failed), (self.failure, failed)):
            label.setText(sentence)
            label.setVisible(shown and bool(sentence))
        self.setVisible(mine or bool(sentence))

    def _words(self, work: Work) -> str:
        if not work.total:
            return self.tr("Beginning…")
        done, total = done_of(work.done, work.total)
        words = self.tr("{what}: {done} of {total}")
        told = [words.format(what=work.what, done=done, total=total)]
        left = work.seconds_left(time.monotonic())
        if left is not None:
            told.append(self.tr("about {time}").format(time=duration(left)))
        return " · ".join(told)
