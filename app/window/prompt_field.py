"""The field at the page's foot: more steps, or other words for those that are there."""

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.engine.jobs import Changing, Continuing, Job, Writing, new_seed
from app.tutorial import edits
from app.tutorial.model import Tutorial, changed_steps, step_by_id
from app.window.estimate_words import estimate_words
from app.window.growing_field import GrowingField
from app.window.icons import icon
from app.window.option_button import OptionButton
from app.window.theme import PAGE
from app.window.workplace import Workplace

Kind = Literal["write", "more", "all", "one"]
LINES = (1, 4)  # of the field, at least and at most


class PromptField(QWidget):
    """job_requested(job): what the person asks of the writer."""

    job_requested = Signal(object)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self._workplace = workplace
        self._opened, self._runs = workplace.opened, workplace.runs
        self._theme = workplace.theme
        self._step = ""
        self._kind: Kind = "more"
        self.setAccessibleName(self.tr("Prompt"))
        self._frame = QFrame()
        self._frame.setProperty("role", "card")
        self._frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = GrowingField(*LINES)
        self.field.start_requested.connect(self._start)
        self.field.textChanged.connect(self._show)
        self.choice = OptionButton(self.tr("What the writer shall do"), self.choose)
        self.start = QPushButton()
        self.start.clicked.connect(self._start)
        self.hint = QLabel()
        self.hint.setProperty("role", "secondary")
        self._lay_out()
        self._opened.tutorial_changed.connect(self._follow)
        self._runs.job_started.connect(self._show)
        self._runs.job_ended.connect(self._show)
        QApplication.instance().focusChanged.connect(self._follow_focus)  # type: ignore[union-attr]
        self._theme.dress(self)
        self._theme.restyled.connect(self._restyle)
        self._restyle()
        self._light(False)
        if self._opened.read_only:
            self.hide()

    def _lay_out(self) -> None:
        self._top = QHBoxLayout()
        self._top.addWidget(self.field, 1, Qt.AlignmentFlag.AlignVCenter)
        for button in (self.choice, self.start):
            self._top.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self._rows = QVBoxLayout(self._frame)
        self._rows.addLayout(self._top)
        self._rows.addWidget(self.hint)
        self._outer = QHBoxLayout(self)
        self._outer.addStretch(1)
        self._outer.addWidget(self._frame, 100)
        self._outer.addStretch(1)

    def take_focus(self) -> None:
        """Go to the field."""
        self.field.setFocus()

    def set_step(self, step_id: str) -> None:
        """Take this step for "Change this step"; empty for none."""
        self._step = step_id
        self._show()

    # ------------------------------------------------------------ what can be asked

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What can be chosen now."""
        tutorial = self._opened.tutorial
        if not tutorial.steps:
            return ("write",)
        one = step_by_id(tutorial, self._step) is not None
        return ("more", "all", "one") if one else ("more", "all")

    @property
    def kind(self) -> Kind:
        """What is chosen."""
        return self._kind if self._kind in self.kinds else self.kinds[0]

    def choose(self, kind: Kind) -> None:
        """Choose what the writer shall do."""
        self._kind = kind
        self._show()

    def words(self, kind: Kind) -> str:
        """Return what a choice is called."""
        match kind:
            case "write":
                return self.tr("Write it")
            case "more":
                return self.tr("More steps")
            case "all":
                return self.tr("Change all steps")
            case "one":
                number = self._runs.number(self._step)
                return self.tr("Change step {n}").format(n=number)

    @property
    def job(self) -> Job | None:
        """What would be asked for now; None where words are missing."""
        text, making = self.field.text, self._opened.tutorial.making
        seed = new_seed() if making.seed is None else making.seed
        match self.kind:
            case "write":
                tutorial = self._opened.tutorial
                unseen = bool(tutorial.given) and not tutorial.materials
                unseen = unseen and not self._runs.confirming  # else the author emptied the list
                prompted = text or tutorial.prompt
                return Writing(seed, making.steps, making.paint, unseen) if prompted else None
            case "more":
                return Continuing(seed, text, paint=making.paint)
            case "all":
                return Changing(seed, text) if text else None
            case "one":
                return Changing(seed, text, self._step) if text else None

    def _start(self) -> None:
        job = self.job
        if job is None:
            return
        if isinstance(job, Writing) and self.field.text:
            self._opened.edit(edits.set_field(self._opened.tutorial, "prompt", self.field.text))
        self.field.clear()
        self.job_requested.emit(job)

    # ------------------------------------------------------------ what is shown

    def _follow(self, before: Tutorial, after: Tutorial) -> None:
        asked = (before.making, before.prompt) != (after.making, after.prompt)
        if asked or changed_steps(before, after) is None:
            self._show()

    def _show(self, *_: object) -> None:
        words = self.words(self.kind)
        self.choice.offer({kind: self.words(kind) for kind in self.kinds}, self.kind)
        self.choice.setVisible(len(self.kinds) > 1)
        self.field.setAccessibleName(words)
        self.field.setPlaceholderText(self._placeholder())
        job = self.job
        self.start.setEnabled(job is not None)
        self.start.setAccessibleName(words)
        self.start.setToolTip(
            self.tr("{words} (Ctrl+Enter)").format(words=words)
            if job is not None
            else self.tr("Type first what shall change.")
        )
        if self.hint.isVisibleTo(self):
            self._show_hint()

    def _placeholder(self) -> str:
        match self.kind:
            case "write":
                return self._opened.tutorial.prompt or self.tr("What do you want to teach?")
            case "more":
                return self.tr("Continue or change this tutorial")
            case _:
                return self.tr("Shorter, for children, …")

    def _show_hint(self) -> None:
        job = self.job
        if job is None:
            self.hint.setText(self.tr("Type first what shall change."))
            return
        told = [estimate_words(self._runs.estimate(job))]
        if self._runs.current is not None:
            told.append(self.tr("will wait for what runs now"))
        if isinstance(job, Changing):
            told.append(self.tr("nothing changes until you accept it"))
        words = " · ".join(told)
        self.hint.setText(f"{words[:1].upper()}{words[1:]}")

    # ------------------------------------------------------------ looks

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None:
            self._light(self.isAncestorOf(now))

    def _light(self, lit: bool) -> None:
        """Say more while the focus is here, or words wait to be sent."""
        if self._frame.property("lit") != lit:
            self._frame.setProperty("lit", lit)
            self.start.setProperty("kind", "primary" if lit else "quiet")
            for widget in (self._frame, self.start):
                widget.style().unpolish(widget)
                widget.style().polish(widget)
            self._draw_arrow()
        self.hint.setVisible(lit or bool(self.field.text))
        self._show()

    def _restyle(self) -> None:
        px = self._theme.px
        self._frame.setMaximumWidth(px(PAGE))
        self._outer.setContentsMargins(px(24), px(8), px(24), px(12))
        self._rows.setContentsMargins(px(16), px(6), px(8), px(6))
        self._rows.setSpacing(px(4))
        self._top.setSpacing(px(8))
        self.start.ensurePolished()
        self.choice.setMinimumHeight(self.start.sizeHint().height())
        self._draw_arrow()

    def _draw_arrow(self) -> None:
        colours = self._theme.colours
        colour = colours.onaccent if self._frame.property("lit") else colours.ink
        self.start.setIcon(icon("arrow-right", colour))
