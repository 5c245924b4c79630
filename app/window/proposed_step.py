"""One step of a proposal: its old and its new words in one text, and a tick box."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from app.tutorial.model import Step, Tutorial, step_by_id
from app.window.marked_words import marked_words
from app.window.theme import Theme
from inference.protocol import StepFinished


class ProposedStep(QFrame):
    """ticked(): it was ticked or unticked. step: as the writer saw it; proposed: its new words."""

    ticked = Signal()

    def __init__(self, step: Step, proposed: StepFinished, number: int, theme: Theme) -> None:
        super().__init__()
        self.step, self.proposed = step, proposed
        self.differs = (step.title, step.body) != (proposed.title, proposed.body)
        self._theme = theme
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name = self.tr("Step {n}, {title}").format(n=number, title=proposed.title or step.title)
        self.box = QCheckBox()
        self.box.setChecked(self.differs)
        self.box.setEnabled(self.differs)
        self.box.setAccessibleName(self.tr("Accept {step}").format(step=name))
        self.box.setToolTip(self.tr("Accept the new words of this step"))
        self.box.toggled.connect(lambda _on: self.ticked.emit())
        self._number = QLabel(str(number))
        self._number.setProperty("role", "badge")
        self._title = _text("heading")
        self._body = _text("body")
        self.state = QLabel("" if self.differs else self.tr("The same as before"))
        self.state.setProperty("role", "secondary")
        self._row = QHBoxLayout()
        self._row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._title, 1)
        self._row.addWidget(self.state, 0, Qt.AlignmentFlag.AlignTop)
        self._rows = QVBoxLayout(self)
        self._rows.addLayout(self._row)
        self._rows.addWidget(self._body)
        self._body.setVisible(self.differs)  # in its place: before, it would be a window
        if self.differs:
            words = self.tr("{step}. Before: {old} After: {new}")
            self._body.setAccessibleName(words.format(step=name, old=step.body, new=proposed.body))
            self.setAccessibleName(self.tr("{step}: new words").format(step=name))
        else:
            self.setAccessibleName(self.tr("{step}: the same as before").format(step=name))
        theme.restyled.connect(self._restyle)
        self._restyle()

    @property
    def can_tick(self) -> bool:
        """Whether it can be accepted."""
        return self.box.isEnabled()

    @property
    def is_ticked(self) -> bool:
        """Whether it is to be accepted."""
        return self.can_tick and self.box.isChecked()

    def tick(self) -> None:
        """Tick it, if it can be accepted."""
        if self.can_tick:
            self.box.setChecked(True)

    def follow(self, tutorial: Tutorial) -> None:
        """Untick it where the author changed the step meanwhile: those words are not replaced."""
        now = step_by_id(tutorial, self.step.id)
        same = now is not None and (now.title, now.body) == (self.step.title, self.step.body)
        if not self.differs or same == self.can_tick:
            return
        self.box.setEnabled(same)
        self.box.setChecked(False)
        self.state.setText("" if same else self.tr("Changed meanwhile"))

    def _restyle(self) -> None:
        px = self._theme.px
        self._rows.setContentsMargins(px(16), px(12), px(16), px(12))
        self._rows.setSpacing(px(8))
        self._row.setSpacing(px(8))
        self._title.setText(self._marked(self.step.title, self.proposed.title))
        self._body.setText(self._marked(self.step.body, self.proposed.body))

    def _marked(self, old: str, new: str) -> str:
        return marked_words(old, new, self._theme.colours)


def _text(role: str) -> QLabel:
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
