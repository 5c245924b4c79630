"""The inspector's tab of the tutorial: how it is made, what is said of it, and of one step."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from app.tutorial import edits
from app.tutorial.edits import StepField, TutorialField
from app.tutorial.model import Tutorial, changed_steps, step_by_id
from app.window.form_rows import Form, Line, parts
from app.window.languages import LANGUAGES, language_code
from app.window.note_field import NoteField
from app.window.pack_rows import PackRow, painter_of
from app.window.painting_form import INSET, PaintingForm
from app.window.workplace import Workplace

MOST_STEPS = 20
FIELDS = ("duration", "difficulty", "tags", "language")  # of the tutorial, edited here


class TutorialPanel(Form):
    """Edits the tutorial's making and fields, and those of the step that show_step says."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace.theme)
        self._workplace = workplace
        self._opened = workplace.opened
        self._following = False
        self._packs: tuple[PackRow, ...] = ()
        self._step = ""
        self._add_making()
        self._add_fields()
        self._add_step()
        self._opened.tutorial_changed.connect(self._tutorial_changed)
        self.sheet.setEnabled(not self._opened.read_only)
        workplace.theme.dress(self)
        self._follow_making()
        self._follow_fields()
        self._follow_step()

    def _add_making(self) -> None:
        self.add_head(self.tr("Making"))
        self.pack = QComboBox()
        self.pack.activated.connect(lambda n: self._set_making(pack=self.pack.itemData(n)))
        self.add_row(self.tr("Pack"), self.pack)
        self.steps = QSpinBox()
        self.steps.setRange(0, MOST_STEPS)
        self.steps.setSpecialValueText(self.tr("As planned"))
        self.steps.lineEdit().setTextMargins(INSET, 0, 0, 0)
        self.steps.setToolTip(self.tr("How many the writer makes when it writes anew"))
        self.steps.valueChanged.connect(lambda n: self._set_making(steps=n or None))
        self.add_row(self.tr("Steps"), self.steps)
        self.paint = QComboBox()
        self.paint.addItem(self.tr("As we go"), True)
        self.paint.addItem(self.tr("Text first"), False)
        self.paint.activated.connect(lambda n: self._set_making(paint=self.paint.itemData(n)))
        self.add_row(self.tr("Pictures"), self.paint)
        self.language = QComboBox()
        self.language.setEditable(True)
        self.language.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.language.setToolTip(self.tr("Choose a language, or type its code, such as pt-BR"))
        for code, name in sorted(LANGUAGES.items(), key=lambda pair: pair[1].casefold()):
            self.language.addItem(name, code)
        self.language.activated.connect(lambda _n: self._take_language())
        line = self.language.lineEdit()
        if line is not None:
            line.editingFinished.connect(self._take_language)
        self.add_row(self.tr("Language"), self.language)
        self.add_head(self.tr("Painting"))
        self.form = PaintingForm(self._workplace, with_pack=False)
        self.add_wide(self.form)

    def _add_fields(self) -> None:
        self.add_head(self.tr("About"))
        self.duration = self._line(self.tr("Duration"), self.tr("20 min"), "duration")
        self.difficulty = self._line(self.tr("Difficulty"), self.tr("easy"), "difficulty")
        self.tags = self._line(self.tr("Tags"), self.tr("garden, spring"), "tags", parts)
        self.tags.setToolTip(self.tr("Separated by commas"))

    def _line(
        self, name: str, example: str, field: TutorialField, value: Callable[[str], object] = str
    ) -> Line:
        line = Line(name, example)
        line.textEdited.connect(lambda text: self._set_field(field, value(text)))
        self.add_row(name, line)
        return line

    def _add_step(self) -> None:
        self.step_head = self.add_head("")
        self.step_duration = Line(self.tr("Duration of this step"), self.tr("2 min"))
        self.step_duration.textEdited.connect(lambda text: self._set_step("duration", text))
        self.checked = QCheckBox(self.tr("Checked"))
        self.checked.setToolTip(self.tr("You have tried this step, and it is right"))
        self.checked.clicked.connect(lambda on: self._set_step("checked", on))
        words = self.tr("Note to yourself; exports leave it out")
        self.note = NoteField(words, self._theme, self.sheet)
        self.note.setAccessibleName(self.tr("Note on this step"))
        self.note.text_edited.connect(lambda text: self._set_step("note", text))
        self._step_widgets = [
            self.step_head,
            self.add_row(self.tr("Duration"), self.step_duration),
            self.step_duration,
            self.note,
            self.checked,
        ]
        self.add_wide(self.note)
        self.add_wide(self.checked)

    # ------------------------------------------------------------ following the tutorial

    def set_packs(self, packs: Sequence[PackRow]) -> None:
        """Offer the packs of this machine that are installed."""
        self._packs = tuple(packs)
        self._follow_making()

    def show_step(self, step_id: str) -> None:
        """Show what is said of a step."""
        if step_id != self._step:
            self._step = step_id
            self._follow_step()

    def _tutorial_changed(self, before: Tutorial, after: Tutorial) -> None:
        if before.making is not after.making:
            self._follow_making()
        if any(getattr(before, name) != getattr(after, name) for name in FIELDS):
            self._follow_fields()
        changed = changed_steps(before, after)
        if changed is None or any(new.id == self._step for _, new in changed.values()):
            self._follow_step()

    def _follow_making(self) -> None:
        making = self._opened.tutorial.making
        self._following = True
        self.pack.clear()
        self.pack.addItem(self.tr("Best for this machine"), "")
        for pack in self._packs:
            if pack.installed:
                self.pack.addItem(pack.name, pack.id)
        if self.pack.findData(making.pack) < 0:
            known = {pack.id: pack.name for pack in self._packs}
            words = self.tr("{pack} (absent)") if known else "{pack}"
            name = known.get(making.pack, making.pack.capitalize())
            self.pack.addItem(words.format(pack=name), making.pack)
        self.pack.setCurrentIndex(self.pack.findData(making.pack))
        self.pack.setToolTip(self.pack.currentText())
        self.steps.setValue(making.steps or 0)
        self.paint.setCurrentIndex(self.paint.findData(making.paint))
        self.form.follow(making, {}, painter_of(making, self._packs))
        self._following = False

    def _follow_fields(self) -> None:
        tutorial = self._opened.tutorial
        self.duration.show_text(tutorial.duration)
        self.difficulty.show_text(tutorial.difficulty)
        if parts(self.tags.text()) != tutorial.tags:
            self.tags.show_text(", ".join(tutorial.tags))
        line = self.language.lineEdit()
        if line is not None and not line.isModified():
            self._show_language()

    def _show_language(self) -> None:
        code = self._opened.tutorial.language
        place = self.language.findData(code)
        self.language.setCurrentIndex(place)
        if place < 0:
            self.language.setEditText(code)

    def _follow_step(self) -> None:
        tutorial = self._opened.tutorial
        step = step_by_id(tutorial, self._step)
        for widget in self._step_widgets:
            widget.setVisible(step is not None)
        if step is None:
            return
        number = next(n for n, one in enumerate(tutorial.steps, 1) if one is step)
        words = self.tr("Step {n} of {total}").format(n=number, total=len(tutorial.steps))
        self.step_head.setText(words.upper())
        self.step_duration.show_text(step.duration)
        self.note.show_text(step.note)
        self.checked.setChecked(step.checked)

    # ------------------------------------------------------------ edits

    def _take_language(self) -> None:
        line = self.language.lineEdit()
        code = language_code(self.language.currentText())
        if line is not None:
            line.setModified(False)
        if code is not None:
            self._set_field("language", code)
        self._show_language()

    def _set_making(self, **fields: Any) -> None:
        if not self._following:
            making = replace(self._opened.tutorial.making, **fields)
            self._set_field("making", making)

    def _set_field(self, field: TutorialField, value: object) -> None:
        self._opened.edit(edits.set_field(self._opened.tutorial, field, value), typing=True)

    def _set_step(self, field: StepField, value: object) -> None:
        made = edits.set_step(self._opened.tutorial, self._step, field, value)
        self._opened.edit(made, typing=field != "checked")
