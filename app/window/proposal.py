"""Other words for steps, as the writer proposes them: what would change, to accept or to leave."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.engine.jobs import Changing
from app.engine.runs import Ended
from app.tutorial.diffing import accept
from app.tutorial.edits import chained
from app.tutorial.model import Tutorial, step_by_id
from app.window.full_page import FullPage
from app.window.proposed_step import ProposedStep
from app.window.theme import PAGE
from app.window.workplace import Workplace
from inference.protocol import Notice, StepFinished

TITLE = 60  # characters of the instruction


class Proposal(FullPage):
    """A card for each step that comes; nothing changes until it is accepted, as one undo entry.

    It is made before its job is queued. Closed before the job has ended, it ends the job.
    """

    def __init__(self, workplace: Workplace, job: Changing) -> None:
        translate = QCoreApplication.translate
        asked = job.instruction if len(job.instruction) <= TITLE else job.instruction[:TITLE] + "…"
        super().__init__(
            translate("Proposal", "Change: {instruction}").format(instruction=asked),
            translate("Proposal", "Nothing changes until you accept it."),
            workplace.theme,
        )
        self._opened = workplace.opened
        self._runs = workplace.runs
        self._announcer = workplace.announcer
        self._job = job
        self._ended = False
        self._seen = workplace.opened.tutorial  # what the writer was asked about
        self.cards: list[ProposedStep] = []
        self.status = QLabel()
        self.status.setProperty("role", "secondary")
        self.status.setWordWrap(True)
        self.accept = QPushButton()
        self.accept.setProperty("kind", "primary")
        self.accept.clicked.connect(self._accept)
        self.tick_all = QPushButton(self.tr("Tick all"))
        self.tick_all.clicked.connect(self._tick_all)
        self.discard = QPushButton(self.tr("Discard"))
        self.discard.setToolTip(self.tr("Leave the tutorial as it is"))
        self.discard.clicked.connect(self.closed)
        self.back.hide()
        self._add_foot()
        self._runs.job_started.connect(self._begin)
        self._runs.text_streamed.connect(self._stream)
        self._runs.step_proposed.connect(self._show_step)
        self._runs.noticed.connect(self._tell)
        self._runs.job_ended.connect(self._end)
        self._opened.tutorial_changed.connect(self._follow)
        self.closed.connect(self._give_up)
        self.setFocusProxy(self.discard)
        waits = self._runs.current is not None and self._runs.current is not job
        self.status.setText(
            self.tr("This waits for what runs now.") if waits else self.tr("Reading the steps…")
        )
        self._count()

    def _add_foot(self) -> None:
        foot = QWidget()
        foot.setObjectName("enginebar")
        row = QHBoxLayout(foot)
        px = self.theme.px
        row.setContentsMargins(px(24), px(8), px(24), px(8))
        inner = QWidget()
        inner.setMaximumWidth(px(PAGE + 112))  # as wide as the cards
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(px(8))
        rows.addWidget(self.status)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for button in (self.accept, self.tick_all, self.discard):
            buttons.addWidget(button)
        buttons.addStretch(1)
        rows.addLayout(buttons)
        row.addStretch(1)
        row.addWidget(inner, 100)
        row.addStretch(1)
        layout = self.layout()
        if layout is not None:
            layout.addWidget(foot)

    # ------------------------------------------------------------ what comes

    @property
    def _mine(self) -> bool:
        """Whether what comes now belongs to this proposal."""
        return self._runs.current is self._job

    @property
    def _total(self) -> int:
        return 1 if self._job.step else len(self._seen.steps)

    def _begin(self, _job: object) -> None:
        if self._mine:
            self._seen = self._opened.tutorial

    def _stream(self, _event: object) -> None:
        if self._mine:
            number = min(len(self.cards) + 1, self._total)
            words = self.tr("Rewriting step {n} of {total}…")
            self.status.setText(words.format(n=number, total=self._total))

    def _show_step(self, event: StepFinished) -> None:
        step = step_by_id(self._seen, event.step)
        if not self._mine or step is None:
            return
        card = ProposedStep(step, event, self._runs.number(event.step), self.theme)
        card.ticked.connect(self._count)
        card.follow(self._opened.tutorial)
        self.cards.append(card)
        self.column.addWidget(card)
        self._announcer.say(card.accessibleName())
        self._count()

    def _tell(self, notice: Notice) -> None:
        if self._mine:
            self.lead.setText(notice.message)

    def _end(self, ended: Ended) -> None:
        if ended.job is not self._job:
            return
        self._ended = True
        changed = [card for card in self.cards if card.differs]
        if ended.message:
            words = ended.message
        elif not changed:
            words = self.tr("The writer proposes no other words.")
        else:
            words = self.tr("All is here: untick what shall stay as it is.")
        self.status.setText(words)
        self._announcer.say(words)
        self._count()

    def _follow(self, _before: Tutorial, after: Tutorial) -> None:
        for card in self.cards:
            card.follow(after)
        self._count()

    # ------------------------------------------------------------ what the person does

    @property
    def _ticked(self) -> list[ProposedStep]:
        return [card for card in self.cards if card.is_ticked]

    def _count(self) -> None:
        count = len(self._ticked)
        self.accept.setText(self.tr("Accept ticked ({n})").format(n=count))
        self.accept.setEnabled(self._ended and count > 0)
        self.tick_all.setEnabled(any(card.can_tick and not card.is_ticked for card in self.cards))

    def _tick_all(self) -> None:
        for card in self.cards:
            card.tick()

    def _accept(self) -> None:
        tutorial, entries = self._opened.tutorial, []
        for card in self._ticked:
            old, new = card.step, card.proposed
            tutorial, entry = accept(
                tutorial, old.id, new.title, new.body, old.title, old.body, draft=new.draft
            )
            entries.append(entry)
        self._opened.edit((tutorial, chained(entries)))
        words = self.tr("{n} steps changed. One undo brings the old words back.")
        self._announcer.say(words.format(n=len(entries)))
        self.closed.emit()

    def _give_up(self) -> None:
        """End the job, if it has not ended; other jobs that wait stay."""
        if self._ended:
            return
        self._ended = True
        if self._mine:
            waiting = self._runs.waiting
            self._runs.stop()
            if waiting:
                self._runs.add(*waiting)
        else:
            self._runs.drop(self._job)
